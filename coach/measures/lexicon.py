"""The lexicon: classes of words, the rules over them, families of feelings, and what the coach offers instead.

Its text stands in prompts/lexicon/*.toml; here are the values, made from parsed tables by lexicon_tables.py.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal, get_args

from coach.errors import ContentError
from coach.measures.cues import Cues
from coach.measures.grammar import Grammar
from coach.measures.patterns import Pattern, Shelf

Label = Literal["blame", "pseudo_feeling", "feeling", "need_request", "appreciation", "other"]
LABELS: tuple[Label, ...] = get_args(Label)
"""By precedence: a sentence gets the first that applies."""

FOUR = ("criticism", "contempt", "defensiveness", "stonewalling")
ACTS = (
    "question_open", "question_closed", "follow_up", "reflection", "validation", "advice", "check", "repair",
    "backchannel", "we_talk", *FOUR, "observation", "feeling", "need", "request",
)  # fmt: skip
HELPERS = ("yes_no", "open_asking", "open_inside", "closed_asking", "tag")
"""Kinds of rule that are no act by themselves but tell acts apart."""

Scope = Literal["start", "clause", "rest", "sentence"]


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
    rule_shelf: Shelf  # the patterns of all rules, by place in `rules`
    guard_shelf: Shelf
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


def listed(text: object, place: str, key: str) -> tuple[str, ...]:
    """The entries of a comma-separated text."""
    if not isinstance(text, str) or not text.strip(" ,\n"):
        raise ContentError(f"{place}: '{key}' must be a text of words and phrases between commas.")
    return tuple(" ".join(entry.split()) for entry in text.split(",") if entry.strip())
