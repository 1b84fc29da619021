"""The whole way on the bundled conversation, with the real engines: what was planted is found, and nothing else."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections import Counter
from pathlib import Path
from typing import Any

import jiwer
import pytest
import soundfile

from audio.recording import open_recording
from audio.transcribe import Moonshine
from audio.types import Clip
from coach import app
from coach.plain import one_line
from coach.render import speech, text
from coach.render.json import table
from coach.summary import Summary

FIXTURES = Path(__file__).parent.parent / "fixtures"
PLANTED: dict[str, Any] = json.loads((FIXTURES / "demo.events.json").read_text(encoding="utf-8"))
SLACK_S = 0.4
WORD_SLACK_S = 2.5
"""The embedded recogniser gives no word times: the place of a sentence inside a turn is an estimate."""
NORMAL = jiwer.Compose(
    [jiwer.ToLowerCase(), jiwer.RemovePunctuation(), jiwer.RemoveMultipleSpaces(), jiwer.Strip(),
     jiwer.ReduceToListOfListOfWords()]
)  # fmt: skip


@pytest.fixture(scope="module")
def summary() -> Summary:
    return app.demo()


def wer(said: str, read: str) -> float:
    return float(jiwer.wer(said, read, reference_transform=NORMAL, hypothesis_transform=NORMAL))


def near(planted: dict[str, Any], found: Any, slack_s: float = SLACK_S) -> bool:
    return bool(abs(planted["start_s"] - found.start_s) <= slack_s)


def test_every_planted_interruption_and_nothing_else(summary: Summary) -> None:
    found = summary.floor.interruptions
    assert [(e.by, e.of, e.kind) for e in found] == [(p["by"], p["of"], p["kind"]) for p in PLANTED["interruptions"]]
    assert all(near(p, e) for p, e in zip(PLANTED["interruptions"], found, strict=True))


def test_ordinary_overlap_is_called_ordinary(summary: Summary) -> None:
    for planted in PLANTED["overlaps"]:
        assert any(near(planted, e) and e.kind == planted["kind"] for e in summary.floor.overlaps)


def test_every_listening_sound_and_nothing_else(summary: Summary) -> None:
    found = [(b.by, b.start_s) for b in summary.floor.backchannels]
    planted = [(p["by"], p["start_s"]) for p in PLANTED["backchannels"]]
    assert len(found) == len(planted)
    for by, start_s in planted:
        assert any(by == other and abs(start_s - at_s) <= SLACK_S for other, at_s in found), (by, start_s)


def test_silences(summary: Summary) -> None:
    silence = summary.silence
    assert len(silence.lapses) == len(PLANTED["lapses"])
    for planted in PLANTED["lapses"]:
        assert any(near(planted, lapse) for lapse in silence.lapses)
    for planted in PLANTED["waits"]:
        assert any(
            near(planted, wait) and wait.by == planted["by"] and wait.earned_more == planted["earned_more"]
            for wait in silence.waits
        )
    for kind, found in (("pauses", silence.pauses), ("gaps", silence.gaps)):
        missed = [p for p in PLANTED[kind] if not any(near(p, item) for item in found)]
        assert len(missed) <= len(PLANTED[kind]) // 10, missed


def test_what_was_said_does_what_was_planted(summary: Summary) -> None:
    missed = [
        (p["label"], p["text"])
        for p in PLANTED["remarks"]
        if not any(
            r.kind == p["label"] and r.speaker == p["speaker"] and near(p, r, WORD_SLACK_S) for r in summary.remarks
        )
    ]
    assert not missed
    planted = Counter(p["speaker"] for p in PLANTED["remarks"] if p["label"] == "blame")
    heard = Counter(r.speaker for r in summary.remarks if r.kind == "blame")
    assert heard == planted, "nobody is blamed for blaming who did not"


def test_shares_and_words(summary: Summary) -> None:
    total_s = sum(PLANTED["speech_s"].values())
    for share in summary.floor.shares:
        assert share.share == pytest.approx(PLANTED["speech_s"][share.speaker] / total_s, abs=0.02)
    truth = json.loads((FIXTURES / "demo.json").read_text(encoding="utf-8"))["words"]
    for speaker in ("A", "B"):
        said = " ".join(word["text"] for word in truth if word["speaker"] == speaker)
        read = " ".join(word.text for word in summary.conversation.words if word.speaker == speaker)
        assert wer(said, read) <= 0.2


def test_screen_voice_json_and_page_say_the_same_feedback(summary: Summary) -> None:
    from coach.render import html

    items = summary.feedback
    assert {(item.to, item.kind) for item in items} == {
        ("A", "strength"), ("A", "try"), ("B", "strength"), ("B", "try"), ("both", "aim"),
    }  # fmt: skip
    screen = " ".join(text.render(summary).split())
    page = " ".join(html.render(summary).split())
    for item in items:
        assert one_line(item.text) in screen
        assert one_line(item.text) in page
    assert speech.render(summary).splitlines() == [item.say for item in items]
    assert [item["text"] for item in table(summary)["feedback"]] == [item.text for item in items]


def test_the_recogniser_understands_the_spoken_feedback(summary: Summary, tmp_path: Path) -> None:
    spoken, clip = app.speak(summary, tmp_path / "spoken.wav")
    assert spoken.engines.voice
    heard, _ = soundfile.read(tmp_path / "spoken.wav", dtype="float32")
    assert len(heard) == len(clip.samples)
    recording = open_recording(tmp_path / "spoken.wav")
    whole = Clip(samples=next_concatenated(recording))
    assert wer(speech.render(summary), Moonshine().transcribe(whole).text) <= 0.2


def next_concatenated(recording: Any) -> Any:
    import numpy as np

    return np.concatenate([frame.samples[:, 0] for frame in recording.frames()])


def test_nothing_needs_the_network(tmp_path: Path) -> None:
    unshare = shutil.which("unshare")
    if unshare is None or subprocess.run([unshare, "-n", "true"], capture_output=True, check=False).returncode:
        pytest.skip("this machine does not let a test take the network away")
    short = tmp_path / "short.flac"
    sound, rate_hz = soundfile.read(FIXTURES / "demo.flac", stop=20 * 16_000)
    soundfile.write(short, sound, rate_hz)
    result = subprocess.run(
        [unshare, "-n", sys.executable, "-m", "coach.cli", "analyze", str(short), "--json", "-"],
        capture_output=True, text=True, check=False, timeout=120, env={**os.environ},
    )  # fmt: skip
    assert result.returncode == 0, result.stderr
    assert json.loads(result.stdout)["turns"]
