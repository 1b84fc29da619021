"""The talk in time, one lane a person. Places are per cent of its length, so that the drawing can be stretched."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from coach.conversation import people_speech
from coach.plain import clock
from coach.render.page.kinds import ONSETS, REMARKS
from coach.render.page.people import Person
from coach.summary import Summary

ZOOMS = (1, 2, 4, 8, 16)
TICKS_S = (1, 5, 10, 30, 60, 300, 600, 1800, 3600, 18_000, 36_000)
"""Each divides the next, so that a tick of the whole talk is also one of every closer look."""
TICKS_ACROSS = 7  # so many labels fit a telephone
MARKS_ACROSS = 45  # more letters than this run into each other when the whole talk is seen


@dataclass(frozen=True, slots=True, kw_only=True)
class Stretch:
    x: str  # per cent
    width: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Mark:
    x: str
    shape: str  # a symbol of the drawing
    letter: str
    title: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Lane:
    person: Person
    turns: tuple[Stretch, ...]  # thin, so that pauses show as a line between the speech of one turn
    speech: tuple[Stretch, ...]
    overlap: tuple[Stretch, ...]
    remarks: tuple[Mark, ...]
    events: tuple[Mark, ...]  # interruptions and listening sounds


@dataclass(frozen=True, slots=True, kw_only=True)
class Tick:
    x: str
    label: str
    zoom: int  # the least zoom at which its label has room


@dataclass(frozen=True, slots=True, kw_only=True)
class Timeline:
    length_s: float
    lanes: tuple[Lane, ...]
    lapses: tuple[Stretch, ...]
    ticks: tuple[Tick, ...]
    zooms: tuple[int, ...]
    dense: bool  # letters only from a closer look on


def timeline(summary: Summary, people: dict[str, Person]) -> Timeline:
    duration_s = length_s(summary)
    lanes = tuple(_lane(summary, person, duration_s) for person in people.values())
    return Timeline(
        length_s=duration_s,
        lanes=lanes,
        lapses=tuple(_stretch(lapse.start_s, lapse.end_s, duration_s) for lapse in summary.silence.lapses),
        ticks=tuple(_ticks(duration_s)),
        zooms=tuple(zoom for zoom in ZOOMS if zoom == 1 or duration_s / zoom > 5),
        dense=any(len(lane.remarks) > MARKS_ACROSS for lane in lanes),
    )


def length_s(summary: Summary) -> float:
    """The length of the talk, never 0, and never less than its speech."""
    ends_s = (span.end_s for span in summary.conversation.speech)
    return max(summary.conversation.duration_s, *ends_s, 1.0)


def _lane(summary: Summary, person: Person, duration_s: float) -> Lane:
    speech = people_speech(summary.conversation)
    own = [(span.start_s, span.end_s) for span in speech if span.speaker == person.id]
    others = [(span.start_s, span.end_s) for span in speech if span.speaker != person.id]
    at_once = _both(own, others, summary.limits.floor.overlap_s)
    return Lane(
        person=person,
        turns=tuple(_stretch(t.start_s, t.end_s, duration_s) for t in summary.turns if t.speaker == person.id),
        speech=tuple(_stretch(start_s, end_s, duration_s) for start_s, end_s in own),
        overlap=tuple(_stretch(start_s, end_s, duration_s) for start_s, end_s in at_once),
        remarks=tuple(_remarks(summary, person, duration_s)),
        events=tuple(_events(summary, person, duration_s)),
    )


def _remarks(summary: Summary, person: Person, duration_s: float) -> Iterator[Mark]:
    """One mark a letter and moment."""
    seen: set[tuple[float, str]] = set()
    for remark in summary.remarks:
        kind = REMARKS.get(remark.kind)
        if remark.speaker != person.id or kind is None or (remark.start_s, kind.letter) in seen:
            continue
        seen.add((remark.start_s, kind.letter))
        shape = "opens" if kind.opens else "closes"
        title = f"{clock(remark.start_s)} {kind.one}"
        yield Mark(x=_x(remark.start_s, duration_s), shape=shape, letter=kind.letter, title=title)


def _events(summary: Summary, person: Person, duration_s: float) -> Iterator[Mark]:
    for sound in summary.floor.backchannels:
        if sound.by == person.id:
            title = f"{clock(sound.start_s)} listening"
            yield Mark(x=_x(sound.start_s, duration_s), shape="sound", letter="", title=title)
    for event in summary.floor.interruptions:
        if event.by == person.id:
            title = f"{clock(event.start_s)} {ONSETS[event.kind]}"
            yield Mark(x=_x(event.start_s, duration_s), shape="onset", letter="", title=title)


def _both(
    own: Sequence[tuple[float, float]], others: Iterable[tuple[float, float]], least_s: float
) -> Iterator[tuple[float, float]]:
    """The stretches of one's speech in which another speaks too; both lists by start."""
    at = 0
    for start_s, end_s in sorted(others):
        while at < len(own) and own[at][1] <= start_s:
            at += 1
        for own_start_s, own_end_s in own[at:]:
            if own_start_s >= end_s:
                break
            shared_s = max(start_s, own_start_s), min(end_s, own_end_s)
            if shared_s[1] - shared_s[0] >= least_s:
                yield shared_s


def _ticks(duration_s: float) -> Iterator[Tick]:
    steps_s = {zoom: _step_s(duration_s / zoom) for zoom in ZOOMS}
    finest_s = steps_s[ZOOMS[-1]]
    for number in range(int(duration_s // finest_s) + 1):
        time_s = number * finest_s
        zoom = next(zoom for zoom in ZOOMS if time_s % steps_s[zoom] == 0)
        if time_s < duration_s * 0.985:  # a label at the very end would be cut off
            yield Tick(x=_x(time_s, duration_s), label=clock(time_s), zoom=zoom)


def _step_s(seen_s: float) -> int:
    return next((step_s for step_s in TICKS_S if seen_s / step_s <= TICKS_ACROSS), TICKS_S[-1])


def _stretch(start_s: float, end_s: float, duration_s: float) -> Stretch:
    return Stretch(x=_x(start_s, duration_s), width=_x(max(0.0, end_s - start_s), duration_s))


def _x(time_s: float, duration_s: float) -> str:
    """Per cent to a thousandth of a per cent: 18 ms in half an hour."""
    return f"{100 * min(max(0.0, time_s), duration_s) / duration_s:.3f}".rstrip("0").rstrip(".")
