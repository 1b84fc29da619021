"""Capture on a private sound server: how late sound reaches the coach, and what is lost under full load.

python -m benchmarks.capture [MINUTES]
"""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np

from audio.microphone import Microphone, open_microphone
from audio.recording import open_recording
from audio.transcribe import transcriber
from audio.types import RATE_HZ, Clip
from tests.virtual_microphone import (
    children,
    jumps,
    lost_by_us,
    playing,
    samples_of,
    sounding,
    virtual_microphone,
    write_ramp,
)

LOADED_S = 600.0
BURSTS = 20
TARGET_LATE_MS = 150
DEMO = Path(__file__).parent.parent / "fixtures" / "demo.flac"


def run(shared: Path, loaded_s: float = LOADED_S) -> None:
    with virtual_microphone() as environment, tempfile.TemporaryDirectory() as folder:
        with open_microphone(Path(folder) / "idle") as microphone:
            late_ms = [1000 * late_s for late_s in _bursts(microphone)]
            begun_s = time.monotonic()
        stop_ms = 1000 * (time.monotonic() - begun_s)
        print(
            f"sound played to frame at the coach: median {statistics.median(late_ms):.0f} ms, "
            f"most {max(late_ms):.0f} ms of {len(late_ms)}   target {TARGET_LATE_MS} ms, player included"
        )
        print(f"stop to complete file: {stop_ms:.0f} ms   target 500 ms")
        _loaded(Path(folder), environment, loaded_s)


def _bursts(microphone: Microphone) -> Iterator[float]:
    """The seconds from a burst of noise being handed to a player until the coach holds the frame with its onset."""
    noise = np.random.default_rng(1).integers(-20000, 20000, RATE_HZ // 10).astype("<i2").tobytes()
    command = ["pacat", "--device=mic", "--latency-msec=20", "--format=s16le", f"--rate={RATE_HZ}", "--channels=1"]
    frames = microphone.frames()
    for _ in range(BURSTS):
        with subprocess.Popen(command, stdin=subprocess.PIPE) as player:
            assert player.stdin is not None
            time.sleep(0.3)  # connected, and quiet
            for frame in frames:
                if microphone.recorded_s * RATE_HZ - frame.first_sample < RATE_HZ / 10:
                    break
            given_s = time.monotonic()
            player.stdin.write(noise)
            player.stdin.close()
            if any(np.abs(frame.samples).max() > 0.1 for frame in frames):
                yield time.monotonic() - given_s


def _loaded(folder: Path, environment: dict[str, str], length_s: float) -> None:
    ramp = write_ramp(folder / "ramp.wav", length_s)
    with _recogniser_at_work() as passes, open_microphone(folder / "loaded") as microphone:
        text = json.dumps([{"key": index, "value": [index] * 10} for index in range(160_000)])
        with playing(ramp) as player:
            while player.poll() is None:
                json.loads(text)
        cpu_s = sum(_cpu_s(one) for name in ("recorder", "capture") for one in children(f"audio.{name}_process"))
        stopped = microphone.stop()
    saved = samples_of(microphone.path)
    print(
        f"{length_s / 60:.1f} min with the recogniser ({len(passes)} pieces) and a busy interpreter, load average "
        f"{os.getloadavg()[0]:.1f} on {os.cpu_count()} cores:"
    )
    print(f"  ramp heard {sounding(saved) / RATE_HZ:.1f} s of {length_s:.1f} s")
    print(f"  samples lost by us {lost_by_us(saved, environment)}, by the server {sum(n for _, n in jumps(saved))}")
    print(f"  overflows told by the driver {stopped.overflows}, samples marked as lost {stopped.lost_samples}")
    print(
        f"  callbacks after more than 60 ms without one: {stopped.late_blocks} of {stopped.blocks}, "
        f"longest wait {stopped.longest_wait_ms} ms"
    )
    print(f"  cost of recording: {cpu_s / length_s:.1%} of a core")


@contextmanager
def _recogniser_at_work() -> Iterator[list[str]]:
    reader = transcriber()
    sound = np.concatenate([frame.samples.mean(axis=1) for frame in open_recording(DEMO).frames()])
    ended = threading.Event()
    passes: list[str] = []

    def work() -> None:
        while not ended.is_set():
            start = len(passes) * 8 * RATE_HZ % (len(sound) - 8 * RATE_HZ)
            passes.append(reader.transcribe(Clip(samples=sound[start : start + 8 * RATE_HZ])).text)

    worker = threading.Thread(target=work)
    worker.start()
    try:
        yield passes
    finally:
        ended.set()
        worker.join()


def _cpu_s(process_id: int) -> float:
    fields = Path(f"/proc/{process_id}/stat").read_text(encoding="ascii", errors="replace").rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


if __name__ == "__main__":
    run(Path(), 60 * float(sys.argv[1]) if len(sys.argv) > 1 else LOADED_S)
