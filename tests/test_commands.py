"""Hands-free commands: a whole short utterance, by letters or by sound; never a part of ordinary speech."""

from __future__ import annotations

import copy

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from coach import content
from coach.errors import ContentError
from coach.session.commands import ANSWERS, NAMES, command_in, distance, grammar_from, number_in
from coach.thresholds import CommandLimits

GRAMMAR, LIMITS = content.commands(), CommandLimits()


def command(*texts: str, wanted: tuple[str, ...] = NAMES) -> str | None:
    return command_in(texts, wanted, GRAMMAR, LIMITS)


@pytest.mark.parametrize("name", NAMES)
def test_what_is_taught_is_understood_however_it_is_written(name: str) -> None:
    taught = GRAMMAR.commands[name].teaches
    assert len(taught.split()) >= 2
    for text in (taught, taught.title() + ".", taught.upper() + "!", taught.replace(" ", ", ")):
        assert command(text) == name


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("Postleys.", "pause_please"),
        ("Plus, please.", "pause_please"),
        ("Postlys.", "pause_please"),
        ("Skip these.", "skip_this"),
        ("Stock now.", "stop_now"),
        ("Not quiet.", "not_quite"),
        ("Know thanks.", "no"),
        ("Yes, plays.", "yes"),
        ("See again.", "say_again"),
        ("Theirs more.", "there_is_more"),
        ("The lead that.", "delete_that"),
        ("Past on.", "pass_on"),
    ],
)
def test_what_a_small_recogniser_makes_of_them_is_understood(text: str, name: str) -> None:
    assert command(text) == name


@pytest.mark.parametrize(
    "text",
    [
        "",
        "...",
        "Mm-hm.",
        "I wanted to pass on the message to my mother",
        "He said stop now and I just went on",
        "There's more milk in the fridge than we need",
        "Can you say that again to my sister",
        "Not quite the way I had imagined it",
        "Stop it.",
        "Nothing.",
        "Really?",
        "This morning.",
        "I don't know.",
        "That's true.",
        "We had dinner.",
        "What do you mean?",
    ],
)
def test_ordinary_speech_triggers_nothing(text: str) -> None:
    assert command(text, wanted=tuple(name for name in NAMES if name not in ANSWERS)) is None


def test_only_what_is_wanted_now_is_found() -> None:
    assert command("Yes please.", wanted=("stop_now",)) is None
    assert command("Pass on.", wanted=("stop_now", "pass_on")) == "pass_on"


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("Eight.", 8), ("ate", 8), ("8", 8), ("Number eight.", 8), ("It's an eight.", 8), ("I'd say seven.", 7),
        ("Than.", 10), ("ten out of ten", 10), ("Zero", 0), ("Maybe a three.", 3), ("for", 4), ("to", 2),
        ("Well eleven", None), ("I think we should talk about it", None), ("", None), ("twenty", None), ("11", None),
        ("Hello", None), ("not quite", None),
    ],
)  # fmt: skip
def test_numbers_as_people_say_and_recognisers_write_them(text: str, value: int | None) -> None:
    assert number_in([text], GRAMMAR, LIMITS) == value


def test_a_reading_to_the_letter_goes_before_one_by_sound() -> None:
    assert command("Stop the house.", "Stop now!") == "stop_now"
    assert command("Strictless.", "Stick this.", "Skip this.") == "skip_this"
    assert number_in(["Numbers war.", "Number four."], GRAMMAR, LIMITS) == 4


def test_an_ordinary_first_reading_is_not_overruled() -> None:
    assert command("Stop it.", "Stop now.") is None


def test_every_command_has_a_key_of_its_own() -> None:
    assert len(GRAMMAR.keys) == len(NAMES)
    assert sorted(GRAMMAR.number_keys.values()) == list(range(11))
    assert not set(GRAMMAR.keys) & set(GRAMMAR.number_keys)


@settings(max_examples=100, deadline=None)
@given(a=st.text("pbtdksmnrl", max_size=8), b=st.text("pbtdksmnrl", max_size=8))
def test_a_distance_is_the_same_both_ways_and_zero_only_for_the_same(a: str, b: str) -> None:
    assert distance(a, b) == distance(b, a)
    assert 0.0 <= distance(a, b) <= 1.0
    assert (distance(a, b) == 0.0) == (a == b and bool(a))


@settings(max_examples=100, deadline=None)
@given(before=st.lists(st.sampled_from("we had told them and then my mother".split()), min_size=5, max_size=12),
       name=st.sampled_from(NAMES))  # fmt: skip
def test_a_command_at_the_end_of_a_sentence_is_speech(before: list[str], name: str) -> None:
    assert command(" ".join([*before, GRAMMAR.commands[name].teaches])) is None


@pytest.mark.parametrize(
    ("keys", "value", "told"),
    [
        (("command", 0, "name"), "dance", "name 'dance' is unknown"),
        (("command", 0, "say"), ["pass"], "has two words or more"),
        (("command", 0, "say"), [], "'say' is missing or empty"),
        (("command", 0, "key"), "s", "the key 's' is taken twice"),
        (("command", 0, "key"), "4", "taken twice or a digit"),
        (("command", 0, "tone"), "soft", "the key 'tone' is unknown"),
        (("numbers", "words"), [["zero"]], "must hold 11 lists"),
        (("ordinary",), "stop it", "'ordinary' is missing or empty"),
        (("ordinary",), ["pass on"], "'ordinary' holds 'pass on', which is a command"),
    ],
)
def test_what_is_wrong_in_the_file_is_named(keys: tuple[str | int, ...], value: object, told: str) -> None:
    table = copy.deepcopy(content.table("commands.toml"))
    place = table
    for key in keys[:-1]:
        place = place[key]  # type: ignore[index]
    place[keys[-1]] = value  # type: ignore[index]
    with pytest.raises(ContentError, match=r"prompts/commands\.toml") as raised:
        grammar_from(table)
    assert told in str(raised.value)
