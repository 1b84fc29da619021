"""A microphone that hears exactly what the test plays: a ramp whose every sample says where it belongs.

    ramp  ... 7 14 21 28 | 0 0 0 | 35 42 ...   zeros put in: the server had nothing to give, nothing is lost
    ramp  ... 7 14 21 28 | 70 77 ...           a jump: five samples were lost
"""

from __future__ import annotations

import os
import subprocess
import tempfile
import wave
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest

from audio.types import RATE_HZ
from tests.parts import need
from tests.sound_server import pactl, sound_server

STEP = 7


@contextmanager
def virtual_microphone() -> Iterator[dict[str, str]]:
    """A sound server, found by this process and its children, whose default source is `mic`, at our own rate."""
    with tempfile.TemporaryDirectory(prefix="mic-") as folder, pytest.MonkeyPatch.context() as patch:
        with sound_server(Path(folder)) as environment:
            for name in ("XDG_RUNTIME_DIR", "HOME", "PULSE_LATENCY_MSEC"):
                patch.setenv(name, environment[name])
            plug_in(environment)
            yield environment


def plug_in(environment: dict[str, str], name: str = "mic") -> str:
    """A sink of that name, whose monitor becomes the default source. Returns what unplugs it."""
    form = f"rate={RATE_HZ} channels=1 format=s16le"
    module = pactl(environment, "load-module", "module-null-sink", f"sink_name={name}", *form.split()).strip()
    pactl(environment, "set-default-source", f"{name}.monitor")
    return module


def write_ramp(path: Path, length_s: float) -> Path:
    ramp = (np.arange(round(length_s * RATE_HZ)) * STEP % 65536).astype("<u2")
    with wave.open(str(path), "wb") as file:
        file.setparams((1, 2, RATE_HZ, 0, "NONE", ""))
        file.writeframes(ramp.tobytes())
    return path


@contextmanager
def playing(path: Path, into: str = "mic") -> Iterator[subprocess.Popen[bytes]]:
    need("paplay")
    player = subprocess.Popen(["paplay", f"--device={into}", str(path)], env=os.environ.copy())
    try:
        yield player
    finally:
        player.kill()
        player.wait()


def samples_of(path: Path) -> npt.NDArray[np.int16]:
    with wave.open(str(path)) as file:
        return np.frombuffer(file.readframes(file.getnframes()), "<i2")


@dataclass(frozen=True, slots=True, kw_only=True)
class HeardRamp:
    samples: int
    lost: int  # samples jumped over
    put_in: int  # zeros in the middle


def heard_ramp(samples: npt.NDArray[np.int16]) -> HeardRamp:
    places = np.flatnonzero(samples)
    indexes = samples[places].astype(np.int64) * pow(STEP, -1, 65536) % 65536
    jumped = (np.diff(indexes) - 1) % 65536
    zeros = np.diff(places) - 1
    true_zero = (jumped == 1) & (zeros == 1)  # where the ramp itself passes through zero
    return HeardRamp(samples=len(places), lost=int(jumped[~true_zero].sum()), put_in=int(zeros[~true_zero].sum()))
