"""The child process that writes the recording: `python -m audio.recorder_process ORDER`, ORDER being one as JSON.

    capture process --blocks--> recorder --> recording.wav, recording.lost
                                   |  ^
                            events |  | standard input: its end is the end of the recording
                                   v  |
                                  coach

It shares nothing with the coach: a busy coach costs no sound, and when the coach dies, the file is finished.
"""

from __future__ import annotations

import errno
import json
import os
import shutil
import sys
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from queue import Empty, SimpleQueue

from audio import capture_events as events
from audio.capture import Block, Capture, Conversion, Ended, Message, Refused, Start, Wanted
from audio.capture_process import BLOCK_S
from audio.continuity import Punctuality, Watchdog
from audio.track import Track
from audio.types import RATE_HZ
from audio.wavfile import SAMPLE_BYTES, WavFile

TICK_S = 0.1
SYNC_S = 0.5
SPACE_CHECK_S = 1.0
RETRY_S = 0.5
OPENING_LIMIT_S = 6.0
"""From the start of a capture process to its first block: a Bluetooth headset takes seconds."""
AWAY_LIMIT_S = 1.0
LATE_S = 3 * BLOCK_S
"""Sound servers hand over two blocks at a time."""
STOP = b"stop\n"
"""On standard input before its end: the coach asked for it, it did not die."""
FULL_ERRORS = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    path: str
    wanted: Wanted
    muted_s: float
    other_device_s: float  # a microphone that is away for so long is replaced by any other
    low_free_bytes: int
    least_free_bytes: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Stop:
    reason: events.StopReason
    detail: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class CoachGone:
    """Standard input has ended, with or without a word before."""

    asked: bool


Inbox = SimpleQueue[tuple[Capture | None, Message | CoachGone]]
Tell = Callable[[events.Event], None]


def main(order: Order) -> None:
    out = os.dup(1)
    os.dup2(2, 1)
    if sys.platform != "win32":
        os.set_blocking(out, False)

    def tell(event: events.Event) -> None:
        with suppress(OSError):  # the coach has gone, or does not listen: the recording waits for nobody
            os.write(out, events.to_line(event))

    path = Path(order.path)
    try:
        file = WavFile(path, order.wanted.channels)
    except OSError as error:
        tell(events.Stopped(reason="write failed", samples=0, detail=error.strerror or str(error)))
        return
    threading.Thread(target=_sync, args=(file,), daemon=True).start()
    recorder = Recorder(order, Track(path, file, order.wanted.channels, order.muted_s, tell), tell)
    stopped = recorder.run()
    with suppress(OSError):  # what could be written is written, and the header says no more than that
        file.close()
    if not stopped.samples:
        path.unlink()
    tell(stopped)


def _sync(file: WavFile) -> None:
    """To the disk itself, in a thread of its own: on a slow disk it takes long, and blocks go on coming."""
    with suppress(OSError):  # closed; or a disk in trouble, of which the next write tells
        while True:
            time.sleep(SYNC_S)
            file.sync()


