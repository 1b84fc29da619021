"""The small copy of a recording: the same sound, at the same times, in far fewer bytes."""

from __future__ import annotations

from io import BytesIO
from pathlib import Path

import numpy as np
import pytest
import soundfile

from audio.compressed import compressed
from audio.errors import RecordingError
from audio.recording import open_recording

RATE_HZ = 16_000


def bursts(seconds: int) -> np.ndarray:
    """A tone of half a second at each second, a little louder each time."""
    time_s = np.arange(seconds * RATE_HZ) / RATE_HZ
    return (np.sin(2 * np.pi * 440 * time_s) * (time_s % 1 < 0.5) * (0.2 + 0.02 * time_s)).astype(np.float32)


def test_the_copy_is_small_and_on_the_clock_of_the_recording(tmp_path: Path) -> None:
    sound = bursts(20)
    soundfile.write(tmp_path / "a.wav", np.stack([sound, np.zeros_like(sound)], axis=1), RATE_HZ)
    data = compressed(open_recording(tmp_path / "a.wav"))
    assert len(data) < 20 * 24_000 / 8 * 1.3
    heard, rate_hz = soundfile.read(BytesIO(data), dtype="float32")
    assert heard.ndim == 1
    assert len(heard) / rate_hz == pytest.approx(20, abs=0.1)
    step = rate_hz // 100
    loud = np.abs(heard[: len(heard) // step * step]).reshape(-1, step).max(axis=1) > 0.05
    begins_s = np.flatnonzero(np.diff(loud.astype(int)) == 1) / 100
    assert begins_s == pytest.approx(np.arange(1, 20) - 0.01, abs=0.025)


def test_other_rates_and_one_channel(tmp_path: Path) -> None:
    soundfile.write(tmp_path / "a.flac", bursts(3)[::2], RATE_HZ // 2)
    assert soundfile.info(BytesIO(compressed(open_recording(tmp_path / "a.flac")))).duration == pytest.approx(
        3, abs=0.1
    )


def test_a_recording_that_went_away_is_an_error_of_ours(tmp_path: Path) -> None:
    soundfile.write(tmp_path / "a.wav", bursts(1), RATE_HZ)
    recording = open_recording(tmp_path / "a.wav")
    (tmp_path / "a.wav").unlink()
    with pytest.raises(RecordingError):
        compressed(recording)
