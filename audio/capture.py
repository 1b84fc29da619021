"""A capture process as the recorder sees it, and its sound made ours.

capture process --messages--> inbox      Start | Refused, Block, Block, ..., Ended
"""

from __future__ import annotations

import json
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import asdict, dataclass
from queue import SimpleQueue
from typing import Any

from audio.capture_process import HEAD
from audio.types import RATE_HZ
from audio.wavfile import SAMPLE_BYTES

DRAIN_LIMIT_S = 0.3


@dataclass(frozen=True, slots=True, kw_only=True)
class Start:
    """What the capture process opened."""

    device: str
    rate_hz: int
    channels: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Refused:
    error: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Block:
    arrived_s: float
    overflowed: bool
    content: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Ended:
    """No more will come from this capture process."""


Message = Start | Refused | Block | Ended


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """Which microphone."""

    device: int | str | None = None  # as sounddevice names it; None: the system's own choice
    source: str = ""  # where a sound server has several microphones: the server's name of it
    channels: int = 1
    any: bool = False  # any other will do as well


class Capture:
    """One capture process; a thread puts what it says into `inbox`, with the process itself to tell old from new."""

    def __init__(self, wanted: Wanted, inbox: SimpleQueue[Any]) -> None:
        # -P: a folder the person happens to stand in must not lend its modules to the child
        command = [sys.executable, "-P", "-m", "audio.capture_process", json.dumps(asdict(wanted))]
        self._child = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, bufsize=1 << 16
        )
        self._reader = threading.Thread(target=self._read, args=(inbox,), daemon=True)
        self._reader.start()

    def finish(self) -> None:
        """Let it hand over what it still holds, then end it."""
        assert self._child.stdin is not None
        with suppress(OSError):
            self._child.stdin.close()
        self._reader.join(DRAIN_LIMIT_S)
        self.kill()

    def kill(self) -> None:
        self._child.kill()
        self._child.wait()

    def _read(self, inbox: SimpleQueue[Any]) -> None:
        for message in self._messages():
            inbox.put((self, message))
        inbox.put((self, Ended()))

    def _messages(self) -> Iterator[Message]:
        out = self._child.stdout
        assert out is not None
        opened = json.loads(out.readline() or '{"error": "it ended"}')
        if "error" in opened:
            yield Refused(**opened)
            return
        start = Start(**opened)
        yield start
        while len(head := out.read(HEAD.size)) == HEAD.size:
            arrived_s, samples, overflowed = HEAD.unpack(head)
            size = samples * start.channels * SAMPLE_BYTES
            content = out.read(size)
            if len(content) == size:
                yield Block(arrived_s=arrived_s, overflowed=bool(overflowed), content=content)


class Conversion:
    """16-bit blocks of any rate and channels as ours; what is ours already passes untouched."""

    def __init__(self, start: Start, channels: int) -> None:
        self._given, self._wanted = start.channels, channels
        self._untouched = start.rate_hz == RATE_HZ and start.channels == channels
        self._stream = None
        if start.rate_hz != RATE_HZ:
            import soxr

            self._stream = soxr.ResampleStream(start.rate_hz, RATE_HZ, channels)

    def converted(self, content: bytes) -> bytes:
        if self._untouched:
            return content
        import numpy as np

        samples = np.frombuffer(content, "<i2").reshape(-1, self._given).astype(np.float32)
        if self._wanted == 1:
            samples = samples.mean(axis=1, keepdims=True)
        elif self._given == 1:
            samples = np.repeat(samples, self._wanted, axis=1)
        else:
            samples = samples[:, : self._wanted]
        if self._stream:
            samples = self._stream.resample_chunk(np.ascontiguousarray(samples))
        rounded = np.clip(np.round(samples), -32768, 32767).astype("<i2")
        return bytes(rounded.tobytes())
