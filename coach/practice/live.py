"""Practice with voice and microphone: does each step and tells what came of it. One clock: that of the microphone."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import TYPE_CHECKING

from audio.errors import DeviceError, EngineError
from audio.speak import sentences
from audio.types import RATE_HZ, UNKNOWN, Clip, Voice
from coach.measures.tokens import words_of
from coach.practice.ears import Began, Ears, Gone, Pressed, Utterance
from coach.practice.steps import Reaction, Reading, Reread, Speak, Step
from coach.session.events import Back, Event, Finished, Heard, Key, Lost, Silence, TimeUp
from coach.session.steps import Listen, Rate

if TYPE_CHECKING:
    from audio.loudspeaker import Playing
    from audio.types import Samples

LOOK_S = 0.02
REOPEN_S = 1.0
TRIES = 2
LONGEST_OVER_S = 20.0
"""Who speaks into a line of the coach is heard for so long before it goes on."""
OWN_SHARE = 0.6
"""Of its words in what the coach is saying: it is the coach's own echo."""
EAGER_S, CALM_S = 0.1, 0.35
"""Of speech into a line before it yields: an answer that goes on stops the coach at once, a cough no statement."""
DONE_KEYS = ("\r", "\n", " ")
"""Pressed by who has finished and will not wait for the coach to notice."""
SENTENCE_PAUSE_S, ITEM_PAUSE_S = 0.25, 0.5

Play = Callable[[Clip], "Playing"]


class Live:
    """Does steps, one after the other."""

    def __init__(
        self,
        ears: Ears,
        voice: Voice | None,
        play: Play,
        *,
        show: Callable[[str], None],
        heard: Callable[[Utterance], None] | None = None,
    ) -> None:
        """`show`: what cannot be spoken. `heard` gets every utterance with words."""
        self._ears, self._voice, self._play, self._show, self._heard = ears, voice, play, show, heard
        self._broken: tuple[str, int] = ("", 0)  # the text that was broken off, and in which of its sentences
        self._lost = False

    def does(self, step: Step) -> Reaction:
        """Without voice or loudspeaker what is said is shown."""
        if isinstance(step, Speak):
            for attempt in range(TRIES):
                if self._voice is None:
                    break
                try:
                    return self._speak(step, self._voice)
                except (DeviceError, EngineError) as error:  # a loaded sound server may lose a stream once
                    if attempt == TRIES - 1:
                        self._show(f"Not spoken: {error}")
                        self._voice = None
            return self._shown(step)
        if isinstance(step, Reread):
            return Reading(at_s=self._ears.now_s, text=self._ears.read_again(step.way))
        assert isinstance(step, Listen | Rate)
        return self._find_again(step) if self._lost else self._listen(step)

    def _shown(self, step: Speak) -> Event:
        if step.by == "partner":  # the coach's own lines are on the screen anyway
            self._show(f"“{step.text}”")
        return Finished(at_s=self._ears.now_s)

    def _speak(self, step: Speak, voice: Voice) -> Event:
        event = self._say(step, voice)
        if event is None:
            event = self._said_over(step)
        if event is None:  # a sound without words, or an echo: on from the sentence that was broken off, to the end
            event = self._say(replace(step, resumed=True, yields=False), voice)
        return event or Finished(at_s=self._ears.now_s)

    def _say(self, step: Speak, voice: Voice) -> Event | None:
        """None: somebody began to speak, and the coach is silent."""
        ears = self._ears
        lines = _sentences(step.text)
        first = self._broken[1] if step.resumed and self._broken[0] == step.text else 0
        if step.yields and ears.hearing:  # somebody has just begun
            self._broken = (step.text, first)
            return None
        clip, ends_s = _rendered(lines[first:], voice)
        if not len(clip.samples):
            return Finished(at_s=ears.now_s)
        with self._playing(clip) as playing:
            while not playing.over:
                ears.coach_speaks(playing.handed_over(), EAGER_S if step.eager else CALM_S)
                match ears.next(LOOK_S):
                    case Began() if step.yields:
                        playing.stop()
                        sentence = sum(end_s <= playing.played_s for end_s in ends_s[:-1])
                        self._broken = (step.text, first + sentence)
                        return None
                    case Utterance(text=text) as utterance if text and step.yields and not _own(text, step.text):
                        return self._told(utterance)
                    case Pressed(key=key) if key not in DONE_KEYS:
                        return Key(at_s=ears.now_s, key=key)
                    case Pressed():
                        break
                    case Gone() if not self._lost:
                        self._lost = True
                        return Lost(at_s=ears.now_s)
        if not step.yields:
            ears.forget()
        return Finished(at_s=ears.now_s)

    def _said_over(self, step: Speak) -> Event | None:
        """What the person says whom the coach let speak; None where it is nothing, or the coach's own echo."""
        latest_s = self._ears.now_s + LONGEST_OVER_S
        while self._ears.hearing:
            if self._ears.now_s > latest_s:
                self._ears.finish()
            match self._ears.next(LOOK_S):
                case Utterance(text=text) as utterance if text:
                    return None if _own(text, step.text) else self._told(utterance)
                case Pressed(key=key) if key in DONE_KEYS:
                    self._ears.finish()
                case Pressed(key=key):
                    self._ears.forget()
                    return Key(at_s=self._ears.now_s, key=key)
                case Gone():
                    self._lost = True
                    return Lost(at_s=self._ears.now_s)
        return None

    def _listen(self, step: Listen | Rate) -> Event:
        ears = self._ears
        last_s = ears.now_s
        latest_s = step.until_s + (step.grace_s if isinstance(step, Listen) else 0.0)
        while True:
            match ears.next(LOOK_S):
                case Utterance(text=text) as utterance if text:
                    return self._told(utterance)
                case Pressed(key=key) if key in DONE_KEYS:
                    ears.finish()
                case Pressed(key=key):
                    ears.forget()
                    return Key(at_s=ears.now_s, key=key)
                case Gone():
                    self._lost = True
                    return Lost(at_s=ears.now_s)
            if ears.hearing:
                last_s = ears.now_s
                if ears.now_s >= latest_s:
                    ears.finish()
            elif ears.now_s >= step.until_s:
                return TimeUp(at_s=ears.now_s)
            elif step.quiet_s is not None and ears.now_s >= last_s + step.quiet_s:
                return Silence(at_s=ears.now_s)

    def _find_again(self, step: Listen | Rate) -> Event:
        """The microphone is away or muted: try again until it hears, or the time is up on the clock of the machine."""
        ears = self._ears
        until_s = time.monotonic() + step.until_s - ears.now_s
        tried_s = time.monotonic()
        while time.monotonic() < until_s:
            match ears.next(LOOK_S):
                case Pressed(key=key) if key not in DONE_KEYS:
                    return Key(at_s=ears.now_s, key=key)
            if ears.open and not ears.muted:
                self._lost = False
                ears.forget()
                return Back(at_s=ears.now_s)
            if not ears.open and time.monotonic() > tried_s + REOPEN_S:
                ears.reopen()
                tried_s = time.monotonic()
        return TimeUp(at_s=step.until_s)

    def _told(self, utterance: Utterance) -> Heard:
        if self._heard is not None:
            self._heard(utterance)
        return Heard(
            at_s=self._ears.now_s, speaker=UNKNOWN, text=utterance.text, readings=utterance.readings,
            start_s=utterance.start_s, end_s=utterance.end_s,
        )  # fmt: skip

    @contextmanager
    def _playing(self, clip: Clip) -> Iterator[_Playing]:
        """The clip on its way out. Silent at the end of the block."""
        playing = _Playing(self._play(clip), _at_our_rate(clip))
        try:
            yield playing
        finally:
            playing.stop()
        if playing.failed is not None:
            raise playing.failed


