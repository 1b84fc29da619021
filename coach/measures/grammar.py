"""Finds classes and patterns in a sentence (patterns.py tells what they are).

Between two elements of a pattern the class `light` (just, really, kind of ...) is stepped over, since talk is full of
it. Classes are found bottom-up, and a pattern is tried only when all it needs is there: of some thousands of patterns
a sentence tries a few dozen.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
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
    endings: tuple[tuple[str, frozenset[str], int], ...]
    shelf: Shelf  # of the classes made of patterns
    light: int
    opener: int
    joiner: int


def grammar_of(classes: Classes, commonness: Mapping[int, int]) -> Grammar:
    held = {phrase: tuple(sorted(numbers)) for phrase, numbers in classes.phrases.items()}
    longer: dict[tuple[str, str], list[tuple[Phrase, tuple[int, ...]]]] = {}
    for phrase, numbers in held.items():
        if len(phrase) > 1:
            longer.setdefault((phrase[0], phrase[1]), []).append((phrase, numbers))
    return Grammar(
        single={phrase[0]: numbers for phrase, numbers in held.items() if len(phrase) == 1},
        longer={pair: tuple(phrases) for pair, phrases in longer.items()},
        endings=tuple(classes.endings),
        shelf=shelved(classes.patterns, commonness),
        light=classes.number(LIGHT),
        opener=classes.number(OPENERS),
        joiner=classes.number(JOINERS),
    )


@dataclass(slots=True)
class Reading:
    """One sentence with every class found in it."""

    words: Words
    places: dict[int, set[int]] = field(default_factory=dict)  # class -> its first words
    ends: list[dict[int, set[int]]] = field(default_factory=list)  # for each word: class -> past-the-last words
    clauses: frozenset[int] = frozenset()  # words with which a clause begins
    start: int = 0  # the first word after openers ("well, so ...")

    def add(self, number: int, first: int, end: int) -> None:
        self.places.setdefault(number, set()).add(first)
        self.ends[first].setdefault(number, set()).add(end)


def read(words: Words, grammar: Grammar) -> Reading:
    reading = Reading(words=words, ends=[{} for _ in words.words])
    _add_words(reading, grammar)
    reading.start = _after_openers(reading, grammar.opener)
    joined = {end for first in reading.places.get(grammar.joiner, ()) for end in reading.ends[first][grammar.joiner]}
    reading.clauses = frozenset({0, reading.start} | words.after_break | joined)
    _add_patterns(reading, grammar)
    return reading


def _add_words(reading: Reading, grammar: Grammar) -> None:
    text = reading.words.words
    for at, word in enumerate(text):
        for number in grammar.single.get(word, ()):
            reading.add(number, at, at + 1)
        if at + 1 < len(text):
            for phrase, numbers in grammar.longer.get((word, text[at + 1]), ()):
                if text[at : at + len(phrase)] == phrase:
                    for number in numbers:
                        reading.add(number, at, at + len(phrase))
        for ending, exceptions, number in grammar.endings:
            if word.endswith(ending) and word not in exceptions:
                reading.add(number, at, at + 1)


def _add_patterns(reading: Reading, grammar: Grammar) -> None:
    """Classes made of patterns, in their order of definition, since one may build on another."""
    shelf = grammar.shelf
    waiting = [*shelf.always, *(entry for number in reading.places for entry in shelf.by_class.get(number, ()))]
    heapify(waiting)
    last = -1
    while waiting:
        place, owner, pattern = heappop(waiting)
        if place == last:  # put on the heap by two classes of one choice
            continue
        last = place
        for first, end in matches(pattern, reading, grammar):
            if owner not in reading.places:
                for entry in shelf.by_class.get(owner, ()):
                    if entry[0] > place:
                        heappush(waiting, entry)
            reading.add(owner, first, end)


def _after_openers(reading: Reading, opener: int) -> int:
    at, length = 0, len(reading.ends)
    while at < length and opener in reading.ends[at] and max(reading.ends[at][opener]) < length:
        at = max(reading.ends[at][opener])
    return at


def candidates(shelf: Shelf, reading: Reading) -> list[tuple[int, int, Pattern]]:
    """The patterns that may stand in the sentence, in their order, each with its place and its owner."""
    entries = {entry[0]: entry for entry in shelf.always}
    for number in reading.places.keys() & shelf.by_class.keys():
        for entry in shelf.by_class[number]:
            if _may_stand(entry[2], reading):
                entries[entry[0]] = entry
    return [entries[place] for place in sorted(entries)]


def _may_stand(pattern: Pattern, reading: Reading) -> bool:
    places = reading.places.keys()
    for choice in pattern.needs:  # noqa: SIM110 - a loop costs half of what any() does, and most patterns end here
        if places.isdisjoint(choice):
            return False
    return True


def matches(pattern: Pattern, reading: Reading, grammar: Grammar) -> Iterator[tuple[int, int]]:
    """Every place where the pattern stands: first word, past-the-last word."""
    if not _may_stand(pattern, reading):
        return
    walk = _Walk(pattern.elements, reading, grammar.light)
    for start in walk.starts():
        for end in sorted(walk.ends_from(0, start, start)):
            if end > start:
                yield start, end


@dataclass(frozen=True, slots=True)
class _Walk:
    """One pattern over one sentence."""

    elements: tuple[Element, ...]
    reading: Reading
    light: int

    def starts(self) -> list[int]:
        first, reading = self.elements[0], self.reading
        match first.kind:
            case "class" if not first.optional:
                return sorted({place for number in first.names for place in reading.places.get(number, ())})
            case "start":
                return sorted({0, reading.start})
            case "clause":
                return sorted(reading.clauses)
        return list(range(len(reading.ends)))

    def ends_from(self, at: int, place: int, start: int) -> set[int]:
        """Where the rest of the pattern can end, if this much of it stands up to `place`."""
        if at == len(self.elements):
            return {place}
        element, length = self.elements[at], len(self.reading.ends)
        here = self.reading.ends[place] if place < length else {}
        nexts: set[int] = set()
        found: set[int] = set()
        match element.kind:
            case "class":
                for number in element.names & here.keys():
                    nexts |= here[number]
                if element.optional or (element.or_end and place == length):
                    nexts.add(place)
                elif place > start:
                    for end in here.get(self.light, ()):
                        found |= self.ends_from(at, end, start)
            case "gap":
                nexts.update(range(place, min(place + element.most, length) + 1))
            case "any":
                nexts.update({place + 1} if place < length else ())
            case _ if self._holds(element, place, here):
                nexts.add(place)
        for end in nexts:
            found |= self.ends_from(at + 1, end, start)
        return found

    def _holds(self, element: Element, place: int, here: Mapping[int, set[int]]) -> bool:
        match element.kind:
            case "not":
                return element.names.isdisjoint(here)
            case "clause":
                return place in self.reading.clauses
            case "start":
                return place in (0, self.reading.start)
        return place == len(self.reading.ends)
