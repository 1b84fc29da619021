"""What the microphone hears as utterances: voice activity, the end of an answer, its words. Recognition runs ahead.

capture process --blocks--> steps of 32 ms --voice activity, echo--> endpoint --pause--> recogniser's thread
                                                                        `--over--> Utterance
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from queue import Empty, SimpleQueue
from typing import TYPE_CHECKING, Any, Literal

from audio.capture import Block, Capture, Conversion, Ended, Refused, Start, Wanted
from audio.errors import DeviceError, EngineError
from audio.types import RATE_HZ, Clip
from coach.practice.echo import STEP, Echo, EchoLimits
from coach.practice.endpoint import Endpoint, EndpointLimits

if TYPE_CHECKING:
    from audio.types import Samples, VoiceActivity

STEP_S = STEP / RATE_HZ
SPEECH, STILL_SPEECH = 0.5, 0.3
"""Probability of speech at which somebody begins to speak, and over which they still do."""
BEFORE_S = 0.3
"""Sound kept from before the onset: the first consonant is quieter than the voice activity needs."""
BEFORE_OVER_COACH_S = 0.1
FROZEN_S = 5.0
"""What was read of an answer up to a silence is kept as it is once the answer is so long."""
MUTED_S, MUTED_LATER_S = 4.0, 15.0
"""Digital silence for so long is a muted microphone; once it has given sound it may be one that is silent in pauses."""
OPENING_S = 10.0
MOST_WORDS, LONGEST_S = 4, 2.5
"""A short utterance may be a command: it is read several ways."""

Read = Callable[[Clip], tuple[str, tuple[str, ...]]]
"""The text of a clip, and its other readings."""
ReadAgain = Callable[[Clip, int], str]
"""The text of a clip, read in another way."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Began:
    at_s: float
    start_s: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Utterance:
    text: str  # "": no words in it
    readings: tuple[str, ...]
    start_s: float
    end_s: float  # of the speech
    over_s: float  # when that was decided
    clip: Clip


