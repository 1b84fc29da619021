"""What a listener adds to the partner's words instead of saying them back: advice, a question, blame, an own story,
making it smaller, "why". Sentence by sentence, each with the words that show it; and how the whole answer leans.

Labels and acts of sentences come from measures/words.py; what only matters when somebody says something back stands in
prompts/lexicon/additions.toml.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from coach.errors import ContentError
from coach.measures.grammar import Grammar, Reading, grammar_of, matches, read
from coach.measures.lexicon import Lexicon, listed
from coach.measures.patterns import Classes, Pattern, PatternError
from coach.measures.sentences import sentences
from coach.measures.tokens import words_of
from coach.measures.words import Labelled, label
from coach.thresholds import WordLimits

_KINDS = ("blame", "generalising", "why", "advice", "own_story", "own_matter", "minimising", "check")

_OTHERS = frozenset(["people", "they", "everyone", "everybody", "folks", "others", "he", "she"])
_DEPENDS = frozenset(["before", "until", "till", "than", "because", "as", "whether", "so", "once", "where", "while"])
_SAYS = frozenset(["say", "says", "said", "tell", "tells", "told", "keep", "think", "call", "act", "make"])


@dataclass(frozen=True, slots=True, kw_only=True)
class AdditionRules:
    grammar: Grammar
    kinds: Mapping[str, tuple[Pattern, ...]]
    leaning: Mapping[str, tuple[Pattern, ...]]  # by cue


@dataclass(frozen=True, slots=True, kw_only=True)
class SaidBack:
    """One sentence of an answer."""

    words: int
    added: Mapping[str, str]  # what it adds, by kind, with the words that show it
    checks: bool  # asks whether it was understood right


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """An answer taken apart."""

    sentences: tuple[SaidBack, ...]
    cues: Mapping[str, int]  # how often each cue of leaning stands in it


def addition_rules(table: Mapping[str, Any], place: str) -> AdditionRules:
    """ContentError names file and key of what is missing, unknown or cannot be read."""
    for key in sorted(set(table) ^ {"words", "leaning", *_KINDS}):
        problem = "unknown" if key in table else "missing"
        raise ContentError(f"{place}: the key '{key}' is {problem}; keep to words, leaning, {', '.join(_KINDS)}.")
    for key in ("words", "leaning"):
        if not isinstance(table[key], Mapping):
            raise ContentError(f"{place}: '{key}' is no table; write [{key}].")
    classes = Classes()
    for name, text in table["words"].items():
        classes.add_words(name, listed(text, place, f"words.{name}"))
    kinds = {kind: _patterns(table[kind], classes, f"{place}: {kind}") for kind in _KINDS}
    leaning = {cue: _patterns(texts, classes, f"{place}: leaning.{cue}") for cue, texts in table["leaning"].items()}
    grammar = grammar_of(classes, classes.commonness(frozenset()))
    return AdditionRules(grammar=grammar, kinds=kinds, leaning=leaning)


def answer(text: str, rules: AdditionRules, lexicon: Lexicon, limits: WordLimits) -> Answer:
    """The sentences of an answer and how it leans. Text without words has no sentences."""
    found = []
    cues = dict.fromkeys((*rules.leaning, "reflection", "validation", "advice"), 0)
    before = ""
    for sentence in sentences(text):
        reading = read(words_of(sentence), rules.grammar)
        if not reading.words.words:
            continue
        labelled = label(sentence, None, lexicon, limits)
        piece = _piece(sentence, reading, labelled, rules, before)
        before = reading.words.words[-1] if sentence[-1].isalpha() else ""
        found.append(piece)
        for cue, patterns in rules.leaning.items():
            cues[cue] += len({start for pattern in patterns for start, _ in matches(pattern, reading, rules.grammar)})
        for act in ("reflection", "validation", "advice"):
            if act in labelled.acts and not (act == "advice" and "reflection" in labelled.acts):
                cues[act] = 1
    return Answer(sentences=tuple(found), cues=cues)


def _piece(sentence: str, reading: Reading, labelled: Labelled, rules: AdditionRules, before: str) -> SaidBack:
    """`before`: the last word of a sentence that ended without a mark, as in "before | you could tell people"."""
    hits = {kind: quote for kind in _KINDS if (quote := _quote(rules.kinds[kind], reading, rules.grammar, before))}
    checks = "check" in hits or "check" in labelled.acts
    hits.pop("check", None)
    if _reports(reading):
        hits.pop("minimising", None)
    if checks:
        hits.pop("advice", None)
    says_back = "reflection" in labelled.acts or "validation" in labelled.acts
    if labelled.label == "blame" and not says_back and not hits:
        hits["reproach"] = labelled.quote
    if _asks(sentence, labelled, says_back) and not checks:
        hits["question"] = sentence.strip()
    return SaidBack(words=len(reading.words.words), added=hits, checks=checks)


def _depends(words: Sequence[str], start: int) -> bool:
    """ "before you could tell people" urges nobody."""
    return tuple(words[start : start + 2]) == ("you", "could") and words[start - 1] in _DEPENDS


def _reports(reading: Reading) -> bool:
    """What others say belongs to the matter: "people say that it was early"."""
    words = reading.words.words
    return any(who in _OTHERS and says in _SAYS for who, says in pairwise(words))


def _asks(sentence: str, labelled: Labelled, says_back: bool) -> bool:
    """A question as it is written; where a recogniser wrote no marks, as its words are ordered."""
    asks = not {"question_open", "question_closed"}.isdisjoint(labelled.acts)
    end = sentence.rstrip("\"'”’) \n")[-1:]
    return asks and (end == "?" or (end not in ".!" and not says_back))


def _quote(patterns: Sequence[Pattern], reading: Reading, grammar: Grammar, before: str) -> str:
    for pattern in patterns:
        for start, end in matches(pattern, reading, grammar):
            if not _depends((before, *reading.words.words), start + 1):
                return reading.words.quote(start, end)
    return ""


def _patterns(texts: object, classes: Classes, place: str) -> tuple[Pattern, ...]:
    if not isinstance(texts, list) or not texts or not all(isinstance(text, str) and text.strip() for text in texts):
        raise ContentError(f"{place}: must be a list of patterns in quotes.")
    try:
        return tuple(classes.pattern(text) for text in texts)
    except PatternError as error:
        raise ContentError(f"{place}: {error}.") from error
