"""People who sit in front of the coach: they hear on the loudspeaker when it has finished, and answer from a script.

    coach --speaker--> speaker.monitor --> Actor: has it finished? --line--> room --room.monitor--> its microphone
                             `--- 100 ms later, 18 dB quieter: the echo of a real room ---^

    with room(tmp_path) as home:
        script = [
            Line("slt", "Yes, I agree.", when="agree"),          # once the coach has said something with "agree" in it
            Line("rms", "Me too.", after="line", delay_s=1.0),   # a second after the line before has ended
            Line("slt", "I was tired, and so I left.", over=(Line("rms", "But wait.", delay_s=1.2),)),   # cuts in
            Act(home.stop_server),
        ]
        with Actor(home, script) as actor:
            ...                     # the coach, as a child process or in this one
            actor.finished()
        actor.spoke(), actor.coach_said()

Every time is on time.monotonic(). The script waits for the coach by default: a line is spoken when the coach has
said something since the line before, and is quiet.
"""

from __future__ import annotations

import math
import re
import subprocess
import tempfile
import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, replace
from functools import cache, cached_property
from pathlib import Path

import numpy as np
import numpy.typing as npt
import soundfile

from audio.transcribe import Moonshine
from audio.types import RATE_HZ, Clip
from tests.lines import Act, Line, Samples, rendered
from tests.parts import wait_until
from tests.room import Room

BLOCK = RATE_HZ // 50
AUDIBLE = 0.003
PHRASE_S = 0.25
QUIET_S = 0.9
"""The coach has finished: between its own sentences it pauses for up to 0.7 s."""
LIMIT_S = 60.0


@dataclass(frozen=True, eq=False)
class Spoke:
    """A line as it was heard in the room."""

    line: Line
    start_s: float
    end_s: float


@dataclass(frozen=True, eq=False)
class Said:
    """What the coach said, between two silences of the actor's `quiet_s`."""

    start_s: float
    end_s: float
    clip: Clip

    @cached_property
    def text(self) -> str:
        return _text(self.clip)


