"""A recorded file as a Source: any rate, any channels, any length, in even memory.

file --decode--> blocks at its own rate --soxr stream--> Frames of about a second at RATE_HZ
"""

from __future__ import annotations

import os
import stat
import tempfile
import wave
from collections import deque
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from audio.decode import BrokenOff, Form, opened
from audio.errors import RecordingError
from audio.types import RATE_HZ, Clip, Frame, Source

if TYPE_CHECKING:
    from audio.types import Samples

LEAST_RATE_HZ, MOST_RATE_HZ = 1_000, 768_000
MOST_CHANNELS = 64
SHORT_S = 0.5
"""A file that ends this much before the length it states was cut off; mp3 lengths are estimates within it."""
FULL_SCALE = 0.999
CLIPPED_SHARE = 0.001
"""This share of samples at full scale is heard as distortion, and confuses the recogniser."""
QUIET_PEAK = 0.01
"""-40 dB: speech that never gets louder is near the noise of the room and of the converter."""


def open_recording(path: str | Path) -> Recording:
    """The sound in `path`, checked as far as its first block.

    Raises RecordingError: nothing there, not a file, empty, not readable, not sound, or without a sample.
    """
    path = Path(path)
    _check_file(path)
    with opened(path) as sound:
        form = sound.form
        if not LEAST_RATE_HZ <= form.rate_hz <= MOST_RATE_HZ or not 1 <= form.channels <= MOST_CHANNELS:
            raise RecordingError(
                f"{path} states {form.channels} channels at {form.rate_hz} samples a second, which cannot be right. "
                "Save it again as wav or flac."
            )
        try:
            empty = next(sound.blocks, None) is None
        except BrokenOff:
            empty = True
        if empty:
            raise RecordingError(f"{path} holds 0 samples of sound. Choose another recording.")
    return Recording(path, form)


def _check_file(path: Path) -> None:
    try:
        state = path.stat()
        if stat.S_ISDIR(state.st_mode):
            raise RecordingError(f"{path} is a folder. Name one recording in it.")
        if not stat.S_ISREG(state.st_mode):  # opening a pipe would wait for ever
            raise RecordingError(f"{path} is not a file. Save the sound to a file first, and name that.")
        if state.st_size == 0:
            raise RecordingError(f"{path} is empty (0 bytes). Choose another recording.")
        with path.open("rb"):
            pass
    except FileNotFoundError as error:
        raise RecordingError(f"There is no file {path}. Check the name and the folder.") from error
    except PermissionError as error:
        raise RecordingError(f"{path} may not be read by you. Change its permissions, or copy it.") from error
    except (OSError, ValueError) as error:  # ValueError: a null character in the name
        raise RecordingError(f"{path} cannot be opened ({error}). Check the name and the disk.") from error


class Recording:
    """A file that can be listened to from its start, as often as asked. Implements Source.

    `cautions` are plain sentences about the sound; they are complete once `frames()` has run to its end.
    """

    def __init__(self, path: Path, form: Form) -> None:
        self.name = str(path)
        self.channels = form.channels
        self.duration_s = form.duration_s
        self.cautions: tuple[str, ...] = ()
        self._path = path

    def frames(self) -> Iterator[Frame]:
        """All of it, float32 within -1..1, all channels. Raises RecordingError where the file has gone or changed."""
        import numpy as np
        import soxr

        _check_file(self._path)
        levels = _Levels()
        broken = False
        first_sample = 0
        with opened(self._path) as sound:
            form = sound.form
            if form.channels != self.channels:
                raise RecordingError(f"{self._path} was changed while it was read. Begin again.")
            stream = soxr.ResampleStream(form.rate_hz, RATE_HZ, form.channels) if form.rate_hz != RATE_HZ else None
            try:
                for block in sound.blocks:
                    samples = levels.measured(block)
                    if stream:
                        samples = np.clip(stream.resample_chunk(samples), -1, 1)
                    if len(samples):
                        yield Frame(first_sample=first_sample, samples=samples)
                        first_sample += len(samples)
            except BrokenOff:
                broken = True
            if stream:
                samples = np.clip(stream.resample_chunk(np.zeros((0, form.channels), np.float32), last=True), -1, 1)
                if len(samples):
                    yield Frame(first_sample=first_sample, samples=samples)
        heard_s = levels.samples / form.rate_hz
        short = form.duration_s is not None and heard_s < form.duration_s - SHORT_S
        self.cautions = levels.cautions() + (_cut_off(heard_s, form.duration_s) if broken or short else ())
        self.duration_s = heard_s


