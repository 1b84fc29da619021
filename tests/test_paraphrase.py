"""The paraphrase score: what lands, what does not, and that all practice cards are scored as they should be."""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from coach.measures.feelings import named, nearness
from coach.measures.meaning import coverage, meaning_of, sound_of
from coach.measures.paraphrase import Paraphrase, paraphrase, scored, statement, taken_apart
from coach.practice.content import Card, cards, paraphrase_content
from coach.thresholds import Limits, MeaningLimits

CONTENT, LIMITS = paraphrase_content(), Limits()
SAID = "My boss moved the deadline again. I have to work the whole weekend, and I am so frustrated."
GOOD = "The deadline was changed once more, so your Saturday and Sunday are gone, and you're really annoyed."
GOOD_ANSWERS = Path(__file__).parent.parent / "benchmarks" / "good_answers.tsv"

TURNED = {
    "i": "you",
    "i'm": "you're",
    "i've": "you've",
    "i'd": "you'd",
    "my": "your",
    "me": "you",
    "you": "i",
    "your": "my",
    "am": "are",
}


def score(back: str, said: str = SAID, card: Card | None = None) -> Paraphrase:
    return paraphrase(said, back, CONTENT, LIMITS, card)


def test_a_good_paraphrase_scores_in_every_part() -> None:
    result = score(GOOD + " Did I get that right?")
    assert result.score > 0.7
    assert result.reasons == ()
    assert all(result.part(name) > 0.9 for name in ("feeling", "own_words", "short", "nothing_added", "check"))


@pytest.mark.parametrize(
    ("back", "reason"),
    [
        (SAID, "echo"),
        ("Your boss moved the deadline again. You have to work the whole weekend and you are so frustrated.", "echo"),
        ("You should tell your boss that you need the weekend.", "advice"),
        ("Have you tried talking to your boss?", "advice"),
        ("Why don't you look for another job?", "why"),
        ("You never plan your work in time.", "blame"),
        ("I had a boss like that when I was younger.", "own_story"),
        ("At least you have a job.", "minimising"),
        ("What time is the deadline?", "question"),
    ],
)
def test_what_is_no_paraphrase_scores_low_and_says_why(back: str, reason: str) -> None:
    result = score(back)
    assert result.score < score(GOOD).score - 0.15
    assert reason in result.reasons


def test_a_feeling_left_out_is_told() -> None:
    result = score("So the deadline has moved again.")
    assert result.reasons == ("no_feeling",)
    assert result.score < score(GOOD).score


def test_the_same_without_marks_or_capitals_scores_the_same() -> None:
    plain = "the deadline was changed once more so your saturday and sunday are gone and youre really annoyed"
    assert score(plain).score == pytest.approx(score(GOOD).score, abs=0.1)


def test_a_long_answer_is_told_so() -> None:
    long = " ".join([GOOD] * 4)
    assert score(long).part("short") == 0.0
    assert "too_long" in score(long).reasons


def test_saying_nothing_scores_nothing() -> None:
    assert score("").score == 0.0
    assert score("...!").score == 0.0
    assert score("You sound tired.", said="").score < 0.8


def test_waiting_counts_only_where_it_is_known() -> None:
    waited, rushed = (paraphrase(SAID, GOOD, CONTENT, LIMITS, waited_s=seconds) for seconds in (3.2, 0.3))
    assert waited.part("waited") == 1.0
    assert rushed.part("waited") == pytest.approx(0.1)
    assert rushed.score < waited.score
    assert [part.name for part in score(GOOD).parts] == [
        "meaning",
        "feeling",
        "own_words",
        "short",
        "nothing_added",
        "check",
    ]


def test_the_listeners_own_part_belongs_to_what_was_said_about_them() -> None:
    about_you = "You came home two hours late, and you never called. I was so worried."
    back = "I came home late without a call, and you were scared."
    assert score(back, about_you).part("nothing_added") > score(back, "The train was two hours late.").part(
        "nothing_added"
    )


def test_weights_and_thresholds_come_from_the_limits() -> None:
    weights = {**LIMITS.paraphrase.weights, "own_words": 5.0}
    limits = replace(LIMITS, paraphrase=replace(LIMITS.paraphrase, weights=weights))
    assert paraphrase(SAID, GOOD, CONTENT, limits).score != score(GOOD).score


@pytest.mark.parametrize(
    ("whole", "by", "least", "most"),
    [
        ("the bus was late", "the bus was late", 1.0, 1.0),
        ("I bought a house", "you purchased a home", 0.6, 0.8),
        ("my boss shouted at me", "your bass shouted at you", 0.8, 1.0),  # misheard by one letter
        ("the garden is flooded", "he plays the piano", 0.0, 0.1),
        ("she trusts me", "she does not trust me", 0.3, 0.75),
        ("three cats in the garden", "seven cats in the garden", 0.4, 0.8),
        ("", "anything", 0.0, 0.0),
    ],
)
def test_meaning_is_compared_by_words(whole: str, by: str, least: float, most: float) -> None:
    limits = MeaningLimits()
    a, b = (meaning_of(text, CONTENT.vocabulary, limits) for text in (whole, by))
    assert least <= coverage(a, b, limits) <= most


def test_words_that_sound_alike_share_their_consonants() -> None:
    assert sound_of("boss") == sound_of("bass")
    assert sound_of("phone") == sound_of("fone")
    assert sound_of("boss") != sound_of("house")


