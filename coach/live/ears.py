"""What is heard while people talk: utterances with their speaker and words, soon after each has ended.

microphone --frames--> gate: speech or not? --endpoints--> utterance --worker--> whose, and what --Heard--> driver

The coach's own voice, and what is said while it speaks, goes no further than the gate.
"""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from queue import SimpleQueue
from typing import TYPE_CHECKING

from audio.endpoints import STEP_S, EndpointLimits, Endpoints
from audio.endpoints import Heard as Utterance
from audio.errors import AudioError, EngineError
from audio.types import RATE_HZ, Clip, Frame, Source, Transcriber, VoiceActivity
from coach.session.events import Heard

if TYPE_CHECKING:
    from audio.types import Samples
    from coach.live.company import Company
    from coach.live.own_voice import OwnVoice

STEP = round(STEP_S * RATE_HZ)
MARGIN_S = 0.2
"""Soft first and last sounds lie outside what the gate lets through."""
OVER_NOISE_DB = 9.0
NOISE_WINDOW_S = 20.0
LEAST_DB = -62.0
"""Quieter than this nobody speaks to a coach."""
MOST_READINGS_WORDS = 7
"""What has more words at its first reading is no command, and is not read again."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Caught:
    utterance: Utterance
    sound: Samples  # shape (samples, channels)


class Ears:
    """Listens in two threads from `start` to the end of the source. `tell` is called from one of them."""

    def __init__(
        self,
        source: Source,
        *,
        own: OwnVoice,
        gate: VoiceActivity,
        company: Company,
        transcriber: Transcriber,
        readings: Callable[[Clip, Transcriber], Iterator[str]],
        tell: Callable[[Heard], None],
        limits: EndpointLimits | None = None,
    ) -> None:
        self._source, self._own, self._gate, self._company = source, own, gate, company
        self._transcriber, self._readings, self._tell = transcriber, readings, tell
        self._endpoints = Endpoints(limits or EndpointLimits())
        self._held: deque[Frame] = deque()  # the sound of the utterance, and a little before
        self._levels = _Levels()
        self._rest: list[Samples] = []
        self._caught: SimpleQueue[_Caught | None] = SimpleQueue()
        self._waiting = 0
        self._lock = threading.Lock()
        self._threads = [
            threading.Thread(target=work, name=f"ears-{work.__name__}", daemon=True)
            for work in (self._listen, self._recognise)
        ]

    def start(self) -> None:
        for thread in self._threads:
            thread.start()

    def join(self) -> None:
        for thread in self._threads:
            thread.join()

    @property
    def heard_s(self) -> float:
        """How far the gate has come, on the recording's clock."""
        return self._endpoints.now_s

    @property
    def speaking(self) -> bool:
        return self._endpoints.speaking_since_s is not None

    @property
    def spoke_until_s(self) -> float:
        return self._endpoints.spoke_until_s

    @property
    def busy(self) -> bool:
        """An utterance has ended and is not told yet."""
        return self._waiting > 0

    def _listen(self) -> None:
        try:
            for frame in self._source.frames():
                self._take(frame)
        except AudioError:
            pass  # the recording has gone; the recorder tells why
        self._catch(self._endpoints.end())
        self._caught.put(None)

    def _take(self, frame: Frame) -> None:
        import numpy as np

        self._held.append(frame)
        mono = frame.samples.mean(axis=1)
        sound = np.concatenate([*self._rest, mono])
        whole = len(sound) // STEP * STEP
        self._rest = [sound[whole:]]
        speech = self._gate.probabilities(mono) > 0.5
        steps = sound[:whole].reshape(-1, STEP)
        for voiced, step in zip(speech, steps, strict=True):
            loud = self._levels.over_noise(float(np.mean(step * step)))
            if self._own.covers(self._endpoints.now_s):
                self._catch(self._endpoints.end())
                self._endpoints.process(speech=False)
            else:
                self._catch(self._endpoints.process(speech=bool(voiced) and loud))
        self._forget()

    def _forget(self) -> None:
        since_s = self._endpoints.speaking_since_s
        needed = round(((self._endpoints.now_s if since_s is None else since_s) - 2 * MARGIN_S) * RATE_HZ)
        while self._held and self._held[0].first_sample + len(self._held[0].samples) <= needed:
            self._held.popleft()

    def _catch(self, utterance: Utterance | None) -> None:
        import numpy as np

        if utterance is None:
            return
        first = round(max(0.0, utterance.start_s - MARGIN_S) * RATE_HZ)
        end = round((utterance.end_s + MARGIN_S) * RATE_HZ)
        parts = [
            frame.samples[max(0, first - frame.first_sample) : max(0, end - frame.first_sample)] for frame in self._held
        ]
        if parts:
            with self._lock:
                self._waiting += 1
            self._caught.put(_Caught(utterance=utterance, sound=np.concatenate(parts)))

    def _recognise(self) -> None:
        while (caught := self._caught.get()) is not None:
            try:
                self._tell(self._heard(caught))
            finally:
                with self._lock:
                    self._waiting -= 1

    def _heard(self, caught: _Caught) -> Heard:
        utterance, clip = caught.utterance, Clip(samples=caught.sound.mean(axis=1))
        speaker = self._company.whose(caught.sound, utterance.end_s - utterance.start_s)
        texts: list[str] = []
        try:
            for text in self._readings(clip, self._transcriber):
                texts.append(text)
                if len(text.split()) > MOST_READINGS_WORDS:
                    break
        except EngineError:
            pass  # somebody spoke, whatever it was
        first, *others = texts or [""]
        return Heard(
            at_s=utterance.end_s, speaker=speaker, text=first, start_s=utterance.start_s, end_s=utterance.end_s,
            readings=tuple(others),
        )  # fmt: skip


class _Levels:
    """Whether a step is louder than the room."""

    def __init__(self) -> None:
        self._quietest: deque[float] = deque(maxlen=round(NOISE_WINDOW_S))
        self._least = float("inf")
        self._steps = 0

    def over_noise(self, power: float) -> bool:
        import math

        level_db = 10 * math.log10(max(power, 1e-12))
        self._least = min(self._least, level_db) if level_db > -100 else self._least
        self._steps += 1
        if self._steps * STEP_S >= 1.0:
            if math.isfinite(self._least):
                self._quietest.append(self._least)
            self._least, self._steps = float("inf"), 0
        noise_db = sorted(self._quietest)[len(self._quietest) // 2] if self._quietest else LEAST_DB
        return level_db > max(LEAST_DB, noise_db + OVER_NOISE_DB)
