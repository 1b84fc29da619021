"""What is heard while people talk: utterances with their speaker and words, soon after each has ended.

microphone --frames--> gate: speech or not? --endpoints--> utterance --> whose, and what? --Heard--> driver

The coach's own voice, and what is said while it speaks, goes no further than the gate.
"""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
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
SHORT_S = 4.0
"""May be a command, and is read at once, in several ways; what is longer is read beside it, and holds up nothing."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Caught:
    utterance: Utterance
    sound: Samples  # shape (samples, channels)


class Ears:
    """Listens from `start` to the end of the source. `tell` is called from threads of its own.

    `readings` of a short utterance are asked for until one is `enough`; `reader` reads the long ones.
    """

    def __init__(
        self,
        source: Source,
        *,
        own: OwnVoice,
        gate: VoiceActivity,
        company: Company,
        readings: Callable[[Clip], Iterator[str]],
        reader: Transcriber,
        tell: Callable[[Heard], None],
        enough: Callable[[str], bool] = lambda text: False,
        limits: EndpointLimits | None = None,
    ) -> None:
        self._source, self._own, self._gate, self._company = source, own, gate, company
        self._readings, self._enough, self._reader, self._tell = readings, enough, reader, tell
        self._endpoints = Endpoints(limits or EndpointLimits())
        self._held: deque[Frame] = deque()  # the sound of the utterance, and a little before
        self._levels = _Levels()
        self._rest: list[Samples] = []
        self._waiting = 0
        self._lock = threading.Lock()
        self._listener = threading.Thread(target=self._listen, name="ears", daemon=True)
        self._workers = {True: _worker("ears-short"), False: _worker("ears-long")}
        self._recognising = _worker("ears-whose")

    def start(self) -> None:
        self._listener.start()

    def join(self) -> None:
        """The source must have ended."""
        self._listener.join()
        for worker in (*self._workers.values(), self._recognising):
            worker.shutdown(cancel_futures=True)

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
            short = utterance.end_s - utterance.start_s <= SHORT_S
            self._workers[short].submit(self._hear, _Caught(utterance=utterance, sound=np.concatenate(parts)), short)

    def _hear(self, caught: _Caught, short: bool) -> None:
        try:
            utterance, clip = caught.utterance, Clip(samples=caught.sound.mean(axis=1))
            spoken_s = utterance.end_s - utterance.start_s
            speaker = self._recognising.submit(self._company.whose, caught.sound, spoken_s)
            first, *others = self._read(clip) if short else [self._read_long(clip)]
            self._tell(
                Heard(
                    at_s=utterance.end_s, speaker=speaker.result(), text=first, start_s=utterance.start_s,
                    end_s=utterance.end_s, readings=tuple(others),
                )
            )  # fmt: skip
        finally:
            with self._lock:
                self._waiting -= 1

    def _read(self, clip: Clip) -> list[str]:
        """Until one reading says enough. Somebody spoke, even where nothing can be read."""
        texts: list[str] = []
        with suppress(EngineError):
            for text in self._readings(clip):
                texts.append(text)
                if self._enough(text):
                    break
        return texts or [""]

    def _read_long(self, clip: Clip) -> str:
        with suppress(EngineError):
            return self._reader.transcribe(clip).text
        return ""


def _worker(name: str) -> ThreadPoolExecutor:
    return ThreadPoolExecutor(1, thread_name_prefix=name)


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
