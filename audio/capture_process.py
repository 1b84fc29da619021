"""The child process that holds the microphone: `python -m audio.capture_process ORDER`.

It does nothing else, so that its callback is never late, and so that it can be killed where PortAudio hangs.
ORDER is JSON {"device", "source", "channels", "any"}. On standard output: one JSON line {"device", "rate_hz",
"channels"} or {"error"}; then blocks, each a HEAD and 16-bit interleaved samples. It ends when standard input ends.
`{"list": true}` lists the devices as one JSON line.
"""

from __future__ import annotations

import contextlib
import json
import os
import struct
import sys
import threading
import time
from collections.abc import Iterator
from queue import SimpleQueue
from typing import Any

HEAD = struct.Struct("<dIB")
"""When it arrived (monotonic, s), how many samples a channel, did the driver lose some before it."""
BLOCK_S = 0.02
LATENCY_S = 0.1
"""The buffer between driver and callback: what a loaded machine may be late by. It adds nothing to the delay."""
WANTED_RATE_HZ = 16_000


def main(order: dict[str, Any]) -> None:
    out = os.dup(1)
    os.dup2(2, 1)  # libraries that print do not reach the blocks
    if order.get("source"):
        os.environ["PULSE_SOURCE"] = order["source"]
    try:
        import sounddevice
    except OSError as error:
        _line(out, {"error": str(error)})
        return
    if order.get("list"):
        _line(out, _devices(sounddevice))
        return
    blocks: SimpleQueue[bytes | None] = SimpleQueue()
    try:
        opened, stream = _opened(sounddevice, order, blocks)
    except (sounddevice.PortAudioError, ValueError) as error:
        _line(out, {"error": str(error)})
        return
    threading.Thread(target=_wait_for_the_end, args=(blocks,), daemon=True).start()
    with contextlib.suppress(OSError):  # the reader has gone
        _line(out, opened)
        while (block := blocks.get()) is not None:
            _write(out, block)
    del stream
    os._exit(0)  # closing a stream whose device has gone can hang


def _opened(sounddevice: Any, order: dict[str, Any], blocks: SimpleQueue[bytes | None]) -> tuple[dict[str, Any], Any]:
    """The first of the devices in question that opens. Raises the error of the last."""
    last_error: Exception = ValueError("there is no input device")
    for device in _candidates(sounddevice, order):
        try:
            facts = sounddevice.query_devices(device, "input")
            rate_hz, channels = form_for(sounddevice, device, facts, order["channels"])
            stream = _started(sounddevice, device, rate_hz, channels, blocks)
        except (sounddevice.PortAudioError, ValueError) as error:
            last_error = error
        else:
            name = order.get("source") or facts["name"]
            return {"device": name, "rate_hz": rate_hz, "channels": channels}, stream
    raise last_error


def _candidates(sounddevice: Any, order: dict[str, Any]) -> Iterator[int | str | None]:
    """The one that was asked for; where any will do, then the system's choice, then whatever else there is."""
    yield order["device"]
    if order["any"]:
        os.environ.pop("PULSE_SOURCE", None)
        order.pop("source", None)
        yield None
        for device in sounddevice.query_devices():
            if device["max_input_channels"]:
                yield device["index"]


def form_for(sounddevice: Any, device: int | str | None, facts: dict[str, Any], wanted: int) -> tuple[int, int]:
    """Rate and channels: as we want them where the device can, else its own, to be converted by the recorder."""
    own = (round(facts["default_samplerate"]), min(facts["max_input_channels"], 2))
    for rate_hz, channels in ((WANTED_RATE_HZ, wanted), (own[0], wanted), (WANTED_RATE_HZ, own[1])):
        with contextlib.suppress(sounddevice.PortAudioError):
            sounddevice.check_input_settings(device, channels=channels, dtype="int16", samplerate=rate_hz)
            return rate_hz, channels
    return own


def _started(
    sounddevice: Any, device: int | str | None, rate_hz: int, channels: int, blocks: SimpleQueue[bytes | None]
) -> Any:
    def take(content: Any, samples: int, _time: object, status: Any) -> None:
        blocks.put(HEAD.pack(time.monotonic(), samples, status.input_overflow) + bytes(content))

    stream = sounddevice.RawInputStream(
        samplerate=rate_hz,
        blocksize=round(BLOCK_S * rate_hz),
        device=device,
        channels=channels,
        dtype="int16",
        latency=LATENCY_S,
        callback=take,
    )
    stream.start()
    return stream


def _wait_for_the_end(blocks: SimpleQueue[bytes | None]) -> None:
    sys.stdin.buffer.read()
    time.sleep(LATENCY_S)  # what was said before the end is still on its way
    blocks.put(None)


def _devices(sounddevice: Any) -> dict[str, Any]:
    default_input, default_output = sounddevice.default.device
    found = [
        {
            "index": device["index"],
            "name": device["name"],
            "host": sounddevice.query_hostapis(device["hostapi"])["name"],
            "inputs": device["max_input_channels"],
            "outputs": device["max_output_channels"],
            "rate_hz": round(device["default_samplerate"]),
            "default_input": device["index"] == default_input,
            "default_output": device["index"] == default_output,
        }
        for device in sounddevice.query_devices()
    ]
    return {"devices": found}


def _line(out: int, values: dict[str, Any]) -> None:
    _write(out, json.dumps(values).encode() + b"\n")


def _write(out: int, content: bytes) -> None:
    left = memoryview(content)
    while left:
        left = left[os.write(out, left) :]


if __name__ == "__main__":
    main(json.loads(sys.argv[1]))
