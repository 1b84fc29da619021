"""Speed and memory of `coach analyze` by stage, on real calls and on hours of them, and of starting up."""

from __future__ import annotations

import json
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

CALLS = ("MUL1423.mono.flac", "SNG0072.mono.flac", "SNG0480.mono.flac", "dev00.mono.flac")
PEAK_MB, RTF = 700, 0.20


def run(shared: Path) -> None:
    folder = shared / "data" / "conversations"
    print(
        f"{'recording':<28} {'length':>8} {'RTF':>6} {'voices':>7} {'words':>6} {'peak MB':>8}   "
        f"at most RTF {RTF}, {PEAK_MB} MB"
    )
    for name in (*CALLS, "MUL1423.stereo.flac"):
        _row(name, _measured(folder / name))
    with tempfile.TemporaryDirectory() as scratch:
        rows = {}
        for minutes in (10, 60):
            path = Path(scratch) / f"{minutes}-minutes.flac"
            _looped(folder / CALLS[0], path, minutes)
            rows[minutes] = _measured(path)
            _row(f"{minutes} minutes, looped", rows[minutes])
    ratio = rows[60]["seconds"] / rows[10]["seconds"]
    memory = rows[60]["peak_mb"] / rows[10]["peak_mb"]
    print(f"60 minutes cost {ratio:.1f} times 10 minutes (6 is even), with {memory:.2f} times the memory")
    print(f"coach --help, best of five: {_start_up():.3f} s (at most 0.2)")


def _row(name: str, row: dict[str, float]) -> None:
    length_s = row["length_s"]
    whole, voices, words = (
        row[key] / length_s for key in ("seconds", "Telling the voices apart", "Writing down the words")
    )
    print(f"{name:<28} {length_s:>6.0f} s {whole:>6.3f} {voices:>7.3f} {words:>6.3f} {row['peak_mb']:>8.0f}")


def _measured(path: Path) -> dict[str, float]:
    """One analysis in a process of its own, so that its memory is its own."""
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks.analyze", str(path)], capture_output=True, text=True, check=True
    )
    row: dict[str, float] = json.loads(done.stdout)
    return row


def _looped(call: Path, path: Path, minutes: int) -> None:
    import numpy as np
    import soundfile

    samples, rate_hz = soundfile.read(call, dtype="int16")
    wanted = minutes * 60 * rate_hz
    soundfile.write(path, np.tile(samples, wanted // len(samples) + 1)[:wanted], rate_hz)


def _start_up() -> float:
    def once() -> float:
        begun = time.perf_counter()
        subprocess.run([sys.executable, "-m", "coach.cli", "--help"], stdout=subprocess.DEVNULL, check=True)
        return time.perf_counter() - begun

    return min(once() for _ in range(5))


def main(path: Path) -> None:
    """Analyse one recording and print how long each stage took. Runs in the child."""
    from coach import app
    from coach.config import Config

    stages: dict[str, list[float]] = {}
    begun = time.perf_counter()

    def progress(stage: str, share: float) -> None:
        stages.setdefault(stage, []).append(time.perf_counter())

    summary = app.analyze(path, config=Config(), recogniser="moonshine", progress=progress)
    row = {stage: times[-1] - times[0] for stage, times in stages.items()}
    peak_kb = max(resource.getrusage(who).ru_maxrss for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    row |= {
        "seconds": time.perf_counter() - begun,
        "length_s": summary.conversation.duration_s,
        "peak_mb": peak_kb / 1024,
    }
    print(json.dumps(row))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
