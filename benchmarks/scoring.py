"""The shared scorer, run as it stands: eval/score.py VERB TRUTH FOUND [TRUTH FOUND ...]"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from audio.types import Span


def scored(shared: Path, verb: str, *files: Path) -> tuple[list[str], dict[str, Any]]:
    """The scorer's lines a file, and its totals."""
    command = [sys.executable, str(shared / "eval" / "score.py"), verb, *map(str, files)]
    *lines, total = subprocess.run(command, check=True, capture_output=True, text=True).stdout.splitlines()
    return lines, json.loads(total.removeprefix("TOTAL "))


def paired(truth: Iterable[Path], found: Sequence[Path]) -> list[Path]:
    return [path for pair in zip(truth, found, strict=True) for path in pair]


def rttm(name: str, spans: Iterable[Span]) -> str:
    lines = (f"SPEAKER {name} 1 {s.start_s:.3f} {s.duration_s:.3f} <NA> <NA> {s.speaker} <NA> <NA>\n" for s in spans)
    return "".join(lines)
