"""Who had the floor: shares, balance, monologues, interruptions, overlaps and back-channels, in one value.

Definitions: MEASURES, section 3. Pure: a conversation and its turns in, values out.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from audio.types import Span
from coach.conversation import Conversation, Turn, people_speech
from coach.measures.contributions import Contribution, Scene, contributions
from coach.measures.cues import Cues, tokens
from coach.measures.interruptions import (
    Interruption,
    Verdict,
    cut_in,
    in_held_floor,
    is_backchannel,
    is_laugh,
    verdict,
)
from coach.measures.share import Monologue, Share, Window, monologues, windows
from coach.thresholds import FloorLimits

REPORTED = frozenset({"held_floor", "floor_taking", "attempt"})
"""The kinds that count as interruptions; every other kind is shown as an overlap."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Backchannel:
    """A sign of listening inside the partner's turn. Recognisers drop them: their count is a lower bound."""

    by: str
    start_s: float
    end_s: float
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Rate:
    """What one person did while the others spoke."""

    by: str
    others_speech_s: float
    interruptions: int
    backchannels: int
    interruptions_per_min: float | None  # of the others' speech; None under `least_events`: show the events instead
    backchannels_per_min: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Floor:
    shares: tuple[Share, ...]  # in the order of the conversation's speakers
    windows: tuple[Window, ...]
    longest_monologue: Monologue | None  # outside the floors the coach gave
    monologues: tuple[Monologue, ...]  # those over the limit
    interruptions: tuple[Interruption, ...]  # held_floor, floor_taking, attempt
    overlaps: tuple[Interruption, ...]  # every other kind
    backchannels: tuple[Backchannel, ...]
    rates: tuple[Rate, ...]
    overlap_s: float  # two or more speak, in stretches of `overlap_s` or more
    overlap_share: float  # of the time in which anybody speaks
    at_least: bool  # one microphone for all: more may have been lost under the other voice
    cautions: tuple[str, ...]


def floor(conversation: Conversation, turns: Sequence[Turn], cues: Cues, limits: FloorLimits) -> Floor:
    speech = people_speech(conversation)
    scene = Scene(conversation)
    said = contributions(scene, limits)
    events, backchannels, plain = _judged(conversation, scene, said, turns, cues, limits)
    interruptions = tuple(event for event in events if event.kind in REPORTED)
    shares = _shares(conversation.speakers, speech, turns)
    alone = monologues([(c.by, c.start_s, c.end_s) for c in plain], conversation.held, limits)
    at_once_s, anybody_s = _overlap(speech, limits)
    overlap_share = at_once_s / anybody_s if anybody_s else 0.0
    return Floor(
        shares=shares,
        windows=windows(speech, conversation.speakers, conversation.duration_s, limits),
        longest_monologue=max(alone, key=lambda m: m.end_s - m.start_s, default=None),
        monologues=tuple(m for m in alone if m.end_s - m.start_s > limits.monologue_s),
        interruptions=interruptions,
        overlaps=tuple(event for event in events if event.kind not in REPORTED),
        backchannels=backchannels,
        rates=_rates(shares, interruptions, backchannels, limits),
        overlap_s=at_once_s,
        overlap_share=overlap_share,
        at_least=conversation.mixed,
        cautions=tuple(_cautions(conversation, overlap_share, limits)),
    )


def _judged(
    conversation: Conversation,
    scene: Scene,
    said: Sequence[Contribution],
    turns: Sequence[Turn],
    cues: Cues,
    limits: FloorLimits,
) -> tuple[tuple[Interruption, ...], tuple[Backchannel, ...], tuple[Contribution, ...]]:
    """The events, the back-channels, and the contributions that are more than a back-channel or a laugh."""
    events: list[Interruption] = []
    backchannels: list[Backchannel] = []
    plain: list[Contribution] = []
    for c, in_turn in zip(said, _in_turns(said, turns, limits), strict=True):
        if in_turn or c.into is not None or c.given is not None:
            spoken = tokens(c.words, cues)
            if is_laugh(c, spoken):
                continue
            if is_backchannel(c, spoken, conversation.word_times, cues, limits):
                backchannels.append(Backchannel(by=c.by, start_s=c.start_s, end_s=c.end_s, text=c.text))
                continue
        plain.append(c)
        found = _found(c, conversation, scene, cues, limits)
        if found is not None:
            of, kind = found
            events.append(
                Interruption(
                    by=c.by,
                    of=of,
                    start_s=c.start_s,
                    end_s=c.end_s,
                    kind=kind.kind,
                    text=c.text,
                    confidence=kind.confidence,
                    reason=kind.reason,
                )
            )
    return tuple(events), tuple(backchannels), tuple(plain)


