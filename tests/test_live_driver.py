"""What the driver tells a session, and when: a clock, ears and a mouth that do as they are told."""

from __future__ import annotations

from collections import deque
from collections.abc import Generator
from dataclasses import dataclass, field
from itertools import pairwise
from queue import Empty
from typing import Any

import pytest

from audio import capture_events
from coach.errors import StoreError
from coach.live.driver import ANSWER_GRACE_S, TICK_S, Driver
from coach.session.events import Back, Event, Failed, Finished, Heard, Key, Lost, Silence, TimeUp
from coach.session.log import Entry, Paused
from coach.session.steps import Ask, Delete, Done, Instruction, Keep, Listen, Pause, Reconnect, Say, Screen, Step

SCREEN = Screen(session="", step="", floor="", text="", until_s=None, keys=(), recording=False)
DONE = Done(reason="complete", tell=False, closing=(), record=None)


class Inbox:
    """A queue that nobody waits at."""

    def __init__(self) -> None:
        self._events: deque[Event] = deque()

    def put(self, event: Event) -> None:
        self._events.append(event)

    def get(self, timeout: float) -> Event:
        if not self._events:
            raise Empty
        return self._events.popleft()


@dataclass
class Room:
    """Everything that the driver works with; each tick takes TICK_S."""

    now_s: float = 0.0
    told: list[capture_events.Event] = field(default_factory=list)
    plays: list[tuple[float, Any]] = field(default_factory=list)  # what happens when
    did: list[tuple[str, Any]] = field(default_factory=list)
    speaking: bool = False
    busy: bool = False
    spoke_until_s: float = 0.0
    learning: str | None = None
    fails: str = ""
    finishes_s: float = 0.0
    inbox: Inbox = field(default_factory=Inbox)

    # the microphone, ears and mouth
    def news(self) -> tuple[capture_events.Event, ...]:
        news, self.told = tuple(self.told), []
        return news

    @property
    def heard_s(self) -> float:
        return self.now_s

    def say(self, text: str) -> None:
        self.did.append(("say", text))
        self.finishes_s = self.now_s + 1.0

    @property
    def finished(self) -> bool:
        return self.now_s >= self.finishes_s

    def stop(self) -> None:
        self.did.append(("hush", None))

    def echoes(self, heard: Heard) -> bool:
        return heard.text == "echo"

    # what is kept
    def begin(self, agreed_s: float) -> None:
        self._do("begin", agreed_s)

    def entries(self, entries: tuple[Entry, ...]) -> None:
        if entries:
            self._do("entries", len(entries))

    def heard(self, heard: Heard) -> None:
        self._do("heard", heard.text)

    def delete(self, start_s: float, end_s: float) -> None:
        self._do("delete", (start_s, end_s))

    def silence(self, start_s: float, end_s: float) -> None:
        self._do("silence", (round(start_s, 1), round(end_s, 1)))

    def _do(self, what: str, value: Any) -> None:
        if what == self.fails:
            raise StoreError("The disk is full. Make room.")
        self.did.append((what, value))

    # the clock
    def show(self, instruction: Instruction, now_s: float, began_s: float) -> None:
        self.now_s += TICK_S
        while self.plays and self.plays[0][0] <= self.now_s:
            _, happening = self.plays.pop(0)
            happening(self)


def driven(room: Room, *steps: Step, entries: tuple[Entry, ...] = ()) -> list[Event]:
    """The events that come back, one for each step."""
    events: list[Event] = []

    def session() -> Generator[Instruction, Event, None]:
        for number, step in enumerate(steps):
            events.append((yield Instruction(number=number, step=step, screen=SCREEN, entries=entries)))
        yield Instruction(number=len(steps), step=DONE, screen=SCREEN)

    whole: Any = room
    inbox: Any = room.inbox
    driver = Driver(
        microphone=room, clock=lambda: room.now_s, ears=whole, mouth=whole, company=whole, keeping=whole,
        inbox=inbox, show=room.show, logged=lambda log: None, trouble=lambda text: room.did.append(("told", text)),
    )  # fmt: skip
    assert driver.run(session()).step is DONE
    return events


