"""Drives a session: does its steps with voice, microphone and store, and tells it what happens.

    session --Instruction--> driver --say--> mouth          ears --Heard-------+
            <----Event------        --keep--> store         keys --Key---------+--> inbox --> driver
                                    --show--> screens       clock --Silence, TimeUp, Lost, Back, Failed

All times are on the recording's clock.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Generator, Sequence
from contextlib import suppress
from dataclasses import replace
from queue import Empty, SimpleQueue
from typing import TYPE_CHECKING, Protocol

from audio import capture_events
from audio.errors import AudioError
from coach.errors import CoachError
from coach.session.events import Back, Command, Event, Failed, Finished, Heard, Lost, Silence, TimeUp
from coach.session.steps import (
    Ask,
    Delete,
    Done,
    Instruction,
    Keep,
    Listen,
    OpenStep,
    Pause,
    Rate,
    Reconnect,
    Say,
    Step,
)

if TYPE_CHECKING:
    from coach.live.company import Company
    from coach.live.ears import Ears
    from coach.live.keeping import Keeping
    from coach.live.mouth import Mouth
    from coach.session.log import Entry

TICK_S = 0.05
ANSWER_GRACE_S = 4.0
"""Whoever is just answering is heard out."""
WIPE_EVERY_S = 1.0

Steps = Generator[Instruction, Event, None]


class Recorded(Protocol):
    """The microphone, as far as the driver needs it."""

    def news(self) -> tuple[capture_events.Event, ...]: ...


Show = Callable[[Instruction, float, float], None]
"""Called at each tick with the instruction, what time it is and when its step began, on the recording's clock."""


