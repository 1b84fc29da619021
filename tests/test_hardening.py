"""Recordings that are odd, and work with a caveat; and what is refused in one sentence, with nothing left behind."""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
import soundfile

from audio.errors import AudioError
from coach import app, content, output
from coach.config import Config
from coach.errors import CoachError, ContentError, OutputError
from coach.summary import Summary
from tests.parts import need
from tests.test_cli import coach, refused

DEMO = Path(__file__).parent.parent / "fixtures" / "demo.flac"
RATE_HZ = 16_000
FORMATS = ("json", "html", "rttm", "textgrid", "vtt", "csv")


@pytest.fixture(scope="session")
def excerpt() -> np.ndarray:
    """Eight seconds of the demo conversation: two voices."""
    sound, _ = soundfile.read(DEMO, start=2 * RATE_HZ, stop=10 * RATE_HZ, dtype="float32")
    return np.asarray(sound)


def said(voice: str, text: str, path: Path) -> np.ndarray:
    """A sentence spoken by another program."""
    if voice == "de":
        command = [need("espeak-ng"), "-v", "de", "-w", str(path), text]
    else:
        command = [need("flite"), "-voice", voice, "-t", text, "-o", str(path)]
    subprocess.run(command, check=True, timeout=60, stderr=subprocess.DEVNULL)
    sound, rate_hz = soundfile.read(path, dtype="float32")
    import soxr

    return np.asarray(soxr.resample(sound, rate_hz, RATE_HZ))


def heard(path: Path, sound: np.ndarray, rate_hz: int = RATE_HZ) -> Summary:
    """Analysed for real, and shown in every format."""
    soundfile.write(path, sound, rate_hz)
    return analysed(path)


def analysed(path: Path) -> Summary:
    summary = app.analyze(path, config=Config())
    for format_ in FORMATS:
        assert app.rendered(summary, format_)
    assert all(caveat.endswith(".") for caveat in summary.caveats)
    return summary


def caveat(summary: Summary, says: str) -> None:
    assert any(says in one for one in summary.caveats), summary.caveats


def test_one_voice_only(tmp_path: Path) -> None:
    alone = said("slt", "I went to the market today. It was quiet, and I liked that very much.", tmp_path / "v.wav")
    summary = heard(tmp_path / "a.wav", alone)
    assert len(summary.conversation.speakers) == 1
    caveat(summary, "Only one voice was heard")


