"""How likely it is that anybody speaks, and that two do: the pyannote community-1 segmentation, window by window.

    window 10 s --network--> 589 steps x 7 classes: nobody, one of three voices, two of three at once
                --> 1000 frames x (anybody, two)

The network numbers its voices anew in each window, and mixes them when they are short; so only the activity is
taken from it. Who it is comes from the voiceprints.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from audio.embedded import SEGMENTATION, session, weights
from audio.spans import FRAME_S

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    from audio.types import Samples

    Floats = npt.NDArray[np.float32]

WINDOW_S = 10.0
WINDOW_FRAMES = round(WINDOW_S / FRAME_S)
_CLASS_SCORES = "/inner/activation/LogSoftmax_output_0"
_STEP_S = 0.016875
_FIRST_STEP_S = 0.02  # middle of the first step; 0.01-0.05 make no difference to what is scored
_EDGE_S = 2.5
"""The network hears little on one side near a window's edge: its word counts less there."""


class Segmentation:
    def __init__(self) -> None:
        self._session = session(weights(SEGMENTATION), output=_CLASS_SCORES)

    def activity(self, window: Samples) -> Floats:
        """Probabilities that anybody speaks and that two do, for 10 s of sound: shape (1000, 2)."""
        import numpy as np

        (scores,) = self._session.run(None, {"waveforms": window[None, None]})
        classes = np.exp(scores[0])
        at_s = _FIRST_STEP_S + np.arange(len(classes)) * _STEP_S
        frames_s = (np.arange(WINDOW_FRAMES) + 0.5) * FRAME_S
        anybody, two = 1 - classes[:, 0], classes[:, 4:].sum(axis=1)
        columns = [np.interp(frames_s, at_s, column) for column in (anybody, two)]
        activity: Floats = np.stack(columns, axis=1).astype(np.float32)
        return activity


def trust() -> Floats:
    """How much each frame of a window counts where windows overlap: shape (1000, 1), rising from the edges."""
    import numpy as np

    frames_s = (np.arange(WINDOW_FRAMES) + 0.5) * FRAME_S
    rising: Floats = np.clip(np.minimum(frames_s, WINDOW_S - frames_s), 0.05, _EDGE_S).astype(np.float32)
    return rising[:, None]
