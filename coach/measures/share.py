"""How the talk is shared: by person, over time, and who went on for how long."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate

from audio.types import Span
from coach.conversation import HeldFloor, Talk, without
from coach.thresholds import FloorLimits


@dataclass(frozen=True, slots=True, kw_only=True)
class Share:
    """One person's part of all speech; silence is left out, speech at once counts for both."""

    speaker: str
    speech_s: float
    share: float  # 0-1; all shares sum to 1, or are 0 where nobody spoke
    turns: int  # long enough to count
    longest_turn_s: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Window:
    """The balance in one stretch of the talk."""

    start_s: float
    end_s: float
    shares: tuple[float, ...]  # in the order of the conversation's speakers
    dominated_by: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Monologue:
    """One person, while nobody else said more than a listening sound."""

    speaker: str
    start_s: float
    end_s: float


def windows(
    speech: Sequence[Span], speakers: Sequence[str], duration_s: float, limits: FloorLimits
) -> tuple[Window, ...]:
    """The balance in windows that slide over the talk; one where it is shorter than that. Silent ones are left out."""
    until_s = {name: _SpokenUntil([span for span in speech if span.speaker == name]) for name in speakers}
    found: list[Window] = []
    start_s = 0.0
    while True:
        end_s = min(start_s + limits.window_s, duration_s)
        spoken_s = [until_s[name](end_s) - until_s[name](start_s) for name in speakers]
        total_s = sum(spoken_s)
        if total_s > 0:
            shares = tuple(part_s / total_s for part_s in spoken_s)
            top = max(range(len(speakers)), key=shares.__getitem__)
            dominated = shares[top] > limits.dominated_share
            found.append(
                Window(start_s=start_s, end_s=end_s, shares=shares, dominated_by=speakers[top] if dominated else None)
            )
        if start_s + limits.window_s >= duration_s:
            return tuple(found)
        start_s += limits.window_step_s


class _SpokenUntil:
    """How much one person had spoken up to any time: sums once, then a look-up."""

    __slots__ = ("_spoken_s", "_talk")

    def __init__(self, spans: Sequence[Span]) -> None:
        self._talk = Talk(spans)
        self._spoken_s = [0.0, *accumulate(span.duration_s for span in spans)]

    def __call__(self, time_s: float) -> float:
        begun = bisect_left(self._talk.starts_s, time_s)
        ended = bisect_right(self._talk.ends_s, time_s)
        running_s = time_s - self._talk.starts_s[ended] if ended < begun else 0.0
        return self._spoken_s[ended] + running_s


def monologues(
    stretches: Sequence[tuple[str, float, float]], held: Sequence[HeldFloor], limits: FloorLimits
) -> tuple[Monologue, ...]:
    """Every uninterrupted run of one person (speaker, start, end; by start), outside the floors the coach gave them."""
    found: list[Monologue] = []
    for speaker, start_s, end_s in _runs(stretches, limits):
        given = sorted((floor.start_s, floor.end_s) for floor in held if floor.speaker == speaker)
        found.extend(Monologue(speaker=speaker, start_s=a, end_s=b) for a, b in without(start_s, end_s, given) if b > a)
    return tuple(found)


def _runs(stretches: Sequence[tuple[str, float, float]], limits: FloorLimits) -> Iterator[tuple[str, float, float]]:
    run: tuple[str, float, float] | None = None
    for speaker, start_s, end_s in stretches:
        if run is not None and speaker == run[0] and start_s - run[2] < limits.open_floor_s:
            run = (speaker, run[1], max(run[2], end_s))
            continue
        if run is not None:
            yield run
        run = (speaker, start_s, end_s)
    if run is not None:
        yield run