def set_(**values: Any) -> Any:
    return lambda room: [setattr(room, name, value) for name, value in values.items()]


def put(event: Event) -> Any:
    return lambda room: room.inbox.put(event)


def news(event: capture_events.Event) -> Any:
    return lambda room: room.told.append(event)


def test_a_line_is_spoken_to_its_end() -> None:
    room = Room()
    (event,) = driven(room, Say(text="Hello."))
    assert isinstance(event, Finished)
    assert event.at_s >= 1.0
    assert room.did[0] == ("say", "Hello.")


def test_a_key_cuts_a_line_short() -> None:
    room = Room(plays=[(0.3, put(Key(at_s=0, key="s")))])
    key, _ = driven(room, Say(text="A long line."), Say(text="Next."))
    assert isinstance(key, Key)
    assert 0.3 <= key.at_s < 0.5
    assert room.did[:3] == [("say", "A long line."), ("hush", None), ("say", "Next.")]


def test_silence_counts_from_the_last_speech() -> None:
    room = Room(plays=[(1.0, set_(speaking=True)), (3.0, set_(speaking=False, spoke_until_s=3.0))])
    (event,) = driven(room, Listen(floor="A", until_s=60, quiet_s=2.0))
    assert isinstance(event, Silence)
    assert event.at_s == pytest.approx(5.0, abs=0.2)


def test_what_was_said_is_told_before_the_silence_after_it() -> None:
    heard = Heard(at_s=0, speaker="A", text="yes", start_s=1, end_s=2)
    room = Room(
        busy=True, spoke_until_s=1.0, plays=[(4.0, put(heard)), (4.0, set_(busy=False))]
    )  # fmt: skip
    first, second = driven(room, Listen(floor="A", until_s=60, quiet_s=2.0), Listen(floor="A", until_s=60, quiet_s=2.0))
    assert isinstance(first, Heard)
    assert isinstance(second, Silence)
    assert ("heard", "yes") in room.did


def test_where_silence_is_welcome_only_the_time_ends_it() -> None:
    (event,) = driven(Room(), Listen(floor="A", until_s=8.0))
    assert isinstance(event, TimeUp)
    assert event.at_s == pytest.approx(8.0, abs=0.2)


def test_nobody_is_cut_off_in_mid_sentence() -> None:
    talks = [(1.0, set_(speaking=True)), (4.0, set_(speaking=False))]
    (event,) = driven(Room(plays=list(talks)), Listen(floor="A", until_s=2.0, grace_s=5.0))
    assert event.at_s == pytest.approx(4.0, abs=0.2)
    (event,) = driven(Room(plays=list(talks)), Listen(floor="A", until_s=2.0, grace_s=1.0))
    assert event.at_s == pytest.approx(3.0, abs=0.2)
    (event,) = driven(Room(plays=talks[:1]), Ask(of="A", until_s=2.0))
    assert event.at_s == pytest.approx(2.0 + ANSWER_GRACE_S, abs=0.2)


def test_the_voice_that_is_asked_for_is_learned() -> None:
    room = Room(plays=[(0.5, lambda room: room.did.append(("learning", room.learning)))])
    driven(room, Listen(floor=None, until_s=1.0, enrols="B"), Listen(floor=None, until_s=2.0))
    assert ("learning", "B") in room.did
    assert room.learning is None


def test_the_coachs_own_late_voice_is_nobodys_answer() -> None:
    room = Room(plays=[(0.5, put(Heard(at_s=0, speaker="A", text="echo", start_s=0, end_s=1)))])
    (event,) = driven(room, Ask(of=None, until_s=2.0))
    assert isinstance(event, TimeUp)
    assert not [what for what, _ in room.did if what == "heard"]


