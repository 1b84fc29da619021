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
import os
import re
import signal
import subprocess
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager, suppress
from dataclasses import KW_ONLY, dataclass, replace
from functools import cache, cached_property
from pathlib import Path
from typing import Literal

import numpy as np
import numpy.typing as npt
import pytest
import soundfile
import soxr

from audio.transcribe import Moonshine
from audio.types import RATE_HZ, Clip
from tests.parts import need
from tests.sound_server import pactl, sound_server
from tests.virtual_microphone import start_server, stop_server, unplug, wait_until

Samples = npt.NDArray[np.float32]
After = Literal["coach", "line", "onset"]
"""What a line waits for: the coach has finished, the line before has ended, or the coach has begun to speak."""

ECHO_MS, ECHO_DB = 100, -18
NOISE_DB = -72
"""Of the empty room. Digital silence would be a muted microphone."""
SPEECH_DB = -24
"""Of a line, where it sounds."""
BLOCK = RATE_HZ // 50
AUDIBLE = 0.003
PHRASE_S = 0.25
QUIET_S = 0.9
"""The coach has finished: between its own sentences it pauses for up to 0.7 s."""
LIMIT_S = 60.0
FLITE = ("slt", "rms", "kal", "awb")


@dataclass(frozen=True)
class Line:
    """What somebody says, and when. `voice`: one of FLITE, else a voice of espeak-ng such as "en-gb+f3"."""

    voice: str
    text: str
    _: KW_ONLY
    after: After = "coach"
    when: str | None = None  # a pattern that what the coach said since the line before must hold, case ignored
    delay_s: float = 0.3  # from then on; in `over`, from the start of the line that is spoken over
    over: tuple[Line, ...] = ()  # spoken into this one
    channel: int | None = None  # of a microphone with two: heard on this one only
    gain_db: float = 0.0
    sound: Path | None = None  # this recording, in place of a voice: as many channels as the room has, or one


@dataclass(frozen=True)
class Act:
    """Something that is done at its place in the script."""

    do: Callable[[], object]
    _: KW_ONLY
    after: After = "coach"
    when: str | None = None
    delay_s: float = 0.0


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


@contextmanager
def room(folder: Path, channels: int = 1) -> Iterator[Room]:
    """A home with its own sound server, found by this process and its children; `folder` holds its HOME and data.

    The default source hears the room: a little noise, the people, and the echo of the default sink.
    """
    need("paplay")
    home, data = folder / "home", folder / "data"
    home.mkdir(parents=True, exist_ok=True)
    with (
        tempfile.TemporaryDirectory(prefix="room-") as runtime,  # the sockets need a short path
        pytest.MonkeyPatch.context() as patch,
        sound_server(Path(runtime)) as environment,
    ):
        environment |= {"HOME": str(home), "COACH_DATA": str(data)}
        for name in ("XDG_RUNTIME_DIR", "HOME", "COACH_DATA"):
            patch.setenv(name, environment[name])
        # PULSE_LATENCY_MSEC: on a busy machine a stream of PortAudio's that is held to 60 ms by it stops for good
        for name in ("XDG_CONFIG_HOME", "XDG_CACHE_HOME", "XDG_DATA_HOME", "PULSE_LATENCY_MSEC"):
            patch.delenv(name, raising=False)
            environment.pop(name, None)
        here = Room(environment, folder, data, channels)
        for sink in ("room", "speaker"):
            unplug(environment, sink)
        try:
            here.furnish()
            yield here
        finally:
            here.empty()


