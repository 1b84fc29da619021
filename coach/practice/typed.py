"""Practice by reading and typing: the same steps, on a screen and a keyboard."""

from __future__ import annotations

from collections.abc import Callable

from audio.types import UNKNOWN
from coach.practice.steps import Speak, Step
from coach.session.events import Event, Failed, Finished, Heard, Key
from coach.session.steps import Listen, Rate

LONGEST = 5_000
"""Letters of an answer; more was pasted by mistake."""


class Typed:
    """Does steps by reading lines. `lines` gives the next one without its end, None where there are no more."""

    def __init__(self, lines: Callable[[], str | None]) -> None:
        self._lines = lines
        self._at_s = 0.0  # counts steps: how long somebody types is nobody's matter

    def does(self, step: Step) -> Event:
        self._at_s += 1.0
        if isinstance(step, Speak):  # it is on the screen already
            return Finished(at_s=self._at_s)
        assert isinstance(step, Listen | Rate)
        while (line := self._lines()) is not None:
            text = line.strip()[:LONGEST]
            if len(text) == 1:
                return Key(at_s=self._at_s, key=text.lower())
            if text:
                return Heard(at_s=self._at_s, speaker=UNKNOWN, text=text, start_s=self._at_s, end_s=self._at_s)
        return Failed(at_s=self._at_s)
