"""Feelings that a text names, by family: as the lexicon lists them, in other forms, and by their nouns and verbs.

Words only. A common word counts as a feeling only where the sentence speaks of one: "you feel down", not "sit down".
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from coach.measures.lexicon import Lexicon
from coach.measures.meaning import sound_of, spelt_alike
from coach.measures.stems import stem
from coach.measures.tokens import words_of
from coach.measures.vocabulary import Vocabulary

_COMMON_ZIPF = 4.9
"""Words as common as this have other uses ("down", "close", "off")."""
_LEAST_LETTERS = 5
"""Letters from which other forms of a feeling word are recognised."""
_LEAST_SOUND = 3
"""Letters of a sound; shorter ones are shared by too many words."""
_LEAST_IN_GROUP = 3
"""Feeling words that make a group of synonyms a group for one family."""
_REACH = 4
"""Words before a common word in which a verb of feeling must stand."""
_SPEAKS = frozenset(
    (
        *(
            "feel",
            "feels",
            "felt",
            "feeling",
            "am",
            "is",
            "are",
            "was",
            "were",
            "be",
            "been",
            "being",
            "sound",
            "sounds",
        ),
        *("sounded", "seem", "seems", "look", "looks", "looked", "make", "makes", "made", "making", "leave", "leaves"),
        *("left", "get", "gets", "got", "getting", "must"),
    )
)
_DIRECTLY = frozenset(("so", "really", "very", "deeply", "that", "it", "both", "this", "how", "still", "bit", "little"))
_OWNS = frozenset(["the", "my", "your", "our", "his", "her", "their"])
_DENIES = frozenset(["not", "never", "no", "without", "hardly", "cannot"])
_TELLING: Mapping[str, tuple[str, ...]] = {
    **dict.fromkeys(("miss", "missed", "missing", "misses", "long for", "longing for"), ("sadness", "loneliness")),
    **dict.fromkeys(
        ("lose hope", "losing hope", "lost hope", "give up hope"), ("helplessness", "disappointment", "sadness")
    ),
    **dict.fromkeys(("dread", "dreading"), ("fear",)),
    **dict.fromkeys(("cannot believe", "cannot believe it"), ("surprise",)),
}
"""What tells a feeling without being a word for one, and the families that it may be of."""

MIXED = (
    frozenset(["sadness", "loneliness", "hurt", "disappointment", "regret", "numbness", "helplessness"]),
    frozenset(["fear", "stress", "unease", "confusion", "helplessness", "weariness", "surprise"]),
    frozenset(["anger", "disgust", "envy", "hurt"]),
    frozenset(["shame", "regret", "unease"]),
    frozenset(["joy", "excitement", "contentment", "relief", "gratitude", "love", "confidence", "surprise"]),
)
"""Families near each other: naming one for the other is half right."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Named:
    """One feeling in a text."""

    families: frozenset[str]  # more than one for a verdict ("ignored"), under which several may lie
    word: str  # as it was said


@dataclass(frozen=True, slots=True, kw_only=True)
class FeelingIndex:
    phrases: Mapping[str, tuple[tuple[tuple[str, ...], frozenset[str]], ...]]  # by first word, longest first
    stems: Mapping[str, frozenset[str]]
    sounds: Mapping[str, tuple[str, frozenset[str]]]  # the word that sounds so, and its families
    groups: Mapping[int, frozenset[str]]  # by number of a group of synonyms


