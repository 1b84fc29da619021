"""Hands-free commands: what one short utterance means, matched by letters and by sound.

A command inside ordinary speech does not trigger, since only a whole utterance is compared. Small recognisers write
neighbours ("Postleys" for "pause please"): the consonants of the utterance are compared with those of every phrase,
confusable ones as nearly the same, and ordinary short sentences take part in the comparison.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from coach.errors import ContentError
from coach.measures.cues import normal
from coach.measures.meaning import sound_of
from coach.tables import known_keys as _known
from coach.tables import texts as _texts
from coach.thresholds import CommandLimits

NAMES = (
    "pass_on", "there_is_more", "not_quite", "say_again", "pause_please", "skip_this", "stop_now", "delete_that",
    "yes", "no",
)  # fmt: skip
ANSWERS = ("yes", "no")
HIGHEST = 10

_ALIKE = ("pbfv", "tdk", "szj", "mn", "lr", "sf", "td", "kg", "pt", "st", "pk")
"""Consonants that small recognisers take for one another, as `sound_of` writes them ..."""
ALIKE = 0.5
"""... what that costs, where another consonant costs 1 ..."""
DROPPED = 0.8
"""... and one that is missing or added."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Phrases:
    """One command: its phrases by letters, and what they sound like."""

    name: str
    teaches: str  # the first phrase, shown and spoken
    key: str
    letters: frozenset[str]
    sounds: frozenset[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Grammar:
    commands: Mapping[str, Phrases]
    ordinary: Phrases
    numbers: Mapping[str, int]  # by letters
    lead: tuple[str, ...]  # longest first
    tail: tuple[str, ...]
    keys: Mapping[str, str]  # name by key
    number_keys: Mapping[str, int]


def command_in(texts: Sequence[str], wanted: Collection[str], grammar: Grammar, limits: CommandLimits) -> str | None:
    """The wanted command that the whole utterance is, or None. `texts`: its readings, the usual one first.

    A reading that is a command to the letter goes before one that only sounds like one; an utterance whose usual
    reading is an ordinary short sentence is none.
    """
    said = [_said(text) for text in texts]
    if not said or said[0] in grammar.ordinary.letters:
        return None
    short = [one for one in said if one and len(one.split()) <= limits.most_words]
    for one in short:
        for name, phrases in grammar.commands.items():
            if one in phrases.letters:
                return name if name in wanted else None
    sounding = (_by_sound(one, wanted, grammar, limits) for one in short if one not in grammar.ordinary.letters)
    return next((name for name in sounding if name), None)


def to_the_letter(text: str, grammar: Grammar) -> bool:
    """Whether the whole utterance is a command or a number as it is written: no other reading can say more."""
    said = _said(text)
    return said in grammar.numbers or any(said in phrases.letters for phrases in grammar.commands.values())


def number_in(texts: Sequence[str], grammar: Grammar, limits: CommandLimits) -> int | None:
    """The number 0-10 that the whole utterance is, or None. Only to be asked where a number is awaited."""
    said = [_number_words(text, grammar) for text in texts]
    for one in said:
        if one in grammar.numbers:
            return grammar.numbers[one]
    sounding = (_number_by_sound(one, grammar, limits) for one in said)
    return next((value for value in sounding if value is not None), None)


def _number_words(text: str, grammar: Grammar) -> str:
    """What is left without "I'd say ... out of ten"."""
    said = _said(text)
    for tail in grammar.tail:
        said = said.removesuffix(f" {tail}")
    lead = next((lead for lead in grammar.lead if said.startswith(f"{lead} ")), "")
    return said.removeprefix(f"{lead} ")


def _number_by_sound(said: str, grammar: Grammar, limits: CommandLimits) -> int | None:
    sound = _sound(said)
    if len(said.split()) > limits.number_words or len(sound) < limits.least_sound:
        return None
    near = {value for word, value in grammar.numbers.items() if sound in (_sound(word), _sound(f"number {word}"))}
    return near.pop() if len(near) == 1 else None


def _by_sound(said: str, wanted: Collection[str], grammar: Grammar, limits: CommandLimits) -> str | None:
    """The nearest command, if it is wanted, near enough, and neither another nor an ordinary sentence is as likely."""
    sound = _sound(said)
    far = {name: _far(sound, phrases.sounds) for name, phrases in grammar.commands.items()}
    name = min(far, key=lambda name: far[name])
    lead = min(far[other] for other in far if other != name) - far[name]
    ordinary = _far(sound, grammar.ordinary.sounds) < far[name]
    short = len(said.split()) < 2 and len(sound) < limits.least_sound_of_one_word
    most = 0.0 if short else limits.most_sound_distance
    if name not in wanted or far[name] > most or lead < limits.least_lead or ordinary:
        return None
    return name


def _far(sound: str, sounds: Iterable[str]) -> float:
    return min((distance(sound, other) for other in sounds), default=1.0)


@lru_cache(maxsize=8192)
def distance(a: str, b: str) -> float:
    """0 to 1: the cost of turning one row of consonants into the other, by the longer one's length."""
    longest = max(len(a), len(b))
    if not longest:
        return 1.0
    row = [at * DROPPED for at in range(len(b) + 1)]
    for at, letter in enumerate(a, start=1):
        corner, row[0] = row[0], at * DROPPED
        for to, other in enumerate(b, start=1):
            swapped = corner + (0.0 if letter == other else ALIKE if _alike(letter, other) else 1.0)
            corner, row[to] = row[to], min(row[to] + DROPPED, row[to - 1] + DROPPED, swapped)
    return row[-1] / longest


def _alike(a: str, b: str) -> bool:
    return any(a in group and b in group for group in _ALIKE)


@lru_cache(maxsize=8192)
def _said(text: str) -> str:
    return " ".join(word for word in map(normal, text.replace(",", " ").split()) if word)


@lru_cache(maxsize=8192)
def _sound(said: str) -> str:
    """The consonants of the whole, word borders left out: recognisers set them where they like."""
    letters = re.sub(r"c(?=[eiy])", "s", re.sub(r"[^a-z]", "", said))
    return sound_of(letters).rstrip("0123456789")


def grammar_from(table: Mapping[str, Any], place: str = "prompts/commands.toml") -> Grammar:
    """The grammar of a parsed TOML table. ContentError names file and key."""
    _known(table, {"ordinary", "command", "numbers"}, place)
    rows, numbers = table.get("command"), table.get("numbers")
    if not isinstance(rows, list) or not isinstance(numbers, dict):
        raise ContentError(f"{place}: 'command' or 'numbers' is missing; write each [[command]] and [numbers].")
    commands = {row.name: row for at, one in enumerate(rows, 1) for row in [_command(one, f"{place}: command {at}")]}
    for name in NAMES:
        if name not in commands:
            raise ContentError(f"{place}: the command '{name}' is missing; write a [[command]] with that name.")
    _known(numbers, {"ten_key", "lead", "tail", "words"}, f"{place}: numbers")
    by_letters = _numbers(numbers.get("words"), f"{place}: numbers")
    keys = [command.key for command in commands.values()] + [_key(numbers, "ten_key", f"{place}: numbers")]
    for key in keys:
        if keys.count(key) > 1 or key.isdigit():
            raise ContentError(f"{place}: the key '{key}' is taken twice or a digit; give each command its own letter.")
    ordinary = _texts(table, "ordinary", place)
    for text in ordinary:
        if any(_said(text) in command.letters for command in commands.values()):
            raise ContentError(f"{place}: 'ordinary' holds '{text}', which is a command; take one of them out.")
    return Grammar(
        commands=commands,
        ordinary=Phrases(
            name="", teaches="", key="", letters=frozenset(map(_said, ordinary)), sounds=_sounds(ordinary)
        ),
        numbers=by_letters, lead=_longest_first(numbers, "lead", place), tail=_longest_first(numbers, "tail", place),
        keys={command.key: command.name for command in commands.values()},
        number_keys={str(digit): digit for digit in range(HIGHEST)} | {numbers["ten_key"]: HIGHEST},
    )  # fmt: skip


def _command(row: Mapping[str, Any], place: str) -> Phrases:
    _known(row, {"name", "say", "heard", "key"}, place)
    name = row.get("name")
    if name not in NAMES:
        raise ContentError(f"{place}: the name '{name}' is unknown; keep to {', '.join(NAMES)}.")
    place = f"{place} ('{name}')"
    say, heard = _texts(row, "say", place), _texts(row, "heard", place)
    if len(say[0].split()) < 2:
        raise ContentError(f"{place}: 'say' begins with '{say[0]}'; the phrase that is taught has two words or more.")
    return Phrases(
        name=str(name), teaches=say[0], key=_key(row, "key", place), letters=frozenset(map(_said, (*say, *heard))),
        sounds=_sounds(say[:1]),
    )  # fmt: skip


def _numbers(rows: object, place: str) -> dict[str, int]:
    if not isinstance(rows, list) or len(rows) != HIGHEST + 1:
        raise ContentError(f"{place}: 'words' must hold {HIGHEST + 1} lists, for 0 to {HIGHEST} in order.")
    found: dict[str, int] = {}
    for value, row in enumerate(rows):
        for word in _texts({"words": row}, "words", place):
            if _said(word) in found:
                raise ContentError(f"{place}: 'words' holds '{word}' twice; keep it under one number.")
            found[_said(word)] = value
    return found


def _sounds(phrases: Iterable[str]) -> frozenset[str]:
    return frozenset(sound for phrase in phrases if (sound := _sound(_said(phrase))))


def _longest_first(row: Mapping[str, Any], key: str, place: str) -> tuple[str, ...]:
    return tuple(sorted(map(_said, _texts(row, key, f"{place}: numbers")), key=len, reverse=True))


def _key(row: Mapping[str, Any], key: str, place: str) -> str:
    value = row.get(key)
    if not isinstance(value, str) or len(value) != 1:
        raise ContentError(f"{place}: '{key}' must be one letter in quotes.")
    return value
