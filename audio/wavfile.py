"""A 16-bit WAV file that grows on the disk and can be played at any moment, whatever happens to its writer.

    44 bytes of header | samples ...........| the next block
                         header says so many ^ and is put right after each block

A writer that is killed between the two leaves a file that states one block too few: still a good file, and
`repair` makes it state all.
"""

from __future__ import annotations

import os
import struct
from pathlib import Path

from audio.errors import RecordingError
from audio.types import RATE_HZ

HEADER_BYTES = 44
SAMPLE_BYTES = 2
LAYOUT = struct.Struct("<4sI4s4sIHHIIHH4sI")
MOST_BYTES = 0xFFFF_FFFF - HEADER_BYTES
"""The format counts in 32 bits: 37 hours of one channel."""


class WavFile:
    """A new file that is only ever appended to. For its owner's eyes from the first byte.

    Raises OSError where the disk does not take it; what was appended before then stays, and is playable.
    """

    def __init__(self, path: Path, channels: int) -> None:
        self._frame_bytes = channels * SAMPLE_BYTES
        self._channels = channels
        self.samples = 0
        # O_BINARY exists, and is needed, on Windows only
        flags = os.O_RDWR | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0)
        self._file = os.open(path, flags, 0o600)
        self._write(0, header(channels, 0))

    def append(self, content: bytes) -> None:
        """Whole samples, interleaved, 16-bit little endian."""
        data_bytes = self.samples * self._frame_bytes
        if data_bytes + len(content) > MOST_BYTES:
            raise OSError("the file is as long as a WAV file can be")
        try:
            self._write(HEADER_BYTES + data_bytes, content)
        finally:  # of a block that fitted only in part, the part counts
            held = os.fstat(self._file).st_size - HEADER_BYTES
            self.samples = max(self.samples, min(held, data_bytes + len(content)) // self._frame_bytes)
            self._write(0, header(self._channels, self.samples * self._frame_bytes))

    def sync(self) -> None:
        os.fsync(self._file)

    def close(self) -> None:
        try:
            os.ftruncate(self._file, HEADER_BYTES + self.samples * self._frame_bytes)
            self.sync()
        finally:
            os.close(self._file)

    def _write(self, place: int, content: bytes) -> None:
        os.lseek(self._file, place, os.SEEK_SET)
        left = memoryview(content)
        while left:  # a disk that is nearly full takes a part without an error, and says so at the next try
            count = os.write(self._file, left)
            if not count:
                raise OSError("the disk took nothing")
            left = left[count:]


def header(channels: int, data_bytes: int) -> bytes:
    frame_bytes = channels * SAMPLE_BYTES
    riff_bytes = HEADER_BYTES - 8 + data_bytes
    form = (16, 1, channels, RATE_HZ, RATE_HZ * frame_bytes, frame_bytes, 8 * SAMPLE_BYTES)
    return LAYOUT.pack(b"RIFF", riff_bytes, b"WAVE", b"fmt ", *form, b"data", data_bytes)


def channels_of(path: Path) -> int:
    """Raises RecordingError where it is no file of ours."""
    try:
        with path.open("rb") as file:
            head = file.read(HEADER_BYTES)
    except OSError as error:
        raise RecordingError(f"{path} cannot be read ({error.strerror}). Check the folder.") from error
    if len(head) < HEADER_BYTES or head[:4] != b"RIFF" or head[36:40] != b"data":
        raise RecordingError(f"{path} holds no recording of the coach. Choose another session.")
    channels: int = LAYOUT.unpack(head)[6]
    if head != header(channels, LAYOUT.unpack(head)[-1]):
        raise RecordingError(f"{path} holds no recording of the coach. Choose another session.")
    return channels


def repair(path: Path) -> int:
    """Make the file of a killed writer state all that it holds. Returns its samples. Raises RecordingError."""
    channels = channels_of(path)
    frame_bytes = channels * SAMPLE_BYTES
    try:
        with path.open("r+b") as file:
            samples = (os.fstat(file.fileno()).st_size - HEADER_BYTES) // frame_bytes
            right = header(channels, samples * frame_bytes)
            if file.read(HEADER_BYTES) != right:
                file.seek(0)
                file.write(right)
            file.truncate(HEADER_BYTES + samples * frame_bytes)
            file.flush()
            os.fsync(file.fileno())
    except OSError as error:
        raise RecordingError(f"{path} cannot be mended ({error.strerror}). Check the folder and the disk.") from error
    return samples
