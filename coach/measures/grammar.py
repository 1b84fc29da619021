"""Small patterns over words, made of classes of words: the language that the rules in prompts/lexicon are written in.

    {you} {fault}            a word or phrase of the class `you`, then one of the class `fault`
    never|lots_of|{fault}    one of these: a word, a phrase, a word of a class; |$ or the end
    really?                  may be missing;  also {class}?
    ~  ~6                    up to three (six) words of any kind
    ^  <  $                  here a clause begins; the sentence begins; the sentence ends
    !to  !{class}            not this next
    _                        any one word

Between two elements the class `light` (just, really, kind of ...) is stepped over, since talk is full of it. A class
is a list of words and phrases, or itself made of patterns; classes are found bottom-up, each once a sentence, and a
pattern is tried only when all it needs is there.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from coach.measures.tokens import Words

LIGHT = "light"
OPENERS = "opener"
JOINERS = "joiner"
_GAP = 3


class PatternError(ValueError):
    """A pattern that cannot be read; the loader adds file and key."""


@dataclass(frozen=True, slots=True)
class Element:
    kind: str  # class, gap, clause, start, end, not, any
    name: int = -1  # the class
    most: int = 0  # words, for a gap
    optional: bool = False


@dataclass(frozen=True, slots=True)
class Pattern:
    text: str
    elements: tuple[Element, ...]
    needs: int  # bits of the classes without which it cannot match


@dataclass(slots=True)
class Grammar:
    """Classes by number. Built once by the lexicon, then only read."""

    numbers: dict[str, int]
    phrases: dict[str, list[tuple[int, tuple[str, ...]]]]  # first word -> class, whole phrase
    patterns: list[tuple[int, Pattern]]  # classes made of patterns, in order of definition
    endings: list[tuple[str, frozenset[str], int]]  # ending, words that only look like it, class
    at_end: list[int]  # classes of which the end of the sentence is one choice
    light: int = -1
    opener: int = -1
    joiner: int = -1

    def __init__(self) -> None:
        self.numbers, self.phrases, self.patterns, self.endings, self.at_end = {}, {}, [], [], []
        for name in (LIGHT, OPENERS, JOINERS):
            self._number("{" + name + "}")
        self.light, self.opener, self.joiner = (self.numbers["{" + n + "}"] for n in (LIGHT, OPENERS, JOINERS))

    def add_words(self, name: str, phrases: Sequence[str]) -> None:
        number = self._number("{" + name + "}")
        for phrase in phrases:
            words = tuple(phrase.split())
            self.phrases.setdefault(words[0], []).append((number, words))

    def add_ending(self, name: str, ending: str, exceptions: Sequence[str]) -> None:
        self.endings.append((ending, frozenset(exceptions), self._number("{" + name + "}")))

    def add_patterns(self, name: str, patterns: Sequence[str]) -> None:
        compiled = [self.compile(text) for text in patterns]
        number = self._number("{" + name + "}")
        self.patterns.extend((number, pattern) for pattern in compiled)

    def compile(self, text: str) -> Pattern:
        """Raises PatternError for an unknown class or an empty pattern."""
        elements = tuple(self._element(piece) for piece in text.split())
        if not any(e.kind in ("class", "any") and not e.optional for e in elements):
            raise PatternError(f"the pattern “{text}” asks for no word at all")
        needs = 0
        for element in elements:
            if element.kind == "class" and not element.optional:
                needs |= 1 << element.name
        return Pattern(text, elements, needs)

    def _number(self, key: str) -> int:
        return self.numbers.setdefault(key, len(self.numbers))

    def _element(self, piece: str) -> Element:
        if piece[0] == "~":
            if piece[1:] and not piece[1:].isdigit():
                raise PatternError(f"“{piece}” is no gap; write ~ or ~6")
            return Element("gap", most=int(piece[1:] or _GAP))
        if piece in ("^", "<", "$", "_"):
            return Element({"^": "clause", "<": "start", "$": "end", "_": "any"}[piece])
        if piece[0] == "!":
            return Element("not", self._class(piece[1:]))
        optional = len(piece) > 1 and piece[-1] == "?"
        return Element("class", self._class(piece[:-1] if optional else piece), optional=optional)

    def _class(self, name: str) -> int:
        """The class of a {name}, of a word, or of the words and classes between bars."""
        if name in self.numbers:
            return self.numbers[name]
        if name[0] == "{" and "|" not in name:
            raise PatternError(f"there is no class {name}; define it before it is used")
        number = self._number(name)
        for part in name.split("|"):
            if part == "$":
                self.at_end.append(number)
            elif part[:1] == "{":
                self.patterns.append((number, self.compile(part)))
            elif part:
                words = tuple(part.split("_"))
                self.phrases.setdefault(words[0], []).append((number, words))
            else:
                raise PatternError(f"“{name}” has an empty choice")
        return number


@dataclass(slots=True)
class Reading:
    """One sentence with every class found in it."""

    words: Words
    found: dict[int, dict[int, set[int]]]  # class -> first word -> past-the-last words
    present: int  # bits of the classes found
    clauses: frozenset[int]
    start: int  # the first word after openers ("well, so ...")
    light: Mapping[int, set[int]]

    def has(self, number: int) -> bool:
        return bool(self.present >> number & 1)


def read(words: Words, grammar: Grammar) -> Reading:
    text, found = words.words, {}  # type: tuple[str, ...], dict[int, dict[int, set[int]]]
    for at, word in enumerate(text):
        for number, phrase in grammar.phrases.get(word, ()):
            if len(phrase) == 1 or text[at : at + len(phrase)] == phrase:
                found.setdefault(number, {}).setdefault(at, set()).add(at + len(phrase))
        for ending, exceptions, number in grammar.endings:
            if word.endswith(ending) and word not in exceptions:
                found.setdefault(number, {}).setdefault(at, set()).add(at + 1)
    for number in grammar.at_end:
        found.setdefault(number, {}).setdefault(len(text), set()).add(len(text))
    present = 0
    for number in found:
        present |= 1 << number
    start = _after_openers(found.get(grammar.opener, {}), len(text))
    joined = {end for ends in found.get(grammar.joiner, {}).values() for end in ends}
    reading = Reading(
        words=words, found=found, present=present, start=start, light=found.get(grammar.light, {}),
        clauses=frozenset({0, start} | words.after_break | joined),
    )  # fmt: skip
    for number, pattern in grammar.patterns:
        for first, end in matches(pattern, reading):
            found.setdefault(number, {}).setdefault(first, set()).add(end)
            reading.present |= 1 << number
    return reading


def _after_openers(openers: Mapping[int, set[int]], length: int) -> int:
    at = 0
    while at in openers and max(openers[at]) < length:
        at = max(openers[at])
    return at


def matches(pattern: Pattern, reading: Reading) -> Iterator[tuple[int, int]]:
    """Every place where the pattern stands: first word, past-the-last word (the shortest way there first)."""
    if pattern.needs & ~reading.present:
        return
    first = pattern.elements[0]
    starts: Sequence[int]
    if first.kind == "class" and not first.optional:
        starts = sorted(reading.found[first.name])
    elif first.kind == "start":
        starts = sorted({0, reading.start})
    elif first.kind == "clause":
        starts = sorted(reading.clauses)
    else:
        starts = range(len(reading.words.words))
    for start in starts:
        seen: set[int] = set()
        for end in _ends(pattern.elements, 0, start, start, reading):
            if end > start and end not in seen:
                seen.add(end)
                yield start, end


def _ends(elements: tuple[Element, ...], at: int, place: int, start: int, reading: Reading) -> Iterator[int]:
    if at == len(elements):
        yield place
        return
    element, length = elements[at], len(reading.words.words)
    match element.kind:
        case "class":
            for end in reading.found.get(element.name, {}).get(place, ()):
                yield from _ends(elements, at + 1, end, start, reading)
            if element.optional:
                yield from _ends(elements, at + 1, place, start, reading)
            elif place > start:
                for end in reading.light.get(place, ()):
                    yield from _ends(elements, at, end, start, reading)
        case "gap":
            for end in range(place, min(place + element.most, length) + 1):
                yield from _ends(elements, at + 1, end, start, reading)
        case "any":
            if place < length:
                yield from _ends(elements, at + 1, place + 1, start, reading)
        case "not":
            if place not in reading.found.get(element.name, {}):
                yield from _ends(elements, at + 1, place, start, reading)
        case "clause":
            if place in reading.clauses:
                yield from _ends(elements, at + 1, place, start, reading)
        case "start":
            if place in (0, reading.start):
                yield from _ends(elements, at + 1, place, start, reading)
        case _:
            if place == length:
                yield from _ends(elements, at + 1, place, start, reading)
