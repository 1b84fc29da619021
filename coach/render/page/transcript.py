"""The turns as the page shows them: their words in pieces, with the remarks marked where they were said."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from coach.conversation import Turn
from coach.measures.interruptions import Interruption
from coach.measures.words import Remark
from coach.render.page.kinds import REMARKS, Kind, sureness
from coach.render.page.remarks import shown
from coach.summary import Summary

SAME_MOMENT_S = 0.05


@dataclass(frozen=True, slots=True, kw_only=True)
class Note:
    """Why some words are marked, and what could be said instead."""

    kind: Kind
    sure: str
    rewrite: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Piece:
    """Some of the words of a turn; marked where there are notes."""

    text: str
    notes: tuple[Note, ...] = ()
    number: int = 0  # of the mark on the page, from 1

    @property
    def first(self) -> str:
        """The first word, which stays on one line with the letter of the mark."""
        return self.text.split(" ", 1)[0]

    @property
    def rest(self) -> str:
        return self.text[len(self.first) :]


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    turn: Turn
    pieces: tuple[Piece, ...]
    onset: Interruption | None  # this turn began inside the other's speech, and it counts as an interruption
    listening: bool  # nothing but a listening sound inside the other's turn


@dataclass(frozen=True, slots=True, kw_only=True)
class _Place:
    start: int  # characters of the turn's text
    end: int
    remarks: tuple[Remark, ...]


def lines(summary: Summary) -> tuple[Line, ...]:
    by_turn: dict[int, list[Remark]] = {}
    for remark in shown(summary):
        by_turn.setdefault(remark.turn, []).append(remark)
    heard = {(sound.by, round(sound.start_s, 2)) for sound in summary.floor.backchannels}
    onsets = _onsets(summary.turns, summary.floor.interruptions)
    marked = 0
    found = []
    for turn in summary.turns:
        pieces = []
        for text, remarks in _cut(turn, by_turn.get(turn.index, ())):
            marked += bool(remarks)
            pieces.append(Piece(text=text, notes=tuple(_notes(remarks)), number=marked if remarks else 0))
        listening = all((span.speaker, round(span.start_s, 2)) in heard for span in turn.spans)
        found.append(Line(turn=turn, pieces=tuple(pieces), onset=onsets.get(turn.index), listening=listening))
    return tuple(found)


def turn_at(turns: Sequence[Turn], speaker: str, time_s: float) -> int | None:
    """The index of the last turn of a speaker that began by then; of anybody's where that speaker has none."""
    own = [turn.index for turn in turns if turn.speaker == speaker and turn.start_s <= time_s + SAME_MOMENT_S]
    if own:
        return own[-1]
    return next((turn.index for turn in reversed(turns) if turn.start_s <= time_s + SAME_MOMENT_S), None)


def _onsets(turns: Sequence[Turn], events: Iterable[Interruption]) -> dict[int, Interruption]:
    """The first interruption by the speaker of each turn, inside that turn."""
    found: dict[int, Interruption] = {}
    for event in events:
        index = turn_at(turns, event.by, event.start_s)
        if index is not None:
            found.setdefault(index, event)
    return found


def _notes(remarks: Iterable[Remark]) -> Iterator[Note]:
    """One note a kind, in the order of the kinds."""
    kinds = {remark.kind: remark for remark in remarks}
    for kind in REMARKS:
        if kind in kinds:
            yield Note(kind=REMARKS[kind], sure=sureness(kinds[kind].confidence), rewrite=kinds[kind].rewrite)


def _cut(turn: Turn, remarks: Iterable[Remark]) -> Iterator[tuple[str, tuple[Remark, ...]]]:
    """The text of a turn, cut where a marked stretch begins or ends. Marks that touch become one."""
    text, at = turn.text, 0
    for place in _merged(sorted(_places(turn, remarks), key=lambda place: (place.start, place.end))):
        if place.start > at:
            yield text[at : place.start], ()
        yield text[place.start : place.end], place.remarks
        at = place.end
    if at < len(text):
        yield text[at:], ()


def _places(turn: Turn, remarks: Iterable[Remark]) -> Iterator[_Place]:
    """Where each quote stands: at its time if it can be found there, else at its first place in the turn."""
    text = turn.text
    starts: list[tuple[float, int]] = []
    at = 0
    for word in turn.words:
        starts.append((word.start_s, at))
        at += len(word.text) + 1
    for remark in remarks:
        near = next((place for start_s, place in starts if start_s >= remark.start_s - SAME_MOMENT_S), 0)
        start = text.find(remark.quote, near)
        start = start if start >= 0 else text.find(remark.quote)
        if remark.quote.strip() and start >= 0:
            yield _Place(start=start, end=start + len(remark.quote), remarks=(remark,))


def _merged(places: Iterable[_Place]) -> Iterator[_Place]:
    last: _Place | None = None
    for place in places:
        if last is not None and place.start < last.end:
            last = _Place(start=last.start, end=max(last.end, place.end), remarks=last.remarks + place.remarks)
            continue
        if last is not None:
            yield last
        last = place
    if last is not None:
        yield last
