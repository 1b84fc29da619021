"""The voice for real: it is understood, plain words come out of anything, and a helper that hangs is replaced."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import jiwer
import numpy as np
import pytest

from audio.errors import EngineError
from audio.speak import LONGEST_SENTENCE, SpokenVoice, sentences
from audio.transcribe import Moonshine
from audio.types import Clip
from tests.sound_server import sound_server

FEEDBACK = (
    "You waited before you answered, and your partner said more.",
    "One thing to try tomorrow: ask one open question, and then wait.",
    "When the plan changed, you said what you felt and what you needed.",
    "Twice you spoke while your partner was still in the middle of a sentence.",
    "You both shared the time almost evenly.",
)


@pytest.fixture(scope="module")
def voice() -> Iterator[SpokenVoice]:
    voice = SpokenVoice()
    yield voice
    voice.close()


def plain(text: str) -> str:
    return " ".join(re.findall(r"[\w']+", text.lower()))


def test_the_recogniser_understands_it(voice: SpokenVoice) -> None:
    recogniser = Moonshine()
    heard = [plain(recogniser.transcribe(voice.render(item)).text) for item in FEEDBACK]
    assert jiwer.wer([plain(item) for item in FEEDBACK], heard) <= 0.2


def test_calm_speed_and_even_level(voice: SpokenVoice) -> None:
    clip = voice.render("\n".join(FEEDBACK))
    words = sum(len(item.split()) for item in FEEDBACK)
    assert 110 < words / clip.duration_s * 60 < 170
    assert np.abs(clip.samples).max() == pytest.approx(0.7, abs=0.01)


def longest_silence_s(clip: Clip) -> float:
    loud = np.flatnonzero(np.abs(clip.samples) > 0.003)
    return float(np.diff(loud).max() / clip.rate_hz)


def test_a_longer_pause_between_items_than_between_sentences(voice: SpokenVoice) -> None:
    assert longest_silence_s(voice.render("Thank you. Goodbye.")) == pytest.approx(0.35, abs=0.1)
    assert longest_silence_s(voice.render("Thank you.\nGoodbye.")) == pytest.approx(0.75, abs=0.1)


@pytest.mark.parametrize("text", ["", "   \n ", "...", "\x00\x01\x1b", "😀"])
def test_without_a_word_there_is_no_sound(voice: SpokenVoice, text: str) -> None:
    assert len(voice.render(text).samples) == 0


def test_markup_and_control_codes_are_not_obeyed(voice: SpokenVoice) -> None:
    assert sentences("<speak>Well\x01<break time='9s'/> [[rate 400]] said\x1b[31m</speak>") == [
        "speak Well break time='9s'/ rate 400 said 31m /speak"
    ]
    assert voice.render("Hello <break time='30s'/> there").duration_s < 6


def test_sentences_of_any_length() -> None:
    assert sentences("One. Two! Three?") == ["One.", "Two!", "Three?"]
    for text in ("word " * 400, "word, " * 400, "w" * 2_000):
        parts = sentences(text)
        assert max(len(part) for part in parts) <= LONGEST_SENTENCE
        assert re.sub(r"\s", "", "".join(parts)) == re.sub(r"\s", "", text)


def test_other_scripts_do_not_stop_it(voice: SpokenVoice) -> None:
    assert voice.render("Zoë said: 你好, привет, and 50% of it.").duration_s > 1


def test_many_threads_each_get_their_own(voice: SpokenVoice) -> None:
    texts = ["Yes.", "That makes sense to me now.", "Tell me more about the evening when we came home so late."]
    alone = [voice.render(text).duration_s for text in texts]
    found: dict[int, list[float]] = {}

    def ask(index: int) -> None:
        found[index] = [voice.render(texts[index]).duration_s for _ in range(4)]

    threads = [threading.Thread(target=ask, args=(index,)) for index in range(len(texts))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for index, expected in enumerate(alone):
        assert found[index] == pytest.approx([expected] * 4, abs=0.02)


def test_a_helper_that_died_or_hangs_is_replaced(monkeypatch: pytest.MonkeyPatch) -> None:
    voice = SpokenVoice()
    expected = voice.render("Hello.").duration_s
    os.kill(voice._helper._child.pid, signal.SIGKILL)
    assert voice.render("Hello.").duration_s == pytest.approx(expected, abs=0.02)
    stuck = voice._helper
    os.kill(stuck._child.pid, signal.SIGSTOP)
    monkeypatch.setattr("audio.speak.SENTENCE_LIMIT_S", 1.0)
    assert voice.render("Hello.").duration_s == pytest.approx(expected, abs=0.02)
    assert stuck._child.returncode == -signal.SIGKILL
    assert not Path(stuck._folder.name).exists()
    voice.close()
    assert not Path(voice._helper._folder.name).exists()


def test_a_voice_that_is_not_there() -> None:
    with pytest.raises(EngineError, match=r"does not speak \(.*nonesuch.*\)\. Read the text"):
        SpokenVoice("nonesuch")


def test_voices_can_be_listed_and_chosen(voice: SpokenVoice) -> None:
    english = [one for one in voice.voices if one.language.startswith("en")]
    assert len(english) >= 2
    other = SpokenVoice(english[0].id)
    assert other.name.endswith(english[0].id)
    assert other.render("Hello.").duration_s > 0.2
    other.close()


CARRIED = """
import ctypes
real = ctypes.CDLL
def without_the_system_one(name, *arguments, **options):
    if name == "libespeak-ng.so.1" and not carried:
        raise OSError(name)
    carried.append(name)
    return real(name, *arguments, **options)
