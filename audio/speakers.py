"""Who speaks when: one tracker for any recording of two people.

one channel ---------------------------------------------> mixed
two channels --- one person each, by the first 30 s? yes -> channels
                                                     no --> mixed
more ----------------------------------------------------> mixed
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from audio.channels import ChannelOptions, Channels, one_person_each
from audio.errors import EngineError
from audio.evidence import Hearing
from audio.mixed import Mixed, MixedOptions
from audio.types import RATE_HZ, Frame, Voices
from audio.voiceprint import of_unit_length

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    from audio.types import Clip

    Floats = npt.NDArray[np.float32]


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    mixed: MixedOptions = field(default_factory=MixedOptions)
    channels: ChannelOptions = field(default_factory=ChannelOptions)
    # Of two channels: whether each is one person's. After so much sound both have mostly spoken. Digital silence is no
    # sound: in a talk of ours it stands for what came before the consent, and for the coach's own voice.
    decided_after_s: float = 30.0
    decided_within_s: float = 300.0


def tracker(options: Options | None = None, enrolled: Mapping[str, Floats] | None = None) -> Tracker:
    """A SpeakerTracker for whatever it is fed.

    `enrolled` names two voices, each with its embedding by `enrol`: they help to tell a mix apart, and its speakers
    bear their names; with one microphone each, the first name is the first channel's. Otherwise speakers are A and B,
    in order of first speech. Raises ModelError where a model is missing.
    """
    if enrolled and len(enrolled) != 2:
        raise ValueError(f"Two voices can be enrolled, or none; not {len(enrolled)}.")
    return Tracker(options or Options(), enrolled or {})


def enrol(clip: Clip) -> Floats:
    """What a voice sounds like, from some seconds of it alone: shape (256,), unit length.

    Raises EngineError where no speech is heard.
    """
    hearing = Hearing()
    hearing.hear(clip.samples)
    heard = hearing.evidence()
    if not len(heard.embeddings):
        raise EngineError("No voice is heard in this. Speak a whole sentence, nearer to the microphone.")
    return of_unit_length(heard.piece_units @ heard.embeddings)


class Tracker:
    """Decides by the channels how to listen, then does so."""

    vad_name = "Silero 6"

    def __init__(self, options: Options, enrolled: Mapping[str, Floats]) -> None:
        self.name = "two voices"
        self._options = options
        self._enrolled = enrolled
        self._listener: Mixed | Channels | None = None
        self._kept: list[Frame] = []  # until it is decided how to listen
        self._kept_samples = 0
        self._kept_sound = 0  # samples that are no digital silence
        self._passed_on = 0  # of the kept frames
        self._decided = False

    def feed(self, frame: Frame) -> None:
        if not self._decided:
            self._kept.append(frame)
            self._kept_samples += len(frame.samples)
            self._kept_sound += int(frame.samples.any(axis=1).sum())
            if frame.samples.shape[1] != 2 or self._enough():
                self._listen()
                self._decided = True
                self._kept.clear()
        elif self._listener:
            self._listener.feed(frame)

    def voices(self) -> Voices:
        return (self._listener if self._decided and self._listener else self._listen()).voices()

    def _enough(self) -> bool:
        """To decide by."""
        options = self._options
        return (
            self._kept_sound >= options.decided_after_s * RATE_HZ
            or self._kept_samples >= options.decided_within_s * RATE_HZ
        )

    def _listen(self) -> Mixed | Channels:
        """The listener that suits what was kept so far, and has heard all of it."""
        wanted = Channels if self._apart() else Mixed
        if not isinstance(self._listener, wanted):
            self._passed_on = 0
            names = tuple(self._enrolled) or None
            self._listener = (
                Channels(self._options.channels, names)
                if wanted is Channels
                else Mixed(self._options.mixed, self._enrolled)
            )
            self.name = self._listener.name
        for frame in self._kept[self._passed_on :]:
            self._listener.feed(frame)
        self._passed_on = len(self._kept)
        return self._listener

    def _apart(self) -> bool:
        import numpy as np

        if not self._kept or self._kept[0].samples.shape[1] != 2:
            return False
        sound = np.concatenate([frame.samples for frame in self._kept])
        sound = sound[sound.any(axis=1)][: round(self._options.decided_after_s * RATE_HZ)]
        return one_person_each(sound, self._options.channels)
