"""A guided talk as two people have it: their voices in a room, the coach's own loudspeaker, its microphone, its store.

The acting program of tests/acting.py answers the coach; nobody presses a key.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from audio.recording import open_recording
from coach.app import analyze
from coach.config import Config
from coach.content import cues
from coach.conversation import turns
from coach.measures.floor import floor
from coach.render.events import Event, events
from coach.session.log import Accepted, Consented, Deleted, FloorHeld, Paused, Rated, StepTaken, Waited
from coach.store import Session, Store, open_store
from coach.store.summaries import summary_of
from coach.summary import Summary
from coach.thresholds import Limits
from tests.acting import Actor
from tests.lines import Act, Line
from tests.room import Room, room
from tests.short_talk import begun

ANNA, BEN = "slt", "rms"
QUIET_S = 1.4
"""Two lines of the coach's own lie closer together, also on a busy machine."""
CONSENT = (
    Line(ANNA, "Yes please."),
    Line(BEN, "Yes please."),
    Line(ANNA, "Hello. I made coffee for us, and I walked to the lake with the dog."),
    Line(BEN, "Hello. I got up late, had some toast, and read the paper in the kitchen."),
)


def ended(home: Room, script: Sequence[Line | Act]) -> dict[str, Any]:
    """How a short talk of this script ends."""
    with Actor(home, script, quiet_s=QUIET_S) as actor:
        talk = begun(home.folder, home.environment)
        try:
            actor.finished()
            out, _ = talk.communicate(timeout=120)
        finally:
            talk.kill()
            talk.wait()
    assert out, (home.folder / "stderr.txt").read_text()
    result: dict[str, Any] = json.loads(out)
    return result


def only(store: Store) -> Session:
    (session,) = store.sessions()
    return session


def test_a_talk_from_consent_to_spoken_summary(tmp_path: Path) -> None:
    script = (
        *CONSENT,
        Line(
            ANNA,
            "I finished the report at work today, but the drive home was awful and I felt really tired after it.",
            over=(Line(BEN, "But you always take the same road home.", delay_s=2.5, gain_db=6),),
        ),
        Line(ANNA, "Pass on.", after="line", delay_s=1.2),
        Line(BEN, "You finished the report, and the drive made you tired.", delay_s=4.0),
        Line(BEN, "Pass on.", after="line", delay_s=1.2),
        Line(ANNA, "Number eight."),
        Line(ANNA, "Yes please."),
    )
    with room(tmp_path) as home:
        end = ended(home, script)
    assert end["reason"] == "complete"
    assert end["unfinished"] == ""
    assert set(end["stages_s"]) == {"recording", "first sound", "words", "measures", "feedback"}
    assert Path(end["page"]).stat().st_mode & 0o077 == 0
    with open_store(home.data) as store:
        session = only(store)
        assert (session.state, session.plan, session.keeps_audio) == ("ended", "daily_check_in", True)
        entries = store.entries(session.id)
        consents = [entry for entry in entries if isinstance(entry, Consented)]
        assert [(one.voice, one.question) for one in consents] == [
            ("first", "May I record this? And keep it 30 days? Is that all right with you?"),
            ("second", "May I record this? And keep it 30 days? And the other of you, all right?"),
        ]
        (rated,) = (entry for entry in entries if isinstance(entry, Rated))
        assert (rated.by, rated.of, rated.value, rated.confirmed) == ("A", "B", 8, True)
        (waited,) = (entry for entry in entries if isinstance(entry, Waited))
        assert waited.by == "B"
        assert waited.length_s >= 3
        floors = [entry for entry in entries if isinstance(entry, FloorHeld)]
        assert [(one.step, one.floor.speaker) for one in floors] == [("share", "A"), ("say_back", "B")]
        outcomes = {entry.step: entry.outcome for entry in entries if isinstance(entry, StepTaken)}
        assert outcomes == {
            "consent": "done", "hello": "done", "share": "passed", "say_back": "passed", "understood": "done",
        }  # fmt: skip
        summary = summary_of(store, session.id, Config().limits)
        recording = store.folder_of(session.id) / "recording.wav"
        assert recording.stat().st_mode & 0o077 == 0
        the_floor_was_broken_once(summary)
        the_coach_is_nobody(summary)
        nothing_from_before_the_consent_is_heard(recording, consents[1].at_s)
        a_file_gives_the_same(summary, recording)
    assert not list((home.data / "unasked").iterdir())


