"""Is it a person, or the coach's own voice coming back from the loudspeaker? Told by loudness in bands, while it plays.

What comes back is what was played a moment ago, as loud as this room makes it: how loud is learned, band by band, from
what is heard while the coach speaks. Somebody speaks where several bands are plainly louder than that.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass
from typing import TYPE_CHECKING

from audio.types import RATE_HZ

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    from audio.types import Samples

    Bands = npt.NDArray[np.float64]

STEP = 512
"""Samples, as the voice activity steps."""
EDGES_HZ = (200, 300, 400, 520, 660, 820, 1000, 1250, 1550, 1900, 2300, 2800, 3400, 4200, 5200, 6500)


@dataclass(frozen=True, slots=True, kw_only=True)
class EchoLimits:
    reach_s: float = 0.5  # sound and room take so long from the coach to the microphone, at most
    learned_s: float = 1.0  # of the coach's own speech, before the echo is known well enough to be told apart
    remembered_s: float = 12.0
    usual: float = 0.95  # of what was heard while the coach spoke is no louder than the echo
    louder: float = 4.0  # in power: 6 dB over the echo
    bands: int = 4  # so many of them at once are a voice
    floor: float = 1e-7  # power of a step: less is nothing


class Echo:
    """Fed with what is played and with what is heard, each step of STEP samples on one clock."""

    def __init__(self, limits: EchoLimits) -> None:
        import numpy as np

        self._limits = limits
        self._window = np.hanning(STEP).astype(np.float32)
        self._edges = np.searchsorted(np.fft.rfftfreq(STEP, 1 / RATE_HZ), EDGES_HZ)
        self._played: deque[tuple[int, Bands]] = deque()  # by step
        self._rest: Samples = np.zeros(0, np.float32)
        self._ratios: deque[Bands] = deque(maxlen=round(limits.remembered_s * RATE_HZ / STEP))
        self._gains: Bands | None = None
        self._noise: Bands | None = None

    def play(self, step: int, samples: Samples) -> None:
        """The coach speaks these, which end about at that step; pieces of one speech, one after the other."""
        import numpy as np

        self._rest = np.concatenate([self._rest, samples])
        whole = len(self._rest) // STEP
        for at in range(whole):
            self._played.append((step, self._bands(self._rest[at * STEP : (at + 1) * STEP])))
        self._rest = self._rest[whole * STEP :]

    def possible(self, step: int) -> bool:
        """Whether anything of the coach's may be heard at that step."""
        reach = round(self._limits.reach_s * RATE_HZ / STEP)
        while self._played and self._played[0][0] < step - reach:
            self._played.popleft()
        return bool(self._played) and self._played[0][0] <= step

    def is_person(self, step: int, samples: Samples) -> bool:
        """Whether more is heard than the coach. True where the coach is silent; False until the echo is known."""
        import numpy as np

        heard = self._bands(samples)
        if not self.possible(step):
            before = heard if self._noise is None else self._noise
            self._noise = np.minimum(1.05 * before, 0.9 * before + 0.1 * heard)
            return True
        floor = np.full_like(heard, self._limits.floor) if self._noise is None else self._noise + self._limits.floor
        came = np.max([bands for at, bands in self._played if at <= step], axis=0)
        known = len(self._ratios) * STEP / RATE_HZ >= self._limits.learned_s
        if known and self._gains is not None:
            over = heard > self._limits.louder * (self._gains * came + floor)
            if int(over.sum()) >= self._limits.bands:
                return True
        if came.max() > 100 * self._limits.floor:
            self._ratios.append(np.maximum(heard - floor, 0) / np.maximum(came, self._limits.floor))
            if len(self._ratios) % 4 == 0:
                self._gains = np.quantile(np.array(self._ratios), self._limits.usual, axis=0)
        return False

    def _bands(self, samples: Samples) -> Bands:
        """Power in each band of one step."""
        import numpy as np

        power = np.abs(np.fft.rfft(samples * self._window)) ** 2 / STEP**2
        return np.add.reduceat(power, self._edges)[:-1].astype(np.float64)
