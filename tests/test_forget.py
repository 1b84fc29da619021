"""To forget: after it, no byte of what was said is in the data folder; and it asks first."""

from __future__ import annotations

import io
from pathlib import Path

import numpy as np
import pytest

from coach.cli import main
from coach.conversation import turns
from coach.corrections import Reworded
from coach.store import Store, open_store
from coach.store.database import FILE_NAME, backups
from coach.store.summaries import comparable_figures
from coach.thresholds import Limits
from tests.stored import ENTRIES, STARTED, bytes_of, ended, record, talk, told

SECRET = ("A", 2.0, 8.0, "the xylophone stands behind the wardrobe of aunt philippa")
OTHER = ("B", 8.5, 12.0, "so the xylophone is safe")
WORDS = (b"xylophone", b"philippa", b"Wilhelmina")


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("COACH_DATA", str(tmp_path / "data"))
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    return tmp_path / "data"


def planted(store: Store, **more: object) -> str:
    """A talk with words, sound, a page, corrections and figures that can be looked for."""
    conversation = talk(lines=(SECRET, OTHER))
    session = store.begin(kind="talk", names=("Wilhelmina", "Sam"), started_at=STARTED, keep_days=36_000)
    store.keep(session.id, ENTRIES)
    store.hear(session.id, turns(conversation, Limits().turns))
    record(store.folder_of(session.id) / "recording.wav", 12.5, value=0x6B)
    store.end(session.id, conversation, told(conversation, ("Wilhelmina", "Sam")), ended_at="2026-05-04T20:00:00+02:00")
    page = store.folder_of(session.id) / "summary.html"
    page.write_text("<p>the xylophone stands behind ...</p>", encoding="utf-8")
    store.correct(session.id, Reworded(speaker="B", start_s=8.5, text="philippa's"))
    comparable_figures(store, Limits())
    return session.id


def traces(folder: Path, id_: str, bodies: tuple[bytes, ...] = ()) -> list[bytes]:
    """What of a planted talk is anywhere in the folder: words, sound, names, or pieces of what was packed."""
    pieces = [body[at : at + 48] for body in bodies for at in range(64, len(body) - 48, 256)]
    looked_for = (*WORDS, id_.encode(), b"\x6b" * 512, *pieces)
    everything = bytes_of(folder)
    return [word for word in looked_for if word in everything]


def bodies(store: Store, id_: str) -> tuple[bytes, ...]:
    with store.database.read() as sql:
        rows = [sql.execute(f"SELECT body FROM {table} WHERE session = ?", (id_,)) for table in ("facts", "told")]
        return tuple(body for row in rows for (body,) in row)


@pytest.mark.parametrize(
    "words",
    [["ID"], ["--person", "wilhelmina"], ["--between", "2026-05-01", "2026-05-04"], ["--everything"]],
    ids=["session", "person", "time", "everything"],
)
def test_nothing_of_it_is_left_in_any_byte(folder: Path, words: list[str]) -> None:
    with open_store(folder) as store:
        other = ended(store, started_at="2026-06-01T10:00:00+02:00", names=("Kim", "Lou"))
        id_ = planted(store)
        store.keep_voice("Wilhelmina", np.linspace(0, 1, 256, dtype=np.float32), at=STARTED)
        held = bodies(store, id_)
        assert set(WORDS) - {b"philippa"} < set(found := traces(folder, id_, held))
        assert b"\x6b" * 512 in found
        assert len(found) > 10
    (left := folder / ".archive-x1").mkdir()  # of an export that was killed
    (left / "coach.zip").write_bytes(b"the xylophone")
    copy = folder / f"{FILE_NAME}.before-2"
    copy.write_bytes((folder / FILE_NAME).read_bytes())
    assert main(["forget", *(id_ if word == "ID" else word for word in words), "--yes"]) == 0
    assert traces(folder, id_, held) == ([WORDS[2]] if words == ["ID"] or words[0] == "--between" else [])
    assert not backups(folder / FILE_NAME)
    with open_store(folder) as store:
        assert store.sessions() == (() if words == ["--everything"] else (other,))
        voice = store.voices()
    assert bool(voice) == (words == ["ID"] or words[0] == "--between")  # a voice is a person's, not a session's


