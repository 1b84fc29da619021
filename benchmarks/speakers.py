"""Who speaks when, measured on the shared recordings: error, pauses, speed, memory.

    python -m benchmarks.speakers [SHARED] [--long]

SHARED is the folder that holds data/ and eval/; else COACH_SHARED, else ../shared beside the project.
"""

from __future__ import annotations

import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
import soundfile
import soxr

from audio.speakers import tracker
from audio.types import RATE_HZ, Frame, Voices

CALLS = ("MUL1423", "SNG0072", "SNG0480")
BLOCK = 8_000


def main() -> int:
    given = [argument for argument in sys.argv[1:] if not argument.startswith("--")]
    shared = Path(given[0] if given else os.environ.get("COACH_SHARED", Path(__file__).parents[2] / "shared"))
    if not (shared / "data").is_dir():
        print(f"The shared recordings are not in {shared}: give their folder as argument, or as COACH_SHARED.")
        return 1
    talks = shared / "data/conversations"
    mono = {talks / f"{name}.mono.flac": talks / f"{name}.rttm" for name in (*CALLS, "dev00")}
    stereo = {talks / f"{name}.stereo.flac": talks / f"{name}.rttm" for name in CALLS}
    clips = {path.with_suffix(".flac"): path for path in sorted((shared / "data/speech").glob("*.csv"))}
    for title, verb, files in (
        ("four mixed recordings", "speakers", mono),
        ("katiesteve", "speakers", {talks / "katiesteve.wav": talks / "katiesteve.rttm"}),
        ("one speaker a channel", "speakers", stereo),
        ("speech and pauses", "speech", clips),
    ):
        score(shared, title, verb, files)
    if "--long" in sys.argv:
        sound = read(next(iter(mono)))
        for minutes in (10, 60):
            looped = np.resize(sound, (minutes * 60 * RATE_HZ, 1))
            _, rtf = listen(looped)
            peak_mb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
            print(f"{minutes} min: RTF {rtf:.3f}, peak {peak_mb - looped.nbytes / 2**20:.0f} MB without the sound")
    return 0


def score(shared: Path, title: str, verb: str, files: dict[Path, Path]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        arguments = []
        spent = lasted = 0.0
        for path, truth in files.items():
            sound = read(path)
            voices, rtf = listen(sound)
            spent += rtf * len(sound)
            lasted += len(sound)
            written = Path(folder) / f"{path.stem}.rttm"
            written.write_text(rttm(path.stem, voices))
            arguments += [str(truth), str(written)]
        result = subprocess.run(
            [sys.executable, str(shared / "eval/score.py"), verb, *arguments],
            capture_output=True,
            text=True,
            check=True,
        )
    *lines, total = result.stdout.splitlines()
    print(f"\n{title}: RTF {spent / lasted:.3f}")
    if verb == "speakers":
        print("\n".join(line.rsplit("/", 1)[-1] for line in lines))
    figures = json.loads(total.removeprefix("TOTAL "))
    print({name: round(value, 4) for name, value in figures.items() if isinstance(value, int | float)})


def listen(sound: np.ndarray) -> tuple[Voices, float]:
    listener = tracker()
    started = time.perf_counter()
    for first in range(0, len(sound), BLOCK):
        listener.feed(Frame(first_sample=first, samples=sound[first : first + BLOCK]))
    voices = listener.voices()
    return voices, (time.perf_counter() - started) * RATE_HZ / len(sound)


def read(path: Path) -> np.ndarray:
    samples, rate_hz = soundfile.read(path, dtype="float32", always_2d=True)
    resampled: np.ndarray = samples if rate_hz == RATE_HZ else soxr.resample(samples, rate_hz, RATE_HZ)
    return resampled


def rttm(name: str, voices: Voices) -> str:
    return "".join(
        f"SPEAKER {name} 1 {span.start_s:.3f} {span.duration_s:.3f} <NA> <NA> {span.speaker} <NA> <NA>\n"
        for span in voices.spans
    )


if __name__ == "__main__":
    sys.exit(main())
