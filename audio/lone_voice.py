"""What one person sounds like, out of some seconds of them alone; and whether that is what was heard.

sound --pieces of 0.8 s--> embeddings --two centres--> near each other: one voice; far apart: two
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from audio.centres import two_centres
from audio.errors import EngineError
from audio.evidence import FRAME_SAMPLES, Hearing
from audio.level import SILENT_DB
from audio.spans import FRAME_S
from audio.voiceprint import of_unit_length

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    from audio.types import Clip

    Floats = npt.NDArray[np.float32]

SPEECH = 0.5
ONE_VOICE_COSINE = 0.4
"""Parted in two, 8 s of one voice on three telephone calls, a meeting and a dialogue gave 0.43 to 0.80; with 2.5 s of
the other voice in it 0.11 to 0.24, but 0.45 for two voices of one call that are much alike."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class LoneVoice:
    embedding: Floats  # (256,), unit length
    speech_s: float
    level_db: float  # of the speech: 0 is full scale
    alike: float  # cosine of the two halves that differ most

    @property
    def one(self) -> bool:
        """Whether this is one voice."""
        return self.alike >= ONE_VOICE_COSINE


def lone_voice(clip: Clip) -> LoneVoice:
    """Raises EngineError where no speech is heard."""
    import numpy as np

    hearing = Hearing()
    hearing.hear(clip.samples)
    heard = hearing.evidence()
    if not len(heard.embeddings):
        raise EngineError("No voice is heard in this. Speak a whole sentence, nearer to the microphone.")
    frames = clip.samples[: len(heard.silero) * FRAME_SAMPLES].reshape(-1, FRAME_SAMPLES)
    speaking = heard.silero > SPEECH
    power = float(np.square(frames[speaking]).mean()) if speaking.any() else 0.0
    centres = two_centres(heard.embeddings, heard.piece_units)
    return LoneVoice(
        embedding=of_unit_length(heard.piece_units @ heard.embeddings),
        speech_s=float(speaking.sum()) * FRAME_S,
        level_db=max(SILENT_DB, 10 * math.log10(power)) if power else SILENT_DB,
        alike=1.0 if centres is None else float(centres[0] @ centres[1]),
    )
