"""Many recordings at once: names, what counts as done, and a run that is killed half-way and begun again."""

from __future__ import annotations

import json
import multiprocessing
import os
import shutil
import signal
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

import pytest
import soundfile

from coach import batch
from coach.batch import Job, Row, Settings
from coach.config import Config
from tests.test_cli import coach

DEMO = Path(__file__).parent.parent / "fixtures" / "demo.flac"
SETTINGS = Settings(names=("Kim", "Sam"), config=Config(), recogniser=None, formats=("json", "html"), audio=False)


@pytest.fixture(scope="session")
def short(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Four seconds of the demo conversation, both voices."""
    path = tmp_path_factory.mktemp("short") / "short.wav"
    sound, rate_hz = soundfile.read(DEMO, start=3 * 16_000, stop=7 * 16_000)
    soundfile.write(path, sound, rate_hz)
    return path


def names(files: list[Path], folder: Path) -> list[str]:
    return [job.name for job in batch.plan(files, folder, ("json", "html"))]


def mark(job: Job, settings: Settings, **more: object) -> None:
    told = batch._made_from(job, settings) | {"formats": settings.formats, "length_s": 3.0, "people": []} | more
    job.mark.write_text(json.dumps(told))


def test_each_recording_has_a_name_of_its_own(tmp_path: Path) -> None:
    files = [Path("a/talk.wav"), Path("b/talk.wav"), Path("b/Talk.mp3"), Path("b/other.wav"), Path("./a/talk.wav")]
    assert names(files, tmp_path) == ["talk", "talk-2", "Talk-3", "other"]


def test_files_of_somebody_else_are_left_alone(tmp_path: Path) -> None:
    (tmp_path / "talk.json").write_text("annotated by hand")
    assert names([Path("talk.wav")], tmp_path) == ["talk-2"]


def test_a_recording_keeps_its_name_in_any_order(tmp_path: Path) -> None:
    first, second = Path("a/talk.wav"), Path("b/talk.wav")
    for job in batch.plan([first, second], tmp_path, ("json",)):
        mark(job, SETTINGS)
        job.target("json").touch()
    assert names([second, first], tmp_path) == ["talk-2", "talk"]
    assert names([second], tmp_path) == ["talk-2"]
    assert names([Path("c/talk.wav")], tmp_path) == ["talk-3"]


@pytest.mark.parametrize(
    ("file", "name"),
    [
        ("two\nlines\x1b[2J.wav", "two lines_[2J"), ("-rf.wav", "_-rf"), ("...wav", "_"), ('a"b<c>?.wav', "a_b_c_"),
        ("x" * 250 + ".wav", "x" * 120), ("\udcff.wav", "_"), ("é" * 100 + ".wav", "é" * 60),
    ],
)  # fmt: skip
def test_hostile_names_become_harmless_ones(file: str, name: str, tmp_path: Path) -> None:
    assert names([Path(file)], tmp_path) == [name]


def test_what_is_done_is_told_by_the_mark(short: Path, tmp_path: Path) -> None:
    source = Path(shutil.copy(short, tmp_path / "talk.wav"))
    (job,) = batch.plan([source], tmp_path, SETTINGS.formats)
    assert batch.done(job, SETTINGS) is None
    for format_ in SETTINGS.formats:
        job.target(format_).touch()
    mark(job, SETTINGS, formats=[])
    assert batch.done(job, SETTINGS) is None, "a claim is no result"
    mark(job, SETTINGS)
    assert batch.done(job, SETTINGS) == Row(length_s=3.0)
    assert batch.done(job, replace(SETTINGS, formats=("json", "html", "csv"))) is None
    assert batch.done(job, replace(SETTINGS, names=("Jo", "Sam"))) is None
    for spoilt in ("", "[]", '{"format": 1}', "[" * 100_000):
        job.mark.write_text(spoilt)
        assert batch.done(job, SETTINGS) is None
    mark(job, SETTINGS)
    os.utime(source, (1, 1))
    assert batch.done(job, SETTINGS) is None
    mark(job, SETTINGS)
    job.target("html").unlink()
    assert batch.done(job, SETTINGS) is None


def test_a_worker_that_dies_costs_its_own_file_only(short: Path, tmp_path: Path) -> None:
    jobs = batch.plan([short, Path(shutil.copy(short, tmp_path / "b.wav"))], tmp_path, SETTINGS.formats)
    rows: dict[str, Row] = {}
    killed: list[str] = []

    def report(job: Job, told: float | Row) -> None:
        if isinstance(told, Row):
            rows[job.name] = told
        elif not killed:
            killed.append(job.name)
            for worker in multiprocessing.active_children():
                worker.kill()

    batch.run(jobs, SETTINGS, 1, report)
    assert killed == ["short"]
    assert "ended suddenly" in rows["short"].error
    assert not rows["b"].error
    assert [person.name for person in rows["b"].people] == ["Kim", "Sam"]
    assert not multiprocessing.active_children()
    assert not list(tmp_path.glob(".*.part"))


def test_seven_files_one_broken_killed_half_way_and_begun_again(short: Path, tmp_path: Path) -> None:
    files = [tmp_path / f"talk {number:02}.wav" for number in range(7)]
    for file in files:
        shutil.copy(short, file)
    files[4].write_bytes(b"RIFF, but no sound\n" * 20)
    folder = tmp_path / "results"
    arguments = ["analyze", *map(str, files), "--out", str(folder), "--jobs", "2", "--csv", "--names", "Kim,Sam"]
    first = subprocess.Popen(
        [sys.executable, "-m", "coach.cli", *arguments], stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True
    )
    assert first.stderr is not None
    for line in first.stderr:
        if line.startswith("2 of 7"):
            break
    workers = _children(first.pid)
    first.send_signal(signal.SIGKILL)
    first.wait()
    first.stderr.close()
    for _ in range(3000):  # the workers notice that nobody listens any more
        if not any(Path(f"/proc/{pid}").exists() for pid in workers):
            break
        time.sleep(0.1)
    done = {path: path.stat().st_mtime_ns for path in folder.glob("*.csv") if _is_done(path)}
    assert 1 <= len(done) < 6

    second = coach(*arguments, limit_s=600)
    assert second.returncode == 1
    assert f"{len(done)} of 7 are done already" in second.stderr
    errors = [line for line in second.stderr.splitlines() if line.startswith("coach:")]
    assert len(errors) == 1
    assert "talk 04.wav cannot be read as sound" in errors[0]
    results = {path.name for path in folder.iterdir() if not path.name.startswith(".")}
    assert results == {
        f"{file.stem}.{ending}" for file in files if file != files[4] for ending in ("json", "html", "csv")
    }
    assert not list(folder.glob(".*.part"))
    assert {path: path.stat().st_mtime_ns for path in done} == done, "what was done was done again"
    for file in files:
        assert f"\n{file.stem} " in f"\n{second.stdout}"
    assert "6 of 7 are in" in second.stdout
    assert json.loads((folder / "talk 06.json").read_text())["speakers"][0]["name"] == "Kim"

    third = coach("analyze", *files[:2], "--out", folder, "--csv", "--names", "Kim,Sam")
    assert third.returncode == 0
    assert "2 of 2 are done already" in third.stderr


def _is_done(path: Path) -> bool:
    mark = path.with_name(f".{path.stem}.coach")
    return mark.exists() and bool(json.loads(mark.read_text())["formats"])


def _children(pid: int) -> list[str]:
    """The processes that it has started."""
    told = subprocess.run(["ps", "-o", "pid=", "--ppid", str(pid)], capture_output=True, text=True, check=True)
    return told.stdout.split()


def test_usage(short: Path, tmp_path: Path) -> None:
    for arguments, says in (
        ([short, short, "--json", tmp_path / "a.json"], "--out FOLDER"),
        ([short, "--out", tmp_path, "--csv", tmp_path / "a.csv"], "takes no path with --out"),
        ([short, "--audio"], "add --html"),
        ([short, "--jobs", "2"], "add --out"),
        ([short, "--jobs", "0", "--out", tmp_path], "from 1 to 64"),
        ([short, "--csv"], "needs a path"),
        ([short, "--csv", tmp_path / "other.wav"], "names a recording"),
    ):
        refused = coach("analyze", *arguments)
        assert refused.returncode == 2
        assert says in refused.stderr
    assert not list(tmp_path.iterdir())


def test_the_page_carries_the_recording_only_when_asked(short: Path, tmp_path: Path) -> None:
    result = coach("analyze", short, "--html", tmp_path / "a.html", "--audio", "--json", tmp_path / "a.json")
    assert result.returncode == 0, result.stderr
    assert "data:audio/ogg;base64," in (tmp_path / "a.html").read_text()


def test_several_recordings_are_shown_in_turn_and_one_failure_stops_none(short: Path, tmp_path: Path) -> None:
    result = coach("analyze", tmp_path / "none.wav", short)
    assert result.returncode == 1
    assert result.stdout.index("none.wav") < result.stdout.index("short.wav") < result.stdout.index("Who spoke")
    assert result.stderr.startswith("coach: There is no file")
