"""The two detectors, on the bundled conversation and on silence."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pytest
import soundfile

from audio.types import RATE_HZ
from audio.vad import Silero, WebRtc

if TYPE_CHECKING:
    from audio.types import Samples, VoiceActivity

DEMO = Path(__file__).parent.parent / "fixtures"


def demo(seconds: float) -> Samples:
    samples, rate_hz = soundfile.read(DEMO / "demo.flac", frames=round(seconds * RATE_HZ), dtype="float32")
    assert rate_hz == RATE_HZ
    mono: Samples = samples if samples.ndim == 1 else samples.mean(axis=1)
    return mono


def spoken(seconds: float, step_s: float) -> np.ndarray:
    """The truth at the middle of each step."""
    middles = np.arange(step_s / 2, seconds, step_s)
    rows = [line.split() for line in (DEMO / "demo.rttm").read_text().splitlines() if line.startswith("SPEAKER")]
    spans = [(float(row[3]), float(row[3]) + float(row[4])) for row in rows]
    return np.array([any(start <= at < end for start, end in spans) for at in middles])


@pytest.mark.parametrize("detector", [WebRtc, Silero])
def test_speech_is_told_from_silence(detector: type[WebRtc] | type[Silero]) -> None:
    activity: VoiceActivity = detector()
    said = activity.probabilities(demo(20.0)) > 0.5
    truth = spoken(20.0, activity.step_s)[: len(said)]
    assert (said == truth).mean() > 0.85
    assert not (detector().probabilities(np.zeros(RATE_HZ, np.float32)) > 0.5).any()


@pytest.mark.parametrize("detector", [WebRtc, Silero])
def test_how_the_sound_is_cut_up_changes_nothing(detector: type[WebRtc] | type[Silero]) -> None:
    sound = demo(6.0)
    whole = detector().probabilities(sound)
    fed = detector()
    in_parts = np.concatenate([fed.probabilities(part) for part in np.array_split(sound, [100, 7_777, 7_778, 60_000])])
    assert len(whole) == int(6.0 / fed.step_s)
    np.testing.assert_allclose(in_parts, whole, atol=1e-4)
