"""A sentence as words that rules can match: lower case, contractions opened, stumbles left out.

    "Uh, you you don't even listen!"  ->  you do not even listen

Each word keeps its place in the text, so that a rule can quote what was really said. Recognised text has no
apostrophes or punctuation in places: "dont", "youre" and "im" open like "don't", "you're" and "I'm".
"""

from __future__ import annotations

import re
from dataclasses import dataclass

_PIECE = re.compile(r"[a-z0-9]+(?:['’][a-z]+)*|[^\sa-z0-9'’]+")

_ENDINGS = {"re": "are", "m": "am", "ve": "have", "ll": "will", "d": "would"}
_BEFORE_IS = """
everyone everything he here how it nothing she that there this what when where who why"""
_IS_AFTER = frozenset(_BEFORE_IS.split())
_WHOLE = {
    "can't": "can not", "won't": "will not", "shan't": "shall not", "ain't": "is not", "let's": "let us",
    "y'all": "you all", "o'clock": "o'clock", "c'mon": "come on", "'cause": "because", "cannot": "can not",
    "im": "i am", "ive": "i have", "youre": "you are", "youve": "you have", "youll": "you will", "youd": "you would",
    "theyre": "they are", "theyve": "they have", "thats": "that is", "whats": "what is", "whos": "who is",
    "hes": "he is", "shes": "she is", "itd": "it would", "itll": "it will", "weve": "we have", "lets": "let us",
    "cant": "can not", "wont": "will not", "dont": "do not", "doesnt": "does not", "didnt": "did not",
    "isnt": "is not", "arent": "are not", "wasnt": "was not", "werent": "were not", "havent": "have not",
    "hasnt": "has not", "hadnt": "had not", "couldnt": "could not", "wouldnt": "would not",
    "shouldnt": "should not", "mustnt": "must not", "neednt": "need not", "aint": "is not",
    "gonna": "going to", "wanna": "want to", "gotta": "got to", "lemme": "let me", "gimme": "give me",
    "kinda": "kind of", "sorta": "sort of", "cuz": "because", "coz": "because", "u": "you", "ur": "your",
    "pls": "please", "plz": "please", "thx": "thanks", "ty": "thank you", "wtf": "what the fuck",
    "shoulda": "should have", "coulda": "could have", "woulda": "would have", "outta": "out of",
    "dunno": "do not know", "yall": "you all", "goin": "going", "bc": "because",
}  # fmt: skip
_WOULD_AFTER_ID = frozenset({"like", "love", "appreciate", "rather", "prefer", "be", "feel", "want"})
_STUMBLES = frozenset({"uh", "um", "er", "erm", "uhm", "hm", "hmm", "ah", "eh", "mm"})
_AFTER_KNOWING = """
about as better damn everything exactly full her him how i if it me more nothing perfectly that the them this too us
very well what when where who why"""
_KNOWN_AFTER = frozenset(_AFTER_KNOWING.split())
"""After these "you know" says something; elsewhere it fills time."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Words:
    """The words of one sentence, and where each stands in the text."""

    text: str
    words: tuple[str, ...]
    places: tuple[tuple[int, int], ...]  # first and past-the-last character of each word
    after_break: frozenset[int]  # words that follow punctuation
    asks: bool  # ends with a question mark

    def quote(self, start: int, end: int) -> str:
        """The text under words start..end, as it was said."""
        return self.text[self.places[start][0] : self.places[end - 1][1]] if start < end else ""


def words_of(text: str) -> Words:
    """Never fails: text without words gives none."""
    found: list[tuple[str, int, int]] = []
    breaks: set[int] = set()
    pieces = list(_PIECE.finditer(text.lower()))
    for number, piece in enumerate(pieces):
        raw = piece.group().replace("’", "'")
        if not raw[0].isalnum():
            breaks.add(len(found))
            continue
        if raw in _STUMBLES:
            continue
        following = pieces[number + 1].group() if number + 1 < len(pieces) else ""
        found.extend((word, piece.start(), piece.end()) for word in _opened(raw, following))
    keep = _fluent([word for word, _, _ in found], breaks)
    return Words(
        text=text,
        words=tuple(found[i][0] for i in keep),
        places=tuple((found[i][1], found[i][2]) for i in keep),
        after_break=frozenset(
            new for new, old in enumerate(keep) if old in breaks or _broken_before(old, keep, new, breaks)
        ),
        asks=text.rstrip().rstrip("\"'”)").endswith("?"),
    )


def _broken_before(old: int, keep: list[int], new: int, breaks: set[int]) -> bool:
    """A break before a word that was left out belongs to the next one that was kept."""
    before = keep[new - 1] if new else -1
    return any(place in breaks for place in range(before + 1, old))


def _opened(raw: str, following: str) -> list[str]:
    if raw in _WHOLE:
        return _WHOLE[raw].split()
    if raw == "id" and following in _WOULD_AFTER_ID:
        return ["i", "would"]
    stem, mark, ending = raw.rpartition("'")
    if not mark:
        return [raw]
    if ending == "t" and stem.endswith("n"):
        return [stem[:-1], "not"]
    if ending in _ENDINGS:
        return [stem, _ENDINGS[ending]]
    if ending == "s" and stem in _IS_AFTER:
        return [stem, "is"]
    return [raw]


def _fluent(words: list[str], breaks: set[int]) -> list[int]:
    """Which words stay when repeats ("if I, if I") and the filler "you know" are left out."""
    keep: list[int] = []
    at = 0
    while at < len(words):
        repeat = _repeat(words, at)
        if repeat:
            at += repeat
        elif words[at : at + 2] == ["you", "know"] and _is_filler(words, at, breaks):
            at += 2
        else:
            keep.append(at)
            at += 1
    return keep


def _repeat(words: list[str], at: int) -> int:
    """How many words stand here twice in a row; the "you" before "you know" is no stumble."""
    for count in (3, 2, 1):
        again = words[at + count : at + 2 * count]
        if words[at : at + count] == again and words[at + count : at + count + 2] != ["you", "know"]:
            return count
    return 0


def _is_filler(words: list[str], at: int, breaks: set[int]) -> bool:
    if at and words[at - 1] in ("do", "did", "as", "if", "would", "let", "when", "what", "not", "think", "thought"):
        return False
    if at + 2 >= len(words) or at + 2 in breaks:
        return True
    return words[at + 2] not in _KNOWN_AFTER
