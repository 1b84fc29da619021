"""The room in which people sit in front of the coach: its sound server, microphone, echo and noise."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import numpy as np
import pytest

from audio.types import RATE_HZ
from tests.parts import need
from tests.sound_server import pactl, sound_server
from tests.virtual_microphone import start_server, stop_server, unplug

ECHO_MS, ECHO_DB = 100, -18
NOISE_DB = -72
"""Of the empty room. Digital silence would be a muted microphone."""


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
