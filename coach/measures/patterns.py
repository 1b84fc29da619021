"""Small patterns over words, made of classes of words: the language that the rules in prompts/lexicon are written in.

    {you} {fault}            a word or phrase of the class `you`, then one of the class `fault`
    never|lots_of|{fault}    one of these: a word, a phrase, a word of a class; |$ or the end
    really?                  may be missing;  also {class}?
    ~  ~6                    up to three (six) words of any kind
    ^  <  $                  here a clause begins; the sentence begins; the sentence ends
    !to  !{class}            not this next
    _                        any one word

A class is a list of words and phrases, or itself made of patterns. Here patterns are read; grammar.py finds them.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Literal

GAP = 3
"""Words that a bare ~ may step over."""

Phrase = tuple[str, ...]


class PatternError(ValueError):
    """A pattern that cannot be read; the loader adds file and key."""


@dataclass(frozen=True, slots=True)
class Element:
    kind: Literal["class", "gap", "clause", "start", "end", "not", "any"]
    name: int = -1  # the class
    most: int = 0  # words, for a gap
    optional: bool = False


@dataclass(frozen=True, slots=True)
class Pattern:
    text: str
    elements: tuple[Element, ...]
    needs: frozenset[int]  # classes without which it cannot match
    bits: int  # the same, as bits


@dataclass(frozen=True, slots=True)
class Shelf:
    """Patterns, each with its owner's number, put where they are looked for: under the rarest class each needs."""

    by_class: dict[int, tuple[tuple[int, int, Pattern], ...]]  # class -> place in the order, owner, pattern
    always: tuple[tuple[int, int, Pattern], ...]  # need no class


def shelved(patterns: Iterable[tuple[int, Pattern]]) -> Shelf:
    placed = [(place, owner, pattern) for place, (owner, pattern) in enumerate(patterns)]
    often = Counter(number for _, _, pattern in placed for number in pattern.needs)
    by_class: dict[int, list[tuple[int, int, Pattern]]] = {}
    always = []
    for entry in placed:
        needs = entry[2].needs
        if needs:
            by_class.setdefault(min(needs, key=lambda number: (often[number], -number)), []).append(entry)
        else:
            always.append(entry)
    return Shelf({number: tuple(entries) for number, entries in by_class.items()}, tuple(always))


@dataclass(slots=True)
class Classes:
    """Classes by number while the lexicon is read."""

    numbers: dict[str, int] = field(default_factory=dict)
    phrases: dict[Phrase, set[int]] = field(default_factory=dict)
    patterns: list[tuple[int, Pattern]] = field(default_factory=list)  # of classes, in order of definition
    endings: list[tuple[str, frozenset[str], int]] = field(default_factory=list)  # ending, words only like it, class
    at_end: list[int] = field(default_factory=list)  # classes of which the end of the sentence is one choice
    within: dict[int, list[int]] = field(default_factory=dict)  # class -> the choices that hold it

    def number(self, name: str) -> int:
        return self.numbers.setdefault("{" + name + "}", len(self.numbers))

    def add_words(self, name: str, phrases: Sequence[str]) -> None:
        for phrase in phrases:
            self.phrases.setdefault(tuple(phrase.split()), set()).add(self.number(name))

    def add_ending(self, name: str, ending: str, exceptions: Sequence[str]) -> None:
        self.endings.append((ending, frozenset(exceptions), self.number(name)))

    def add_patterns(self, name: str, patterns: Sequence[str]) -> None:
        compiled = [self.pattern(text) for text in patterns]
        self.patterns.extend((self.number(name), pattern) for pattern in compiled)

    def pattern(self, text: str) -> Pattern:
        """Raises PatternError for an unknown class, a bad gap, or a pattern without words."""
        elements = tuple(self._element(piece) for piece in text.split())
        if not any(element.kind in ("class", "any") and not element.optional for element in elements):
            raise PatternError(f"the pattern “{text}” asks for no word at all")
        needs = frozenset(element.name for element in elements if element.kind == "class" and not element.optional)
        return Pattern(text, elements, needs, sum(1 << number for number in needs))

    def _element(self, piece: str) -> Element:
        if piece[0] == "~":
            if piece[1:] and not piece[1:].isdigit():
                raise PatternError(f"“{piece}” is no gap; write ~ or ~6")
            return Element("gap", most=int(piece[1:] or GAP))
        match piece:
            case "^":
                return Element("clause")
            case "<":
                return Element("start")
            case "$":
                return Element("end")
            case "_":
                return Element("any")
        if piece[0] == "!":
            return Element("not", self._class(piece[1:]))
        optional = piece[-1] == "?"
        return Element("class", self._class(piece[:-1] if optional else piece), optional=optional)

    def _class(self, name: str) -> int:
        """The class of a {name}, of a word, or of the words and classes between bars."""
        if name in self.numbers:
            return self.numbers[name]
        if name[:1] == "{" and "|" not in name:
            raise PatternError(f"there is no class {name}; define it before it is used")
        number = self.numbers.setdefault(name, len(self.numbers))
        for part in name.split("|"):
            if part == "$":
                self.at_end.append(number)
            elif part[:1] == "{":
                self.within.setdefault(self._class(part), []).append(number)
            elif part.strip("_"):
                self.phrases.setdefault(tuple(part.split("_")), set()).add(number)
            else:
                raise PatternError(f"“{name}” has an empty choice")
        return number
