"""How the talk is shared: by person, over time, and who went on for how long."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from audio.types import Span
from coach.conversation import HeldFloor, without
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
    starts_s = [0.0]
    while starts_s[-1] + limits.window_s < duration_s:
        starts_s.append(starts_s[-1] + limits.window_step_s)
    ends_s = [min(start_s + limits.window_s, duration_s) for start_s in starts_s]
    edges_s = sorted({*starts_s, *ends_s})  # most windows begin where another ends
    until_s = [_spoken_until(edges_s, [span for span in speech if span.speaker == name]) for name in speakers]
    found: list[Window] = []
    for start_s, end_s in zip(starts_s, ends_s, strict=True):
        spoken_s = [until[end_s] - until[start_s] for until in until_s]
        total_s = sum(spoken_s)
        if total_s > 0:
            shares = tuple(part_s / total_s for part_s in spoken_s)
            most = max(shares)
            dominated_by = speakers[shares.index(most)] if most > limits.dominated_share else None
            found.append(Window(start_s=start_s, end_s=end_s, shares=shares, dominated_by=dominated_by))
    return tuple(found)


def _spoken_until(times_s: Sequence[float], spans: Sequence[Span]) -> dict[float, float]:
    """How much one person had spoken up to each of some times. Both by start."""
    found: dict[float, float] = {}
    at, whole_s = 0, 0.0  # spans that had ended, and how long they were together
    for time_s in times_s:
        while at < len(spans) and spans[at].end_s <= time_s:
            whole_s += spans[at].duration_s
            at += 1
        running_s = time_s - spans[at].start_s if at < len(spans) and spans[at].start_s < time_s else 0.0
        found[time_s] = whole_s + running_s
    return found


def monologues(
    stretches: Sequence[tuple[str, float, float]], held: Sequence[HeldFloor], limits: FloorLimits
) -> tuple[Monologue, ...]:
    """Every uninterrupted run of one person (speaker, start, end; by start), outside the floors the coach gave them."""
    given: dict[str, list[tuple[float, float]]] = {}
    for floor in sorted(held, key=lambda floor: (floor.start_s, floor.end_s)):
        given.setdefault(floor.speaker, []).append((floor.start_s, floor.end_s))
    return tuple(
        Monologue(speaker=speaker, start_s=a, end_s=b)
        for speaker, start_s, end_s in _runs(stretches, limits)
        for a, b in without(start_s, end_s, given.get(speaker, ()))
        if b > a
    )


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
