"""The microphone that the person chose with `coach devices --use`: one line in a file beside the settings."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

from coach.errors import ConfigError

if TYPE_CHECKING:
    from audio.capture import Wanted

FILE_NAME = "microphone.txt"


def microphone(folder: Path) -> str | None:
    """Its name; None where none was chosen. Raises ConfigError."""
    path = folder / FILE_NAME
    try:
        return path.read_text(encoding="utf-8").strip() or None
    except FileNotFoundError:
        return None
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError(f"{path} cannot be read ({error}). Choose again with: coach devices --use NAME") from error


def remember_microphone(folder: Path, name: str | None) -> None:
    """None: back to the system's own choice. Raises ConfigError."""
    path = folder / FILE_NAME
    try:
        if name is None:
            path.unlink(missing_ok=True)
            return
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        part = path.with_suffix(f".{os.getpid()}.part")
        part.write_text(name + "\n", encoding="utf-8")
        part.replace(path)
    except OSError as error:
        reason = error.strerror or str(error)
        raise ConfigError(f"{path} could not be written ({reason}). Check the folder and the free space.") from error


def wanted(folder: Path, channels: int = 1) -> Wanted:
    """The chosen microphone, to be opened. Raises ConfigError, or DeviceError where it is not plugged in."""
    from audio.capture import Wanted
    from audio.devices import find_input

    name = microphone(folder)
    return find_input(name).wanted(channels) if name else Wanted(channels=channels)


def wanted_for_talk(folder: Path) -> Wanted:
    """The same, with both channels of a microphone that has two: they may be one each."""
    from audio.devices import inputs

    name = microphone(folder)
    found = inputs()
    used = next((one for one in found if (one.id == name if name else one.default)), None)
    return wanted(folder, channels=2 if used is not None and used.channels == 2 else 1)
