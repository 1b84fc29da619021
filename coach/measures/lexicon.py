"""The lexicon: classes of words, the rules over them, families of feelings, and what the coach offers instead.

Its text stands in prompts/lexicon/*.toml; here are the values, and how they are made from parsed tables.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal, get_args

from coach.errors import ContentError
from coach.measures.cues import Cues
from coach.measures.grammar import Grammar, Pattern, PatternError
from coach.measures.inflection import noun_forms, verb_forms

Label = Literal["blame", "pseudo_feeling", "feeling", "need_request", "appreciation", "other"]
LABELS: tuple[Label, ...] = get_args(Label)
"""By precedence: a sentence gets the first that applies."""

FOUR = ("criticism", "contempt", "defensiveness", "stonewalling")
ACTS = (
    "question_open", "question_closed", "follow_up", "reflection", "validation", "advice", "check", "repair", "backchannel",
    "we_talk", *FOUR, "observation", "feeling", "need", "request",
)  # fmt: skip
HELPERS = ("yes_no", "open_asking", "closed_asking", "tag", "stem", "about_you", "self_story")
"""Kinds of rule that are no act by themselves but tell acts apart."""

Scope = Literal["start", "clause", "rest", "sentence"]
Tables = Mapping[str, Mapping[str, Any]]
"""Parsed TOML by the place it came from."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    name: str
    kind: str  # a label, an act or a helper
    four: str  # which of Gottman's four horsemen, or ""
    patterns: tuple[Pattern, ...]
    unless: tuple[Pattern, ...]  # anywhere in the sentence: the rule does not hold
    despite: frozenset[str]  # guards that do not stop it
    confidence: float
    examples: tuple[str, ...]
    counterexamples: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Guard:
    """What is said under it is not meant for the listener: "she told me you ...", "when you ..."."""

    name: str
    stops: frozenset[str]  # kinds of rule
    scope: Scope
    patterns: tuple[Pattern, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Feeling:
    family: str
    intensity: int  # 1 slight, 2 plain, 3 strong


@dataclass(frozen=True, slots=True, kw_only=True)
class Faux:
    """A verdict in the grammar of a feeling, and what may be felt and needed under it."""

    feelings: tuple[str, ...]
    needs: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Horseman:
    antidote: str  # its name
    advice: str  # what to do instead, in one sentence
    say: str  # words to try


@dataclass(frozen=True, slots=True, kw_only=True)
class Lexicon:
    grammar: Grammar
    rules: tuple[Rule, ...]
    guards: tuple[Guard, ...]
    feelings: Mapping[str, Feeling]  # by word or phrase, lower case
    faux: Mapping[str, Faux]
    horsemen: Mapping[str, Horseman]
    rewrites: Mapping[str, str]  # by kind of remark; wording with {feeling} {need} {said}
    function_words: frozenset[str]  # carry no content: left out when meaning is compared
    cues: Cues


REWRITES: Mapping[str, frozenset[str]] = {
    "pseudo_feeling": frozenset({"feeling", "need"}),
    "pseudo_thought": frozenset(),
    **{horseman: frozenset() for horseman in FOUR},
}  # fmt: skip
"""The wordings that must exist, and the placeholders that each must hold."""

_RULE_KEYS = {"name", "kind", "four", "patterns", "unless", "despite", "confidence", "for", "against"}
_GUARD_KEYS = {"name", "stops", "scope", "patterns"}
_FILE_KEYS = {"words", "verbs", "nouns", "endings", "patterns", "rule", "guard"}


def lexicon_from(grammars: Tables, feelings: Tables, coaching: Tables, cues: Cues) -> Lexicon:
    """`grammars`: files of classes and rules, in the order in which their patterns build on each other.

    ContentError names file and key of what is missing, unknown or of the wrong type.
    """
    grammar = Grammar()
    ((feelings_place, feelings_table),) = feelings.items()
    felt = _feelings(feelings_table, feelings_place)
    faux = _faux(feelings_table, feelings_place)
    _add_feelings(grammar, felt, faux)
    for place, table in grammars.items():
        _known(table, _FILE_KEYS, place)
        _add_words(grammar, table, place)
    rules, guards = [], []
    for place, table in grammars.items():
        _add_patterns(grammar, table, place)
        guards += [_guard(row, grammar, place) for row in _rows(table, "guard", place)]
        rules += [_rule(row, grammar, place) for row in _rows(table, "rule", place)]
    _distinct([rule.name for rule in rules], "rule")
    names = {guard.name for guard in guards}
    for rule in rules:
        if rule.despite - names:
            raise ContentError(
                f"prompts/lexicon: rule '{rule.name}' stands despite an unknown guard; keep to {', '.join(sorted(names))}."
            )
    ((coaching_place, coaching_table),) = coaching.items()
    _known(coaching_table, {"horsemen", "rewrites"}, coaching_place)
    return Lexicon(
        grammar=grammar, rules=tuple(rules), guards=tuple(guards), feelings=felt, faux=faux,
        horsemen=_horsemen(coaching_table, coaching_place), rewrites=_rewrites(coaching_table, coaching_place),
        function_words=frozenset(_function_words(grammars)), cues=cues,
    )  # fmt: skip


def listed(text: object, place: str, key: str) -> tuple[str, ...]:
    """The entries of a comma-separated text."""
    if not isinstance(text, str) or not text.strip(" ,\n"):
        raise ContentError(f"{place}: '{key}' must be a text of words and phrases between commas.")
    return tuple(" ".join(entry.split()) for entry in text.split(",") if entry.strip())


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


def _add_feelings(grammar: Grammar, felt: Mapping[str, Feeling], faux: Mapping[str, Faux]) -> None:
    grammar.add_words("feeling_word", tuple(felt))
    grammar.add_words("faux_word", tuple(faux))


def _add_words(grammar: Grammar, table: Mapping[str, Any], place: str) -> None:
    for key, forms in (("words", lambda entry: (entry,)), ("verbs", verb_forms), ("nouns", noun_forms)):
        for name, text in _table(table, key, place, needed=False).items():
            for entry in listed(text, place, f"{key}.{name}"):
                grammar.add_words(name, tuple(forms(entry)))
    for name, text in _table(table, "endings", place, needed=False).items():
        entries = listed(text, place, f"endings.{name}")
        exceptions = [entry[1:] for entry in entries if entry[0] == "-"]
        for entry in entries:
            if entry[0] != "-":
                grammar.add_ending(name, entry, exceptions)


def _add_patterns(grammar: Grammar, table: Mapping[str, Any], place: str) -> None:
    for name, texts in _table(table, "patterns", place, needed=False).items():
        try:
            grammar.add_patterns(name, _texts(texts, place, f"patterns.{name}"))
        except PatternError as error:
            raise ContentError(f"{place}: patterns.{name}: {error}.") from error


def _compiled(row: Mapping[str, Any], key: str, grammar: Grammar, place: str) -> tuple[Pattern, ...]:
    try:
        return tuple(grammar.compile(text) for text in _texts(row.get(key, []), place, key))
    except PatternError as error:
        raise ContentError(f"{place}: {key}: {error}.") from error


def _rule(row: Mapping[str, Any], grammar: Grammar, place: str) -> Rule:
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
        name=name, kind=kind, four=four, patterns=_compiled(row, "patterns", grammar, place),
        unless=_compiled(row, "unless", grammar, place), despite=frozenset(_texts(row.get("despite", []), place, "despite")),
        confidence=confidence, examples=_texts(row.get("for"), place, "for"),
        counterexamples=_texts(row.get("against"), place, "against"),
    )  # fmt: skip


def _guard(row: Mapping[str, Any], grammar: Grammar, place: str) -> Guard:
    name = _text(row, "name", place)
    place = f"{place}: guard '{name}'"
    _known(row, _GUARD_KEYS, place)
    scope = _text(row, "scope", place)
    if scope not in get_args(Scope):
        raise ContentError(f"{place}: scope '{scope}' is unknown; keep to {', '.join(get_args(Scope))}.")
    return Guard(
        name=name, stops=frozenset(_texts(row.get("stops"), place, "stops")), scope=scope,  # type: ignore[arg-type]
        patterns=_compiled(row, "patterns", grammar, place),
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