class _Playing:
    """A clip being played, which a thread waits for."""

    def __init__(self, playing: Playing, samples: Samples) -> None:
        self._playing = playing
        self._samples, self._told = samples, 0
        self.failed: DeviceError | None = None
        self._thread = threading.Thread(target=self._wait, daemon=True)
        self._thread.start()

    @property
    def over(self) -> bool:
        return not self._thread.is_alive()

    @property
    def played_s(self) -> float:
        return self._playing.played_s

    def handed_over(self) -> Samples:
        """What has gone to the loudspeaker since this was asked last, at RATE_HZ."""
        end = round(self.played_s * RATE_HZ)
        part = self._samples[self._told : end]
        self._told = end
        return part

    def stop(self) -> None:
        self._playing.stop()

    def _wait(self) -> None:
        try:
            self._playing.wait()
        except DeviceError as error:
            self.failed = error


def _own(text: str, spoken: str) -> bool:
    """Whether what was heard is mostly what the coach is saying."""
    heard, said = words_of(text).words, frozenset(words_of(spoken).words)
    return sum(word in said for word in heard) >= OWN_SHARE * len(heard)


def _sentences(text: str) -> list[tuple[str, float]]:
    """The sentences of a text, each with the pause after it."""
    found: list[tuple[str, float]] = []
    for item in text.splitlines():
        found += [(sentence, SENTENCE_PAUSE_S) for sentence in sentences(item)]
        if found:
            found[-1] = (found[-1][0], ITEM_PAUSE_S)
    return found


def _rendered(lines: list[tuple[str, float]], voice: Voice) -> tuple[Clip, list[float]]:
    """One clip, and where each sentence in it ends."""
    import numpy as np

    parts: list[Samples] = []
    ends_s: list[float] = []
    rate_hz, length = RATE_HZ, 0
    for sentence, pause_s in lines:
        clip = voice.render(sentence)
        rate_hz = clip.rate_hz
        parts += [clip.samples, np.zeros(round(pause_s * rate_hz), np.float32)]
        length += len(parts[-2]) + len(parts[-1])
        ends_s.append(length / rate_hz)
    samples = np.concatenate(parts[:-1]) if parts else np.zeros(0, np.float32)
    return Clip(samples=samples, rate_hz=rate_hz), ends_s


def _at_our_rate(clip: Clip) -> Samples:
    if clip.rate_hz == RATE_HZ:
        return clip.samples
    import soxr

    samples: Samples = soxr.resample(clip.samples, clip.rate_hz, RATE_HZ)
    return samples
