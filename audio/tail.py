"""A recording of ours as a Source, while it grows and afterwards: what is on the disk, lost stretches marked.

Each reader has its own place in the file: a slow one is late, never a hindrance to the recorder.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from audio.errors import RecordingError
from audio.lost import LostStretch, lost_stretches
from audio.types import RATE_HZ, Frame
from audio.wavfile import HEADER_BYTES, SAMPLE_BYTES, channels_of

if TYPE_CHECKING:
    from audio.types import Samples

LONGEST_FRAME = RATE_HZ  # samples
POLL_S = 0.02


def samples_in(path: Path, channels: int) -> int:
    """The length so far. Raises RecordingError where the file has gone."""
    try:
        return max(0, path.stat().st_size - HEADER_BYTES) // (channels * SAMPLE_BYTES)
    except OSError as error:
        raise RecordingError(f"The recording {path} has gone ({error.strerror}). Begin a new session.") from error


def read(path: Path, first_sample: int, samples: int, channels: int) -> Samples:
    """Float32, shape (samples, channels); fewer at the end of the file. Raises RecordingError."""
    import numpy as np

    content = read_bytes(path, first_sample, samples, channels)
    return np.frombuffer(content, "<i2").reshape(-1, channels).astype(np.float32) / np.float32(32768)


def read_bytes(path: Path, first_sample: int, samples: int, channels: int) -> bytes:
    """As they stand in the file: 16-bit, interleaved, whole samples."""
    frame_bytes = channels * SAMPLE_BYTES
    try:
        with path.open("rb") as file:
            file.seek(HEADER_BYTES + first_sample * frame_bytes)
            content = file.read(samples * frame_bytes)
    except OSError as error:
        raise RecordingError(f"The recording {path} cannot be read ({error.strerror}). Check the disk.") from error
    return content[: len(content) // frame_bytes * frame_bytes]


class Tail:
    """Implements Source. `growing` says whether more may come; frames() ends where it does not."""

    def __init__(self, path: Path, growing: Callable[[], bool] = lambda: False) -> None:
        self.name = str(path)
        self.channels = channels_of(path)
        self.duration_s: float | None = None if growing() else samples_in(path, self.channels) / RATE_HZ
        self._path = path
        self._growing = growing

    def frames(self) -> Iterator[Frame]:
        """All from the start, as soon as it is on the disk. Raises RecordingError where the file goes."""
        place = 0
        while True:
            growing = self._growing()  # asked first: what is written before the end is read before the end
            end = samples_in(self._path, self.channels)
            if place < end:
                for frame in self.between(place, end):
                    yield frame
                    place = frame.first_sample + len(frame.samples)
            elif growing:
                time.sleep(POLL_S)
            else:
                self.duration_s = place / RATE_HZ
                return

    def between(self, place: int, end: int) -> Iterator[Frame]:
        """A part that is on the disk, by its first sample and the sample after its last. Raises RecordingError."""
        lost = lost_stretches(self._path)  # marked before it is written: whatever is in the file by now is in the list
        while place < end:
            edge, is_lost = next_edge(place, end, lost)
            samples = read(self._path, place, min(edge - place, LONGEST_FRAME), self.channels)
            if not len(samples):
                return
            yield Frame(first_sample=place, samples=samples, lost=is_lost)
            place += len(samples)


def next_edge(place: int, end: int, lost: tuple[LostStretch, ...]) -> tuple[int, bool]:
    """How far what begins at `place` goes on alike, and whether it is lost sound."""
    for stretch in lost:
        if place < stretch.first_sample:
            return min(end, stretch.first_sample), False
        if place < stretch.end_sample:
            return min(end, stretch.end_sample), True
    return end, False
