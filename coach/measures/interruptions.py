"""Which kind of onset: each contribution that begins in another's speech gets exactly one kind.

    A  ==========x========           x  B comes in; the kinds are tried in the order of MEASURES, section 3,
    B            =============          and the first that fits is given, with its reason

People agree poorly on what an interruption is (kappa 0.31-0.35; best classifier F1 0.61, Lebourdais 2024):
hence a reason and a confidence with each, and the words, so that it can be heard and relabelled.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Literal

from audio.types import Span, Word
from coach.conversation import WordTimes
from coach.measures.contributions import Contribution, Hold, Scene
from coach.measures.cues import Cues, begins_with, beyond_idle, beyond_listening, tokens
from coach.thresholds import FloorLimits

Kind = Literal[
    "held_floor",
    "continued",
    "turn_end",
    "yes_then_turn",
    "floor_taking",
    "cooperative",
    "attempt",
    "other",
    "cut_in",
]


@dataclass(frozen=True, slots=True, kw_only=True)
class Interruption:
    """One onset in another's speech (or, `cut_in`, in their pause), whatever its kind."""

    by: str
    of: str
    start_s: float  # where the speech of `by` begins
    end_s: float
    kind: Kind
    text: str
    confidence: float  # 0-1
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    kind: Kind
    confidence: float
    reason: str


CERTAINTY: dict[Kind, float] = {
    "held_floor": 0.95,  # no guess: the coach gave the floor
    "continued": 0.4,  # how many of a kind bear it on 120 annotated telephone talks: 3 of 9
    "turn_end": 0.95,  # 85 of 85
    "yes_then_turn": 0.85,  # 75 of 90
    "floor_taking": 0.8,  # 63 of 81, the rest nearly all "yes" and then a turn
    "cooperative": 0.5,  # not told apart from attempts there
    "attempt": 0.7,  # 12 of 13; too few to be surer
    "other": 0.4,  # 19 of 49
    "cut_in": 0.4,  # not marked there: likely at best
}
CONFIDENCE_BY_WORDS: dict[WordTimes, float] = {"exact": 1.0, "estimated": 0.8, "none": 0.6}
"""Without word times a listening sound cannot be told from the start of a turn by anything but its length."""


def is_laugh(c: Contribution, spoken: Sequence[str]) -> bool:
    """Whether nothing but laughter was written down. `spoken` are the words to compare, without it."""
    return bool(c.words) and not spoken


def is_backchannel(
    c: Contribution, spoken: Sequence[str], word_times: WordTimes, cues: Cues, limits: FloorLimits
) -> bool:
    """Whether a contribution adds nothing of its own: few words but listening sounds, or by its length."""
    if not c.words:
        return c.end_s - c.start_s < limits.unread_burst_s
    if word_times != "exact" and c.end_s - c.start_s < limits.lone_burst_s:
        return True
    return len(list(islice(beyond_idle(spoken, cues), limits.other_words))) < limits.other_words


def verdict(
    c: Contribution, hold: Hold, scene: Scene, word_times: WordTimes, cues: Cues, limits: FloorLimits
) -> Verdict:
    """The kind of a contribution that is no back-channel and begins while `hold.speaker` speaks."""
    kind, reason = _kind(c, hold, scene, word_times, cues, limits)
    return _sure(kind, reason, word_times, (hold.span, *c.spans))


