"""The lexicon from parsed tables, with every key and type checked: an error names file and key."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, get_args

from coach.errors import ContentError
from coach.measures.cues import Cues
from coach.measures.grammar import JOINERS, LIGHT, OPENERS, grammar_of
from coach.measures.inflection import noun_forms, verb_forms
from coach.measures.lexicon import (
    ACTS,
    FOUR,
    HELPERS,
    LABELS,
    REWRITES,
    Faux,
    Feeling,
    Guard,
    Horseman,
    Lexicon,
    Rule,
    Scope,
    listed,
)
from coach.measures.patterns import Classes, Pattern, PatternError, shelved

Tables = Mapping[str, Mapping[str, Any]]
"""Parsed TOML by the place it came from."""

_RULE_KEYS = {"name", "kind", "four", "patterns", "unless", "despite", "confidence", "for", "against"}
_GUARD_KEYS = {"name", "stops", "scope", "patterns"}
_FILE_KEYS = {"words", "verbs", "nouns", "endings", "patterns", "rule", "guard"}


def lexicon_from(grammars: Tables, feelings: Tables, coaching: Tables, cues: Cues) -> Lexicon:
    """`grammars`: files of classes and rules, in the order in which their patterns build on each other.

    ContentError names file and key of what is missing, unknown or of the wrong type.
    """
    classes = Classes()
    ((feelings_place, feelings_table),) = feelings.items()
    felt = _feelings(feelings_table, feelings_place)
    faux = _faux(feelings_table, feelings_place)
    _add_feelings(classes, felt, faux)
    for place, table in grammars.items():
        _known(table, _FILE_KEYS, place)
        _add_words(classes, table, place)
    rules, guards = [], []
    for place, table in grammars.items():
        _add_patterns(classes, table, place)
        guards += [_guard(row, classes, place) for row in _rows(table, "guard", place)]
        rules += [_rule(row, classes, place) for row in _rows(table, "rule", place)]
    _distinct([rule.name for rule in rules], "rule")
    names = {guard.name for guard in guards}
    for rule in rules:
        if rule.despite - names:
            raise ContentError(
                f"prompts/lexicon: rule '{rule.name}' stands despite an unknown guard; use {', '.join(sorted(names))}."
            )
    ((coaching_place, coaching_table),) = coaching.items()
    _known(coaching_table, {"horsemen", "rewrites"}, coaching_place)
    for name in (LIGHT, OPENERS, JOINERS):
        if "{" + name + "}" not in classes.numbers:
            raise ContentError(f"prompts/lexicon: the class '{name}' is missing; add it to [words].")
    common = frozenset(_function_words(grammars))
    commonness = classes.commonness(common)
    return Lexicon(
        grammar=grammar_of(classes, commonness), rules=tuple(rules), guards=tuple(guards),
        rule_shelf=shelved(((at, pattern) for at, rule in enumerate(rules) for pattern in rule.patterns), commonness),
        guard_shelf=shelved(((at, each) for at, guard in enumerate(guards) for each in guard.patterns), commonness),
        feelings=felt, faux=faux, horsemen=_horsemen(coaching_table, coaching_place),
        rewrites=_rewrites(coaching_table, coaching_place), function_words=common, cues=cues,
    )  # fmt: skip


def _feelings(table: Mapping[str, Any], place: str) -> dict[str, Feeling]:
    _known(table, {"families", "faux"}, place)
    found: dict[str, Feeling] = {}
    for family, levels in _table(table, "families", place).items():
        _known(levels, {"slight", "plain", "strong"}, f"{place}: families.{family}")
        for intensity, level in enumerate(("slight", "plain", "strong"), start=1):
            for word in listed(levels.get(level), place, f"families.{family}.{level}"):
                if word in found:
                    raise ContentError(f"{place}: '{word}' stands in {found[word].family} and in {family}; keep one.")
                found[word] = Feeling(family=family, intensity=intensity)
    return found


def _faux(table: Mapping[str, Any], place: str) -> dict[str, Faux]:
    found: dict[str, Faux] = {}
    for name, row in _table(table, "faux", place).items():
        _known(row, {"words", "feelings", "needs"}, f"{place}: faux.{name}")
        words, felt, needs = (
            listed(row.get(key), place, f"faux.{name}.{key}") for key in ("words", "feelings", "needs")
        )
        found.update({word: Faux(feelings=felt, needs=needs) for word in words})
    return found


def _add_feelings(classes: Classes, felt: Mapping[str, Feeling], faux: Mapping[str, Faux]) -> None:
    classes.add_words("feeling_word", tuple(felt))
    classes.add_words("faux_word", tuple(faux))


def _add_words(classes: Classes, table: Mapping[str, Any], place: str) -> None:
    for key, forms in (("words", lambda entry: (entry,)), ("verbs", verb_forms), ("nouns", noun_forms)):
        for name, text in _table(table, key, place, needed=False).items():
            for entry in listed(text, place, f"{key}.{name}"):
                classes.add_words(name, tuple(forms(entry)))
    for name, text in _table(table, "endings", place, needed=False).items():
        entries = listed(text, place, f"endings.{name}")
        exceptions = [entry[1:] for entry in entries if entry[0] == "-"]
        for entry in entries:
            if entry[0] != "-":
                classes.add_ending(name, entry, exceptions)


def _add_patterns(classes: Classes, table: Mapping[str, Any], place: str) -> None:
    for name, texts in _table(table, "patterns", place, needed=False).items():
        try:
            classes.add_patterns(name, _texts(texts, place, f"patterns.{name}"))
        except PatternError as error:
            raise ContentError(f"{place}: patterns.{name}: {error}.") from error


def _compiled(row: Mapping[str, Any], key: str, classes: Classes, place: str) -> tuple[Pattern, ...]:
    try:
        return tuple(classes.pattern(text) for text in _texts(row.get(key, []), place, key))
    except PatternError as error:
        raise ContentError(f"{place}: {key}: {error}.") from error


def _rule(row: Mapping[str, Any], classes: Classes, place: str) -> Rule:
    name = _text(row, "name", place)
    place = f"{place}: rule '{name}'"
    _known(row, _RULE_KEYS, place)
    kind, four, confidence = _text(row, "kind", place), row.get("four", ""), row.get("confidence")
    if kind not in (*LABELS[:-1], *ACTS, *HELPERS):
        raise ContentError(f"{place}: kind '{kind}' is unknown; keep to the labels and acts.")
    if four not in ("", *FOUR):
        raise ContentError(f"{place}: four '{four}' is unknown; keep to {', '.join(FOUR)}.")
    if not isinstance(confidence, float) or not 0 < confidence <= 1:
        raise ContentError(f"{place}: confidence must be a number over 0 and up to 1.0.")
    return Rule(
        name=name, kind=kind, four=four, patterns=_compiled(row, "patterns", classes, place),
        unless=_compiled(row, "unless", classes, place),
        despite=frozenset(_texts(row.get("despite", []), place, "despite")),
        confidence=confidence, examples=_texts(row.get("for"), place, "for"),
        counterexamples=_texts(row.get("against"), place, "against"),
    )  # fmt: skip


def _guard(row: Mapping[str, Any], classes: Classes, place: str) -> Guard:
    name = _text(row, "name", place)
    place = f"{place}: guard '{name}'"
    _known(row, _GUARD_KEYS, place)
    scope = _text(row, "scope", place)
    if scope not in get_args(Scope):
        raise ContentError(f"{place}: scope '{scope}' is unknown; keep to {', '.join(get_args(Scope))}.")
    return Guard(
        name=name, stops=frozenset(_texts(row.get("stops"), place, "stops")), scope=scope,  # type: ignore[arg-type]
        patterns=_compiled(row, "patterns", classes, place),
    )  # fmt: skip


def _horsemen(table: Mapping[str, Any], place: str) -> dict[str, Horseman]:
    rows = _table(table, "horsemen", place)
    _known(rows, set(FOUR), f"{place}: horsemen")
    keys = ("antidote", "advice", "say")
    for name in FOUR:
        _known(_table(rows, name, place), set(keys), f"{place}: horsemen.{name}")
    return {
        name: Horseman(antidote=texts[0], advice=texts[1], say=texts[2])
        for name in FOUR
        for texts in [[_text(rows[name], key, f"{place}: horsemen.{name}") for key in keys]]
    }


def _rewrites(table: Mapping[str, Any], place: str) -> dict[str, str]:
    rows = _table(table, "rewrites", place)
    _known(rows, set(REWRITES), f"{place}: rewrites")
    for name, placeholders in REWRITES.items():
        text = _text(rows, name, f"{place}: rewrites")
        for placeholder in sorted(placeholders):
            if "{" + placeholder + "}" not in text:
                raise ContentError(
                    f"{place}: rewrites.{name} lacks the placeholder {{{placeholder}}}; put it where the word goes."
                )
    return dict(rows)


def _function_words(grammars: Tables) -> set[str]:
    return {
        word
        for place, table in grammars.items()
        if "function_word" in table.get("words", {})
        for word in listed(table["words"]["function_word"], place, "words.function_word")
    }


def _known(table: Mapping[str, Any], keys: set[str], place: str) -> None:
    if not isinstance(table, Mapping):
        raise ContentError(f"{place} is no table; write {', '.join(sorted(keys))} into it.")
    for key in sorted(set(table) - keys):
        raise ContentError(f"{place}: the key '{key}' is unknown; keep to {', '.join(sorted(keys))}.")


def _table(table: Mapping[str, Any], key: str, place: str, *, needed: bool = True) -> Mapping[str, Any]:
    value = table.get(key)
    if value is None and not needed:
        return {}
    if not isinstance(value, Mapping):
        raise ContentError(f"{place}: '{key}' is missing or is no table; write [{key}].")
    return value


def _rows(table: Mapping[str, Any], key: str, place: str) -> list[Mapping[str, Any]]:
    rows = table.get(key, [])
    if not isinstance(rows, list) or not all(isinstance(row, Mapping) for row in rows):
        raise ContentError(f"{place}: '{key}' must be a list of tables; write [[{key}]].")
    return rows


def _text(row: Mapping[str, Any], key: str, place: str) -> str:
    value = row.get(key)
    if not isinstance(value, str) or not value.strip():
        raise ContentError(f"{place}: '{key}' is missing or is no text; give it some words in quotes.")
    return value


def _texts(value: object, place: str, key: str) -> tuple[str, ...]:
    if not isinstance(value, list) or not all(isinstance(text, str) and text.strip() for text in value):
        raise ContentError(f"{place}: '{key}' must be a list of texts.")
    return tuple(value)


def _distinct(names: list[str], what: str) -> None:
    for name in names:
        if names.count(name) > 1:
            raise ContentError(f"prompts/lexicon: two rules are named '{name}'; a {what}'s name must be its own.")
