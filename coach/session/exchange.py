"""One step and what comes back, again and again: the part of a session that knows the clock, the floor and the log.

    begin(step) --Instruction--> driver --Event--> stop, skip, asides dealt with --> the event the step must judge

An aside ("say again", "pause please", "delete that", a lost microphone) is dealt with here: the floor is taken back
for it, the step goes on after it with the time that was left.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field, replace

from audio.types import UNKNOWN, Word
from coach.conversation import HeldFloor
from coach.measures.cues import beyond_idle, tokens
from coach.session.content import NAME_WORDS, CommonWords, SessionPlan
from coach.session.events import Answer, Back, Command, Event, Failed, Finished, Heard, Heated, Key, Lost, Rating
from coach.session.log import Accepted, Deleted, Entry, FloorHeld, Outcome, Rated, Record, StepTaken, Waited
from coach.session.steps import (
    Ask,
    Delete,
    Done,
    EndReason,
    Instruction,
    Keep,
    OpenStep,
    Pause,
    Rate,
    Reconnect,
    Say,
    Screen,
    Step,
)
from coach.session.understanding import ASIDES, Rules, understood

Speaking = Generator[Instruction, Event, None]
"""A piece of a session that ends without a result."""

ALWAYS = ("stop_now", "say_again")
MOST_ASIDES = 6
"""In one step: a room that only repeats itself must come to an end."""
CUE_EVERY_S = 120.0
CUE_SHOWN_S = 6.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Setup:
    """What two people chose. Times in seconds by the name of a step stand before `pace`, which makes all shorter."""

    names: tuple[str, str] = ("First voice", "Second voice")
    first_speaker: str = "A"
    first_ever: bool = False  # the words about safety come before the first session ever
    hellos: bool = True  # False where both voices are known already
    pace: float = 1.0
    times_s: Mapping[str, float] = field(default_factory=dict)
    pause_s: float = 1200.0
    live_cue: bool = False
    keep_days: int = 0  # of the sound; the consent asks for it


class Ended(Exception):
    """The session ends here. Never leaves the session."""

    def __init__(self, reason: EndReason) -> None:
        super().__init__(reason)
        self.reason = reason


class Skipped(Exception):
    """This step ends here. Never leaves the session."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Interrupted:
    """What an aside came into."""

    step: Step
    said: tuple[str, ...]


