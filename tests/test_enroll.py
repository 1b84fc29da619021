"""A voice is learned with consent, from one person who is well heard, and nothing else of them stays."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from audio.errors import EngineError
from audio.lone_voice import ONE_VOICE_COSINE, LoneVoice, lone_voice
from audio.types import RATE_HZ, Clip
from coach import content
from coach.cli import main
from coach.errors import ContentError
from coach.live.learning import ENOUGH_S, LINES, TRIES, Fault, Stretches, learning, words_from
from coach.session.content import SPOKEN_WORDS
from coach.session.events import Command, Event, Finished, Heard, Key, Silence
from coach.session.steps import Ask, Done, Instruction, Listen, Say
from coach.session.understanding import Rules
from coach.store import open_store
from coach.thresholds import Limits
from tests.acting import Actor
from tests.lines import Line, rendered
from tests.room import room

LIMITS = Limits()
RULES = Rules(grammar=content.commands(), cues=content.cues(), commands=LIMITS.commands, floor=LIMITS.floor)
WORDS = words_from(content.table("voices.toml"))
MORNING = (
    "I got up at seven, made some coffee, and read the paper for a while. "
    "Then I walked to the market with my neighbour, and we bought bread and apples."
)


def heard(text: str, length_s: float) -> Heard:
    return Heard(at_s=0.0, speaker="A", text=text, start_s=0.0, end_s=length_s)


YES, NO, STORY = heard("Yes please.", 0.8), heard("No thanks.", 0.8), heard(MORNING, ENOUGH_S + 1)


def learned(replies: Sequence[Event], faults: Sequence[Fault | None] = (None,)) -> tuple[list[str], Done]:
    """What was spoken, and how it ended; `replies` to what the coach asks for, `faults` as they are found."""
    left, found, judged = list(replies), list(faults), list[Stretches]()

    def judge(stretches: Stretches) -> Fault | None:
        judged.append(stretches)
        return found.pop(0)

    steps = learning("Kim", WORDS, content.common_words(), RULES, judge)
    said, now_s = list[str](), 0.0
    given: Instruction = next(steps)
    while not isinstance(given.step, Done):
        now_s += 5.0
        if isinstance(given.step, Say):
            said.append(given.step.text)
            event: Event = Finished(at_s=now_s)
        else:
            assert isinstance(given.step, Ask | Listen)
            event = left.pop(0) if left else Silence(at_s=0.0)
            if isinstance(event, Heard):
                length_s = event.end_s - event.start_s
                event = replace(event, start_s=now_s, end_s=now_s + length_s)
                now_s += length_s
            event = replace(event, at_s=now_s)
        given = steps.send(event)
    assert not found or given.step.reason != "complete"
    return said, given.step


def spoken(*lines: str) -> list[str]:
    return [text.format(first="Kim") for line in lines for text in WORDS.lines[line]]


def test_a_yes_and_some_sentences() -> None:
    said, done = learned([YES, STORY])
    assert said == spoken("ask", "tell")
    assert (done.reason, list(done.closing)) == ("complete", spoken("learned"))


@pytest.mark.parametrize("reply", [NO, Key(at_s=0.0, key="o"), Silence(at_s=0.0), Command(at_s=0.0, name="stop_now")])
def test_without_a_yes_nothing_is_listened_to(reply: Event) -> None:
    said, done = learned([reply], faults=())
    assert not set(spoken("tell")) & set(said)
    assert (done.reason, list(done.closing)) == (
        "stopped" if isinstance(reply, Command) else "refused",
        spoken("refused"),
    )


def test_too_little_is_asked_for_more_and_counts_together() -> None:
    said, done = learned([YES, heard("I got up.", 3.0), Silence(at_s=0.0), heard(MORNING, 6.0)])
    assert said == spoken("ask", "tell", "more")
    assert done.reason == "complete"


@pytest.mark.parametrize("fault", ["too_quiet", "two_voices"])
def test_what_is_wrong_is_said_and_it_is_tried_again(fault: Fault) -> None:
    said, done = learned([YES, STORY, STORY], faults=(fault, None))
    assert said == spoken("ask", "tell", fault)
    assert done.reason == "complete"


def test_it_is_not_tried_for_ever() -> None:
    said, done = learned([YES, *[STORY] * TRIES], faults=["two_voices"] * TRIES)
    assert said == spoken("ask", "tell", *["two_voices"] * (TRIES - 1))
    assert (done.reason, list(done.closing)) == ("lost", spoken("not_learned"))


def test_what_is_spoken_is_taken_in_at_one_hearing() -> None:
    for name in LINES:
        assert all(len(line.split()) <= SPOKEN_WORDS for line in WORDS.lines[name])


@pytest.mark.parametrize(
    ("change", "named"),
    [({"say": {}}, "ask"), ({"label": {}}, "name"), ({"extra": {}}, "extra"), ({"say": 1}, "say")],
)
def test_wrong_wording_names_the_key(change: dict[str, object], named: str) -> None:
    with pytest.raises(ContentError, match=rf"prompts/voices\.toml.*{named}"):
        words_from({**content.table("voices.toml"), **change})


def test_a_wrong_place_is_named() -> None:
    table = content.table("voices.toml")
    with pytest.raises(ContentError, match="more holds a place"):
        words_from({**table, "say": {**table["say"], "more": ["{second}, more."]}})


def sound(*lines: Line) -> Clip:
    return Clip(samples=np.concatenate([rendered(line, 1)[:, 0] for line in lines]))


@pytest.fixture(scope="module")
def lone() -> dict[str, LoneVoice]:
    return {voice: lone_voice(sound(Line(voice, MORNING))) for voice in ("slt", "rms", "awb")}


def test_a_voice_is_near_itself_and_far_from_others(lone: dict[str, LoneVoice]) -> None:
    for voice, learned_voice in lone.items():
        assert learned_voice.one
        again = lone_voice(sound(Line(voice, "My brother called about the garden, and we talked for an hour or so.")))
        near = {other: float(again.embedding @ known.embedding) for other, known in lone.items()}
        assert max(near, key=lambda other: near[other]) == voice
        assert near[voice] > 0.55
        assert sorted(near.values())[-2] < near[voice] - 0.1


def test_two_people_are_not_one_voice() -> None:
    both = lone_voice(
        sound(Line("slt", "I got up at seven and made some coffee."), Line("rms", "And I read the paper."))
    )
    assert both.alike < ONE_VOICE_COSINE


def test_level_and_length_are_of_the_speech() -> None:
    line = Line("slt", MORNING)
    speech = sound(line)
    silence = np.zeros(3 * RATE_HZ, np.float32)
    padded = lone_voice(Clip(samples=np.concatenate([silence, speech.samples * np.float32(0.1), silence])))
    loud = lone_voice(speech)
    assert padded.level_db == pytest.approx(loud.level_db - 20, abs=1.5)
    assert padded.speech_s == pytest.approx(loud.speech_s, abs=0.5)
    assert loud.speech_s < speech.duration_s + 0.1


def test_noise_is_no_voice() -> None:
    noise = np.random.default_rng(1).normal(0, 0.05, 5 * RATE_HZ).astype(np.float32)
    with pytest.raises(EngineError, match="No voice is heard"):
        lone_voice(Clip(samples=noise))


def test_from_the_question_to_the_voice_that_is_known_and_forgotten(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    script = (
        Line("slt", "Yes please.", when="thanks"),
        Line("slt", MORNING, when="morning|seconds"),
    )
    with room(tmp_path) as home, Actor(home, script) as actor:
        command = [sys.executable, "-m", "coach.cli", "enroll", "Kim"]
        done = subprocess.run(command, capture_output=True, text=True, timeout=120, stdin=subprocess.DEVNULL)
        assert done.returncode == 0, done.stdout + done.stderr
        assert "Kim's voice is known" in done.stdout
        assert "Recording." not in done.stdout.replace("Not recording.", "")
        actor.finished()
        with open_store(home.data) as store:
            (name, embedding), *others = store.voices().items()
        assert main(["enroll", "--list"]) == 0
        assert capsys.readouterr().out == "Kim\n"
        assert {path.suffix for path in home.data.rglob("*") if path.is_file()} <= {
            ".db",
            ".db-wal",
            ".db-shm",
            ".lock",
        }
        assert [main(["enroll", "--forget", "Kim"]) for _ in range(2)] == [0, 1]
        assert main(["enroll", "--list"]) == 0
        assert "No voice is known" in capsys.readouterr().out
    assert (name, others) == ("Kim", [])
    assert float(embedding @ lone_voice(sound(Line("slt", MORNING))).embedding) > 0.8
    assert float(embedding @ lone_voice(sound(Line("rms", MORNING))).embedding) < 0.5


@pytest.mark.parametrize("words", [[], ["Kim", "--list"], ["--list", "--forget", "Kim"]])
def test_one_thing_at_a_time(words: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as left:
        main(["enroll", *words])
    assert left.value.code == 2
    assert "name one voice" in capsys.readouterr().err
