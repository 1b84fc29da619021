"""The recording as it grows: sound, silence in place of lost sound, and what there is to tell about it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from audio import capture_events as events
from audio.continuity import MutedWatch, SampleClock
from audio.lost import LostStretch, mark
from audio.types import RATE_HZ
from audio.wavfile import SAMPLE_BYTES, WavFile

FILL_BLOCK = RATE_HZ  # samples of silence written at a time


class Track:
    """One file, one clock. Each method raises OSError where the disk does not take it."""

    def __init__(
        self, path: Path, file: WavFile, channels: int, muted_s: float, tell: Callable[[events.Event], None]
    ) -> None:
        self._path, self._file, self._tell = path, file, tell
        self._frame_bytes = channels * SAMPLE_BYTES
        self._clock = SampleClock()
        self._muted = MutedWatch(muted_s)
        self._zeros_from = 0
        self._gap: LostStretch | None = None  # still growing, not told yet
        self.lost_samples = 0

    @property
    def samples(self) -> int:
        return self._file.samples

    def take(self, content: bytes, arrived_s: float, *, broken_off: bool) -> None:
        """The next block. `broken_off`: it does not join on to the one before."""
        samples = len(content) // self._frame_bytes
        self._write_lost(self._clock.lost_before(arrived_s, samples, broken_off=broken_off))
        self.end_gap()
        first_sample = self.samples
        self._file.append(content)
        self._watch_for_zeros(first_sample, samples, zeros=content.count(0) == len(content))

    def fill(self, now_s: float) -> None:
        """No sound comes: silence, marked, up to now."""
        self._write_lost(self._clock.lost_until(now_s))

    def end_gap(self) -> None:
        if self._gap:
            self._tell(events.Lost(first_sample=self._gap.first_sample, samples=self._gap.samples))
            self._gap = None

    def _write_lost(self, samples: int) -> None:
        while samples:
            stretch = LostStretch(first_sample=self.samples, samples=min(samples, FILL_BLOCK))
            mark(self._path, stretch)
            self._file.append(bytes(stretch.samples * self._frame_bytes))
            self.lost_samples += stretch.samples
            before = self._gap or LostStretch(first_sample=stretch.first_sample, samples=0)
            self._gap = LostStretch(first_sample=before.first_sample, samples=before.samples + stretch.samples)
            samples -= stretch.samples

    def _watch_for_zeros(self, first_sample: int, samples: int, *, zeros: bool) -> None:
        change = self._muted.hears(samples / RATE_HZ, zeros=zeros)
        if change == "muted":
            self._tell(events.Muted(first_sample=self._zeros_from))
        elif change == "heard":
            self._tell(events.Heard(first_sample=first_sample))
        if not zeros:
            self._zeros_from = first_sample + samples
