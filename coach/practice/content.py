"""The practice cards and drills of prompts/practice, checked as they are read. ContentError names file and key."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from functools import cache
from typing import Any

from coach.content import lexicon, table
from coach.errors import ContentError
from coach.measures.additions import addition_rules
from coach.measures.feelings import feeling_index, telling_from
from coach.measures.others import others_of
from coach.measures.paraphrase import ParaphraseContent, card_matter
from coach.measures.paraphrase_parts import REASONS, PartName
from coach.measures.vocabulary import vocabulary_from
from coach.tables import known_keys as _known
from coach.tables import text as _text
from coach.tables import texts as _texts
from coach.thresholds import Limits

SCENARIOS = (
    "venting", "sadness", "anxiety", "scattered", "anger", "shame", "self_caused", "advice_trap", "self_talk_trap",
    "silence", "repair", "good_news",
)  # fmt: skip
LEVELS = (1, 2, 3, 4)
DRILLS = (
    "name_feeling", "better_reply", "say_back", "three_ways", "under_feeling", "correction", "wait", "follow_up",
    "rewrite_blame", "validate", "affirm", "good_news",
)  # fmt: skip
PARTS: tuple[PartName, ...] = ("meaning", "feeling", "own_words", "short", "nothing_added", "check", "waited")
INTRO_WORDS = 25
"""A spoken item longer than this is not taken in at one hearing."""

_CARD = {
    "id",
    "level",
    "statement",
    "key_points",
    "feelings",
    "under",
    "need",
    "drills",
    "correction",
    "model",
    "weak",
    "reason",
}
_DRILL = {"id", "name", "intro", "prompt", "parts", "answers"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Card:
    """One statement to practise with."""

    id: str
    scenario: str
    level: int  # 1 easy to 4
    statement: str
    key_points: tuple[str, ...]
    feelings: tuple[str, ...]  # families, any of which is right
    under: tuple[str, ...]  # families that may lie under them
    need: str
    drills: tuple[str, ...]
    correction: str  # what the partner says after a first answer, or ""
    model: str
    weak: str
    reason: str  # why the weak answer is weak: one of REASONS


@dataclass(frozen=True, slots=True, kw_only=True)
class Drill:
    id: str
    name: str
    intro: str  # spoken before the first card
    prompt: str  # spoken after each statement
    parts: tuple[PartName, ...]  # of the score that count
    answers: int  # how many answers a card asks for


@cache
def cards() -> tuple[Card, ...]:
    """All cards, by scenario and level."""
    return cards_from(
        {f"prompts/practice/{name}.toml": table(f"practice/{name}.toml") for name in SCENARIOS}, families()
    )


@cache
def drills() -> tuple[Drill, ...]:
    return drills_from(table("practice/drills.toml"), "prompts/practice/drills.toml")


@cache
def paraphrase_content() -> ParaphraseContent:
    """Everything that the score reads."""
    words = lexicon()
    vocabulary = vocabulary_from(
        table("lexicon/synonyms.toml"), "prompts/lexicon/synonyms.toml",
        table("lexicon/common.toml"), "prompts/lexicon/common.toml", words.feelings,
    )  # fmt: skip
    telling = telling_from(table("lexicon/telling.toml"), families(), "prompts/lexicon/telling.toml")
    content = ParaphraseContent(
        lexicon=words, vocabulary=vocabulary, feelings=feeling_index(words, vocabulary, telling),
        additions=addition_rules(table("lexicon/additions.toml"), "prompts/lexicon/additions.toml"),
        others=others_of(()),
    )  # fmt: skip
    return replace(content, others=others_of(card_matter(card, content, Limits()) for card in cards()))


def families() -> frozenset[str]:
    return frozenset(feeling.family for feeling in lexicon().feelings.values())


def cards_from(tables: Mapping[str, Mapping[str, Any]], families: frozenset[str]) -> tuple[Card, ...]:
    """The cards of parsed tables by the file each came from. Raises ContentError."""
    found: dict[str, Card] = {}
    for place, content in tables.items():
        _known(content, {"scenario", "drills", "card"}, place)
        scenario = _one_of(content, "scenario", SCENARIOS, place)
        rows = content.get("card")
        if not isinstance(rows, list) or not rows or not all(isinstance(row, Mapping) for row in rows):
            raise ContentError(f"{place}: there is no [[card]]; write at least one.")
        for number, row in enumerate(rows, start=1):
            card = _card(row, scenario, content, families, f"{place}: card {number}")
            if card.id in found:
                raise ContentError(f"{place}: the id '{card.id}' stands twice; give each card its own.")
            found[card.id] = card
    return tuple(found.values())


def drills_from(content: Mapping[str, Any], place: str) -> tuple[Drill, ...]:
    """The twelve drills, in the order of DRILLS. Raises ContentError."""
    _known(content, {"drill"}, place)
    rows = content.get("drill")
    if not isinstance(rows, list) or not all(isinstance(row, Mapping) for row in rows):
        raise ContentError(f"{place}: there is no [[drill]]; write one for each of {', '.join(DRILLS)}.")
    found = {
        drill.id: drill
        for number, row in enumerate(rows, start=1)
        for drill in [_drill(row, f"{place}: drill {number}")]
    }
    for name in DRILLS:
        if name not in found:
            raise ContentError(f"{place}: the drill '{name}' is missing; write a [[drill]] with that id.")
    return tuple(found[name] for name in DRILLS)


def _card(row: Mapping[str, Any], scenario: str, file: Mapping[str, Any], families: Iterable[str], place: str) -> Card:
    place = f"{place} ('{_text(row, 'id', place)}')"
    _known(row, _CARD, place)
    if row.get("level") not in LEVELS:
        raise ContentError(f"{place}: 'level' must be one of {', '.join(map(str, LEVELS))}.")
    return Card(
        id=_text(row, "id", place), scenario=scenario, level=row["level"], statement=_text(row, "statement", place),
        key_points=_texts(row, "key_points", place), feelings=_names(row, "feelings", families, place),
        under=_names(row, "under", families, place) if "under" in row else (), need=_text(row, "need", place),
        drills=_names(row if "drills" in row else file, "drills", DRILLS, place),
        correction=_text(row, "correction", place) if "correction" in row else "", model=_text(row, "model", place),
        weak=_text(row, "weak", place), reason=_one_of(row, "reason", REASONS, place),
    )  # fmt: skip


def _drill(row: Mapping[str, Any], place: str) -> Drill:
    name = _one_of(row, "id", DRILLS, place)
    place = f"{place} ('{name}')"
    _known(row, _DRILL, place)
    intro, answers = _text(row, "intro", place), row.get("answers")
    if len(intro.split()) > INTRO_WORDS:
        raise ContentError(f"{place}: 'intro' has {len(intro.split())} words; keep to {INTRO_WORDS}, it is spoken.")
    if not isinstance(answers, int) or not 1 <= answers <= 3:
        raise ContentError(f"{place}: 'answers' must be 1, 2 or 3.")
    return Drill(
        id=name, name=_text(row, "name", place), intro=intro, prompt=_text(row, "prompt", place),
        parts=tuple(part for part in PARTS if part in _names(row, "parts", PARTS, place)), answers=answers,
    )  # fmt: skip


def _names(row: Mapping[str, Any], key: str, known: Iterable[str], place: str) -> tuple[str, ...]:
    names, known = _texts(row, key, place), sorted(known)
    for name in names:
        if name not in known:
            raise ContentError(f"{place}: '{key}' holds '{name}', which is unknown; keep to {', '.join(known)}.")
    return names


def _one_of(row: Mapping[str, Any], key: str, known: Iterable[str], place: str) -> str:
    name = _text(row, key, place)
    if name not in known:
        raise ContentError(f"{place}: {key} '{name}' is unknown; keep to {', '.join(known)}.")
    return name
