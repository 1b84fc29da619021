"""Finds classes and patterns in a sentence (patterns.py tells what they are).

Between two elements of a pattern the class `light` (just, really, kind of ...) is stepped over, since talk is full of
it. Classes are found bottom-up, and a pattern is tried only when all it needs is there: of some thousands of patterns
a sentence tries a few dozen.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from heapq import heapify, heappop, heappush

from coach.measures.patterns import Classes, Element, Pattern, Phrase, Shelf, shelved
from coach.measures.tokens import Words

LIGHT, OPENERS, JOINERS = "light", "opener", "joiner"
"""Classes that every grammar must define: stepped over; before a sentence proper; between clauses."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Grammar:
    """Built once, then only read."""

    single: Mapping[str, tuple[int, ...]]  # word -> its classes
    longer: Mapping[tuple[str, str], tuple[tuple[Phrase, tuple[int, ...]], ...]]  # first two words -> phrases, classes
    endings: tuple[tuple[str, frozenset[str], tuple[int, ...]], ...]
    at_end: tuple[int, ...]
    within: Mapping[int, tuple[int, ...]]  # class -> itself and the choices that hold it
    shelf: Shelf  # of the classes made of patterns
    light: int
    opener: int
    joiner: int


def grammar_of(classes: Classes) -> Grammar:
    within = {number: (number, *classes.within.get(number, ())) for number in classes.numbers.values()}
    held = {
        phrase: tuple(sorted({w for n in numbers for w in within[n]})) for phrase, numbers in classes.phrases.items()
    }
    longer: dict[tuple[str, str], list[tuple[Phrase, tuple[int, ...]]]] = {}
    for phrase, numbers in held.items():
        if len(phrase) > 1:
            longer.setdefault((phrase[0], phrase[1]), []).append((phrase, numbers))
    return Grammar(
        single={phrase[0]: numbers for phrase, numbers in held.items() if len(phrase) == 1},
        longer={pair: tuple(phrases) for pair, phrases in longer.items()},
        endings=tuple((ending, exceptions, within[number]) for ending, exceptions, number in classes.endings),
        at_end=tuple(classes.at_end),
        within=within,
        shelf=shelved(classes.patterns),
        light=classes.number(LIGHT),
        opener=classes.number(OPENERS),
        joiner=classes.number(JOINERS),
    )


Found = dict[int, dict[int, set[int]]]
"""Class -> first word -> past-the-last words."""


@dataclass(slots=True)
class Reading:
    """One sentence with every class found in it."""

    words: Words
    found: Found
    present: int  # bits of the classes found
    clauses: frozenset[int]  # words with which a clause begins
    start: int  # the first word after openers ("well, so ...")
    light: Mapping[int, set[int]]


def read(words: Words, grammar: Grammar) -> Reading:
    found = _words_found(words.words, grammar)
    present = 0
    for number in found:
        present |= 1 << number
    start = _after_openers(found.get(grammar.opener, {}), len(words.words))
    joined = {end for ends in found.get(grammar.joiner, {}).values() for end in ends}
    reading = Reading(
        words=words,
        found=found,
        present=present,
        clauses=frozenset({0, start} | words.after_break | joined),
        start=start,
        light=found.get(grammar.light, {}),
    )
    _add_patterns_found(reading, grammar)
    return reading


def _words_found(text: tuple[str, ...], grammar: Grammar) -> Found:
    found: Found = {}
    for at, word in enumerate(text):
        for number in grammar.single.get(word, ()):
            found.setdefault(number, {}).setdefault(at, set()).add(at + 1)
        if at + 1 < len(text):
            for phrase, numbers in grammar.longer.get((word, text[at + 1]), ()):
                end = at + len(phrase)
                if text[at:end] == phrase:
                    for number in numbers:
                        found.setdefault(number, {}).setdefault(at, set()).add(end)
        for ending, exceptions, numbers in grammar.endings:
            if word.endswith(ending) and word not in exceptions:
                for number in numbers:
                    found.setdefault(number, {}).setdefault(at, set()).add(at + 1)
    for number in grammar.at_end:
        found.setdefault(number, {}).setdefault(len(text), set()).add(len(text))
    return found


def _add_patterns_found(reading: Reading, grammar: Grammar) -> None:
    """Classes made of patterns, in their order of definition, since one may build on another."""
    shelf, found = grammar.shelf, reading.found
    waiting = [entry for number in found for entry in shelf.by_class.get(number, ())]
    waiting.extend(shelf.always)
    heapify(waiting)
    while waiting:
        place, owner, pattern = heappop(waiting)
        for first, end in matches(pattern, reading):
            for number in grammar.within[owner]:
                if number not in found:
                    reading.present |= 1 << number
                    for entry in shelf.by_class.get(number, ()):
                        if entry[0] > place:
                            heappush(waiting, entry)
                found.setdefault(number, {}).setdefault(first, set()).add(end)


def _after_openers(openers: Mapping[int, set[int]], length: int) -> int:
    at = 0
    while at in openers and max(openers[at]) < length:
        at = max(openers[at])
    return at


def candidates(shelf: Shelf, reading: Reading) -> list[tuple[int, int, Pattern]]:
    """The patterns that may stand in the sentence, in their order, each with its place and its owner."""
    entries = [
        entry
        for number in reading.found
        for entry in shelf.by_class.get(number, ())
        if not entry[2].bits & ~reading.present
    ]
    return sorted([*entries, *shelf.always], key=_place)


def _place(entry: tuple[int, int, Pattern]) -> int:
    return entry[0]


def matches(pattern: Pattern, reading: Reading) -> Iterator[tuple[int, int]]:
    """Every place where the pattern stands: first word, past-the-last word."""
    if pattern.bits & ~reading.present:
        return
    for start in _starts(pattern.elements[0], reading):
        seen: set[int] = set()
        for end in _ends(pattern.elements, 0, start, start, reading):
            if end > start and end not in seen:
                seen.add(end)
                yield start, end


def _starts(first: Element, reading: Reading) -> list[int]:
    match first.kind:
        case "class" if not first.optional:
            return sorted(reading.found[first.name])
        case "start":
            return sorted({0, reading.start})
        case "clause":
            return sorted(reading.clauses)
    return list(range(len(reading.words.words)))


def _ends(elements: tuple[Element, ...], at: int, place: int, start: int, reading: Reading) -> Iterator[int]:
    """Where the rest of the pattern can end, if this much of it stands up to `place`."""
    if at == len(elements):
        yield place
        return
    element, length = elements[at], len(reading.words.words)
    stands = True
    match element.kind:
        case "class":
            for end in reading.found.get(element.name, {}).get(place, ()):
                yield from _ends(elements, at + 1, end, start, reading)
            if not element.optional and place > start:
                for end in reading.light.get(place, ()):
                    yield from _ends(elements, at, end, start, reading)
            stands = element.optional
        case "gap":
            for end in range(place + 1, min(place + element.most, length) + 1):
                yield from _ends(elements, at + 1, end, start, reading)
        case "any":
            if place < length:
                yield from _ends(elements, at + 1, place + 1, start, reading)
            stands = False
        case "not":
            stands = place not in reading.found.get(element.name, {})
        case "clause":
            stands = place in reading.clauses
        case "start":
            stands = place in (0, reading.start)
        case "end":
            stands = place == length
    if stands:
        yield from _ends(elements, at + 1, place, start, reading)
