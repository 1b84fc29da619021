"""The sentences of feedback: ranked rules from prompts/feedback, each with its condition and its words.

A rule has several wordings; the first whose places can all be filled is used, so that a quote that is not sure,
or a rewrite that does not exist, leads to other words and never to a gap.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from string import Formatter
from typing import Any

from coach.errors import ContentError

PLACES = frozenset(
    {"name", "partner", "both", "quote", "rewrite", "frame", "moment", "when", "events", "count", "share", "seconds"}
)
PHRASES: Mapping[str, frozenset[str]] = {
    "unnamed": frozenset({"id"}),
    "one_partner": frozenset(),
    "both": frozenset({"first", "second"}),
    "near_the_start": frozenset(),
    "in_the_middle": frozenset(),
    "near_the_end": frozenset(),
    "few_events": frozenset({"moments"}),
    "many_events": frozenset({"count", "rate", "partner", "moments"}),
    "many_events_at_least": frozenset({"count", "rate", "partner", "moments"}),
    "list_and": frozenset(),
}
"""The phrases that must exist, and the places that each must hold."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Words:
    text: str  # shown
    say: str  # spoken


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    name: str
    when: str  # the condition
    skill: str
    needs_two: bool
    words: tuple[Words, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Wording:
    """Each list by rank."""

    strengths: tuple[Rule, ...]
    tries: tuple[Rule, ...]
    aims: tuple[Rule, ...]
    phrases: Mapping[str, str]


def wording_from(tables: Mapping[str, Mapping[str, Any]], personal: Collection[str], joint: Collection[str]) -> Wording:
    """`tables`: parsed strengths, tries, aims and phrases; then the names of the conditions there are.

    ContentError names file and key.
    """
    return Wording(
        strengths=_rules(tables["strengths"], "prompts/feedback/strengths.toml", personal),
        tries=_rules(tables["tries"], "prompts/feedback/tries.toml", personal),
        aims=_rules(tables["aims"], "prompts/feedback/aims.toml", joint),
        phrases=_phrases(tables["phrases"], "prompts/feedback/phrases.toml"),
    )


def filled(rule: Rule, values: Mapping[str, str], spoken: Mapping[str, str], most_words: int) -> Words | None:
    """The first wording whose places all have a value and whose spoken form is short enough. None where none is."""
    for words in rule.words:
        if all(values.get(place) for place in places(words.text)) and all(spoken.get(p) for p in places(words.say)):
            say = words.say.format_map(spoken)
            if len(say.split()) <= most_words:
                return Words(text=words.text.format_map(values), say=say)
    return None


def places(template: str) -> frozenset[str]:
    return frozenset(name for _, name, _, _ in Formatter().parse(template) if name is not None)


def _rules(table: Mapping[str, Any], place: str, conditions: Collection[str]) -> tuple[Rule, ...]:
    _known(table, {"rule"}, place)
    rows = table.get("rule")
    if not isinstance(rows, list) or not rows:
        raise ContentError(f"{place}: 'rule' must hold at least one rule.")
    rules = tuple(_rule(row, f"{place}: rule {at}", conditions) for at, row in enumerate(rows, start=1))
    names = [rule.name for rule in rules]
    for name in names:
        if names.count(name) > 1:
            raise ContentError(f"{place}: the name '{name}' is given twice; rename one rule.")
    return rules


def _rule(row: Mapping[str, Any], place: str, conditions: Collection[str]) -> Rule:
    _known(row, {"name", "when", "skill", "needs", "words"}, place)
    when, needs = _text(row, "when", place), row.get("needs", "")
    if when not in conditions:
        raise ContentError(f"{place}: when '{when}' is no condition; use one of {', '.join(sorted(conditions))}.")
    if needs not in ("", "two"):
        raise ContentError(f"{place}: needs '{needs}' is unknown; write \"two\" or leave it out.")
    words = row.get("words")
    if not isinstance(words, list) or not words:
        raise ContentError(f"{place}: 'words' must hold at least one wording.")
    return Rule(
        name=_text(row, "name", place), when=when, skill=_text(row, "skill", place), needs_two=needs == "two",
        words=tuple(_words(one, f"{place}: words {at}") for at, one in enumerate(words, start=1)),
    )  # fmt: skip


def _words(row: Mapping[str, Any], place: str) -> Words:
    _known(row, {"text", "say"}, place)
    for key in ("text", "say"):
        _check_places(_text(row, key, place), PLACES, f"{place}: {key}")
    return Words(text=row["text"], say=row["say"])


def _phrases(table: Mapping[str, Any], place: str) -> dict[str, str]:
    _known(table, set(PHRASES), place)
    for key, wanted in PHRASES.items():
        held = _check_places(_text(table, key, place), wanted, f"{place}: {key}")
        if held != wanted:
            raise ContentError(f"{place}: {key} must hold {', '.join('{' + name + '}' for name in sorted(wanted))}.")
    return {key: table[key] for key in PHRASES}


def _check_places(template: str, known: Collection[str], place: str) -> frozenset[str]:
    try:
        held = places(template)
    except ValueError as error:
        raise ContentError(f"{place}: {error}; write a brace twice where it is meant as a brace.") from error
    for name in held:
        if name not in known:
            raise ContentError(f"{place}: the place {{{name}}} is unknown; use one of {', '.join(sorted(known))}.")
    return held


def _known(table: Mapping[str, Any], keys: Collection[str], place: str) -> None:
    if not isinstance(table, Mapping):
        raise ContentError(f"{place} is no table; write {', '.join(sorted(keys))} into it.")
    for key in table:
        if key not in keys:
            raise ContentError(f"{place}: the key '{key}' is unknown; use {', '.join(sorted(keys))}.")


def _text(table: Mapping[str, Any], key: str, place: str) -> str:
    value = table.get(key)
    if not isinstance(value, str) or not value:
        raise ContentError(f"{place}: '{key}' must be a text.")
    return value
