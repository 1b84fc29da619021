"""What the coach says in practice, from prompts/practice/wording.toml, checked as it is read."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from coach.errors import ContentError
from coach.tables import known_keys, text, texts
from coach.wording import places

SPOKEN_WORDS = 25
PLACES = frozenset({"felt", "named", "missed", "model", "drill", "count"})
SAY = (
    "hello", "again", "next", "model", "offer", "no_answer", "nobody", "muted", "found", "unclear", "long", "stopped",
    "done", "correction",
)  # fmt: skip
LANDED = ("meaning", "feeling", "own_words", "nothing_added", "short", "check", "waited", "none")
TRIES = (
    "advice", "blame", "own_story", "minimising", "why", "question", "echo", "no_feeling", "missed_point", "too_long",
    "other_feeling", "check", "waited",
)  # fmt: skip

Lines = Mapping[str, tuple[str, ...]]


@dataclass(frozen=True, slots=True, kw_only=True)
class PracticeWords:
    say: Lines
    landed: Lines  # by part of the score
    tries: Lines  # by what went wrong
    starts: Lines  # the first words to say instead, by what went wrong
    felt: Mapping[str, str]  # an adjective by family of feelings


def practice_words_from(table: Mapping[str, Any], families: Collection[str], place: str) -> PracticeWords:
    """ContentError names file and key."""
    known_keys(table, {"say", "landed", "try", "start", "felt"}, place)
    felt = _part(table, "felt", place)
    known_keys(felt, set(families), f"{place}: felt")
    return PracticeWords(
        say=_lines(table, "say", SAY, place), landed=_lines(table, "landed", LANDED, place),
        tries=_lines(table, "try", TRIES, place), starts=_lines(table, "start", TRIES, place, needed=False),
        felt={family: text(felt, family, f"{place}: felt") for family in families},
    )  # fmt: skip


def _part(table: Mapping[str, Any], key: str, place: str) -> Mapping[str, Any]:
    part = table.get(key)
    if not isinstance(part, Mapping):
        raise ContentError(f"{place}: '{key}' is missing or no table; write [{key}].")
    return part


def _lines(table: Mapping[str, Any], key: str, names: tuple[str, ...], place: str, *, needed: bool = True) -> Lines:
    part, place = _part(table, key, place), f"{place}: {key}"
    known_keys(part, set(names), place)
    found = {name: texts(part, name, place) for name in names if needed or name in part}
    for name, lines in found.items():
        for line in lines:
            _check(line, f"{place}: {name}")
    return found


def _check(line: str, place: str) -> None:
    if len(line.split()) > SPOKEN_WORDS:
        raise ContentError(f"{place}: '{line}' has {len(line.split())} words; keep to {SPOKEN_WORDS}, it is spoken.")
    try:
        unknown = places(line) - PLACES
    except ValueError as error:
        raise ContentError(f"{place}: {error}; write a brace twice where it is meant as a brace.") from error
    if unknown:
        raise ContentError(f"{place}: the place {{{min(unknown)}}} is unknown; use {', '.join(sorted(PLACES))}.")
