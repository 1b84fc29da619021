"""What a voice sounds like: the pyannote community-1 speaker embedding, split before its pooling.

    sound --fbank--> 100 frames/s x 80 --network--> 12.5 units/s x 2560 --mean and spread over any stretch--> 256

The network is run once over the sound, and any stretch of it, with any weights, is then pooled for next to nothing.
So pieces may be short, overlap as much as is good, and leave out silence and the other voice.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from audio.embedded import EMBEDDING, constant, session, weights
from audio.types import RATE_HZ

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    from audio.types import Samples

    Floats = npt.NDArray[np.float32]

UNIT_FRAMES = 8
UNIT_S = UNIT_FRAMES * 0.01
"""One output of the network before its pooling."""
UNIT_WIDTH = 2560
WIDTH = 256
_BEFORE_POOLING = "/resnet/pool/Reshape_output_0"
_LAST_LAYER = "resnet.seg_1"


class Voiceprint:
    def __init__(self) -> None:
        data = weights(EMBEDDING)
        self._session = session(data, output=_BEFORE_POOLING, optimised=True)
        self._matrix = constant(data, f"{_LAST_LAYER}.weight")  # (256, 5120)
        self._bias = constant(data, f"{_LAST_LAYER}.bias")

    def units(self, features: Floats) -> Floats:
        """The network over filter banks of shape (frames, 80), mean removed: shape (frames / 8, 2560)."""
        import numpy as np

        ones = np.ones((1, len(features)), np.float32)
        (output,) = self._session.run(None, {"fbank": features[None], "weights": ones})
        pooled: Floats = output[0].T
        return pooled

    def embeddings(self, units: Floats, weight: Floats, first: npt.NDArray[np.int64], length: int) -> Floats:
        """Unit-length embeddings of the stretches of `length` units from each of `first`: shape (stretches, 256).

        `weight` (units,) 0-1 says how much of each unit is one voice alone.
        """
        import numpy as np

        within = np.arange(len(units)) - first[:, None]
        stretches = ((within >= 0) & (within < length)).astype(np.float32)  # (stretches, units): summed by one product

        def over(values: Floats) -> Floats:
            summed: Floats = stretches @ values
            return summed

        share = weight[:, None]
        mass = np.maximum(over(share), 1e-6)
        mean = over(units * share) / mass
        spread = np.maximum(over(units * units * share) / mass - mean * mean, 1e-8)
        spread *= mass / np.maximum(mass - over(share * share) / mass, 0.5)  # as the network was trained: unbiased
        pooled = np.concatenate([mean, np.sqrt(spread)], axis=1)
        vectors: Floats = pooled @ self._matrix.T + self._bias
        return of_unit_length(vectors)


def of_unit_length(vectors: Floats) -> Floats:
    import numpy as np

    lengths = np.linalg.norm(vectors, axis=-1, keepdims=True)
    units: Floats = (vectors / np.maximum(lengths, 1e-9)).astype(np.float32)
    return units


def filter_banks(samples: Samples) -> Floats:
    """80 log Mel bands each 10 ms, as the network was trained: Hamming window, no dither, mean not yet removed."""
    import kaldi_native_fbank as knf
    import numpy as np

    options = knf.FbankOptions()
    options.frame_opts.samp_freq = RATE_HZ
    options.frame_opts.window_type = "hamming"
    options.frame_opts.dither = 0.0
    options.mel_opts.num_bins = 80
    bank = knf.OnlineFbank(options)
    bank.accept_waveform(RATE_HZ, samples * 32768)
    bank.input_finished()
    return np.array([bank.get_frame(index) for index in range(bank.num_frames_ready)], np.float32).reshape(-1, 80)
