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
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Literal

GAP = 3
"""Words that a bare ~ may step over."""

Phrase = tuple[str, ...]


class PatternError(ValueError):
    """A pattern that cannot be read; the loader adds file and key."""


@dataclass(frozen=True, slots=True)
class Element:
    kind: Literal["class", "gap", "clause", "start", "end", "not", "any"]
    names: frozenset[int] = frozenset()  # the classes of which one must stand here
    most: int = 0  # words, for a gap
    optional: bool = False
    or_end: bool = False  # the end of the sentence will do as well


@dataclass(frozen=True, slots=True)
class Pattern:
    text: str
    elements: tuple[Element, ...]
    needs: tuple[
        frozenset[int], ...
    ]  # of each of these choices of classes one must be there; a shelf has the rarest first


@dataclass(frozen=True, slots=True)
class Shelf:
    """Patterns, each with its owner's number, put where they are looked for: under the rarest choice each needs."""

    by_class: dict[int, tuple[tuple[int, int, Pattern], ...]]  # class -> place in the order, owner, pattern
    always: tuple[tuple[int, int, Pattern], ...]  # need no class


def shelved(patterns: Iterable[tuple[int, Pattern]], commonness: Mapping[int, int]) -> Shelf:
    by_class: dict[int, list[tuple[int, int, Pattern]]] = {}
    always = []
    for place, (owner, pattern) in enumerate(patterns):
        rarest_first = tuple(sorted(pattern.needs, key=lambda choice: _met(choice, commonness)))
        entry = (place, owner, replace(pattern, needs=rarest_first))
        if not rarest_first:
            always.append(entry)
            continue
        for number in rarest_first[0]:
            by_class.setdefault(number, []).append(entry)
    return Shelf({number: tuple(entries) for number, entries in by_class.items()}, tuple(always))


def _met(choice: frozenset[int], commonness: Mapping[int, int]) -> int:
    return sum(commonness.get(number, 0) for number in choice)


@dataclass(slots=True)
class Classes:
    """Classes by number while the lexicon is read."""

    numbers: dict[str, int] = field(default_factory=dict)
    phrases: dict[Phrase, set[int]] = field(default_factory=dict)
    patterns: list[tuple[int, Pattern]] = field(default_factory=list)  # of classes, in order of definition
    endings: list[tuple[str, frozenset[str], int]] = field(default_factory=list)  # ending, words only like it, class

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

    def commonness(self, common: Collection[str]) -> Mapping[int, int]:
        """How often each class may be met: how many of its words and phrases are made of common words alone."""
        counts: Counter[int] = Counter()
        for phrase, numbers in self.phrases.items():
            if all(word in common for word in phrase):
                counts.update(numbers)
        for owner, pattern in self.patterns:
            counts[owner] += min((_met(choice, counts) for choice in pattern.needs), default=1)
        return counts

    def pattern(self, text: str) -> Pattern:
        """Raises PatternError for an unknown class, a bad gap, or a pattern without words."""
        elements = tuple(self._element(piece) for piece in text.split())
        if not any(element.kind in ("class", "any") and not element.optional for element in elements):
            raise PatternError(f"the pattern “{text}” asks for no word at all")
        return Pattern(
            text,
            elements,
            tuple(e.names for e in elements if e.kind == "class" and not e.optional and not e.or_end),
        )

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
        kind: Literal["not", "class"] = "not" if piece[0] == "!" else "class"
        choices = piece.removeprefix("!").removesuffix("?").split("|")
        return Element(
            kind,
            names=frozenset(self._class(choice) for choice in choices if choice != "$"),
            optional=piece[-1] == "?",
            or_end="$" in choices,
        )

    def _class(self, name: str) -> int:
        """The class of a {name}, or of a word or_phrase."""
        if name not in self.numbers:
            words = tuple(name.split("_"))
            if name[:1] == "{" or not all(words):
                raise PatternError(f"there is no class “{name}”; define it before it is used")
            self.phrases.setdefault(words, set()).add(self.numbers.setdefault(name, len(self.numbers)))
        return self.numbers[name]
