"""Where an utterance begins and ends, from one answer each 10 ms: is this speech? Pure: no audio, no clock.

speech   ..#.####.##..#####......................
utterance   [---------------|ends_s of silence|     told here, with its end where the speech ended
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass

STEP_S = 0.01


@dataclass(frozen=True, slots=True, kw_only=True)
class EndpointLimits:
    begins_steps: int = 6  # of the last `window_steps`: shorter is a click
    window_steps: int = 10
    ends_s: float = 0.5  # people pause for less within a phrase; each tenth more is waited for after every command
    longest_s: float = 15.0  # then it is told, and the next begins: a recogniser is not to wait for a minute of talk


@dataclass(frozen=True, slots=True, kw_only=True)
class Heard:
    """One utterance."""

    start_s: float
    end_s: float


class Endpoints:
    """Fed step by step; `speaking_since_s` is None in silence."""

    def __init__(self, limits: EndpointLimits, at_s: float = 0.0) -> None:
        self._limits = limits
        self._steps = round(at_s / STEP_S)
        self._recent: deque[bool] = deque(maxlen=limits.window_steps)
        self._start: int | None = None
        self._last = 0  # the step after the last speech

    @property
    def now_s(self) -> float:
        return self._steps * STEP_S

    @property
    def speaking_since_s(self) -> float | None:
        return None if self._start is None else self._start * STEP_S

    @property
    def spoke_until_s(self) -> float:
        """The end of the last speech in an utterance; 0 before the first."""
        return self._last * STEP_S

    def process(self, speech: bool) -> Heard | None:
        """The utterance that ends with this step."""
        self._recent.append(speech)
        self._steps += 1
        if self._start is None:
            if speech and sum(self._recent) >= self._limits.begins_steps:
                self._start = self._steps - len(self._recent) + self._recent.index(True)
                self._last = self._steps
            return None
        if speech:
            self._last = self._steps
        silent = (self._steps - self._last) * STEP_S >= self._limits.ends_s
        long = (self._steps - self._start) * STEP_S >= self._limits.longest_s
        return self.end() if silent or long else None

    def end(self) -> Heard | None:
        """What was begun ends here, as where the coach begins to speak."""
        self._recent.clear()
        if self._start is None:
            return None
        heard = Heard(start_s=self._start * STEP_S, end_s=self._last * STEP_S)
        self._start = None
        return heard
