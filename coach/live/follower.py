"""The analysis of a talk while it goes on, by the same functions as for a file: at the end only the tail is left.

recording   |=========================|.....|      fed as it grows, as far as it is known where the coach spoke
voices      |-------------------------|            asked every few seconds
words       |------------------|                   of pieces that no later sound can change much
                               |settled|
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from audio.errors import AudioError
from audio.recording import Stretch
from audio.tail import Tail, samples_in
from audio.types import RATE_HZ, Frame, SpeakerTracker, Transcriber, Transcript, Voices
from audio.unheard import Stretches, muted
from coach import analysis

if TYPE_CHECKING:
    from audio.types import Source

SETTLED_S = 6.0
"""The window of who-speaks-when moves by 4.8 s: what ended earlier than this has been heard by two."""
REFRESH_S = 5.0
MOST_SHARE = 0.25
"""Of its time for asking who spoke: the question grows with the talk."""
POLL_S = 0.05
LEAST_AROUND_S = 1.0


class Follower:
    """One thread from `start` to `finish`. `settled_s` says how far the recording may be heard by now."""

    def __init__(
        self,
        recording: Path,
        *,
        tracker: Callable[[Source], SpeakerTracker],
        transcriber: Transcriber,
        unheard: Callable[[], Stretches],
        settled_s: Callable[[], float],
    ) -> None:
        self._tail = Tail(recording, growing=lambda: False)
        self._recording = recording
        self._make_tracker, self._transcriber = tracker, transcriber
        self._tracker: SpeakerTracker | None = None
        self._unheard, self._settled_s = unheard, settled_s
        self._known: dict[Stretch, Transcript] = {}
        self._place = 0  # samples fed
        self._lost = 0
        self._stop = threading.Event()
        self._failure: AudioError | None = None
        self._thread = threading.Thread(target=self._follow, name="follower", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def finish(self, *, id_: str) -> analysis.Heard:
        """The whole talk; the recording must have ended. Raises AudioError."""
        self.stop()
        if self._failure is not None:
            raise self._failure
        self._feed(samples_in(self._recording, self._tail.channels))
        voices = self._voices()
        return analysis.read(
            self._source(0),
            voices,
            self._transcriber,
            id=id_,
            dropped_s=self._lost / RATE_HZ,
            known=self._known,
        )

    def stop(self) -> None:
        self._stop.set()
        self._thread.join()

    def _follow(self) -> None:
        asked = self._place
        took_s = 0.0
        try:
            heard = samples_in(self._recording, self._tail.channels)
            self._tracker = self._make_tracker(_Part(self._tail, 0, heard, self._unheard))
            while not self._stop.is_set():
                end = min(samples_in(self._recording, self._tail.channels), round(self._settled_s() * RATE_HZ))
                self._feed(end)
                if (self._place - asked) / RATE_HZ < max(REFRESH_S, took_s / MOST_SHARE):
                    self._stop.wait(POLL_S)
                    continue
                asked = self._place
                began_s = time.monotonic()
                pieces = analysis.pieces_of(self._voices())
                took_s = time.monotonic() - began_s
                self._transcribe(pieces)
        except AudioError as error:  # told at the end: the talk itself goes on
            self._failure = error

    def _feed(self, end: int) -> None:
        assert self._tracker is not None
        for frame in self._tail.between(self._place, end):
            self._tracker.feed(muted(frame, self._unheard()))
            self._place = frame.first_sample + len(frame.samples)
            self._lost += len(frame.samples) if frame.lost else 0

    def _voices(self) -> Voices:
        """What was deleted after it was heard is nobody's speech."""
        assert self._tracker is not None
        return analysis.audible(self._tracker.voices(), sorted(self._unheard()))

    def _transcribe(self, pieces: tuple[analysis.Piece, ...]) -> None:
        settled_s = self._place / RATE_HZ - SETTLED_S
        for piece in pieces:
            if self._stop.is_set():
                return
            if piece.stretch.end_s <= settled_s and piece.stretch not in self._known:
                source = self._source(piece.stretch.start_s - LEAST_AROUND_S)
                analysis.transcribe(source, (piece,), self._transcriber, self._known, lambda stage, share: None)

    def _source(self, from_s: float) -> Source:
        return _Part(self._tail, max(0, round(from_s * RATE_HZ)), self._place, self._unheard)


class _Part:
    """What has been fed, from somewhere on. Implements Source."""

    def __init__(self, tail: Tail, first: int, end: int, unheard: Callable[[], Stretches]) -> None:
        self.name, self.channels = tail.name, tail.channels
        self.duration_s: float | None = (end - first) / RATE_HZ
        self._tail, self._first, self._end, self._unheard = tail, first, end, unheard

    def frames(self) -> Iterator[Frame]:
        for frame in self._tail.between(self._first, self._end):
            yield muted(frame, self._unheard())