class Actor:
    """All the people of one script, in a thread of their own.

    When the script is at its end and `answer` is given, it is asked for a line each time the coach has finished, with
    what the coach said since the last line; None: nobody answers.
    """

    def __init__(
        self,
        home: Room,
        script: Sequence[Line | Act] = (),
        *,
        answer: Callable[[str], Line | None] | None = None,
        quiet_s: float = QUIET_S,
        limit_s: float = LIMIT_S,
    ) -> None:
        self._home, self._answer, self._quiet_s, self._limit_s = home, answer, quiet_s, limit_s
        self._script = list(script)
        for line in self._script:
            if isinstance(line, Line):
                rendered(line, home.channels)  # beforehand: a talk does not wait for voices
        self._coach = _Ear(home, "speaker.monitor", 1, (PHRASE_S, quiet_s))
        self._room = _Ear(home, "room.monitor", home.channels, ())
        self._said: list[tuple[float, float]] = []
        self._reads = answer is not None or any(line.when for line in self._script)
        self._reader = ThreadPoolExecutor(1)
        self._texts: list[tuple[float, Future[str]]] = []  # of each phrase of the coach: its end, and what it says
        self._played: list[tuple[Line, float]] = []
        self._mark_s = 0.0  # only what the coach says after it counts for the next line
        self._failure: BaseException | None = None
        self._close = threading.Event()
        self._done = threading.Event()
        self._thread = threading.Thread(target=self._act, daemon=True)

    def __enter__(self) -> Actor:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def start(self) -> None:
        """Begin to listen; returns when it can hear."""
        if self._reads:
            _recogniser()
        self._thread.start()
        wait_until(lambda: self._coach.hears and self._room.hears)

    def close(self) -> None:
        self._close.set()
        self._thread.join()
        self._reader.shutdown()
        self._coach.close()
        self._room.close()

    def finished(self, limit_s: float = 300.0) -> None:
        """Wait for the end of the script. Raises AssertionError where the coach did not say what a line waits for."""
        assert self._done.wait(limit_s), self._so_far("the script is not at its end")
        if self._failure is not None:
            raise self._failure

    def coach_said(self) -> tuple[Said, ...]:
        return tuple(self._clip(start_s, end_s) for start_s, end_s in self._said)

    def spoke(self) -> tuple[Spoke, ...]:
        """The lines, each followed by those spoken into it, with the time at which the room heard them."""
        found = []
        for line, from_s in self._played:
            start_s = self._room.found(rendered(line, self._home.channels), from_s)
            for one, at_s in ((line, 0.0), *((over, over.delay_s) for over in line.over)):
                length_s = len(rendered(replace(one, over=()), self._home.channels)) / RATE_HZ
                found.append(Spoke(one, start_s + at_s, start_s + at_s + length_s))
        return tuple(found)

    def heard_by_the_room(self, start_s: float, end_s: float) -> Clip:
        """What the microphone was given between these times."""
        return Clip(samples=self._room.sound(start_s, end_s).mean(axis=1))

    def _act(self) -> None:
        try:
            for line in self._script:
                if not self._wait_for(line):
                    return
                self._do(line)
        except AssertionError as failure:
            self._failure = failure
        finally:
            self._done.set()
        while self._listens():
            if self._answer is not None and self._coach_finished():
                reply = self._answer(self._heard())
                self._mark_s = time.monotonic()
                if reply is not None and self._pause(reply.delay_s):
                    self._do(reply)

    def _wait_for(self, line: Line | Act) -> bool:
        """False where the actor was sent home before."""
        until_s = time.monotonic() + self._limit_s
        judged_s = 0.0
        while line.after != "line":
            if not self._listens():
                return False
            if line.after == "onset" and self._said and self._said[-1][1] > self._mark_s:
                break
            if line.after == "coach" and self._coach_finished() and judged_s < self._said[-1][1]:
                judged_s = self._said[-1][1]
                if line.when is None or re.search(line.when, self._heard(), re.IGNORECASE):
                    break
            if time.monotonic() > until_s:
                raise AssertionError(self._so_far(f"the coach did not say what is waited for by {line}"))
        return self._pause(line.delay_s)

    def _do(self, line: Line | Act) -> None:
        if isinstance(line, Act):
            line.do()
            self._mark_s = time.monotonic()
            return
        from_s = time.monotonic()
        self._played.append((line, from_s))
        with tempfile.NamedTemporaryFile(suffix=".wav") as file:
            soundfile.write(file.name, rendered(line, self._home.channels), RATE_HZ)
            player = self._home.play(Path(file.name))
            while player.poll() is None:
                if not self._listens():
                    player.kill()
            player.wait()
        self._mark_s = time.monotonic()

    def _pause(self, length_s: float) -> bool:
        end_s = time.monotonic() + length_s
        while time.monotonic() < end_s:
            if not self._listens():
                return False
        return True

    def _listens(self) -> bool:
        """Hear on for a moment; False where the actor was sent home."""
        self._coach.hear()
        self._room.hear()
        self._said = self._coach.utterances(self._quiet_s)
        if self._reads:  # while the coach still speaks: people do not take seconds to understand
            for start_s, end_s in self._coach.utterances(PHRASE_S)[len(self._texts) :]:
                if self._coach.now_s - end_s > PHRASE_S:
                    self._texts.append((end_s, self._reader.submit(_text, self._clip(start_s, end_s).clip)))
        return not self._close.wait(0.02)

    def _coach_finished(self) -> bool:
        if not self._said or self._said[-1][1] <= self._mark_s:
            return False
        return self._coach.now_s - self._said[-1][1] > self._quiet_s

    def _heard(self) -> str:
        """In words, what the coach said since the line before."""
        return " ".join(text.result() for end_s, text in self._texts if end_s > self._mark_s)

    def _clip(self, start_s: float, end_s: float) -> Said:
        samples = self._coach.sound(start_s - 0.1, end_s + 0.1)[:, 0]
        return Said(start_s, end_s, Clip(samples=samples))

    def _so_far(self, sentence: str) -> str:
        lines = [(start_s, "coach", self._clip(start_s, end_s).text) for start_s, end_s in self._said]
        lines += [(from_s, line.voice, line.text) for line, from_s in self._played]
        return "\n".join([sentence, *(f"{at_s:9.2f} {who}: {text}" for at_s, who, text in sorted(lines))])


