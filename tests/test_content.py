"""What stands under prompts/lexicon can be read, and what does not fit is said with file and key."""

from __future__ import annotations

import copy
from importlib import resources
from typing import Any

import pytest

from coach import content
from coach.errors import ContentError
from coach.measures.lexicon import ACTS, FOUR, LABELS
from coach.measures.lexicon_tables import lexicon_from

NAMES = ("classes", "rules", "feelings", "coaching")


@pytest.fixture
def tables() -> dict[str, dict[str, Any]]:
    """A lexicon of one rule, to be spoilt."""
    return copy.deepcopy({
        "classes": {"words": {"light": "just", "opener": "well", "joiner": "but", "function_word": "you, the"}},
        "rules": {
            "words": {"you": "you"},
            "rule": [{
                "name": "never", "kind": "blame", "four": "criticism", "patterns": ["{you} never"], "unless": [],
                "confidence": 0.9, "for": ["you never"], "against": ["I never"],
            }],
        },
        "feelings": {
            "families": {"sadness": {"slight": "sad", "plain": "unhappy", "strong": "miserable"}},
            "faux": {"ignored": {"words": "ignored", "feelings": "lonely", "needs": "to be seen"}},
        },
        "coaching": {
            "horsemen": {name: {"antidote": "a", "advice": "b", "say": "c"} for name in FOUR},
            "rewrites": {
                "pseudo_feeling": "I feel {feeling}, I need {need}.", "pseudo_thought": "a thought",
                **dict.fromkeys(FOUR, "instead"),
            },
        },
    })  # fmt: skip


def built(tables: dict[str, dict[str, Any]]) -> None:
    files = {name: {f"{name}.toml": tables[name]} for name in NAMES}
    lexicon_from({**files["classes"], **files["rules"]}, files["feelings"], files["coaching"], content.cues())


def test_the_small_lexicon_is_sound(tables: dict[str, dict[str, Any]]) -> None:
    built(tables)


@pytest.mark.parametrize(
    ("path", "value", "told"),
    [
        (("rules", "rule", 0, "weight"), 3, r"rules.toml: rule 'never': the key 'weight' is unknown"),
        (("rules", "nonsense"), {}, r"rules.toml: the key 'nonsense' is unknown"),
        (("rules", "rule", 0, "kind"), "insult", r"kind 'insult' is unknown"),
        (("rules", "rule", 0, "four"), "war", r"four 'war' is unknown"),
        (("rules", "rule", 0, "confidence"), "high", r"confidence must be a number"),
        (("rules", "rule", 0, "patterns"), "{you} never", r"'patterns' must be a list"),
        (("rules", "rule", 0, "patterns"), ["{thou} never"], r"rule 'never': patterns: there is no class “{thou}”"),
        (("rules", "rule", 0, "patterns"), ["never ~many"], r"“~many” is no gap"),
        (("rules", "rule", 0, "patterns"), ["never|"], r"there is no class “”"),
        (("rules", "rule", 0, "patterns"), ["$"], r"asks for no word"),
        (("rules", "rule", 0, "despite"), ["nobody"], r"despite an unknown guard"),
        (("rules", "rule", 0, "name"), "", r"'name' is missing"),
        (("rules", "rule"), {}, r"'rule' must be a list of tables"),
        (("rules", "patterns"), {"loop": ["{loop} never"]}, r"there is no class “{loop}”"),
        (("rules", "words", "you"), ["you"], r"'words.you' must be a text"),
        (("feelings", "families", "sadness", "huge"), "grief", r"families.sadness: the key 'huge' is unknown"),
        (("feelings", "families", "sadness", "plain"), "sad", r"'sad' stands in sadness and in sadness"),
        (("feelings", "faux", "ignored", "needs"), 1, r"faux.ignored.needs' must be a text"),
        (("feelings", "families"), None, r"'families' is missing"),
        (("coaching", "rewrites", "pseudo_feeling"), "I feel {feeling}.", r"lacks the placeholder \{need\}"),
        (("coaching", "rewrites", "contempt"), 5, r"'contempt' is missing or is no text"),
        (("coaching", "horsemen", "war"), {}, r"horsemen: the key 'war' is unknown"),
        (("classes", "words"), {"opener": "well", "joiner": "but"}, r"class 'light' is missing"),
    ],
)  # fmt: skip
def test_what_does_not_fit_is_said(
    tables: dict[str, dict[str, Any]], path: tuple[str | int, ...], value: object, told: str
) -> None:
    place: Any = tables
    for key in path[:-1]:
        place = place[key]
    place[path[-1]] = value
    with pytest.raises(ContentError, match=told):
        built(tables)


def test_two_rules_of_one_name(tables: dict[str, dict[str, Any]]) -> None:
    tables["rules"]["rule"] *= 2
    with pytest.raises(ContentError, match="two rules are named 'never'"):
        built(tables)


def test_text_that_is_no_toml_names_its_file() -> None:
    with pytest.raises(ContentError, match=r"prompts/x.toml is no valid TOML: Invalid value"):
        content.parsed("a = ", "prompts/x.toml")


def test_a_missing_file() -> None:
    with pytest.raises(ContentError, match=r"prompts/lexicon/nothing.toml is missing"):
        content.table("lexicon/nothing.toml")


def test_every_file_of_the_lexicon_is_toml() -> None:
    names = [
        file.name for file in resources.files("prompts").joinpath("lexicon").iterdir() if file.name.endswith(".toml")
    ]
    assert {f"{name}.toml" for name in content.GRAMMARS} < set(names)
    for name in names:
        assert content.table(f"lexicon/{name}")


def test_the_lexicon_is_built_once_and_holds_what_is_promised() -> None:
    lexicon = content.lexicon()
    assert lexicon is content.lexicon()
    assert len(lexicon.feelings) >= 350
    assert {feeling.intensity for feeling in lexicon.feelings.values()} == {1, 2, 3}
    assert set(lexicon.feelings).isdisjoint(lexicon.faux)
    assert set(lexicon.horsemen) == set(FOUR)
    kinds = {rule.kind for rule in lexicon.rules}
    assert set(LABELS) - {"other"} <= kinds
    without_rule = {"question_open", "question_closed", "backchannel", "criticism", "contempt", "feeling"}
    assert set(ACTS) - without_rule <= kinds
    for faux in lexicon.faux.values():
        assert set(faux.feelings) <= set(lexicon.feelings)
