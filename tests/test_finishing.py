"""A talk whose coach was killed: what is on the disk becomes the session that it would have been."""

from __future__ import annotations

import os
from contextlib import ExitStack
from pathlib import Path

import numpy as np
import pytest

from audio.errors import RecordingError
from audio.lost import LOST, list_of
from audio.recording import open_recording
from audio.tail import read, samples_in
from audio.types import RATE_HZ
from audio.unheard import OWN, Muted, mark_own_voice, own_voice, wipe
from audio.wavfile import HEADER_BYTES, WavFile
from coach import app
from coach.config import Config
from coach.conversation import HeldFloor
from coach.live.keeping import Keeping, discard, place_for
from coach.live.lock import only_talk
from coach.session.events import Heard
from coach.session.log import Entry, FloorHeld, Rated, StepTaken
from coach.store import Session, Store, open_store
from coach.store.summaries import summary_of

FIXTURES = Path(__file__).parent.parent / "fixtures"
LENGTH_S = 45.0
COACH_S = (26.98, 30.2)
LOG: tuple[Entry, ...] = (
    StepTaken(step="hello", speaker="A", start_s=0.5, end_s=5.2, outcome="done"),
    StepTaken(step="hello", speaker="B", start_s=5.2, end_s=8.6, outcome="done"),
    FloorHeld(step="share", floor=HeldFloor(speaker="A", start_s=30.2, end_s=44.0)),
    Rated(step="understood", by="A", of="B", value=6, confirmed=True, at_s=44.5),
)


def recorded(path: Path) -> None:
    """As a recorder leaves it that was killed between a block and the header."""
    file = WavFile(path, 1)
    for frame in open_recording(FIXTURES / "demo.flac").frames():
        kept = frame.samples[: max(0, round(LENGTH_S * RATE_HZ) - frame.first_sample)]
        file.append((kept[:, 0] * 32767).astype("<i2").tobytes())
    with path.open("r+b") as torn:
        torn.seek(HEADER_BYTES - 4)
        torn.write((RATE_HZ * 2).to_bytes(4, "little"))
        torn.seek(4)
        torn.write((HEADER_BYTES - 8 + RATE_HZ * 2).to_bytes(4, "little"))
    mark_own_voice(path, *COACH_S)


def broken_off(data: Path) -> Session:
    with open_store(data) as store:
        session = store.begin(
            kind="talk", plan="daily_check_in", names=("Sarah", "Daniel"), started_at="2026-05-04T19:30:00+02:00"
        )
        recorded(store.folder_of(session.id) / "recording.wav")
        store.keep(session.id, LOG)
        return session


def test_a_talk_that_was_broken_off_is_finished_from_its_recording(tmp_path: Path) -> None:
    session = broken_off(tmp_path)
    with open_store(tmp_path) as store:
        assert [one.id for one in store.unfinished()] == [session.id]
        outcome = app.finish_talk(store, session, config=Config())
        assert not store.unfinished()
        assert store.session(session.id).state == "ended"
        talk = store.facts(session.id)
        assert talk.speakers[0] == "A"
        assert talk.duration_s == pytest.approx(LENGTH_S, abs=0.1)
        assert talk.held == (HeldFloor(speaker="A", start_s=30.2, end_s=44.0),)
        said = " ".join(word.text for word in talk.words).lower()
        assert "dinner" in said
        assert "too long" not in said, "the coach's own line"
        summary = summary_of(store, session.id, Config().limits)
        assert [(one.by, one.of) for one in summary.floor.interruptions] == [("B", "A")]
        assert not list(store.folder_of(session.id).glob("recording.*")), "nobody asked to keep the sound"
    assert outcome.page is not None
    assert "Sarah" in outcome.page.read_text()


