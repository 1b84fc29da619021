"""Every number that judges a person, with its unit, its reason and its source.

Passed as an argument, never read as a global, and saved with each session. Change one only with evidence,
and write the evidence beside it.
"""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True, kw_only=True)
class TurnLimits:
    """Spans and turns."""

    silence_within_span_s: float = 0.18  # shorter silences may be a stop closure (Heldner & Edlund 2010)
    least_span_s: float = 0.12  # shorter activity is a click, not speech
    least_counted_s: float = 0.25  # about a syllable: shorter spans stay out of turn statistics
    silence_within_turn_s: float = 1.5  # NaturalTurn's value


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


@dataclass(frozen=True, slots=True, kw_only=True)
class WordLimits:
    """Labels of sentences."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedbackLimits:
    """What is said, and how much of it."""

    spoken_words: int = 25  # a spoken item longer than this is not taken in at one hearing
    items_each: int = 3
    least_events: int = 5  # under this many, show the events, not a rate


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    turns: TurnLimits = field(default_factory=TurnLimits)
    silence: SilenceLimits = field(default_factory=SilenceLimits)
    floor: FloorLimits = field(default_factory=FloorLimits)
    words: WordLimits = field(default_factory=WordLimits)
    feedback: FeedbackLimits = field(default_factory=FeedbackLimits)