class Exchange:
    """The state of a session: what time it is, who has the floor, what was logged, what was said last."""

    def __init__(self, plan: SessionPlan, common: CommonWords, setup: Setup, rules: Rules, at_s: float) -> None:
        self.plan, self.common, self.setup, self.rules = plan, common, setup, rules
        self.now_s = at_s
        self.label = plan.name
        self.kept = False  # whether both have agreed
        self.pausing = False
        self.heated = False
        self.breaks = 0
        self.accepted = 0
        self.aside: Callable[[Lost | Command, Interrupted], Speaking] | None = None
        self._asides_left = MOST_ASIDES
        self._in_aside = False
        self._number = 0
        self._step: Step = Say(text="")
        self._entries: list[Entry] = []
        self._given = 0
        self._floor: tuple[str, str, float] | None = None  # step, speaker, since
        self._said: tuple[str, ...] = ()
        self._cue = ""
        self._cue_s = -CUE_EVERY_S

    # The driver

    def begin(self, step: Step) -> Generator[Instruction, Event, Event]:
        """Do a step. Returns the first event it must judge."""
        self._number += 1
        self._step = step
        return (yield from self.go_on())

    def go_on(self) -> Generator[Instruction, Event, Event]:
        """The next event of the step that was begun. Raises Ended on "stop now", Skipped on "skip this"."""
        while True:
            event = yield self._instruction()
            self.now_s = max(self.now_s, event.at_s)
            event = understood(event, self._step, self._wanted(), self.rules)
            if isinstance(event, Command) and event.name == "stop_now":
                self.release(event.start_s)
                raise Ended("stopped")
            if isinstance(event, Failed):
                raise Ended(event.reason)
            if isinstance(event, Heated):
                self.heated = True
            elif isinstance(event, Lost) or (isinstance(event, Command) and event.name in ASIDES):
                yield from self._set_aside(event)
            elif isinstance(event, Command) and event.name == "skip_this" and self._may("skip_this"):
                self.release(event.start_s)
                raise Skipped
            elif _answers(event, self._step):
                self._notice(event)
                return event

    def say(self, lines: tuple[str, ...], **places: str) -> Speaking:
        """Speak some lines, names filled in. They are what "say again" repeats."""
        texts = self.filled(lines, **places)
        if not self._in_aside:
            self._said = texts
        yield from self.repeat(texts)

    def filled(self, lines: tuple[str, ...], **places: str) -> tuple[str, ...]:
        names = {"first": self.name("A"), "second": self.name("B")} | places
        return tuple(line.format_map(names) for line in lines)

    def tell(self, line: str, **places: str) -> Speaking:
        """Speak a line that every session has, by its name."""
        yield from self.say(self.common.lines[line], **places)

    def repeat(self, texts: tuple[str, ...]) -> Speaking:
        for text in texts:
            yield from self.begin(Say(text=text))

    def question(
        self, of: str | None, most_s: float, *names: str
    ) -> Generator[Instruction, Event, Answer | Command | None]:
        """Yes, no or one of these commands, after a question; one kind word in between. None: nothing came."""
        for attempt in range(2):
            if attempt:
                yield from self.tell("answer_nudge")
            wants = self.wants("yes", "no", *names)
            event = yield from self.begin(Ask(of=of, until_s=self.now_s + most_s, quiet_s=most_s / 2, wants=wants))
            while isinstance(event, Heard):
                event = yield from self.go_on()
            if isinstance(event, Answer | Command):
                return event
        return None

    def yes_or_no(self, of: str | None, most_s: float) -> Generator[Instruction, Event, Answer | None]:
        answer = yield from self.question(of, most_s)
        return answer if isinstance(answer, Answer) else None

    def agreed(self, line: str, of: str | None, most_s: float, **places: str) -> Generator[Instruction, Event, bool]:
        """Whether a line that every session has is answered with yes. To skip it is no yes."""
        self.label = self.common.labels["question"]
        with suppress(Skipped):
            yield from self.tell(line, **places)
            answer = yield from self.yes_or_no(of, most_s)
            return answer is not None and answer.yes
        return False

    def last(self, step: Done) -> Instruction:
        self._number += 1
        self._step = step
        return self._instruction()

    def _instruction(self) -> Instruction:
        return Instruction(number=self._number, step=self._step, screen=self._screen(), entries=self._fresh_entries())

    # The floor

    def hold(self, step: str, speaker: str, start_s: float | None = None) -> None:
        """Give the floor to one person."""
        self.release()
        self._floor = (step, speaker, max(self.now_s if start_s is None else start_s, self._last_end_s()))

    def begun_at(self, start_s: float) -> None:
        """The holder began to speak before the floor was given: it counts from there."""
        if self._floor is not None:
            step, speaker, since_s = self._floor
            self._floor = (step, speaker, max(min(since_s, start_s), self._last_end_s()))

    def release(self, end_s: float | None = None) -> None:
        """Take the floor back and log it."""
        if self._floor is None:
            return
        step, speaker, start_s = self._floor
        self._floor = None
        end_s = min(self.now_s if end_s is None else end_s, self.now_s)
        if end_s > start_s:
            self.log(FloorHeld(step=step, floor=HeldFloor(speaker=speaker, start_s=start_s, end_s=end_s)))

    def last_floor(self) -> HeldFloor | None:
        floors = [entry.floor for entry in self._entries if isinstance(entry, FloorHeld)]
        return floors[-1] if floors else None

    def _last_end_s(self) -> float:
        return max((entry.floor.end_s for entry in self._entries if isinstance(entry, FloorHeld)), default=0.0)

    # The log

    def log(self, entry: Entry) -> None:
        self._entries.append(entry)

    def log_step(self, step: str, speaker: str, start_s: float, outcome: Outcome) -> None:
        self.log(StepTaken(step=step, speaker=speaker, start_s=start_s, end_s=self.now_s, outcome=outcome))

    def wiped(self, start_s: float, end_s: float) -> None:
        """Take out of the log what lies in a deleted stretch."""
        given = self._entries[: self._given]
        waiting = self._entries[self._given :]
        given, waiting = ([entry for entry in part if not _within(entry, start_s, end_s)] for part in (given, waiting))
        self._entries, self._given = [*given, *waiting], len(given)
        self.log(Deleted(start_s=start_s, end_s=end_s))

    def record(self) -> Record | None:
        """All that may be kept; None where there is no consent."""
        if not self.kept:
            return None
        names = (self.name("A"), self.name("B"))
        return Record(session=self.plan.id, names=names, entries=tuple(self._entries))

    def _fresh_entries(self) -> tuple[Entry, ...]:
        """What was logged since the last instruction; nothing before both have agreed."""
        if not self.kept:
            return ()
        fresh = tuple(self._entries[self._given :])
        self._given = len(self._entries)
        return fresh

    # What is heard

    def name(self, speaker: str) -> str:
        """As it is spoken: a name of many words would make every sentence long."""
        name = " ".join(self.setup.names["AB".index(speaker)].split()[:NAME_WORDS])
        return name or Setup().names["AB".index(speaker)]

    def wants(self, *names: str) -> tuple[str, ...]:
        """The commands that mean something in a step: its own, and those that always do."""
        return (*names, *ALWAYS, "pause_please", "delete_that", "skip_this") if self.kept else (*names, *ALWAYS)

    def _wanted(self) -> tuple[str, ...]:
        return self.wants() if isinstance(self._step, Say) else getattr(self._step, "wants", ALWAYS)

    def _may(self, name: str) -> bool:
        return name in self._wanted()

    def _notice(self, event: Event) -> None:
        """The one quiet cue: the other came in with words of their own, and it was long ago that this was shown."""
        floor = self._floor
        if not (self.setup.live_cue and floor and isinstance(event, Heard)) or event.speaker in (floor[1], UNKNOWN):
            return
        said = tokens([Word(speaker="", start_s=0, end_s=0, text=event.text)], self.rules.cues)
        own = sum(1 for _ in beyond_idle(said, self.rules.cues))
        if own >= self.rules.floor.other_words and self.now_s - self._cue_s >= CUE_EVERY_S:
            self._cue_s = self.now_s
            self._cue = self.common.lines["cue"][0].format(name=self.name(floor[1]))

    # Asides and the screen

    def fresh(self) -> None:
        """A new step of the plan: asides are counted anew."""
        self._asides_left = MOST_ASIDES

    def _set_aside(self, event: Lost | Command) -> Speaking:
        if self.aside is None or not self._has_time_for(event):
            return
        step, floor, said, began_s, before = self._step, self._floor, self._said, self.now_s, self._in_aside
        self.release(event.start_s if isinstance(event, Command) else None)
        self._in_aside = not (isinstance(event, Command) and event.name == "pause_please")  # a break has its own asides
        with suppress(Skipped):
            yield from self.aside(event, Interrupted(step=step, said=said))
        self._in_aside, self._said = before, said
        if floor is not None:
            self.hold(floor[0], floor[1])
        self._number += 1
        self._step = _later(step, self.now_s - began_s)

    def _has_time_for(self, event: Lost | Command) -> bool:
        if isinstance(event, Lost):
            return not isinstance(self._step, Reconnect)
        if self._in_aside or not self._asides_left or not self._may(event.name):
            return False
        self._asides_left -= 1
        return True

    def _screen(self) -> Screen:
        step = self._step
        if self._cue and self.now_s - self._cue_s > CUE_SHOWN_S:
            self._cue = ""
        commands = self.rules.grammar.commands
        return Screen(
            session=self.plan.name, step=self.label, floor=self.name(self._floor[1]) if self._floor else "",
            text=self._told(step),
            until_s=getattr(step, "until_s", None),
            keys=tuple((commands[name].key, commands[name].teaches) for name in self._wanted()),
            recording=self.kept and not isinstance(step, Pause | Done), cue=self._cue,
        )  # fmt: skip

    def _told(self, step: Step) -> str:
        if isinstance(step, Done):
            return " ".join(step.closing)
        return step.text if isinstance(step, Say) else self._said[-1] if self._said else ""


def _answers(event: Event, step: Step) -> bool:
    """Whether an event is one that the step must judge; anything else is let go by."""
    if isinstance(step, Say | Keep | Delete):
        return isinstance(event, Finished)
    if isinstance(event, Rating):
        return isinstance(step, Rate) and 0 <= event.value <= 10
    if isinstance(event, Answer):
        return isinstance(step, Ask) or "yes" in getattr(step, "wants", ())
    if isinstance(event, Command):
        return event.name in getattr(step, "wants", ())
    if isinstance(event, Back):
        return isinstance(step, Reconnect)
    return not isinstance(event, Finished | Key)


def _later(step: Step, by_s: float) -> Step:
    """The same step with its end put off: time spent on an aside is not lost."""
    return replace(step, until_s=step.until_s + by_s) if isinstance(step, OpenStep) else step


def _within(entry: Entry, start_s: float, end_s: float) -> bool:
    if isinstance(entry, FloorHeld):
        return start_s <= entry.floor.start_s and entry.floor.end_s <= end_s
    if isinstance(entry, Rated | Accepted):
        return start_s <= entry.at_s <= end_s
    return isinstance(entry, Waited) and start_s <= entry.start_s < end_s