def test_without_the_recording_what_was_noted_is_told(tmp_path: Path) -> None:
    session = broken_off(tmp_path)
    with open_store(tmp_path) as store:
        (store.folder_of(session.id) / "recording.wav").unlink()
        with pytest.raises(RecordingError):
            app.finish_talk(store, session, config=Config())
        assert store.session(session.id).state == "open"
        noted = Keeping(store, tmp_path, plan="", names=("", ""), started_at="", keep_days=0)
        noted.id = session.id
        noted.heard(Heard(at_s=4, speaker="A", text="I was so tired today.", start_s=1.0, end_s=3.5))
        noted.heard(Heard(at_s=9, speaker="B", text="You were tired.", start_s=6.0, end_s=8.0))
        outcome = app.finish_talk(store, session, config=Config())
        talk = store.facts(session.id)
        assert [(span.speaker, span.start_s, span.end_s) for span in talk.speech] == [("A", 1.0, 3.5), ("B", 6.0, 8.0)]
        assert talk.held
    assert outcome.summary is not None
    assert any("recording of this talk is gone" in one for one in outcome.summary.caveats)


def keeping(store: Store, recording: Path) -> Keeping:
    return Keeping(
        store, recording, plan="daily_check_in", names=("a", "b"), started_at="2026-05-04T19:30:00+02:00", keep_days=1
    )


def test_before_the_consent_nothing_lasts(tmp_path: Path) -> None:
    with open_store(tmp_path) as store, ExitStack() as until_the_end:
        with place_for(tmp_path) as folder:
            folder.mkdir(parents=True)
            recorded(folder / "recording.wav")
            kept = keeping(store, folder / "recording.wav")
            kept.entries(LOG)
            kept.drop()
            assert not store.sessions()
            watched = until_the_end.enter_context((folder / "recording.wav").open("rb"))
        watched.seek(HEADER_BYTES)
        assert not any(watched.read())
        assert not folder.exists()


def test_from_the_consent_on_the_recording_has_a_second_name(tmp_path: Path) -> None:
    with open_store(tmp_path) as store, place_for(tmp_path) as folder:
        folder.mkdir(parents=True)
        first = folder / "recording.wav"
        recorded(first)
        kept = keeping(store, first)
        kept.begin(10.0)
        kept.entries(LOG)
        assert kept.folder is not None
        second = kept.folder / "recording.wav"
        assert os.path.samefile(first, second)
        assert os.path.samefile(list_of(first, OWN), list_of(second, OWN))
        assert list_of(second, LOST).exists()
        assert not read(second, 0, 10 * RATE_HZ, 1).any()
        assert read(second, 10 * RATE_HZ, RATE_HZ, 1).any()
        kept.delete(12.0, 13.0)
        assert not read(second, 12 * RATE_HZ, RATE_HZ, 1).any()
        assert own_voice(second) == (pytest.approx(COACH_S),)
        with place_for(tmp_path):  # a coach that starts after this one was killed
            assert not first.exists()
        assert read(second, 15 * RATE_HZ, RATE_HZ, 1).any()


def test_silence_over_a_part_of_a_recording(tmp_path: Path) -> None:
    path = tmp_path / "recording.wav"
    recorded(path)
    whole = read(path, 0, samples_in(path, 1), 1)
    wipe(path, 1.0, 2.0)
    wipe(path, 44.0, 99.0)
    left = read(path, 0, samples_in(path, 1), 1)
    assert len(left) == len(whole)
    assert not left[RATE_HZ : 2 * RATE_HZ].any()
    assert not left[44 * RATE_HZ :].any()
    assert np.array_equal(left[2 * RATE_HZ : 44 * RATE_HZ], whole[2 * RATE_HZ : 44 * RATE_HZ])


def test_what_is_not_to_be_heard_is_silent(tmp_path: Path) -> None:
    recording = open_recording(FIXTURES / "demo.flac")
    sound = np.concatenate([frame.samples for frame in recording.frames()])
    quiet = np.concatenate([frame.samples for frame in Muted(recording, lambda: ((0.5, 1.25), (3.0, 3.5))).frames()])
    different = np.flatnonzero((sound != quiet).any(axis=1)) / RATE_HZ
    assert {0, 1, 3} == set(different.astype(int).tolist())
    assert not quiet[RATE_HZ // 2 : RATE_HZ * 5 // 4].any()


def test_one_talk_at_a_time(tmp_path: Path) -> None:
    from coach.errors import StoreError

    with only_talk(tmp_path), pytest.raises(StoreError, match="Another coach is in a talk"), only_talk(tmp_path):
        pass
    with only_talk(tmp_path):
        pass


def test_what_cannot_be_taken_away_is_no_error(tmp_path: Path) -> None:
    discard(tmp_path / "never made")
