"""What answers are worth in each drill, and how it is said."""

from __future__ import annotations

from typing import Any

import pytest

from coach import content
from coach.errors import ContentError
from coach.measures.paraphrase_parts import REASONS
from coach.practice.answers import example, feedback, told
from coach.practice.choices import choices_from, chosen_reply
from coach.practice.content import Card, cards, drills, families
from coach.practice.judging import Given, Judged
from coach.practice.kit import judge
from coach.practice.wording import SPOKEN_WORDS, TRIES, practice_words, practice_words_from
from coach.thresholds import Limits

JUDGE = judge(Limits())
WORDS = practice_words()
BY_ID = {card.id: card for card in cards()}
DRILLS = {drill.id: drill for drill in drills()}


def judged(drill: str, card: str, *answers: str, waited_s: float | None = 3.2, swapped: bool = False) -> Judged:
    return JUDGE(Given(drill=DRILLS[drill], card=BY_ID[card], answers=answers, waited_s=waited_s, swapped=swapped))


@pytest.mark.parametrize(
    ("drill", "card", "answers"),
    [
        ("name_feeling", "venting-01", ["Exhausted."]),
        ("name_feeling", "good_news-01", ["happy"]),
        ("name_feeling", "venting-01", ["I think she's tired and annoyed."]),
        ("better_reply", "venting-01", ["The first one, because it names the feeling."]),
        ("under_feeling", "anger-01", ["You're angry, and maybe hurt underneath."]),
        ("correction", "anger-04", ["You wanted the day.", "So it hurts that I didn't think of you when they asked."]),
        ("wait", "venting-02", ["Two hours in that jam and no place to park. You're annoyed."]),
        ("follow_up", "venting-02", ["You sat in traffic for two hours, so annoying. What was the worst part of it?"]),
        ("rewrite_blame", "anger-04", ["When you promised Saturday I was hurt. I need to matter. Could you ask me?"]),
        ("validate", "venting-02", ["No wonder you're annoyed, two hours in traffic and then a full car park."]),
        ("affirm", "good_news-01", ["Well done, you passed your exam."]),
        ("good_news", "good_news-01", ["Wow, you passed the exam, you must be so happy!"]),
        (
            "three_ways",
            "venting-02",
            [
                "You were stuck in traffic for two hours and couldn't park. You're annoyed.",
                "Half your evening is gone because of that jam and the full car park, how frustrating.",
                "First two hours on the road, then no parking space. No wonder you're irritated.",
            ],
        ),
    ],
)  # fmt: skip
def test_good_answers(drill: str, card: str, answers: list[str]) -> None:
    found = judged(drill, card, *answers)
    assert found.good, found


@pytest.mark.parametrize(
    ("drill", "card", "answers", "reason"),
    [
        ("name_feeling", "venting-01", ["happy"], "other_feeling"),
        ("name_feeling", "venting-01", ["She had a long day at work."], "no_feeling"),
        ("better_reply", "venting-01", ["The second."], "other_reply"),
        ("better_reply", "venting-01", ["The first."], "no_reason"),
        ("better_reply", "venting-01", ["I like the weather."], "no_choice"),
        ("under_feeling", "anger-01", ["You are furious."], "no_under"),
        ("correction", "anger-04", ["You wanted the day.", "But I did think of you, you always say that."], "blame"),
        ("correction", "anger-04", ["You wanted the day.", "Okay, the weather was nice."], "correction"),
        ("follow_up", "venting-02", ["You were stuck in traffic for two hours, annoying."], "no_question"),
        ("follow_up", "venting-02", ["You were stuck in traffic, annoying. Was it the highway?"], "closed_question"),
        ("follow_up", "venting-02", ["You were stuck in traffic, annoying. Why did you take the car?"], "why"),
        ("rewrite_blame", "anger-04", ["You never think of me, and I feel hurt."], "still_blame"),
        ("rewrite_blame", "anger-04", ["When Saturday was given away I was hurt. I need to matter."], "no_request"),
        ("validate", "venting-02", ["You were stuck in traffic for two hours and you're annoyed."], "no_validation"),
        ("validate", "venting-02", ["You should take the train, it makes sense."], "advice"),
        ("affirm", "good_news-01", ["You passed the exam."], "no_praise"),
        ("affirm", "good_news-01", ["I'm proud of you."], "no_fact"),
        ("good_news", "good_news-01", ["You passed the exam."], "no_joy"),
        ("three_ways", "venting-02", ["Two hours in traffic, you're annoyed."] * 3, "same_again"),
    ],
)  # fmt: skip
def test_what_is_missing_is_named(drill: str, card: str, answers: list[str], reason: str) -> None:
    found = judged(drill, card, *answers)
    assert not found.good, found
    assert reason in found.reasons


