"""What is on the screen of a talk, by values; and that a real terminal is drawn on, and left as it was."""

from __future__ import annotations

import io
import os
import pty
import subprocess
import sys
from contextlib import suppress
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from coach.live.letters import BLOCK, large
from coach.live.screen import LOUD, ScreenState, render, screen, seen, told
from coach.session.steps import Ask, Instruction, Listen, OpenStep, Pause, Rate, Reconnect, Say, Screen, Step, Wait

KEYS = (("p", "pass on"), ("s", "stop now"), ("a", "say again"), ("b", "pause please"), ("d", "delete that"))
QUESTION = "Kim, how well understood do you feel, from zero to ten?"
STEPS: dict[str, Step] = {
    "say": Say(text=QUESTION),
    "floor": Listen(floor="A", until_s=160.0),
    "quiet": Listen(floor=None, until_s=60.0),
    "hello": Listen(floor=None, until_s=60.0, enrols="A"),
    "wait": Wait(of="B", until_s=43.0),
    "ask": Ask(of=None, until_s=60.0),
    "rate": Rate(of="A", until_s=60.0),
    "pause": Pause(until_s=1240.0),
    "reconnect": Reconnect(until_s=60.0),
}


def instruction(step: Step, floor: str = "", recording: bool = True, cue: str = "") -> Instruction:
    until_s = step.until_s if isinstance(step, OpenStep) else None
    shown = Screen(
        session="Daily check-in", step="A step", floor=floor, text=QUESTION, until_s=until_s, keys=KEYS,
        recording=recording, cue=cue,
    )  # fmt: skip
    return Instruction(number=1, step=step, screen=shown)


def state(kind: str = "floor", floor: str = "", now_s: float = 40.4, cue: str = "") -> ScreenState:
    return seen(instruction(STEPS[kind], floor, cue=cue), now_s=now_s, began_s=40.0, level_db=-30.0)


def drawn(shown: ScreenState, width: int = 80, height: int = 24) -> str:
    return "\n".join(row.text for row in render(shown, width, height))


def as_blocks(text: str, width: int = 76, height: int = 5) -> str:
    """The first row of a large text: enough to find it by."""
    return large(text, width, height)[0].strip()


def test_whose_floor_and_how_long() -> None:
    page = drawn(state("floor", "Kim"))
    for row in large("KIM", 76, 5) + large("2:00", 76, 5):
        assert row.rstrip() in page
    assert "has the floor" in page
    assert page.splitlines()[0] == f" {'Daily check-in - A step':<67}● recording"


@pytest.mark.parametrize(
    ("kind", "now_s", "time"),
    [("floor", 40.0, "2:00"), ("floor", 40.1, "2:00"), ("floor", 100.5, "1:00"), ("floor", 159.2, "0:01"),
     ("floor", 164.0, "0:00"), ("quiet", 45.0, "0:15"), ("wait", 40.0, "3"), ("wait", 42.5, "1"),
     ("pause", 40.0, "20:00")],
)  # fmt: skip
def test_the_time_that_is_left(kind: str, now_s: float, time: str) -> None:
    shown = state(kind, now_s=now_s)
    assert shown.time_left_s is not None
    titles = 2 if shown.wanted else 1
    assert as_blocks(time, height=5 if titles == 2 else 10) in drawn(shown)


@pytest.mark.parametrize("kind", ["say", "hello", "ask", "rate", "reconnect"])
def test_nobody_is_hurried_while_the_coach_speaks_or_asks(kind: str) -> None:
    assert state(kind).time_left_s is None


@pytest.mark.parametrize(
    ("kind", "wanted"), [("ask", "yes or no"), ("rate", "0 - 10"), ("hello", "hello"), ("pause", "break")]
)
def test_what_is_waited_for_is_large(kind: str, wanted: str) -> None:
    assert any(as_blocks(wanted, height=height) in drawn(state(kind)) for height in (5, 10))


@pytest.mark.parametrize("kind", STEPS)
@pytest.mark.parametrize("size", [(80, 24), (200, 50), (132, 30), (40, 12), (20, 5), (8, 2)])
def test_every_kind_of_step_fits_every_window(kind: str, size: tuple[int, int]) -> None:
    rows = render(replace(state(kind, "Kim" if kind == "floor" else ""), notice="The disk is nearly full."), *size)
    assert len(rows) == size[1]
    assert max(cell_len(row.text) for row in rows) <= size[0]


@pytest.mark.parametrize("kind", STEPS)
def test_at_the_usual_size_all_is_there(kind: str) -> None:
    page = " ".join(drawn(state(kind)).split())
    for text in (QUESTION, *(f"{key} {said}" for key, said in KEYS), LOUD * 16):
        assert text in page


def test_while_the_coach_speaks_the_step_is_large() -> None:
    page = drawn(state("say"))
    for row in large("A step", 76, 10, 3):
        assert row.rstrip() in page
    named = replace(state("say"), shown=replace(state("say").shown, step="一步"))
    assert BLOCK not in drawn(named)


