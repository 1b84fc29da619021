"""What stands under prompts/sessions is checked as it is read: errors name file and key."""

from __future__ import annotations

import tomllib
from typing import Any

import pytest

from coach import content
from coach.errors import ContentError
from coach.session.content import COMMON, SESSIONS, SPOKEN_WORDS, common_from, plan_from

TALK = """
id = "talk"
name = "Talk"
about = "A talk."
minutes = 5

[[part]]
swap = true
steps = ["share", "rated"]

[step.share]
do = "speak"
who = "speaker"
label = "Share"
say = "{speaker}, speak for {minutes}."
time_s = 60
quiet_s = 8

[step.rated]
do = "rate"
who = "speaker"
label = "Rated"
say = "{speaker}, how well understood do you feel?"
correction = ["missed"]

[step.missed]
do = "speak"
who = "speaker"
label = "Missed"
say = "{speaker}, what was missing?"
time_s = 30
"""


def read(text: str) -> Any:
    return plan_from(tomllib.loads(text), "prompts/sessions/talk.toml")


@pytest.mark.parametrize("name", SESSIONS)
def test_every_session_is_sound_and_named_like_its_file(name: str) -> None:
    plan = content.session_plan(name)
    assert plan.id == name
    assert 1 <= plan.minutes <= 60
    assert set(plan.steps) >= {step for part in plan.parts for step in part.steps}


def test_what_every_session_says_is_there_and_short() -> None:
    lines = content.common_words().lines
    assert set(lines) == set(COMMON)
    assert all(len(line.split()) <= SPOKEN_WORDS for texts in lines.values() for line in texts)


def test_a_plan_keeps_what_was_written() -> None:
    plan = read(TALK)
    assert plan.parts[0].swap
    assert plan.steps["share"].time_s == 60
    assert plan.steps["rated"].correction == ("missed",)


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (("minutes = 5", "minutes = 5\ntempo = 3"), "key 'tempo' is unknown"),
        (("minutes = 5", "minutes = 0"), "'minutes' must be a number"),
        (('name = "Talk"', 'name = ""'), "'name' is missing or empty"),
        (('do = "rate"', 'do = "dance"'), "step 'rated': do 'dance' is unknown"),
        (("time_s = 60", "wait_s = 3\ntime_s = 60"), "step 'share': the key 'wait_s' is unknown"),
        (("time_s = 60\n", ""), "step 'share': 'time_s' is missing"),
        (("time_s = 60", 'time_s = "long"'), "step 'share': 'time_s' must be a number"),
        (('who = "speaker"\nlabel = "Share"', 'who = "both"\nlabel = "Share"'), "who 'both' is unknown"),
        (("{speaker}, speak for", "Speak for"), "step 'share': 'say' lacks {speaker}"),
        (("{speaker}, speak for", "{speker}, speak for"), "{speker}"),
        (("{speaker}, speak for", "{speaker, speak for"), "brace"),
        (("speak for {minutes}.", " ".join(["speak"] * 30)), "over 25 words"),
        (('"rated"]', '"rated", "gone"]'), "step 'gone' does not exist"),
        (('correction = ["missed"]', "correction = []"), "step 'missed' cannot be reached"),
        (('correction = ["missed"]', 'correction = ["rated"]'), "leads back to itself"),
        (("swap = true", "swap = true\nrounds = 3"), "'rounds' needs a step that does 'more'"),
        (("swap = true", "until_accepted = 1"), "needs a step that does 'accept'"),
        (("swap = true", "needs_accepted = 1"), "'needs_accepted'"),
        (("swap = true", 'swap = "yes"'), "'swap' must be true or false"),
        (("swap = true", "until_accepted = 2"), "cannot be reached in 'rounds' = 1"),
    ],
)
def test_what_is_wrong_is_named_with_file_and_key(change: tuple[str, str], told: str) -> None:
    assert change[0] in TALK
    with pytest.raises(ContentError) as raised:
        read(TALK.replace(*change, 1))
    assert told in str(raised.value)
    assert "prompts/sessions/talk.toml" in str(raised.value)


def test_a_line_that_every_session_needs_cannot_be_missing_or_unknown() -> None:
    table = {
        "say": {name: " ".join(f"{{{place}}}" for place in places) or "Yes." for name, places in COMMON.items()},
        "label": dict(content.common_words().labels),
    }
    common_from(table)
    for change in ({"say": {**table["say"], "nudge": "Go on."}}, {"say": {**table["say"], "more": "Yes."}}):
        with pytest.raises(ContentError, match=r"prompts/sessions/common\.toml: say"):
            common_from({**table, **change})
    with pytest.raises(ContentError, match="'refused' is missing"):
        common_from({**table, "say": {name: line for name, line in table["say"].items() if name != "refused"}})