def _found(
    c: Contribution, conversation: Conversation, scene: Scene, cues: Cues, limits: FloorLimits
) -> tuple[str, Verdict] | None:
    """Whom a contribution that is no back-channel came in on, and how."""
    if c.given is not None:
        return c.given.speaker, in_held_floor(c, conversation.word_times)
    if c.into is not None:
        return c.into.speaker, verdict(c, c.into, scene, conversation.word_times, cues, limits)
    return cut_in(c, scene, conversation.word_times, cues, limits)


def _in_turns(said: Sequence[Contribution], turns: Sequence[Turn], limits: FloorLimits) -> Iterator[bool]:
    """For each contribution whether somebody else's turn goes on over its beginning; both by start."""
    ends_s: dict[str, float] = {}  # of the last turn of each that began by then
    at = 0
    for c in said:
        while at < len(turns) and turns[at].start_s <= c.start_s:
            ends_s[turns[at].speaker] = turns[at].end_s
            at += 1
        found = False
        for name, end_s in ends_s.items():
            found = found or (name != c.by and end_s - c.start_s >= limits.overlap_s)
        yield found


def _shares(speakers: Sequence[str], speech: Sequence[Span], turns: Sequence[Turn]) -> tuple[Share, ...]:
    spoken_s: Counter[str] = Counter()
    for span in speech:
        spoken_s[span.speaker] += span.duration_s  # type: ignore[assignment]  # a Counter of seconds
    total_s = sum(spoken_s.values())
    lengths_s: dict[str, list[float]] = {speaker: [] for speaker in speakers}
    for turn in turns:
        if turn.counts:
            lengths_s[turn.speaker].append(turn.end_s - turn.start_s)
    return tuple(
        Share(
            speaker=speaker,
            speech_s=spoken_s[speaker],
            share=spoken_s[speaker] / total_s if total_s else 0.0,
            turns=len(lengths_s[speaker]),
            longest_turn_s=max(lengths_s[speaker], default=0.0),
        )
        for speaker in speakers
    )


def _rates(
    shares: Sequence[Share],
    interruptions: Sequence[Interruption],
    backchannels: Sequence[Backchannel],
    limits: FloorLimits,
) -> tuple[Rate, ...]:
    total_s = sum(share.speech_s for share in shares)
    cut = Counter(event.by for event in interruptions)
    heard = Counter(event.by for event in backchannels)

    def per_min(count: int, others_s: float) -> float | None:
        return count / (others_s / 60) if count >= limits.least_events and others_s > 0 else None

    return tuple(
        Rate(
            by=share.speaker,
            others_speech_s=max(0.0, total_s - share.speech_s),
            interruptions=cut[share.speaker],
            backchannels=heard[share.speaker],
            interruptions_per_min=per_min(cut[share.speaker], total_s - share.speech_s),
            backchannels_per_min=per_min(heard[share.speaker], total_s - share.speech_s),
        )
        for share in shares
    )


def _overlap(speech: Sequence[Span], limits: FloorLimits) -> tuple[float, float]:
    """Seconds in which two or more speak (short touches left out), and seconds in which anybody does."""
    at_once_s = anybody_s = 0.0
    until_s = 0.0  # somebody has spoken up to here
    both_from_s = both_until_s = 0.0  # the last stretch in which two or more speak
    for span in speech:
        if span.start_s < until_s:
            if span.start_s > both_until_s:
                at_once_s += _long(both_until_s - both_from_s, limits)
                both_from_s = span.start_s
            both_until_s = max(both_until_s, min(span.end_s, until_s))
        if span.end_s > until_s:
            anybody_s += span.end_s - max(span.start_s, until_s)
            until_s = span.end_s
    return at_once_s + _long(both_until_s - both_from_s, limits), anybody_s


def _long(stretch_s: float, limits: FloorLimits) -> float:
    return stretch_s if stretch_s >= limits.overlap_s else 0.0


def _cautions(conversation: Conversation, overlap_share: float, limits: FloorLimits) -> Iterator[str]:
    if conversation.mixed:
        yield "One microphone heard everybody: what is said at once is partly lost, so every count is at least that."
    if overlap_share > limits.overlap_share:
        yield (
            f"{overlap_share:.0%} of the speech is two people at once: the voices were probably told apart badly, "
            "so take the interruptions as a guess."
        )
    if len(conversation.speakers) > 2:
        yield "More than two voices: whoever comes in is set against the person who had spoken longest."
    if conversation.speech and conversation.word_times == "none":
        yield "There are no timed words: signs of listening and interruptions are told apart by length alone."
