"""Mutated and truncated inputs of every kind: only our own errors, in bounded time and memory.

The short run is part of the suite. The long one: FUZZ_COUNT=20000 python -m pytest -m slow tests/test_fuzz.py
Each input can be read again alone: python -m tests.fuzzing KIND NUMBER 1 FOLDER
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import soundfile

from tests import fuzzing
from tests.parts import need

DEMO = Path(__file__).parent.parent / "fixtures" / "demo.flac"
SHORT_COUNT = 500
LONG_COUNT = int(os.environ.get("FUZZ_COUNT", "20000"))
MOST_MB = 1024
TABLES_SHARE = 0.2  # of the inputs; sounds and annotations, which come from outside, get the rest in halves


@pytest.fixture(scope="session")
def sounds(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Four seconds of the demo conversation in every format."""
    folder = tmp_path_factory.mktemp("sounds")
    sound, rate_hz = soundfile.read(DEMO, start=3 * 16_000, stop=7 * 16_000)
    for kind in ("wav", "flac", "mp3", "ogg"):
        soundfile.write(folder / f"a.{kind}", sound, rate_hz)
    soundfile.write(folder / "a.opus", sound, rate_hz, format="OGG", subtype="OPUS")
    command = [need("ffmpeg"), "-loglevel", "error", "-i", str(folder / "a.wav"), "-c:a", "aac", str(folder / "a.m4a")]
    subprocess.run(command, check=True, timeout=60)
    return folder


def counts(total: int) -> dict[str, int]:
    """How many inputs of each kind."""
    tables = (*fuzzing.TABLES, "config")
    each = {kind: round(total * TABLES_SHARE / len(tables)) for kind in tables}
    rest = total - sum(each.values())
    each |= {kind: rest // 2 // len(fuzzing.SOUNDS) for kind in fuzzing.SOUNDS}
    each |= {kind: rest // 2 // len(fuzzing.ANNOTATIONS) for kind in fuzzing.ANNOTATIONS}
    each["summary.json"] += total - sum(each.values())
    return each


def check(kind: str, first: int, count: int, folder: Path) -> dict[str, Any]:
    result = subprocess.run(
        [sys.executable, "-m", "tests.fuzzing", kind, str(first), str(count), str(folder)],
        capture_output=True, text=True, cwd=DEMO.parent.parent,
    )  # fmt: skip
    assert result.returncode == 0, f"the reader died of: {result.stderr[-2000:]}"
    told: dict[str, Any] = json.loads(result.stdout)
    assert told["failures"] == []
    assert told["tried"] == count
    assert told["refused"] > 0, "the mutations harm nothing"
    assert told["peak_mb"] < MOST_MB
    return told


def test_the_short_run_has_its_number() -> None:
    assert sum(counts(SHORT_COUNT).values()) == SHORT_COUNT
    assert sum(counts(LONG_COUNT).values()) == LONG_COUNT


@pytest.mark.parametrize("kind", counts(SHORT_COUNT))
def test_mutated_input(kind: str, sounds: Path) -> None:
    check(kind, 0, counts(SHORT_COUNT)[kind], sounds)


@pytest.mark.slow
@pytest.mark.parametrize("kind", counts(LONG_COUNT))
def test_much_mutated_input(kind: str, sounds: Path) -> None:
    told = check(kind, 100_000, counts(LONG_COUNT)[kind], sounds)
    sys.stdout.write(f"{told}\n")
