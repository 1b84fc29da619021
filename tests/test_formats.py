"""What other programs read: each format through a well-kept reader, and back through coach measure."""

from __future__ import annotations

import csv
import json
import re
from dataclasses import replace
from io import StringIO
from itertools import pairwise
from pathlib import Path

import pytest
import webvtt
from hypothesis import given, settings
from praatio import textgrid as praat

from audio.types import UNKNOWN, Word
from coach import annotations, content
from coach.conversation import Conversation, turns
from coach.measures.floor import floor
from coach.plain import plain
from coach.render import csv as csv_format
from coach.render import html, rttm, text, textgrid, vtt
from coach.render import json as json_format
from coach.summary import Summary
from coach.thresholds import Limits
from tests import page_talks
from tests.talks import conversations, of_spans

LIMITS = Limits()
HOSTILE = (
    '<script>alert("1")</script>',
    "=cmd|' /C calc'!A0",
    "Kim\x1b[2J\x9b31m\x07",
    "Kim\u202e\u2066mas\u200f",
    "Kim\nSPEAKER x 1 0 9 <NA> <NA> Eve\n\n00:00.000 --> 00:01.000\n",
    'Kim" "Eve',
    "<v Eve>&lt;--> x",
    "\ud800 -- \x00",
    "Kim - words",
    "events",
    "   ",
)


@pytest.fixture(scope="module")
def talk() -> Summary:
    return page_talks.demo()


def hostile(said: str) -> Summary:
    """Two people who are called and say the same bad thing."""
    talk = of_spans(("A", 0.0, 2.0), ("B", 2.2, 4.0), ("B", 4.5, 5.0))
    words = (
        Word(speaker="A", start_s=0.0, end_s=2.0, text=said),
        Word(speaker="B", start_s=2.2, end_s=4.0, text=f"you never; {said}"),
    )
    talk = replace(talk, words=words, word_times="exact", id=said)
    return page_talks.summary_of(talk, [("blame", "B", 2.2, said)], names={"A": said, "B": said}, path=f"x/{said}")


def facts(conversation: Conversation, ids: dict[str, str] | None = None) -> tuple[list[object], ...]:
    """Who speaks, when (all edges), turns, interruptions and overlaps."""
    talk = turns(conversation, LIMITS.turns)
    found = floor(conversation, talk, content.cues(), LIMITS.floor)
    called = ids or {}
    speech = sorted((called.get(s.speaker, s.speaker), s.start_s, s.end_s) for s in conversation.speech)
    return (
        [who for who, _, _ in speech],
        [edge_s for _, start_s, end_s in speech for edge_s in (start_s, end_s)],
        [(called.get(turn.speaker, turn.speaker), turn.text) for turn in talk],
        [(called.get(e.by, e.by), called.get(e.of, e.of), e.kind, e.text) for e in found.interruptions],
        [(called.get(e.by, e.by), called.get(e.of, e.of), e.kind, e.text) for e in found.overlaps],
    )


def check_same(back: tuple[list[object], ...], given: tuple[list[object], ...]) -> None:
    assert back[1] == pytest.approx(given[1], abs=0.002)
    assert (back[0], *back[2:]) == (given[0], *given[2:])


def read_back(written: str) -> Conversation:
    return annotations.parse(written, "talk", LIMITS.turns)


def test_json_comes_back_through_measure(talk: Summary) -> None:
    check_same(facts(read_back(json_format.render(talk))), facts(talk.conversation))


def test_textgrid_comes_back_through_measure(talk: Summary) -> None:
    ids = {name: speaker for speaker, name in talk.names.items()}
    check_same(facts(read_back(textgrid.render(talk)), ids), facts(talk.conversation))


def test_rttm_comes_back_through_measure(talk: Summary) -> None:
    unheard = replace(talk.conversation, words=(), word_times="none")
    check_same(facts(read_back(rttm.render(talk))), facts(unheard))


@settings(max_examples=40, deadline=None)
@given(conversations())
def test_any_talk_comes_back_from_a_textgrid(made: Conversation) -> None:
    if not made.speech:
        return
    made = replace(made, coach=(), held=())
    back = read_back(textgrid.render(page_talks.summary_of(made, [], names={"A": "Kim", "B": "Kim"})))
    ids = dict(zip((speaker for speaker in ("Kim", "Kim 2")), made.speakers, strict=False))
    whole, again = facts(made), facts(back, ids)
    check_same(again[:2], whole[:2])
    said = [turn for turn in whole[2] if turn[1]]  # a talk of one mark only is read as a talk without words
    assert not back.words or [turn for turn in again[2] if turn[1]] == said


@settings(max_examples=40, deadline=None)
@given(conversations())
def test_any_talk_comes_back_from_rttm(made: Conversation) -> None:
    if made.speech:
        back = read_back(rttm.render(page_talks.summary_of(made, [], names={})))
        check_same(facts(back)[:2], facts(made)[:2])


def test_praatio_reads_tiers_without_a_break_and_the_events(talk: Summary, tmp_path: Path) -> None:
    (tmp_path / "talk.TextGrid").write_text(textgrid.render(talk), encoding="utf-8")
    grid = praat.openTextgrid(str(tmp_path / "talk.TextGrid"), includeEmptyIntervals=True, reportingMode="error")
    assert grid.tierNames == ("Daniel", "Sarah", "events")
    for speaker, name in talk.names.items():
        entries = grid.getTier(name).entries
        assert entries[0].start == 0
        assert entries[-1].end == pytest.approx(talk.conversation.duration_s)
        assert all(one.end == following.start for one, following in pairwise(entries))
        spoken = [(entry.start, entry.end) for entry in entries if entry.label]
        spans = [(span.start_s, span.end_s) for span in talk.conversation.speech if span.speaker == speaker]
        assert spoken == [pytest.approx(span) for span in spans]
    marks = grid.getTier("events").entries
    interruption = talk.floor.interruptions[0]
    mark = next(mark for mark in marks if mark.label.startswith("interruption"))
    assert mark.time == pytest.approx(interruption.start_s)
    assert mark.label.startswith(f"interruption ({interruption.kind}): {talk.name(interruption.by)} on ")
    assert mark.label.endswith(interruption.text)


