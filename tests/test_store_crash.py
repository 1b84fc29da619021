"""A coach that is killed while it writes, again and again on the same file; and two coaches at once on one file."""

from __future__ import annotations

import os
import random
import signal
import sqlite3
import subprocess
import sys
import time
from collections import defaultdict
from contextlib import closing
from pathlib import Path

import pytest

from coach.errors import StoreError
from coach.store import open_store
from coach.store.database import FILE_NAME
from tests.store_writer import STARTED, facts, turn

ROOT = Path(__file__).parent.parent


class Said:
    """What writers told: all of it was committed before it was told."""

    def __init__(self) -> None:
        self.turns: dict[str, int] = {}
        self.entries: defaultdict[str, int] = defaultdict(int)
        self.ended: set[str] = set()
        self.dropping: set[str] = set()
        self.dropped: set[str] = set()

    def hear(self, told: str) -> None:
        for line in told.splitlines():
            what, id_, *at = line.split()
            if what == "begun":
                self.turns[id_] = 0
            elif what == "turn":
                self.turns[id_] = int(at[0]) + 1
            elif what == "entry":
                self.entries[id_] += 1
            else:
                getattr(self, what).add(id_)

    def check(self, folder: Path) -> None:
        with open_store(folder) as store:
            kept = {session.id: session for session in store.sessions()}
            assert not self.dropped & kept.keys()
            assert self.turns.keys() - self.dropping <= kept.keys()
            for id_, session in kept.items():
                entries = len(store.entries(id_))
                assert entries - self.entries[id_] in (0, 1)  # the last may be committed, and not told yet
                if session.state == "ended":
                    assert store.facts(id_) == facts(id_)
                    assert not (store.folder_of(id_) / "recording.wav").exists() or id_ not in self.ended
                else:
                    assert id_ not in self.ended
                    heard = store.heard(id_)
                    told = self.turns.get(id_, 0)
                    assert len(heard) in (told, told + 1)
                    assert heard == tuple(turn(at) for at in range(len(heard)))


def integrity(folder: Path) -> str:
    with closing(sqlite3.connect(folder / FILE_NAME)) as sql:
        return str(sql.execute("PRAGMA integrity_check").fetchone()[0])


def writer(folder: Path, seed: int) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", "tests.store_writer", str(folder), str(seed)],
        stdout=subprocess.PIPE, text=True, cwd=ROOT,
    )  # fmt: skip


def begun(process: subprocess.Popen[str]) -> str:
    assert process.stdout is not None
    return process.stdout.readline()


def killed(process: subprocess.Popen[str]) -> str:
    """SIGKILL. Returns the whole lines that it had said."""
    process.send_signal(signal.SIGKILL)
    said, _ = process.communicate()
    return said[: said.rfind("\n") + 1]


def run(folder: Path, rounds: int) -> Said:
    chance, said = random.Random(7), Said()
    for seed in range(rounds):
        process = writer(folder, seed)
        said.hear(begun(process))
        time.sleep(chance.uniform(0.0, 0.25))
        said.hear(killed(process))
        if seed % 10 == 9:
            said.check(folder)
        assert integrity(folder) == "ok"
    said.check(folder)
    return said


def test_a_coach_that_is_killed_loses_nothing_that_was_committed(tmp_path: Path) -> None:
    said = run(tmp_path / "data", rounds=10)
    assert sum(said.turns.values()) > 20


@pytest.mark.slow
def test_a_coach_that_is_killed_two_hundred_times_loses_nothing_that_was_committed(tmp_path: Path) -> None:
    said = run(tmp_path / "data", rounds=200)
    # every fate was met, on however slow a machine
    assert len(said.ended) > 20
    assert len(said.dropped) > 2
    assert len(said.turns) - len(said.ended) - len(said.dropped) > 20


def test_two_coaches_at_once_do_not_harm_each_other(tmp_path: Path) -> None:
    folder = tmp_path / "data"
    writers = [writer(folder, seed) for seed in (1, 2)]  # they begin with making the same new file
    said = Said()
    for process in writers:
        said.hear(begun(process))
    with open_store(folder) as store:
        until = time.monotonic() + 1.5
        while time.monotonic() < until:
            assert not store.unfinished(), "a session that another coach is in was taken for left behind"
            store.practised(card="c", drill="d", at=STARTED, score=1.0, result={})
            store.clear_left_behind()
    for process in writers:
        said.hear(killed(process))
    assert integrity(folder) == "ok"
    said.check(folder)
    assert len(said.turns) >= 2


def test_who_waits_too_long_for_another_coach_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("coach.store.database.BUSY_S", 0.2)
    with open_store(tmp_path) as store, open_store(tmp_path) as other:
        with other.database.write(), pytest.raises(StoreError, match="Another coach has been writing"):
            store.practised(card="c", drill="d", at=STARTED, score=1.0, result={})
        assert store.practice_results() == ()


def test_a_full_disk_is_told_and_what_was_committed_stays(tmp_path: Path) -> None:
    with open_store(tmp_path) as store:
        session = store.begin(kind="talk", names=("Kim", "Sam"), started_at=STARTED)
        store.hear(session.id, (turn(0),))
        with store.database.read() as sql:
            pages = sql.execute("PRAGMA page_count").fetchone()[0]
        store.database._sql.execute(f"PRAGMA max_page_count = {pages}")  # as if the disk ended here
        with pytest.raises(StoreError, match="The disk is full"):
            store.hear(session.id, tuple(turn(at) for at in range(1, 200)))
        assert store.heard(session.id)[0] == turn(0)
    assert integrity(tmp_path) == "ok"


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write anywhere")
def test_a_folder_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    folder = tmp_path / "shut"
    folder.mkdir(mode=0o500)
    with pytest.raises(StoreError, match="cannot be used"):
        open_store(folder / "data")
