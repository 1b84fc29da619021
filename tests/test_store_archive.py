"""Everything as one archive, and back; and archives that somebody else has made."""

from __future__ import annotations

import json
import stat
import struct
import zipfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from coach.cli import main
from coach.conversation import turns
from coach.corrections import Swapped
from coach.errors import OutputError, StoreError
from coach.store import Store, archive, arrivals, open_store
from coach.store.archive import MANIFEST
from coach.store.summaries import comparable_figures, summary_of
from coach.thresholds import Limits
from tests.stored import ENTRIES, NAMES, STARTED, bytes_of, ended, record, talk

HEAD = json.dumps({"coach": "archive", "format": 1, "made_at": STARTED})


def filled(folder: Path) -> Store:
    """Two sessions that ended, one with sound and a correction; one that broke off; practice; a voice."""
    store = open_store(folder)
    ended(store)
    second = ended(store, keep_days=3, started_at="2026-05-06T08:00:00+02:00")
    (store.folder_of(second.id) / "recording.lost").write_text("16000 320\n", encoding="ascii")
    store.correct(second.id, Swapped(one="A", other="B"))
    broken = store.begin(kind="talk", plan=None, names=NAMES, started_at="2026-05-07T08:00:00+02:00")
    store.keep(broken.id, ENTRIES[:2])
    store.hear(broken.id, turns(talk(), Limits().turns)[:3])
    store.practised(card="c1", drill="mirror", at=STARTED, score=0.75, result={"parts": {"meaning": 0.5}})
    store.schedule("c1", '{"due": 1}')
    store.keep_voice("Kim", np.linspace(-1, 1, 256, dtype=np.float32), at=STARTED)
    return store


def everything(store: Store) -> dict[str, object]:
    return {
        "sessions": store.sessions(),
        "entries": [store.entries(one.id) for one in store.sessions()],
        "turns": [store.heard(one.id) for one in store.sessions()],
        "facts": [store.recorded(one.id) for one in store.sessions() if one.state == "ended"],
        "told": [store.told(one.id) for one in store.sessions() if one.state == "ended"],
        "corrections": [store.corrections(one.id) for one in store.sessions()],
        "practice": (store.practice_results(), store.schedules()),
        "voices": {name: voice.tobytes() for name, voice in store.voices().items()},
        "sound": {
            str(path.relative_to(store.folder)): path.read_bytes()
            for path in sorted(store.folder.glob("sessions/*/recording.*"))
        },
    }


def test_everything_comes_back(tmp_path: Path) -> None:
    target = tmp_path / "coach.zip"
    with filled(tmp_path / "one") as store, open_store(tmp_path / "other") as other:
        assert archive.write(store, target, STARTED) == (3, 1)
        assert stat.S_IMODE(target.stat().st_mode) == 0o600
        arrived = arrivals.read(other, target)
        assert (arrived.sessions, arrived.known, arrived.results, arrived.voices) == (3, 0, 1, 1)
        assert everything(other) == everything(store)
        again = arrivals.read(other, target)
        assert (again.sessions, again.known, again.results, again.voices) == (0, 3, 0, 0)
        assert everything(other) == everything(store)
        modes = {stat.S_IMODE(path.stat().st_mode) for path in other.folder.rglob("*") if path.is_file()}
        assert modes == {0o600}


def test_what_is_here_already_stays_as_it_is(tmp_path: Path) -> None:
    target = tmp_path / "coach.zip"
    with filled(tmp_path / "one") as store:
        archive.write(store, target, STARTED)
        first = store.sessions()[0]
        store.correct(first.id, Swapped(one="A", other="B"))
        store.schedule("c1", '{"due": 2}')
        before = everything(store)
        arrivals.read(store, target)
        assert everything(store) == before


def test_an_archive_that_cannot_be_written_leaves_nothing(tmp_path: Path) -> None:
    with filled(tmp_path / "one") as store:
        with pytest.raises(OutputError, match="could not be written"):
            archive.write(store, tmp_path / "nowhere" / "coach.zip", STARTED)
        (tmp_path / "busy").mkdir()
        with pytest.raises(OutputError, match="could not be written"):
            archive.write(store, tmp_path / "busy", STARTED)
    assert not list(tmp_path.glob(".*.part"))


# Hostile archives: each is refused in a sentence, and nothing is kept of it


