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

from audio.types import Word
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


CONFIDENCE_BY_WORDS: dict[WordTimes, float] = {"exact": 1.0, "estimated": 0.8, "none": 0.6}
"""Without word times a listening sound cannot be told from the start of a turn by anything but its length."""


def is_laugh(c: Contribution, spoken: Sequence[str]) -> bool:
    """Whether nothing but laughter was written down. `spoken` are the words to compare, without it."""
    return bool(c.words) and not spoken


def is_backchannel(
    c: Contribution, spoken: Sequence[str], word_times: WordTimes, cues: Cues, limits: FloorLimits
) -> bool:
    """Whether a contribution adds nothing of its own: few words but listening sounds, or by its length."""
    if c.end_s - c.start_s < limits.lone_burst_s and (word_times != "exact" or not c.words):
        return True
    return bool(c.words) and len(list(islice(beyond_idle(spoken, cues), limits.other_words))) < limits.other_words


def verdict(contribution: Contribution, hold: Hold, word_times: WordTimes, cues: Cues, limits: FloorLimits) -> Verdict:
    """The kind of a contribution that is no back-channel and begins while `hold.speaker` speaks."""
    kind, certainty, reason = _kind(contribution, hold, cues, limits)
    sure = min(hold.span.probability, *(span.probability for span in contribution.spans))
    return Verdict(kind=kind, confidence=round(certainty * sure * CONFIDENCE_BY_WORDS[word_times], 2), reason=reason)


def _kind(c: Contribution, hold: Hold, cues: Cues, limits: FloorLimits) -> tuple[Kind, float, str]:
    end_s = hold.span.end_s
    both_s = end_s - c.start_s
    holds_s = c.end_s - c.start_s
    back_s = None if hold.next_start_s is None else hold.next_start_s - end_s
    quiet = back_s is None or back_s >= limits.quiet_s
    if _was_speaking(c, hold, limits):
        return "continued", 0.8, "Had begun this sentence before the partner came in, and went on with it."
    if both_s < limits.turn_end_s and quiet:
        return "turn_end", 0.9, f"Came in {both_s:.1f} s before the partner ended: an ordinary change of turn."
    own_s = _turn_begins_s(c.words, cues)
    if own_s is not None and own_s >= end_s - limits.yes_slack_s:
        return "yes_then_turn", 0.8, "Only listening words fell on the partner's speech; the turn began after it."
    if limits.turn_end_s <= both_s <= limits.taking_most_s and holds_s >= limits.taking_holds_s and quiet:
        return (
            "floor_taking",
            0.8,
            f"Spoke over the partner for {both_s:.1f} s and went on, {holds_s:.1f} s in all; the partner fell silent.",
        )
    kept = c.end_s <= end_s or (back_s is not None and back_s < limits.regained_s)
    if kept and _supports(c.words, cues):
        return "cooperative", 0.6, "Agreed with or asked about the partner's words, and the partner kept the floor."
    gave_up = c.end_s <= end_s or (back_s is not None and hold.next_start_s is not None and not quiet)
    if gave_up:
        return "attempt", 0.6, f"Began a turn of {holds_s:.1f} s over the partner, who went on."
    return "other", 0.5, f"Both spoke for {both_s:.1f} s; neither clearly gave way."


def _was_speaking(c: Contribution, hold: Hold, limits: FloorLimits) -> bool:
    if c.before is None:
        return False
    start_s, end_s = c.before
    return (
        end_s - start_s > limits.own_before_s and c.start_s - end_s < limits.own_ago_s and start_s < hold.span.start_s
    )


def _turn_begins_s(words: Sequence[Word], cues: Cues) -> float | None:
    """When the first word begins that is more than a listening sound. None where there is none."""
    pieces = [(word.start_s, token) for word in words for token in tokens((word,), cues)]
    return next((pieces[at][0] for at in beyond_listening([token for _, token in pieces], cues)), None)


def _supports(words: Sequence[Word], cues: Cues) -> bool:
    spoken = tokens(words, cues)
    return begins_with(spoken, cues.agreeing) or begins_with(spoken, cues.asking)


def in_held_floor(c: Contribution, word_times: WordTimes) -> Verdict:
    """The coach had given the floor to another: no guess is needed."""
    sure = min(span.probability for span in c.spans) * CONFIDENCE_BY_WORDS[word_times]
    reason = f"Spoke for {c.end_s - c.start_s:.1f} s in a turn that the coach had given to the partner."
    return Verdict(kind="held_floor", confidence=round(0.95 * sure, 2), reason=reason)


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
    sure = min(before.probability, *(span.probability for span in c.spans)) * CONFIDENCE_BY_WORDS[word_times]
    reason = f'Likely: came in where the partner had paused after "{words[-1]}", and the partner went on.'
    return speaker, Verdict(kind="cut_in", confidence=round(0.4 * sure, 2), reason=reason)