carried = []
ctypes.CDLL = without_the_system_one
from pathlib import Path
from audio.voice_process import _Speaker
speaker = _Speaker(Path(__import__("sys").argv[1]), "", 150)
print(speaker.engine_name, len(speaker.sound("This is a sentence.")))
loaded = {line.split()[-1] for line in open("/proc/self/maps") if "libespeak-ng" in line}
assert len(loaded) == 1 and "espeakng_loader" in loaded.pop(), loaded
"""


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere the system has a voice of its own")
def test_the_carried_espeak_speaks_where_the_system_has_none(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-c", CARRIED, str(tmp_path / "a.wav")], capture_output=True, text=True, timeout=60, check=True
    )
    name, size = done.stdout.splitlines()[-1].rsplit(" ", 1)
    assert "espeakng-loader" in name
    assert int(size) > 22_050


PLAY = """
import sys, time
import numpy as np
from audio.loudspeaker import play
from audio.types import Clip
times = np.arange(22_050 * 3) / 22_050
playing = play(Clip(samples=(0.5 * np.sin(2 * np.pi * 440 * times)).astype(np.float32), rate_hz=22_050))
if sys.argv[1] == "stop":
    while playing.played_s < 1:
        time.sleep(0.01)
    playing.stop()
playing.wait()
print(playing.played_s)
"""


@pytest.mark.parametrize("how", ["whole", "stop"])
def test_the_loudspeaker_plays_to_the_end_or_stops_at_once(tmp_path: Path, how: str) -> None:
    raw = tmp_path / "heard.raw"
    with sound_server(tmp_path / "server") as environment, raw.open("wb") as file:
        command = ["parec", "-d", "speaker.monitor", "--raw", "--rate=16000", "--channels=1", "--latency-msec=20"]
        recorder = subprocess.Popen(command, env=environment, stdout=file)
        try:
            while not raw.stat().st_size:  # it listens
                assert recorder.poll() is None
            done = subprocess.run(
                [sys.executable, "-c", PLAY, how],
                env=environment,
                capture_output=True,
                text=True,
                timeout=60,
                check=True,
            )
            size = raw.stat().st_size
            while raw.stat().st_size < size + 32_000:  # a second more, for what is on its way
                assert recorder.poll() is None
        finally:
            recorder.terminate()
            recorder.wait()
    assert done.stderr == ""
    played_s = float(done.stdout)
    sound = np.abs(np.fromfile(raw, "<i2"))
    blocks = sound[: len(sound) // 160 * 160].reshape(-1, 160).max(axis=1)
    heard_s = (blocks > 500).sum() * 0.01  # a busy machine may stutter: gaps do not count
    if how == "whole":
        assert played_s == 3
        assert heard_s > 2.7
    else:
        assert 1 <= played_s < 3
        assert heard_s < played_s + 0.05


def test_no_loudspeaker_is_said(tmp_path: Path) -> None:
    code = (
        "from audio.loudspeaker import play\nfrom audio.types import Clip\nfrom audio.errors import DeviceError\n"
        "import numpy as np\ntry:\n    play(Clip(samples=np.zeros(100, np.float32)), 'no such device')\n"
        "except DeviceError as error:\n    print(error)\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60, check=True)
    assert "coach devices" in done.stdout or "apt install libportaudio2" in done.stdout
