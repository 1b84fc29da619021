"""What one mixed channel says about who speaks when, gathered window by window while the sound comes in.

    sound   |------- window, 10 s -------|
                        |------- the next, 4.8 s later -------|
    step    |-----------|                  settled by the first: activity, and the voiceprint's units
    pieces  == == == ==                    embeddings of 0.8 s, each 0.24 s

Of each second 0.8 kB of activity and 4 kB of embeddings are kept; of the sound, only what the next window needs.
"""

from __future__ import annotations

from collections import deque
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from typing import TYPE_CHECKING

from audio.embedded import THREADS
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
MOST_BEGUN = 2 * THREADS
"""Steps under way at once: enough that no thread waits, few enough that memory stays even."""
DIGITAL_SILENCE = -10.0
"""Log energy in the loudest band: a frame of zeros, -16, lies below, the quietest real sound above. Zeros stand where
sound was lost or must not be heard, and they are no part of how a room and its microphone sound on average."""
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


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Begun:
    """A step whose voiceprint is still being worked out, in another thread."""

    frame: int
    activity: Floats
    alone: Floats  # how much of each unit is one voice alone
    units: Future[Floats]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Left:
    """What one step leaves to the pieces of the next."""

    units: Floats  # (PIECE_UNITS, 2560) its last units
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
        )
        self._left = _Left(
            units=np.zeros((PIECE_UNITS, UNIT_WIDTH), np.float32), alone=np.zeros(PIECE_UNITS, np.float32)
        )
        self._workers = ThreadPoolExecutor(THREADS, thread_name_prefix="voiceprint")
        self._begun: deque[_Begun] = deque()
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
            begun, self._carry = self._begin(self._carry, sound[: AROUND_SAMPLES + WINDOW_SAMPLES], STEP_FRAMES)
            self._begun.append(begun)
            if len(self._begun) > MOST_BEGUN:
                self._settle()
            sound = sound[STEP_SAMPLES:]
            self._waiting -= STEP_SAMPLES
        self._sound = [sound.copy()]

    def evidence(self) -> Evidence:
        """Of all sound so far. The last window is filled up with silence; nothing is settled by it."""
        import numpy as np

        frames = self._heard // FRAME_SAMPLES
        while self._begun:
            self._settle()
        rest, _ = self._begin(self._carry, np.concatenate(self._sound), frames - self._carry.frame)
        steps = [*self._steps, self._step(rest, self._left)[0]]
        silero = np.concatenate([np.zeros(1, np.float32), *self._silero_steps])
        middles = (np.arange(len(silero)) - 0.5) * self._silero.step_s / FRAME_S
        return Evidence(
            activity=np.concatenate([step.activity for step in steps]),
            silero=np.interp(np.arange(frames) + 0.5, middles, silero).astype(np.float32),
            embeddings=np.concatenate([step.embeddings for step in steps]),
            piece_frames=np.concatenate([step.piece_frames for step in steps]),
            piece_units=np.concatenate([step.piece_units for step in steps]),
        )

    def _begin(self, carry: _Carry, sound: Samples, frames: int) -> tuple[_Begun, _Carry]:
        """Hear the first `frames` of a window. `sound` begins AROUND_SAMPLES before it and may end early."""
        import numpy as np

        heard = len(sound)
        sound = np.pad(sound, (0, AROUND_SAMPLES + WINDOW_SAMPLES - heard))
        blended = carry.blended + self._trust * self._segmentation.activity(sound[AROUND_SAMPLES:])
        trusted = carry.trusted + self._trust
        activity = blended[:frames] / trusted[:frames]

        alone = activity[:, 0] * (1 - activity[:, 1])
        alone = np.pad(alone, (0, -len(alone) % UNIT_FRAMES)).reshape(-1, UNIT_FRAMES).mean(axis=1)
        ahead = np.zeros((STEP_FRAMES, 2), np.float32)
        next_carry = _Carry(
            frame=carry.frame + STEP_FRAMES,
            blended=np.concatenate([blended[STEP_FRAMES:], ahead]),
            trusted=np.concatenate([trusted[STEP_FRAMES:], ahead[:, :1]]),
        )
        units = self._workers.submit(self._units, sound, heard, alone)
        return _Begun(frame=carry.frame, activity=activity, alone=alone, units=units), next_carry

    def _units(self, sound: Samples, heard: int, alone: Floats) -> Floats:
        """The voiceprint's units of a step, shape (len(alone), 2560); only `heard` samples of `sound` are real."""
        import numpy as np

        units = np.zeros((len(alone), UNIT_WIDTH), np.float32)
        spoken = np.flatnonzero(alone > _NOBODY)
        if len(spoken):
            first, end = spoken[0], spoken[-1] + 1  # the network is the dearest part: it hears no silence around speech
            banks = filter_banks(sound)
            real = banks[AROUND_FRAMES : heard // FRAME_SAMPLES]
            sounding = real.max(axis=1) > DIGITAL_SILENCE
            banks -= real[sounding].mean(axis=0) if sounding.any() else 0.0
            around = AROUND_FRAMES // UNIT_FRAMES
            found = self._voiceprint.units(banks[first * UNIT_FRAMES : end * UNIT_FRAMES + 2 * AROUND_FRAMES])
            found = found[around : around + end - first]
            units[first : first + len(found)] = found
        return units

    def _settle(self) -> None:
        """Finish the oldest step that is begun."""
        step, self._left = self._step(self._begun.popleft(), self._left)
        self._steps.append(step)

    def _step(self, begun: _Begun, left: _Left) -> tuple[_Step, _Left]:
        import numpy as np

        units = np.concatenate([left.units, begun.units.result()])
        alone = np.concatenate([left.alone, begun.alone])
        first = np.arange(0, len(units) - PIECE_UNITS, PIECE_STEP_UNITS)
        sums = np.concatenate([[0.0], np.cumsum(alone)])
        mass = (sums[first + PIECE_UNITS] - sums[first]).astype(np.float32)
        first, mass = first[mass >= LEAST_PIECE_UNITS], mass[mass >= LEAST_PIECE_UNITS]
        step = _Step(
            activity=begun.activity,
            embeddings=self._voiceprint.embeddings(units, alone, first, PIECE_UNITS)
            if len(first)
            else np.zeros((0, WIDTH), np.float32),
            piece_frames=(begun.frame + (first - PIECE_UNITS / 2) * UNIT_FRAMES).astype(np.float32),
            piece_units=mass,
        )
        return step, _Left(units=units[-PIECE_UNITS:], alone=alone[-PIECE_UNITS:])