@pytest.fixture(scope="module")
def genuine(tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    folder = tmp_path_factory.mktemp("genuine")
    with filled(folder / "data") as store:
        archive.write(store, folder / "genuine.zip", STARTED)
    with zipfile.ZipFile(folder / "genuine.zip") as held:
        return {name: held.read(name) for name in held.namelist()}


def zipped(members: dict[str, bytes], path: Path) -> Path:
    with zipfile.ZipFile(path, "w") as held:
        for name, content in members.items():
            stored = zipfile.ZIP_STORED if "/recording." in name else zipfile.ZIP_DEFLATED
            held.writestr(name, content, stored)
    return path


def refusal(tmp_path: Path, path: Path) -> str:
    """What is said; after checking that nothing was kept."""
    with open_store(tmp_path / "mine") as store:
        ended(store, told_json="{}")
        before, held = everything(store), sorted(tmp_path.rglob("*"))
        with pytest.raises(StoreError) as caught:
            arrivals.read(store, path)
        assert everything(store) == before
        assert sorted(tmp_path.rglob("*")) == held
    return str(caught.value)


def session_name(members: dict[str, bytes], at: int = 0) -> str:
    return sorted(name for name in members if name.startswith("sessions/") and name.endswith(".json"))[at]


def changed(members: dict[str, bytes], change: Callable[[dict], None], at: int = 0) -> dict[str, bytes]:  # type: ignore[type-arg]
    name = session_name(members, at)
    form = json.loads(members[name])
    change(form)
    return members | {name: json.dumps(form).encode()}


@pytest.mark.parametrize(
    "name",
    ["../evil.json", "/etc/cron.d/evil", "sessions/../../evil", "sessions/2026-05-04-abcd/../../x.wav", "extra.sh",
     "sessions\\..\\evil", "sessions/2026-05-04-abcd/.held", "sessions/2026-05-04-abcd/recording.wav/x"],
)  # fmt: skip
def test_names_that_lead_elsewhere_are_refused(tmp_path: Path, genuine: dict[str, bytes], name: str) -> None:
    assert "nothing of the coach's" in refusal(tmp_path, zipped(genuine | {name: b"x"}, tmp_path / "a.zip"))


def test_bombs_are_refused(tmp_path: Path, genuine: dict[str, bytes]) -> None:
    bomb = b'{"results": [' + b" " * 100_000_000 + b"]}"
    path = zipped(genuine | {"practice.json": bomb}, tmp_path / "a.zip")
    assert path.stat().st_size < 2_000_000
    assert "would unpack to 100000015 bytes" in refusal(tmp_path, path)
    path = zipped(genuine | {"practice.json": bomb[:19_000_000]}, tmp_path / "b.zip")
    assert "would unpack to 19000000 bytes" in refusal(tmp_path, path)


def test_a_bomb_that_lies_about_its_size_is_refused(tmp_path: Path, genuine: dict[str, bytes]) -> None:
    path = zipped(genuine | {"practice.json": b'{"results": [' + b" " * 30_000_000 + b"]}"}, tmp_path / "a.zip")
    content = path.read_bytes().replace(struct.pack("<I", 30_000_015), struct.pack("<I", 5_000))
    path.write_bytes(content)
    assert refusal(tmp_path, path)


def test_packed_sound_is_refused(tmp_path: Path, genuine: dict[str, bytes]) -> None:
    name = next(name for name in genuine if name.endswith(".wav"))
    path = tmp_path / "a.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as held:
        for member, content in genuine.items():
            held.writestr(member, b"\0" * 100_000_000 if member == name else content)
    assert "would unpack to 100000000 bytes" in refusal(tmp_path, path)


def test_a_hundred_megabytes_of_nothing_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "a.zip"
    with path.open("wb") as file:
        file.truncate(100_000_000)
    assert "no archive of the coach, or cut short" in refusal(tmp_path, path)


@pytest.mark.parametrize("share", [0.0, 0.3, 0.9, 0.999])
def test_an_archive_cut_short_is_refused(tmp_path: Path, genuine: dict[str, bytes], share: float) -> None:
    path = zipped(genuine, tmp_path / "a.zip")
    path.write_bytes(path.read_bytes()[: int(path.stat().st_size * share)])
    assert "no archive of the coach, or cut short" in refusal(tmp_path, path)


def test_a_flipped_byte_is_noticed(tmp_path: Path, genuine: dict[str, bytes]) -> None:
    path = zipped(genuine, tmp_path / "a.zip")
    content = bytearray(path.read_bytes())
    name = session_name(genuine, 1).encode()
    content[content.index(name) + len(name) + 200] ^= 0xFF
    path.write_bytes(bytes(content))
    assert refusal(tmp_path, path)


@pytest.mark.parametrize(
    ("manifest", "says"),
    [
        (None, "no archive of the coach"),
        ({"coach": "album", "format": 1}, "no archive of the coach"),
        ({"coach": "archive", "format": 2}, "newer version of the coach"),
        ([], "no table"),
    ],
)
def test_foreign_and_newer_archives_are_refused(
    tmp_path: Path, genuine: dict[str, bytes], manifest: object, says: str
) -> None:
    members = {name: content for name, content in genuine.items() if name != MANIFEST}
    if manifest is not None:
        members[MANIFEST] = json.dumps(manifest).encode()
    assert says in refusal(tmp_path, zipped(members, tmp_path / "a.zip"))


CHANGES: dict[str, Callable[[dict], object]] = {  # type: ignore[type-arg]
    "another id": lambda form: form["session"].update(id="2026-01-01-aaaa"),
    "an unknown kind": lambda form: form["session"].update(kind="spy"),
    "an unknown state": lambda form: form["session"].update(state="gone"),
    "no date": lambda form: form["session"].update(started_at="yesterday"),
    "no end": lambda form: form["session"].update(ended_at=None),
    "a long name": lambda form: form["session"].update(names=["x" * 101]),
    "names that are none": lambda form: form["session"].update(names=[1, 2]),
    "days without end": lambda form: form["session"].update(keep_days=10**9),
    "an unknown entry": lambda form: form["entries"].append({"entry": "Shell", "at_s": 1}),
    "an entry of nonsense": lambda form: form["entries"].append({"entry": "Rated", "value": "ten"}),
    "an unknown correction": lambda form: form["corrections"].append({"correction": "Everything"}),
    "no facts": lambda form: form.update(facts=None),
    "times backwards": lambda form: form["facts"]["speech"].append([0, 9.0, 3.0]),
    "times without end": lambda form: form["facts"]["speech"].append([0, 0.0, 1e300]),
    "speech of nobody": lambda form: form["facts"]["speech"].append([7, 0.0, 1.0]),
    "words that are none": lambda form: form["facts"]["words"].append([0, 0.0, 1.0, {}]),
    "a surer than sure voice": lambda form: form["facts"]["speech"].append([0, 0.0, 1.0, 7]),
    "told that is no table": lambda form: form.update(told="[]"),
    "told that is no JSON": lambda form: form.update(told="{"),
}


@pytest.mark.parametrize("what", CHANGES)
def test_values_that_are_not_as_they_should_be_are_refused(
    tmp_path: Path, genuine: dict[str, bytes], what: str
) -> None:
    members = changed(genuine, CHANGES[what])  # type: ignore[arg-type]
    said = refusal(tmp_path, zipped(members, tmp_path / "a.zip"))
    assert "unpack" not in said


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("practice.json", b'{"results": [{"card": 1}], "schedules": {}}'),
        ("practice.json", b'{"results": {}, "schedules": {}}'),
        ("practice.json", b'{"results": [], "schedules": {"c": NaN}}'),
        ("practice.json", b"\xff\xfe"),
        (
            "practice.json",
            b'{"results": [{"card": "c", "drill": "d", "at": "2026-05-04", "score": 1'
            + b"0" * 400
            + b', "result": {}}], '
            b'"schedules": {}}',
        ),
        ("practice.json", b"[" * 100_000),
        ("voices.json", b'{"Kim": {"at": "2026-05-04", "numbers": [1, 2, 3]}}'),
        ("voices.json", b'{"Kim": {"at": "2026-05-04", "numbers": ["x"]}}'),
    ],
)
def test_practice_and_voices_that_are_not_as_they_should_be_are_refused(
    tmp_path: Path, genuine: dict[str, bytes], name: str, content: bytes
) -> None:
    assert "unpack" not in refusal(tmp_path, zipped(genuine | {name: content}, tmp_path / "a.zip"))


