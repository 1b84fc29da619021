"""From frames that are speech or not to spans, by the definition of a span (MEASURES 1).

frames  1111 1111111   1     111111
spans   [----------]         [----]      a short silence is filled, a click is dropped
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

from audio.types import Span

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    Mask = npt.NDArray[np.bool_]

FRAME_S = 0.01
"""The grid of everything that is decided about who speaks when."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SpanLimits:
    silence_within_s: float = 0.18  # shorter silences may be a stop closure (Heldner & Edlund 2010)
    least_s: float = 0.12  # shorter activity is a click, not speech


def frames(seconds: float) -> int:
    return round(seconds / FRAME_S)


def runs(mask: Mask) -> list[tuple[int, int]]:
    """First frame and frame after the last of each stretch of True."""
    import numpy as np

    padded = np.concatenate([[False], mask, [False]]).astype(np.int8)
    edges = np.flatnonzero(np.diff(padded)).reshape(-1, 2)
    return [(int(start), int(end)) for start, end in edges]


def tidy(mask: Mask, limits: SpanLimits) -> Mask:
    """Short silences inside speech filled, then short speech dropped."""
    tidied = mask.copy()
    for (_, end), (start, _) in pairwise(runs(mask)):
        if start - end < frames(limits.silence_within_s):
            tidied[end:start] = True
    for start, end in runs(tidied):
        if end - start < frames(limits.least_s):
            tidied[start:end] = False
    return tidied


def spans_of(speaker: str, mask: Mask, probability: Callable[[int, int], float]) -> list[Span]:
    """The stretches of `mask` as spans; `probability(start, end)` is asked for frames."""
    return [
        Span(
            speaker=speaker,
            start_s=round(start * FRAME_S, 3),
            end_s=round(end * FRAME_S, 3),
            probability=probability(start, end),
        )
        for start, end in runs(mask)
    ]


def in_order(*groups: list[Span]) -> tuple[Span, ...]:
    return tuple(sorted((span for group in groups for span in group), key=lambda span: (span.start_s, span.speaker)))
