"""Where a recording holds silence in place of sound that was lost: a list beside the file, one stretch a line.

`recording.lost`:  FIRST_SAMPLE SAMPLES   appended before the silence itself, so that no silence is ever unmarked
"""

from __future__ import annotations

import os
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True, kw_only=True)
class LostStretch:
    first_sample: int
    samples: int

    @property
    def end_sample(self) -> int:
        return self.first_sample + self.samples


LOST = ".lost"


def list_of(recording: Path, kind: str = LOST) -> Path:
    return recording.with_suffix(kind)


def mark(recording: Path, stretch: LostStretch, kind: str = LOST) -> None:
    """Raises OSError."""
    line = f"{stretch.first_sample} {stretch.samples}\n".encode()
    file = os.open(list_of(recording, kind), os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    try:
        if os.write(file, line) < len(line):
            raise OSError("the disk took only a part of it")
        os.fsync(file)
    finally:
        os.close(file)


def lost_stretches(recording: Path, kind: str = LOST) -> tuple[LostStretch, ...]:
    """In order, those that touch made one. No list: nothing was lost."""
    try:
        lines = list_of(recording, kind).read_text(encoding="ascii", errors="replace").split("\n")
    except FileNotFoundError:
        return ()
    found = []
    for line in lines[:-1]:  # what follows the last line break was not written to its end
        with suppress(ValueError):
            first_sample, samples = (int(word) for word in line.split())
            found.append(LostStretch(first_sample=first_sample, samples=samples))
    return merged(found)


def merged(stretches: Iterable[LostStretch]) -> tuple[LostStretch, ...]:
    joined: list[LostStretch] = []
    for stretch in sorted(stretches, key=lambda one: one.first_sample):
        if joined and stretch.first_sample <= joined[-1].end_sample:
            before = joined.pop()
            end_sample = max(before.end_sample, stretch.end_sample)
            stretch = LostStretch(first_sample=before.first_sample, samples=end_sample - before.first_sample)
        joined.append(stretch)
    return tuple(joined)