def the_floor_was_broken_once(summary: Summary) -> None:
    (one,) = summary.floor.interruptions
    assert (one.by, one.of) == ("B", "A")
    share = summary.conversation.held[0]
    assert share.start_s + 2 < one.start_s < share.start_s + 6


def the_coach_is_nobody(summary: Summary) -> None:
    talk = summary.conversation
    assert talk.speakers == ("A", "B")
    assert summary.names == {"A": "Anna", "B": "Ben"}
    assert len(talk.coach) > 8
    for span in talk.speech:
        assert not any(own.start_s < span.end_s and span.start_s < own.end_s for own in talk.coach), span


def nothing_from_before_the_consent_is_heard(recording: Path, agreed_s: float) -> None:
    for frame in open_recording(recording).frames():
        until = round((agreed_s - 0.5) * 16_000) - frame.first_sample
        assert not frame.samples[: max(0, until)].any()


def a_file_gives_the_same(live: Summary, recording: Path) -> None:
    """The recording, analysed afterwards without what the hellos taught, has the turns and events of the live talk."""
    again = analyze(recording, config=Config())
    found = [(span.start_s, span.end_s) for span in again.conversation.speech]
    same = [
        span
        for span in live.conversation.speech
        if any(abs(span.start_s - a) < 0.1 and abs(span.end_s - b) < 0.1 for a, b in found)
    ]
    assert len(same) >= 0.95 * len(live.conversation.speech)
    assert [occasion(one) for one in events(live)] == [occasion(one) for one in events(again)]
    told = replace(again.conversation, held=live.conversation.held)  # what the coach gave, no file tells
    limits = Limits()
    (one,) = floor(told, turns(told, limits.turns), cues(), limits.floor).interruptions
    assert one.kind == live.floor.interruptions[0].kind == "held_floor"


def occasion(event: Event) -> tuple[object, ...]:
    kind = "" if event.event == "interruption" else event.kind
    return event.event, kind, event.by, event.of, pytest.approx(event.start_s, abs=0.1), event.text


def test_without_a_yes_of_both_nothing_is_kept(tmp_path: Path) -> None:
    script = (Line(ANNA, "Yes please."), Line(BEN, "No thanks."))
    with room(tmp_path) as home:
        end = ended(home, script)
    assert (end["reason"], end["id"]) == ("refused", None)
    with open_store(home.data) as store:
        assert not store.sessions()
    assert not list(home.data.rglob("*.wav"))


@pytest.mark.slow
def test_commands_and_a_break_by_voice(tmp_path: Path) -> None:
    script = (
        *CONSENT,
        Line(ANNA, "My secret is that I broke the blue vase last week."),
        Line(ANNA, "Delete that.", after="line", delay_s=1.5),
        Line(ANNA, "Yes please."),
        Line(ANNA, "I was upset about the meeting with my boss."),
        Line(ANNA, "Pause please.", after="line", delay_s=1.5),
        Line(ANNA, "Pause please.", after="line", delay_s=4.0),  # as people do; where it was understood, nobody's ear
        Line(BEN, "This is said in the break, and nobody may keep it."),
        Line(BEN, "Stop now.", after="line", delay_s=1.5),
    )
    with room(tmp_path) as home:
        end = ended(home, script)
    assert end["reason"] == "stopped"
    with open_store(home.data) as store:
        session = only(store)
        entries = store.entries(session.id)
        assert [type(entry) for entry in entries if isinstance(entry, Deleted | Paused)] == [Deleted, Paused]
        said = " ".join(word.text for word in store.facts(session.id).words).lower()
        assert "boss" in said
        assert "vase" not in said
        assert "break" not in said


@pytest.mark.slow
def test_not_quite_and_there_is_more(tmp_path: Path) -> None:
    script = (
        *CONSENT,
        Line(ANNA, "I was upset about the meeting with my boss."),
        Line(ANNA, "Pass on.", after="line", delay_s=1.2),
        Line(BEN, "You had a nice meeting today.", delay_s=4.0),
        Line(BEN, "Pass on.", after="line", delay_s=1.2),
        Line(ANNA, "Not quite."),
        Line(ANNA, "It made me feel small."),
        Line(ANNA, "Pass on.", after="line", delay_s=1.2),
        Line(ANNA, "There's more."),
        Line(ANNA, "I would like a hug."),
        Line(ANNA, "Pass on.", after="line", delay_s=1.2),
        Line(ANNA, "Number nine."),
        Line(ANNA, "Yes please."),
    )
    with room(tmp_path) as home:
        end = ended(home, script)
    assert end["reason"] == "complete"
    with open_store(home.data) as store:
        entries = store.entries(only(store).id)
    steps = [entry.step for entry in entries if isinstance(entry, StepTaken)]
    assert steps[3:] == [
        "share",
        "say_back",
        "missed",
        "add",
        "understood",
    ]
    assert [e.value for e in entries if isinstance(e, Rated)] == [9]
    assert not [e for e in entries if isinstance(e, Accepted)]


