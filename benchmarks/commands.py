"""Hands-free commands through the embedded recogniser: how many are understood, and what ordinary talk triggers.

python -m benchmarks.commands FOLDER     the folder with data/conversations (or COACH_SHARED, or ../shared)
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from audio.readings import readings
from audio.types import RATE_HZ, Clip, Transcriber
from coach import content
from coach.session.commands import ANSWERS, NAMES, command_in, number_in
from coach.thresholds import CommandLimits

if TYPE_CHECKING:
    from audio.types import Samples

VOICES = (("flite", "slt"), ("flite", "rms"), ("espeak-ng", "en-us"), ("espeak-ng", "en-gb+f3"))
OTHER_VOICES = (("flite", "awb"), ("flite", "kal16"), ("espeak-ng", "en-us+f2"), ("espeak-ng", "en-gb-x-rp+m3"))
NOISES = {"quiet": 0.001, "in noise": 0.003}
"""Of white noise, beside speech with a peak of 0.3: 50 and 40 dB below it."""
AROUND_S = 0.3
WITHIN_S = 0.7
"""Own silence within an utterance, as the live end-pointing has it."""


def run(shared: Path) -> None:
    from audio.transcribe import Moonshine

    recogniser = Moonshine()
    for title, voices in (("four voices", VOICES), ("four other voices", OTHER_VOICES)):
        if all(shutil.which(engine) for engine, _ in voices):
            _understood(title, voices, recogniser)
        else:
            print(f"{title}: left out, they need flite and espeak-ng: apt-get install -y flite espeak-ng")
    _triggered(shared / "data" / "conversations", recogniser)


def _understood(title: str, voices: tuple[tuple[str, str], ...], recogniser: Transcriber) -> None:
    grammar, limits = content.commands(), CommandLimits()
    said = {grammar.commands[name].teaches: name for name in NAMES}
    print(f"{title}: {', '.join(' '.join(voice) for voice in voices)}")
    for condition, noise in NOISES.items():
        first, any_of = [], []
        for engine, voice in voices:
            for phrase, name in said.items():
                texts = _heard(recogniser, engine, voice, phrase, noise)
                told = f"{voice}: {phrase} -> {' | '.join(texts)}"
                if command_in(texts[:1], NAMES, grammar, limits) != name:
                    first.append(told)
                if (found := command_in(texts, NAMES, grammar, limits)) != name:
                    any_of.append(f"{told} ({found})")
        _tell(f"ten commands, {condition}, one reading", len(said) * len(voices), first, names=False)
        _tell(f"ten commands, {condition}", len(said) * len(voices), any_of)
    words = {value: word for word, value in reversed(grammar.numbers.items())}
    for lead in ("number ", ""):
        missed = []
        for engine, voice in voices:
            for number, word in words.items():
                texts = _heard(recogniser, engine, voice, lead + word, NOISES["quiet"])
                found_number = number_in(texts, grammar, limits)
                if found_number != number:
                    missed.append(f"{voice}: {lead}{word} -> {' | '.join(texts)} ({found_number})")
        _tell(f"numbers 0-10, said as '{lead}seven'", len(words) * len(voices), missed)


def _tell(what: str, count: int, missed: list[str], *, names: bool = True) -> None:
    print(f"  {what:40} {count - len(missed)} of {count} ({1 - len(missed) / count:.1%})")
    for line in missed if names else ():
        print(f"      {line}")


def _heard(recogniser: Transcriber, engine: str, voice: str, phrase: str, noise: float) -> list[str]:
    import numpy as np
    import soundfile
    import soxr

    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "said.wav"
        flite = ["flite", "-voice", voice, "-t", phrase, "-o", str(path)]
        espeak = ["espeak-ng", "-v", voice, "-w", str(path), phrase]
        subprocess.run(flite if engine == "flite" else espeak, check=True)
        samples, rate_hz = soundfile.read(path, dtype="float32")
    samples = soxr.resample(samples, rate_hz, RATE_HZ)
    samples = np.pad(samples / np.abs(samples).max() * 0.3, round(AROUND_S * RATE_HZ))
    samples += np.random.default_rng(1).normal(0, noise, len(samples))
    return list(readings(Clip(samples=samples.astype(np.float32)), recogniser))


def _triggered(folder: Path, recogniser: Transcriber) -> None:
    """Commands that act at any time; yes, no and numbers count only where the coach has asked."""
    grammar, limits = content.commands(), CommandLimits()
    acting = [name for name in NAMES if name not in ANSWERS]
    count = 0
    false: list[str] = []
    for sound, truth in _recordings(folder):
        for samples in _utterances(sound, truth):
            count += 1
            if len(samples) > limits.longest_s * RATE_HZ:
                continue
            texts = list(readings(Clip(samples=samples), recogniser))
            if name := command_in(texts, acting, grammar, limits):
                false.append(f"{name} <- {' | '.join(texts)}")
    print(f"ordinary talk: {count} utterances of {folder.name}, {len(false)} false triggers")
    for line in false:
        print(f"      {line}")


def _recordings(folder: Path) -> Iterator[tuple[Path, Path]]:
    for truth in sorted(folder.glob("*.rttm")):
        names = (f"{truth.stem}{end}" for end in (".stereo.flac", ".mono.flac", ".wav"))
        yield next(folder / name for name in names if (folder / name).is_file()), truth


def _utterances(sound: Path, truth: Path) -> Iterator[Samples]:
    """Each utterance of each speaker, from their own channel where they have one."""
    import soundfile
    import soxr

    samples, rate_hz = soundfile.read(sound, dtype="float32", always_2d=True)
    rows = [line.split() for line in truth.read_text().splitlines() if line.startswith("SPEAKER")]
    spans = sorted((row[7], float(row[3]), float(row[3]) + float(row[4])) for row in rows)
    joined: list[tuple[str, float, float]] = []
    for speaker, start_s, end_s in spans:
        if joined and joined[-1][0] == speaker and start_s - joined[-1][2] < WITHIN_S:
            joined[-1] = (speaker, joined[-1][1], end_s)
        else:
            joined.append((speaker, start_s, end_s))
    for _, start_s, end_s in joined:
        piece = samples[max(0, round((start_s - 0.15) * rate_hz)) : round((end_s + 0.15) * rate_hz)]
        channel = int((piece**2).sum(axis=0).argmax())  # the speaker's own is the louder one
        yield soxr.resample(piece[:, channel], rate_hz, RATE_HZ)


if __name__ == "__main__":
    run(Path(sys.argv[1] if len(sys.argv) > 1 else os.environ.get("COACH_SHARED", "../shared")))