class Recorder:
    """Keeps a microphone open, or looks for one, until it is told to stop or cannot go on."""

    def __init__(self, order: Order, track: Track, tell: Tell) -> None:
        self._order, self._track, self._tell = order, track, tell
        self._frame_bytes = order.wanted.channels * SAMPLE_BYTES
        self._inbox: Inbox = SimpleQueue()
        self._capture: Capture | None = None  # None: gone, and not yet looked for again
        self._start = Start(device="", rate_hz=RATE_HZ, channels=order.wanted.channels)
        self._conversion = Conversion(self._start, order.wanted.channels)
        self._joined = False  # the next block joins on to the one before
        self._watchdog = Watchdog(OPENING_LIMIT_S, AWAY_LIMIT_S)
        self._punctuality = Punctuality(LATE_S)
        self._overflows = 0
        self._away_since_s: float | None = None
        self._retry_at_s = 0.0
        self._space_checked_s = 0.0
        self._low_told = False

    def run(self) -> events.Stopped:
        threading.Thread(target=_wait_for_the_coach, args=(self._inbox,), daemon=True).start()
        try:
            self._look(self._order.wanted)
            stop = self._until_the_end()
            self._take_the_rest()
        except OSError as error:
            reason: events.StopReason = "disk full" if error.errno in FULL_ERRORS else "write failed"
            stop = Stop(reason=reason, detail=error.strerror or str(error))
        finally:
            if self._capture:
                self._capture.kill()
        return events.Stopped(
            reason=stop.reason,
            detail=stop.detail,
            samples=self._track.samples,
            lost_samples=self._track.lost_samples,
            overflows=self._overflows,
            blocks=self._punctuality.blocks,
            late_blocks=self._punctuality.late_blocks,
            longest_wait_ms=round(self._punctuality.longest_wait_s * 1000),
        )

    def _until_the_end(self) -> Stop:
        while True:
            try:
                capture, message = self._inbox.get(timeout=TICK_S)
            except Empty:
                stop = self._nothing_came()
            else:
                stop = self._came(message) if capture is self._capture or capture is None else None
            stop = stop or self._space_left()
            if stop:
                return stop
            if self._away_since_s is not None:
                self._while_away(self._away_since_s)

    def _came(self, message: Message | CoachGone) -> Stop | None:
        match message:
            case CoachGone():
                return Stop(reason="asked" if message.asked else "coach gone")
            case Start():
                self._start = message
                self._conversion = Conversion(message, self._order.wanted.channels)
            case Block():
                self._take(message)
            case Refused():
                return self._lose(message.error)
            case Ended():
                return self._lose("it ended")
        return None

    def _take(self, block: Block) -> None:
        self._watchdog.block()
        self._overflows += block.overflowed
        self._punctuality.block(block.arrived_s)
        content = self._conversion.converted(block.content)
        if not content:  # the resampler holds the first few milliseconds back
            return
        self._track.take(content, block.arrived_s, broken_off=block.overflowed or not self._joined)
        if not self._joined:
            self._joined = True
            self._away_since_s = None
            first_sample = self._track.samples - len(content) // self._frame_bytes
            start = self._start
            self._tell(
                events.Opened(
                    first_sample=first_sample, device=start.device, rate_hz=start.rate_hz, channels=start.channels
                )
            )

    def _nothing_came(self) -> Stop | None:
        if self._capture and self._watchdog.gone(TICK_S):
            return self._lose("it gives no sound")
        return None

    def _lose(self, why: str) -> Stop | None:
        """The microphone is gone. Without a single block so far there is nothing to go on with."""
        if self._capture:
            self._capture.kill()
            self._capture = None
        if not self._track.samples:
            return Stop(reason="no microphone", detail=why)
        now_s = time.monotonic()
        self._retry_at_s = now_s + RETRY_S
        self._joined = False
        if self._away_since_s is None:
            self._away_since_s = now_s
            self._tell(events.Away(first_sample=self._track.samples))
        return None

    def _while_away(self, since_s: float) -> None:
        now_s = time.monotonic()
        self._track.fill(now_s)
        if not self._capture and now_s >= self._retry_at_s:
            self._look(replace(self._order.wanted, any=now_s - since_s >= self._order.other_device_s))

    def _look(self, wanted: Wanted) -> None:
        self._capture = Capture(wanted, self._inbox)
        self._watchdog.restarted()
        self._punctuality.restarted()

    def _space_left(self) -> Stop | None:
        now_s = time.monotonic()
        if now_s < self._space_checked_s + SPACE_CHECK_S:
            return None
        self._space_checked_s = now_s
        free_bytes = shutil.disk_usage(Path(self._order.path).parent).free
        if free_bytes < self._order.least_free_bytes:
            return Stop(reason="disk full", detail=f"only {free_bytes / 1e6:.1f} MB are free")
        if free_bytes < self._order.low_free_bytes and not self._low_told:
            self._low_told = True
            self._tell(events.DiskLow(free_bytes=free_bytes))
        return None

    def _take_the_rest(self) -> None:
        """What the capture process still holds, and the gap up to now where there is none."""
        if self._capture:
            self._capture.finish()
        with suppress(Empty):
            while True:
                capture, message = self._inbox.get_nowait()
                if capture is self._capture and isinstance(message, Block):
                    self._take(message)
        if self._away_since_s is not None:
            self._track.fill(time.monotonic())
        self._track.end_gap()


def _wait_for_the_coach(inbox: Inbox) -> None:
    said = sys.stdin.buffer.read()
    inbox.put((None, CoachGone(asked=said == STOP)))


if __name__ == "__main__":
    given = json.loads(sys.argv[1])
    main(Order(**{**given, "wanted": Wanted(**given["wanted"])}))
