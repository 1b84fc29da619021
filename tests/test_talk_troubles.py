"""What goes wrong at home in a talk, and how it ends: in clear words, and with what was said safe."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from random import Random

import pytest

from coach import app
from coach.config import Config
from coach.live.lock import only_talk
from coach.session.log import Consented
from coach.store import open_store
from tests.acting import Actor
from tests.lines import Act, Line
from tests.room import Room, room
from tests.short_talk import begun
from tests.test_talk import ANNA, CONSENT, QUIET_S, ended

SHARE = Line(ANNA, "I finished the report at work today, but the drive home was awful and I felt tired.")
RAIN = "And then it rained all the way home."


def coach_talk(home: dict[str, str]) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "coach.cli", "talk", "daily-check-in"],
        env={**os.environ, **home}, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=120, check=False,
    )  # fmt: skip


def without_sound(folder: Path) -> dict[str, str]:
    nowhere = folder / "nowhere"
    return {
        "HOME": str(folder), "XDG_RUNTIME_DIR": str(nowhere), "PULSE_SERVER": f"unix:{nowhere}",
        "COACH_DATA": str(folder / "data"),
    }  # fmt: skip


def told(done: subprocess.CompletedProcess[str], part: str) -> None:
    """One sentence with that part in it, and no traceback."""
    assert done.returncode == 1, done.stderr
    sentences = [line for line in done.stderr.splitlines() if line.startswith("coach: ")]
    assert len(sentences) == 1
    assert part in sentences[0]
    assert "Traceback" not in done.stderr


def test_no_microphone_is_told_with_the_next_step(tmp_path: Path) -> None:
    told(coach_talk(without_sound(tmp_path)), "coach devices")
    assert not list((tmp_path / "data").rglob("*.wav"))


def test_a_second_coach_is_told_that_there_is_one(tmp_path: Path) -> None:
    data = tmp_path / "data"
    data.mkdir()
    with only_talk(data):
        told(coach_talk(without_sound(tmp_path)), "Another coach is in a talk on this machine.")


def test_a_data_folder_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    (tmp_path / "data").write_text("a file, where a folder should be")
    told(coach_talk(without_sound(tmp_path)), str(tmp_path / "data"))


@contextmanager
def disk(folder: Path, options: str) -> Iterator[None]:
    folder.mkdir(exist_ok=True)
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", options, "tmpfs", str(folder)], capture_output=True, check=False
    )
    if mounted.returncode:
        pytest.skip("a disk of its own cannot be made here: mounting one needs root")
    try:
        yield
    finally:
        subprocess.run(["umount", str(folder)], check=True)


def test_a_read_only_data_folder_is_told(tmp_path: Path) -> None:
    with disk(tmp_path / "data", "size=1m,ro"):
        told(coach_talk(without_sound(tmp_path)), str(tmp_path / "data"))


def said(home: Room) -> str:
    with open_store(home.data) as store:
        (session,) = store.sessions()
        assert session.state == "ended"
        return " ".join(word.text for word in store.facts(session.id).words).lower()


@pytest.mark.slow
@pytest.mark.parametrize("trouble", ["server", "input", "mute"])
def test_the_microphone_goes_and_comes_back(tmp_path: Path, trouble: str) -> None:
    with room(tmp_path) as home:
        go, come = {
            "server": (home.stop_server, home.start_server),
            "input": (home.unplug, home.plug_in),
            "mute": (home.mute, lambda: home.mute(False)),
        }[trouble]
        script = (
            Act(go, after="line", delay_s=0.5),
            Act(come, after="line", delay_s=16.0),
            Line(ANNA, RAIN, after="line", delay_s=6.0 if trouble == "mute" else 12.0),  # before a kind word to go on
            Line(ANNA, "Stop now.", after="line", delay_s=1.5),
        )
        end = ended(home, (*CONSENT, SHARE, *script))
        assert (end["reason"], end["unfinished"]) == ("stopped", "")
        words = said(home)
    assert "report" in words
    assert "rained" in words


@pytest.mark.slow
def test_a_full_disk_ends_the_talk_and_keeps_it(tmp_path: Path) -> None:
    with room(tmp_path) as home, disk(home.data, "size=22500k"):
        end = ended(home, (*CONSENT, SHARE))
        assert (end["reason"], end["unfinished"]) == ("disk_full", "")
        assert "report" in said(home)


@pytest.mark.slow
def test_a_coach_that_is_killed_leaves_a_talk_to_finish(tmp_path: Path) -> None:
    killed_and_finished(tmp_path, times=3)


def killed_and_finished(folder: Path, times: int) -> None:
    moments = Random(7)
    with room(folder) as home:
        for _ in range(times):
            killed_once(home, moments.uniform(0.0, 5.0))
            with open_store(home.data) as store:
                (session,) = store.unfinished()
                assert sum(isinstance(entry, Consented) for entry in store.entries(session.id)) == 2
                noted = " ".join(turn.text for turn in store.heard(session.id)).lower()
                assert "lake" in noted
                app.finish_talk(store, session, config=Config())
                assert store.session(session.id).state == "ended"
                words = " ".join(word.text for word in store.facts(session.id).words).lower()
                assert "lake" in words
                assert "report" in words
                store.drop(session.id)


def killed_once(home: Room, after_s: float) -> None:
    with Actor(home, (*CONSENT, SHARE), quiet_s=QUIET_S) as actor:
        talk = begun(home.folder, home.environment)
        drained = threading.Thread(target=talk.communicate, daemon=True)
        drained.start()
        try:
            actor.finished()
            time.sleep(after_s)
        finally:
            talk.kill()
            talk.wait()
        time.sleep(1.0)  # the recorder sees that its coach has gone, and ends the file
