"""Whose voice an utterance is: one microphone for both, by voiceprints; one each, by the louder channel.

consent    the first who answers is A, a voice unlike theirs is B      (nothing is known yet)
hello      the voice that is asked for is learned from each utterance
later      the nearer of two known voices
"""

from __future__ import annotations

import threading
from collections.abc import Mapping
from typing import TYPE_CHECKING

from audio.types import UNKNOWN, Clip
from audio.whose import Prints, same, together, whose
from coach.session.tasks import OTHER

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    from audio.types import Samples

    Floats = npt.NDArray[np.float32]

APART_DB = 4.0
"""An utterance this much louder on one channel is that microphone's person."""
LEAST_S = 0.3
"""Shorter speech has no voice to speak of."""


class Company:
    """The two people, as far as they are known. Asked and told from any thread."""

    def __init__(self, known: Mapping[str, Floats] | None = None) -> None:
        self._prints = Prints()
        self._lock = threading.Lock()
        self._learned: dict[str, list[Floats]] = {name: [voice] for name, voice in (known or {}).items()}
        self._answered: list[Floats] = []
        self._channels: dict[str, int] = {}
        self.learning: str | None = None

    def whose(self, sound: Samples, speech_s: float) -> str:
        """Of sound of shape (samples, channels): "A", "B" or UNKNOWN. Learns from it where a hello is awaited."""
        channel = _louder(sound)
        if speech_s < LEAST_S:
            return UNKNOWN
        print_ = self._prints.of(Clip(samples=sound.mean(axis=1) if channel is None else sound[:, channel]))
        with self._lock:
            if self.learning is not None:
                return self._learn(self.learning, print_, channel)
            if channel is not None and len(self._channels) == 2:
                return next(name for name, one in self._channels.items() if one == channel)
            known = {name: together(prints) for name, prints in self._learned.items()}
            if len(known) == 2:
                return whose(print_, known)
            if known:
                (name, voice), *_ = known.items()
                return name if same(print_, voice) else UNKNOWN
            return self._answer(print_)

    def _learn(self, name: str, print_: Floats, channel: int | None) -> str:
        other = self._learned.get(OTHER[name])
        if other and channel is not None and channel == self._channels.get(OTHER[name]):
            return OTHER[name]
        apart = channel is not None and OTHER[name] in self._channels
        if other and not apart and same(print_, together(other)):
            return OTHER[name]
        self._learned.setdefault(name, []).append(print_)
        if channel is not None:
            self._channels[name] = channel
        return name

    def _answer(self, print_: Floats) -> str:
        """Nobody is known yet: in the order of answering."""
        if not self._answered or same(print_, self._answered[0]):
            self._answered.append(print_)
            return "A"
        return "B"


def _louder(sound: Samples) -> int | None:
    """The channel that is plainly louder, where there are two."""
    import numpy as np

    if sound.shape[1] != 2:
        return None
    level_db = 10 * np.log10(np.maximum(np.mean(sound * sound, axis=0), 1e-12))
    if abs(level_db[0] - level_db[1]) < APART_DB:
        return None
    return int(level_db.argmax())
