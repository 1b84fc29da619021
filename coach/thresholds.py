"""Every number that judges a person, with its unit, its reason and its source.

Passed as an argument, never read as a global, and saved with each session. Change one only with evidence,
and write the evidence beside it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True, kw_only=True)
class TurnLimits:
    """Spans and turns."""

    # Shorter silences may be a stop closure: 0.18 s (Heldner & Edlund 2010). On 120 annotated telephone talks 0.20 s
    # gives 974 of the 977 marked onsets of speech in speech, 0.18 s gives 928, 0.25 s and more invents others.
    silence_within_span_s: float = 0.20
    least_span_s: float = 0.12  # shorter activity is a click, not speech
    least_counted_s: float = 0.25  # about a syllable: shorter spans stay out of turn statistics
    silence_within_turn_s: float = 1.5  # NaturalTurn's value
    floor_taken_s: float = 1.0  # who begins in the other's silence and speaks so long has the floor; "mm-hm" is shorter


@dataclass(frozen=True, slots=True, kw_only=True)
class SilenceLimits:
    """Pauses, gaps, lapses and waiting."""

    lapse_s: float = 5.0  # a silence so long is a pause of the talk, not a response time
    immediate_s: float = 0.25  # quicker replies were planned while the other spoke; they stay out of a median
    wait_s: float = 3.0  # teachers' wait time (Rowe 1974): answers grow several times longer


@dataclass(frozen=True, slots=True, kw_only=True)
class FloorLimits:
    """Overlap, interruption, back-channel, share of the talk."""

    overlap_s: float = 0.3  # ordinary turn-change overlap: median 205 ms, mean 275 ms
    spoken_s: float = 1.0  # who has spoken so long in this span has the floor
    own_silence_s: float = 1.0  # so much own silence ends a contribution
    takes_over_s: float = 0.6  # a span of the other's longer than this, begun in one's silence, ends it too
    lone_burst_s: float = 0.7  # without trusted words, a burst this short is taken for "mm-hm"
    unread_burst_s: float = 0.9  # the same where nothing was read: of 27 telephone onsets of 0.7-0.9 s wholly inside
    # the partner's speech 20 are listening or noise and 4 attempts, and activity is heard 0.1-0.2 s wider than it is
    other_words: int = 3  # fewer words than this beside listening sounds add nothing of their own
    own_before_s: float = 1.0  # who spoke longer than this ...
    # ... and stopped less than this ago goes on with an own sentence. In 120 annotated telephone talks the three such
    # continuations came after 0.35 s; four turns begun after 0.6-0.95 s were marked as taking the floor.
    own_ago_s: float = 0.5
    turn_end_s: float = 0.5  # less overlap at the end of a turn is ordinary
    quiet_s: float = 1.0  # who stays silent so long after being spoken over has given up the floor
    # After "yeah" the turn itself may begin this much before the other ends: ordinary turn-change overlap (median
    # 0.205 s). In 120 annotated talks 0.1 s takes 25 such turns for floor-taking, 0.2 s takes 17, and from 0.25 s on
    # marked floor-takings are lost.
    yes_slack_s: float = 0.2
    taking_most_s: float = 1.5  # overlap for longer is two people talking, not one taking over
    taking_holds_s: float = 2.0  # who takes the floor speaks for at least this long
    shared_words: float = 0.6  # who says so many of the partner's own words completes or repeats them ...
    shared_within_s: float = 4.0  # ... if these were said so near
    regained_s: float = 2.0  # who speaks again so soon has kept the floor
    cut_in_pause_s: float = 1.5  # a pause in one's turn: as long as silence_within_turn_s
    window_s: float = 150.0  # balance over time: 2.5 minutes ...
    window_step_s: float = 30.0  # ... every half minute (ConvoKit TalkTimeSharing)
    dominated_share: float = 0.6  # ConvoKit TalkTimeSharing
    monologue_s: float = 60.0  # longer without a word of the other's, outside a floor that was given
    open_floor_s: float = 5.0  # after such a silence (a lapse) anybody may begin: a new run, not the same monologue
    overlap_share: float = 0.15  # more speech at once than this means the voices were told apart badly
    least_events: int = 5  # under this many, show the events, not a rate


@dataclass(frozen=True, slots=True, kw_only=True)
class WordLimits:
    """Labels of sentences."""

    follow_up_words: int = 1  # content words that a question shares with the partner's last turn
    reflection_words: int = 2  # content words shared with it where no "it sounds like" marks a reflection
    reflection_share: float = 0.5  # of the content words of the sentence: the rest is the listener's own
    whole_confidence: float = 0.7  # of an act told from the whole sentence, not from words that name it
    other_confidence: float = 0.5  # that no rule held is weak evidence that nothing was done


@dataclass(frozen=True, slots=True, kw_only=True)
class MeaningLimits:
    """Words compared with words. Set on 750 rated sentence pairs (STS 2015, belief and answers-forums): Pearson 0.723
    on one half, 0.762 on the other; plain word overlap 0.474 and 0.568."""

    common_zipf: float = 7.0  # words as common as this ("of", "and") weigh nothing; 6.5 and 7.5 are worse by 0.01
    rare_zipf: float = 4.0  # rarer than this, every word weighs alike
    synonym: float = 0.7  # the same word counts 1
    one_root: float = 0.7  # long words that begin alike: "publishing", "publication"; without it 0.005 less
    root_letters: int = 6  # five make "grandma" one with "grandpa"
    one_field: float = 0.3  # "bill" and "debt": of the same part of life, not the same thing
    sounds_alike: float = 0.6  # a recogniser hears "bass" for "boss"
    misheard_zipf: float = 5.5  # commoner words are not taken for misheard ones
    felt_weight: float = 0.3  # of a named feeling, where it is asked what an answer is about
    denied_words: int = 3  # "not" reaches so far
    denied_factor: float = 0.6  # of a match between "happy" and "not happy"; without it 0.006 less
    other_numbers: float = 0.8  # where both name numbers and none agrees


@dataclass(frozen=True, slots=True, kw_only=True)
class ParaphraseLimits:
    """What counts in saying back, and how much. Of 66 good answers to cards in words of their own one half was seen,
    the other only scored: 0.87 and 0.85 in the mean (0.47 and 0.55 while only the card's own words counted).
    Without a card it is set on one half of 1183 replies of supporters (ESConv), checked on the
    other: telling paraphrases from advice and own stories, area under the curve 0.868 and 0.866; and on the practice
    cards, where model answers reach 0.8 and an answer to another card stays under 0.4."""

    # That nothing is added tells a paraphrase from all else more than any other part does (0.873 by itself).
    # The check and the wait come on top: who does without them may still score 1 without a wait, or without a check.
    weights: Mapping[str, float] = field(
        default_factory=lambda: {
            "meaning": 0.25,
            "feeling": 0.15,
            "own_words": 0.10,
            "short": 0.10,
            "nothing_added": 0.40,
            "check": 0.05,
            "waited": 0.05,
        }
    )

    # A part at 0 leaves this share of the total: such an answer is no paraphrase, whatever else it does.
    meaning_holds: float = 0.4
    meaning_holds_unauthored: float = 0.8  # without a card, words in common are weak evidence of what was understood
    feeling_holds: float = 0.6
    own_words_holds: float = 0.45
    nothing_added_holds: float = 0.05

    meaning_full: float = 0.7  # of the words answered, by weight: more than this only an echo reaches
    meaning_kept: float = 0.6  # of the key points: said back, if not whole
    meaning_lost: float = 0.3  # of the key points: model answers to other cards reach this by chance
    # The answer's contact with this statement, over the contact with another of the deck: under this it may be meant
    # for that one, if it says so much of what matters there as well (model answers say more of their own cards).
    other_matter: float = 0.65
    same_matter: float = 0.8
    rival_lost: float = 0.36
    rival_kept: float = 0.46
    rival_near: float = 3.4  # or if it has this much more contact: about one rare word
    rival_ahead: float = 3.8
    contact_full: float = 1.8  # about two everyday words in common, or one rare one
    kept_full: float = 0.6  # of key points and feeling: other words than the card's are as good
    point_full: float = 0.5  # of a key point's words, since other words than the card's are as good
    point_kept: float = 0.4
    feeling_neutral: float = 0.6  # where the partner named no feeling, leaving it out is no fault
    feeling_other: float = 0.2  # a feeling was looked for, and another found
    copied_free: float = 0.4  # names and things can only be repeated
    copied_all: float = 0.85  # so much in the partner's own runs of words is an echo
    far_enough: float = 0.5
    near_enough: float = 0.4  # other words about another matter are no merit
    short_words: int = 20  # one sentence: no answer is too long under this
    long_over: float = 1.0  # twice the room is far too long
    short_enough: float = 0.75

    # How an answer leans, in log odds: each cue of listening, and each thing that is added. Rounded from a fit on half
    # of the replies.
    cue_weights: Mapping[str, float] = field(
        default_factory=lambda: {
            "stem": 1.1,
            "so_you": 0.6,
            "you": 0.5,
            "understand": 0.6,
            "sorry": 1.1,
            "reflection": 0.6,
            "validation": 0.4,
            "feeling": 0.2,
            "advice": -1.0,
            "my": -0.4,
            "i": -0.3,
            "urging": -0.6,
            "if": -0.5,
            "too": -0.5,
        }
    )
    added_weights: Mapping[str, float] = field(
        default_factory=lambda: {
            "blame": -1.5,
            "generalising": -1.5,
            "reproach": -1.0,
            "why": -1.5,
            "advice": -0.8,
            "own_story": -0.9,
            "own_matter": -0.9,
            "minimising": -0.8,
            "question": -0.2,
        }
    )
    only_asks: float = -1.0  # on top, where the whole answer is questions
    feeling_misheard: float = 0.5  # a word that sounds like a right feeling stands where one is looked for
    own_cues: tuple[str, ...] = ("my", "i", "too", "own_matter")  # left out where the partner spoke of the listener
    cue_most: int = 3  # a cue counts so often
    cue_middle: float = 0.0
    clean_least: float = 0.6  # to a card, where nothing that is added was found
    clean: float = 0.73  # of the curve, reached at odds of 1: from here on nothing was added


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedbackLimits:
    """What is said, and how much of it."""

    spoken_words: int = 25  # a spoken item longer than this is not taken in at one hearing
    least_events: int = 5  # under this many, show the events, not a rate
    least_speech_s: float = 60.0  # of all speech: in less than a minute one sentence decides every share and count
    least_own_speech_s: float = 5.0  # about one sentence: less than this is no part in the talk
    least_words: int = 60  # of one's own: that something was *not* said means little in fewer
    least_confidence: float = 0.5  # what is less sure than even is not spoken of
    quote_confidence: float = 0.6  # below this the moment is told, not the words
    overlap_spoils_s: float = 0.3  # of speech over a quote in a mix: recognisers lose words under overlap
    quote_words: int = 14  # a longer quote is cut: the moment can be heard again
    moments_told: int = 3  # of many events, so many times are named
    longest_wait_s: float = 5.0  # longer is a lapse: the talk had come to rest, nobody was waiting to answer
    least_backchannels: int = 3  # one or two may be chance finds of the voice activity
    even_within: float = 0.05  # of half: 45-55 %; talk share on one microphone is good to about 5 points
    most_share: float = 0.6  # ConvoKit TalkTimeSharing calls a window dominated over this
    least_share: float = 0.25  # the other then spoke three times as long
    many_blames: int = 2  # one may be a slip of the rules or of the tongue
    much_blame: int = 4  # in a talk: the two are past the point where one softer sentence helps
    many_interruptions: int = 3
    least_attempts: int = 2  # nobody lost the floor: one try is ordinary talk


@dataclass(frozen=True, slots=True, kw_only=True)
class CommandLimits:
    """When an utterance is a command to the coach."""

    most_words: int = 5  # "please say that again"
    longest_s: float = 4.0  # a slow "no ... not quite right"; longer is talk
    number_words: int = 3
    least_sound: int = 4  # consonants: fewer are alike by chance
    least_sound_of_one_word: int = 4
    most_sound_distance: float = 0.25
    least_lead: float = 0.06  # over the next phrase: else it may as well be that one


@dataclass(frozen=True, slots=True, kw_only=True)
class TrendLimits:
    """Talks compared with the same pair's own usual."""

    least_talks: int = 3  # two points are a line through anything
    most_talks: int = 30  # a usual is that of the last months, not of years ago
    least_events: int = 5  # under this many, show the events, not a rate
    surprise: float = 0.05  # called other than usual only where chance alone would do it this rarely ...
    # ... and never for less than the measure itself is good to: talk share from one microphone 5 points, a response
    # time 0.18 s, a paraphrase score a tenth (its two halves of the measuring data differ by that), a rating one step.
    noise: Mapping[str, float] = field(
        default_factory=lambda: {"share": 0.05, "response": 0.18, "paraphrase": 0.1, "understood": 1.0}
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    turns: TurnLimits = field(default_factory=TurnLimits)
    silence: SilenceLimits = field(default_factory=SilenceLimits)
    floor: FloorLimits = field(default_factory=FloorLimits)
    words: WordLimits = field(default_factory=WordLimits)
    meaning: MeaningLimits = field(default_factory=MeaningLimits)
    paraphrase: ParaphraseLimits = field(default_factory=ParaphraseLimits)
    feedback: FeedbackLimits = field(default_factory=FeedbackLimits)
    commands: CommandLimits = field(default_factory=CommandLimits)
    trends: TrendLimits = field(default_factory=TrendLimits)
