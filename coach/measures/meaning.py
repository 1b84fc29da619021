"""How near two utterances are in meaning, from their words. No learned weights; every match can be shown.

Words are aligned, each with its best partner on the other side: the same word in any form, a synonym, a word of one
field, a word that sounds alike (recognisers hear "bass" for "boss"). Rare words weigh more than common ones. A match
between a denied and an undenied word counts less, and so do numbers that differ.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

from coach.measures.stems import stem
from coach.measures.vocabulary import Groups, Vocabulary, neutral
from coach.thresholds import MeaningLimits

_DENIES = frozenset(
    ["not", "never", "no", "nobody", "nothing", "none", "without", "hardly", "barely", "neither", "nor", "cannot"]
)
_NUMBERS = {
    "two": "2", "twice": "2", "three": "3", "four": "4", "five": "5", "six": "6", "seven": "7", "eight": "8",
    "nine": "9", "ten": "10", "eleven": "11", "twelve": "12", "fifteen": "15", "twenty": "20", "thirty": "30",
    "forty": "40", "fifty": "50", "hundred": "100", "thousand": "1000",
}  # fmt: skip
"""Number words as digits; "one" is mostly no number."""


@dataclass(frozen=True, slots=True)
class Item:
    """One word of an utterance as it is compared."""

    word: str
    stem: str
    sound: str  # consonants only, "" for words too common to be misheard into another
    weight: float  # rarity; 0 for the commonest words
    same: int  # bits of the groups of synonyms
    near: int  # bits of the fields
    denied: bool


@dataclass(frozen=True, slots=True)
class Meaning:
    """An utterance ready to be compared."""

    items: tuple[Item, ...]
    numbers: frozenset[str]

    @property
    def weight(self) -> float:
        return sum(item.weight for item in self.items)


def meaning_of(text: str, vocabulary: Vocabulary, limits: MeaningLimits) -> Meaning:
    """Never fails: a text without words has no items."""
    words = neutral(text)
    same, near = _bits(words, vocabulary.same), _bits(words, vocabulary.near)
    inside = _phrase_places(words, vocabulary.same)
    items = []
    for at, word in enumerate(words):
        zipf = max(vocabulary.zipf.get(word, limits.rare_zipf), limits.rare_zipf)
        weight = max(0.0, limits.common_zipf - zipf)
        if not weight:
            continue
        reach = range(max(0, at - limits.denied_words), at)
        denied = any(words[before] in _DENIES and before not in inside for before in reach) and at not in inside
        sound = sound_of(word) if zipf < limits.misheard_zipf else ""
        items.append(Item(word, stem(word), sound, weight, same[at], near[at], denied))
    numbers = frozenset(_NUMBERS.get(word, word) for word in words if word.isdigit() or word in _NUMBERS)
    return Meaning(tuple(items), numbers)


def content_of(meaning: Meaning, without: Collection[str]) -> Meaning:
    """The same utterance with some words left out, as function words and named feelings are."""
    return Meaning(tuple(item for item in meaning.items if item.word not in without), meaning.numbers)


def lightened(meaning: Meaning, words: Collection[str], factor: float) -> Meaning:
    """The same utterance, some of its words weighing less."""
    items = tuple(replace(item, weight=item.weight * factor) if item.word in words else item for item in meaning.items)
    return Meaning(items, meaning.numbers)


def joined(meanings: Iterable[Meaning]) -> Meaning:
    meanings = tuple(meanings)
    return Meaning(
        tuple(item for meaning in meanings for item in meaning.items),
        frozenset(number for meaning in meanings for number in meaning.numbers),
    )


def coverage(whole: Meaning, by: Meaning, limits: MeaningLimits) -> float:
    """How much of the first, by weight, stands in the second: 0 to 1."""
    if not whole.weight:
        return 0.0
    return (
        sum(item.weight * best(item, by, limits)[0] for item in whole.items)
        / whole.weight
        * number_factor(whole, by, limits)
    )


def number_factor(a: Meaning, b: Meaning, limits: MeaningLimits) -> float:
    """Under 1 where both name numbers and none agrees."""
    return limits.other_numbers if a.numbers and b.numbers and not a.numbers & b.numbers else 1.0


def best(item: Item, among: Meaning, limits: MeaningLimits) -> tuple[float, str]:
    """The best match of a word on the other side, 0 to 1, and the word that gave it."""
    found, word = 0.0, ""
    for other in among.items:
        match = _match(item, other, limits)
        if match > found:
            found, word = match, other.word
            if found == 1.0:
                break
    return found, word


def _match(a: Item, b: Item, limits: MeaningLimits) -> float:
    if a.stem == b.stem:
        match = 1.0
    elif a.same & b.same:
        match = limits.synonym
    elif _one_root(a.stem, b.stem, limits):
        match = limits.one_root
    elif a.sound and a.sound == b.sound and spelt_alike(a.word, b.word):
        match = limits.sounds_alike
    elif a.near & b.near:
        match = limits.one_field
    else:
        return 0.0
    return match if a.denied == b.denied else match * limits.denied_factor


def _one_root(a: str, b: str, limits: MeaningLimits) -> bool:
    """ "publish" and "publicat": long words that begin alike."""
    least = limits.root_letters
    return len(a) >= least and len(b) >= least and a[:least] == b[:least]


@lru_cache(maxsize=4096)
def spelt_alike(a: str, b: str) -> bool:
    """One letter apart in a short word, two in a long one: same consonants alone would make "sad" and "stay" one."""
    most = 1 if max(len(a), len(b)) <= 5 else 2
    row = list(range(len(b) + 1))
    for at, letter in enumerate(a, start=1):
        corner, row[0] = row[0], at
        for to, other in enumerate(b, start=1):
            corner, row[to] = row[to], min(row[to] + 1, row[to - 1] + 1, corner + (letter != other))
    return row[-1] <= most


@lru_cache(maxsize=4096)
def sound_of(word: str) -> str:
    """The consonants of a word, those that recognisers confuse made one, and how many vowels."""
    if len(word) < 3 or word.isdigit():
        return ""
    plain = re.sub(r"[^a-z]", "", word)
    for spelled, heard in (
        ("ph", "f"),
        ("gh", ""),
        ("ck", "k"),
        ("wh", "w"),
        ("kn", "n"),
        ("wr", "r"),
        ("tch", "ch"),
        ("dge", "j"),
        ("x", "ks"),
    ):
        plain = plain.replace(spelled, heard)
    plain = plain.translate(str.maketrans("cqzvdg", "kksftk"))
    vowels = len(re.findall(r"[aeiouy]+", plain.removesuffix("e")))
    consonants = re.sub(r"(.)\1+", r"\1", re.sub(r"[aeiouyhw]", "", plain))
    return f"{plain[0] if plain[:1] in 'aeiouyhw' else ''}{consonants}{vowels}" if len(consonants) > 1 else ""


def _bits(words: Sequence[str], groups: Groups) -> list[int]:
    """The groups of every word; a phrase gives its groups to each of its words."""
    bits = [groups.words.get(word, 0) for word in words]
    for first, end, found in _phrases(words, groups):
        for at in range(first, end):
            bits[at] |= found
    return bits


def _phrase_places(words: Sequence[str], groups: Groups) -> frozenset[int]:
    return frozenset(at for first, end, _ in _phrases(words, groups) for at in range(first, end))


def _phrases(words: Sequence[str], groups: Groups) -> list[tuple[int, int, int]]:
    """The longest phrase at each word: first word, past-the-last word, its groups."""
    found = []
    for at, word in enumerate(words):
        for phrase, bits in groups.phrases.get(word, ()):
            if tuple(words[at : at + len(phrase)]) == phrase:
                found.append((at, at + len(phrase), bits))
                break
    return found
