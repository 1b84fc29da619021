"""What words tell about who has the floor: listening sounds, fillers, laughter, support, unfinished sentences.

The lists stand in prompts/lexicon/cues.toml; here is the value that holds them and how words are matched with it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from coach.errors import ContentError

Phrase = tuple[str, ...]
Phrases = Mapping[str, tuple[Phrase, ...]]
"""Phrases by their first word, longest first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Cues:
    back_channels: frozenset[str]
    laughter: frozenset[str]
    back_channel_phrases: Phrases
    filler_phrases: Phrases
    agreeing: Phrases
    asking: Phrases
    fillers: frozenset[str]
    unfinished: frozenset[str]


KEYS = (
    "back_channels",
    "back_channel_phrases",
    "fillers",
    "filler_phrases",
    "laughter",
    "agreeing",
    "asking",
    "unfinished",
)


def cues_from(table: Mapping[str, object], place: str = "prompts/lexicon/cues.toml") -> Cues:
    """The cues of a parsed TOML table. ContentError where a key is missing, unknown or no list of words."""
    for key in sorted(set(table) - set(KEYS)):
        raise ContentError(f"{place}: the key '{key}' is unknown; keep to {', '.join(KEYS)}.")
    lists = {key: _words(table, key, place) for key in KEYS}
    return Cues(
        back_channels=frozenset(normal(word) for word in lists["back_channels"]),
        laughter=frozenset(lists["laughter"]),
        back_channel_phrases=_by_first(lists["back_channel_phrases"]),
        filler_phrases=_by_first(lists["filler_phrases"]),
        agreeing=_by_first(lists["agreeing"]),
        asking=_by_first(lists["asking"]),
        fillers=frozenset(normal(word) for word in lists["fillers"]),
        unfinished=frozenset(normal(word) for word in lists["unfinished"]),
    )


def normal(text: str) -> str:
    """A word as it is compared: lower case, no punctuation around it, no hyphen, a straight apostrophe."""
    return text.lower().replace("\u2019", "'").replace("-", "").strip(".,;:!?\"'()[]{}<>\u2026 ")


def tokens(texts: Iterable[str], cues: Cues) -> tuple[str, ...]:
    """The words to compare, laughter and bare punctuation left out. A text of several words is taken apart."""
    pieces = (piece for text in texts for piece in text.split() if piece.lower() not in cues.laughter)
    return tuple(word for word in map(normal, pieces) if word)


def others(words: Sequence[str], cues: Cues) -> Iterator[int]:
    """The positions of the words that are no listening sound and no filler, alone or as part of a phrase."""
    fillers = set(_unlisted(words, cues.fillers, cues.filler_phrases))
    return (at for at in beyond_listening(words, cues) if at in fillers)


def beyond_listening(words: Sequence[str], cues: Cues) -> Iterator[int]:
    """The positions of the words that are no listening sound. "Well", "and", "um" are: with them a turn begins."""
    return _unlisted(words, cues.back_channels, cues.back_channel_phrases)


def _unlisted(words: Sequence[str], single: frozenset[str], phrases: Phrases) -> Iterator[int]:
    at = 0
    while at < len(words):
        length = _phrase_length(words, at, phrases) or (words[at] in single)
        if not length:
            yield at
        at += length or 1


def begins_with(words: Sequence[str], phrases: Phrases) -> bool:
    return _phrase_length(words, 0, phrases) > 0


def _phrase_length(words: Sequence[str], at: int, phrases: Phrases) -> int:
    if at >= len(words):
        return 0
    for phrase in phrases.get(words[at], ()):
        if tuple(words[at : at + len(phrase)]) == phrase:
            return len(phrase)
    return 0


def _by_first(texts: Iterable[str]) -> Phrases:
    found: dict[str, set[Phrase]] = {}
    for text in texts:
        phrase = tuple(normal(word) for word in text.split())
        found.setdefault(phrase[0], set()).add(phrase)
    return {first: tuple(sorted(some, key=lambda phrase: (-len(phrase), phrase))) for first, some in found.items()}


def _words(table: Mapping[str, object], key: str, place: str) -> list[str]:
    value = table.get(key)
    if not isinstance(value, list) or not value:
        raise ContentError(f"{place}: '{key}' is missing or is no list; give it a list of words.")
    for word in value:
        if not isinstance(word, str) or not word.strip():
            raise ContentError(f"{place}: '{key}' holds {word!r}; every entry must be a word or a phrase in quotes.")
        if not normal(word) and key != "laughter":
            raise ContentError(f"{place}: '{key}' holds {word!r}, which has no letters; write it as it is said.")
    return value
