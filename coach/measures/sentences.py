"""Sentences of a turn, from text with punctuation and from text without.

One recogniser writes "Well, I tried. You never asked!", another "well i tried you never asked". Marks are trusted
where there are some; a long stretch without any is cut where talk usually begins anew: before "and", "but" or "so"
with a subject, and before a subject or question word that follows a word on which sentences end.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import pairwise

_END = re.compile(r"[.!?…]+[\"'”’)\]]*(?=\s|$)|[\n\r]+")
_ABBREVIATION = re.compile(r"(?:^|\s)(?:mr|mrs|ms|dr|st|vs|etc|e\.g|i\.e|a\.m|p\.m|[a-z])\.$", re.IGNORECASE)
_WORD = re.compile(r"\S+")

_LONG = 14  # words: a stretch without marks over this is more than one sentence, more often than not
_LEAST = 4  # words before a cut, so that "and I" after a stumble is not one
_LEAST_AFTER = 3
_LEAST_WHOLE = 6  # words before a comma that may stand for a full stop
_SUBJECTS = frozenset({"i", "you", "we", "he", "she", "they", "i'm", "you're", "we're", "he's", "she's", "they're"})
_SUBORDINATES = frozenset(
    {"if", "when", "whenever", "because", "while", "since", "after", "before", "although", "though", "once", "unless"}
)
_JOINS = frozenset({"and", "but", "so", "or", "then"})
_BEGINNINGS = """
can could did do everybody he he's how i i'll i'm i've if im it it's ive maybe my nobody please she she's thank
thanks that's thats there they they're this we we're what when why would you you'll you're you've your youre"""
_ENDINGS = """
again all already always anymore anyway before done either enough ever here him home lately later me myself now ok
okay once sometimes that's them there though today tomorrow tonight too yeah yesterday yourself"""
_BEGINS, _ENDS = frozenset(_BEGINNINGS.split()), frozenset(_ENDINGS.split())


@dataclass(frozen=True, slots=True, kw_only=True)
class Sentence:
    text: str
    start: int  # characters from the start of the text


def sentences(text: str) -> tuple[str, ...]:
    return tuple(sentence.text for sentence in placed_sentences(text))


def placed_sentences(text: str) -> tuple[Sentence, ...]:
    """The sentences with their places; together they hold every word of the text, in order."""
    found: list[Sentence] = []
    for start, end in _marked(text):
        cuts = [start, *_cuts(text, start, end), end]
        for first, last in pairwise(cuts):
            piece = text[first:last]
            if piece.strip():
                found.append(Sentence(text=piece.strip(), start=first + len(piece) - len(piece.lstrip())))
    return tuple(found)


def _marked(text: str) -> list[tuple[int, int]]:
    spans, start = [], 0
    for mark in _END.finditer(text):
        if mark.group() == "." and _ABBREVIATION.search(text, start, mark.end()):
            continue
        spans.append((start, mark.end()))
        start = mark.end()
    return [*spans, (start, len(text))]


def _cuts(text: str, start: int, end: int) -> list[int]:
    """Where an unmarked stretch begins anew, in characters."""
    raw = [(match.group().lower(), match.start()) for match in _WORD.finditer(text, start, end)]
    words = [(word.strip(",;:"), place) for word, place in raw]
    if len(words) <= _LONG:
        return []
    cuts, last = [], 0
    for at in range(1, len(words) - _LEAST_AFTER + 1):
        word, before = words[at][0], words[at - 1][0]
        joined = word in _JOINS and at + 1 < len(words) and words[at + 1][0] in _BEGINS
        comma = raw[at - 1][0].endswith(",")
        anew = word in _BEGINS and before in _ENDS and not comma
        spliced = comma and _is_whole([word for word, _ in words[last:at]], word)
        if at - last >= _LEAST and (joined or anew or spliced):
            cuts.append(words[at][1])
            last = at
    return cuts


def _is_whole(piece: list[str], following: str) -> bool:
    """A comma after a whole sentence, as recognisers write it: "we would talk first, I feel nervous"."""
    return len(piece) >= _LEAST_WHOLE and following in _SUBJECTS and _SUBORDINATES.isdisjoint(piece)
