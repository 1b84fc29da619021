"""Where the coach itself speaks: these stretches of the recording count as nobody's, live and in what is saved.

say    |=== clip ===|            on the recording's clock, from just before the first sample is played
own    |------------|-echo-|     until the room is quiet again
"""

from __future__ import annotations

import re
import threading
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from audio.echo import delay_s
from audio.errors import RecordingError
from audio.tail import read
from audio.types import RATE_HZ
from audio.unheard import Stretches, mark_own_voice
from audio.wavfile import channels_of

if TYPE_CHECKING:
    from audio.types import Clip

FADING_S = 0.15
"""From the end of the clip, as the microphone hears it, until a room is quiet."""
POLL_S = 0.02
MOST_WAIT_S = 3.0
ECHO_S = 0.4
"""Where the clip is not found in what was heard: buffers, the way through the room, and its echo."""
EDGE_S = 0.12
"""The gate needs a tenth of a second to open."""


def _words(text: str) -> list[str]:
    return re.findall(r"[a-z']+", text.lower())


class OwnVoice:
    """Written by the mouth, asked by everything that listens. Any thread."""

    def __init__(self, recording: Path, clock: Callable[[], float]) -> None:
        self._recording, self._clock = recording, clock
        self._lock = threading.Lock()
        self._spoken: list[tuple[float, float]] = []
        self._since_s: float | None = None
        self._delay_s: float | None = None

    def begin(self) -> None:
        with self._lock:
            if self._since_s is None:
                self._since_s = self._clock()

    def end(self, clip: Clip | None = None) -> float:
        """When it is quiet again. `clip`: what was played of it; its echo tells how late the room hears."""
        now_s, since_s = self._clock(), self._since_s
        late_s = None if clip is None or since_s is None else self._late_s(clip, since_s, now_s)
        with self._lock:
            until_s = now_s + ECHO_S
            if late_s is not None and clip is not None and since_s is not None:
                until_s = max(now_s + FADING_S, since_s + late_s + clip.duration_s + FADING_S)
            if self._since_s is not None:
                self._spoken.append((self._since_s, until_s))
                with suppress(OSError):  # a full disk ends the recording, which is told elsewhere
                    mark_own_voice(self._recording, self._since_s, until_s)
                self._since_s = None
            return until_s

    def _late_s(self, clip: Clip, since_s: float, now_s: float) -> float | None:
        """The last one that was found, where it is not heard this time."""
        with suppress(RecordingError):
            first, end = round(since_s * RATE_HZ), round(now_s * RATE_HZ)
            heard = read(self._recording, first, end - first, channels_of(self._recording)).mean(axis=1)
            found = delay_s(clip, heard)
            self._delay_s = self._delay_s if found is None else found
        return self._delay_s

    def echoes(self, start_s: float, said: str, heard: str) -> bool:
        """Whether what was heard is the end of what the coach said, on a loudspeaker that is later than others.

        It goes on where the marked stretch ends, and repeats the last words; somebody who answers begins later.
        """
        ends_s = max((end_s for _, end_s in self.stretches()), default=-1.0)
        words = _words(heard)
        return 0 <= start_s - ends_s < EDGE_S and bool(words) and _words(said)[-len(words) :] == words

    def stretches(self) -> Stretches:
        """All that are finished: what is being spoken now is not settled yet."""
        with self._lock:
            return tuple(self._spoken)

    def covers(self, at_s: float) -> bool:
        with self._lock:
            if self._since_s is not None and at_s >= self._since_s:
                return True
            return any(start_s <= at_s < end_s for start_s, end_s in self._spoken[-2:])

    def settled_s(self) -> float:
        """Up to here it is known whether the coach spoke."""
        with self._lock:
            return self._clock() if self._since_s is None else self._since_s

    def wait_until(self, at_s: float, stopped: threading.Event) -> None:
        """Until the recording has come so far. One that stands still is not waited for long."""
        for _ in range(round(MOST_WAIT_S / POLL_S)):
            if self._clock() >= at_s or stopped.wait(POLL_S):
                return
