"""One short utterance read several ways: a small recogniser that mangles two words at one speed reads them at another.

Of ten two-word commands in eight synthetic voices the first reading alone gave 73 of 80, any of the four 79.
"""

from __future__ import annotations

from collections.abc import Iterator

from audio.types import Clip, Transcriber

LONGEST_S = 4.0
"""Longer is speech, and is read once."""
SPEEDS = (1 / 1.12, 1 / 0.9)
"""Slower and faster by about a tenth."""
SILENCE_S = 0.5


def readings(clip: Clip, transcriber: Transcriber) -> Iterator[str]:
    """The text as it is, then slower, faster, and with silence around it; each is recognised when it is asked for.

    Raises EngineError where the engine fails.
    """
    import numpy as np
    import soxr

    yield transcriber.transcribe(clip).text
    if clip.duration_s > LONGEST_S:
        return
    for speed in SPEEDS:
        samples = soxr.resample(clip.samples, clip.rate_hz * speed, clip.rate_hz)
        yield transcriber.transcribe(Clip(samples=samples, rate_hz=clip.rate_hz)).text
    samples = np.pad(clip.samples, round(SILENCE_S * clip.rate_hz))
    yield transcriber.transcribe(Clip(samples=samples, rate_hz=clip.rate_hz)).text
