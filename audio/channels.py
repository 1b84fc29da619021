"""Who speaks when, where each of two people has a microphone: the channels decide.

first    A ======      (b)     ===      each channel: Silero 6, and its level
second   B   (a)   =======              what leaks in from the other microphone has one level below it: gated
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING

from audio.spans import FRAME_S, SpanLimits, in_order, spans_of, tidy
from audio.types import RATE_HZ, Voices
from audio.vad import Silero

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    from audio.spans import Mask
    from audio.types import Frame, Samples

    Floats = npt.NDArray[np.float32]

ENGINE = "one microphone each (Silero 6, cross-talk gated by level)"
FRAME_SAMPLES = round(FRAME_S * RATE_HZ)
_AROUND_FRAMES = 15
"""Levels are compared over 150 ms: syllables, not glottal pulses."""
_QUIETEST_DB = -100.0
_LATE = (0, 128, 256, 384)
"""Samples by which four detectors are late. Silero hears in steps of 32 ms, and where these fall moves the edges of
what is hardly speech: the mean of four moves less. Of the spans of three calls, heard again some milliseconds later,
1.3 % began or ended elsewhere by 0.15 s or more; with one detector 4.0 %."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ChannelOptions:
    """None of these judges a person."""

    spans: SpanLimits = field(default_factory=SpanLimits)
    speech_probability: float = 0.15  # 0.1-0.25 differ by less than 0.01 of speech
    certain_probability: float = 0.5  # the leak is measured where the other plainly speaks
    over_leak_db: float = 6.0  # own speech is this much above what leaks in; 3-9 make little difference
    apart_db: float = 6.0  # one person's channel is this much above the other's while they speak
    apart_share: float = 0.03  # of loud frames, on each side: then each channel is one person's
    loud_db: float = 20.0  # frames no further than this below the loudest twentieth


class Channels:
    """A SpeakerTracker for two channels with one person each."""

    name = ENGINE

    def __init__(self, options: ChannelOptions, names: tuple[str, ...] | None = None) -> None:
        import numpy as np

        self._options = options
        self._names = names
        self._detectors = tuple([_LateSilero(samples) for samples in _LATE] for _ in range(2))
        self._powers: list[Floats] = []
        self._rest: Samples = np.zeros((0, 2), np.float32)

    def feed(self, frame: Frame) -> None:
        import numpy as np

        for channel, detectors in enumerate(self._detectors):
            for detector in detectors:
                detector.hear(frame.samples[:, channel])
        sound = np.concatenate([self._rest, frame.samples])
        whole = len(sound) // FRAME_SAMPLES * FRAME_SAMPLES
        self._powers.append(powers(sound))
        self._rest = sound[whole:].copy()

    def voices(self) -> Voices:
        import numpy as np

        power = np.concatenate([np.zeros((0, 2), np.float32), *self._powers])
        speech = np.stack(
            [
                np.mean([detector.probability(len(power)) for detector in detectors], axis=0)
                for detectors in self._detectors
            ],
            axis=1,
        )
        return who(speech, power, self._options, self._names)


class _LateSilero:
    """Silero with its steps shifted."""

    def __init__(self, late_samples: int) -> None:
        import numpy as np

        self._late_s = late_samples / RATE_HZ
        self._detector = Silero()
        self._steps = [np.zeros(1, np.float32), self._detector.probabilities(np.zeros(late_samples, np.float32))]

    def hear(self, samples: Samples) -> None:
        self._steps.append(self._detector.probabilities(samples))

    def probability(self, frames: int) -> Floats:
        """Of speech, for each frame so far."""
        import numpy as np

        steps = np.concatenate(self._steps)
        middles_s = (np.arange(len(steps)) - 0.5) * Silero.step_s - self._late_s
        probability: Floats = np.interp((np.arange(frames) + 0.5) * FRAME_S, middles_s, steps).astype(np.float32)
        return probability


def who(speech: Floats, power: Floats, options: ChannelOptions, names: tuple[str, ...] | None = None) -> Voices:
    """Spans out of each channel's probability of speech and its power, both of shape (frames, 2). Pure."""
    masks = [tidy(mask, options.spans) for mask in _ungated(speech, power, options)]
    if names is None:
        second_begins = masks[1].any() and (not masks[0].any() or masks[1].argmax() < masks[0].argmax())
        names = ("B", "A") if second_begins else ("A", "B")

    def probability(channel: int, start: int, end: int) -> float:
        return round(float(speech[start:end, channel].mean()), 3)

    groups = [spans_of(names[channel], masks[channel], partial(probability, channel)) for channel in (0, 1)]
    found = sum(bool(group) for group in groups)
    return Voices(
        spans=in_order(*groups),
        engine=ENGINE,
        duration_s=round(len(speech) * FRAME_S, 3),
        voices_found=found,
        channels=names,
        cautions=("Only one of the two channels has speech in it.",) if found == 1 else (),
    )


def one_person_each(sound: Samples, options: ChannelOptions) -> bool:
    """Does each of two channels belong to one person? Shape (samples, 2).

    A room in stereo, or a mix on both channels, has everybody at nearly the same level on both.
    """
    import numpy as np

    level = _level_db(powers(sound))
    if not len(level):
        return False
    loud = level.max(axis=1)
    loud_frames = loud > max(np.quantile(loud, 0.95) - options.loud_db, _QUIETEST_DB + 1)
    difference = (level[:, 0] - level[:, 1])[loud_frames]
    if not len(difference):
        return False
    shares = (np.mean(difference > options.apart_db), np.mean(difference < -options.apart_db))
    return bool(min(shares) >= options.apart_share)


def powers(sound: Samples) -> Floats:
    """Mean square of each whole 10 ms: shape (samples, channels) to (frames, channels)."""
    import numpy as np

    whole = len(sound) // FRAME_SAMPLES * FRAME_SAMPLES
    framed = sound[:whole].reshape(-1, FRAME_SAMPLES, sound.shape[1])
    mean: Floats = np.mean(framed**2, axis=1, dtype=np.float32)
    return mean


def _ungated(speech: Floats, power: Floats, options: ChannelOptions) -> list[Mask]:
    """Where each channel has speech of its own: louder, against the other channel, than the other's leak into it."""
    import numpy as np

    level = _level_db(power)
    masks = []
    for own, other in ((0, 1), (1, 0)):
        over = level[:, own] - level[:, other]
        others = (speech[:, other] > options.certain_probability) & (over < -options.apart_db / 2)
        leak = float(np.median(over[others])) if others.any() else -np.inf
        masks.append((speech[:, own] > options.speech_probability) & (over > leak + options.over_leak_db))
    return masks


def _level_db(power: Floats) -> Floats:
    """Smoothed over 150 ms."""
    import numpy as np

    if not len(power):
        return power
    sums = np.cumsum(
        np.pad(power, ((_AROUND_FRAMES // 2 + 1, _AROUND_FRAMES // 2), (0, 0)), mode="edge"), axis=0, dtype=np.float64
    )
    smooth = (sums[_AROUND_FRAMES:] - sums[:-_AROUND_FRAMES]) / _AROUND_FRAMES
    level: Floats = (10 * np.log10(np.maximum(smooth, 10 ** (_QUIETEST_DB / 10)))).astype(np.float32)
    return level