@pytest.mark.parametrize(
    ("text", "family"),
    [
        ("you sound worn out", "weariness"),
        ("that must be so frustrating", "anger"),
        ("it scares you", "fear"),
        ("your anger", "anger"),
        ("you felt ignored", "loneliness"),
    ],
)
def test_feelings_are_found_in_any_form(text: str, family: str) -> None:
    found = named(text, CONTENT.feelings, CONTENT.vocabulary)
    assert any(family in feeling.families for feeling in found)


@pytest.mark.parametrize("text", ["you are not angry", "sit down on the chair", "the flat belongs to us", ""])
def test_what_is_denied_or_meant_otherwise_is_no_feeling(text: str) -> None:
    assert named(text, CONTENT.feelings, CONTENT.vocabulary) == ()


def test_a_neighbouring_family_is_half_right() -> None:
    assert nearness(frozenset({"sadness"}), frozenset({"sadness", "fear"})) == 1.0
    assert nearness(frozenset({"sadness"}), frozenset({"hurt"})) == 0.5
    assert nearness(frozenset({"sadness"}), frozenset({"joy"})) == 0.0


@pytest.mark.parametrize("card", cards(), ids=lambda card: card.id)
def test_every_card_is_scored_as_it_should_be(card: Card) -> None:
    model, weak, echo = (score(back, card.statement, card) for back in (card.model, card.weak, card.statement))
    turned = " ".join(TURNED.get(word.lower(), word) for word in card.statement.split())
    assert model.score >= 0.8, model
    assert weak.score <= 0.5, weak
    assert card.reason in weak.reasons, weak
    assert echo.score <= 0.5, echo
    assert score(turned, card.statement, card).score <= 0.5


def test_a_model_answer_to_another_card_scores_low() -> None:
    said = [(card.id, statement(card.statement, CONTENT, LIMITS, card)) for card in cards()]
    answers = [(card.id, taken_apart(card.model, CONTENT, LIMITS)) for card in cards()]
    high = [
        (name, other)
        for name, heard in said
        for other, back in answers
        if name != other and scored(heard, *back, CONTENT.others, LIMITS).score > 0.4
    ]
    assert high == []


def coach(*args: str, given: str = "") -> subprocess.CompletedProcess[str]:
    code = (
        "import argparse, sys; from coach.verbs import paraphrase as verb;"
        "top = argparse.ArgumentParser(); verb.add(top.add_subparsers(required=True));"
        "args = top.parse_args(sys.argv[1:]); sys.exit(args.run(args))"
    )
    command = [sys.executable, "-c", code, "paraphrase", *args]
    return subprocess.run(command, input=given, capture_output=True, text=True, check=False)


def test_the_verb_scores_one_pair_as_text_and_as_json() -> None:
    text = coach("--said", SAID, "--back", GOOD)
    assert text.returncode == 0
    assert "nothing added" in text.stdout
    row = json.loads(coach("--said", SAID, "--back", GOOD, "--json", "-").stdout)
    assert set(row["parts"]) == {"meaning", "feeling", "own_words", "short", "nothing_added", "check"}
    assert set(row["evidence"]) == set(row["parts"])
    assert row["score"] == pytest.approx(score(GOOD).score, abs=1e-3)


def test_the_verb_scores_lines() -> None:
    lines = [{"id": "a", "said": SAID, "back": GOOD}, {"said": SAID, "back": "You should quit."}]
    done = coach("--jsonl", given="\n".join(json.dumps(line) for line in lines) + "\n\n")
    first, second = (json.loads(line) for line in done.stdout.splitlines())
    assert (first["id"], second["id"]) == ("a", 2)
    assert first["score"] > 0.6 > second["score"]


@pytest.mark.parametrize(
    ("args", "given", "code", "told"),
    [
        ((), "", 2, "--said"),
        (("--jsonl", "--said", "x"), "", 2, "leave out"),
        (("--jsonl",), "no json\n", 1, "Line 1"),
        (("--jsonl",), '["said", "back"]\n', 1, '"said" and "back"'),
        (("--jsonl",), '{"id": 1, "said": "x"}\n', 1, '"said" and "back"'),
    ],
)
def test_the_verb_tells_what_is_wrong(args: tuple[str, ...], given: str, code: int, told: str) -> None:
    done = coach(*args, given=given)
    assert done.returncode == code
    assert told in done.stderr


def test_good_answers_in_quite_other_words_are_good_answers() -> None:
    by_id = {card.id: card for card in cards()}
    rows = [line.split("\t") for line in GOOD_ANSWERS.read_text("utf-8").splitlines()]
    found = sorted(score(back, by_id[name].statement, by_id[name]).score for name, back in rows)
    assert sum(found) / len(found) > 0.85
    assert found[len(found) // 5] > 0.7


def test_an_answer_to_something_else_is_told_from_one_in_other_words() -> None:
    card = next(card for card in cards() if card.id == "sadness-06")
    own = score(
        "Strangers will live in your granny's home, and you're sad that her kitchen is gone.", card.statement, card
    )
    other = score("Your boss took the credit for what you made, and you're sad.", card.statement, card)
    assert own.part("meaning") > 0.9
    assert other.part("meaning") == 0.0
    assert other.score < 0.4 < own.score
