"""The practice content: complete, varied, and checked as it is read, with file and key named."""

from __future__ import annotations

from collections import Counter
from copy import deepcopy
from typing import Any

import pytest

from coach.content import lexicon, table
from coach.errors import ContentError
from coach.measures.additions import addition_rules
from coach.measures.paraphrase_parts import REASONS
from coach.measures.vocabulary import vocabulary_from
from coach.practice.content import DRILLS, LEVELS, SCENARIOS, cards, cards_from, drills, drills_from, families

PLACE = "prompts/practice/venting.toml"


def one_card() -> dict[str, Any]:
    file = deepcopy(table("practice/venting.toml"))
    return {**file, "card": file["card"][:1]}


def test_every_scenario_and_level_has_cards() -> None:
    assert len(cards()) >= 120
    by_scenario = Counter(card.scenario for card in cards())
    assert set(by_scenario) == set(SCENARIOS)
    assert min(by_scenario.values()) >= 10
    assert {(card.scenario, card.level) for card in cards()} == {
        (name, level) for name in SCENARIOS for level in LEVELS
    }


def test_cards_are_their_own() -> None:
    for texts in (
        [card.statement for card in cards()],
        [card.model for card in cards()],
        [card.id for card in cards()],
    ):
        assert len(set(texts)) == len(texts)


def test_statements_can_be_spoken() -> None:
    for card in cards():
        assert 8 <= len(card.statement.split()) <= 70, card.id
        assert len(card.model.split()) <= 40, card.id
        assert all(card.key_points)


def test_weak_answers_show_every_fault_that_cards_are_for() -> None:
    assert {card.reason for card in cards()} == set(REASONS) - {"too_long"}


def test_drills_are_all_there_and_have_cards() -> None:
    assert tuple(drill.id for drill in drills()) == DRILLS
    suited = Counter(drill for card in cards() for drill in card.drills)
    assert min(suited[name] for name in DRILLS) >= 5
    assert all(card.correction for card in cards() if "correction" in card.drills)
    assert all(card.under for card in cards() if "under_feeling" in card.drills)


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"levle": 1}, "'levle' is unknown"),
        ({"level": 5}, "'level' must be one of"),
        ({"statement": " "}, "'statement' is missing or empty"),
        ({"key_points": []}, "'key_points' is missing or empty"),
        ({"feelings": ["gloom"]}, "holds 'gloom'"),
        ({"reason": "rude"}, "'rude' is unknown"),
        ({"drills": ["juggle"]}, "holds 'juggle'"),
        ({"need": 3}, "'need' is missing or empty"),
    ],
)
def test_a_wrong_card_is_named_with_its_file_and_key(change: dict[str, Any], told: str) -> None:
    file = one_card()
    file["card"][0].update(change)
    with pytest.raises(ContentError, match=PLACE) as caught:
        cards_from({PLACE: file}, families())
    assert told in str(caught.value)


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"scenario": "boredom"}, "'boredom' is unknown"),
        ({"card": []}, "no [[card]]"),
        ({"title": "x"}, "'title' is unknown"),
        ({"card": one_card()["card"] * 2}, "stands twice"),
    ],
)
def test_a_wrong_deck_is_named(change: dict[str, Any], told: str) -> None:
    with pytest.raises(ContentError, match=PLACE) as caught:
        cards_from({PLACE: one_card() | change}, families())
    assert told in str(caught.value)


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"intro": "word " * 26}, "26 words"),
        ({"parts": ["charm"]}, "holds 'charm'"),
        ({"answers": 0}, "'answers' must be"),
        ({"id": "juggle"}, "'juggle' is unknown"),
    ],
)
def test_a_wrong_drill_is_named(change: dict[str, Any], told: str) -> None:
    file = deepcopy(table("practice/drills.toml"))
    file["drill"][0].update(change)
    with pytest.raises(ContentError, match=r"prompts/practice/drills\.toml") as caught:
        drills_from(file, "prompts/practice/drills.toml")
    assert told in str(caught.value)


def test_a_missing_drill_is_named() -> None:
    file = deepcopy(table("practice/drills.toml"))
    del file["drill"][3]
    with pytest.raises(ContentError, match="'three_ways' is missing"):
        drills_from(file, "prompts/practice/drills.toml")


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"sane": "a, b"}, "'sane' is unknown"),
        ({"same": ""}, "one group of words a line"),
        ({"same": "alone"}, "fewer than two"),
    ],
)
def test_wrong_synonyms_are_named(change: dict[str, Any], told: str) -> None:
    common = table("lexicon/common.toml")
    with pytest.raises(ContentError, match="synonyms") as caught:
        vocabulary_from(table("lexicon/synonyms.toml") | change, "synonyms", common, "common", lexicon().feelings)
    assert told in str(caught.value)


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"praise": []}, "'praise' is unknown"),
        ({"why": []}, "list of patterns"),
        ({"why": ["{nobody} knows"]}, "no class"),
    ],
)
def test_wrong_patterns_are_named(change: dict[str, Any], told: str) -> None:
    with pytest.raises(ContentError, match="additions") as caught:
        addition_rules(table("lexicon/additions.toml") | change, "additions")
    assert told in str(caught.value)
