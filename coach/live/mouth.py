"""The coach's voice in a talk: one text at a time, stopped at once, and its times marked as its own.

Where there is no voice or no loudspeaker, the text stands on the screen for as long as it takes to read.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Protocol

from audio.errors import AudioError, DeviceError

if TYPE_CHECKING:
    from audio.types import Clip, Voice
    from coach.live.own_voice import OwnVoice
    from coach.session.events import Heard

READING_S_A_WORD = 0.35
LEAST_READING_S = 1.5
PAUSE_S = 0.5
"""Between two lines, where no echo is waited for."""


class Playing(Protocol):
    """A clip on its way out of the loudspeaker."""

    @property
    def played_s(self) -> float: ...
    def wait(self) -> None: ...
    def stop(self) -> None: ...


Play = Callable[["Clip"], Playing]


class Mouth:
    """`own` takes its times; None: nothing is recorded. `troubles` gets a sentence for each kind of failure."""

    def __init__(self, voice: Voice | None, play: Play, own: OwnVoice | None, troubles: Callable[[str], None]) -> None:
        self._voice, self._play, self._own, self._troubles = voice, play, own, troubles
        self._speech: _Speech | None = None
        self._told: set[str] = set()
        self._silenced = False
        self._said = ""

    def say(self, text: str) -> None:
        """Begin to speak; what was being said is cut short."""
        self.stop()
        self._said = text
        self._speech = _Speech(text, partial(self._render, text), self._play, self._own, self._trouble)

    def echoes(self, heard: Heard) -> bool:
        """Whether this is the coach's own voice, come late."""
        return self._own is not None and self._own.echoes(heard.start_s, self._said, heard.text)

    @property
    def finished(self) -> bool:
        return self._speech is None or self._speech.over

    def stop(self) -> None:
        if self._speech is not None:
            self._speech.stop()

    def wait(self) -> None:
        """Until what was begun is said."""
        if self._speech is not None:
            self._speech.wait()

    def say_all(self, texts: Sequence[str]) -> None:
        """One after the other, until the last is said, after what `say` began; the next is made while one is heard."""
        with ThreadPoolExecutor(1, thread_name_prefix="mouth-ahead") as ahead:
            clips = [ahead.submit(self._render, text) for text in texts]
            for text, clip in zip(texts, clips, strict=True):
                self.wait()
                if self._silenced:
                    return
                self._speech = _Speech(text, clip.result, self._play, self._own, self._trouble)
            self.wait()

    def silence(self) -> None:
        """Nothing more is said, whatever is left of `say_all`."""
        self._silenced = True
        self.stop()

    def _render(self, text: str) -> Clip | None:
        if self._voice is None:
            return None
        try:
            return self._voice.render(text)
        except AudioError as error:
            self._trouble(str(error))
            return None

    def _trouble(self, sentence: str) -> None:
        if sentence not in self._told:
            self._told.add(sentence)
            self._troubles(sentence)


class _Speech:
    """One text on its way out, in a thread of its own: to open a loudspeaker may take seconds."""

    def __init__(
        self,
        text: str,
        render: Callable[[], Clip | None],
        play: Play,
        own: OwnVoice | None,
        trouble: Callable[[str], None],
    ) -> None:
        self._text, self._render, self._play, self._own, self._trouble = text, render, play, own, trouble
        self._stopped = threading.Event()
        self._playing: Playing | None = None
        self._lock = threading.Lock()
        self._thread = threading.Thread(target=self._speak, name="mouth", daemon=True)
        self._thread.start()

    @property
    def over(self) -> bool:
        return not self._thread.is_alive()

    def stop(self) -> None:
        """Silence at once; returns when its times are marked."""
        with self._lock:
            self._stopped.set()
            if self._playing is not None:
                self._playing.stop()
        self._thread.join()

    def wait(self) -> None:
        self._thread.join()

    def _speak(self) -> None:
        clip = self._render()
        if clip is None or not self._heard(clip):
            self._stopped.wait(max(LEAST_READING_S, READING_S_A_WORD * len(self._text.split())))

    def _played(self, clip: Clip) -> Clip | None:
        """As far as it got."""
        if self._playing is None:
            return None
        return replace(clip, samples=clip.samples[: round(self._playing.played_s * clip.rate_hz)])

    def _heard(self, clip: Clip) -> bool:
        """False where the loudspeaker took nothing."""
        began_s = time.monotonic()
        if self._own is not None:
            self._own.begin()
        try:
            with self._lock:
                if self._stopped.is_set():
                    return True
                self._playing = self._play(clip)
            self._playing.wait()
        except DeviceError as error:
            self._trouble(str(error))
            return time.monotonic() - began_s > clip.duration_s
        finally:
            until_s = None if self._own is None else self._own.end(self._played(clip))
        if self._own is None or until_s is None:
            self._stopped.wait(PAUSE_S)
        else:
            self._own.wait_until(until_s, self._stopped)
        return True