def test_sound_that_is_none_is_refused(tmp_path: Path, genuine: dict[str, bytes]) -> None:
    name = next(name for name in genuine if name.endswith(".wav"))
    members = genuine | {name: b"#!/bin/sh\n" * 1000}
    assert "is no recording" in refusal(tmp_path, zipped(members, tmp_path / "a.zip"))


def test_markup_in_an_archive_stays_text(tmp_path: Path, genuine: dict[str, bytes]) -> None:
    nasty = '<script>alert(1)</script>\x1b[2J=cmd|"/c calc"!A1'

    def change(form: dict) -> None:  # type: ignore[type-arg]
        form["session"]["names"] = [nasty, "Sam"]
        form["facts"]["words"][0][3] = nasty

    with open_store(tmp_path / "mine") as store:
        arrivals.read(store, zipped(changed(genuine, change), tmp_path / "a.zip"))
        assert store.sessions()[0].names[0] == nasty


# The verbs


def test_export_and_import_by_the_command_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("COACH_DATA", str(tmp_path / "one"))
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    with filled(tmp_path / "one") as store:
        session = replace(store.sessions()[0])
        record(tmp_path / "sound.wav", 1.0)
    target = tmp_path / "coach.zip"
    assert main(["export", "--all", str(target)]) == 0
    assert "3 sessions, " in capsys.readouterr().out
    monkeypatch.setenv("COACH_DATA", str(tmp_path / "two"))
    assert main(["import", str(target)]) == 0
    assert "Came in: 3 sessions, 1 answer of practice, 1 voice." in capsys.readouterr().out
    assert main(["import", str(tmp_path / "sound.wav")]) == 1
    assert "no archive of the coach" in capsys.readouterr().err
    assert main(["import", str(tmp_path / "missing.zip")]) == 1
    for format_, holds in (
        ("json", '"format": 1'), ("csv", "kitchen"), ("textgrid", "TextGrid"), ("rttm", "SPEAKER"), ("vtt", "WEBVTT"),
        ("html", "<html"),
    ):  # fmt: skip
        path = tmp_path / f"talk.{format_}"
        assert main(["export", session.id, f"--{format_}", str(path)]) == 0
        assert holds in path.read_text(encoding="utf-8")
    assert main(["export", session.id, "--csv", "-"]) == 0
    assert "kitchen" in capsys.readouterr().out
    assert main(["export", "--all", str(tmp_path / "two" / "coach.zip")]) == 1
    assert "outside of it" in capsys.readouterr().err
    with pytest.raises(SystemExit):
        main(["export"])
    with pytest.raises(SystemExit):
        main(["export", session.id, "--all", str(target)])


