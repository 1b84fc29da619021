"""A Clip out of the loudspeaker, through sounddevice."""

from __future__ import annotations

import ctypes
import threading
from contextlib import suppress
from functools import cache
from typing import TYPE_CHECKING, Any

from audio.errors import DeviceError
from audio.quiet import native_stderr_hidden
from audio.types import Clip

if TYPE_CHECKING:
    from audio.types import Samples

BLOCK_S = 0.01
LATENCY_S = 0.1
TAIL_S = 0.1
"""Silence after the clip: what is still on its way when the stream ends may be dropped."""
LATE_S = 3.0
"""PortAudio does not report an unplugged device: one that takes nothing for so long has gone. To wake takes up to 2."""


def play(clip: Clip, device: int | str | None = None) -> Playing:
    """Begin to play; returns at once. `device` as sounddevice names it, None: the system's own choice.

    Raises DeviceError: no PortAudio, no loudspeaker, or one that refuses.
    """
    sounddevice = _sounddevice()
    with native_stderr_hidden():  # ALSA lists every device that it does not have
        try:
            rate_hz = round(sounddevice.query_devices(device, "output")["default_samplerate"])
            return Playing(sounddevice, _at_rate(clip, rate_hz), rate_hz, device)
        except (sounddevice.PortAudioError, ValueError) as error:
            raise DeviceError(
                "There is no loudspeaker to play on. Plug one in or switch it on, and look with: coach devices"
            ) from error


class Playing:
    """A clip on its way out."""

    def __init__(self, sounddevice: Any, samples: Samples, rate_hz: int, device: int | str | None) -> None:
        self._rate_hz = rate_hz
        self._samples = samples
        self._next = 0
        self._ended = threading.Event()
        self._closing = threading.Lock()
        self._closed = False

        def fill(out: Samples, frames: int, _time: object, _status: object) -> None:
            part = samples[self._next : self._next + frames]
            out[: len(part), 0] = part
            out[len(part) :, 0] = 0
            self._next += frames
            if self._next >= len(samples) + TAIL_S * rate_hz:
                raise sounddevice.CallbackStop

        self._stream = sounddevice.OutputStream(
            samplerate=rate_hz,
            blocksize=round(BLOCK_S * rate_hz),
            device=device,
            channels=1,
            dtype="float32",
            latency=LATENCY_S,
            callback=fill,
            finished_callback=self._ended.set,
        )
        self._stream.start()

    @property
    def played_s(self) -> float:
        """How much of the clip has been handed to the device."""
        return min(self._next, len(self._samples)) / self._rate_hz

    def wait(self) -> None:
        """Until it has been played or stopped. Raises DeviceError where the loudspeaker went away."""
        reached = -1
        while not self._ended.wait(LATE_S):
            if self._next >= len(self._samples):  # all handed over: only the end of the stream was not reported
                break
            if self._next == reached:
                self.stop()
                raise DeviceError(
                    "The loudspeaker stopped taking sound. Plug it in again, and look with: coach devices"
                )
            reached = self._next
        self.stop()

    def stop(self) -> None:
        """Silence at once: what waits in the buffers is dropped. From any thread, as often as wished."""
        with self._closing:
            if not self._closed:  # closed once more it might be another stream, opened since in the same place
                with native_stderr_hidden():
                    self._stream.abort(ignore_errors=True)
                    self._stream.close(ignore_errors=True)
                self._closed = True
        self._ended.set()


def _at_rate(clip: Clip, rate_hz: int) -> Samples:
    if clip.rate_hz == rate_hz or not len(clip.samples):
        return clip.samples
    import soxr

    samples: Samples = soxr.resample(clip.samples, clip.rate_hz, rate_hz)
    return samples


def _sounddevice() -> Any:
    try:
        with native_stderr_hidden():  # it looks for devices while it is imported
            import sounddevice
    except OSError as error:
        raise DeviceError("The sound library PortAudio is missing. Install it: apt install libportaudio2") from error
    _hush_alsa()
    return sounddevice


@cache
def _hush_alsa() -> Any:
    """ALSA writes every stutter to standard error; a handler that does nothing, kept for as long as the process."""
    with suppress(OSError, AttributeError):
        alsa = ctypes.CDLL("libasound.so.2")
        handler = ctypes.CFUNCTYPE(None, *[ctypes.c_char_p, ctypes.c_int] * 2)(lambda *_: None)
        alsa.snd_lib_error_set_handler(handler)
        return handler
    return None
