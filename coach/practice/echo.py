"""Is it a person, or the coach's own voice coming back from the loudspeaker? Told by loudness in bands, while it plays.

What comes back is what was played a moment ago, as loud as this room makes it. How long ago and how loud is learned,
band by band, from what is heard while the coach speaks. Somebody speaks where several bands are plainly louder.
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

NEAR = 4
"""Steps by which one line may come back earlier or later than another: streams do not open equally fast."""
LEARN_EVERY = 8
"""Steps."""


@dataclass(frozen=True, slots=True, kw_only=True)
class EchoLimits:
    reach_s: float = 0.6  # sound system and room take no longer from the coach to the microphone
    learned_s: float = 2.5  # of the coach's own speech, before the echo is known well enough to be told apart
    remembered_s: float = 10.0
    usual: float = 0.85  # of what is heard while the coach speaks is no louder than the echo is taken to be
    telling: float = 0.01  # of its loudest, in power: what is played in a band more softly tells nothing of its echo
    louder: float = 3.0  # in power: 5 dB over the echo
    over_noise: float = 10.0  # in power: 10 dB over the noise of the room
    bands: int = 2  # so many of them at once are a voice
    fades: float = 0.5  # of the echo's power, from step to step
    floor: float = 1e-8  # power in a band: less is nothing


class Echo:
    """Fed with what is played and with what is heard, each step of STEP samples on one clock."""

    def __init__(self, limits: EchoLimits) -> None:
        import numpy as np

        self._limits = limits
        self._window = np.hanning(STEP).astype(np.float32)
        self._edges = np.searchsorted(np.fft.rfftfreq(STEP, 1 / RATE_HZ), EDGES_HZ)
        self._silence: Bands = np.zeros(len(EDGES_HZ) - 1)
        self._rest: Samples = np.zeros(0, np.float32)
        self._reach = round(limits.reach_s * RATE_HZ / STEP)
        self._played: dict[int, Bands] = {}  # by step
        self._next = 0  # step to which the next piece belongs
        self._spans: deque[list[int]] = deque(maxlen=3)  # first and last step at which the coach may be heard
        self._heard: deque[tuple[Bands, Bands]] = deque(maxlen=round(limits.remembered_s * RATE_HZ / STEP))
        self._past: deque[Bands] = deque([self._silence] * (self._reach + 1), maxlen=self._reach + 1)
        self._delay = 0
        self._since = 0  # steps since it was learned last
        self._gains: Bands | None = None
        self._tail = self._silence
        self._noise: Bands | None = None

    def play(self, step: int, samples: Samples) -> None:
        """The coach speaks these at that step; pieces of one speech, one after the other."""
        import numpy as np

        if not self._spans or step > self._spans[-1][1]:
            self._spans.append([step, step])
        self._next = max(self._next, step)
        self._rest = np.concatenate([self._rest, samples])
        whole = len(self._rest) // STEP
        for at in range(whole):
            self._played[self._next] = self._bands(self._rest[at * STEP : (at + 1) * STEP])
            self._next += 1
        self._rest = self._rest[whole * STEP :]
        self._spans[-1][1] = self._next + self._reach

    def possible(self, step: int) -> bool:
        """Whether anything of the coach's may be heard at that step."""
        return any(first <= step <= last for first, last in self._spans)

    def is_person(self, step: int, samples: Samples) -> bool:
        """Whether more is heard than the coach. True where the coach is silent; False until the echo is known."""
        import numpy as np

        heard = self._bands(samples)
        self._past.append(self._played.pop(step, self._silence))
        if not self.possible(step):
            before = heard if self._noise is None else self._noise
            self._noise = np.minimum(1.01 * before, 0.9 * before + 0.1 * heard)
            return True
        floor = self._limits.floor + (self._silence if self._noise is None else self._noise)
        person = self._louder(heard, floor)
        self._learn(np.maximum(heard - floor, 0))
        return person

    def _louder(self, heard: Bands, floor: Bands) -> bool:
        import numpy as np

        if self._gains is None:
            return False
        at = len(self._past) - 1 - self._delay
        near = [self._past[max(0, min(at + by, len(self._past) - 1))] for by in range(-NEAR, NEAR + 1)]
        self._tail = np.maximum(np.max(near, axis=0), self._limits.fades * self._tail)
        over = heard > self._limits.louder * self._gains * self._tail + self._limits.over_noise * floor
        return int(over.sum()) >= self._limits.bands

    def _learn(self, heard: Bands) -> None:
        """How late the coach's voice comes back, and how loud. Who speaks into it is a small part of it all."""
        import numpy as np

        self._heard.append((heard, np.array(self._past)))
        self._since += 1
        if self._since < LEARN_EVERY:
            return
        self._since = 0
        came = np.array([one for one, _ in self._heard])  # steps, bands
        past = np.array([one for _, one in self._heard])[:, ::-1]  # steps, how long ago, bands
        loud = np.sqrt(came)
        matches = [float((loud * np.sqrt(past[:, ago])).sum()) for ago in range(past.shape[1])]
        sizes = [float(np.sqrt(past[:, ago].sum()) + 1e-12) for ago in range(past.shape[1])]
        self._delay = int(np.argmax([match / size for match, size in zip(matches, sizes, strict=True)]))
        near = past[:, max(0, self._delay - NEAR) : self._delay + NEAR + 1].max(axis=1)
        speaking = near.sum(axis=1) > 100 * self._limits.floor
        if speaking.sum() * STEP / RATE_HZ >= self._limits.learned_s:
            telling = near >= self._limits.telling * near.max(axis=0)
            ratios = np.where(telling, came / np.maximum(near, self._limits.floor), np.nan)
            self._gains = np.nanquantile(ratios, self._limits.usual, axis=0)

    def _bands(self, samples: Samples) -> Bands:
        """Power in each band of one step."""
        import numpy as np

        power = np.abs(np.fft.rfft(samples * self._window)) ** 2 / STEP**2
        return np.add.reduceat(power, self._edges)[:-1].astype(np.float64)
