"""What recognisers write for a feeling that was said: "your furious", "your heart broken", "must be so said for you".

Mended before an answer is taken apart; and where a feeling must stand, what else the word there may have been.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable

from coach.measures.meaning import sound_of

_YOUR = re.compile(
    r"\byour((?:\s+(?:so|too|very|really|just|still|quite|also|always|a bit|a little|all))*)"
    r"\s+([a-z'’-]+)(?:\s+([a-z'’-]+))?",
    re.IGNORECASE,
)
_NEVER_OWNED = frozenset(
    """
    not so too very really just still quite also always never going trying feeling getting being afraid sorry glad
    able""".split()
)
_AFTER_ADJECTIVE = frozenset(
    """
    and but or because since that about at with for from of to by in on when while as if now then too so again after
    he she it they we you i me what how whether even though this today tonight not""".split()
)
"""No noun: before these "your furious" owns nothing."""
_ANEW = re.compile(
    r"(?<=[a-z'’])(,?)\s+(?=(?:that|this|it)\s+(?:must\s+(?:be|have|feel)|sounds?|seems?)\b|(?:you're|you\s+are|you\s+must\s+be|you\s+feel|you\s+sound)\b)",
    re.IGNORECASE,
)
_JOINS = frozenset(
    """
    and but or so because since that when while as if where who which what how why though although now before after
    until than then unless whether like even think know say said see hear mean sure because you're feel way""".split()
)
_SLOT = re.compile(
    r"\b(?:you(?:'re|’re| are| were| feel| felt| must be| must feel| sound)|(your)|makes? you(?: feel)?"
    r"|made you(?: feel)?|(?:must be|that'?s|it'?s|that is|it is|sounds?)(?: so| really| very))"
    r"(?:\s+(?:so|really|very|just|quite|a|an|bit|little|more|all|pretty|still|both|feeling))*"
    r"\s+([a-z'’]+)(?:\s+([a-z'’]+))?",
    re.IGNORECASE,
)
_LEAST_BEFORE = 4
"""Words that make a sentence of what stands before."""
_LEAST_SOUND = 2
"""Letters of a sound; one consonant is like too many others."""
_LEAST_LETTERS = 3
"""Of a feeling; a shorter one with another sound is another word."""


def mended(text: str, feelings: Collection[str]) -> str:
    """ "your" before a feeling is "you're"; a sentence that runs on gets its stop. `feelings`: single words."""
    return _ANEW.sub(_anew, _YOUR.sub(lambda found: _are(found, feelings), text))


def maybe_felt(text: str) -> tuple[str, ...]:
    """The words that stand where a feeling is looked for, alone and joined with the next one."""
    found: list[str] = []
    for slot in _SLOT.finditer(text):
        word, following = slot.group(2).lower(), (slot.group(3) or "").lower()
        if not slot.group(1) or not following or following in _AFTER_ADJECTIVE:  # "your mother called" feels nothing
            found.extend((word, word + following))
    return tuple(found)


def sounds_like(heard: Iterable[str], names: Iterable[str]) -> str:
    """The first of the names that one of the words may have been, or "": one sound apart, or one letter."""
    names = tuple(names)
    for word in heard:
        for name in names:
            if _near(word, name):
                return name
    return ""


def _are(found: re.Match[str], feelings: Collection[str]) -> str:
    degree, word, following = found.group(1), found.group(2), found.group(3) or ""
    rest = found.group(0)[len("your") :]
    if degree.strip() or word.lower() in _NEVER_OWNED:
        return "you're" + rest
    joined = word.lower() + following.lower()
    if following and joined in feelings:
        return f"you're {joined}"
    if word.lower() in feelings and (not following or following.lower() in _AFTER_ADJECTIVE):
        return "you're" + rest
    return found.group(0)


def _anew(found: re.Match[str]) -> str:
    before = found.string[: found.start()].lower().split()
    joins = before and before[-1].strip(",") in _JOINS
    return found.group(0) if joins or len(before) < _LEAST_BEFORE else ". "


def _near(word: str, name: str) -> bool:
    a, b = sound_of(word), sound_of(name)
    if len(a) <= _LEAST_SOUND or len(b) <= _LEAST_SOUND or abs(len(word) - len(name)) > 2:
        return False
    if abs(int(a[-1]) - int(b[-1])) > 1:
        return False
    if a[:-1] == b[:-1]:
        return True
    return len(name) > _LEAST_LETTERS and a[-1] == b[-1] and _one_apart(a[:-1], b[:-1])


def _one_apart(a: str, b: str) -> bool:
    if len(a) > len(b):
        a, b = b, a
    at = next((place for place, letter in enumerate(a) if letter != b[place]), len(a))
    return a[at + 1 :] == b[at + 1 :] if len(a) == len(b) else len(b) - len(a) == 1 and a[at:] == b[at + 1 :]
