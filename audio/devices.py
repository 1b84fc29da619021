"""Which microphones and loudspeakers there are, and how loud each microphone is right now.

Where a sound server runs (PulseAudio, PipeWire), its own list is the one that people know from their settings:
PortAudio sees the server as one device, and the bare hardware behind it, which the server keeps to itself.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from queue import Empty, SimpleQueue
from typing import Any, Literal

from audio.capture import Block, Capture, Ended, Message, Refused, Start, Wanted
from audio.errors import DeviceError
from audio.level import SILENT_DB, level_db

LIST_LIMIT_S = 10.0
SERVER_LIMIT_S = 3.0
SERVER_DEVICE = "pulse"
"""How PortAudio, through ALSA, calls the sound server."""
NO_PORTAUDIO = "The sound library PortAudio is missing. Install it: apt install libportaudio2"
NO_MICROPHONE = "There is no microphone. Plug one in or switch it on, and look again with: coach devices"
NO_LOUDSPEAKER = "There is no loudspeaker. Plug one in or switch it on, and look again with: coach devices"

Direction = Literal["input", "output"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Device:
    name: str  # as people know it
    channels: int
    rate_hz: int  # its own
    default: bool  # the system's choice
    device: str  # as sounddevice names it
    source: str = ""  # as the sound server names it

    @property
    def id(self) -> str:
        """What to remember it by: two microphones of one make have the same name."""
        return self.source or self.name

    def wanted(self, channels: int = 1) -> Wanted:
        return Wanted(device=self.device, source=self.source, channels=channels)


def inputs() -> tuple[Device, ...]:
    """Microphones, as they are now; none is an honest answer. Raises DeviceError where PortAudio is missing."""
    return _devices("input")


def outputs() -> tuple[Device, ...]:
    """Loudspeakers, as they are now. Raises DeviceError where PortAudio is missing."""
    return _devices("output")


def default_input() -> str:
    """The microphone that is used where none was chosen. Raises DeviceError where there is none."""
    return _default(inputs(), NO_MICROPHONE)


def default_output() -> str:
    """The loudspeaker that is used where none was chosen. Raises DeviceError where there is none."""
    return _default(outputs(), NO_LOUDSPEAKER)


def find_input(name: str) -> Device:
    """The microphone of that name, or the only one whose name holds it, in any case. Raises DeviceError."""
    found = inputs()
    if not found:
        raise DeviceError(NO_MICROPHONE)
    wanted = name.casefold()
    same = [one for one in found if wanted in (one.name.casefold(), one.source.casefold())]
    near = same or [one for one in found if wanted in one.name.casefold() or wanted in one.source.casefold()]
    if len(near) == 1 or same:
        return near[0]
    which = "Several microphones are" if near else "No microphone is"
    names = ", ".join(f'"{one.name}"' for one in near or found)
    raise DeviceError(f'{which} called "{name}". Choose one of: {names}')


@dataclass(frozen=True, slots=True, kw_only=True)
class Level:
    device: Device
    level_db: float  # of the sound since the last look
    heard: bool  # it has given sound at all, silence included
    error: str = ""


@contextmanager
def metered(devices: Sequence[Device]) -> Iterator[Meters]:
    """All of them open at once, none recorded."""
    meters = Meters(devices)
    try:
        yield meters
    finally:
        meters.close()


class Meters:
    def __init__(self, devices: Sequence[Device]) -> None:
        self._meters = [_Meter(device) for device in devices]

    def levels(self) -> tuple[Level, ...]:
        return tuple(meter.level() for meter in self._meters)

    def close(self) -> None:
        for meter in self._meters:
            meter.capture.kill()


class _Meter:
    def __init__(self, device: Device) -> None:
        self._device = device
        self._inbox: SimpleQueue[tuple[Capture, Message]] = SimpleQueue()
        self._heard = False
        self._error = ""
        self._level_db = SILENT_DB
        self.capture = Capture(device.wanted(), self._inbox)

    def level(self) -> Level:
        content = bytearray()
        for message in self._messages():
            match message:
                case Block():
                    self._heard = True
                    content += message.content
                case Refused():
                    self._error = message.error
                case Ended():
                    self._error = self._error or "it stopped giving sound"
                case Start():
                    pass
        if content:
            self._level_db = level_db(bytes(content))
        return Level(device=self._device, level_db=self._level_db, heard=self._heard, error=self._error)

    def _messages(self) -> Iterator[Message]:
        while True:
            try:
                yield self._inbox.get_nowait()[1]
            except Empty:
                return


def _default(devices: tuple[Device, ...], none: str) -> str:
    if not devices:
        raise DeviceError(none)
    return next((one.name for one in devices if one.default), devices[0].name)


def _devices(direction: Direction) -> tuple[Device, ...]:
    heard_of = _portaudio_devices()
    if any(one["name"] == SERVER_DEVICE for one in heard_of):
        of_server = tuple(_server_devices(direction))
        if of_server:
            return of_server
    return tuple(
        Device(
            name=one["name"],
            channels=one[f"{direction}s"],
            rate_hz=one["rate_hz"],
            default=one[f"default_{direction}"],
            device=f"{one['name']}, {one['host']}",
        )
        for one in heard_of
        if one[f"{direction}s"]
    )


def _portaudio_devices() -> list[dict[str, Any]]:
    """Asked in a process of its own: PortAudio looks for devices only once in the life of a process, and may hang."""
    command = [sys.executable, "-P", "-m", "audio.capture_process", json.dumps({"list": True})]
    try:
        done = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, timeout=LIST_LIMIT_S, check=False)
        found = json.loads(done.stdout)
    except (subprocess.TimeoutExpired, ValueError) as error:
        raise DeviceError(
            "The sound system does not answer. Restart it (systemctl --user restart pipewire), or log in again."
        ) from error
    if "error" in found:
        raise DeviceError(NO_PORTAUDIO)
    devices: list[dict[str, Any]] = found["devices"]
    return devices


def _server_devices(direction: Direction) -> Iterator[Device]:
    """What a loudspeaker plays can be listened to too: no microphone, unless somebody made it the default."""
    kind = {"input": "source", "output": "sink"}[direction]
    default = _pactl(f"get-default-{kind}").strip()
    try:
        found = json.loads(_pactl("--format=json", "list", f"{kind}s") or "[]")
    except ValueError:  # a server too old to know the format
        return
    for one in found:
        if one.get("monitor_source") and direction == "input" and one["name"] != default:
            continue
        _, channels, rate_hz = one["sample_specification"].split()
        yield Device(
            name=one["description"],
            channels=int(channels.removesuffix("ch")),
            rate_hz=int(rate_hz.removesuffix("Hz")),
            default=one["name"] == default,
            device=SERVER_DEVICE,
            source=one["name"],
        )


def _pactl(*words: str) -> str:
    """What the sound server says; nothing where there is no server or no pactl."""
    command = shutil.which("pactl")
    if not command:
        return ""
    try:
        done = subprocess.run(
            [command, *words],
            env={**os.environ, "LC_ALL": "C"},
            capture_output=True,
            text=True,
            timeout=SERVER_LIMIT_S,
            check=False,
        )
    except subprocess.TimeoutExpired:
        return ""
    return done.stdout if not done.returncode else ""
