"""The child process that decodes what soundfile cannot: `python -m audio.decoder_process FILE`.

On standard output: one JSON line {"rate_hz", "channels", "duration_s"} or {"error"}; then blocks, each a length in
bytes (4, little endian) and interleaved float32; then length 0 and one JSON line {"broken"}.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from typing import TYPE_CHECKING, BinaryIO

if TYPE_CHECKING:
    import av.container

MEMORY_BYTES = 1 << 30  # ten times what an ordinary file takes
BLOCK_BYTES = 1 << 18


def main(path: str) -> None:
    import av

    av.logging.set_level(None)
    _limit_resources()
    out = sys.stdout.buffer
    begun = False
    broken = False
    try:
        # The file is handed over open, and nothing named inside it may be opened: no network, no other file.
        with open(path, "rb") as file, av.open(file, "r", options={"protocol_whitelist": "none"}) as container:
            for block in _blocks(container):
                out.write(block if not begun else len(block).to_bytes(4, "little") + block)
                begun = True
    except (av.FFmpegError, OSError, ValueError, MemoryError) as error:
        broken = True
        if not begun:
            reason = getattr(error, "strerror", None) or str(error)
            _line(out, {"error": reason.lower()})
            return
    if not begun:  # a header of sound, and nothing behind it
        _line(out, {"error": "there is no sound in it"})
        return
    out.write((0).to_bytes(4, "little"))
    _line(out, {"broken": broken})


def _blocks(container: av.container.InputContainer) -> Iterator[bytes]:
    """The header line, then interleaved float32 of about BLOCK_BYTES.

    The header waits for the first frame: the stated rate is half the true one in some AAC files.
    """
    import av

    if not container.streams.audio:
        raise ValueError("there is no sound in it")
    stream = container.streams.audio[0]
    stated_s = float(stream.duration * stream.time_base) if stream.duration and stream.time_base else None
    convert = None
    pending = bytearray()
    for frame in container.decode(stream):
        if convert is None:
            layout, rate_hz = frame.layout, frame.sample_rate
            header = {"rate_hz": rate_hz, "channels": layout.nb_channels, "duration_s": stated_s}
            yield json.dumps(header).encode() + b"\n"
            form = (frame.layout.name, frame.sample_rate, frame.format.name)
        if convert is None or form != (frame.layout.name, frame.sample_rate, frame.format.name):
            form = (frame.layout.name, frame.sample_rate, frame.format.name)
            convert = av.AudioResampler(format="flt", layout=layout, rate=rate_hz)
        for packed in convert.resample(frame):
            pending += bytes(packed.planes[0])[: packed.samples * layout.nb_channels * 4]
        if len(pending) >= BLOCK_BYTES:
            yield bytes(pending)
            pending.clear()
    if pending:
        yield bytes(pending)


def _limit_resources() -> None:
    try:
        import resource
    except ImportError:  # Windows has no such limits
        return
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))


def _line(out: BinaryIO, values: dict[str, object]) -> None:
    out.write(json.dumps(values).encode() + b"\n")


if __name__ == "__main__":
    main(sys.argv[1])
