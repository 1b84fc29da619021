"""The store: what is kept reads back, what is deleted is gone, and what is not ours is left alone."""

from __future__ import annotations

import sqlite3
import stat
import struct
from dataclasses import fields, replace
from datetime import datetime, timedelta
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings

from audio.types import Span, Word
from audio.wavfile import HEADER_BYTES
from coach.conversation import Conversation, HeldFloor, turns
from coach.corrections import Fine, Given, LeftOut, Reworded, Swapped
from coach.errors import StoreError
from coach.store import Store, open_store
from coach.store.database import FILE_NAME, backups
from coach.store.forms import (
    conversation_form,
    conversation_of,
    correction_form,
    correction_of,
    dumped,
    entry_form,
    entry_of,
    loaded,
    packed,
    turn_form,
    turn_of,
    unpacked,
)
from coach.store.migrations import APPLICATION_ID, NEWEST, STEPS
from coach.store.place import data_folder
from coach.store.retention import retire
from coach.store.summaries import comparable_figures, summary_of
from coach.thresholds import Limits
from coach.web.server import retiring
from tests.parts import wait_until
from tests.stored import ENDED, ENTRIES, NAMES, STARTED, bytes_of, ended, record, talk, told
from tests.talks import conversations

WHOLE = Conversation(
    id="whole",
    duration_s=100 / 3,
    speakers=("B", "A"),
    speech=(
        Span(speaker="B", start_s=0.1 + 0.2, end_s=1 / 3, probability=0.7),
        Span(speaker="A", start_s=2 / 3, end_s=7.1),
        Span(speaker="unknown", start_s=8.0, end_s=9.0),
    ),
    words=(Word(speaker="A", start_s=0.7, end_s=0.9, text="naïve 🎈 “quoted”"),),
    word_times="estimated",
    held=(HeldFloor(speaker="A", start_s=1.0, end_s=2.0),),
    coach=(Span(speaker="coach", start_s=0.0, end_s=0.3),),
    mixed=True,
)


@pytest.fixture
def store(tmp_path: Path) -> Store:
    with open_store(tmp_path / "data") as opened:
        yield opened


def test_the_example_uses_every_field_of_a_conversation() -> None:
    bare = Conversation(id="", duration_s=0.0, speakers=(), speech=())
    assert all(getattr(WHOLE, field.name) != getattr(bare, field.name) for field in fields(Conversation))


def test_a_conversation_reads_back_to_the_last_bit() -> None:
    assert conversation_of(loaded(unpacked(packed(dumped(conversation_form(WHOLE)))))) == WHOLE


@given(conversations())
@settings(max_examples=50, deadline=None)
def test_any_conversation_and_its_turns_read_back(conversation: Conversation) -> None:
    assert conversation_of(loaded(dumped(conversation_form(conversation)))) == conversation
    for turn in turns(conversation, Limits().turns):
        assert turn_of(loaded(dumped(turn_form(turn)))) == turn


@pytest.mark.parametrize("entry", ENTRIES, ids=lambda entry: type(entry).__name__)
def test_an_entry_reads_back(entry: object) -> None:
    assert entry_of(loaded(dumped(entry_form(entry)))) == entry  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "correction",
    [
        Given(speaker="A", to="B", start_s=1.0, end_s=2.5),
        Swapped(one="A", other="B"),
        Reworded(speaker="A", start_s=1.0, text="wired"),
        Fine(what="interruption", kind="floor_taking", start_s=3.0, by="A"),
        LeftOut(start_s=1.0, end_s=2.0),
    ],
    ids=lambda correction: type(correction).__name__,
)
def test_a_correction_reads_back(correction: object) -> None:
    assert correction_of(loaded(dumped(correction_form(correction)))) == correction  # type: ignore[arg-type]


def test_a_session_from_begin_to_end(store: Store) -> None:
    session = store.begin(kind="talk", plan="daily_check_in", names=NAMES, started_at=STARTED, keep_days=7)
    assert session.id.startswith("2026-05-04-")
    assert (session.state, session.keeps_audio, session.names) == ("open", True, NAMES)
    conversation = talk()
    said = turns(conversation, Limits().turns)
    store.keep(session.id, ENTRIES[:3])
    store.hear(session.id, said[:2])
    store.keep(session.id, ENTRIES[3:])
    store.hear(session.id, said[1:])
    assert store.heard(session.id) == said
    assert store.entries(session.id) == ENTRIES
    summary = told(conversation)
    store.end(session.id, conversation, summary, ended_at=ENDED)
    assert store.facts(session.id) == conversation
    assert store.told(session.id) == summary
    assert store.heard(session.id) == ()
    assert store.entries(session.id) == ENTRIES
    (kept,) = store.sessions()
    assert (kept.state, kept.ended_at, kept.duration_s) == ("ended", ENDED, conversation.duration_s)