def test_webvtt_reads_every_word_with_its_voice(talk: Summary) -> None:
    captions = webvtt.from_string(vtt.render(talk)).captions
    for speaker, name in talk.names.items():
        said = " ".join(caption.text for caption in captions if caption.voice == name)
        assert said == " ".join(word.text for word in talk.conversation.words if word.speaker == speaker)
    assert all(caption.start_in_seconds <= caption.end_in_seconds for caption in captions)
    assert all(len(caption.text) <= vtt.MOST_LETTERS + 12 for caption in captions)


def test_csv_has_a_row_for_each_event(talk: Summary) -> None:
    written = csv_format.render(talk)
    assert written.count("\r\n") == written.count("\n")
    rows = list(csv.DictReader(StringIO(written, newline="")))
    found = talk.floor.interruptions
    shown = [row for row in rows if row["event"] == "interruption"]
    assert [(row["kind"], row["by"], row["of"], float(row["start_s"]), row["text"]) for row in shown] == [
        (one.kind, talk.name(one.by), talk.name(one.of), round(one.start_s, 3), one.text) for one in found
    ]
    assert sum(row["event"] == "pause" for row in rows) == len(talk.silence.pauses)
    assert sum(row["event"] == "remark" for row in rows) == len(talk.remarks)
    starts_s = [float(row["start_s"]) for row in rows]
    assert starts_s == sorted(starts_s)


def test_two_people_of_one_name_stay_two() -> None:
    made = of_spans(("A", 0.0, 2.0), ("B", 2.2, 4.0), (UNKNOWN, 5.0, 6.0))
    summary = page_talks.summary_of(made, [], names={"A": "Kim", "B": "Kim", UNKNOWN: "Unknown voice"})
    assert read_back(textgrid.render(summary)).speakers == ("Kim", "Kim 2", UNKNOWN)
    spaced = of_spans(("a_2", 0.0, 1.0), ("a", 1.2, 2.0), ("b c", 2.2, 3.0), ("b_c", 3.2, 4.0))
    assert len(read_back(rttm.render(page_talks.summary_of(spaced, [], names={}))).speakers) == 4


def test_speech_without_words_and_words_that_look_like_silence_stay_speech() -> None:
    made = of_spans(("A", 0.0, 2.0), ("B", 2.2, 4.0), ("A", 5.0, 6.0))
    words = (
        Word(speaker="A", start_s=0.0, end_s=2.0, text="well"),
        Word(speaker="B", start_s=2.2, end_s=4.0, text="#"),
    )
    back = read_back(
        textgrid.render(page_talks.summary_of(replace(made, words=words, word_times="exact"), [], names={}))
    )
    assert [(s.start_s, s.end_s) for s in back.speech] == [(s.start_s, s.end_s) for s in made.speech]
    assert [word.text for word in back.words] == ["well"]


def test_a_person_called_words_does_not_hide_the_others() -> None:
    made = of_spans(("A", 0.0, 2.0), ("B", 2.2, 4.0))
    for name in ("Kim - words", "Swords", "words"):
        back = read_back(textgrid.render(page_talks.summary_of(made, [], names={"A": name, "B": "Sam"})))
        assert len(back.speakers) == 2


@pytest.mark.parametrize("said", HOSTILE)
def test_hostile_names_and_words_are_harmless(said: str, tmp_path: Path) -> None:
    summary = hostile(said)
    shown = {
        "json": json_format.render(summary),
        "rttm": rttm.render(summary),
        "textgrid": textgrid.render(summary),
        "vtt": vtt.render(summary),
        "csv": csv_format.render(summary),
        "text": text.render(summary, transcript=True),
        "html": html.render(summary),
    }
    for name, written in shown.items():
        bare = written.replace("\r\n", "\n") if name == "csv" else written
        assert plain(bare) == bare, f"{name} holds a control code or a hidden mark"
        written.encode()
    assert len(read_back(shown["rttm"]).speakers) == 2
    assert shown["rttm"].count("\n") == len(summary.conversation.speech)
    assert len(read_back(shown["textgrid"]).speakers) == 2
    (tmp_path / "a.TextGrid").write_text(shown["textgrid"], encoding="utf-8")
    grid = praat.openTextgrid(str(tmp_path / "a.TextGrid"), includeEmptyIntervals=False, reportingMode="error")
    assert len(grid.tierNames) == 3
    captions = webvtt.from_string(shown["vtt"]).captions
    assert len(captions) == 2 - (not said.strip())  # nothing said, no caption
    assert re.findall(r"<[^>]*>", shown["vtt"]) == [
        tag for tag in re.findall(r"<[^>]*>", shown["vtt"]) if tag[:3] == "<v "
    ]
    for row in csv.reader(StringIO(shown["csv"], newline="")):
        assert len(row) == len(csv_format.COLUMNS)
        for cell in row:
            for part in cell.split(";"):
                assert part.strip()[:1] not in tuple("=+-@")
    assert "<script>alert" not in shown["html"]
    assert json.loads(shown["json"])["speakers"][0]["name"] == said  # escaped, but not changed
