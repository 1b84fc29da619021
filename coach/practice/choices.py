"""Words by which an answer shows a choice, a need, a request or praise: prompts/practice/choices.toml."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from coach.errors import ContentError
from coach.measures.paraphrase_parts import REASONS
from coach.measures.tokens import words_of
from coach.tables import known_keys, texts

KEYS: Mapping[str, tuple[str, ...]] = {
    "choice": ("first", "second", "prefers"),
    "because": (*(reason for reason in REASONS if reason != "too_long"), "better"),
    "asks": ("need", "request"),
    "praise": ("praise", "warm"),
}

Phrases = tuple[tuple[str, ...], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Choices:
    phrases: Mapping[str, Phrases]  # by "choice.first" and the like

    def places(self, key: str, words: tuple[str, ...]) -> list[int]:
        """Where one of the phrases of that key begins."""
        return [
            at
            for at in range(len(words))
            if any(words[at : at + len(phrase)] == phrase for phrase in self.phrases[key])
        ]

    def hold(self, key: str, text: str) -> bool:
        return bool(self.places(key, words_of(text).words))


def choices_from(table: Mapping[str, Any], place: str) -> Choices:
    """ContentError names file and key."""
    known_keys(table, set(KEYS), place)
    found: dict[str, Phrases] = {}
    for part, keys in KEYS.items():
        row = table.get(part)
        if not isinstance(row, Mapping):
            raise ContentError(f"{place}: '{part}' is missing or no table; write [{part}].")
        known_keys(row, set(keys), f"{place}: {part}")
        for key in keys:
            found[f"{part}.{key}"] = tuple(words_of(text).words for text in texts(row, key, f"{place}: {part}"))
    return Choices(phrases=found)


def chosen_reply(text: str, choices: Choices) -> int | None:
    """Which of two replies somebody names: 0 the first, 1 the second; None where that is not clear.

    Of both, the one beside a word of preference: "the second is better, the first gives advice".
    """
    words = words_of(text).words
    named = [
        (at, which) for which, key in enumerate(("choice.first", "choice.second")) for at in choices.places(key, words)
    ]
    if not named:
        return None
    if len({which for _, which in named}) == 1:
        return named[0][1]
    preferred = choices.places("choice.prefers", words)
    if not preferred:
        return min(named)[1]
    _, which = min((min(abs(at - like) for like in preferred), which) for at, which in named)
    return which