def test_what_was_killed_is_left_open_with_all_that_was_kept(tmp_path: Path) -> None:
    folder = tmp_path / "data"
    with open_store(folder) as first:
        session = first.begin(kind="talk", plan=None, names=NAMES, started_at=STARTED)
        first.keep(session.id, ENTRIES[:1])
        first.hear(session.id, turns(talk(), Limits().turns)[:1])
        record(first.folder_of(session.id) / "recording.wav", 1.0)
        assert first.unfinished() == ()  # its own
        with open_store(folder) as second:
            assert second.unfinished() == ()  # another coach is in it
            assert not second.take_up(session.id)
            with pytest.raises(StoreError, match="Another coach is in this session"):
                second.drop(session.id)
    with open_store(folder) as later:
        assert later.unfinished() == (session,)
        assert len(later.heard(session.id)) == 1
        assert (later.folder_of(session.id) / "recording.wav").exists()
        assert later.take_up(session.id)
        assert later.unfinished() == ()


def test_sound_that_is_not_to_be_kept_goes_when_the_summary_is_safe(store: Store) -> None:
    gone, kept = ended(store), ended(store, keep_days=3)
    assert not store.folder_of(gone.id).exists()
    assert not gone.keeps_audio
    assert (store.folder_of(kept.id) / "recording.wav").exists()
    assert kept.keeps_audio


def test_sound_stays_where_the_end_could_not_be_kept(store: Store) -> None:
    session = store.begin(kind="talk", names=NAMES, started_at=STARTED)
    record(store.folder_of(session.id) / "recording.wav", 1.0)
    with pytest.raises(StoreError, match="no date and time"):
        store.end(session.id, talk(), told(talk()), ended_at="tomorrow")
    assert (store.folder_of(session.id) / "recording.wav").exists()
    assert store.session(session.id).state == "open"


def test_nothing_is_added_to_a_session_that_has_ended(store: Store) -> None:
    session = ended(store)
    for add in (
        lambda: store.keep(session.id, ENTRIES),
        lambda: store.hear(session.id, turns(talk(), Limits().turns)),
        lambda: store.end(session.id, talk(), "{}", ended_at=ENDED),
    ):
        with pytest.raises(StoreError, match="has ended"):
            add()


def test_corrections_survive_and_are_undone(tmp_path: Path) -> None:
    folder = tmp_path / "data"
    given_ = Given(speaker="A", to="B", start_s=9.6, end_s=14.0)
    with open_store(folder) as store:
        session = ended(store)
        store.correct(session.id, given_)
        store.correct(session.id, Swapped(one="A", other="B"))
    with open_store(folder) as store:
        assert store.corrections(session.id) == (given_, Swapped(one="A", other="B"))
        assert store.facts(session.id).speech[0].speaker == "B"
        assert store.undo(session.id) == Swapped(one="A", other="B")
        assert [span.speaker for span in store.facts(session.id).speech] == ["A", "B", "B", "B", "A", "B"]
        assert store.undo(session.id) == given_
        assert store.undo(session.id) is None
        assert store.facts(session.id) == talk() == store.recorded(session.id)


def test_a_dropped_session_leaves_no_byte(store: Store) -> None:
    line = ("A", 50.0, 55.0, "zanzibar")
    other = ended(store)
    session = store.begin(kind="talk", names=("Wilhelmina", "Sam"), started_at=STARTED)
    store.hear(session.id, turns(talk(lines=(line,)), Limits().turns))
    record(store.folder_of(session.id) / "recording.wav", 1.0, value=0x5A)
    planted = (b"zanzibar", b"Wilhelmina", session.id.encode(), b"\x5a" * 1000)
    assert all(word in bytes_of(store.folder) for word in planted)
    store.drop(session.id)
    assert not any(word in bytes_of(store.folder) for word in planted)
    assert store.sessions() == (other,)


