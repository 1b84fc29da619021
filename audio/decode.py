"""A sound file as blocks of samples at its own rate: soundfile where it can, a fenced-in child process where not.

The child (`audio.decoder_process`) runs PyAV's hundreds of parsers on whatever file it is given, so it has a memory
limit, no network, no other files, and is killed when it makes no progress.
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

from audio.errors import RecordingError
from audio.quiet import native_stderr_hidden

if TYPE_CHECKING:
    import soundfile

    from audio.types import Samples

BLOCK_S = 1.0
STALL_S = 8.0
"""A decoder that gives nothing for so long is stuck: a second of sound takes it milliseconds."""
UNKNOWN_FRAMES = 1 << 62
UNKNOWN_BYTES = 0x7FFF_0000
"""Writers to a pipe do not know the length and put the largest number there is."""


class BrokenOff(Exception):
    """The sound ends here although the file says that there is more. What came before is good."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Form:
    rate_hz: int
    channels: int
    duration_s: float | None  # as the file states it


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Sound:
    """An open file. `blocks` are float32, shape (samples, channels), and may end in BrokenOff."""

    form: Form
    blocks: Iterator[Samples]


@contextmanager
def opened(path: Path) -> Iterator[Sound]:
    """Raises RecordingError where neither library knows the format."""
    import soundfile

    try:
        with native_stderr_hidden():  # the mp3 parser inside libsndfile prints its warnings
            file = soundfile.SoundFile(path)
    except (soundfile.SoundFileError, TypeError):  # TypeError: it takes .raw for a format that needs a rate
        with _decoder(path) as sound:
            yield sound
        return
    with file:
        form = Form(rate_hz=file.samplerate, channels=file.channels, duration_s=_stated_s(file))
        yield Sound(form=form, blocks=_soundfile_blocks(file))


def _stated_s(file: soundfile.SoundFile) -> float | None:
    """The length in the header; libsndfile itself shortens that of a WAV to what the file holds."""
    if file.frames > UNKNOWN_FRAMES:
        return None
    seconds: float = file.frames / file.samplerate
    shortened = re.search(r"^data : (\d+) \(should be (\d+)\)", file.extra_info, re.MULTILINE)
    if shortened:
        stated, held = (int(size) for size in shortened.groups())
        if held < stated < UNKNOWN_BYTES:
            return seconds * stated / held
    return seconds


def _soundfile_blocks(file: soundfile.SoundFile) -> Iterator[Samples]:
    import soundfile

    size = int(BLOCK_S * file.samplerate)
    while True:
        try:
            block: Samples = file.read(size, dtype="float32", always_2d=True)
        except soundfile.SoundFileError as error:
            raise BrokenOff from error
        if not len(block):
            return
        yield block


@contextmanager
def _decoder(path: Path) -> Iterator[Sound]:
    # -P: a folder the person happens to stand in must not lend its modules to the child
    command = [sys.executable, "-P", "-m", "audio.decoder_process", str(path)]
    child = subprocess.Popen(
        command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, bufsize=1 << 16
    )
    assert child.stdout is not None
    try:
        header = _told(child)
        if "rate_hz" not in header:
            reason = header.get("error", "the decoder gave up on it")
            raise RecordingError(
                f"{path} cannot be read as sound ({reason}). Use a recording saved as wav, flac, mp3, ogg, opus or m4a."
            )
        yield Sound(form=Form(**header), blocks=_decoder_blocks(child, header["channels"]))
    finally:
        child.kill()
        child.stdout.close()
        child.wait()


def _decoder_blocks(child: subprocess.Popen[bytes], channels: int) -> Iterator[Samples]:
    import numpy as np

    while True:
        size = int.from_bytes(_read(child, 4), "little")
        content = _read(child, size)
        if len(content) < size or not size:
            if _told(child).get("broken", True):
                raise BrokenOff
            return
        yield np.frombuffer(content, dtype=np.float32).reshape(-1, channels)


def _told(child: subprocess.Popen[bytes]) -> dict[str, Any]:
    """A line of JSON from the child; nothing where it ended before or in it."""
    try:
        told = json.loads(_read_line(child))
    except ValueError:
        return {}
    return told if isinstance(told, dict) else {}


def _read(child: subprocess.Popen[bytes], size: int) -> bytes:
    with _watched(child) as output:
        return output.read(size)


def _read_line(child: subprocess.Popen[bytes]) -> bytes:
    with _watched(child) as output:
        return output.readline()


@contextmanager
def _watched(child: subprocess.Popen[bytes]) -> Iterator[IO[bytes]]:
    """The child's output; a child that is silent for STALL_S is killed, which ends the read."""
    assert child.stdout is not None
    watchdog = threading.Timer(STALL_S, child.kill)
    watchdog.daemon = True
    watchdog.start()
    try:
        yield child.stdout
    finally:
        watchdog.cancel()
