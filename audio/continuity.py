"""Is the sound complete? Small machines fed with durations; no device, clock or thread.

the clock     |-----------------------------------------> s
the samples   |=========|==========|     |=======|
                                     lost: the clock went on and the samples did not
"""

from __future__ import annotations

from typing import Literal

from audio.types import RATE_HZ

WINDOW_S = 2.0
"""Blocks come late under load and catch up. What is missing is what even the most punctual of so long a time lacks."""
LOST_S = 0.05
"""Less than this in one window is the crystal of the sound card against that of the computer: 50 ms in 2 s is far
more than any drift, and less than the shortest word."""
FLAGGED_LOST_S = 0.01
"""The driver has said that it lost sound, and begins anew after that: then the count is exact."""
GAP_MARGIN_S = 0.25
"""A gap is filled up to so long ago: the first block that comes back brings sound that is older than its arrival."""


class SampleClock:
    """Samples against the clock. Counts what is written, lost or not."""

    def __init__(self) -> None:
        self.samples = 0
        self._start_s: float | None = None
        self._window_end_s = 0.0
        self._least_late_s = float("inf")

    def lost_before(self, arrived_s: float, samples: int, *, broken_off: bool = False) -> int:
        """How many samples are missing before this block of `samples`. `broken_off`: the driver says there are."""
        if self._start_s is None:
            self._start_s = arrived_s - samples / RATE_HZ
            self._open_window(arrived_s)
        late_s = arrived_s - self._start_s - (self.samples + samples) / RATE_HZ
        lost = 0
        if broken_off:
            lost = _samples(late_s) if late_s > FLAGGED_LOST_S else 0
            self._open_window(arrived_s)
        else:
            self._least_late_s = min(self._least_late_s, late_s)
            if arrived_s >= self._window_end_s:
                lost = self._close_window(arrived_s)
        self.samples += lost + samples
        return lost

    def lost_until(self, now_s: float) -> int:
        """How many samples are missing by now, while none come."""
        if self._start_s is None:
            return 0
        lost = max(0, _samples(now_s - GAP_MARGIN_S - self._start_s) - self.samples)
        self.samples += lost
        return lost

    def _open_window(self, now_s: float) -> None:
        self._window_end_s = now_s + WINDOW_S
        self._least_late_s = float("inf")

    def _close_window(self, now_s: float) -> int:
        least_late_s = self._least_late_s
        self._open_window(now_s)
        if least_late_s > LOST_S:
            return _samples(least_late_s)
        assert self._start_s is not None
        self._start_s += least_late_s  # drift, or a first block that came late
        return 0


class Watchdog:
    """PortAudio does not say when a microphone is unplugged: blocks just stop."""

    def __init__(self, first_limit_s: float, limit_s: float) -> None:
        self._limits_s = (first_limit_s, limit_s)
        self.restarted()

    def restarted(self) -> None:
        self._begun = False
        self._quiet_s = 0.0

    def block(self) -> None:
        self._begun = True
        self._quiet_s = 0.0

    def gone(self, quiet_s: float) -> bool:
        """No block for `quiet_s` more. Is the microphone gone?"""
        self._quiet_s += quiet_s
        return self._quiet_s >= self._limits_s[self._begun]


class Punctuality:
    """How evenly the callback was called: what a busy machine costs, before anything is lost by it."""

    def __init__(self, late_s: float) -> None:
        self._late_s = late_s
        self._previous_s: float | None = None
        self.blocks = self.late_blocks = 0
        self.longest_wait_s = 0.0

    def restarted(self) -> None:
        self._previous_s = None

    def block(self, arrived_s: float) -> None:
        if self._previous_s is not None:
            wait_s = arrived_s - self._previous_s
            self.late_blocks += wait_s > self._late_s
            self.longest_wait_s = max(self.longest_wait_s, wait_s)
        self.blocks += 1
        self._previous_s = arrived_s


class MutedWatch:
    """A microphone that works has noise. Nothing but zeros is a switch, or a wrong input."""

    def __init__(self, limit_s: float) -> None:
        self._limit_s = limit_s
        self._zeros_s = 0.0

    def hears(self, length_s: float, *, zeros: bool) -> Literal["muted", "heard"] | None:
        """What has changed with this block."""
        was_muted = self._zeros_s >= self._limit_s
        self._zeros_s = self._zeros_s + length_s if zeros else 0.0
        muted = self._zeros_s >= self._limit_s
        if muted == was_muted:
            return None
        return "muted" if muted else "heard"


def _samples(length_s: float) -> int:
    return round(length_s * RATE_HZ)