def test_a_moment_is_deleted_from_rows_words_and_sound(store: Store) -> None:
    session = ended(store, keep_days=3)
    store.correct(session.id, Reworded(speaker="A", start_s=talk().words[0].start_s, text="secretword"))
    assert "lonely" in store.told(session.id)
    store.delete_span(session.id, 9.0, 14.2)
    facts = store.facts(session.id)
    assert not {"tired", "lonely", "work"} & {word.text for word in facts.words}
    assert not any(9.0 < span.start_s < 14.2 or 9.0 < span.end_s < 14.2 for span in facts.speech)
    assert "lonely" not in store.told(session.id)
    assert "kitchen" in store.told(session.id)
    assert len(store.corrections(session.id)) == 1
    store.delete_span(session.id, 2.0, 3.0)
    store.delete_span(session.id, 38.0, 1e9)
    assert store.facts(session.id).speech[-1].end_s == 38.0
    assert store.corrections(session.id) == ()
    assert b"secretword" not in bytes_of(store.folder)
    sound = (store.folder_of(session.id) / "recording.wav").read_bytes()[HEADER_BYTES:]
    samples = np.frombuffer(sound, dtype="<i2")
    assert not samples[9 * 16_000 : int(14.2 * 16_000)].any()
    assert samples[: 2 * 16_000].all()
    assert samples[int(14.21 * 16_000) : 38 * 16_000].all()
    assert not samples[38 * 16_000 :].any()


def test_a_moment_is_deleted_while_people_talk(store: Store) -> None:
    session = store.begin(kind="talk", names=NAMES, started_at=STARTED)
    store.keep(session.id, ENTRIES)
    store.hear(session.id, turns(talk(), Limits().turns))
    record(store.folder_of(session.id) / "recording.wav", 12.0)
    store.delete_span(session.id, 9.2, 30.5)
    assert [turn.text.split()[0] for turn in store.heard(session.id)] == ["you", "so"]
    assert not any(type(entry).__name__ in ("Rated", "Accepted", "Waited") for entry in store.entries(session.id))
    assert b"lonely" not in bytes_of(store.folder)


def test_practice_and_schedules_read_back(store: Store) -> None:
    store.practised(card="c1", drill="mirror", at=STARTED, score=0.75, result={"parts": {"meaning": 0.5}})
    store.practised(card="c2", drill="wait", at=ENDED, score=None, result={})
    first, second = store.practice_results()
    assert (first.card, first.score, first.result) == ("c1", 0.75, {"parts": {"meaning": 0.5}})
    assert second.score is None
    store.schedule("c1", '{"due": 1}')
    store.schedule("c1", '{"due": 2}')
    assert store.schedules() == {"c1": '{"due": 2}'}


def test_voices_read_back_and_are_forgotten(store: Store) -> None:
    voice = np.linspace(-1, 1, 256, dtype=np.float32)
    store.keep_voice("Kim", voice, at=STARTED)
    assert np.array_equal(store.voices()["Kim"], voice)
    assert voice.tobytes() in bytes_of(store.folder)
    with pytest.raises(StoreError, match="no voice"):
        store.keep_voice("Sam", voice[:10], at=STARTED)
    assert store.forget_voice("Kim")
    assert not store.forget_voice("Kim")
    assert store.voices() == {}
    assert voice.tobytes() not in bytes_of(store.folder)


def test_files_are_for_their_owner_alone(store: Store) -> None:
    session = ended(store, keep_days=1)
    assert stat.S_IMODE(store.folder.stat().st_mode) == 0o700
    assert stat.S_IMODE(store.folder_of(session.id).stat().st_mode) == 0o700
    modes = {path.name: stat.S_IMODE(path.stat().st_mode) for path in store.folder.rglob("*") if path.is_file()}
    assert {FILE_NAME, f"{FILE_NAME}-wal", f"{FILE_NAME}-shm"} <= set(modes)
    assert set(modes.values()) == {0o600}


def test_the_journal_is_written_through(store: Store) -> None:
    with store.database.read() as sql:
        found = {name: sql.execute(f"PRAGMA {name}").fetchone()[0] for name in ("journal_mode", "synchronous")}
        ours = sql.execute("PRAGMA application_id").fetchone()[0], sql.execute("PRAGMA user_version").fetchone()[0]
    assert found == {"journal_mode": "wal", "synchronous": 2}
    assert ours == (APPLICATION_ID, NEWEST)


