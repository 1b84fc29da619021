"""The words of each stretch of speech: what a tier or a caption shows while it is heard."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator

from audio.types import Span, Word
from coach.conversation import Turn


def utterances(turn: Turn) -> Iterator[tuple[Span, tuple[Word, ...]]]:
    """Each span of a turn with its words: a word belongs to the last span that began before its middle."""
    starts_s = [span.start_s for span in turn.spans]
    words: list[list[Word]] = [[] for _ in turn.spans]
    for word in turn.words:
        words[max(0, bisect_right(starts_s, (word.start_s + word.end_s) / 2) - 1)].append(word)
    for span, said in zip(turn.spans, words, strict=True):
        yield span, tuple(said)