class Room:
    """The sound server of a home, and what can happen to it."""

    def __init__(self, environment: dict[str, str], folder: Path, data: Path, channels: int) -> None:
        self.environment, self.folder, self.data, self.channels = environment, folder, data, channels
        self._noise: subprocess.Popen[bytes] | None = None

    def furnish(self) -> None:
        """The loudspeaker, the microphone, and what the microphone hears of the room."""
        self._sink("speaker", 48_000, 2)
        pactl(self.environment, "set-default-sink", "speaker")
        self.plug_in()

    def plug_in(self) -> None:
        """The microphone, with its echo and noise."""
        self._sink("room", RATE_HZ, self.channels)
        pactl(self.environment, "set-default-source", "room.monitor")
        echo = f"source=speaker.monitor sink=room latency_msec={ECHO_MS} sink_dont_move=1 source_dont_move=1"
        module = pactl(self.environment, "load-module", "module-loopback", *echo.split()).strip()
        listed = pactl(self.environment, "list", "sink-inputs")
        number = re.search(rf"Sink Input #(\d+)\n(?:(?!Sink Input).*\n)*?\s*Owner Module: {module}\n", listed)
        assert number is not None, listed
        pactl(self.environment, "set-sink-input-volume", number[1], f"{ECHO_DB}dB")
        self._noise = self._make_noise()

    def unplug(self) -> None:
        """The microphone is pulled out."""
        unplug(self.environment, "room")
        self.empty()

    def mute(self, muted: bool = True) -> None:
        """The switch on the microphone: digital silence."""
        pactl(self.environment, "set-source-mute", "room.monitor", str(int(muted)))

    def stop_server(self) -> None:
        stop_server(self.environment)
        self.empty()

    def start_server(self) -> None:
        start_server(self.environment)
        self.furnish()

    def play(self, sound: Path) -> subprocess.Popen[bytes]:
        """A sound into the room; ends when it has been heard. The buffer is long: the player may be late."""
        command = ["paplay", "--latency-msec=500", "--device=room", str(sound)]
        return subprocess.Popen(command, env=self.environment, stderr=subprocess.DEVNULL)

    def empty(self) -> None:
        if self._noise is not None:
            with suppress(ProcessLookupError):
                os.killpg(self._noise.pid, signal.SIGTERM)
            self._noise.wait()
            self._noise = None

    def _sink(self, name: str, rate_hz: int, channels: int) -> None:
        # norewinds: gulps of 50 ms, not of 2 s, and nothing is played again that the monitor has passed by
        form = f"sink_name={name} rate={rate_hz} channels={channels} format=s16le norewinds=1"
        pactl(self.environment, "load-module", "module-null-sink", *form.split())

    def _make_noise(self) -> subprocess.Popen[bytes]:
        noise = self.folder / "noise.raw"
        size = np.random.default_rng(1).normal(0, 32768 * 10 ** (NOISE_DB / 20), RATE_HZ * 10)
        noise.write_bytes(size.round().astype("<i2").tobytes())
        play = f"pacat --device=room --raw --rate={RATE_HZ} --channels=1 --latency-msec=500"
        endless = ["sh", "-c", f'while cat "$1"; do :; done | {play}', "noise", str(noise)]
        return subprocess.Popen(endless, env=self.environment, stderr=subprocess.DEVNULL, start_new_session=True)


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
def rendered(line: Line, channels: int) -> Samples:
    """The line with all that is spoken into it: shape (samples, channels) at RATE_HZ, without silence around it."""
    own = _own(line, channels)
    parts = [(0, own)] + [(round(over.delay_s * RATE_HZ), _own(over, channels)) for over in line.over]
    mixed = np.zeros((max(first + len(part) for first, part in parts), channels), np.float32)
    for first, part in parts:
        mixed[first : first + len(part)] += part
    mixed.clip(-1, 1, out=mixed)
    return mixed


def _own(line: Line, channels: int) -> Samples:
    samples: Samples
    if line.sound is not None:
        samples, rate_hz = soundfile.read(line.sound, dtype="float32", always_2d=True)
    else:
        samples, rate_hz = _voiced(line.voice, line.text)
        loud = np.flatnonzero(np.abs(samples[:, 0]) > 0.01 * np.abs(samples).max())
        samples = samples[loud[0] : loud[-1] + 1]
        sounding = samples[np.abs(samples) > 0.05 * np.abs(samples).max()]
        samples = samples * np.float32(10 ** (SPEECH_DB / 20) / np.sqrt(np.mean(np.square(sounding))))
    if rate_hz != RATE_HZ:
        samples = soxr.resample(samples, rate_hz, RATE_HZ)
    samples = samples * np.float32(10 ** (line.gain_db / 20))
    if samples.shape[1] != channels:
        samples = np.repeat(samples.mean(axis=1, keepdims=True), channels, axis=1)
    if line.channel is not None:
        samples[:, np.arange(channels) != line.channel] = 0
    return samples


def _voiced(voice: str, text: str) -> tuple[Samples, int]:
    with tempfile.NamedTemporaryFile(suffix=".wav") as file:
        if voice in FLITE:
            command = [need("flite"), "-voice", voice, "-t", text, "-o", file.name]
        else:
            command = [need("espeak-ng"), "-v", voice, "-s", "150", "-w", file.name, "--", text]
        subprocess.run(command, check=True, capture_output=True, timeout=30)
        samples, rate_hz = soundfile.read(file.name, dtype="float32", always_2d=True)
    return samples, rate_hz


@cache
def _recogniser() -> Moonshine:
    return Moonshine()


_one_at_a_time = threading.Lock()


def _text(clip: Clip) -> str:
    with _one_at_a_time:
        return _recogniser().transcribe(clip).text