def test_ids_that_are_none_are_refused(store: Store) -> None:
    for id_ in ("../../etc/passwd", "", "2026-05-04-abcd\n", "2026-05-04-ABCD"):
        with pytest.raises(StoreError, match="no session"):
            store.folder_of(id_)
    with pytest.raises(StoreError, match="no session"):
        store.facts("2026-05-04-abcd")


def refused(folder: Path) -> str:
    with pytest.raises(StoreError) as caught:
        open_store(folder).close()
    return str(caught.value)


def test_a_foreign_file_is_refused_and_not_touched(tmp_path: Path) -> None:
    path = tmp_path / FILE_NAME
    path.write_bytes(b"a diary of somebody else" * 100)
    assert "no database of the coach" in refused(tmp_path)
    assert path.read_bytes() == b"a diary of somebody else" * 100


@pytest.mark.parametrize("journal", ["delete", "wal"])
def test_a_database_of_another_program_is_refused_and_not_touched(tmp_path: Path, journal: str) -> None:
    path = tmp_path / FILE_NAME
    sql = sqlite3.connect(path)
    sql.execute(f"PRAGMA journal_mode = {journal}")
    sql.execute("CREATE TABLE bookmark (name TEXT)")
    sql.commit()
    content = path.read_bytes()
    assert "another program" in refused(tmp_path)
    assert path.read_bytes() == content
    sql.close()


@pytest.mark.parametrize("checkpointed", [True, False])
def test_a_newer_database_is_refused(tmp_path: Path, checkpointed: bool) -> None:
    with open_store(tmp_path) as store:
        ended(store)
    sql = sqlite3.connect(tmp_path / FILE_NAME)
    sql.execute(f"PRAGMA user_version = {NEWEST + 1}")
    if checkpointed:
        sql.close()
    assert "newer version of the coach" in refused(tmp_path)
    sql.close()


@pytest.mark.parametrize("left", [50, 4096, 20_000])
def test_a_database_cut_short_is_refused(tmp_path: Path, left: int) -> None:
    with open_store(tmp_path) as store:
        ended(store)
    path = tmp_path / FILE_NAME
    path.write_bytes(path.read_bytes()[:left])
    assert "damaged or cut short" in refused(tmp_path)


def test_pages_of_nonsense_are_told_when_they_are_read(tmp_path: Path) -> None:
    with open_store(tmp_path) as store:
        session = ended(store)
    path = tmp_path / FILE_NAME
    content = bytearray(path.read_bytes())
    content[4096:] = b"\xa5" * (len(content) - 4096)
    path.write_bytes(bytes(content))
    with pytest.raises(StoreError, match="damaged"), open_store(tmp_path) as store:
        store.facts(session.id)


def test_a_coach_killed_while_it_made_the_file_is_no_foreign_program(tmp_path: Path) -> None:
    sql = sqlite3.connect(tmp_path / FILE_NAME)
    sql.execute("PRAGMA journal_mode = WAL")
    sql.close()
    head = (tmp_path / FILE_NAME).read_bytes()[:100]
    assert struct.unpack(">I", head[68:72]) == (0,)
    with open_store(tmp_path) as store:
        assert store.sessions() == ()


def at(text: str) -> datetime:
    return datetime.fromisoformat(text)


def test_sound_goes_when_its_days_are_over(store: Store) -> None:
    session = ended(store, keep_days=7)
    page = store.folder_of(session.id) / "summary.html"
    page.write_text("as told", encoding="utf-8")
    assert retire(store, at("2026-05-11T19:49:00+02:00")) == ()
    assert (store.folder_of(session.id) / "recording.wav").exists()
    assert retire(store, at("2026-05-11T19:51:00+02:00")) == (session.id,)
    assert not (store.folder_of(session.id) / "recording.wav").exists()
    assert page.exists()
    assert not store.session(session.id).keeps_audio
    assert store.facts(session.id) == talk()
    assert retire(store, at("2026-05-12T00:00:00+02:00")) == ()


def test_sound_that_a_killed_coach_left_goes_at_the_next_start(store: Store) -> None:
    session = ended(store)
    folder = store.folder_of(session.id)
    folder.mkdir(mode=0o700, parents=True)
    record(folder / "recording.wav", 1.0)
    (orphan := store.folder_of("2026-01-01-abcd")).mkdir(mode=0o700)
    record(orphan / "recording.wav", 1.0)
    assert retire(store, at(ENDED)) == (session.id,)
    assert not orphan.exists()


