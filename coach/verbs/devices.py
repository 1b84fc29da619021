"""coach devices: the microphones of this machine with a live meter each, and the one to use."""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Sequence
from typing import TYPE_CHECKING

from coach.plain import one_line
from coach.verbs import add_verb

if TYPE_CHECKING:
    from audio.devices import Device, Level
    from coach.verbs import Verbs

EXAMPLES = """\
  coach devices                   every microphone, and how loud it is while you speak
  coach devices --use "USB Audio" use this one from now on
  coach devices --use default     back to the system's own choice
  coach devices --seconds 0       the list only

Nothing is recorded.
"""
SYSTEM_CHOICE = "default"
METER_S = 5.0
OPENING_S = 3.0
"""A microphone that gives nothing for so long after it was opened will not."""
LOOK_S = 0.1
CELLS = 30
QUIET_DB, LOUD_DB = -60.0, -6.0
"""The ends of the meter."""
TOO_QUIET_DB = -50.0
"""Speech at arm's length reaches -40 on a microphone that is set well."""


def add(verbs: Verbs) -> None:
    parser = add_verb(verbs, "devices", "list the microphones with a live meter, or choose one", EXAMPLES)
    parser.add_argument("--use", metavar="NAME", help='the microphone to use from now on; "default": the system\'s own')
    parser.add_argument(
        "--seconds", type=float, default=METER_S, metavar="S", help=f"how long to meter (default {METER_S:.0f})"
    )
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    from audio import devices
    from audio.errors import DeviceError
    from coach import app, chosen

    folder = app.config_path().parent
    if args.use is not None:
        one = None if args.use == SYSTEM_CHOICE else devices.find_input(args.use)
        chosen.remember_microphone(folder, one.id if one else None)
        print(f"From now on: {one_line(one.name)}" if one else "From now on: the system's own choice")
        found = (one,) if one else devices.inputs()
    else:
        found = devices.inputs()
    if not found:
        raise DeviceError(devices.NO_MICROPHONE)
    used = chosen.microphone(folder)
    if args.seconds <= 0:
        for device in found:
            print(_name(device, used))
        return 0
    levels = _metered(found, used, args.seconds)
    return 0 if any(level.heard for level in levels) else 1


def _metered(found: Sequence[Device], used: str | None, length_s: float) -> Sequence[Level]:
    """Shown live on a terminal; the loudest of each is said at the end in any case."""
    from rich.console import Console
    from rich.live import Live
    from rich.text import Text

    from audio.devices import metered

    print("Say something.", file=sys.stderr)
    loudest_db: dict[str, float] = {}
    levels: Sequence[Level] = ()
    begun_s = time.monotonic()
    end_s = begun_s + OPENING_S + length_s
    with metered(found) as meters, Live(console=Console(stderr=True), transient=True, auto_refresh=False) as live:
        while time.monotonic() < end_s:
            time.sleep(LOOK_S)
            if not all(level.heard or level.error for level in levels):
                end_s = min(begun_s + OPENING_S, time.monotonic()) + length_s
            levels = meters.levels()
            for level in levels:
                loudest_db[level.device.id] = max(level.level_db, loudest_db.get(level.device.id, level.level_db))
            live.update(Text("\n".join(_bar(level, used) for level in levels)), refresh=True)
    for level in levels:
        print(f"{_name(level.device, used)}\n    {_verdict(level, loudest_db[level.device.id])}")
    return levels


def _name(device: Device, used: str | None) -> str:
    is_used = used == device.id if used else device.default
    channels = "1 channel" if device.channels == 1 else f"{device.channels} channels"
    return f"{'*' if is_used else ' '} {one_line(device.name)}  ({channels}, {device.rate_hz} Hz)"


def _bar(level: Level, used: str | None) -> str:
    share = (level.level_db - QUIET_DB) / (LOUD_DB - QUIET_DB)
    filled = round(CELLS * min(1.0, max(0.0, share)))
    return f"[{'#' * filled}{' ' * (CELLS - filled)}] {_name(level.device, used)}"


def _verdict(level: Level, loudest_db: float) -> str:
    if level.error:
        return f"cannot be used: {one_line(level.error)}"
    if not level.heard:
        return "gives no sound. Is another program using it?"
    from audio.level import SILENT_DB

    if loudest_db <= SILENT_DB:
        return "digital silence: switch it on, or turn it up in the sound settings"
    if loudest_db < TOO_QUIET_DB:
        return f"very quiet ({loudest_db:.0f} dB): come nearer, or turn it up in the sound settings"
    return f"works ({loudest_db:.0f} dB at its loudest)"