def test_three_voices(tmp_path: Path) -> None:
    lines = [
        ("slt", "Good morning, did you both sleep well in the new house?"),
        ("rms", "I slept very well, and I had a strange dream about a train."),
        ("awb", "The neighbours made a lot of noise until two in the morning."),
    ]
    parts = []
    for voice, text in lines * 2:
        parts += [said(voice, text, tmp_path / "v.wav"), np.zeros(RATE_HZ // 2, np.float32)]
    summary = heard(tmp_path / "a.wav", np.concatenate(parts))
    caveat(summary, "A third voice")


def test_eight_channels(tmp_path: Path, excerpt: np.ndarray) -> None:
    rows = np.stack([excerpt * (1 - channel / 20) for channel in range(8)], axis=1)
    summary = heard(tmp_path / "a.wav", rows)
    assert summary.source.channels == 8
    assert len(summary.conversation.speakers) == 2


@pytest.mark.parametrize("rate_hz", [8_000, 384_000])
def test_far_sample_rates(tmp_path: Path, excerpt: np.ndarray, rate_hz: int) -> None:
    import soxr

    summary = heard(tmp_path / "a.wav", soxr.resample(excerpt, RATE_HZ, rate_hz), rate_hz)
    assert summary.conversation.duration_s == pytest.approx(8, abs=0.1)
    assert len(summary.conversation.speakers) == 2


def test_a_truncated_mp3(tmp_path: Path, excerpt: np.ndarray) -> None:
    soundfile.write(tmp_path / "whole.mp3", excerpt, RATE_HZ)
    whole = (tmp_path / "whole.mp3").read_bytes()
    (tmp_path / "a.mp3").write_bytes(whole[: len(whole) * 2 // 3])
    caveat(analysed(tmp_path / "a.mp3"), "cut off")


def test_clipped(tmp_path: Path, excerpt: np.ndarray) -> None:
    caveat(heard(tmp_path / "a.wav", np.clip(excerpt * 40, -1, 1)), "too loud")


def test_very_quiet(tmp_path: Path, excerpt: np.ndarray) -> None:
    soundfile.write(tmp_path / "a.wav", excerpt * (0.004 / np.abs(excerpt).max()), RATE_HZ, subtype="FLOAT")
    caveat(analysed(tmp_path / "a.wav"), "very quiet")


def test_another_language(tmp_path: Path) -> None:
    text = "Guten Morgen. Hast du gut geschlafen? Ich habe den ganzen Abend auf dich gewartet, und das Essen war kalt."
    summary = heard(tmp_path / "a.wav", said("de", text, tmp_path / "v.wav"))
    assert summary.conversation.speech
    caveat(summary, "Words are read as English")


@pytest.fixture(scope="session")
def voices(tmp_path_factory: pytest.TempPathFactory, excerpt: np.ndarray) -> Path:
    path = tmp_path_factory.mktemp("voices") / "talk.wav"
    soundfile.write(path, excerpt, RATE_HZ)
    return path


def test_a_pipe_a_device_and_a_folder_are_refused_at_once(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    for verb in ("analyze", "measure"):
        refused(coach(verb, tmp_path / "pipe", limit_s=60), "is not a file")
        refused(coach(verb, "/dev/zero", limit_s=60), "is not a file")
        refused(coach(verb, tmp_path, limit_s=60), "is a folder")
        refused(coach(verb, "a\nb\x1b[2J", limit_s=60), "a b\ufffd[2J")


def test_a_pipe_as_target_is_refused(tmp_path: Path, voices: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    refused(coach("analyze", voices, "--html", tmp_path / "pipe", limit_s=60), "no ordinary file")


def test_output_equal_to_input_by_another_name(tmp_path: Path) -> None:
    talk = tmp_path / "talk.json"
    talk.write_text(json.dumps({"speech": [{"speaker": "A", "start_s": 0, "end_s": 2}]}))
    (tmp_path / "link.json").symlink_to(talk)
    (tmp_path / "hard.csv").hardlink_to(talk)
    before = talk.read_bytes()
    for target in (talk, tmp_path / "link.json", tmp_path / "hard.csv", tmp_path / "." / "talk.json"):
        refused(coach("measure", talk, "--csv", target), "would be lost")
    assert talk.read_bytes() == before


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of 16 kB, which only root can make."""
    folder = tmp_path / "small"
    folder.mkdir()
    if (
        os.geteuid() != 0
        or subprocess.run(
            ["mount", "-t", "tmpfs", "-o", "size=16k", "tmpfs", str(folder)], capture_output=True, check=False
        ).returncode
    ):
        pytest.skip("a small disk needs root and the right to mount")
    yield folder
    subprocess.run(["umount", str(folder)], check=True)


def test_a_full_disk_leaves_nothing_half_written(small_disk: Path) -> None:
    talk = DEMO.with_suffix(".json")
    target = small_disk / "talk.html"
    target.write_text("what was there before")
    refused(coach("measure", talk, "--html", target), "No space left")
    assert [path.name for path in small_disk.iterdir()] == ["talk.html"]
    assert target.read_text() == "what was there before"


def test_a_full_disk_among_many(small_disk: Path, voices: Path) -> None:
    result = coach("analyze", voices, "--out", small_disk)
    assert result.returncode == 1
    assert "No space left" in result.stderr.splitlines()[-1]
    assert not list(small_disk.glob(".*.part"))
    for path in small_disk.glob("*.json"):
        json.loads(path.read_text())


HOSTILE_NAMES = (
    "two\nlines.json", "bell\x07\x1b[31mred.json", "=1+1.json", "<img src=x onerror=alert(1)>.json", "-json.json",
    "\u202egnp.json", " .json", "%s%n{0}.json", "'\"; $(touch x).json",
)  # fmt: skip


@pytest.mark.parametrize("name", HOSTILE_NAMES)
def test_hostile_file_names(name: str, tmp_path: Path) -> None:
    (tmp_path / name).write_text(json.dumps({"speech": [{"speaker": "A", "start_s": 0, "end_s": 2}]}))
    summary = app.measure(tmp_path / name, config=Config())
    for format_ in FORMATS:
        shown = app.rendered(summary, format_).replace("\r\n", "\n")
        assert not set(shown) & {"\x07", "\x1b", "\u202e"}
        assert "<img" not in shown or format_ != "html"
    (tmp_path / name).write_text("{")
    with pytest.raises(CoachError):
        app.measure(tmp_path / name, config=Config())


def test_a_name_that_is_no_text(tmp_path: Path) -> None:
    path = os.path.join(os.fsencode(tmp_path), b"\xff\xfe.json")
    with open(path, "w") as file:
        json.dump({"speech": [{"speaker": "A", "start_s": 0, "end_s": 2}]}, file)
    result = coach("measure", os.fsdecode(path), "--json", "-")
    assert result.returncode == 0, result.stderr
    assert json.loads(result.stdout)["format"] == 1
    assert coach("measure", os.fsdecode(path)).returncode == 0


def test_a_very_long_value_is_not_told_whole(tmp_path: Path) -> None:
    (tmp_path / "coach").mkdir()
    (tmp_path / "coach" / "config.toml").write_text(f'recogniser = 3\n"{"x" * 100_000}" = 1\n')
    result = coach("measure", DEMO.with_suffix(".json"), env={"XDG_CONFIG_HOME": str(tmp_path)})
    assert result.returncode == 1
    assert len(result.stderr) < 2000


@pytest.mark.parametrize("row", [3, "text", [], [[]], None])
def test_content_whose_rows_are_no_tables(row: object) -> None:
    from coach.practice import content as practice_content
    from coach.wording import wording_from

    with pytest.raises(ContentError, match="drill"):
        practice_content.drills_from({"drill": [row]}, "drills.toml")
    with pytest.raises(ContentError, match="card"):
        practice_content.cards_from({"a.toml": {"scenario": "anger", "drills": [], "card": [row]}}, frozenset())
    with pytest.raises(ContentError, match="strengths"):
        wording_from({"strengths": {"rule": [row]}, "tries": {}, "aims": {}, "phrases": {}}, (), ())


def test_a_number_of_thousands_of_digits_in_content() -> None:
    with pytest.raises(ContentError, match=r"a\.toml"):
        content.parsed("level = " + "9" * 5000, "a.toml")


def test_a_target_that_vanishes_is_told(tmp_path: Path) -> None:
    with pytest.raises(OutputError, match="could not be written"):
        output.write(str(tmp_path / "gone" / "a.json"), "{}")


def test_a_null_in_a_name(tmp_path: Path) -> None:
    with pytest.raises(AudioError):
        app.analyze(Path("a\0b.wav"), config=Config())
    with pytest.raises(CoachError):
        app.measure(Path("a\0b.json"), config=Config())
