"""Where a recording is not listened to: the coach's own voice and its echo, and what nobody may hear again.

`recording.own`: FIRST_SAMPLE SAMPLES, a line for each stretch, beside the file (as audio/lost.py has it for lost sound)

    recording  ....|coach speaks|echo|.. a person ..        Muted gives silence in place of such stretches, so that
                   '--- unheard ----'                       no stage after it needs to know of them
"""

from __future__ import annotations

import math
import os
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from pathlib import Path

from audio.errors import RecordingError
from audio.lost import LostStretch, lost_stretches, mark
from audio.types import RATE_HZ, Frame, Source
from audio.wavfile import HEADER_BYTES, SAMPLE_BYTES, channels_of

OWN = ".own"
WIPE_BYTES = 1 << 20

Stretches = tuple[tuple[float, float], ...]
"""Start and end in seconds, by start."""


def own_voice(recording: Path) -> Stretches:
    """Where the coach spoke; nothing where there is no list."""
    found = lost_stretches(recording, OWN)
    return tuple((one.first_sample / RATE_HZ, one.end_sample / RATE_HZ) for one in found)


def mark_own_voice(recording: Path, start_s: float, end_s: float) -> None:
    """Raises OSError."""
    first, end = round(start_s * RATE_HZ), round(end_s * RATE_HZ)
    mark(recording, LostStretch(first_sample=first, samples=max(0, end - first)), OWN)


class Muted:
    """A Source with silence where it must not be heard. `unheard` is asked at each frame: the list may grow."""

    def __init__(self, source: Source, unheard: Callable[[], Iterable[tuple[float, float]]]) -> None:
        self.name, self.channels, self.duration_s = source.name, source.channels, source.duration_s
        self._source, self._unheard = source, unheard

    def frames(self) -> Iterator[Frame]:
        for frame in self._source.frames():
            yield muted(frame, self._unheard())


def muted(frame: Frame, unheard: Iterable[tuple[float, float]]) -> Frame:
    """The frame itself where nothing of it is to be silent."""
    length = len(frame.samples)
    edges = [(round(edge_s * RATE_HZ) - frame.first_sample for edge_s in stretch) for stretch in unheard]
    inside = [(max(0, start), end) for start, end in edges if start < length and end > 0 and end > start]
    if not inside:
        return frame
    samples = frame.samples.copy()
    for start, end in inside:
        samples[start:end] = 0
    return replace(frame, samples=samples)


def wipe(recording: Path, start_s: float, end_s: float) -> None:
    """Overwrite a stretch with silence, on the disk itself, also while the recording grows. Raises RecordingError."""
    try:
        overwrite(recording, start_s, end_s)
    except OSError as error:
        raise RecordingError(
            f"A part of {recording} could not be deleted ({error.strerror}). Delete the whole file, or try again."
        ) from error


def overwrite(recording: Path, start_s: float, end_s: float) -> None:
    """The same, every sample that the stretch touches. Raises OSError; RecordingError where it is no recording."""
    frame_bytes = channels_of(recording) * SAMPLE_BYTES
    with recording.open("r+b") as file:
        held = (os.fstat(file.fileno()).st_size - HEADER_BYTES) // frame_bytes
        first, end = (min(held, max(0, sample)) for sample in (int(start_s * RATE_HZ), math.ceil(end_s * RATE_HZ)))
        file.seek(HEADER_BYTES + first * frame_bytes)
        left = max(0, end - first) * frame_bytes
        while left:
            left -= file.write(bytes(min(left, WIPE_BYTES)))
        file.flush()
        os.fsync(file.fileno())