def test_a_lost_microphone_is_told_once_and_looked_for() -> None:
    away, muted = capture_events.Away(first_sample=0), capture_events.Muted(first_sample=0)
    back = capture_events.Opened(first_sample=0, device="", rate_hz=16_000, channels=1)
    room = Room(plays=[(0.5, news(away)), (0.6, news(muted)), (3.0, news(back))])
    lost, found = driven(room, Listen(floor="A", until_s=60), Reconnect(until_s=100))
    assert isinstance(lost, Lost)
    assert isinstance(found, Back)
    assert found.at_s == pytest.approx(3.0, abs=0.2)


def test_in_a_quiet_time_a_silent_microphone_is_none_of_anybodys_business() -> None:
    room = Room(plays=[(0.5, news(capture_events.Muted(first_sample=0)))])
    quiet, floor = driven(room, Listen(floor=None, until_s=5.0), Listen(floor="A", until_s=60))
    assert isinstance(quiet, TimeUp)
    assert isinstance(floor, Lost)


def test_a_microphone_that_is_back_already_is_not_waited_for() -> None:
    (event,) = driven(Room(), Reconnect(until_s=100))
    assert isinstance(event, Back)


@pytest.mark.parametrize(("reason", "told"), [("disk full", "disk_full"), ("recorder failed", "failed")])
def test_the_end_of_the_recording_ends_the_talk(reason: Any, told: str) -> None:
    room = Room(plays=[(0.5, news(capture_events.Stopped(reason=reason, samples=0)))])
    (event,) = driven(room, Listen(floor="A", until_s=60))
    assert isinstance(event, Failed)
    assert event.reason == told


def test_a_disk_that_fills_up_is_told_and_goes_on() -> None:
    room = Room(plays=[(0.5, news(capture_events.DiskLow(free_bytes=120_000_000)))])
    (event,) = driven(room, Listen(floor="A", until_s=2.0))
    assert isinstance(event, TimeUp)
    assert any(what == "told" and "120 MB" in text for what, text in room.did)


def test_what_is_to_be_kept_and_deleted_is_done_at_once() -> None:
    room = Room()
    events = driven(room, Keep(), Delete(start_s=1.0, end_s=2.0))
    assert [type(event) for event in events] == [Finished, Finished]
    assert room.did == [("begin", 0.0), ("delete", (1.0, 2.0)), ("hush", None)]


@pytest.mark.parametrize("fails", ["begin", "entries"])
def test_what_cannot_be_kept_ends_the_talk_in_words(fails: str) -> None:
    room = Room(fails=fails)
    (event,) = driven(room, Keep(), entries=(Paused(start_s=0, end_s=1, planned_s=1),))
    assert isinstance(event, Failed)
    assert ("told", "The disk is full. Make room.") in room.did


def test_what_is_said_in_a_break_is_wiped_as_it_goes_and_not_noted() -> None:
    room = Room(plays=[(1.5, put(Heard(at_s=0, speaker="A", text="private", start_s=0, end_s=1)))])
    driven(room, Pause(until_s=9.0), Pause(until_s=4.0))
    wiped = [value for what, value in room.did if what == "silence"]
    assert wiped[0][0] == 0.0
    assert wiped[-1][1] == pytest.approx(4.0, abs=0.2)
    assert all(end == start for (_, end), (start, _) in pairwise(wiped))
    assert not [what for what, _ in room.did if what == "heard"]


def test_ctrl_c_is_stop_now_and_twice_is_an_end() -> None:
    def interrupt(room: Room) -> None:
        raise KeyboardInterrupt

    room = Room(plays=[(0.5, interrupt)])
    (event,) = driven(room, Listen(floor="A", until_s=60))
    assert getattr(event, "name", "") == "stop_now"
    with pytest.raises(KeyboardInterrupt):
        driven(Room(plays=[(0.5, interrupt), (1.0, interrupt)]), Listen(floor="A", until_s=60), Say(text="Bye."))
