"""What one mixed channel says about who speaks when, gathered window by window while the sound comes in.

    sound   |------- window, 10 s -------|
                        |------- the next, 4.8 s later -------|
    step    |-----------|                  settled by the first: activity, and the voiceprint's units
    pieces  == == == ==                    embeddings of 0.8 s, each 0.24 s

Of each second 0.8 kB of activity and 4 kB of embeddings are kept; of the sound, only what the next window needs.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from audio.segmentation import WINDOW_FRAMES, Segmentation, trust
from audio.spans import FRAME_S
from audio.types import RATE_HZ
from audio.vad import Silero
from audio.voiceprint import UNIT_FRAMES, UNIT_WIDTH, WIDTH, Voiceprint, filter_banks

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    from audio.types import Samples

    Floats = npt.NDArray[np.float32]

FRAME_SAMPLES = round(FRAME_S * RATE_HZ)
WINDOW_SAMPLES = WINDOW_FRAMES * FRAME_SAMPLES
STEP_UNITS = 60
STEP_FRAMES = STEP_UNITS * UNIT_FRAMES
STEP_SAMPLES = STEP_FRAMES * FRAME_SAMPLES
"""4.8 s between windows: a whole number of frames, of the voiceprint's units and of pieces."""
AROUND_FRAMES = 2 * UNIT_FRAMES
AROUND_SAMPLES = AROUND_FRAMES * FRAME_SAMPLES
"""Sound on each side of a step that the voiceprint's network hears as well."""

