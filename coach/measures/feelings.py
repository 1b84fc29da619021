"""Feelings that a text names, by family: as the lexicon lists them, in other forms, and by their nouns and verbs.

Words only. A common word counts as a feeling only where the sentence speaks of one: "you feel down", not "sit down".
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from coach.errors import ContentError
from coach.measures.inflection import verb_forms
from coach.measures.lexicon import Lexicon, listed
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
_MINE = {"you": "me", "your": "my", "yourself": "myself"}
_OWNS = frozenset(["the", "my", "your", "our", "his", "her", "their"])
_DENIES = frozenset(["not", "never", "no", "without", "hardly", "cannot"])
_OTHERWISE = frozenset(
    """
    stranger strangers number numbers numbered wearing wear wears heating heater heaters carry carries carried carrying
    carer carers ticks tick ticking dented blanket blankets lowest lower lowered flats flatten stretches stretch
    stretching smash smashed smashing watching watches watch watcher downs lonesomeness floor floors quiet breaking
    broke breaks break snapped snap sleep sleeps sleeping slept bright brighter crossing crossed crosses softly
    touches touching settle settles settling movie movies mover crowd crowds spend spending spends presses press
    warm warms warming homes secures moving move moves""".split()
)
"""Other meanings of the letters that feelings are made of: "a stranger" is not strange, "numbers" make nobody numb."""
_FOLLOWED_BY_DEED = frozenset(["to", "for", "by", "the", "a", "my", "your", "his", "her", "it"])
"""After these "used" or "put down" is something done, no verdict: "you used to love it", "put down a piano"."""

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
    by_family: Mapping[str, tuple[str, ...]]  # single words that are feelings, by family
    single: frozenset[str]  # all of these, and the single words of verdicts
    verdicts: frozenset[tuple[str, ...]]  # of the phrases, those that say what somebody did


def feeling_index(lexicon: Lexicon, vocabulary: Vocabulary, telling: Mapping[str, frozenset[str]]) -> FeelingIndex:
    """Built once; what `named` looks words up in. `telling`: see `telling_from`."""
    families = {name: frozenset({feeling.family}) for name, feeling in lexicon.feelings.items()}
    verdicts = {}
    for name, faux in lexicon.faux.items():
        under = frozenset(lexicon.feelings[felt].family for felt in faux.feelings if felt in lexicon.feelings)
        if name not in families:
            families[name] = verdicts[name] = under
    for family in {feeling.family for feeling in lexicon.feelings.values()}:
        families.setdefault(family, frozenset({family}))  # "your anger"
    phrases: dict[str, list[tuple[tuple[str, ...], frozenset[str]]]] = {}
    stems: dict[str, frozenset[str]] = {}
    sounds: dict[str, tuple[str, frozenset[str]]] = {}
    alone = {name for name in telling if " " not in name}
    for name, of in {**families, **{name: families.get(name, frozenset()) | telling[name] for name in telling}}.items():
        words = words_of(name).words
        if not words:
            continue
        phrases.setdefault(words[0], []).append((words, of))
        if name in alone and name not in families:
            continue  # its forms are listed
        if len(words) == 1 and len(name) >= _LEAST_LETTERS:
            stems[stem(name)] = stems.get(stem(name), frozenset()) | of
            sounds.setdefault(sound_of(name), (name, of))
    by_first = {first: tuple(sorted(some, key=lambda item: -len(item[0]))) for first, some in phrases.items()}
    heard = {sound: found for sound, found in sounds.items() if len(sound) > _LEAST_SOUND}
    return FeelingIndex(
        phrases=by_first, stems=stems, sounds=heard, groups=_group_families(lexicon, vocabulary),
        verdicts=frozenset(words_of(name).words for name in verdicts),
        single=frozenset(name for name in (*lexicon.feelings, *verdicts, "sorry") if name.isalpha()),
        by_family=_by_family(lexicon),
    )  # fmt: skip


def _by_family(lexicon: Lexicon) -> dict[str, tuple[str, ...]]:
    found: dict[str, tuple[str, ...]] = {}
    for name, feeling in lexicon.feelings.items():
        if name.isalpha():
            found[feeling.family] = (*found.get(feeling.family, ()), name)
    return found


def telling_from(table: Mapping[str, Any], known: frozenset[str], place: str) -> dict[str, frozenset[str]]:
    """Each verb, noun or idiom that tells a feeling, in all its forms and persons, and the families that it may be of.

    ContentError names file and key of what is missing, unknown or of the wrong type.
    """
    families = table.get("families")
    if set(table) != {"families"} or not isinstance(families, Mapping) or not families:
        raise ContentError(f"{place}: it must hold one table; write [families].")
    found: dict[str, frozenset[str]] = {}
    for family, text in families.items():
        if family not in known:
            raise ContentError(f"{place}: the family '{family}' is unknown; keep to {', '.join(sorted(known))}.")
        for entry in listed(text, place, f"families.{family}"):
            for form in verb_forms(entry):
                mine = " ".join(_MINE.get(word, word) for word in form.split())
                for said in {form, mine}:
                    found[said] = found.get(said, frozenset()) | {family}
    return found


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
            if phrase in index.verdicts and _is_deed(words, at, at + len(phrase)):
                return frozenset(), len(phrase)
            return families, len(phrase)
    if word in _OTHERWISE:
        return frozenset(), 1
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


def _is_deed(words: Sequence[str], at: int, end: int) -> bool:
    """ "you used to love it", "you stood up for yourself", but "you felt used by them"."""
    speaks = any(word in _SPEAKS or word in _DIRECTLY for word in words[max(0, at - 2) : at])
    return tuple(words[at : at + 2]) == ("used", "to") or (
        not speaks and not _FOLLOWED_BY_DEED.isdisjoint(words[end : end + 1])
    )


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
