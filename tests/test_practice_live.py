"""Practice by voice in a room with an acting person: spoken, heard to the end, recognised, judged, answered aloud."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pytest

from audio.speak import SpokenVoice
from audio.types import RATE_HZ
from coach.practice.content import cards
from coach.practice.ears import STEP_S
from coach.practice.echo import STEP, Echo, EchoLimits
from coach.practice.endpoint import Endpoint, EndpointLimits
from coach.practice.live import EAGER_S, _at_our_rate
from tests.lines import Line
from tests.parts import need
from tests.practising import practise
from tests.room import Room, room

BY_ID = {card.id: card for card in cards()}
FIRST, SECOND = BY_ID["good_news-01"], BY_ID["anger-01"]


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Room]:
    need("flite")
    with room(tmp_path_factory.mktemp("home")) as here:
        yield here


def test_an_answer_is_heard_judged_and_answered_aloud(home: Room) -> None:
    done = practise(home, [FIRST], [Line("slt", FIRST.model)])
    assert done.reason == "complete"
    (result,) = done.results
    assert result.good
    assert result.waited_s is not None
    after = next(said for said in done.said if said.start_s > done.spoke[0].end_s - 0.3)
    assert "you" in after.text.lower()


def test_who_goes_on_after_a_pause_is_joined_and_the_coach_gives_way(home: Room) -> None:
    """The first half reads complete: the coach begins to answer it, and stops."""
    pieces = ("You made dinner, I turned up way later than I promised.", "And you are really mad at me.")
    script = [Line("rms", pieces[0]), Line("rms", pieces[1], after="onset", delay_s=0.2)]
    done = practise(home, [SECOND], script)
    (result,) = [one for one in done.results if one.attempt == 1]
    assert result.parts["feeling"] == 1.0
    assert result.parts["meaning"] > 0.6
    assert any("dinner" in line.lower() and "mad" in line.lower() for line in done.shown), done.shown


def speech(length_s: float, seed: int) -> np.ndarray:
    """Noise in syllables: loud and quiet by turns, in bands that change."""
    rng = np.random.default_rng(seed)
    count = round(length_s * RATE_HZ)
    sound = np.zeros(count)
    for first in range(0, count - 3200, 3200):
        tone = np.arange(2400) / RATE_HZ * rng.uniform(200, 3000)
        sound[first : first + 2400] = 0.1 * np.sin(2 * np.pi * tone) * rng.uniform(0.3, 1) + rng.normal(0, 0.02, 2400)
    return sound.astype(np.float32)


def steps_of_a_person(echo_db: float, person: bool) -> list[int]:
    """Seven seconds of the coach, its echo 0.2 s later; from 5 s on somebody speaks into it, or not."""
    echo = Echo(EchoLimits())
    coach = speech(7.0, 1)
    heard = np.roll(coach, round(0.2 * RATE_HZ)) * 10 ** (echo_db / 20)
    heard = heard + np.random.default_rng(2).normal(0, 1e-4, len(heard))
    if person:
        heard[5 * RATE_HZ :] += speech(2.0, 3)
    found = []
    for step in range(30):  # the room, before anything is said
        echo.is_person(step, np.random.default_rng(step).normal(0, 1e-4, STEP).astype(np.float32))
    for step in range(len(coach) // STEP):
        part = slice(step * STEP, (step + 1) * STEP)
        echo.play(step + 30, coach[part])
        if echo.is_person(step + 30, heard[part].astype(np.float32)):
            found.append(step)
    return found


@pytest.mark.parametrize("echo_db", [-6.0, -20.0])
def test_the_coach_is_not_taken_for_a_person(echo_db: float) -> None:
    assert len(steps_of_a_person(echo_db, person=False)) < 10


@pytest.mark.parametrize("echo_db", [-6.0, -20.0])
def test_a_person_who_speaks_into_it_is_heard(echo_db: float) -> None:
    found = steps_of_a_person(echo_db, person=True)
    begins = 5 * RATE_HZ // STEP
    assert len([step for step in found if step >= begins]) > 20
    assert len([step for step in found if step < begins - 1]) < 10


def test_the_coachs_own_voice_coming_back_does_not_stop_it() -> None:
    """Some bands of a voice are loud only now and then: their echo was once taken to be softer than it is."""
    need("espeak-ng")
    voice = SpokenVoice()
    texts = [f"{card.statement} You put the feeling into words. {card.model} The next one." for card in cards()[3:60:5]]
    coach = np.concatenate([_at_our_rate(voice.render(text)) for text in texts])
    voice.close()
    rng = np.random.default_rng(1)
    heard = np.roll(coach, round(0.11 * RATE_HZ)) * 10 ** (-18 / 20) + rng.normal(0, 1e-4, len(coach))
    echo, endpoint, stopped = Echo(EchoLimits()), Endpoint(EndpointLimits()), []
    for step in range(len(coach) // STEP):
        part = slice(step * STEP, (step + 1) * STEP)
        echo.play(step, coach[part])
        person = echo.is_person(step, heard[part].astype(np.float32))
        if endpoint.step(step * STEP_S, (step + 1) * STEP_S, person, EAGER_S) == "began":
            stopped.append(round(step * STEP_S, 1))
            endpoint.reset()
    assert not stopped


def test_without_a_word_of_the_coach_everybody_is_a_person() -> None:
    assert Echo(EchoLimits()).is_person(0, speech(0.1, 1)[:STEP])
