"""coach practice as a person types it: reading and typing, own decks, progress, and what goes wrong."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from coach.practice.content import cards
from coach.store import open_store

FIRST = cards()[0]
DECK = """
scenario = "venting"
drills = ["say_back"]
[[card]]
id = "own-1"
level = 1
statement = "The bus never came, and I walked home in the rain. I'm so fed up."
key_points = ["the bus did not come", "walked home in the rain"]
feelings = ["anger", "weariness"]
need = "comfort"
model = "No bus, a long wet walk, and you're fed up."
weak = "You should buy a car."
reason = "advice"
"""


def coach(
    data: Path, *args: str, given: str = "", environment: dict[str, str] | None = None
) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "coach.cli", "practice", *args],
        input=given,
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
        env={**os.environ, "COACH_DATA": str(data), **(environment or {})},
    )


def test_a_first_practice_by_typing_and_what_is_kept_of_it(tmp_path: Path) -> None:
    done = coach(tmp_path, "say_back", "--type", "--cards", "2", given=f"{FIRST.model}\np\n")
    assert done.returncode == 0, done.stderr
    assert FIRST.statement in done.stdout
    assert "1 result kept" in done.stdout
    with open_store(tmp_path) as store:
        (kept,) = store.practice_results()
        assert kept.card == FIRST.id
        assert kept.score is not None
        assert kept.score > 0.8
        assert FIRST.model not in str(kept.result)
        assert set(store.schedules()) == {f"say_back/{FIRST.id}"}
    told = coach(tmp_path, "--progress")
    assert "1 answer on 1 day" in told.stdout


def test_an_own_deck_and_its_faults(tmp_path: Path) -> None:
    deck = tmp_path / "mine.toml"
    deck.write_text(DECK)
    done = coach(tmp_path, "--type", "--deck", str(deck), given="No bus, a long wet walk, and you're fed up.\n")
    assert "walked home in the rain" in done.stdout
    assert "1 result kept" in done.stdout
    for text, message in (
        ("", "is empty"),
        (DECK.replace("need =", "needs ="), "'needs' is unknown"),
        (DECK.replace("level = 1", "level = 9"), "'level' must be"),
        ("scenario = ", "no valid TOML"),
    ):
        deck.write_text(text)
        done = coach(tmp_path, "--type", "--deck", str(deck))
        assert done.returncode == 1
        assert "mine.toml" in done.stderr
        assert message in done.stderr
        assert "Traceback" not in done.stderr


def test_usage(tmp_path: Path) -> None:
    assert "name_feeling" in coach(tmp_path, "--list").stdout
    assert coach(tmp_path, "juggle", "--type").returncode == 2
    assert coach(tmp_path, "--cards", "0").returncode == 2
    assert "Nothing practised yet" in coach(tmp_path, "--progress").stdout


def test_no_microphone_offers_typing_in_one_sentence(tmp_path: Path) -> None:
    nowhere = {"PULSE_SERVER": "unix:/nonexistent", "HOME": str(tmp_path), "XDG_RUNTIME_DIR": str(tmp_path)}
    done = coach(tmp_path, environment=nowhere)
    assert done.returncode == 1
    assert "coach practice --type" in done.stderr
    assert done.stderr.count("\n") == 1


@pytest.mark.parametrize("answers", [0, 1])
def test_interrupted_anywhere_keeps_what_was_answered(tmp_path: Path, answers: int) -> None:
    command = [sys.executable, "-m", "coach.cli", "practice", "say_back", "--type", "--cards", "3"]
    child = subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        env={**os.environ, "COACH_DATA": str(tmp_path), "PYTHONUNBUFFERED": "1"},
    )  # fmt: skip
    assert child.stdin is not None
    assert child.stdout is not None
    child.stdin.write(f"{FIRST.model}\n" * answers)
    child.stdin.flush()
    wanted = cards()[0].statement if not answers else "“"
    seen = 0
    for line in child.stdout:
        seen += wanted in line
        if seen > answers:
            break
    child.send_signal(signal.SIGINT)
    _, error = child.communicate(timeout=30)
    assert child.returncode == 130
    assert "Traceback" not in error
    with open_store(tmp_path) as store:
        assert len(store.practice_results()) == answers
