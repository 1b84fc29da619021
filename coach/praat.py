"""Praat TextGrid, long and short form: one interval tier a speaker, speech where an interval has text.

Praat itself reads every free-standing number, quoted string and <flag> in order and passes over the rest; so the
long form ("xmin = 0", "intervals [1]:") and the short one (values only) are the same to it, and to this reader.
Tiers that an aligner names "ann - words" and "ann - phones" are taken as the words of "ann".
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from audio.types import Span, Word
from coach.annotation_values import MOST_ENTRIES, label, ordered, seconds, spread
from coach.conversation import WordTimes
from coach.errors import AnnotationError

TOKEN = re.compile(r'"(?:[^"]|"")*+"|<[^<>\s]*>|![^\n]*|[^\s"]+')
NUMBER = re.compile(r"[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?|[+-]?(?:nan|inf(?:inity)?)", re.IGNORECASE)
SILENT = frozenset({"", "sil", "<sil>", "sp", "spn", "<sp>", "#", "<p:>", "silence", "<silence>"})
UNREAD = "[speech]"
"""Speech of which no words are known, among intervals with words."""
ALIGNED = re.compile(r"(?:^|\s*-\s*)words$", re.IGNORECASE)  # but not the tier of somebody called Swords

Value = tuple[str, int]
"""A number, a string with its quotes, or a flag; and its line."""


def is_textgrid(text: str) -> bool:
    return "ooTextFile" in text[:200]


def textgrid(text: str, name: str) -> tuple[list[Word], list[Span], WordTimes]:
    """Words and spans. Word times are exact where intervals hold one word each, none where all say the same mark."""
    tiers = _Reader(text, name).tiers()
    aligned = {tier: said for tier, said in tiers.items() if ALIGNED.search(tier)}
    if aligned and len(aligned) < len(tiers):
        tiers = aligned
    spans: list[Span] = []
    words: list[Word] = []
    read = 0
    for tier, intervals in tiers.items():
        speaker = re.sub(r"\s*-\s*words$", "", tier, flags=re.IGNORECASE)
        for start_s, end_s, said in intervals:
            spans.append(Span(speaker=speaker, start_s=start_s, end_s=end_s))
            if said.lower() != UNREAD:
                words.extend(spread(said, speaker, [(start_s, end_s)]))
                read += 1
    texts = {said for intervals in tiers.values() for _, _, said in intervals}
    if len(texts) == 1 and len(spans) > 1:
        return [], spans, "none"
    return words, spans, "none" if not words else "exact" if len(words) == read else "estimated"


class _Reader:
    """The values of a TextGrid, taken one by one."""

    def __init__(self, text: str, name: str) -> None:
        self._values = _values(text)
        self._name = name
        self._line = 1
        self._intervals = 0

    def tiers(self) -> dict[str, list[tuple[float, float, str]]]:
        """The spoken intervals of each interval tier."""
        for expected in ("ooTextFile", "TextGrid"):
            found = self._string(f'"{expected}"')
            if found != expected:
                raise self._error(f'{found[:40]!r} where "{expected}" belongs')
        self._time("the start of the grid")
        self._time("the end of the grid")
        self._take("<exists>")
        tiers: dict[str, list[tuple[float, float, str]]] = {}
        for _ in range(self._count("tiers")):
            kind, tier = self._string("the class of a tier"), self._string("the name of a tier")
            self._time("the start of the tier")
            self._time("the end of the tier")
            if kind == "IntervalTier":
                spoken = list(self._spoken())
                if spoken:
                    tiers.setdefault(label(tier, f"{self._name}, line {self._line}"), []).extend(spoken)
            elif kind == "TextTier":
                for _ in range(self._count("points")):
                    self._time("a point")
                    self._string("the mark of a point")
            else:
                raise self._error(f"a tier of class {kind[:40]!r}, where IntervalTier or TextTier belongs")
        return tiers

    def _spoken(self) -> Iterator[tuple[float, float, str]]:
        for _ in range(self._count("intervals")):
            start_s, end_s = self._time("the start of an interval"), self._time("the end of an interval")
            ordered(start_s, end_s, f"{self._name}, line {self._line}")
            text = " ".join(self._string("the text of an interval").split())
            if text.lower() not in SILENT:
                yield start_s, end_s, text

    def _take(self, what: str) -> str:
        value = next(self._values, None)
        if value is None:
            raise self._error(f"ends where {what} should stand")
        text, self._line = value
        return text

    def _string(self, what: str) -> str:
        text = self._take(what)
        if not text.startswith('"'):
            raise self._error(f"{text[:40]!r} where {what} should stand in quotes")
        return text[1:-1].replace('""', '"')

    def _time(self, what: str) -> float:
        return seconds(self._number(what), what, f"{self._name}, line {self._line}")

    def _count(self, what: str) -> int:
        count = self._number(f"the number of {what}")
        if not 0 <= count <= MOST_ENTRIES or count != int(count):
            raise self._error(f"{count:g} {what}; a whole number up to {MOST_ENTRIES} belongs here")
        if what == "intervals":
            self._intervals += int(count)
            if self._intervals > MOST_ENTRIES:
                raise self._error(f"more than {MOST_ENTRIES} intervals")
        return int(count)

    def _number(self, what: str) -> float:
        text = self._take(what)
        if not NUMBER.fullmatch(text):
            raise self._error(f"{text[:40]!r} where {what} should stand")
        return float(text)

    def _error(self, what: str) -> AnnotationError:
        return AnnotationError(f"{self._name}, line {self._line}: {what}; save the TextGrid again from Praat.")


def _values(text: str) -> Iterator[Value]:
    line, counted_to = 1, 0
    for match in TOKEN.finditer(text):
        token = match.group()
        if token[0] == '"' or token[0] == "<" or NUMBER.fullmatch(token):
            line += text.count("\n", counted_to, match.start())
            counted_to = match.start()
            yield token, line
