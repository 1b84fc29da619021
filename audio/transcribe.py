"""What is said: the embedded Moonshine, or faster-whisper where its model is on the disk, behind one protocol.

Clip --gate: is there speech?--> pieces the engine can bear --engine--> text --without loops and inventions-->
"""

from __future__ import annotations

import math
import os
import re
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from audio import models
from audio.errors import EngineError, ModelError
from audio.types import RATE_HZ, UNKNOWN, Clip, Transcriber, Transcript, Word
from audio.vad import Silero

if TYPE_CHECKING:
    from audio.types import Samples

MOONSHINE_VERSION = "0.0.73"
LEAST_PEAK = 0.0005
"""-66 dB: under this there is only the noise of the converter, and both engines hear words in it."""
LEAST_SPEECH_S = 0.06
STEP = round(Silero.step_s * RATE_HZ)
SPEECH_PROBABILITY = 0.35
"""Noise, hum, tones and clicks stay under 0.25 in Silero; a burst like "yes" has two steps above this."""
LONGEST_PIECE_S = 20.0
"""Moonshine's time grows faster than the length (2 minutes at once took 85 times what 20 s took), and it loops."""
CUT_WITHIN_S = 8.0
TEMPERATURES = (0.0, 0.4)
"""One second try where Whisper loops or doubts; its usual five make a bad piece cost six times a good one."""
LEAST_TOKENS, TOKENS_PER_S = 20, 10
"""Nobody speaks faster, so what is longer is a loop."""

LOOPS = ((1, 6), (2, 4), *((size, 3) for size in range(3, 13)))
"""Words in a phrase, and how often in a row it takes to be a loop."""
NOT_WORDS = re.compile(r"[♪♫🎵🎶]+|\[[^\]]*\]|\([^)]*\)|<[^>]*>")
INVENTED = {"you", "thank you", "thanks for watching", "thank you for watching", "bye", "so", "the", "oh"}
"""What the engines write where nobody speaks; believed only where there is speech to carry it."""
INVENTED_SPEECH_S = 0.25


def transcriber(models_folder: Path | None = None, wanted: str | None = None) -> Transcriber:
    """The recogniser called `wanted`: "moonshine", or the name of a faster-whisper model. None: the best that is here.

    Raises ModelError where the wanted one is not on this machine.
    """
    if wanted in (None, "moonshine"):
        best = None if wanted else models.best_whisper(models_folder)
        return FasterWhisper(best) if best else Moonshine()
    return FasterWhisper(models.whisper(wanted, models_folder))


class Moonshine:
    """Moonshine tiny English, whose weights come with its package. No word times, no confidence."""

    name = f"moonshine tiny-en {MOONSHINE_VERSION} (embedded)"

    def __init__(self) -> None:
        try:
            from moonshine_voice import transcriber as library
            from moonshine_voice.moonshine_api import ModelArch
        except (ImportError, OSError) as error:
            raise EngineError(
                "The embedded recogniser does not load on this machine. Fetch another: coach models fetch base.en"
            ) from error
        folder = models.moonshine_folder()
        # Threshold 0: its own voice activity would cut the piece mid-sentence and lose words at each cut.
        options = {"vad_threshold": "0", "identify_speakers": "false", "return_audio_data": "false"}
        try:
            self._engine = library.Transcriber(str(folder), ModelArch.TINY, options=options)
        except library.MoonshineError as error:
            raise ModelError(
                f"The embedded recogniser's weights in {folder} are damaged. "
                f"Install them again: pip install --force-reinstall moonshine-voice=={MOONSHINE_VERSION}"
            ) from error

    def transcribe(self, clip: Clip) -> Transcript:
        """Text of the piece; its `probability` is that there is speech at all, since the engine gives none of its own.

        Raises EngineError where the engine fails on it.
        """
        heard = _Heard(clip)
        if not heard.speech:
            return Transcript(text="", probability=heard.probability)
        written = " ".join(self._piece(piece) for piece in heard.pieces()).split()
        text = " ".join(written[index] for index in believed(written, heard.speech_s))
        return Transcript(text=text, probability=heard.probability)

    def _piece(self, samples: Samples) -> str:
        from moonshine_voice.errors import MoonshineError

        try:
            lines = self._engine.transcribe_without_streaming(samples.tolist(), RATE_HZ).lines
        except MoonshineError as error:
            raise EngineError(
                "The embedded recogniser failed on a piece of the sound. It is left without words."
            ) from error
        return " ".join(line.text.strip() for line in lines)


