"""What words tell about who has the floor: listening sounds, fillers, laughter, support, unfinished sentences.

The lists stand in prompts/lexicon/cues.toml; here is the value that holds them and how words are matched with it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from audio.types import Word
from coach.errors import ContentError

Phrase = tuple[str, ...]
Phrases = Mapping[str, tuple[Phrase, ...]]
"""Phrases by their first word, longest first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Cues:
    listening: frozenset[str]  # single words of a listener
    listening_phrases: Phrases
    idle: frozenset[str]  # the same and fillers: what adds nothing to a turn
    idle_phrases: Phrases
    laughter: frozenset[str]
    agreeing: Phrases
    asking: Phrases
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
        listening=_words_of(lists["back_channels"]),
        listening_phrases=_by_first(lists["back_channel_phrases"]),
        idle=_words_of(lists["back_channels"] + lists["fillers"]),
        idle_phrases=_by_first(lists["back_channel_phrases"] + lists["filler_phrases"]),
        laughter=_words_of(lists["laughter"]),
        agreeing=_by_first(lists["agreeing"]),
        asking=_by_first(lists["asking"]),
        unfinished=_words_of(lists["unfinished"]),
    )


def normal(text: str) -> str:
    """A word as it is compared: lower case, no punctuation around it, no hyphen, a straight apostrophe."""
    return text.lower().replace("\u2019", "'").replace("-", "").strip(".,;:!?\"'()[]{}<>\u2026 ")


@lru_cache(maxsize=4096)  # a conversation has few different words
def _pieces(text: str) -> tuple[str, ...]:
    return tuple(word for word in map(normal, text.split()) if word)


def tokens(words: Iterable[Word], cues: Cues) -> list[str]:
    """The words to compare, laughter and bare punctuation left out. A text of several words is taken apart."""
    laughter = cues.laughter
    return [piece for word in words for piece in _pieces(word.text) if piece not in laughter]


def beyond_idle(words: Sequence[str], cues: Cues) -> Iterator[int]:
    """The positions of the words that are no listening sound and no filler, alone or as part of a phrase."""
    return _unlisted(words, cues.idle, cues.idle_phrases)


def beyond_listening(words: Sequence[str], cues: Cues) -> Iterator[int]:
    """The positions of the words that are no listening sound. "Well", "and", "um" are: with them a turn begins."""
    return _unlisted(words, cues.listening, cues.listening_phrases)


def _unlisted(words: Sequence[str], single: frozenset[str], phrases: Phrases) -> Iterator[int]:
    at = 0
    while at < len(words):
        length = _phrase_length(words, at, phrases) if words[at] in phrases else 0
        if not length and words[at] not in single:
            yield at
        at += length or 1


def begins_with(words: Sequence[str], phrases: Phrases) -> bool:
    return bool(words) and _phrase_length(words, 0, phrases) > 0


def _phrase_length(words: Sequence[str], at: int, phrases: Phrases) -> int:
    for phrase in phrases.get(words[at], ()):
        if tuple(words[at : at + len(phrase)]) == phrase:
            return len(phrase)
    return 0


def _words_of(texts: Iterable[str]) -> frozenset[str]:
    return frozenset(normal(text) for text in texts)


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
        if not normal(word):
            raise ContentError(f"{place}: '{key}' holds {word!r}, which has no letters; write it as it is said.")
    return value