def test_sound_goes_on_its_day_while_the_browser_app_is_left_running(store: Store) -> None:
    with retiring(store, every_s=0.02):
        session = ended(store, keep_days=7)
        wait_until(lambda: not store.session(session.id).keeps_audio)
        assert not (store.folder_of(session.id) / "recording.wav").exists()


def test_the_sound_of_a_talk_that_broke_off_waits_a_week(tmp_path: Path) -> None:
    with open_store(tmp_path) as store:
        session = store.begin(kind="talk", names=NAMES, started_at=STARTED)
        store.hear(session.id, turns(talk(), Limits().turns))
        record(store.folder_of(session.id) / "recording.wav", 1.0)
        assert retire(store, at("2027-01-01T00:00:00+00:00")) == ()  # this very coach is in it
    with open_store(tmp_path) as store:
        assert retire(store, at("2026-05-11T19:00:00+02:00")) == ()
        assert retire(store, at("2026-05-11T20:00:00+02:00")) == (session.id,)
        assert len(store.heard(session.id)) == 6


def test_a_session_that_just_begins_is_not_taken_for_left_behind(tmp_path: Path) -> None:
    with open_store(tmp_path) as one, open_store(tmp_path) as other:
        session = one.begin(kind="talk", names=NAMES, started_at=STARTED)
        other.clear_left_behind()
        assert one.folder_of(session.id).is_dir()


# Old files are brought up to date


def of_first_schema(folder: Path) -> Path:
    """A file as the first version made it, with a session in it."""
    folder.mkdir(mode=0o700)
    path = folder / FILE_NAME
    sql = sqlite3.connect(path)
    sql.executescript(STEPS[0])
    sql.execute(f"PRAGMA application_id = {APPLICATION_ID}")
    sql.execute("PRAGMA user_version = 1")
    sql.execute(
        "INSERT INTO session VALUES ('2026-05-04-abcd', 'talk', 'daily_check_in', '[\"Kim\",\"Sam\"]', ?, ?, 'ended', "
        "40.0, 0, 0)",
        (STARTED, ENDED),
    )
    values = [
        ("entry (session, body)", dumped(entry_form(ENTRIES[1]))),
        ("facts (session, body)", packed(dumped(conversation_form(talk())))),
        ("told (session, body)", packed(told(talk()))),
        ("correction (session, body)", dumped(correction_form(Swapped(one="A", other="B")))),
    ]
    for table, body in values:
        sql.execute(f"INSERT INTO {table} VALUES ('2026-05-04-abcd', ?)", (body,))
    sql.commit()
    sql.close()
    path.chmod(0o600)
    return path


def test_a_file_of_the_first_schema_is_brought_up_to_date_with_all_its_content(tmp_path: Path) -> None:
    path = of_first_schema(tmp_path / "data")
    before = sqlite3.connect(path).execute("SELECT body FROM facts").fetchone()
    with open_store(path.parent) as store:
        assert store.recorded("2026-05-04-abcd") == talk()
        assert store.facts("2026-05-04-abcd").speech[0].speaker == "B"
        assert store.entries("2026-05-04-abcd") == (ENTRIES[1],)
        assert store.told("2026-05-04-abcd") == told(talk())
        (figures,) = comparable_figures(store, Limits())
        assert {person.name for person in figures.people} == set(NAMES)
        (copy,) = backups(path)
        assert stat.S_IMODE(copy.stat().st_mode) == 0o600
    old = sqlite3.connect(copy)
    assert old.execute("PRAGMA user_version").fetchone() == (1,)
    assert old.execute("SELECT body FROM facts").fetchone() == before
    old.close()


def test_without_room_for_a_copy_the_old_file_stays_as_it_is(tmp_path: Path) -> None:
    path = of_first_schema(tmp_path / "data")
    (path.parent / f"{FILE_NAME}.before-2.part").mkdir()
    assert "could not be copied" in refused(path.parent)
    sql = sqlite3.connect(path)
    assert sql.execute("PRAGMA user_version").fetchone() == (1,)
    sql.close()


def test_to_forget_takes_the_copies_too_and_old_ones_go_by_themselves(tmp_path: Path) -> None:
    path = of_first_schema(tmp_path / "data")
    with open_store(path.parent) as store:
        assert backups(path)
        store.drop("2026-05-04-abcd")
        assert not backups(path)
        assert b"Kim" not in bytes_of(path.parent)
        old = path.with_name(f"{FILE_NAME}.before-2")
        old.write_bytes(b"")
        retire(store, datetime.now().astimezone())
        assert old.exists()
        retire(store, datetime.now().astimezone() + timedelta(days=31))
        assert not old.exists()


