"""The child process that makes speech: `python -m audio.voice_process FOLDER VOICE WORDS_PER_MINUTE`.

pyttsx3's drivers can hang, print, and hold a global engine, so they live here and are killed when late. On standard
input one JSON line {"text"} a sentence; on standard output first {"engine", "voice", "voices"}, then for each sentence
{"bytes"} and that many bytes of a sound file. {"error"} instead of either.
"""

from __future__ import annotations

import ctypes
import json
import os
import shutil
import signal
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.metadata import version
from pathlib import Path
from typing import Any, BinaryIO

SENTENCE_LIMIT_S = 10
PLEASANT = ("gmw/en-us+m5", "gmw/en-us", "gmw/en")
"""Of espeak-ng's English voices, tried in this order: the embedded recogniser misreads the first one least (10 % of
the words of two pages of feedback; 11 % the second, 14-16 % the women's f2)."""


def main(folder: Path, wanted: str, words_per_minute: int) -> None:
    replies = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # the driver prints on standard output, which belongs to the replies
    try:
        speaker = _Speaker(folder / "sentence", wanted, words_per_minute)
    except Exception as error:  # noqa: BLE001  the edge of this process: each platform's driver has its own errors
        _reply(replies, {"error": str(error) or type(error).__name__})
        return
    _reply(replies, {"engine": speaker.engine_name, "voice": speaker.voice, "voices": speaker.voices()})
    for line in sys.stdin.buffer:
        try:
            sound = speaker.sound(json.loads(line)["text"])
        except Exception as error:  # noqa: BLE001  as above
            _reply(replies, {"error": str(error) or type(error).__name__})
        else:
            _reply(replies, {"bytes": len(sound)}, sound)
    shutil.rmtree(folder, ignore_errors=True)  # the coach has gone, perhaps without a chance to tidy up


class _Speaker:
    """pyttsx3 set to one voice."""

    def __init__(self, path: Path, wanted: str, words_per_minute: int) -> None:
        self.engine_name = _espeak_carried_where_missing()
        import pyttsx3

        self._path = path
        self._engine = pyttsx3.init()
        self._finished = threading.Event()
        self._errors: list[str] = []
        self._engine.connect("finished-utterance", lambda **_: self._finished.set())
        self._engine.connect("error", lambda **found: self._errors.append(str(found.get("exception"))))
        self._engine.setProperty("rate", words_per_minute)
        espeak = self._engine.driver_name == "espeak"
        self.engine_name = f"pyttsx3 {self.engine_name if espeak else self._engine.driver_name}"
        self.voice = self._first_that_speaks((wanted,) if wanted else PLEASANT if espeak else ("",))

    def _first_that_speaks(self, voices: tuple[str, ...]) -> str:
        """The voice now set. It has spoken once, so the next sentence finds everything loaded."""
        for index, voice in enumerate(voices):
            try:
                if voice:
                    self._engine.setProperty("voice", voice)
                self.sound("Hello.")
            except RuntimeError:
                if index == len(voices) - 1:
                    raise
            else:
                break
        return voice or str(self._engine.getProperty("voice"))

    def voices(self) -> list[dict[str, str]]:
        return [
            {"id": voice.id, "name": voice.name, "language": ",".join(str(one) for one in voice.languages or ())}
            for voice in self._engine.getProperty("voices")
        ]

    def sound(self, text: str) -> bytes:
        """A sound file of `text`. Raises RuntimeError where the driver made none, without saying why."""
        self._path.unlink(missing_ok=True)
        self._finished.clear()
        self._errors.clear()
        with _deadline():
            self._engine.save_to_file(text, str(self._path))
            self._engine.runAndWait()
            self._finished.wait(SENTENCE_LIMIT_S)  # the driver's loop may end before the file is written
        if self._errors:
            raise RuntimeError(self._errors[0])
        if not self._path.is_file():
            raise RuntimeError("the speech engine made no sound")
        content = self._path.read_bytes()
        self._path.unlink()
        return content


@contextmanager
def _deadline() -> Iterator[None]:
    """The coach kills this process when it is late; this is for the case that the coach itself has gone."""
    if not hasattr(signal, "alarm"):  # Windows
        yield
        return
    signal.alarm(2 * SENTENCE_LIMIT_S)
    try:
        yield
    finally:
        signal.alarm(0)


def _espeak_carried_where_missing() -> str:
    """The name of the espeak-ng that pyttsx3 will find, after bringing the carried one in where the system has none."""
    if sys.platform != "linux":
        return "espeak-ng"
    try:
        ctypes.CDLL("libespeak-ng.so.1")
    except OSError:
        import espeakng_loader

        os.environ["ESPEAK_DATA_PATH"] = espeakng_loader.get_data_path()
        # Once it is loaded, pyttsx3's own search by name finds it.
        ctypes.CDLL(espeakng_loader.get_library_path(), mode=ctypes.RTLD_GLOBAL)
        return f"espeak-ng (espeakng-loader {version('espeakng-loader')})"
    return "espeak-ng"


def _reply(replies: BinaryIO, values: dict[str, Any], content: bytes = b"") -> None:
    replies.write(json.dumps(values).encode() + b"\n" + content)
    replies.flush()


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2], int(sys.argv[3]))
