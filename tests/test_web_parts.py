"""The parts of the browser app that need no browser: settings files, corrected lines, what a screen shows, charts."""

from __future__ import annotations

import os
import tomllib
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from audio.types import Span, Word
from coach import content
from coach.config import parse
from coach.conversation import Conversation, Turn, turns
from coach.corrections import apply
from coach.errors import CoachError
from coach.figures import Figures, Person
from coach.live.screen import seen as on_screen
from coach.session.steps import Instruction, Listen, Rate, Screen
from coach.store import open_store
from coach.thresholds import Limits
from coach.trends import trends
from coach.web.changes import reworded
from coach.web.config_file import changed
from coach.web.export import clear
from coach.web.forget import wish
from coach.web.live import number_keys, seen
from coach.web.trend_charts import MOST_DOTS, chart
from tests.stored import ended

FILES = (
    "",
    "# only a remark",
    'names = ["Kim", "Sam"]\n',
    '  names= [ "Kim","Sam" ] # us\nrecogniser="auto"',
    "[limits.silence]\nwait_s = 4.0\n",
    'recogniser = "moonshine"\n\n[limits.turns]\nsilence_within_turn_s = 1.4 # names = 3\n',
)


@pytest.mark.parametrize("text", FILES)
@settings(deadline=None)
@given(first=st.text(min_size=1, max_size=20), second=st.text(max_size=20), days=st.integers(0, 3650))
def test_a_setting_is_changed_and_everything_else_stays(text: str, first: str, second: str, days: int) -> None:
    if any("\ud800" <= letter <= "\udfff" for letter in first + second):
        return
    after = changed(text, {"names": [first, second], "keep_days": days})
    table = tomllib.loads(after)
    assert table.pop("names") == [first, second]
    assert table.pop("keep_days") == days
    before = tomllib.loads(text)
    before.pop("names", None)
    assert table == before
    assert parse(after, "a file").names == (first, second)


def turn(text: str) -> Turn:
    words = tuple(Word(speaker="A", start_s=at, end_s=at + 0.5, text=word) for at, word in enumerate(text.split()))
    return turns(talk_of(words), Limits().turns)[0]


def talk_of(words: tuple[Word, ...]) -> Conversation:
    span = Span(speaker="A", start_s=0, end_s=max(1.0, len(words)))
    return Conversation(
        id="x", duration_s=span.end_s, speakers=("A",), speech=(span,), words=words, word_times="exact"
    )  # fmt: skip


LINES = st.lists(st.sampled_from("the two of us would talk first you never ask me".split()), min_size=1, max_size=12)


@settings(deadline=None)
@given(LINES, st.lists(st.sampled_from("the two of us talk late well never".split()), max_size=12))
def test_a_corrected_line_reads_as_it_was_written(before: list[str], after: list[str]) -> None:
    line = turn(" ".join(before))
    put_right = apply(talk_of(line.words), reworded(line, " ".join(after))).conversation
    assert [word.text for word in put_right.words] == after


@settings(deadline=None)
@given(LINES)
def test_a_line_that_is_not_changed_needs_no_correction(before: list[str]) -> None:
    assert list(reworded(turn(" ".join(before)), "  " + "  ".join(before) + "\n")) == []


def test_one_word_is_one_correction() -> None:
    (only,) = reworded(turn("you never risk me"), "you never ask me")
    assert (only.start_s, only.text) == (2.0, "ask")


SCREEN = Screen(
    session="Daily check-in", step="A win and a challenge", floor="Kim", text="Kim, you begin.", until_s=90.0,
    keys=(("p", "pass on"),), recording=True,
)  # fmt: skip


def test_a_page_shows_whose_floor_it_is_and_the_time_that_is_left() -> None:
    state = on_screen(
        Instruction(number=1, step=Listen(floor="A", until_s=90.0), screen=SCREEN), now_s=25.5, began_s=0.0,
        level_db=-37.5,
    )  # fmt: skip
    shown = seen(state, number_keys())
    assert (shown.floor, shown.time, shown.share, shown.level) == ("Kim", "1:05", 0.717, 0.5)
    assert shown.keys == (("p", "pass on"),)
    assert not shown.over


def test_numbers_can_be_pressed_where_one_is_asked_for() -> None:
    step = Rate(of="A", until_s=90.0, wants=())
    shown = seen(on_screen(Instruction(number=1, step=step, screen=SCREEN), now_s=1.0, began_s=0.0), number_keys())
    assert [words for _, words in shown.keys] == [*map(str, range(11)), "pass on"]
    assert {key for key, _ in shown.keys} == {*content.commands().number_keys, "p"}


def figures(at: int, share: float) -> Figures:
    person = Person(
        name="Kim", share=share, speech_s=300, partner_speech_s=300, interruptions=at % 3, feelings=0, blames=0,
        words=500, response_s=0.8, replies=20, paraphrases=(), understood=(),
    )  # fmt: skip
    return Figures(
        session=f"s{at}", started_at=f"2026-05-{at % 28 + 1:02}T19:30:00+02:00", kind="daily_check_in", at_least=False,
        people=(person, replace(person, name="Sam", share=1 - share)),
    )  # fmt: skip


@settings(deadline=None)
@given(st.lists(st.floats(0, 1), min_size=1, max_size=60))
def test_every_dot_of_a_trend_lies_inside_its_drawing(shares: list[float]) -> None:
    found = trends([figures(at, share) for at, share in enumerate(shares)], Limits().trends)
    for trend in found.trends:
        drawn = chart(trend)
        assert len(drawn.dots) <= MOST_DOTS
        assert len(drawn.rows) == min(len(shares), MOST_DOTS)
        assert all(0 < dot.x < 100 and 0 < dot.y < 100 for dot in drawn.dots)
        assert [dot.last for dot in drawn.dots] == [False] * (len(drawn.dots) - 1) + [True] * bool(drawn.dots)
        if drawn.band_y is not None:
            assert 0 <= drawn.band_y <= drawn.band_y + drawn.band_height <= 100


def test_what_is_left_of_an_archive_goes_but_not_that_of_another_coach(tmp_path: Path) -> None:
    left, under_way = tmp_path / ".archive-left", tmp_path / ".archive-now"
    for folder in (left, under_way):
        folder.mkdir()
        (folder / "coach.zip").write_text("words")
    os.utime(left, (0, 0))
    clear(tmp_path)
    assert not left.exists()
    assert under_way.exists()


@pytest.mark.parametrize(
    "fields",
    [{}, {"everything": "no"}, {"from": "2026-05-01"}, {"from": "yesterday", "to": "today"}, {"person": "Nobody"}],
)
def test_nothing_is_forgotten_by_an_incomplete_form(fields: dict[str, str], tmp_path: Path) -> None:
    with open_store(tmp_path) as store:
        ended(store)
        with pytest.raises(CoachError):
            wish(store, fields)
