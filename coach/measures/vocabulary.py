"""What the coach knows of single words when it compares meanings: how common they are, which say nearly the same.

The text stands in prompts/lexicon/common.toml and synonyms.toml; here is the value, and how it is made from tables.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from coach.errors import ContentError
from coach.measures.inflection import noun_forms, verb_forms
from coach.measures.lexicon import Feeling
from coach.measures.tokens import words_of

Phrase = tuple[str, ...]

PERSONS = {
    **dict.fromkeys(("i", "me", "you", "myself", "yourself", "yourselves"), "i"),
    **dict.fromkeys(("my", "mine", "your", "yours"), "my"),
    **dict.fromkeys(("am", "are"), "am"),
    **dict.fromkeys(("was", "were"), "was"),
}
"""Words that turn when another person says them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Groups:
    """The groups of words and phrases, each group a bit. Who speaks does not matter: "my" and "your" are one."""

    words: Mapping[str, int]  # form -> bits
    phrases: Mapping[str, tuple[tuple[Phrase, int], ...]]  # by first word, longest first


@dataclass(frozen=True, slots=True, kw_only=True)
class Vocabulary:
    same: Groups  # nearly the same
    near: Groups  # of one field, or of one family of feelings
    zipf: Mapping[str, float]  # the commonest words, 4 to 7.5; a word that is missing is rarer


def vocabulary_from(
    synonyms: Mapping[str, Any],
    synonyms_place: str,
    common: Mapping[str, Any],
    common_place: str,
    feelings: Mapping[str, Feeling],
) -> Vocabulary:
    """ContentError names file and key of what is missing, unknown or of the wrong type."""
    for table, keys, place in ((synonyms, {"same", "near"}, synonyms_place), (common, {"zipf"}, common_place)):
        for key in sorted(set(table) ^ keys):
            problem = "unknown" if key in table else "missing"
            raise ContentError(f"{place}: the key '{key}' is {problem}; keep to {', '.join(sorted(keys))}.")
    near = [tuple(line.split(",")) for line in _lines(synonyms["near"], synonyms_place, "near")]
    families: dict[str, list[str]] = {}
    for name, feeling in feelings.items():
        families.setdefault(feeling.family, []).append(name)
    return Vocabulary(
        same=_groups(tuple(line.split(",")) for line in _lines(synonyms["same"], synonyms_place, "same")),
        near=_groups([*near, *(tuple(names) for names in families.values())]),
        zipf=_zipf(common["zipf"], common_place),
    )


def neutral(text: str) -> tuple[str, ...]:
    """The words of a text, contractions open, without regard to whether I or you say them."""
    return tuple(PERSONS.get(word, word.removesuffix("'s")) for word in words_of(text).words)


def _lines(value: object, place: str, key: str) -> tuple[str, ...]:
    if not isinstance(value, str) or not value.strip():
        raise ContentError(f"{place}: '{key}' must be a text with one group of words a line.")
    lines = tuple(line.strip() for line in value.splitlines() if line.strip())
    for line in lines:
        if len([entry for entry in line.split(",") if entry.strip()]) < 2:
            raise ContentError(
                f"{place}: '{key}': the group “{line}” holds fewer than two entries; put commas between them."
            )
    return lines


def _groups(groups: Iterable[tuple[str, ...]]) -> Groups:
    words: dict[str, int] = {}
    phrases: dict[Phrase, int] = {}
    for number, entries in enumerate(groups):
        for entry in entries:
            for form in {*verb_forms(entry.strip()), *noun_forms(entry.strip())}:
                phrase = neutral(form)
                if len(phrase) == 1:
                    words[phrase[0]] = words.get(phrase[0], 0) | 1 << number
                elif phrase:
                    phrases[phrase] = phrases.get(phrase, 0) | 1 << number
    by_first: dict[str, list[tuple[Phrase, int]]] = {}
    for phrase, bits in phrases.items():
        by_first.setdefault(phrase[0], []).append((phrase, bits))
    return Groups(
        words=words,
        phrases={first: tuple(sorted(some, key=lambda item: -len(item[0]))) for first, some in by_first.items()},
    )


def _zipf(bands: object, place: str) -> dict[str, float]:
    if not isinstance(bands, Mapping) or not bands:
        raise ContentError(f"{place}: 'zipf' is missing or is no table; write [zipf].")
    found: dict[str, float] = {}
    for band, words in bands.items():
        try:
            zipf = float(band)
        except ValueError:
            raise ContentError(f'{place}: zipf.{band} is no number; write the band as "5.25".') from None
        if not isinstance(words, str):
            raise ContentError(f"{place}: zipf.{band} must be a text of words between spaces.")
        found.update(dict.fromkeys(words.split(), zipf))
    return found
