"""The acting program itself: it answers in time, its times are true, and the room sounds like one."""

from __future__ import annotations

import re
import subprocess
import tempfile
import time
from contextlib import closing
from pathlib import Path

import numpy as np
import soundfile

from audio.speak import SpokenVoice
from tests.acting import Actor
from tests.lines import Act, Line
from tests.room import room


def coach_says(voice: SpokenVoice, text: str) -> None:
    clip = voice.render(text)
    with tempfile.NamedTemporaryFile(suffix=".wav") as file:
        soundfile.write(file.name, clip.samples, clip.rate_hz)
        subprocess.run(["paplay", "--device=speaker", file.name], check=True)


def test_people_answer_when_the_coach_has_finished(tmp_path: Path) -> None:
    done = list[float]()
    interruption = Line("rms", "But wait a moment.", delay_s=0.6)
    script = (
        Line("slt", "Yes, I agree to that.", when="yes or no"),
        Line("rms", "So do I.", after="line", delay_s=0.5),
        Line("slt", "It was a long day.", after="line", delay_s=0, over=(interruption,)),
        Act(lambda: done.append(time.monotonic()), after="line"),
    )
    voice = SpokenVoice()
    with room(tmp_path) as home, Actor(home, script, quiet_s=0.6) as actor, closing(voice):
        coach_says(voice, "How was your day today?")
        time.sleep(1.0)  # a pause that answers nothing: the first line waits for its word
        coach_says(voice, "Please answer with yes or no.")
        actor.finished()
        greeting, question = actor.coach_said()
        agreed, too, day, wait = actor.spoke()
        echo = actor.heard_by_the_room(greeting.start_s, greeting.end_s + 0.2)
    assert re.search("today", greeting.text)
    assert re.search("yes or no", question.text)
    assert 0.6 < agreed.start_s - question.end_s < 3
    assert 0.4 < too.start_s - agreed.end_s < 1.5
    assert day.line.over == (wait.line,)
    assert abs(wait.start_s - day.start_s - 0.6) < 1e-6
    assert day.end_s < done[0]
    loudness = np.abs(greeting.clip.samples).max() / np.abs(echo.samples).max()
    assert 10 ** (15 / 20) < loudness < 10 ** (22 / 20)
