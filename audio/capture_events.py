"""What happens to a recording while it is made: small values, from the recorder to the coach as lines of JSON."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from typing import Literal

StopReason = Literal["asked", "coach gone", "disk full", "write failed", "no microphone", "recorder failed"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Opened:
    """A microphone gives sound: the first one, or again after Away."""

    first_sample: int
    device: str
    rate_hz: int  # as the device gives it; the recording is at RATE_HZ
    channels: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Away:
    """The microphone has stopped giving sound. It is looked for; silence is written meanwhile, and marked."""

    first_sample: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Lost:
    """Sound is missing here; silence stands in its place."""

    first_sample: int
    samples: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Muted:
    """Nothing but digital silence since this sample: a switch on the microphone, or the wrong input."""

    first_sample: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Heard:
    """Sound again after Muted."""

    first_sample: int


@dataclass(frozen=True, slots=True, kw_only=True)
class DiskLow:
    free_bytes: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Stopped:
    """The end; the file is complete as far as `samples`."""

    reason: StopReason
    samples: int
    lost_samples: int = 0
    overflows: int = 0  # times the driver said that it lost sound
    blocks: int = 0
    late_blocks: int = 0  # callbacks after more than LATE_S without one
    longest_wait_ms: int = 0  # between two callbacks
    detail: str = ""  # the system's own words where something failed


Event = Opened | Away | Lost | Muted | Heard | DiskLow | Stopped
KINDS: dict[str, type[Event]] = {kind.__name__: kind for kind in (Opened, Away, Lost, Muted, Heard, DiskLow, Stopped)}


def to_line(event: Event) -> bytes:
    return json.dumps({"event": type(event).__name__, **asdict(event)}).encode() + b"\n"


def from_line(line: bytes) -> Event:
    values = json.loads(line)
    return KINDS[values.pop("event")](**values)
