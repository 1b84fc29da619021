"""The recognisers on real sound: what is said, and nothing where nobody speaks."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import ctranslate2
import jiwer
import numpy as np
import pytest
import soundfile

from audio.errors import ModelError
from audio.transcribe import FasterWhisper, Moonshine, believed, transcriber
from audio.types import RATE_HZ, UNKNOWN, Clip
from fixtures.build_tiny_whisper import build
from tests.parts import need

SENTENCES = (
    "I was waiting for you at the station and we left late.",
    "It would help me if we could talk about the holiday this evening.",
)


@pytest.fixture(scope="module")
def moonshine() -> Moonshine:
    return Moonshine()


def spoken(sentence: str, folder: Path) -> Clip:
    path = folder / "sentence.wav"
    subprocess.run([need("flite"), "-voice", "slt", "-t", sentence, "-o", str(path)], check=True, timeout=60)
    samples, rate_hz = soundfile.read(path, dtype="float32")
    return Clip(samples=samples, rate_hz=rate_hz)


def noise(length_s: float, level: float) -> Clip:
    samples = np.random.default_rng(3).normal(0, level, round(length_s * RATE_HZ)).astype(np.float32)
    return Clip(samples=samples)


def hum(length_s: float) -> Clip:
    times = np.arange(round(length_s * RATE_HZ)) / RATE_HZ
    return Clip(samples=(0.1 * np.sin(2 * np.pi * 50 * times)).astype(np.float32))


def error_rate(said: str, written: str) -> float:
    said, written = (" ".join(re.findall(r"[\w']+", text.lower())) for text in (said, written))
    return float(jiwer.wer(said, written))


@pytest.mark.parametrize("sentence", SENTENCES)
def test_moonshine_understands(moonshine: Moonshine, tmp_path: Path, sentence: str) -> None:
    heard = moonshine.transcribe(spoken(sentence, tmp_path))
    assert error_rate(sentence, heard.text) <= 0.2
    assert heard.probability > 0.5
    assert heard.words == ()


def test_any_rate(moonshine: Moonshine, tmp_path: Path) -> None:
    import soxr

    clip = spoken(SENTENCES[0], tmp_path)
    other = Clip(samples=soxr.resample(clip.samples, clip.rate_hz, 44_100), rate_hz=44_100)
    assert error_rate(SENTENCES[0], moonshine.transcribe(other).text) <= 0.2


@pytest.mark.parametrize("length_s", [0.0, 0.01, 0.5, 3.0])
def test_nothing_is_invented_where_nobody_speaks(moonshine: Moonshine, length_s: float) -> None:
    silence = Clip(samples=np.zeros(round(length_s * RATE_HZ), np.float32))
    for clip in (silence, noise(length_s, 1e-4), noise(length_s, 0.01), noise(length_s, 0.1), hum(length_s)):
        heard = moonshine.transcribe(clip)
        assert heard.text == ""
        assert heard.probability < 0.35


def test_the_engine_alone_would_invent(moonshine: Moonshine) -> None:
    """What the gate is for; when this fails, the engine has been mended and the gate may go."""
    assert moonshine._piece(np.zeros(RATE_HZ, np.float32)) != ""


def test_a_long_piece_is_parted_in_its_pauses(moonshine: Moonshine, tmp_path: Path) -> None:
    clips = [spoken(sentence, tmp_path) for sentence in SENTENCES]
    pause = np.zeros(3 * clips[0].rate_hz, np.float32)
    samples = np.concatenate([part for _ in range(2) for clip in clips for part in (clip.samples, pause)])
    whole = Clip(samples=samples, rate_hz=clips[0].rate_hz)
    assert whole.duration_s > 22
    assert error_rate(" ".join(SENTENCES * 2), moonshine.transcribe(whole).text) <= 0.2


@pytest.mark.parametrize(
    ("written", "speech_s", "kept"),
    [
        ("You", 0.1, ""),
        ("You", 1.0, "You"),
        ("Thank you.", 0.1, ""),
        ("Thank you, Ben.", 0.1, "Thank you, Ben."),
        ("♪♪♪ [Music] (coughing)", 3.0, ""),
        ("and then ♪ we left", 3.0, "and then we left"),
        ("the first is the first is the first is the end", 3.0, "the first is the end"),
        ("no no no no not again", 3.0, "no no no no not again"),
        ("no " * 30 + "never", 9.0, "no never"),
        ("it's fine, it's fine, I said", 3.0, "it's fine, it's fine, I said"),
        ("", 3.0, ""),
    ],
)
def test_what_is_believed(written: str, speech_s: float, kept: str) -> None:
    words = written.split()
    assert " ".join(words[index] for index in believed(words, speech_s)) == kept


@pytest.fixture(scope="module")
def models_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("models")
    build(folder / "faster-whisper" / "tiny-random")
    return folder


def test_faster_whisper_runs_with_word_times(models_folder: Path, tmp_path: Path) -> None:
    """Random weights, so the words are nonsense; that there are some, within the piece, is the adapter's work."""
    engine = transcriber(models_folder)
    assert isinstance(engine, FasterWhisper)
    assert engine.name == "faster-whisper tiny-random (int8)"
    clip = spoken(SENTENCES[0], tmp_path)
    ctranslate2.set_random_seed(7)
    heard = engine.transcribe(clip)
    assert heard.words
    assert heard.text == " ".join(word.text for word in heard.words)
    for word, following in zip(heard.words, heard.words[1:], strict=False):
        assert 0 <= word.start_s <= word.end_s <= clip.duration_s + 0.1
        assert word.start_s <= following.start_s
        assert word.speaker == UNKNOWN
    assert 0 < heard.probability < 0.5, "it knows that it is guessing"


def test_faster_whisper_is_not_asked_about_silence(models_folder: Path) -> None:
    engine = transcriber(models_folder)
    for clip in (Clip(samples=np.zeros(RATE_HZ, np.float32)), noise(2, 0.05)):
        assert engine.transcribe(clip).text == ""


def test_which_recogniser(models_folder: Path, tmp_path: Path) -> None:
    assert transcriber(tmp_path).name == "moonshine tiny-en 0.0.73 (embedded)"
    assert transcriber(models_folder, "moonshine").name.startswith("moonshine")
    assert transcriber(models_folder, "tiny-random").name.startswith("faster-whisper")
    with pytest.raises(ModelError, match=r"base\.en is not in .*coach models fetch base\.en"):
        transcriber(models_folder, "base.en")


def test_damaged_weights_are_said(models_folder: Path, tmp_path: Path) -> None:
    whole = models_folder / "faster-whisper" / "tiny-random"
    broken = tmp_path / "faster-whisper" / "broken"
    broken.mkdir(parents=True)
    for file in whole.iterdir():
        content = file.read_bytes()
        (broken / file.name).write_bytes(content[: len(content) // 2] if file.name == "model.bin" else content)
    with pytest.raises(ModelError, match="cannot be loaded"):
        transcriber(tmp_path, "broken")
