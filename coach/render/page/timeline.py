"""The talk in time, one lane a person. Places are per cent of its length, so that the drawing can be stretched."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from coach.conversation import people_speech
from coach.plain import clock
from coach.render.page.kinds import ONSETS, REMARKS
from coach.render.page.people import Person
from coach.render.page.remarks import shown
from coach.summary import Summary

ZOOMS = (1, 2, 4, 8, 16)
TICKS_S = (1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 18_000, 36_000)
LAST_TICK = 0.985  # of the talk: a label at the very end would be cut off
SEEN_LEAST_S = 15  # a closer look than this shows nothing more
MARK_WIDTH = 18  # pixels
NEAR_S = 0.5  # marks nearer than this touch even in the closest look
TICKS_ACROSS = 7  # so many labels fit a telephone
MARKS_WIDE, MARKS_NARROW = 60, 22  # so many letters have room side by side on a desk and on a telephone


@dataclass(frozen=True, slots=True, kw_only=True)
class Stretch:
    x: str  # per cent
    end_x: str
    width: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Mark:
    x: str
    shape: str  # a symbol of the drawing
    letter: str
    title: str
    shift: int = 0  # pixels to the right, where another mark of the lane stands there


@dataclass(frozen=True, slots=True, kw_only=True)
class Lane:
    person: Person
    turns: str  # a path in hundredths of a second, 24 high; thin, so that pauses show as a line within a turn
    speech: str  # the same
    overlap: tuple[Stretch, ...]
    remarks: tuple[Mark, ...]
    events: tuple[Mark, ...]  # interruptions and listening sounds


@dataclass(frozen=True, slots=True, kw_only=True)
class Tick:
    x: str
    label: str
    zooms: tuple[int, ...]  # the zooms at which it is drawn


@dataclass(frozen=True, slots=True, kw_only=True)
class Timeline:
    length_s: float
    lanes: tuple[Lane, ...]
    lapses: tuple[Stretch, ...]
    ticks: tuple[Tick, ...]
    zooms: tuple[int, ...]
    letters_wide: int  # the zoom from which the letters of the remarks have room
    letters_narrow: int


def timeline(summary: Summary, people: dict[str, Person]) -> Timeline:
    duration_s = length_s(summary)
    lanes = tuple(_lane(summary, person, duration_s) for person in people.values())
    zooms = tuple(zoom for zoom in ZOOMS if zoom == 1 or duration_s / zoom > SEEN_LEAST_S)
    most = max((len(lane.remarks) for lane in lanes), default=0)
    return Timeline(
        length_s=duration_s,
        lanes=lanes,
        lapses=tuple(_stretch(lapse.start_s, lapse.end_s, duration_s) for lapse in summary.silence.lapses),
        ticks=tuple(_ticks(duration_s, zooms)),
        zooms=zooms,
        letters_wide=_zoom_for(most, MARKS_WIDE),
        letters_narrow=_zoom_for(most, MARKS_NARROW),
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
        turns=_path((turn.start_s, turn.end_s) for turn in summary.turns if turn.speaker == person.id),
        speech=_path(own),
        overlap=tuple(_stretch(start_s, end_s, duration_s) for start_s, end_s in at_once),
        remarks=tuple(_remarks(summary, person, duration_s)),
        events=tuple(_events(summary, person, duration_s)),
    )


def _remarks(summary: Summary, person: Person, duration_s: float) -> Iterator[Mark]:
    """Those that would hide each other stand side by side."""
    last_s, shift = -NEAR_S, 0
    for remark in shown(summary):
        kind = REMARKS[remark.kind]
        if remark.speaker != person.id:
            continue
        shift = shift + MARK_WIDTH if remark.start_s - last_s < NEAR_S else 0
        last_s = remark.start_s
        shape = "o" if kind.opens else "c"
        title = f"{clock(remark.start_s)} {kind.one}"
        yield Mark(x=_x(remark.start_s, duration_s), shape=shape, letter=kind.letter, title=title, shift=shift)


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


def _ticks(duration_s: float, zooms: Sequence[int]) -> Iterator[Tick]:
    shown: dict[int, list[int]] = {}
    for zoom in zooms:
        step_s = next((step_s for step_s in TICKS_S if duration_s / zoom / step_s <= TICKS_ACROSS), TICKS_S[-1])
        for time_s in range(0, int(duration_s * LAST_TICK) + 1, step_s):
            shown.setdefault(time_s, []).append(zoom)
    for time_s, at in sorted(shown.items()):
        yield Tick(x=_x(time_s, duration_s), label=clock(time_s), zooms=tuple(at))


def _zoom_for(marks: int, across: int) -> int:
    return next((zoom for zoom in ZOOMS if marks <= across * zoom), ZOOMS[-1])


def _path(stretches: Iterable[tuple[float, float]]) -> str:
    return "".join(f"M{start_s * 100:.0f} 12h{(end_s - start_s) * 100:.0f}" for start_s, end_s in stretches)


def _stretch(start_s: float, end_s: float, duration_s: float) -> Stretch:
    return Stretch(
        x=_x(start_s, duration_s), end_x=_x(end_s, duration_s), width=_x(max(0.0, end_s - start_s), duration_s)
    )


def _x(time_s: float, duration_s: float) -> str:
    """Per cent to a thousandth of a per cent: 18 ms in half an hour."""
    return f"{100 * min(max(0.0, time_s), duration_s) / duration_s:.3f}".rstrip("0").rstrip(".")
