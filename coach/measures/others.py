"""Whether an answer is about this statement rather than about any other: its contact with each, compared.

Words that many statements share ("day", "home") are weak evidence. An answer in quite other words still meets its own
statement in more ways than any other one; a good answer to something else does not.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from coach.measures.meaning import Item, Meaning, spelt_alike
from coach.thresholds import MeaningLimits

_LEAST_RARITY = 0.2
"""A word that every statement holds still counts a little."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Matter:
    """All that a statement speaks of, ready to be met by single words."""

    text: str  # the statement itself, to tell one from another
    stems: frozenset[str]
    roots: frozenset[str]  # beginnings of long stems
    sounds: Mapping[str, tuple[str, ...]]  # the words that sound so
    same: int  # bits of groups of synonyms
    near: int  # bits of fields


@dataclass(frozen=True, slots=True, kw_only=True)
class Others:
    """Statements to compare with."""

    matters: tuple[Matter, ...] = ()
    rarity: Mapping[str, float]  # by stem, 0-1: how few of the statements hold it


def matter_of(text: str, meaning: Meaning, limits: MeaningLimits) -> Matter:
    sounds: dict[str, tuple[str, ...]] = {}
    same = near = 0
    for item in meaning.items:
        same, near = same | item.same, near | item.near
        if item.sound:
            sounds[item.sound] = (*sounds.get(item.sound, ()), item.word)
    stems = frozenset(item.stem for item in meaning.items)
    roots = frozenset(stem[: limits.root_letters] for stem in stems if len(stem) >= limits.root_letters)
    return Matter(text=text, stems=stems, roots=roots, sounds=sounds, same=same, near=near)


def others_of(matters: Iterable[Matter]) -> Others:
    matters = tuple(matters)
    held = Counter(stem for matter in matters for stem in matter.stems)
    whole = math.log(max(2, len(matters)))
    rarity = {stem: max(_LEAST_RARITY, 1 - math.log(1 + count) / whole) for stem, count in held.items()}
    return Others(matters=matters, rarity=rarity)


def contact(back: Meaning, matter: Matter, others: Others, limits: MeaningLimits) -> float:
    """How much of the answer, by weight and rarity, the statement meets. 0 and more, no upper end."""
    return sum(item.weight * others.rarity.get(item.stem, 1.0) * _met(item, matter, limits) for item in back.items)


def relation(back: Meaning, matter: Matter, others: Others, limits: MeaningLimits) -> tuple[float, float]:
    """The contact with this statement, and its ratio to the strongest contact with another one."""
    own = contact(back, matter, others, limits)
    most = max((contact(back, one, others, limits) for one in others.matters if one.text != matter.text), default=0.0)
    return own, own / most if most else math.inf if own else 0.0


def _met(item: Item, matter: Matter, limits: MeaningLimits) -> float:
    if item.stem in matter.stems:
        return 1.0
    if item.same & matter.same:
        return limits.synonym
    if len(item.stem) >= limits.root_letters and item.stem[: limits.root_letters] in matter.roots:
        return limits.one_root
    if item.sound and any(spelt_alike(item.word, word) for word in matter.sounds.get(item.sound, ())):
        return limits.sounds_alike
    return limits.one_field if item.near & matter.near else 0.0
