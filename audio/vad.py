"""Voice activity: is this speech? Two detectors behind one protocol, each fed once, in order, one a channel.

webrtc   2.5 us a frame: the live gate and end-pointing on a weak machine
silero   90 us a step, far better in noise and in short pauses: what is measured with
"""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

from audio.embedded import session
from audio.errors import ModelError
from audio.types import RATE_HZ

if TYPE_CHECKING:
    from audio.types import Samples


class WebRtc:
    """webrtcvad, 10 ms frames: 1 or 0. `aggressiveness` 0-3: the higher, the less passes as speech."""

    name = "webrtcvad"
    step_s = 0.01

    def __init__(self, aggressiveness: int = 2) -> None:
        import numpy as np
        import webrtcvad

        self._detector = webrtcvad.Vad(aggressiveness)
        self._rest: Samples = np.zeros(0, np.float32)

    def probabilities(self, samples: Samples) -> Samples:
        import numpy as np

        step = round(self.step_s * RATE_HZ)
        sound = np.concatenate([self._rest, samples])
        whole = len(sound) // step * step
        self._rest = sound[whole:]
        pcm = (np.clip(sound[:whole], -1, 1) * 32767).astype("<i2").reshape(-1, step)
        return np.array([self._detector.is_speech(row.tobytes(), RATE_HZ) for row in pcm], np.float32)


_STEP = 512
_CONTEXT = 64
_STATE = 128
_STEPS_A_RUN = 4_000
"""Silero 6 at 16 kHz: samples a step, samples of the step before that it hears again, width of its two states;
and how many steps are given to it at once, which bounds the memory."""


class Silero:
    """Silero 6, which faster-whisper carries: a probability for each 32 ms.

    It loses quiet speech between stretches of digital silence, as gated calls and cut recordings have them: a little
    noise under the sound halves what it misses there (stereo calls: 0.039 to 0.015 of speech) and costs nothing
    elsewhere. The noise is 40 dB below the loudest step so far, at most `most_noise`, and always the same.
    """

    name = "silero-v6"
    step_s = _STEP / RATE_HZ

    def __init__(self, most_noise: float = 0.001) -> None:
        import numpy as np

        self._session = session(_silero_bytes())
        self._states = [np.zeros((1, 1, _STATE), np.float32) for _ in range(2)]
        self._context: Samples = np.zeros(_CONTEXT, np.float32)
        self._rest: Samples = np.zeros(0, np.float32)
        self._most_noise = most_noise
        self._loudest = 0.0
        self._noise = np.random.default_rng(0)

    def probabilities(self, samples: Samples) -> Samples:
        import numpy as np

        sound = np.concatenate([self._rest, samples])
        whole = len(sound) // _STEP * _STEP
        self._rest = sound[whole:]
        steps = sound[:whole].reshape(-1, _STEP)
        parts = range(0, len(steps), _STEPS_A_RUN)
        return np.concatenate([self._rest[:0], *(self._run(steps[first : first + _STEPS_A_RUN]) for first in parts)])

    def _run(self, steps: Samples) -> Samples:
        import numpy as np

        loudest = np.maximum.accumulate(np.maximum(np.sqrt(np.mean(steps**2, axis=1)), self._loudest))
        self._loudest = float(loudest[-1])
        under = np.minimum(0.01 * loudest, self._most_noise)[:, None].astype(np.float32)
        sound = np.concatenate(
            [self._context, (steps + under * self._noise.standard_normal(steps.shape, np.float32)).ravel()]
        )
        self._context = sound[-_CONTEXT:]
        starts = np.arange(len(steps)) * _STEP
        rows = sound[starts[:, None] + np.arange(_CONTEXT + _STEP)]
        hidden, cell = self._states
        output, *self._states = self._session.run(None, {"input": rows, "h": hidden, "c": cell})
        probabilities: Samples = output.ravel()
        return probabilities


def _silero_bytes() -> bytes:
    """Looked up without importing faster-whisper, which costs half a second."""
    spec = find_spec("faster_whisper")
    folders = [Path(folder) / "assets" for folder in (spec.submodule_search_locations if spec else None) or ()]
    for folder in folders:
        for path in sorted(folder.glob("silero_vad_v6*.onnx")):
            return path.read_bytes()
    raise ModelError(f"The Silero model is not in {folders}: install faster-whisper 1.1.1 or newer.")