class _Levels:
    """What the samples tell about how it was recorded."""

    def __init__(self) -> None:
        self.samples = 0
        self._peak = 0.0
        self._full_scale = 0
        self._damaged = False

    def measured(self, block: Samples) -> Samples:
        """The block with damaged samples (not a number) as silence, within -1..1."""
        import numpy as np

        if not np.isfinite(block).all():
            self._damaged = True
            block = np.nan_to_num(block, nan=0.0, posinf=0.0, neginf=0.0)
        size = np.abs(block)
        self.samples += len(block)
        self._peak = max(self._peak, float(size.max()))
        self._full_scale += int((size.max(axis=1) >= FULL_SCALE).sum())
        return np.clip(block, -1, 1)

    def cautions(self) -> tuple[str, ...]:
        found = []
        if self._full_scale > CLIPPED_SHARE * self.samples:
            found.append("The recording is too loud and distorted in places, so words may be wrong there.")
        if 0 < self._peak < QUIET_PEAK:
            found.append("The recording is very quiet, so words and short answers may be missed.")
        if self._damaged:
            found.append("Some samples were damaged and are taken as silence.")
        return tuple(found)


def _cut_off(heard_s: float, stated_s: float | None) -> tuple[str]:
    stated = f" of {stated_s:.1f} s" if stated_s is not None and stated_s > heard_s else ""
    return (f"The file is cut off or damaged: what could be read, {heard_s:.1f} s{stated}, is used.",)


@dataclass(frozen=True, slots=True, kw_only=True)
class Stretch:
    """A piece to cut out of a source; channel None is the mono mix."""

    start_s: float
    end_s: float
    channel: int | None = None


def cut(source: Source, stretches: Iterable[Stretch]) -> Iterator[Clip]:
    """The sound of each stretch, in order of start, in one pass; memory holds no more than the longest stretch.

    Stretches may overlap. One that reaches past the end gets what there is, which may be nothing.
    """
    import numpy as np

    held: deque[Frame] = deque()
    frames = source.frames()
    heard = 0  # samples
    for stretch in sorted(stretches, key=lambda one: one.start_s):
        start, end = (round(max(0.0, edge_s) * RATE_HZ) for edge_s in (stretch.start_s, stretch.end_s))
        while held and held[0].first_sample + len(held[0].samples) <= start:
            held.popleft()
        while heard < end and (frame := next(frames, None)) is not None:
            heard = frame.first_sample + len(frame.samples)
            if heard > start:
                held.append(frame)
        parts = []
        for frame in held:
            part = frame.samples[max(0, start - frame.first_sample) : max(0, end - frame.first_sample)]
            if len(part):
                parts.append(part.mean(axis=1) if stretch.channel is None else part[:, stretch.channel])
        yield Clip(samples=np.concatenate(parts) if parts else np.zeros(0, np.float32))


def write_wav(path: str | Path, clip: Clip) -> None:
    """The clip as 16-bit WAV: the whole file appears at once, or nothing does. Raises RecordingError."""
    import numpy as np

    path = Path(path)
    samples = np.round(np.clip(np.nan_to_num(clip.samples), -1, 1) * 32767).astype("<i2")
    part: Path | None = None
    try:
        handle, name = tempfile.mkstemp(prefix=f".{path.name}.", suffix=".part", dir=path.parent)
        part = Path(name)
        with os.fdopen(handle, "wb") as file:
            with wave.open(file, "wb") as out:
                out.setnchannels(1)
                out.setsampwidth(2)
                out.setframerate(clip.rate_hz)
                out.writeframes(samples.tobytes())
            file.flush()
            os.fsync(file.fileno())
        if part.stat().st_size < samples.nbytes:  # some disks run full without an error
            raise OSError("the disk took only a part of it")
        part.replace(path)
    except OSError as error:
        if part:
            with suppress(OSError):
                part.unlink()
        reason = error.strerror or str(error)
        raise RecordingError(f"{path} could not be written ({reason}). Check the folder and the free space.") from error