class _Ear:
    """One source of the server, recorded by a process of its own; silence where the server was away.

    The time of a sample is when it came, at the earliest: what comes late on a busy machine was not spoken later.
    """

    def __init__(self, home: Room, device: str, channels: int, quiet_s: tuple[float, ...]) -> None:
        self._home, self._device, self._channels = home, device, channels
        self._file = home.folder / f"{device}-{id(self)}.raw"
        self._recorder: subprocess.Popen[bytes] | None = None
        self._tried_s = 0.0
        self._start_s = math.inf
        self._read = 0  # bytes of the file
        self._fresh = True  # nothing has come since the recorder was started
        self._heard: list[npt.NDArray[np.int16]] = []
        self._length = 0  # samples
        # for each length of silence, the first and the last block of each stretch of sound without such a silence
        self._loud: dict[float, list[tuple[int, int]]] = {length_s: [] for length_s in quiet_s}

    @property
    def hears(self) -> bool:
        return self._length > 0

    @property
    def now_s(self) -> float:
        """The time of the last sample that came."""
        return self._start_s + self._length / RATE_HZ

    def hear(self) -> None:
        """Take what has come. A recorder that ended, because the server did, is started again."""
        now_s = time.monotonic()
        if self._recorder is None or (self._recorder.poll() is not None and now_s > self._tried_s + 0.3):
            self._file.write_bytes(b"")
            self._read, self._fresh, self._tried_s = 0, True, now_s
            self._recorder = self._record()
        with self._file.open("rb") as file:
            file.seek(self._read)
            content = file.read()
        whole = len(content) // (BLOCK * 2 * self._channels) * BLOCK * 2 * self._channels
        if whole:
            self._read += whole
            self._take(np.frombuffer(content[:whole], "<i2").reshape(-1, self._channels), time.monotonic())

    def close(self) -> None:
        if self._recorder is not None:
            self._recorder.terminate()
            self._recorder.wait()
        self._file.unlink(missing_ok=True)

    def utterances(self, quiet_s: float) -> list[tuple[float, float]]:
        """Start and end of each stretch without so long a silence, in seconds."""
        block_s, loud = BLOCK / RATE_HZ, self._loud[quiet_s]
        return [(self._start_s + first * block_s, self._start_s + (last + 1) * block_s) for first, last in loud]

    def sound(self, start_s: float, end_s: float) -> Samples:
        """Shape (samples, channels), -1..1."""
        first, last = (max(0, round((at_s - self._start_s) * RATE_HZ)) for at_s in (start_s, end_s))
        self._heard = [np.concatenate(self._heard)]
        samples: Samples = self._heard[0][first:last].astype(np.float32) / np.float32(32768)
        return samples

    def found(self, sound: Samples, from_s: float) -> float:
        """When `sound`, which somebody began to play at `from_s`, begins in what was heard."""
        wanted = sound[: 20 * RATE_HZ].mean(axis=1)
        heard = self.sound(from_s - 0.1, from_s + len(wanted) / RATE_HZ + 3).mean(axis=1)
        size = 1 << (len(heard) + len(wanted)).bit_length()
        match = np.fft.irfft(np.fft.rfft(heard, size) * np.conj(np.fft.rfft(wanted, size)), size)
        return from_s - 0.1 + int(match[: len(heard)].argmax()) / RATE_HZ

    def _take(self, samples: npt.NDArray[np.int16], now_s: float) -> None:
        if self._fresh and self._length:  # the server was away
            gap = max(0, round((now_s - self.now_s) * RATE_HZ) - len(samples)) // BLOCK * BLOCK
            self._heard.append(np.zeros((gap, self._channels), np.int16))
            self._length += gap
        blocks = np.abs(samples.astype(np.int32)).reshape(-1, BLOCK * self._channels).max(axis=1)
        for block in (np.flatnonzero(blocks > AUDIBLE * 32768) + self._length // BLOCK).tolist():
            for quiet_s, loud in self._loud.items():
                if loud and block - loud[-1][1] <= quiet_s * RATE_HZ / BLOCK:
                    loud[-1] = (loud[-1][0], block)
                else:
                    loud.append((block, block))
        self._heard.append(samples)
        self._length += len(samples)
        self._start_s = min(self._start_s, now_s - self._length / RATE_HZ)
        self._fresh = False

    def _record(self) -> subprocess.Popen[bytes]:
        command = ["parec", "--latency-msec=20", f"--device={self._device}", "--raw", f"--rate={RATE_HZ}"]
        command.append(f"--channels={self._channels}")
        with self._file.open("ab") as out:
            return subprocess.Popen(command, stdout=out, stderr=subprocess.DEVNULL, env=self._home.environment)


@cache
def _recogniser() -> Moonshine:
    return Moonshine()


_one_at_a_time = threading.Lock()


def _text(clip: Clip) -> str:
    with _one_at_a_time:
        return _recogniser().transcribe(clip).text
