"""Text to sound, by the voice of the operating system through pyttsx3, in a helper process with a time limit.

text --plain words, sentences--> helper process --sound files--> one Clip with calm pauses
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
import tempfile
import threading
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from io import BytesIO
from typing import TYPE_CHECKING, Any

from audio.errors import EngineError
from audio.types import Clip

if TYPE_CHECKING:
    from audio.types import Samples

WORDS_PER_MINUTE = 130
"""As espeak-ng counts: about 158 within a sentence of feedback, 143 with the pauses."""
RATE_HZ = 22_050
"""What espeak-ng gives; a clip of several sentences has one rate, so other drivers are resampled to it."""
READY_LIMIT_S = 20.0
SENTENCE_LIMIT_S = 15.0
"""A sentence takes espeak-ng 10 ms. Later than this it hangs."""
SENTENCE_PAUSE_S = 0.3
ITEM_PAUSE_S = 0.7
"""Between lines: each is a thought of its own."""
LONGEST_SENTENCE = 300
"""Characters. Longer ones are parted at a comma or a space, so that the time limit means something."""
SILENT = 0.002
EDGE = RATE_HZ // 50  # samples kept around the sound
PEAK = 0.7
MARKUP = re.compile(r"[<>\[\]{}|\\^~`*_#]")
"""Some drivers obey SSML or commands in brackets; the words in between are spoken, the marks are not."""
SENTENCE_END = re.compile(r"(?<=[.!?])\s+")
NO_SPEECH = "The voice of this machine does not speak ({reason}). Read the text instead, or try: coach doctor"


@dataclass(frozen=True, slots=True, kw_only=True)
class SystemVoice:
    id: str
    name: str
    language: str


class SpokenVoice:
    """A voice that is warm from its construction. Implements Voice; one sentence at a time, from any thread.

    `wanted` is the id of one of `voices`, on espeak-ng with a variant if wished ("gmw/en-us+f2"); None: a pleasant one.
    Raises EngineError where this machine has no voice or not that one.
    """

    def __init__(self, wanted: str | None = None, words_per_minute: int = WORDS_PER_MINUTE) -> None:
        self._wanted = wanted
        self._words_per_minute = words_per_minute
        self._turn = threading.Lock()
        self._helper = _Helper(wanted, words_per_minute)
        self.name = f"{self._helper.engine} {self._helper.voice}"
        self.voices = self._helper.voices

    def render(self, text: str) -> Clip:
        """The sound of `text`: each line an item, markup and control codes as plain words or nothing.

        Without a single word in it the clip is empty. Raises EngineError where the engine fails twice.
        """
        import numpy as np

        with self._turn:
            parts: list[Samples] = []
            for item in text.splitlines():
                for sentence in sentences(item):
                    parts += [self._sentence(sentence), _pause(SENTENCE_PAUSE_S)]
                if parts:
                    parts[-1] = _pause(ITEM_PAUSE_S)
        samples = np.concatenate(parts[:-1]) if parts else np.zeros(0, np.float32)
        return Clip(samples=samples, rate_hz=RATE_HZ)

    def close(self) -> None:
        """End the helper; rendering again starts another."""
        self._helper.close()

    def _sentence(self, sentence: str) -> Samples:
        try:
            return self._helper.sound(sentence)
        except EngineError:  # a helper that hung or died is worth one new one
            self._helper.close()
            self._helper = _Helper(self._wanted, self._words_per_minute)
            return self._helper.sound(sentence)


class _Helper:
    """The child process, from its start to its end."""

    def __init__(self, wanted: str | None, words_per_minute: int) -> None:
        self._folder = tempfile.TemporaryDirectory(prefix="coach-voice-")
        # -P: a folder the person happens to stand in must not lend its modules to the child
        command = [
            sys.executable,
            "-P",
            "-m",
            "audio.voice_process",
            self._folder.name,
            wanted or "",
            str(words_per_minute),
        ]
        self._child = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, bufsize=-1
        )
        try:
            ready, _ = self._reply(READY_LIMIT_S)
        except EngineError:
            self.close()
            raise
        self.engine, self.voice = str(ready["engine"]), str(ready["voice"])
        self.voices = tuple(SystemVoice(**voice) for voice in ready["voices"])

    def sound(self, sentence: str) -> Samples:
        assert self._child.stdin is not None
        try:
            self._child.stdin.write(json.dumps({"text": sentence}).encode() + b"\n")
            self._child.stdin.flush()
        except (OSError, ValueError) as error:  # ValueError: closed
            raise EngineError(NO_SPEECH.format(reason="its helper ended")) from error
        _, content = self._reply(SENTENCE_LIMIT_S)
        return _samples(content)

    def close(self) -> None:
        self._child.kill()
        self._child.communicate()
        self._folder.cleanup()

    def _reply(self, limit_s: float) -> tuple[dict[str, Any], bytes]:
        assert self._child.stdout is not None
        watchdog = threading.Timer(limit_s, self._child.kill)
        watchdog.daemon = True
        watchdog.start()
        late = {"error": f"no answer within {limit_s:.0f} s, or its helper ended"}
        try:
            line = self._child.stdout.readline()
            reply: dict[str, Any] = json.loads(line) if line else late
            size = int(reply.get("bytes", 0))
            content = self._child.stdout.read(size)
        except ValueError as error:
            raise EngineError(NO_SPEECH.format(reason="its helper answered nonsense")) from error
        finally:
            watchdog.cancel()
        if "error" in reply or len(content) < size:
            raise EngineError(NO_SPEECH.format(reason=reply.get("error", "its helper ended")))
        return reply, content


def sentences(text: str) -> list[str]:
    """The plain words of `text` in sentences, none longer than LONGEST_SENTENCE; none without a letter or a digit."""
    plain = unicodedata.normalize("NFC", text)
    plain = "".join(" " if unicodedata.category(sign)[0] == "C" else sign for sign in plain)
    plain = " ".join(MARKUP.sub(" ", plain).split())
    found = (part for sentence in SENTENCE_END.split(plain) for part in _parted(sentence))
    return [part for part in found if re.search(r"[^\W_]", part)]


def _parted(sentence: str) -> Iterator[str]:
    while len(sentence) > LONGEST_SENTENCE:
        head = sentence[:LONGEST_SENTENCE]
        cut = max(head.rfind(", ") + 1, 0) or head.rfind(" ") + 1 or LONGEST_SENTENCE
        yield sentence[:cut].strip()
        sentence = sentence[cut:].strip()
    yield sentence


def _samples(content: bytes) -> Samples:
    """The sound file as mono float32 at RATE_HZ, even in level, without the engine's own silence around it."""
    import numpy as np
    import soundfile
    import soxr

    try:
        sound, rate_hz = soundfile.read(BytesIO(content), dtype="float32", always_2d=True)
    except soundfile.SoundFileError as error:
        raise EngineError(NO_SPEECH.format(reason="its sound cannot be read")) from error
    samples: Samples = sound.mean(axis=1)
    if rate_hz != RATE_HZ:
        samples = soxr.resample(samples, rate_hz, RATE_HZ)
    loud = np.flatnonzero(np.abs(samples) > SILENT)
    if not len(loud):
        raise EngineError(NO_SPEECH.format(reason="it gave silence"))
    samples = samples[max(0, loud[0] - EDGE) : loud[-1] + EDGE]
    return samples * np.float32(PEAK / np.abs(samples).max())


def _pause(length_s: float) -> Samples:
    import numpy as np

    return np.zeros(round(length_s * RATE_HZ), np.float32)
