"""A microphone that hears exactly what the test plays: a ramp whose every sample says where it belongs.

ramp  ... 7 14 21 28 | 0 0 0 | 35 42 ...   zeros put in: the server had nothing to give, nothing is lost
ramp  ... 7 14 21 28 | 70 77 ...           a jump: five samples were lost
"""

from __future__ import annotations

import os
import subprocess
import tempfile
import time
import wave
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest

from audio.microphone import Microphone
from audio.types import RATE_HZ
from tests.parts import need, wait_until
from tests.sound_server import pactl, sound_server

STEP = 7


@contextmanager
def virtual_microphone() -> Iterator[dict[str, str]]:
    """A sound server, found by this process and its children, whose default source is `mic`, at our own rate."""
    with (
        tempfile.TemporaryDirectory(prefix="mic-") as folder,
        pytest.MonkeyPatch.context() as patch,
        sound_server(Path(folder)) as environment,
    ):
        for name in ("XDG_RUNTIME_DIR", "HOME", "PULSE_LATENCY_MSEC"):
            patch.setenv(name, environment[name])
        plug_in(environment)
        with _reference_kept(_reference(environment)):
            yield environment


@contextmanager
def _reference_kept(path: Path) -> Iterator[None]:
    """What the server gives to a program that is surely never late."""
    need("parec")
    command = [
        "parec",
        "--latency-msec=20",
        "--device=mic.monitor",
        "--format=s16le",
        f"--rate={RATE_HZ}",
        "--channels=1",
    ]
    with path.open("wb") as out:
        listener = subprocess.Popen(command, stdout=out, stderr=subprocess.DEVNULL)
        try:
            yield
        finally:
            listener.terminate()
            listener.wait()


def stop_server(environment: dict[str, str]) -> None:
    subprocess.run(["pulseaudio", "--kill"], env=environment, check=True)
    wait_until(lambda: not (Path(environment["XDG_RUNTIME_DIR"]) / "pulse" / "pid").exists())


def start_server(environment: dict[str, str]) -> None:
    command = ["pulseaudio", "--daemonize=yes", "--exit-idle-time=-1", "--log-target=null", "-n"]
    subprocess.run([*command, "-L", "module-native-protocol-unix"], env=environment, check=True)


def plug_in(environment: dict[str, str], name: str = "mic") -> str:
    """A sink of that name, whose monitor becomes the default source. Returns what unplugs it."""
    # norewinds: gulps of 50 ms, not of 2 s, and nothing is played again that the monitor has passed by
    form = f"rate={RATE_HZ} channels=1 format=s16le norewinds=1"
    module = pactl(environment, "load-module", "module-null-sink", f"sink_name={name}", *form.split()).strip()
    pactl(environment, "set-default-source", f"{name}.monitor")
    return module


def unplug(environment: dict[str, str], name: str) -> None:
    for line in pactl(environment, "list", "short", "modules").splitlines():
        number, _, arguments, *_ = line.split("\t")
        if f"sink_name={name}" in arguments.split():
            pactl(environment, "unload-module", number)


def write_ramp(path: Path, length_s: float) -> Path:
    ramp = (np.arange(round(length_s * RATE_HZ)) * STEP % 65536).astype("<u2")
    with wave.open(str(path), "wb") as file:
        file.setparams((1, 2, RATE_HZ, 0, "NONE", ""))
        file.writeframes(ramp.tobytes())
    return path


@contextmanager
def playing(path: Path, into: str = "mic") -> Iterator[subprocess.Popen[bytes]]:
    need("paplay")
    # A long buffer: a player that is late makes the server play again what its monitor has passed by.
    command = ["paplay", "--latency-msec=1000", f"--device={into}", str(path)]
    player = subprocess.Popen(command, stderr=subprocess.DEVNULL)
    try:
        yield player
    finally:
        player.kill()
        player.wait()


def samples_of(path: Path) -> npt.NDArray[np.int16]:
    with wave.open(str(path)) as file:
        return np.frombuffer(file.readframes(file.getnframes()), "<i2")


def begun_s(microphone: Microphone) -> float:
    """When the recording began, on the clock of this machine; asked again where the question itself took long."""
    while True:
        before_s = time.monotonic()
        recorded_s = microphone.recorded_s
        if time.monotonic() - before_s < 0.01:
            return before_s - recorded_s


def sounding(samples: npt.NDArray[np.int16]) -> int:
    """How many samples of the ramp are in it."""
    return int(np.count_nonzero(samples))


def lost_by_us(samples: npt.NDArray[np.int16], environment: dict[str, str]) -> int:
    """Samples of the ramp that are missing, except where the server itself lost them: on a loaded machine it does."""
    time.sleep(0.1)  # the reference has its own buffers
    reference = np.fromfile(_reference(environment), "<i2")
    return sum(samples for _, samples in jumps(samples) - jumps(reference))


def jumps(samples: npt.NDArray[np.int16]) -> set[tuple[int, int]]:
    """Where the ramp goes on further than it should: its place (they repeat after 4 s), and the samples left out."""
    places = np.flatnonzero(samples)
    indexes = samples[places].astype(np.int64) * pow(STEP, -1, 65536) % 65536
    left_out = (np.diff(indexes) - 1) % 65536
    true_zero = (left_out == 1) & (np.diff(places) == 2)  # where the ramp itself passes through zero
    found = np.flatnonzero((left_out > 0) & ~true_zero)
    return {(int(indexes[at]), int(left_out[at])) for at in found}


def _reference(environment: dict[str, str]) -> Path:
    return Path(environment["HOME"]) / "reference.raw"


def children(module: str, of: Path | None = None) -> list[int]:
    """The processes that run it on our sound server, whoever started them; only those that record into folder `of`."""
    surroundings = f"XDG_RUNTIME_DIR={os.environ['XDG_RUNTIME_DIR']}".encode()
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):  # it ended meanwhile
            command = (folder / "cmdline").read_text(errors="replace")
            ours = surroundings in (folder / "environ").read_bytes().split(b"\0")
            if ours and f"\0{module}\0" in command and (of is None or f"{of}/" in command):
                found.append(int(folder.name))
    return found