def _kind(
    c: Contribution, hold: Hold, scene: Scene, word_times: WordTimes, cues: Cues, limits: FloorLimits
) -> tuple[Kind, str]:
    end_s = hold.span.end_s
    both_s = end_s - c.start_s
    holds_s = c.end_s - c.start_s
    back_s = None if hold.next_start_s is None else hold.next_start_s - end_s
    quiet = back_s is None or back_s >= limits.quiet_s
    if _was_speaking(c, hold, limits):
        return "continued", "Had begun this sentence before the partner came in, and went on with it."
    if both_s < limits.turn_end_s and quiet:
        return "turn_end", f"Came in {both_s:.1f} s before the partner ended: an ordinary change of turn."
    spoken = tokens(c.words, cues)
    own_s = _turn_begins_s(c.words, spoken, cues)
    # what was said under another voice may not have been read: only words that were can be listening words
    read_s = c.words[0].start_s if c.words else end_s
    listening = word_times == "exact" or read_s < end_s - limits.yes_slack_s
    if listening and own_s is not None and own_s >= end_s - limits.yes_slack_s:
        return "yes_then_turn", "Only listening words fell on the partner's speech; the turn began after it."
    if limits.turn_end_s <= both_s <= limits.taking_most_s and holds_s >= limits.taking_holds_s and quiet:
        return (
            "floor_taking",
            f"Spoke over the partner for {both_s:.1f} s and went on, {holds_s:.1f} s in all; the partner fell silent.",
        )
    kept = c.end_s <= end_s or (
        back_s is not None and back_s < limits.regained_s and c.end_s - end_s < limits.regained_s
    )
    if kept and (begins_with(spoken, cues.agreeing) or begins_with(spoken, cues.asking)):
        return "cooperative", "Agreed with or asked about the partner's words, and the partner kept the floor."
    if kept and _shared(c, spoken, hold, scene, cues, limits) >= limits.shared_words:
        return "cooperative", "Said the partner's own words, with them or back to them, and the partner kept the floor."
    gave_up = c.end_s <= end_s or (not quiet and holds_s < limits.taking_holds_s)
    over_s = min(both_s, holds_s)
    if both_s >= limits.turn_end_s and gave_up:
        return "attempt", f"Spoke over the partner for {over_s:.1f} s and gave up; the partner went on."
    return "other", f"Spoke over the partner for {over_s:.1f} s; both went on, or it cannot be told who gave way."


def _sure(kind: Kind, reason: str, word_times: WordTimes, spans: Sequence[Span]) -> Verdict:
    """No surer than the kind, the words and the least certain voice allow."""
    sure = CERTAINTY[kind] * CONFIDENCE_BY_WORDS[word_times] * min(span.probability for span in spans)
    return Verdict(kind=kind, confidence=round(sure, 2), reason=reason)


def _was_speaking(c: Contribution, hold: Hold, limits: FloorLimits) -> bool:
    if c.before is None:
        return False
    start_s, end_s = c.before
    return (
        end_s - start_s > limits.own_before_s and c.start_s - end_s < limits.own_ago_s and start_s < hold.span.start_s
    )


def _turn_begins_s(words: Sequence[Word], spoken: Sequence[str], cues: Cues) -> float | None:
    """When the first word begins that is more than a listening sound. None where there is none."""
    left = next(beyond_listening(spoken, cues), len(spoken))
    for word in words:
        left -= len(tokens((word,), cues))
        if left < 0:
            return word.start_s
    return None


def _shared(c: Contribution, spoken: Sequence[str], hold: Hold, scene: Scene, cues: Cues, limits: FloorLimits) -> float:
    """The share, 0-1, of the words with content that the partner says as well: a completion or a repetition."""
    content = [spoken[at] for at in beyond_idle(spoken, cues) if spoken[at] not in cues.unfinished]
    around = scene.words(hold.speaker, c.start_s - limits.shared_within_s, c.end_s + limits.shared_within_s)
    partners = set(tokens(around, cues))
    return sum(word in partners for word in content) / len(content) if content else 0.0


def in_held_floor(c: Contribution, word_times: WordTimes) -> Verdict:
    """The coach had given the floor to another: no guess is needed."""
    reason = f"Spoke for {c.end_s - c.start_s:.1f} s in a turn that the coach had given to the partner."
    return _sure("held_floor", reason, word_times, c.spans)


def cut_in(
    c: Contribution, scene: Scene, word_times: WordTimes, cues: Cues, limits: FloorLimits
) -> tuple[str, Verdict] | None:
    """Whom a contribution that began in silence cut off in a pause: likely at best, hence apart.

    A  =====x      ====      A's words stop in mid-sentence, A is back within 1.5 s
    B          ====
    """
    found = scene.pause_at(c.start_s, c.by)
    if found is None:
        return None
    speaker, before, after_s = found
    if before.duration_s < limits.spoken_s or after_s - before.end_s >= limits.cut_in_pause_s:
        return None
    words = tokens(scene.words(speaker, before.start_s, before.end_s), cues)
    if not words or words[-1] not in cues.unfinished:
        return None
    reason = f'Likely: came in where the partner had paused after "{words[-1]}", and the partner went on.'
    return speaker, _sure("cut_in", reason, word_times, (before, *c.spans))