def test_a_damaged_file_never_gets_past_a_sentence(tmp_path: Path) -> None:
    with open_store(tmp_path / "whole") as store:
        session = ended(store)
        store.correct(session.id, Swapped(one="A", other="B"))
        store.keep_voice("Kim", np.linspace(-1, 1, 256, dtype=np.float32), at=STARTED)
        comparable_figures(store, Limits())
    content = (tmp_path / "whole" / FILE_NAME).read_bytes()
    chance = np.random.default_rng(3)
    told_of = 0
    for at in range(60):
        folder = tmp_path / str(at)
        folder.mkdir(mode=0o700)
        damaged = bytearray(content)
        for place in chance.integers(0, len(content), 40):
            damaged[place] = int(chance.integers(0, 256))
        (folder / FILE_NAME).write_bytes(bytes(damaged))
        try:
            with open_store(folder) as store:
                for one in store.sessions():
                    store.entries(one.id)
                    summary_of(store, one.id, Limits())
                comparable_figures(store, Limits())
                store.voices()
                store.practice_results()
                retire(store, datetime.now().astimezone())
                store.database.wipe()
        except StoreError:
            told_of += 1
    assert told_of > 20


def test_a_page_beside_sound_that_went_costs_no_writing_at_each_start(store: Store) -> None:
    session = ended(store)
    folder = store.folder_of(session.id)
    folder.mkdir(mode=0o700, parents=True)
    (folder / "summary.html").write_text("as told", encoding="utf-8")
    with store.database.read() as sql:
        before = sql.execute("PRAGMA data_version").fetchone(), sql.total_changes
    assert retire(store, at(ENDED)) == ()
    with store.database.read() as sql:
        assert (sql.execute("PRAGMA data_version").fetchone(), sql.total_changes) == before
    assert (folder / "summary.html").exists()


def test_only_talks_that_can_be_compared_are_measured_for_trends(store: Store) -> None:
    limits = replace(Limits(), trends=replace(Limits().trends, most_talks=2))
    ids = [ended(store, started_at=f"2026-05-0{day}T19:30:00+02:00").id for day in (1, 2, 3, 4)]
    ended(store, started_at="2026-05-05T19:30:00+02:00", names=("Kim", "Lou"))
    last = ended(store, started_at="2026-05-06T19:30:00+02:00", names=("SAM", "kim")).id
    measured = [one.session for one in comparable_figures(store, limits)]
    assert measured == [*ids[2:], last]
    assert [one.session for one in comparable_figures(store, limits, upto=ids[2])] == ids[:3]
    asked: list[int] = []
    assert len(comparable_figures(store, limits, lambda done, of: asked.append(done))) == 3
    assert asked == []  # all were kept
    store.correct(ids[3], Swapped(one="A", other="B"))
    comparable_figures(store, limits, lambda done, of: asked.append(done))
    assert asked == [1]


def test_a_folder_with_other_things_in_it_is_not_closed_to_others(tmp_path: Path) -> None:
    home = tmp_path / "home"
    home.mkdir(mode=0o755)
    (home / "letter.txt").write_text("hello", encoding="utf-8")
    assert "holds other things" in refused(home)
    assert stat.S_IMODE(home.stat().st_mode) == 0o755
    empty = tmp_path / "empty"
    empty.mkdir(mode=0o755)
    open_store(empty).close()
    assert stat.S_IMODE(empty.stat().st_mode) == 0o700
    empty.chmod(0o755)
    open_store(empty).close()
    assert stat.S_IMODE(empty.stat().st_mode) == 0o700


def test_the_data_folder_can_be_chosen(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COACH_DATA", str(tmp_path / "chosen" / "here"))
    assert data_folder() == tmp_path / "chosen" / "here"
    assert stat.S_IMODE(data_folder().stat().st_mode) == 0o700
    monkeypatch.delenv("COACH_DATA")
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "share"))
    assert data_folder() == tmp_path / "share" / "coach"
    (tmp_path / "file").write_text("", encoding="utf-8")
    monkeypatch.setenv("COACH_DATA", str(tmp_path / "file" / "below"))
    with pytest.raises(StoreError, match="COACH_DATA=FOLDER"):
        data_folder()