def test_a_long_text_is_drawn_on_several_lines() -> None:
    one, two = large("A win and a challenge", 200, 5), large("A win and a challenge", 76, 15, 3)
    assert (len(one), len(two)) == (5, 11)
    assert len({len(row) for row in two}) == 1
    assert large("A win and a challenge", 76, 10, 3) == ("A win and a challenge",)


def test_more_room_makes_larger_letters() -> None:
    small, wide = (drawn(state("floor", "Kim"), *size).count(BLOCK) for size in ((80, 24), (200, 50)))
    assert wide >= 4 * small


def test_a_notice_and_no_microphone() -> None:
    shown = seen(instruction(STEPS["reconnect"], recording=False), now_s=41, began_s=40, notice="No microphone.")
    page = drawn(shown)
    assert "No microphone." in page
    assert "○ not recording" in page
    assert LOUD not in page


def test_a_cue_takes_the_place_of_what_was_said() -> None:
    page = drawn(state("floor", "Kim", cue="Kim has the floor"))
    assert "Kim has the floor" in page
    assert QUESTION not in page
    assert as_blocks("KIM") in page


@pytest.mark.parametrize(("level_db", "cells"), [(-90.0, 0), (-60.0, 0), (-37.5, 12), (-15.0, 24), (0.0, 24)])
def test_the_meter(level_db: float, cells: int) -> None:
    assert drawn(replace(state("say"), level_db=level_db)).count(LOUD) == cells


def test_accents_are_left_out_and_other_scripts_stay_as_they_are() -> None:
    assert large("Zoë", 80, 5) == large("ZOE", 80, 5)
    assert large("Łukasz", 80, 5) == large("LUKASZ", 80, 5)
    assert large("美咲", 80, 5) == ("美咲",)
    assert large("Maximiliane-Charlotte", 80, 5) == ("Maximiliane-Charlotte",)
    assert "美咲" in drawn(state("floor", "美咲"))


def test_a_name_cannot_steer_the_terminal() -> None:
    assert "\x1b" not in drawn(state("floor", "Kim\x1b[2J"))
    assert not any("\x1b" in line for line in told(state("floor", "Kim\x1b[2J"), None))


@given(st.text(max_size=30), st.text(max_size=200), st.integers(1, 240), st.integers(1, 70))
def test_any_text_fits(name: str, text: str, width: int, height: int) -> None:
    shown = state("floor", name)
    rows = render(replace(shown, shown=replace(shown.shown, text=text, step=name)), width, height)
    assert len(rows) == height
    assert all(cell_len(row.text) <= width and "\n" not in row.text for row in rows)


def test_lines_tell_only_what_is_new() -> None:
    first = state("say")
    assert told(first, None) == (
        "Recording.", "[Daily check-in - A step]", f"Coach: {QUESTION}",
        "Keys: p pass on, s stop now, a say again, b pause please, d delete that",
    )  # fmt: skip
    floor = state("floor", "Kim")
    assert told(floor, first, keys="psabd") == ("Kim has the floor.",)
    assert told(state("floor", "Kim", now_s=99.0), floor, keys="psabd") == ()
    assert told(replace(floor, notice="The disk is nearly full."), floor, keys="psabd") == ("The disk is nearly full.",)


def test_where_there_is_no_terminal_lines_are_written() -> None:
    stream = io.StringIO()
    with screen(stream) as show:
        for now_s in (40.0, 41.0, 42.0):
            show(state("floor", "Kim", now_s=now_s))
    assert stream.getvalue().count("Kim has the floor.") == 1
    assert BLOCK not in stream.getvalue()


DRAW = """
from tests.test_screen import screen, state
with screen() as show:
    show(state("floor", "Kim"))
"""


@pytest.mark.parametrize(
    ("surroundings", "sign"),
    [({"TERM": "xterm"}, "█"), ({"TERM": "xterm", "NO_COLOR": "1"}, "█"),
     ({"TERM": "xterm", "PYTHONIOENCODING": "ascii"}, "####"), ({"TERM": "dumb"}, "Kim has the floor.")],
)  # fmt: skip
def test_a_terminal_is_drawn_on_and_left_as_it_was(surroundings: dict[str, str], sign: str) -> None:
    ours, theirs = pty.openpty()
    clean = {key: value for key, value in os.environ.items() if key not in ("NO_COLOR", "TERM", "PYTHONIOENCODING")}
    child = subprocess.Popen([sys.executable, "-c", DRAW], stdout=theirs, env=clean | surroundings)
    os.close(theirs)
    shown = b""
    with suppress(OSError):  # the terminal's other end was closed
        while part := os.read(ours, 65536):
            shown += part
    os.close(ours)
    assert child.wait() == 0
    text = shown.decode()
    assert sign in text
    drawing = surroundings["TERM"] != "dumb"
    assert ("\x1b[?1049h" in text, "\x1b[?1049l" in text) == (drawing, drawing)
    assert ("\x1b[1;31m" in text) == (drawing and "NO_COLOR" not in surroundings)
