"""The values that pass between the stages, and the Protocols of the stages. Nothing else.

One clock everywhere: seconds from the start of the recording, which is the sample count over RATE_HZ.

    microphone | file --Frame--> speakers --Voices--> utterances --Clip--> transcriber --Transcript--> ...
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:  # numpy costs 0.1 s to import; values without arrays must not pay it
    import numpy as np
    import numpy.typing as npt

    Samples = npt.NDArray[np.float32]

RATE_HZ = 16_000
"""Everything past the decoder and the microphone is at this rate."""

UNKNOWN = "unknown"
"""The speaker of a span whose voice could not be told."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Frame:
    """A stretch of sound as it came, at RATE_HZ."""

    first_sample: int
    samples: Samples  # float32, shape (samples, channels), -1..1
    lost: bool = False  # silence put in place of sound that was lost


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Clip:
    """One channel of sound, kept whole."""

    samples: Samples  # float32, shape (samples,), -1..1
    rate_hz: int = RATE_HZ

    @property
    def duration_s(self) -> float:
        return len(self.samples) / self.rate_hz


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """One voice, active without a break."""

    speaker: str
    start_s: float
    end_s: float
    probability: float = 1.0  # that it is this speaker, 0-1

    @property
    def duration_s(self) -> float:
        return self.end_s - self.start_s


@dataclass(frozen=True, slots=True, kw_only=True)
class Word:
    speaker: str
    start_s: float
    end_s: float
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Transcript:
    """What one piece of sound says. No text is an honest answer."""

    text: str
    words: tuple[Word, ...] = ()  # timed from the start of the piece; empty where the engine gives no word times
    probability: float = 1.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Voices:
    """Who spoke when."""

    spans: tuple[Span, ...]  # by start; overlap kept: spans of two speakers may cover the same time
    engine: str
    duration_s: float
    voices_found: int
    channels: tuple[str, ...] = ()  # the speaker on each channel, where each has a microphone of their own
    cautions: tuple[str, ...] = ()  # plain sentences: what made the telling apart doubtful


class VoiceActivity(Protocol):
    """Is this speech? One detector a channel, fed once, in order."""

    name: str
    step_s: float

    def probabilities(self, samples: Samples) -> Samples:
        """The probability of speech for each step completed by `samples` (shape (n,), RATE_HZ): shape (steps,)."""
        ...


class SpeakerTracker(Protocol):
    """Who speaks when, fed as time goes on."""

    name: str

    def feed(self, frame: Frame) -> None: ...

    def voices(self) -> Voices:
        """All that is known so far; may be asked at any time, and changes as more is heard."""
        ...


class Transcriber(Protocol):
    """What is said, one piece at a time."""

    name: str

    def transcribe(self, clip: Clip) -> Transcript: ...


class Voice(Protocol):
    """Text to sound."""

    name: str

    def render(self, text: str) -> Clip: ...


class Source(Protocol):
    """Something that can be listened to from its start, as often as asked."""

    name: str
    channels: int
    duration_s: float | None  # None where it is only known at the end

    def frames(self) -> Iterator[Frame]: ...
