"""Any sequence of events: a session ends, asks before it keeps, and gives floors one after the other."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from dataclasses import replace

import pytest
from hypothesis import given as holds_for
from hypothesis import settings
from hypothesis import strategies as st

from audio.types import UNKNOWN
from coach import content
from coach.conversation import HeldFloor
from coach.session.content import SESSIONS
from coach.session.engine import Setup
from coach.session.events import (
    Answer,
    Back,
    Command,
    Event,
    Failed,
    Finished,
    Heard,
    Heated,
    Key,
    Lost,
    Rating,
    Silence,
    TimeUp,
)
from coach.session.log import Accepted, FloorHeld, Rated, Waited
from coach.session.steps import Ask, Done, Instruction, Keep, Listen, Say
from tests.couple import NAMED, TALK, Couple, start

SPOKEN = [
    TALK, "Pass on.", "There's more.", "Not quite.", "Yes please.", "No thanks.", "eight", "Number ten.", "Say again.",
    "Pause please.", "Skip this.", "Delete that.", "", "mm-hm", "Postleys",
]  # fmt: skip
PEOPLE = st.sampled_from(["A", "B", UNKNOWN])
NAMES = st.sampled_from([*content.commands().commands, "nonsense"])


def any_event(stops: bool) -> st.SearchStrategy[Event]:
    keys = "pmnabkdyo0123456789t?" + ("s" if stops else "")
    at = st.just(0.0)
    commands = NAMES if stops else NAMES.filter(lambda name: name != "stop_now")
    failures = [st.builds(Failed, at_s=at)] if stops else []
    return st.one_of(
        st.builds(
            Heard, at_s=at, speaker=PEOPLE, text=st.sampled_from(SPOKEN), start_s=st.floats(0, 3), end_s=st.floats(3, 9)
        ),
        st.builds(Finished, at_s=at), st.builds(Silence, at_s=at), st.builds(TimeUp, at_s=at),
        st.builds(Key, at_s=at, key=st.sampled_from(keys)), st.builds(Command, at_s=at, name=commands, by=PEOPLE),
        st.builds(Rating, at_s=at, value=st.integers(-1, 12), by=PEOPLE, sure=st.booleans()),
        st.builds(Answer, at_s=at, yes=st.booleans(), by=PEOPLE), st.builds(Lost, at_s=at), st.builds(Back, at_s=at),
        st.builds(Heated, at_s=at), *failures,
    )  # fmt: skip


def timed(event: Event, now_s: float) -> Event:
    if isinstance(event, Heard):
        return replace(event, at_s=now_s, start_s=now_s - event.end_s + event.start_s, end_s=now_s)
    return replace(event, at_s=now_s)


Moves = list[tuple[float, Event | None]]


@st.composite
def moves_of_people(draw: st.DrawFn, *, stops: bool) -> Moves:
    """A stretch as usual, so that every place of a session is come to, then anything, half of it as usual."""
    ahead: Moves = [(0.0, None)] * draw(st.integers(0, 70))
    late = st.floats(0, 40)
    rest = st.lists(st.tuples(late, any_event(stops=stops)) | st.tuples(late, st.none()), max_size=50)
    return ahead + draw(rest)


def walked(name: str, setup: Setup, moves: Moves) -> Iterator[tuple[Instruction, Event | None]]:
    """Each instruction with the event it is answered with: the given ones, then as a quiet couple does."""
    couple = Couple()
    steps = start(name, setup)
    given: Instruction = next(steps)
    for number in range(3000):
        if isinstance(given.step, Done):
            yield given, None
            return
        later_s, event = moves[number] if number < len(moves) else (1.0, None)
        couple.now_s += later_s
        event = couple.usual(given) if event is None else timed(event, couple.now_s)
        yield given, event
        given = steps.send(event)
    raise AssertionError("no end")


def consents_seen(walk: list[tuple[Instruction, Event | None]]) -> int:
    keep = next((at for at, (given, _) in enumerate(walk) if isinstance(given.step, Keep)), len(walk))
    return sum(isinstance(given.step, Ask) and said_yes(event) for given, event in walk[:keep])


def said_yes(event: Event | None) -> bool:
    if isinstance(event, Heard):
        return event.text == "Yes please." or event.text == "Yes, please."
    if isinstance(event, Key):
        return event.key == "y"
    return (isinstance(event, Command) and event.name == "yes") or (isinstance(event, Answer) and event.yes)


def check_order(walk: list[tuple[Instruction, Event | None]]) -> None:
    numbers = [given.number for given, _ in walk]
    assert all(b in (a, a + 1) or b > a for a, b in itertools.pairwise(numbers))
    by_number: dict[int, Instruction] = {}
    for given, _ in walk:
        assert by_number.setdefault(given.number, given).step == given.step


def check_floors(floors: tuple[HeldFloor, ...]) -> None:
    assert all(floor.end_s > floor.start_s for floor in floors)
    assert all(a.end_s <= b.start_s for a, b in itertools.pairwise(floors))


@settings(max_examples=60, deadline=None)
@holds_for(
    name=st.sampled_from(SESSIONS), moves=moves_of_people(stops=True), first_ever=st.booleans(), live_cue=st.booleans()
)
def test_whatever_happens_a_session_ends_and_keeps_its_word(
    name: str, moves: Moves, first_ever: bool, live_cue: bool
) -> None:
    setup = replace(NAMED, first_ever=first_ever, live_cue=live_cue, times_s={"break": 30.0})
    walk = list(walked(name, setup, moves))
    done = walk[-1][0].step
    assert isinstance(done, Done)
    check_order(walk)
    kept = [at for at, (given, _) in enumerate(walk) if isinstance(given.step, Keep)]
    began = kept[0] if kept else len(walk)
    assert not any(given.entries or given.screen.recording for given, _ in walk[: began + 1])
    if kept:
        assert consents_seen(walk) >= 2
    else:
        assert done.record is None
    for given, _ in walk:
        if isinstance(given.step, Say):
            assert 0 < len(given.step.text.split()) <= 25
            assert "{" not in given.step.text
        if isinstance(given.step, Listen):
            assert (given.screen.floor != "") is (given.step.floor is not None)
    if done.record:
        check_floors(done.record.held)
        handed = [entry for given, _ in walk for entry in given.entries]
        assert [entry for entry in handed if entry in done.record.entries] == list(done.record.entries)
        assert all(isinstance(e, FloorHeld | Rated | Accepted | Waited) for e in set(handed) - set(done.record.entries))


@settings(max_examples=40, deadline=None)
@holds_for(
    name=st.sampled_from(SESSIONS),
    moves=moves_of_people(stops=False),
    how=st.sampled_from([Key(at_s=0, key="s"), Command(at_s=0, name="stop_now"), "Stop now."]),
)
def test_stop_now_works_within_one_step_from_anywhere(name: str, moves: Moves, how: str | Event) -> None:
    steps, couple = start(name, replace(NAMED, first_ever=True, times_s={"break": 30.0})), Couple()
    given: Instruction = next(steps)
    for later_s, event in moves:
        couple.now_s += later_s
        given = steps.send(couple.usual(given) if event is None else timed(event, couple.now_s))
        if isinstance(given.step, Done):
            return
    stop = couple.heard(UNKNOWN, how) if isinstance(how, str) else replace(how, at_s=couple.now_s)
    given = steps.send(stop)
    assert isinstance(given.step, Done)
    assert given.step.reason == "stopped"
    with pytest.raises(StopIteration):
        steps.send(Finished(at_s=couple.now_s))
