"""The microphone as a Source that is recorded while it is heard. The recorder is a process of its own.

open_microphone(folder)  -> folder/recording.wav grows; frames() follows it, from its start, as often as asked
stop()                   -> the file is complete
"""

from __future__ import annotations

import json
import subprocess
import sys
import threading
from collections import deque
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path

from audio import capture_events as events
from audio.capture import Wanted
from audio.devices import NO_PORTAUDIO
from audio.errors import AudioError, DeviceError, RecordingError
from audio.level import level_db
from audio.recorder_process import STOP, Order
from audio.tail import Tail, read_bytes, samples_in
from audio.types import RATE_HZ, Frame
from audio.wavfile import repair

FILE_NAME = "recording.wav"
START_LIMIT_S = 10.0
STOP_LIMIT_S = 5.0
"""It takes a tenth of it; a recorder that is stuck in a broken disk is killed, and its file repaired."""
LEVEL_S = 0.1


@dataclass(frozen=True, slots=True, kw_only=True)
class CaptureLimits:
    muted_s: float = 5.0
    """Digital silence for so long is told: a working microphone always has some noise."""
    other_device_s: float = 4.0
    """A microphone that is away for longer is replaced by any other; a sound server takes 1-2 s to come back."""
    low_free_bytes: int = 150_000_000
    """Little more than an hour of one channel."""
    least_free_bytes: int = 20_000_000
    """The recording ends here, in good order: the session itself must still be saved."""


def open_microphone(
    folder: Path,
    *,
    wanted: Wanted | None = None,
    limits: CaptureLimits | None = None,
) -> Microphone:
    """Record into `folder`, which is made if needed; returns when the first sound is in the file.

    Raises DeviceError: no PortAudio, no microphone, or not that one. Raises RecordingError: the folder cannot be
    written, has no room, or holds a recording already.
    """
    wanted = wanted or Wanted()
    limits = limits or CaptureLimits()
    path = folder / FILE_NAME
    _make_private(folder)
    if path.exists():
        raise RecordingError(f"{path} exists already. Begin a new session, or delete that one.")
    recorder = _Recorder(Order(path=str(path), wanted=wanted, **asdict(limits)))
    try:
        recorder.await_sound()
    except (AudioError, KeyboardInterrupt):
        recorder.end()
        raise
    return Microphone(path, wanted.channels, recorder)


def _make_private(folder: Path) -> None:
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise RecordingError(_NOT_WRITTEN.format(path=folder, reason=error.strerror)) from error


_NOT_WRITTEN = "The recording cannot be saved in {path} ({reason}). Choose another folder, or make room in it."


class Microphone:
    """A recording being made. Implements Source; frames() ends when the recording has ended and all of it was given."""

    def __init__(self, path: Path, channels: int, recorder: _Recorder) -> None:
        self.path = path
        self.name = "microphone"
        self.channels = channels
        self.duration_s: float | None = None  # until it is stopped
        self._recorder = recorder

    def __enter__(self) -> Microphone:
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def frames(self) -> Iterator[Frame]:
        """From the start of the recording; a reader that is late catches up. Raises RecordingError."""
        yield from Tail(self.path, growing=lambda: not self._recorder.ended.is_set()).frames()

    def news(self) -> tuple[events.Event, ...]:
        """What has happened since the last call."""
        return self._recorder.told()

    @property
    def recording(self) -> bool:
        return not self._recorder.ended.is_set()

    @property
    def recorded_s(self) -> float:
        """Now, on the clock of the recording."""
        return samples_in(self.path, self.channels) / RATE_HZ

    @property
    def level_db(self) -> float:
        """How loud the last tenth of a second is: 0 is full scale, speech about -40 to -15, SILENT_DB is nothing."""
        length = round(LEVEL_S * RATE_HZ)
        end = samples_in(self.path, self.channels)
        return level_db(read_bytes(self.path, max(0, end - length), length, self.channels))

    def stop(self) -> events.Stopped:
        """End the recording; the file is complete when this returns. May be called again."""
        stopped = self._recorder.end()
        self.duration_s = stopped.samples / RATE_HZ
        return stopped


class _Recorder:
    """The recorder process and what it has told."""

    def __init__(self, order: Order) -> None:
        # -P: a folder the person happens to stand in must not lend its modules to the child
        command = [sys.executable, "-P", "-m", "audio.recorder_process", json.dumps(asdict(order))]
        self.ended = threading.Event()
        self._path = Path(order.path)
        self._told: deque[events.Event] = deque()
        self._opened = False
        self._begun = threading.Event()  # opened, or ended without
        self._stopped: events.Stopped | None = None
        self._child = subprocess.Popen(
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            start_new_session=True,  # Ctrl-C in the terminal is for the coach, which then stops the recorder in order
        )
        self._listener = threading.Thread(target=self._listen, daemon=True)
        self._listener.start()

    def await_sound(self) -> None:
        """Raises DeviceError or RecordingError where there is none to wait for."""
        self._begun.wait(START_LIMIT_S)
        if self._opened:
            return
        stopped = self._stopped
        if stopped is None or stopped.reason in ("no microphone", "recorder failed"):
            raise DeviceError(_no_microphone(stopped.detail if stopped else "it gives no sound"))
        raise RecordingError(_NOT_WRITTEN.format(path=self._path.parent, reason=stopped.detail))

    def told(self) -> tuple[events.Event, ...]:
        return tuple(self._told.popleft() for _ in range(len(self._told)))

    def end(self) -> events.Stopped:
        assert self._child.stdin is not None
        with suppress(OSError, ValueError):  # it has ended already
            self._child.stdin.write(STOP)
            self._child.stdin.close()
        with suppress(subprocess.TimeoutExpired):
            self._child.wait(STOP_LIMIT_S)
        self._child.kill()
        self._child.wait()
        self._listener.join()
        assert self._stopped is not None
        return self._stopped

    def _listen(self) -> None:
        assert self._child.stdout is not None
        for line in self._child.stdout:
            event = events.from_line(line)
            if isinstance(event, events.Stopped):
                self._stopped = event
            self._told.append(event)
            if isinstance(event, events.Opened):
                self._opened = True
                self._begun.set()
        if self._stopped is None:
            self._stopped = events.Stopped(reason="recorder failed", samples=_repaired(self._path))
            self._told.append(self._stopped)
        self._begun.set()
        self.ended.set()


def _repaired(path: Path) -> int:
    """The recorder was killed: the samples that it leaves, in a file that states them."""
    with suppress(RecordingError):
        return repair(path)
    return 0


def _no_microphone(why: str) -> str:
    if "PortAudio library not found" in why:
        return NO_PORTAUDIO
    return f"No microphone can be opened ({why}). Plug one in or switch it on, and look with: coach devices"