PIECE_UNITS = 10
PIECE_STEP_UNITS = 3
"""0.8 s each 0.24 s. Pieces of 0.5 to 1.5 s tell voices apart equally well (0.3-0.6 % of frames confused on four
recordings); short ones follow a change of speaker more closely."""
LEAST_PIECE_UNITS = 2.0
"""A piece holds at least 0.16 s of one voice alone."""
_NOBODY = 0.05
"""Where the likeliest unit of a step is below this, its voices are not looked at."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Evidence:
    """What is known of a stretch of sound, on frames of 10 ms."""

    activity: Floats  # (frames, 2) probability that anybody speaks, and that two do, by the segmentation
    silero: Floats  # (frames,) probability of speech, by Silero
    embeddings: Floats  # (pieces, 256), unit length
    piece_frames: Floats  # (pieces,) the frame at the middle of each piece, rising
    piece_units: Floats  # (pieces,) how many units of one voice alone are in it


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Step:
    """What one window settles."""

    activity: Floats
    embeddings: Floats
    piece_frames: Floats
    piece_units: Floats


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Carry:
    """What one window leaves to the next."""

    frame: int  # where the next window starts
    blended: Floats  # (1000, 2) sums of activity by trust, over the next window
    trusted: Floats  # (1000, 1) sums of trust
    units: Floats  # (PIECE_UNITS, 2560) the last units before the next window
    alone: Floats  # (PIECE_UNITS,) how much of each is one voice alone


class Hearing:
    """Takes sound in, in order; tells at any time what is known so far."""

    def __init__(self) -> None:
        import numpy as np

        self._segmentation = Segmentation()
        self._voiceprint = Voiceprint()
        self._silero = Silero()
        self._trust = trust()
        self._silero_steps: list[Samples] = []
        self._steps: list[_Step] = []
        self._carry = _Carry(
            frame=0,
            blended=np.zeros((WINDOW_FRAMES, 2), np.float32),
            trusted=np.zeros((WINDOW_FRAMES, 1), np.float32),
            units=np.zeros((PIECE_UNITS, UNIT_WIDTH), np.float32),
            alone=np.zeros(PIECE_UNITS, np.float32),
        )
        self._sound: list[Samples] = [np.zeros(AROUND_SAMPLES, np.float32)]  # from a little before the next window
        self._waiting = 0  # samples in it, without that little
        self._heard = 0

    def hear(self, samples: Samples) -> None:
        """One channel, shape (n,)."""
        import numpy as np

        self._silero_steps.append(self._silero.probabilities(samples))
        self._sound.append(samples)
        self._waiting += len(samples)
        self._heard += len(samples)
        if self._waiting < WINDOW_SAMPLES:
            return
        sound = np.concatenate(self._sound)
        while self._waiting >= WINDOW_SAMPLES:
            step, self._carry = self._advance(self._carry, sound[: AROUND_SAMPLES + WINDOW_SAMPLES], STEP_FRAMES)
            self._steps.append(step)
            sound = sound[STEP_SAMPLES:]
            self._waiting -= STEP_SAMPLES
        self._sound = [sound.copy()]

    def evidence(self) -> Evidence:
        """Of all sound so far. The last window is filled up with silence; nothing is settled by it."""
        import numpy as np

        frames = self._heard // FRAME_SAMPLES
        rest, _ = self._advance(self._carry, np.concatenate(self._sound), frames - self._carry.frame)
        steps = [*self._steps, rest]
        silero = np.concatenate([np.zeros(1, np.float32), *self._silero_steps])
        middles = (np.arange(len(silero)) - 0.5) * self._silero.step_s / FRAME_S
        return Evidence(
            activity=np.concatenate([step.activity for step in steps]),
            silero=np.interp(np.arange(frames) + 0.5, middles, silero).astype(np.float32),
            embeddings=np.concatenate([step.embeddings for step in steps]),
            piece_frames=np.concatenate([step.piece_frames for step in steps]),
            piece_units=np.concatenate([step.piece_units for step in steps]),
        )

    def _advance(self, carry: _Carry, sound: Samples, frames: int) -> tuple[_Step, _Carry]:
        """Settle the first `frames` of a window. `sound` begins AROUND_SAMPLES before it and may end early."""
        import numpy as np

        heard = len(sound)
        sound = np.pad(sound, (0, AROUND_SAMPLES + WINDOW_SAMPLES - heard))
        blended = carry.blended + self._trust * self._segmentation.activity(sound[AROUND_SAMPLES:])
        trusted = carry.trusted + self._trust
        activity = blended[:frames] / trusted[:frames]

        alone = activity[:, 0] * (1 - activity[:, 1])
        alone = np.pad(alone, (0, -len(alone) % UNIT_FRAMES)).reshape(-1, UNIT_FRAMES).mean(axis=1)
        units = np.concatenate([carry.units, self._units(sound, heard, alone)])
        alone = np.concatenate([carry.alone, alone])
        ahead = np.zeros((STEP_FRAMES, 2), np.float32)
        left = _Carry(
            frame=carry.frame + STEP_FRAMES,
            blended=np.concatenate([blended[STEP_FRAMES:], ahead]),
            trusted=np.concatenate([trusted[STEP_FRAMES:], ahead[:, :1]]),
            units=units[-PIECE_UNITS:],
            alone=alone[-PIECE_UNITS:],
        )
        return self._step(carry.frame, activity, units, alone), left

    def _units(self, sound: Samples, heard: int, alone: Floats) -> Floats:
        """The voiceprint's units of a step, shape (len(alone), 2560); only `heard` samples of `sound` are real."""
        import numpy as np

        units = np.zeros((len(alone), UNIT_WIDTH), np.float32)
        spoken = np.flatnonzero(alone > _NOBODY)
        if len(spoken):
            first, end = spoken[0], spoken[-1] + 1  # the network is the dearest part: it hears no silence around speech
            banks = filter_banks(sound)
            banks -= banks[AROUND_FRAMES : heard // FRAME_SAMPLES].mean(axis=0)
            around = AROUND_FRAMES // UNIT_FRAMES
            found = self._voiceprint.units(banks[first * UNIT_FRAMES : end * UNIT_FRAMES + 2 * AROUND_FRAMES])
            found = found[around : around + end - first]
            units[first : first + len(found)] = found
        return units

    def _step(self, first_frame: int, activity: Floats, units: Floats, alone: Floats) -> _Step:
        import numpy as np

        first = np.arange(0, len(units) - PIECE_UNITS, PIECE_STEP_UNITS)
        sums = np.concatenate([[0.0], np.cumsum(alone)])
        mass = (sums[first + PIECE_UNITS] - sums[first]).astype(np.float32)
        first, mass = first[mass >= LEAST_PIECE_UNITS], mass[mass >= LEAST_PIECE_UNITS]
        return _Step(
            activity=activity,
            embeddings=self._voiceprint.embeddings(units, alone, first, PIECE_UNITS)
            if len(first)
            else np.zeros((0, WIDTH), np.float32),
            piece_frames=(first_frame + (first - PIECE_UNITS / 2) * UNIT_FRAMES).astype(np.float32),
            piece_units=mass,
        )