class FasterWhisper:
    """A Whisper model on the disk, run by CTranslate2 on the processor with 8-bit weights. Gives word times."""

    def __init__(self, model: models.Model) -> None:
        from faster_whisper import WhisperModel

        self.name = f"faster-whisper {model.name} (int8)"
        try:
            self._engine = WhisperModel(
                str(model.path),
                device="cpu",
                compute_type="int8",
                cpu_threads=os.cpu_count() or 1,
                local_files_only=True,
            )
        except (RuntimeError, ValueError, OSError) as error:
            raise ModelError(
                f"The model in {model.path} cannot be loaded ({error}). "
                "Delete that folder and fetch it again, see: coach models"
            ) from error

    def transcribe(self, clip: Clip) -> Transcript:
        """Text and word times of the piece, best 5-28 s: each call costs a window of 30 s.

        Raises EngineError where the engine fails on it.
        """
        heard = _Heard(clip)
        if not heard.speech:
            return Transcript(text="", probability=heard.probability)
        try:
            found, _ = self._engine.transcribe(
                heard.samples,
                language="en",
                beam_size=5,
                condition_on_previous_text=False,
                word_timestamps=True,
                vad_filter=False,
                temperature=TEMPERATURES,
                max_new_tokens=LEAST_TOKENS + round(TOKENS_PER_S * len(heard.samples) / RATE_HZ),
            )
            segments = list(found)
        except (RuntimeError, ValueError) as error:
            raise EngineError(f"{self.name} failed on a piece of the sound. It is left without words.") from error
        return _transcript(segments, heard)


def _transcript(segments: list[Any], heard: _Heard) -> Transcript:
    spoken = [word for segment in segments for word in segment.words or () if word.word.strip()]
    words = tuple(
        Word(
            speaker=UNKNOWN,
            start_s=float(spoken[index].start),
            end_s=float(spoken[index].end),
            text=spoken[index].word.strip(),
        )
        for index in believed([word.word for word in spoken], heard.speech_s)
    )
    if not words:
        return Transcript(text="", probability=heard.probability)
    logs = [segment.avg_logprob for segment in segments]
    probability = math.exp(min(0.0, sum(logs) / len(logs)))
    return Transcript(text=" ".join(word.text for word in words), words=words, probability=probability)


class _Heard:
    """A piece of sound at the engines' rate, and where in it there is speech."""

    def __init__(self, clip: Clip) -> None:
        import numpy as np

        self.samples: Samples = np.nan_to_num(clip.samples).astype(np.float32)
        if clip.rate_hz != RATE_HZ and len(self.samples):
            import soxr

            self.samples = soxr.resample(self.samples, clip.rate_hz, RATE_HZ)
        self._chances = np.zeros(1, np.float32)  # of speech, for each step
        if len(self.samples) and np.abs(self.samples).max() >= LEAST_PEAK:
            self._chances = _speech_chances(self.samples)
        speaking = self._chances > SPEECH_PROBABILITY
        self.speech_s = float(speaking.sum() * Silero.step_s)
        self.speech = self.speech_s >= LEAST_SPEECH_S
        self.probability = float(self._chances[speaking].mean() if speaking.any() else self._chances.max())

    def pieces(self) -> Iterator[Samples]:
        """The samples in pieces of LONGEST_PIECE_S or less, parted where speech is least likely."""
        import numpy as np

        longest, within = (round(length_s / Silero.step_s) for length_s in (LONGEST_PIECE_S, CUT_WITHIN_S))
        smooth = np.convolve(self._chances, np.ones(9) / 9, mode="same")
        start = 0
        while (len(self._chances) - start) > longest:
            latest = start + longest
            cut = latest - within + int(smooth[latest - within : latest].argmin())
            yield self.samples[start * STEP : cut * STEP]
            start = cut
        yield self.samples[start * STEP :]


def _speech_chances(samples: Samples) -> Samples:
    import numpy as np

    detector = Silero()
    return detector.probabilities(np.pad(samples, (0, -len(samples) % STEP)))


def believed(written: list[str], speech_s: float) -> list[int]:
    """Which of the written words to keep, by index: no notes or brackets, no loops, nothing a moment cannot hold."""
    keep = [index for index, word in enumerate(written) if re.search(r"[^\W_]", NOT_WORDS.sub("", word))]
    keep = _without_loops(keep, [_bare(word) for word in written])
    if " ".join(_bare(written[index]) for index in keep) in INVENTED and speech_s < INVENTED_SPEECH_S:
        return []
    return keep


def _bare(word: str) -> str:
    return re.sub(r"[^\w']", "", word.lower())


def _without_loops(keep: list[int], bare: list[str]) -> list[int]:
    """Once what an engine that runs in circles wrote many times over; people repeat themselves less than that."""
    result: list[int] = []
    at = 0
    while at < len(keep):
        for size, least in LOOPS:
            phrase = [bare[index] for index in keep[at : at + size]]
            end = at + size
            while [bare[index] for index in keep[end : end + size]] == phrase:
                end += size
            if (end - at) // size >= least:
                result += keep[at : at + size]
                at = end
                break
        else:
            result.append(keep[at])
            at += 1
    return result


class InTurn:
    """A transcriber for several threads, one at a time."""

    def __init__(self, transcriber: Transcriber) -> None:
        self.name = transcriber.name
        self._transcriber, self._turn = transcriber, threading.Lock()

    def transcribe(self, clip: Clip) -> Transcript:
        with self._turn:
            return self._transcriber.transcribe(clip)
