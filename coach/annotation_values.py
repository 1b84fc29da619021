"""What every format of an annotated conversation has: labels, times, words in stretches; and what is refused."""

from __future__ import annotations

import math
from collections.abc import Sequence

from audio.types import Word
from coach.errors import AnnotationError

MOST_ENTRIES = 1_000_000
MOST_S = 24 * 3600.0
MOST_LABEL = 100


def label(value: object, place: str) -> str:
    """A speaker's name as it was given, if it can be printed."""
    if not isinstance(value, str) or not value.strip() or not value.isprintable() or len(value) > MOST_LABEL:
        raise AnnotationError(f"{place}: the speaker must be a printable name of 1-{MOST_LABEL} characters.")
    return value


def ordered(start_s: float, end_s: float, place: str) -> tuple[float, float]:
    if end_s < start_s:
        raise AnnotationError(f"{place}: ends ({end_s:g} s) before it starts ({start_s:g} s); swap or mend the times.")
    return start_s, end_s


def seconds(value: float, what: str, place: str) -> float:
    """A time of a recording: finite, not negative, within a day."""
    if not math.isfinite(value) or not 0 <= value <= MOST_S:
        raise AnnotationError(f"{place}: {what} is {value:g}; times are seconds from 0 to {MOST_S:g}.")
    return value


def spread(text: str, speaker: str, stretches: Sequence[tuple[float, float]]) -> list[Word]:
    """The words of a text spread evenly over the stretches (by start) in which it was said."""
    texts = text.split()
    total_s = sum(end_s - start_s for start_s, end_s in stretches)
    each_s = total_s / max(1, len(texts))
    found: list[Word] = []
    remaining = iter(stretches)
    at_s, until_s = next(remaining)
    for word in texts:
        start_s, left_s = at_s, each_s
        while left_s > until_s - at_s + 1e-9:
            left_s -= until_s - at_s
            following = next(remaining, None)
            if following is None:
                break
            at_s, until_s = following
        else:
            at_s = min(until_s, at_s + left_s)
        found.append(Word(speaker=speaker, start_s=start_s, end_s=max(start_s, at_s), text=word))
    return found
