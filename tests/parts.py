"""Parts of the system that some tests need: present, or a skip with the install line; under CI a failure."""

from __future__ import annotations

import os
import shutil
import time
from collections.abc import Callable

import pytest

PACKAGES = {"parec": "pulseaudio-utils", "paplay": "pulseaudio-utils", "pactl": "pulseaudio-utils"}
"""Where the package is not called like the command."""


def need(command: str) -> str:
    """The path of `command`."""
    found = shutil.which(command)
    if found is None:
        sentence = f"{command} is not installed: apt-get install -y {PACKAGES.get(command, command)}"
        if os.environ.get("CI") == "true":
            pytest.fail(sentence)
        pytest.skip(sentence)
    return found


def wait_until(holds: Callable[[], bool], limit_s: float = 10) -> None:
    end_s = time.monotonic() + limit_s
    while not holds():
        assert time.monotonic() < end_s, "what should have happened did not"
        time.sleep(0.02)