class Driver:
    """One session from its first word to Done. `inbox` takes events from any thread; their times are put right."""

    def __init__(
        self,
        *,
        microphone: Recorded,
        clock: Callable[[], float],
        ears: Ears,
        mouth: Mouth,
        company: Company,
        keeping: Keeping,
        inbox: SimpleQueue[Event],
        show: Show,
        logged: Callable[[Sequence[Entry]], None],
        trouble: Callable[[str], None],
    ) -> None:
        self._microphone, self._clock, self._ears, self._mouth = microphone, clock, ears, mouth
        self._company, self._keeping, self._inbox, self._show = company, keeping, inbox, show
        self._logged, self._trouble = logged, trouble
        self.log: list[Entry] = []
        self.unheard: list[tuple[float, float]] = []  # what was deleted, and said in breaks
        self._news: deque[capture_events.Event] = deque()
        self._step: Step | None = None
        self._deaf = False  # the microphone gives nothing
        self._lost = False  # and the session knows
        self._interrupted = False
        self._number = -1
        self._began_s = 0.0
        self._quiet_since_s = 0.0
        self._time_told = False
        self._wiped_s = 0.0

    def run(self, steps: Steps) -> Instruction:
        """Returns the instruction that is Done."""
        instruction = next(steps)
        while not isinstance(instruction.step, Done):
            instruction = steps.send(self._next(instruction))
        with suppress(CoachError, AudioError):
            self._leave()
            self._keep(instruction)
        self._mouth.stop()
        return instruction

    def _next(self, instruction: Instruction) -> Event:
        try:
            self._keep(instruction)
            if instruction.number != self._number:
                self._leave()
                self._number = instruction.number
                if (answer := self._begin(instruction.step)) is not None:
                    return answer
            while True:
                if (event := self._happened(instruction)) is not None:
                    return replace(event, at_s=self._clock())
        except KeyboardInterrupt:
            if self._interrupted:
                raise
            self._interrupted = True
            return Command(at_s=self._clock(), name="stop_now")
        except (CoachError, AudioError) as error:  # what cannot be kept any more, on a disk in trouble
            self._trouble(str(error))
            return Failed(at_s=self._clock())

    def _keep(self, instruction: Instruction) -> None:
        self._keeping.entries(instruction.entries)
        self.log.extend(instruction.entries)
        if instruction.entries:
            self._logged(self.log)

    def _begin(self, step: Step) -> Event | None:
        """Start doing a step; the event, where it is done at once."""
        self._began_s = self._quiet_since_s = self._wiped_s = self._clock()
        self._time_told = False
        self._step = step
        self._company.learning = step.enrols if isinstance(step, Listen) else None
        match step:
            case Say(text=text):
                self._mouth.say(text)
            case Keep():
                self._keeping.begin(self._began_s)
                return Finished(at_s=self._began_s)
            case Delete(start_s=start_s, end_s=end_s):
                self.unheard.append((start_s, end_s))
                self._keeping.delete(start_s, end_s)
                return Finished(at_s=self._began_s)
            case Reconnect() if not self._lost:
                return Back(at_s=self._began_s)
        return None

    def _leave(self) -> None:
        """The step before is over."""
        if isinstance(self._step, Say):
            self._mouth.stop()
        elif isinstance(self._step, Pause):
            self.unheard.append((self._began_s, self._clock()))
            self._silence_break(self._clock())

    def _happened(self, instruction: Instruction) -> Event | None:
        step = instruction.step
        now_s = self._clock()
        self._show(instruction, now_s, self._began_s)
        self._news.extend(self._microphone.news())
        while self._news:
            if (event := self._of_the_microphone(self._news.popleft())) is not None:
                return event
        if self._deaf != self._lost and (self._lost or not _private(step)):
            self._lost = self._deaf
            return Lost(at_s=now_s) if self._deaf else Back(at_s=now_s)
        with suppress(Empty):
            event = self._inbox.get(timeout=TICK_S)
            if isinstance(event, Heard):
                if self._mouth.echoes(event):
                    return None
                if not isinstance(step, Pause):
                    self._keeping.heard(event)
            return event
        if isinstance(step, Say):
            return Finished(at_s=now_s) if self._mouth.finished else None
        if isinstance(step, Pause) and now_s - self._wiped_s >= WIPE_EVERY_S:
            self._silence_break(min(now_s, self._ears.heard_s))
        return self._of_the_clock(step, now_s) if isinstance(step, OpenStep) else None

    def _of_the_microphone(self, news: capture_events.Event) -> Event | None:
        match news:
            case capture_events.Away() | capture_events.Muted():
                self._deaf = True
            case capture_events.Opened() | capture_events.Heard():
                self._deaf = False
            case capture_events.DiskLow(free_bytes=free_bytes):
                self._trouble(
                    f"The disk has {free_bytes / 1e6:.0f} MB left. When it is full, the talk ends and is safe."
                )
            case capture_events.Stopped(reason=reason):
                return Failed(at_s=0.0, reason="disk_full" if reason == "disk full" else "failed")
        return None

    def _of_the_clock(self, step: OpenStep, now_s: float) -> Event | None:
        if now_s >= step.until_s and not self._time_told and not self._awaits_pause(step, now_s):
            self._time_told = True
            return TimeUp(at_s=now_s)
        quiet_s = getattr(step, "quiet_s", None)
        if quiet_s is None or self._ears.speaking or self._ears.busy:
            return None
        if self._ears.heard_s - max(self._quiet_since_s, self._ears.spoke_until_s) >= quiet_s:
            self._quiet_since_s = self._ears.heard_s
            return Silence(at_s=now_s)
        return None

    def _awaits_pause(self, step: OpenStep, now_s: float) -> bool:
        grace_s = ANSWER_GRACE_S if isinstance(step, Ask | Rate) else getattr(step, "grace_s", 0.0)
        return now_s < step.until_s + grace_s and (self._ears.speaking or self._ears.busy)

    def _silence_break(self, until_s: float) -> None:
        """What is said in a break is private: the sound goes as soon as the commands in it were looked for."""
        self._keeping.silence(self._wiped_s, until_s)
        self._wiped_s = until_s


def _private(step: Step) -> bool:
    """Whether nobody is to speak: some microphones give digital silence in a quiet room."""
    return isinstance(step, Pause) or (isinstance(step, Listen) and step.floor is None and step.quiet_s is None)
