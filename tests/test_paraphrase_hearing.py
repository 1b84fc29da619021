"""What recognisers make of feelings, feelings told by verbs and idioms, and what is no fault of an answer."""

from __future__ import annotations

from pathlib import Path

import pytest

from coach.content import table
from coach.errors import ContentError
from coach.measures.feelings import named, telling_from
from coach.measures.misheard import maybe_felt, mended, sounds_like
from coach.measures.paraphrase import Paraphrase, paraphrase
from coach.practice.content import Card, cards, families, paraphrase_content
from coach.thresholds import Limits

CONTENT, LIMITS = paraphrase_content(), Limits()
UNSEEN = Path(__file__).parent.parent / "benchmarks" / "good_answers_unseen.tsv"


def card(name: str) -> Card:
    return next(card for card in cards() if card.id == name)


def score(name: str, back: str) -> Paraphrase:
    return paraphrase(card(name).statement, back, CONTENT, LIMITS, card(name))


@pytest.mark.parametrize(
    ("heard", "meant"),
    [
        ("He told them all, your furious.", "He told them all. you're furious."),
        ("and your so tired of it", "and you're so tired of it"),
        ("She left your heart broken", "She left you're heartbroken"),
        ("your angry brother called", "your angry brother called"),
        ("your brother called", "your brother called"),
        ("your sorry about the dress", "you're sorry about the dress"),
        ("You forgot that he died that must be hard", "You forgot that he died. that must be hard"),
        ("You say that it sounds odd", "You say that it sounds odd"),
    ],
)
def test_what_is_written_for_a_feeling_is_mended(heard: str, meant: str) -> None:
    assert mended(heard, CONTENT.feelings.single) == meant


def test_a_word_that_sounds_like_a_feeling_counts_only_where_one_is_looked_for() -> None:
    assert sounds_like(maybe_felt("that must be so said for you"), ("lonely", "sad")) == "sad"
    assert sounds_like(maybe_felt("and your crowd that you did it"), ("proud",)) == "proud"
    assert maybe_felt("your mother called you") == ()
    assert maybe_felt("he said it in the crowd") == ()
    assert sounds_like(("cupboard",), ("sad", "proud")) == ""


def test_a_misheard_feeling_holds_nothing_down_and_a_missing_one_does() -> None:
    back = "You said no to your boss and the weekend is yours, and your {} of it."
    heard, missing = (
        score("good_news-04", back.format("crowd")),
        score("good_news-04", "You said no to your boss and kept the weekend."),
    )
    assert heard.score > 0.8 > missing.score
    assert heard.reasons == ()
    assert missing.reasons == ("no_feeling",)


@pytest.mark.parametrize(
    ("text", "family"),
    [
        ("you miss her so much", "sadness"),
        ("you're losing hope", "helplessness"),
        ("you're kicking yourself", "regret"),
        ("it gets on your nerves", "anger"),
        ("what a weight off your mind", "relief"),
        ("it keeps you awake at night", "fear"),
    ],
)
def test_verbs_and_idioms_tell_feelings(text: str, family: str) -> None:
    assert any(family in found.families for found in named(text, CONTENT.feelings, CONTENT.vocabulary))


@pytest.mark.parametrize("text", ["strangers live there", "the numbers are up", "you used to go", "put down a piano"])
def test_words_with_the_letters_of_a_feeling_are_none(text: str) -> None:
    assert named(text, CONTENT.feelings, CONTENT.vocabulary) == ()


def test_never_is_no_blame_where_it_says_back_what_was_told_and_felt() -> None:
    good = score(
        "venting-11", "You sent the form twice and you never get to speak to a person. That is so frustrating."
    )
    weak = score("venting-11", "You never fill in your forms properly.")
    assert good.reasons == ()
    assert good.score > 0.8
    assert "blame" in weak.reasons


def test_could_urges_only_in_a_clause_of_its_own() -> None:
    told = "It was your news, and your brother gave it away before you could tell people. You're furious."
    assert "advice" not in score("anger-03", told).reasons
    assert "advice" in score("anger-03", "You could tell him to stop.").reasons


def test_good_answers_that_no_rule_was_made_for_are_good_answers() -> None:
    rows = [line.split("\t") for line in UNSEEN.read_text("utf-8").splitlines()]
    found = [score(name, back).score for name, back in rows]
    assert len(found) == 66
    assert sum(found) / len(found) > 0.85
    assert sum(one < 0.6 for one in found) <= 8


@pytest.mark.parametrize(
    ("wrong", "told"),
    [({}, "one table"), ({"families": {"gloom": "sigh"}}, "'gloom' is unknown"), ({"families": {"joy": ""}}, "joy")],
)
def test_wrong_tellings_are_named(wrong: dict[str, object], told: str) -> None:
    assert telling_from(table("lexicon/telling.toml"), families(), "telling")
    with pytest.raises(ContentError, match="telling") as caught:
        telling_from(wrong, families(), "telling")
    assert told in str(caught.value)