@dataclass(frozen=True, slots=True, kw_only=True)
class Gone:
    """The microphone is away, or gives nothing but digital silence."""

    reason: Literal["away", "muted"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Pressed:
    key: str


Happening = Began | Utterance | Gone | Pressed


@dataclass(frozen=True, slots=True, kw_only=True)
class _Reading:
    number: int
    upto: int  # sample
    text: str
    readings: tuple[str, ...]


class Ears:
    """A microphone that is open, and what has been heard on it."""

    def __init__(
        self,
        wanted: Wanted,
        activity: VoiceActivity,
        read: Read,
        read_again: ReadAgain,
        limits: EndpointLimits,
        echo: EchoLimits,
    ) -> None:
        self._inbox: SimpleQueue[Any] = SimpleQueue()
        self._wanted, self._activity = wanted, activity
        self._capture = Capture(wanted, self._inbox)
        self._conversion: Conversion | None = None
        self._reader, self._read_again = _Reader(read, self._inbox), read_again
        self._endpoint = Endpoint(limits)
        self._echo = Echo(echo)
        self._rest = b""
        self._blocks = 0  # since it was opened
        self._steps = 0
        self._offset_s = 0.0  # of this machine's clock to ours
        self._speaking = False
        self._muted_s, self._muted_after_s = 0.0, MUTED_S
        self._over_coach = False
        self._onset_s = 0.0  # over the coach
        self._sound: list[Samples] = []  # the last moments, then from before the onset on
        self._first = 0  # step of the first of them
        self._frozen = ""
        self._frozen_step = 0
        self._asked = 0
        self._asked_upto = 0  # step
        self._said: _Reading | None = None
        self._waiting = False  # the utterance is over, its text is not there yet
        self.over_s = 0.0
        self._refused = ""
        self._last: Clip | None = None  # of the last utterance

    def close(self) -> None:
        self._capture.kill()
        self._reader.close()

    @property
    def now_s(self) -> float:
        """The time of what was heard last."""
        return self._steps * STEP_S

    @property
    def open(self) -> bool:
        """It gives sound."""
        return self._conversion is not None and self._blocks > 0

    @property
    def muted(self) -> bool:
        """Nothing but digital silence lately."""
        return self._muted_s >= self._muted_after_s

    @property
    def hearing(self) -> bool:
        """Somebody is in the middle of saying something, or it is being read."""
        return self._endpoint.start_s is not None or self._waiting

    def press(self, key: str) -> None:
        """From any thread."""
        self._inbox.put((None, Pressed(key=key)))

    def await_sound(self) -> None:
        """Raises DeviceError where the microphone gives none."""
        until_s = time.monotonic() + OPENING_S
        while not self.open and not self._refused and time.monotonic() < until_s:
            self.next(0.1)
        if not self.open:
            raise DeviceError(
                f"No microphone can be opened ({self._refused or 'it gives no sound'}). Plug one in or switch it on, "
                "or answer by typing: coach practice --type"
            )

    def coach_speaks(self, samples: Samples, onset_s: float) -> None:
        """Just now, at RATE_HZ, in pieces without a gap. `onset_s`: so much speech into it is somebody's."""
        self._onset_s = onset_s
        self._echo.play(max(self._steps, round((time.monotonic() - self._offset_s) / STEP_S)), samples)

    def forget(self) -> None:
        """What has been heard so far is no answer."""
        self._reset()

    def finish(self) -> None:
        """The person says that they have finished."""
        if self._endpoint.start_s is not None and not self._waiting:
            self._over()

    def read_again(self, way: int) -> str:
        """The last utterance. Takes a part of a second; empty where there is none, or it cannot be read."""
        with suppress(EngineError):
            return "" if self._last is None else self._read_again(self._last, way)
        return ""

    def next(self, limit_s: float) -> Happening | None:
        """What happens next; None: nothing within so long, or nothing that matters."""
        try:
            source, message = self._inbox.get(timeout=limit_s)
        except Empty:
            return None
        if isinstance(message, _Reading):
            return self._read(message)
        if isinstance(message, Pressed):
            return message
        return self._captured(message) if source is self._capture else None

    def reopen(self) -> None:
        """Try the microphone again."""
        self._capture.kill()
        self._conversion, self._refused, self._rest, self._blocks, self._muted_s = None, "", b"", 0, 0.0
        self._reset()
        self._capture = Capture(self._wanted, self._inbox)

    def _captured(self, message: object) -> Happening | None:
        match message:
            case Start():
                self._conversion = Conversion(message, 1)
            case Refused():
                self._refused = message.error
                return Gone(reason="away")
            case Ended():
                self._conversion = None
                return Gone(reason="away")
            case Block() if self._conversion is not None:
                return self._heard(self._conversion.converted(message.content), message.arrived_s)
        return None

    def _heard(self, content: bytes, arrived_s: float) -> Happening | None:
        import numpy as np

        self._rest += content
        self._blocks += 1
        self._offset_s = arrived_s - self.now_s - len(self._rest) / 2 / RATE_HZ
        happened: Happening | None = None
        while len(self._rest) >= 2 * STEP and happened is None:
            samples = np.frombuffer(self._rest[: 2 * STEP], "<i2").astype(np.float32) / np.float32(32768)
            self._rest = self._rest[2 * STEP :]
            self._steps += 1
            happened = self._step(samples)
        return happened

    def _step(self, samples: Samples) -> Happening | None:
        chances = self._activity.probabilities(samples)
        self._speaking = bool(len(chances)) and float(chances[-1]) > (STILL_SPEECH if self._speaking else SPEECH)
        step = self._steps - 1
        over_coach = self._echo.possible(step)
        person = self._echo.is_person(step, samples) and self._speaking
        if self._endpoint.start_s is None:
            self._over_coach = over_coach
            self._keep_moments()
        self._sound.append(samples)
        if samples.any():
            self._muted_s, self._muted_after_s = 0.0, MUTED_LATER_S
        else:
            self._muted_s += STEP_S
        if abs(self._muted_s - self._muted_after_s) < STEP_S / 2:
            return Gone(reason="muted")
        if self._waiting:
            return None
        moment = self._endpoint.step(step * STEP_S, self.now_s, person, self._onset_s if over_coach else None)
        if moment == "began":
            assert self._endpoint.start_s is not None
            return Began(at_s=self.now_s, start_s=self._endpoint.start_s)
        if moment == "pause":
            self._ask()
        elif moment == "over":
            self._over()
        return None

    def _keep_moments(self) -> None:
        """Only as much as is needed from before an onset."""
        before_s = BEFORE_OVER_COACH_S if self._over_coach else BEFORE_S
        most = round((before_s + 0.3) / STEP_S)
        if len(self._sound) > most:
            self._first += len(self._sound) - most
            del self._sound[: len(self._sound) - most]

    def _ask(self) -> None:
        """Let what there is so far be read."""
        import numpy as np

        assert self._endpoint.start_s is not None
        before_s = BEFORE_OVER_COACH_S if self._over_coach else BEFORE_S
        first = max(self._first, round((self._endpoint.start_s - before_s) / STEP_S), self._frozen_step)
        self._asked += 1
        self._asked_upto = self._steps
        clip = Clip(samples=np.concatenate(self._sound[first - self._first :]))
        self._reader.ask(self._asked, self._steps, clip)

    def _over(self) -> None:
        """The utterance comes as soon as all of it is read."""
        self._waiting = True
        self.over_s = self.now_s
        if self._endpoint.end_s > self._asked_upto * STEP_S:  # it was broken off in speech
            self._ask()
        elif self._said is not None and self._said.number == self._asked:
            self._inbox.put((None, self._said))

    def _read(self, reading: _Reading) -> Happening | None:
        if reading.number != self._asked or self._endpoint.start_s is None:
            return None
        self._said = reading
        if self._waiting:
            return self._utterance(reading)
        self._endpoint.read(self._joined(reading.text))
        if self.now_s - self._endpoint.start_s > FROZEN_S and reading.text:
            self._frozen, self._frozen_step = self._joined(reading.text), reading.upto
            self._said = _Reading(number=reading.number, upto=reading.upto, text="", readings=())
        return None

    def _joined(self, text: str) -> str:
        return f"{self._frozen} {text}".strip()

    def _utterance(self, reading: _Reading) -> Utterance:
        import numpy as np

        assert self._endpoint.start_s is not None
        utterance = Utterance(
            text=self._joined(reading.text), readings=reading.readings, start_s=self._endpoint.start_s,
            end_s=self._endpoint.end_s, over_s=self.over_s, clip=Clip(samples=np.concatenate(self._sound)),
        )  # fmt: skip
        self._last = utterance.clip
        self._reset()
        return utterance

    def _reset(self) -> None:
        self._endpoint.reset()
        self._waiting, self._said, self._asked, self._asked_upto = False, None, self._asked + 1, 0
        self._frozen, self._frozen_step = "", 0
        self._first, self._sound = self._steps, []


class _Reader:
    """The recogniser, in a thread of its own. Of the clips that wait, only the last is worth reading."""

    def __init__(self, read: Read, inbox: SimpleQueue[Any]) -> None:
        self._read, self._inbox = read, inbox
        self._jobs: SimpleQueue[tuple[int, int, Clip] | None] = SimpleQueue()
        self._thread = threading.Thread(target=self._work, daemon=True)
        self._thread.start()

    def ask(self, number: int, upto: int, clip: Clip) -> None:
        self._jobs.put((number, upto, clip))

    def close(self) -> None:
        self._jobs.put(None)

    def _work(self) -> None:
        while (job := self._jobs.get()) is not None:
            while not self._jobs.empty() and (later := self._jobs.get()) is not None:
                job = later
            number, upto, clip = job
            try:
                text, readings = self._read(clip)
            except EngineError:  # one stretch that is not recognised is one without words
                text, readings = "", ()
            self._inbox.put((None, _Reading(number=number, upto=upto, text=text, readings=readings)))