def feeling_index(lexicon: Lexicon, vocabulary: Vocabulary) -> FeelingIndex:
    """Built once; what `named` looks words up in."""
    families = {name: frozenset({feeling.family}) for name, feeling in lexicon.feelings.items()}
    for name, faux in lexicon.faux.items():
        under = frozenset(lexicon.feelings[felt].family for felt in faux.feelings if felt in lexicon.feelings)
        families.setdefault(name, under)
    for name, telling in _TELLING.items():
        families.setdefault(name, frozenset(telling))
    for family in {feeling.family for feeling in lexicon.feelings.values()}:
        families.setdefault(family, frozenset({family}))  # "your anger"
    phrases: dict[str, list[tuple[tuple[str, ...], frozenset[str]]]] = {}
    stems: dict[str, frozenset[str]] = {}
    sounds: dict[str, tuple[str, frozenset[str]]] = {}
    for name, of in families.items():
        words = words_of(name).words
        if not words:
            continue
        phrases.setdefault(words[0], []).append((words, of))
        if len(words) == 1 and len(name) >= _LEAST_LETTERS:
            stems[stem(name)] = stems.get(stem(name), frozenset()) | of
            sounds.setdefault(sound_of(name), (name, of))
    by_first = {first: tuple(sorted(some, key=lambda item: -len(item[0]))) for first, some in phrases.items()}
    heard = {sound: found for sound, found in sounds.items() if len(sound) > _LEAST_SOUND}
    return FeelingIndex(phrases=by_first, stems=stems, sounds=heard, groups=_group_families(lexicon, vocabulary))


def named(text: str, index: FeelingIndex, vocabulary: Vocabulary) -> tuple[Named, ...]:
    """The feelings that a text names and does not deny, in its order."""
    words = words_of(text)
    found: list[Named] = []
    at = 0
    while at < len(words.words):
        families, length = _at(words.words, at, index, vocabulary)
        denied = any(before in _DENIES for before in words.words[max(0, at - 2) : at])
        if families and not denied:
            found.append(Named(families=families, word=words.quote(at, at + length)))
        at += length
    return tuple(found)


def nearness(wanted: frozenset[str], said: frozenset[str]) -> float:
    """1 the same family, 0.5 a family near it, 0 another."""
    if wanted & said:
        return 1.0
    return 0.5 if any(wanted & near and said & near for near in MIXED) else 0.0


def _at(words: Sequence[str], at: int, index: FeelingIndex, vocabulary: Vocabulary) -> tuple[frozenset[str], int]:
    """The families that begin at a word, and how many words they take."""
    word = words[at]
    for phrase, families in index.phrases.get(word, ()):
        if tuple(words[at : at + len(phrase)]) == phrase and (len(phrase) > 1 or _meant(words, at, vocabulary)):
            return families, len(phrase)
    if vocabulary.zipf.get(word, 0.0) >= _COMMON_ZIPF and not _meant(words, at, vocabulary):
        return frozenset(), 1
    if len(word) >= _LEAST_LETTERS and stem(word) in index.stems:
        return index.stems[stem(word)], 1
    groups = vocabulary.same.words.get(word, 0)
    for number, families in index.groups.items():
        if groups >> number & 1:
            return families, 1
    if word not in vocabulary.zipf and len(word) >= _LEAST_LETTERS:
        name, families = index.sounds.get(sound_of(word), ("", frozenset()))
        return (families if spelt_alike(word, name) else frozenset()), 1
    return frozenset(), 1


def _meant(words: Sequence[str], at: int, vocabulary: Vocabulary) -> bool:
    """A common word is a feeling where the words before speak of one; a rarer one always is, but "the flat" is none."""
    if at and words[at - 1] in _OWNS:
        return False
    if vocabulary.zipf.get(words[at], 0.0) < _COMMON_ZIPF:
        return True
    return any(word in _SPEAKS for word in words[max(0, at - _REACH) : at]) or words[max(0, at - 1)] in _DIRECTLY


def _group_families(lexicon: Lexicon, vocabulary: Vocabulary) -> dict[int, frozenset[str]]:
    """Groups of synonyms that are mostly words for feelings of one family: so "worry" and "scares" are found too."""
    counts: dict[int, Counter[str]] = {}
    for name, feeling in lexicon.feelings.items():
        bits, number = vocabulary.same.words.get(name, 0), 0
        while bits >> number:
            if bits >> number & 1:
                counts.setdefault(number, Counter())[feeling.family] += 1
            number += 1
    return {
        number: frozenset({family})
        for number, found in counts.items()
        for family, times in found.most_common(1)
        if times >= _LEAST_IN_GROUP
    }