def test_the_fuzzed_archive_never_gets_past_a_sentence(tmp_path: Path, genuine: dict[str, bytes]) -> None:
    whole = zipped(genuine, tmp_path / "a.zip").read_bytes()
    chance = np.random.default_rng(5)
    with open_store(tmp_path / "mine") as store:
        for _ in range(30):
            content = bytearray(whole)
            for place in chance.integers(0, len(content), 3):
                content[place] = int(chance.integers(0, 256))
            path = tmp_path / "b.zip"
            path.write_bytes(bytes(content))
            try:
                arrivals.read(store, path)
            except StoreError:
                continue
        with store.database.read() as sql:
            assert sql.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        assert b"PK\x03\x04" not in bytes_of(store.folder)


def places(form: object, path: tuple[object, ...] = ()) -> list[tuple[object, ...]]:
    """Every place in a JSON value, the long lists only at their start."""
    found = [path] if path else []
    if isinstance(form, dict):
        for key, value in form.items():
            found += places(value, (*path, key))
    elif isinstance(form, list):
        for at, value in enumerate(form[:3]):
            found += places(value, (*path, at))
    return found


def test_a_session_of_nonsense_is_refused_or_can_be_reviewed(tmp_path: Path, genuine: dict[str, bytes]) -> None:
    name = session_name(genuine)
    whole = json.loads(genuine[name])
    whole["told"] = json.loads(whole["told"])
    nonsense = (None, -1, 10**30, 10**400, 1e300, "", "x", [], {}, [[]], True, "A" * 200)
    chance = np.random.default_rng(11)
    everywhere = [
        place for place in places(whole) if place[0] != "told" or set(place) & {"source", "speakers", "caveats"}
    ]
    reviewed = refused = 0
    for number in range(120):
        form = json.loads(json.dumps(whole))
        place = everywhere[int(chance.integers(len(everywhere)))]
        at = form
        for step in place[:-1]:
            at = at[step]
        at[place[-1]] = nonsense[int(chance.integers(len(nonsense)))]
        form["told"] = json.dumps(form["told"]) if "told" in form else "{}"
        path = zipped({MANIFEST: HEAD.encode(), name: json.dumps(form).encode()}, tmp_path / "a.zip")
        with open_store(tmp_path / f"mine{number % 5}") as store:
            try:
                arrivals.read(store, path)
            except StoreError:
                refused += 1
                continue
            for session in store.sessions():
                summary_of(store, session.id, Limits())
                comparable_figures(store, Limits())
                reviewed += 1
                with store.database.write() as sql:
                    sql.execute("DELETE FROM session")
    assert reviewed > 20
    assert refused > 20
