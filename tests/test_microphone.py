from __future__ import annotations

import json
import os
import signal
import stat
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from audio import capture_events as events
from audio.microphone import open_microphone
from audio.recording import open_recording
from audio.types import RATE_HZ
from tests.virtual_microphone import heard_ramp, playing, samples_of, virtual_microphone, write_ramp


@pytest.fixture(scope="module")
def room() -> Iterator[dict[str, str]]:
    with virtual_microphone() as environment:
        yield environment


def test_what_is_played_is_what_is_recorded_and_heard_while_it_is(room: dict[str, str], tmp_path: Path) -> None:
    ramp = write_ramp(tmp_path / "ramp.wav", 4)
    microphone = open_microphone(tmp_path / "session")
    live = []
    with playing(ramp) as player:
        for frame in microphone.frames():
            live.append(frame)
            if player.poll() is not None:
                break
    stopped = microphone.stop()
    assert not microphone.recording
    assert stopped.reason == "asked"
    assert (stopped.lost_samples, stopped.overflows) == (0, 0)

    saved = samples_of(microphone.path)
    assert len(saved) == stopped.samples
    heard = heard_ramp(saved)
    assert heard.lost == 0
    assert heard.samples > 3.5 * RATE_HZ
    followed = np.concatenate([frame.samples[:, 0] for frame in live])
    assert [frame.first_sample for frame in live] == list(np.cumsum([0, *(len(frame.samples) for frame in live[:-1])]))
    assert np.array_equal(np.round(followed * 32768), saved[: len(followed)])
    again = np.concatenate([frame.samples[:, 0] for frame in open_recording(microphone.path).frames()])
    assert np.array_equal(np.round(again * 32768), saved)
    assert np.array_equal(np.concatenate([f.samples[:, 0] for f in microphone.frames()]), again)
