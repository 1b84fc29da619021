"""How loud sound is, for a meter that people look at."""

from __future__ import annotations

import math

SILENT_DB = -90.0
"""Nothing at all. Speech into a microphone is about -40 to -15; 0 is full scale."""


def level_db(content: bytes) -> float:
    """The root mean square of 16-bit samples, against full scale; SILENT_DB at least."""
    import numpy as np

    if not content:
        return SILENT_DB
    samples = np.frombuffer(content, "<i2").astype(np.float64)
    power = float(np.square(samples / 32768).mean())
    return max(SILENT_DB, 10 * math.log10(power)) if power else SILENT_DB
