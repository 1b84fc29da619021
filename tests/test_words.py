"""Labels, acts, sentences and remarks: the rules by their own examples, the rest by values."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from audio.types import Span, Word
from coach import content
from coach.conversation import Turn
from coach.measures.lexicon import ACTS, LABELS, Rule
from coach.measures.sentences import placed_sentences, sentences
from coach.measures.words import Labelled, label, remarks, rules_held
from coach.thresholds import WordLimits

LIMITS = WordLimits()
SENTENCES = Path(__file__).with_name("sentences.tsv")
RULES = content.lexicon().rules


def said(text: str, previous: str | None = None) -> Labelled:
    return label(text, previous, content.lexicon(), LIMITS)


def bare(text: str) -> str:
    """As a recogniser without punctuation writes it."""
    return " ".join(re.sub(r"[^\w\s']", " ", text.lower()).split())


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.name)
def test_a_rule_holds_on_its_examples_and_not_on_the_others(rule: Rule) -> None:
    assert rule.examples
    assert rule.counterexamples
    for text in rule.examples:
        assert rule.name in rules_held(text, content.lexicon()), text
        assert rule.name in rules_held(bare(text), content.lexicon()), f"bare: {text}"
    for text in rule.counterexamples:
        assert rule.name not in rules_held(text, content.lexicon()), text
        assert rule.name not in rules_held(bare(text), content.lexicon()), f"bare: {text}"


def test_labels_of_sentences_of_every_kind() -> None:
    rows = [line.split("\t") for line in SENTENCES.read_text().splitlines()]
    for change in (str, bare):
        right = [said(change(text)).label == wanted for wanted, text in rows]
        assert sum(right) / len(right) >= 0.95
        accused = [wanted for wanted, text in rows if said(change(text)).label == "blame"]
        assert accused.count("blame") / len(accused) >= 0.97  # a false accusation is worse than a miss


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("You never help and I feel so alone.", "blame"),
        ("I feel like you never help.", "pseudo_feeling"),
        ("I feel sad and ignored.", "pseudo_feeling"),
        ("I feel lonely and I need a hug.", "feeling"),
        ("Could you hold me, I really appreciate it.", "need_request"),
        ("I am scared of losing you.", "feeling"),
        ("my sister told me you never listen", "other"),
        ("", "other"),
        ("?!", "other"),
    ],
)
def test_the_strongest_thing_counts(text: str, wanted: str) -> None:
    assert said(text).label == wanted


def test_a_label_names_its_rule_and_quotes_the_words() -> None:
    found = said("Well, um, you you never listen to me!")
    assert (found.label, found.rule, found.quote) == ("blame", "you_neglect", "you never listen")
    assert 0 < found.confidence <= 1
    assert said("We went to the lake.").rule == ""


@pytest.mark.parametrize(
    ("text", "previous", "wanted"),
    [
        ("What was that like for you?", None, {"question_open"}),
        ("Did you tell him?", None, {"question_closed"}),
        ("where did you leave the car", None, {"question_closed"}),
        ("What did your boss say about it?", "My boss shouted at me again.", {"question_open", "follow_up"}),
        ("It sounds like you felt overlooked.", None, {"reflection"}),
        ("Your boss shouted at you in front of everyone.", "My boss shouted at me again.", {"reflection"}),
        ("That makes sense.", None, {"validation"}),
        ("You should talk to a lawyer.", None, {"advice"}),
        ("Did I get that right?", None, {"check", "question_closed"}),
        ("Sorry, go on.", None, {"repair"}),
        ("mm-hm", None, {"backchannel"}),
        ("Really?", None, {"backchannel"}),
        ("we can do this together", None, {"we_talk"}),
        ("It's not my fault, I was busy.", None, {"defensiveness"}),
        ("I don't want to talk about it.", None, {"stonewalling"}),
        ("You are such an idiot.", None, {"contempt"}),
        ("You never clean up.", None, {"criticism"}),
        ("When you came home at ten I felt lonely.", None, {"observation", "feeling"}),
        ("I need some quiet, would you mind turning it down?", None, {"need", "request"}),
    ],
)
def test_acts(text: str, previous: str | None, wanted: set[str]) -> None:
    assert wanted <= set(said(text, previous).acts)


def test_a_question_about_something_else_does_not_follow_up() -> None:
    assert "follow_up" not in said("What is for dinner?", "My boss shouted at me again.").acts


@given(st.text())
@settings(max_examples=200, deadline=None)
def test_any_text_has_one_label_and_known_acts(text: str) -> None:
    found = said(text, text)
    assert found.label in LABELS
    assert set(found.acts) <= set(ACTS)
    assert all(evidence.quote in text for evidence in found.evidence)


def test_sentences_of_text_with_marks() -> None:
    text = "Well, I tried. You never asked! Dr. Moss said so at 5 p.m. yesterday... Right?"
    assert sentences(text) == (
        "Well, I tried.", "You never asked!", "Dr. Moss said so at 5 p.m. yesterday...", "Right?",
    )  # fmt: skip


def test_sentences_of_text_without_marks() -> None:
    text = (
        "i came home late yesterday and you were already asleep so i did the dishes and i went to bed what did you do"
    )
    assert sentences(text) == (
        "i came home late yesterday", "and you were already asleep", "so i did the dishes",
        "and i went to bed what did you do",
    )  # fmt: skip
    assert sentences("I told her that the two of us would talk first, I feel nervous when she asks me.") == (
        "I told her that the two of us would talk first,", "I feel nervous when she asks me.",
    )  # fmt: skip
    whole = "When you came home at ten in the evening again, I felt lonely and I was sad."
    assert sentences(whole)[0].startswith("When you came home at ten in the evening again, I felt lonely")
    assert sentences("i feel sad when you leave and i stay") == ("i feel sad when you leave and i stay",)


@given(
    st.lists(
        st.sampled_from(["i", "you", "and", "so", "never", "listen.", "home", "what?", "Dr.", "now", "\n"]), max_size=60
    )
)
def test_sentences_keep_every_word_in_its_place(words: list[str]) -> None:
    text = " ".join(words)
    assert " ".join(sentences(text)).split() == text.split()
    for sentence in placed_sentences(text):
        assert text[sentence.start :].startswith(sentence.text)


def a_turn(index: int, speaker: str, start_s: float, text: str) -> Turn:
    words = tuple(
        Word(speaker=speaker, start_s=start_s + at / 2, end_s=start_s + at / 2 + 0.4, text=word)
        for at, word in enumerate(text.split())
    )
    end_s = start_s + len(words) / 2
    span = Span(speaker=speaker, start_s=start_s, end_s=end_s)
    return Turn(index=index, speaker=speaker, start_s=start_s, end_s=end_s, spans=(span,), words=words)


def test_remarks_carry_time_turn_and_what_to_say_instead() -> None:
    talk = (
        a_turn(0, "A", 0.0, "I was late. I feel ignored by my team."),
        a_turn(1, "B", 10.0, "It sounds like you feel ignored by your team."),
        a_turn(2, "A", 20.0, "Yes. And you never listen to me."),
    )
    found = remarks(talk, content.lexicon(), LIMITS)
    by = {(remark.turn, remark.kind): remark for remark in found}
    pseudo = by[0, "pseudo_feeling"]
    assert (pseudo.speaker, pseudo.start_s, pseudo.quote) == ("A", 1.5, "I feel ignored")
    assert pseudo.rewrite == "I feel lonely. I need to be seen."
    assert (1, "reflection") in by
    assert (1, "pseudo_feeling") not in by
    assert by[1, "reflection"].rewrite == ""
    blame = by[2, "blame"]
    assert (blame.start_s, blame.quote) == (20.5, "you never listen")
    assert blame.rewrite == content.lexicon().rewrites["criticism"]
    assert [remark.start_s for remark in found] == sorted(remark.start_s for remark in found)


def test_a_turn_without_words_gives_no_remark() -> None:
    assert remarks((a_turn(0, "A", 0.0, ""),), content.lexicon(), LIMITS) == ()
