"""A conversation as facts: who spoke when, and which words. Everything else is computed from it.

    spans   A ====  ===    =====          one voice, no silence of 180 ms or more
            B          ==          ====
    turns   A [---------------]           own spans over own silences under 1.5 s, while the other
            B                     [---]   did not take the floor in between
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from audio.types import Span, Word

WordTimes = Literal["exact", "estimated", "none"]


@dataclass(frozen=True, slots=True, kw_only=True)
class HeldFloor:
    """A stretch in which the coach had given the floor to one person."""

    speaker: str
    start_s: float
    end_s: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Conversation:
    """What was heard. Spans by start; spans of two speakers may overlap, spans of one do not."""

    id: str
    duration_s: float
    speakers: tuple[str, ...]  # ids in order of first speech
    speech: tuple[Span, ...]
    words: tuple[Word, ...] = ()
    word_times: WordTimes = "none"  # estimated: spread evenly over the piece that was recognised
    held: tuple[HeldFloor, ...] = ()
    coach: tuple[Span, ...] = ()  # while the coach itself spoke: left out of every measure


@dataclass(frozen=True, slots=True, kw_only=True)
class Turn:
    index: int
    speaker: str
    start_s: float
    end_s: float
    spans: tuple[Span, ...]
    words: tuple[Word, ...] = ()

    @property
    def text(self) -> str:
        return " ".join(word.text for word in self.words)