def test_a_moment_leaves_no_byte_and_the_rest_stays(folder: Path) -> None:
    with open_store(folder) as store:
        id_ = planted(store)
        held = bodies(store, id_)
    assert main(["forget", id_, "--moment", "0:01", "8.2", "--yes"]) == 0
    left = traces(folder, id_)
    assert b"philippa" in left  # the correction of the other line, which stays
    assert b"\x6b" * 512 in left  # the sound after it
    with open_store(folder) as store:
        assert [word.text for word in store.facts(id_).words] == ["philippa's", "the", "xylophone", "is", "safe"]
        assert "wardrobe" not in store.told(id_)
        assert not (store.folder_of(id_) / "summary.html").exists()
    assert not any(body[64:112] in bytes_of(folder) for body in held)


def test_only_the_sound_can_go(folder: Path) -> None:
    with open_store(folder) as store:
        id_ = planted(store)
    assert main(["forget", id_, "--sound", "--yes"]) == 0
    with open_store(folder) as store:
        assert b"\x6b" * 512 not in bytes_of(folder)
        assert not store.session(id_).keeps_audio
        assert store.facts(id_).words


def test_it_asks_and_takes_anything_else_for_no(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    with open_store(folder) as store:
        id_ = planted(store)
    for answer, left in (("", 1), ("n\n", 1), ("what\n", 1), ("y\n", 0)):
        monkeypatch.setattr("sys.stdin", io.StringIO(answer))
        assert main(["forget", "last"]) == (1 if left else 0)
        said = capsys.readouterr().err
        assert f"Delete {id_} (Wilhelmina and Sam)? This cannot be taken back. [y/N]" in said
        with open_store(folder) as store:
            assert len(store.sessions()) == left


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["2020-01-01"], "no session '2020-01-01'"),
        (["--person", "Nobody"], "Nothing of 'Nobody' is kept"),
        (["--between", "2020-01-01", "2020-02-01"], "no session from 2020-01-01"),
        (["--between", "soon", "later"], "Write a day like 2026-05-04"),
        (["last", "--moment", "9", "3"], "begins before it ends"),
        (["last", "--moment", "now", "3"], "no time of a recording"),
    ],
    ids=lambda value: "_".join(value) if isinstance(value, list) else "",
)
def test_what_is_not_there_is_told(
    folder: Path, words: list[str], says: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with open_store(folder) as store:
        planted(store)
        before = store.sessions()
    assert main(["forget", *words, "--yes"]) == 1
    assert says in capsys.readouterr().err
    with open_store(folder) as store:
        assert store.sessions() == before


@pytest.mark.parametrize("words", [[], ["last", "--everything"], ["--everything", "--sound"], ["last", "--moment"]])
def test_unclear_wishes_are_usage_errors(folder: Path, words: list[str]) -> None:
    with pytest.raises(SystemExit) as ending:
        main(["forget", *words])
    assert ending.value.code == 2


def test_a_second_name_of_the_recording_keeps_no_sound(folder: Path) -> None:
    with open_store(folder) as store:
        session = store.begin(kind="talk", names=("Kim", "Sam"), started_at=STARTED)
        made = folder / "unasked" / "a1b2"
        made.mkdir(parents=True)
        record(made / "recording.wav", 2.0, value=0x6B)
        (store.folder_of(session.id) / "recording.wav").hardlink_to(made / "recording.wav")
        assert b"\x6b" * 512 in bytes_of(folder)
        store.drop(session.id)
        assert (made / "recording.wav").exists()
        assert b"\x6b" * 512 not in bytes_of(folder)


def test_practice_is_forgotten_and_talks_stay(folder: Path) -> None:
    with open_store(folder) as store:
        id_ = planted(store)
        store.practised(card="c1", drill="d", at=STARTED, score=0.5, result={"answer": "the saxophone is loud"})
        store.schedule("c1", "{}")
        assert b"saxophone" in bytes_of(folder)
    assert main(["forget", "--practice", "--yes"]) == 0
    assert b"saxophone" not in bytes_of(folder)
    with open_store(folder) as store:
        assert (store.practice_results(), store.schedules()) == ((), {})
        assert [session.id for session in store.sessions()] == [id_]
