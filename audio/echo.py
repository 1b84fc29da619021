"""How late a clip that was played is heard by the microphone: loudspeaker, room and sound server together.

played   |==clip==|                   levels each 10 ms of both, laid over each other;
heard    ......|==clip==|             where they agree best is the delay
         |delay|
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from audio.types import RATE_HZ

if TYPE_CHECKING:
    from audio.types import Clip, Samples

STEP_S = 0.01
MOST_DELAY_S = 2.5
"""A loudspeaker that has to wake up, over a radio link."""
LEAST_SHARE = 0.6
"""Of the clip must have been heard: a word alone is like others."""
LEAST_LIKENESS = 0.7
"""Correlation of the levels in dB. Noise or another voice alone stays under 0.6."""
FLOOR_DB = -80.0


def delay_s(clip: Clip, heard: Samples) -> float | None:
    """`heard` is one channel at RATE_HZ from the moment at which playing was begun. None: the clip is not in it."""
    import numpy as np

    played, room = _levels_db(clip.samples, clip.rate_hz), _levels_db(heard, RATE_HZ)
    least = max(1, round(LEAST_SHARE * len(played)))
    best, found = LEAST_LIKENESS, None
    for delay in range(min(round(MOST_DELAY_S / STEP_S), max(0, len(room) - least + 1))):
        length = min(len(played), len(room) - delay)
        one, other = played[:length], room[delay : delay + length]
        spread = float(one.std() * other.std())
        if spread > 0:
            likeness = float(np.mean((one - one.mean()) * (other - other.mean()))) / spread
            if likeness > best:
                best, found = likeness, delay * STEP_S
    return found


def _levels_db(samples: Samples, rate_hz: int) -> Samples:
    import numpy as np

    step = round(STEP_S * rate_hz)
    framed = samples[: len(samples) // step * step].reshape(-1, step)
    power = np.mean(framed * framed, axis=1) if len(framed) else np.zeros(0, np.float32)
    levels: Samples = (10 * np.log10(np.maximum(power, 10 ** (FLOOR_DB / 10)))).astype(np.float32)
    return levels