SHARE, SAY_BACK, NUMBER = "went well|was hard|only listen", "breath|own words", "understood|not qui|more"
"""Of the last line of what the coach says then, words that a recogniser gets right."""
CHECK_IN = (
    Line(ANNA, "Yes please.", when="or no thanks|all right with you"),
    Line(BEN, "Yes please."),
    Line(ANNA, "Hello. This morning I made coffee for us, and then I walked to the lake with the dog."),
    Line(BEN, "Hello. I got up late this morning, had some toast, and then I read the paper in the kitchen."),
    Line(
        ANNA,
        "I finished the report at work today, but the drive home was awful and I felt really tired after it.",
        when=SHARE,
        over=(Line(BEN, "But you always take the same road home.", delay_s=2.5, gain_db=6),),
    ),
    Line(ANNA, "Pass on.", after="line", delay_s=1.2),
    Line(BEN, "You finished the report, and the drive made you tired.", when=SAY_BACK, delay_s=4.0),
    Line(BEN, "Pass on.", after="line", delay_s=1.2),
    Line(ANNA, "Number eight.", when=NUMBER),
    Line(ANNA, "Yes please."),
    Line(
        BEN,
        "My sister called me today and that was lovely, but the boiler broke again and I had to wait for the plumber.",
        when=SHARE,
        over=(Line(ANNA, "You should have called me about it.", delay_s=2.5, gain_db=6),),
    ),
    Line(BEN, "Pass on.", after="line", delay_s=1.2),
    Line(ANNA, "Your sister called you, and then the boiler broke.", when=SAY_BACK, delay_s=4.0),
    Line(ANNA, "Pass on.", after="line", delay_s=1.2),
    Line(BEN, "Number nine.", when=NUMBER),
    Line(BEN, "Yes please."),
    Line(ANNA, "You made dinner yesterday, and it gave me time to rest. Thank you."),
    Line(ANNA, "Pass on.", after="line", delay_s=1.2),
    Line(BEN, "You listened to me on Monday, and I felt understood."),
    Line(BEN, "Pass on.", after="line", delay_s=1.2),
)


@pytest.mark.slow
def test_a_daily_check_in_from_the_command_line(tmp_path: Path) -> None:
    words = ["talk", "daily-check-in", "--names", "Anna,Ben", "--time", "settle=2", "--keep-audio", "7"]
    with room(tmp_path) as home, Actor(home, CHECK_IN, quiet_s=QUIET_S, limit_s=120) as actor:
        talk = subprocess.Popen(
            [sys.executable, "-m", "coach.cli", *words],
            env={**os.environ, **home.environment}, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, text=True,
        )  # fmt: skip
        try:
            actor.finished(600)
            out, _ = talk.communicate(timeout=180)
        finally:
            talk.kill()
            talk.wait()
    assert talk.returncode == 0
    assert "For you both" in out
    assert "summary.html" in out
    with open_store(home.data) as store:
        session = only(store)
        entries = store.entries(session.id)
        assert [(e.by, e.value, e.confirmed) for e in entries if isinstance(e, Rated)] == [
            ("A", 8, True),
            ("B", 9, True),
        ]
        waits = [entry for entry in entries if isinstance(entry, Waited)]
        assert [wait.by for wait in waits] == ["B", "A"]
        assert all(wait.length_s >= 3 for wait in waits)
        floors = [(entry.step, entry.floor.speaker) for entry in entries if isinstance(entry, FloorHeld)]
        assert floors == [
            ("share", "A"), ("say_back", "B"), ("share", "B"), ("say_back", "A"),
            ("appreciate", "A"), ("appreciate", "B"),
        ]  # fmt: skip
        summary = summary_of(store, session.id, Config().limits)
        assert [(one.by, one.of) for one in summary.floor.interruptions] == [("B", "A"), ("A", "B")]
