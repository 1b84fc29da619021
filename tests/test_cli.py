"""The command line as a person meets it: every verb run as a process, every mistake one sentence and an exit code."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import numpy as np
import pytest
import soundfile

DEMO = Path(__file__).parent.parent / "fixtures" / "demo.flac"
ROOT_USER = os.geteuid() == 0


def coach(
    *args: str | Path,
    stdin: str = "",
    env: Mapping[str, str] | None = None,
    cwd: Path | None = None,
    limit_s: float = 120,
) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "coach.cli", *map(str, args)],
        input=stdin, capture_output=True, text=True, timeout=limit_s, env={**os.environ, **(env or {})}, cwd=cwd,
    )  # fmt: skip


def refused(result: subprocess.CompletedProcess[str], says: str) -> None:
    """Exit 1, one line on standard error that says the trouble, nothing on standard output."""
    assert result.returncode == 1, result.stderr
    assert result.stdout == ""
    lines = result.stderr.splitlines()
    assert len(lines) == 1, lines
    assert says in lines[0]


def talk(path: Path, seconds: float = 1.0, level: float = 0.0) -> Path:
    samples = (
        np.random.default_rng(1).normal(0, level, int(seconds * 16_000)) if level else np.zeros(int(seconds * 16_000))
    )
    soundfile.write(path, samples, 16_000)
    return path


@pytest.mark.parametrize("verb", ["demo", "analyze", "measure", "label", "paraphrase", "models", "devices", "doctor"])
def test_every_verb_has_help_with_an_example(verb: str) -> None:
    shown = coach(verb, "--help")
    assert shown.returncode == 0
    assert f"coach {verb}" in shown.stdout
    assert "examples:" in shown.stdout


def test_no_verb_and_unknown_verbs_are_usage_errors() -> None:
    assert coach().returncode == 2
    assert coach("dance").returncode == 2
    assert coach("analyze").returncode == 2


def test_no_such_file(tmp_path: Path) -> None:
    refused(coach("analyze", tmp_path / "none.wav"), "There is no file")


def test_a_folder(tmp_path: Path) -> None:
    refused(coach("analyze", tmp_path), "is a folder")


def test_an_empty_file(tmp_path: Path) -> None:
    (tmp_path / "empty.wav").touch()
    refused(coach("analyze", tmp_path / "empty.wav"), "is empty")


def test_text_that_calls_itself_wav(tmp_path: Path) -> None:
    (tmp_path / "text.wav").write_text("good morning\n" * 100)
    refused(coach("analyze", tmp_path / "text.wav"), "text.wav")


def test_no_samples(tmp_path: Path) -> None:
    refused(coach("analyze", talk(tmp_path / "none.wav", seconds=0)), "0 samples")


def test_digital_silence(tmp_path: Path) -> None:
    target = tmp_path / "out.json"
    refused(coach("analyze", talk(tmp_path / "silence.wav", seconds=3), "--json", target), "Nobody is heard speaking")
    assert not target.exists()


@pytest.mark.skipif(ROOT_USER, reason="root may read everything")
def test_a_file_that_may_not_be_read(tmp_path: Path) -> None:
    path = talk(tmp_path / "closed.wav")
    path.chmod(0)
    refused(coach("analyze", path), "may not be read")


def test_a_target_that_cannot_be_written_is_told_before_the_work(tmp_path: Path) -> None:
    refused(coach("analyze", DEMO, "--json", tmp_path / "no" / "out.json"), "There is no folder")
    refused(coach("analyze", DEMO, "--html", tmp_path), "is a folder")
    refused(coach("analyze", DEMO, "--rttm", "/dev/full"), "no ordinary file")


@pytest.mark.skipif(ROOT_USER, reason="root may look into every folder")
def test_a_target_in_a_folder_that_may_not_be_looked_into(tmp_path: Path) -> None:
    closed = tmp_path / "closed"
    closed.mkdir(mode=0)
    refused(coach("measure", DEMO.with_suffix(".json"), "--json", closed / "out.json"), "Nothing can be written")


def test_the_recording_is_never_overwritten(tmp_path: Path) -> None:
    path = talk(tmp_path / "talk.wav", level=0.01)
    before = path.read_bytes()
    refused(coach("analyze", path, "--json", path), "is the recording itself")
    assert path.read_bytes() == before


def test_an_unknown_setting_names_file_and_key(tmp_path: Path) -> None:
    (tmp_path / "coach").mkdir()
    (tmp_path / "coach" / "config.toml").write_text("loudness = 3\n")
    result = coach("analyze", DEMO, env={"XDG_CONFIG_HOME": str(tmp_path)})
    refused(result, "unknown key loudness")
    assert "config.toml" in result.stderr


def test_label_reads_lines_and_json_lines() -> None:
    lines = ["you never listen to me", json.dumps({"id": "x", "text": "I feel sad", "previous": "we moved house"}), ""]
    result = coach("label", stdin="\n".join(lines) + "\n")
    assert result.returncode == 0
    rows = [json.loads(line) for line in result.stdout.splitlines()]
    assert [row["id"] for row in rows] == [1, "x", 3]
    assert [row["label"] for row in rows] == ["blame", "feeling", "other"]
    assert rows[0]["rule"]
    assert rows[0]["quote"] in "you never listen to me"


@pytest.mark.parametrize(
    ("line", "says"),
    [('{"text": 3}', "Line 1"), ('{"text": "a"', "Line 1"), ("x" * 200_000, "200000 letters")],
    ids=["a number", "cut", "long"],
)
def test_label_names_the_line_it_cannot_use(line: str, says: str) -> None:
    refused(coach("label", stdin=line), says)


def test_measure_of_an_annotated_talk_keeps_its_labels(tmp_path: Path) -> None:
    words = [
        {"speaker": speaker, "start_s": start_s, "end_s": start_s + 0.4, "text": text}
        for speaker, start_s, text in (
            ("Ada", 0.0, "shall"), ("Ada", 0.4, "we"), ("Ada", 0.8, "go"), ("Bo", 1.6, "yes"), ("Bo", 2.0, "please"),
        )
    ]  # fmt: skip
    (tmp_path / "talk.json").write_text(json.dumps({"id": "t", "words": words}))
    result = coach("measure", tmp_path / "talk.json", "--json", "-")
    assert result.returncode == 0, result.stderr
    summary = json.loads(result.stdout)
    assert summary["format"] == 1
    assert [speaker["id"] for speaker in summary["speakers"]] == ["Ada", "Bo"]
    assert [turn["text"] for turn in summary["turns"]] == ["shall we go", "yes please"]
    assert [(gap["from"], gap["to"], gap["start_s"], gap["end_s"]) for gap in summary["gaps"]] == [
        ("Ada", "Bo", 1.2, 1.6)
    ]


@pytest.mark.parametrize("text", ["", "{}", "[1]", '{"words": [{"speaker": "A"}]}', "SPEAKER x 1 a b"])
def test_measure_refuses_what_it_cannot_read(text: str, tmp_path: Path) -> None:
    (tmp_path / "bad.json").write_text(text)
    refused(coach("measure", tmp_path / "bad.json"), "bad.json")


def test_a_closed_pipe_is_no_error() -> None:
    command = f"{sys.executable} -m coach.cli measure fixtures/demo.json --json - | head -c 10"
    result = subprocess.run(command, shell=True, capture_output=True, text=True, cwd=DEMO.parent.parent)  # noqa: S602
    assert result.stderr == ""


def test_models_lists_what_is_here_and_how_to_fetch() -> None:
    shown = coach("models")
    assert shown.returncode == 0
    assert "embedded" in shown.stdout
    assert "coach models fetch base.en" in shown.stdout


def test_a_fetch_that_cannot_reach_the_hub_says_where_to_copy_files(tmp_path: Path) -> None:
    result = coach(
        "models", "fetch", "base.en", env={"COACH_MODELS": str(tmp_path), "HF_ENDPOINT": "http://127.0.0.1:9"}
    )
    refused(result, "base.en")
    assert str(tmp_path) in result.stderr
    refused(coach("models", "fetch", "huge.xx", env={"COACH_MODELS": str(tmp_path)}), "huge.xx")
