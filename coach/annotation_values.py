"""What every format of an annotated conversation has: labels, times, words in stretches; and what is refused."""

from __future__ import annotations

import math
from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from itertools import accumulate

from audio.types import Word
from coach.errors import AnnotationError

MOST_ENTRIES = 1_000_000
MOST_S = 24 * 3600.0
MOST_LABEL = 100


def label(value: object, place: str) -> str:
    """A speaker's name as it was given, if it can be printed."""
    if not isinstance(value, str) or not value.strip() or not value.isprintable() or len(value) > MOST_LABEL:
        raise AnnotationError(
            f"{place}: the speaker is missing or no name; give a printable one of 1-{MOST_LABEL} characters."
        )
    return value


def ordered(start_s: float, end_s: float, place: str) -> tuple[float, float]:
    if end_s < start_s:
        raise AnnotationError(f"{place}: ends ({end_s:g} s) before it starts ({start_s:g} s); swap or mend the times.")
    return start_s, end_s


def seconds(value: float, what: str, place: str) -> float:
    """A time of a recording: finite, not negative, within a day."""
    if not math.isfinite(value) or not 0 <= value <= MOST_S:
        raise AnnotationError(f"{place}: {what} is {value:g}; give seconds from 0 to {MOST_S:g}.")
    return value


def spread(text: str, speaker: str, stretches: Sequence[tuple[float, float]]) -> list[Word]:
    """The words of a text spread evenly over the stretches (by start) in which it was said."""
    passed_s = list(accumulate(end_s - start_s for start_s, end_s in stretches))

    def clock_s(at: int, spoken_s: float) -> float:
        at = min(at, len(stretches) - 1)
        return stretches[at][1] - max(0.0, passed_s[at] - spoken_s)

    texts = text.split()
    each_s = passed_s[-1] / max(1, len(texts))
    found: list[Word] = []
    for place, word in enumerate(texts):
        from_s, to_s = place * each_s, (place + 1) * each_s
        start_s = clock_s(bisect_right(passed_s, from_s + 1e-9), from_s)
        end_s = clock_s(bisect_left(passed_s, to_s - 1e-9), to_s)
        found.append(Word(speaker=speaker, start_s=start_s, end_s=max(start_s, end_s), text=word))
    return found
