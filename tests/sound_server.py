"""A private PulseAudio with two null sinks: a microphone hears `room`, the loudspeaker plays on `speaker`.

play into room  ->  room.monitor    = the default source
default sink    =   speaker         -> record speaker.monitor
"""

from __future__ import annotations

import os
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.parts import need


@contextmanager
def sound_server(folder: Path) -> Iterator[dict[str, str]]:
    """The environment in which processes find it. `folder` is its own; the sockets in it need a short path."""
    pulseaudio = need("pulseaudio")
    runtime = folder / "run"
    runtime.mkdir(mode=0o700, parents=True)
    environment = {
        **{key: value for key, value in os.environ.items() if not key.startswith("PULSE_")},
        "XDG_RUNTIME_DIR": str(runtime),
        "HOME": str(folder),
        "PULSE_LATENCY_MSEC": "60",  # a null sink takes its sound in gulps of 2 s unless its streams ask for less
    }
    pid_file = runtime / "pulse" / "pid"
    command = [pulseaudio, "--daemonize=yes", "--exit-idle-time=-1", "--log-target=null", "-n"]
    command += ["-L", "module-native-protocol-unix"]
    command += ["-L", "module-null-sink sink_name=room", "-L", "module-null-sink sink_name=speaker"]
    subprocess.run(command, env=environment, check=True, timeout=30)
    try:
        pactl(environment, "set-default-source", "room.monitor")
        pactl(environment, "set-default-sink", "speaker")
        yield environment
    finally:
        subprocess.run([pulseaudio, "--kill"], env=environment, check=False, timeout=30)
        _wait_until_gone(pid_file)


def _wait_until_gone(pid_file: Path) -> None:
    for _ in range(200):
        if not pid_file.exists():
            return
        time.sleep(0.05)
    raise AssertionError("the private sound server is still running")


def pactl(environment: dict[str, str], *words: str) -> str:
    done = subprocess.run(["pactl", *words], env=environment, check=True, timeout=30, capture_output=True, text=True)
    return done.stdout