def test_the_wait_is_half_of_the_drill_for_it() -> None:
    model = BY_ID["venting-02"].model
    assert judged("wait", "venting-02", model, waited_s=0.4).reasons[0] == "waited"
    assert judged("wait", "venting-02", model, waited_s=0.4).score < 0.7 < judged("wait", "venting-02", model).score
    assert judged("wait", "venting-02", model, waited_s=None).good


def test_the_better_reply_may_come_second() -> None:
    text = "The second is better because the first gives advice."
    assert judged("better_reply", "venting-01", text, swapped=True).score == 1.0
    assert not judged("better_reply", "venting-01", text).good


@pytest.mark.parametrize(
    ("text", "which"),
    [
        ("the first", 0), ("Number two.", 1), ("I'd take the second, not the first", 1), ("neither of them", None),
        ("the first gives advice, the second is kinder", 1), ("the first is better than the second", 0),
    ],
)  # fmt: skip
def test_which_reply_is_meant(text: str, which: int | None) -> None:
    assert chosen_reply(text, JUDGE.choices) == which


@pytest.mark.parametrize("card", cards()[::11], ids=lambda card: card.id)
def test_the_feedback_on_a_weak_answer_names_its_reason(card: Card) -> None:
    found = judged("say_back", card.id, card.weak)
    lines = feedback(found, DRILLS["say_back"], card, WORDS, 0)
    assert told(found) in found.reasons
    assert lines[1] in [
        line.format_map({"missed": found.missed, "named": found.named}) for line in WORDS.tries[told(found)]
    ]


def test_no_line_is_too_long_to_be_heard_and_none_has_a_gap() -> None:
    for card in cards():
        for turn, answer in enumerate((card.model, card.weak, card.statement, "You sound sad.", "no idea")):
            found = judged("say_back", card.id, answer)
            for line in feedback(found, DRILLS["say_back"], card, WORDS, turn):
                assert len(line.split()) <= SPOKEN_WORDS + 10, line
                assert "{" not in line
                assert ": ." not in line
    for drill in drills():
        assert "{" not in example(judged("say_back", "anger-01", "x"), drill, BY_ID["anger-01"], WORDS, 0)


def test_every_reason_has_its_words() -> None:
    assert set(REASONS) <= set(TRIES)
    assert set(WORDS.tries) == set(TRIES)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda table: table["say"].pop("offer"), "'offer' is missing"),
        (lambda table: table["say"].update(hullo=["x"]), "'hullo' is unknown"),
        (lambda table: table["try"].update(advice=["word " * 26]), "26 words"),
        (lambda table: table["try"].update(advice=["{who} knows"]), "{who} is unknown"),
        (lambda table: table["try"].update(advice=["{oh"]), "advice"),
        (lambda table: table["felt"].pop("anger"), "'anger' is missing"),
        (lambda table: table.pop("landed"), "'landed' is missing"),
        (lambda table: table["pair"].pop("other"), "'other' is missing"),
    ],
)
def test_wrong_wording_is_named_with_its_file_and_key(change: Any, message: str) -> None:
    from copy import deepcopy

    table = deepcopy(content.table("practice/wording.toml"))
    change(table)
    with pytest.raises(ContentError, match="wording") as caught:
        practice_words_from(table, families(), "wording.toml")
    assert message in str(caught.value)


def test_wrong_choices_are_named() -> None:
    from copy import deepcopy

    table = deepcopy(content.table("practice/choices.toml"))
    del table["because"]["why"]
    with pytest.raises(ContentError, match="why"):
        choices_from(table, "choices.toml")
