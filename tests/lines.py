"""What people say, as a script has it and as it sounds."""

from __future__ import annotations

import subprocess
import tempfile
from collections.abc import Callable
from dataclasses import KW_ONLY, dataclass
from functools import cache
from pathlib import Path
from typing import Literal

import numpy as np
import numpy.typing as npt
import soundfile
import soxr

from audio.types import RATE_HZ
from tests.parts import need

Samples = npt.NDArray[np.float32]
After = Literal["coach", "line", "onset"]
"""What a line waits for: the coach has finished, the line before has ended, or the coach has begun to speak."""


SPEECH_DB = -24
"""Of a line, where it sounds."""
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
