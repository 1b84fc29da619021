"""Whether an answer is about this statement rather than about another one: its contact with each, compared.

Words that many statements share ("day", "home") are weak evidence. An answer comes right after its statement, so that
few words in common are no proof of another matter: it must also say what matters in that other one.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from coach.measures.meaning import Item, Meaning, coverage, spelt_alike
from coach.thresholds import MeaningLimits

_LEAST_RARITY = 0.2
"""A word that every statement holds still counts a little."""
_RIVALS = 3
"""Of all other statements so many are looked at closely."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Matter:
    """All that a statement speaks of, ready to be met by single words."""

    text: str  # the statement itself, to tell one from another
    stems: frozenset[str]
    roots: frozenset[str]  # beginnings of long stems
    sounds: Mapping[str, tuple[str, ...]]  # the words that sound so
    same: int  # bits of groups of synonyms
    near: int  # bits of fields
    points: tuple[Meaning, ...] = ()  # what matters in it, where that is known


@dataclass(frozen=True, slots=True, kw_only=True)
class Others:
    """Statements to compare with."""

    matters: tuple[Matter, ...] = ()
    rarity: Mapping[str, float]  # by stem, 0-1: how few of the statements hold it


@dataclass(frozen=True, slots=True, kw_only=True)
class Rival:
    """Another statement that an answer may be meant for."""

    contact: float
    kept: float  # 0-1: of what matters in it, how much the answer says


def matter_of(text: str, meaning: Meaning, limits: MeaningLimits, points: tuple[Meaning, ...] = ()) -> Matter:
    sounds: dict[str, tuple[str, ...]] = {}
    same = near = 0
    for item in meaning.items:
        same, near = same | item.same, near | item.near
        if item.sound:
            sounds[item.sound] = (*sounds.get(item.sound, ()), item.word)
    stems = frozenset(item.stem for item in meaning.items)
    roots = frozenset(stem[: limits.root_letters] for stem in stems if len(stem) >= limits.root_letters)
    return Matter(text=text, stems=stems, roots=roots, sounds=sounds, same=same, near=near, points=points)


def others_of(matters: Iterable[Matter]) -> Others:
    matters = tuple(matters)
    held = Counter(stem for matter in matters for stem in matter.stems)
    whole = math.log(max(2, len(matters)))
    rarity = {stem: max(_LEAST_RARITY, 1 - math.log(1 + count) / whole) for stem, count in held.items()}
    return Others(matters=matters, rarity=rarity)


def contact(back: Meaning, matter: Matter, others: Others, limits: MeaningLimits) -> float:
    """How much of the answer, by weight and rarity, the statement meets. 0 and more, no upper end."""
    return sum(item.weight * others.rarity.get(item.stem, 1.0) * _met(item, matter, limits) for item in back.items)


def rivals(
    back: Meaning, whole: Meaning, matter: Matter, others: Others, limits: MeaningLimits, full: float
) -> tuple[Rival, ...]:
    """The statements besides this one that an answer has most contact with.

    `back` is the answer with its feelings weighing little, `whole` all of it, `full` the share of a point's words that
    counts as all.
    """
    met = [(contact(back, one, others, limits), one) for one in others.matters if one.text != matter.text]
    strongest = sorted(met, key=lambda one: -one[0])[:_RIVALS]
    return tuple(Rival(contact=most, kept=_kept(one, whole, limits, full)) for most, one in strongest)


def _kept(matter: Matter, whole: Meaning, limits: MeaningLimits, full: float) -> float:
    found = [min(1.0, coverage(point, whole, limits) / full) for point in matter.points]
    return sum(found) / len(found) if found else 0.0


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
