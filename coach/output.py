"""Where results go: a file that appears whole or not at all, or standard output."""

from __future__ import annotations

import os
import sys
import tempfile
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

from coach.errors import OutputError

STDOUT = "-"


def check(targets: Iterable[str], inputs: Iterable[Path] = ()) -> None:
    """Find out before the work begins what could not be written after it. Raises OutputError."""
    places = [target for target in targets if target != STDOUT]
    for target in places:
        path = Path(target)
        if places.count(target) > 1:
            raise OutputError(f"{path} is named for two results. Give each its own name.")
        if os.path.isdir(path):  # unlike Path's, these do not fail where the folder may not be looked into
            raise OutputError(f"{path} is a folder. Name a file in it.")
        if os.path.exists(path) and not os.path.isfile(path):
            raise OutputError(f"{path} is no ordinary file. Name another, or - for the screen.")
        if any(os.path.exists(path) and os.path.exists(given) and path.samefile(given) for given in inputs):
            raise OutputError(f"{path} is the recording itself and would be lost. Name another file.")
        folder = path.parent
        if not os.path.isdir(folder):
            raise OutputError(f"There is no folder {folder}. Make it first, or name another.")
        if not os.access(folder, os.W_OK):
            raise OutputError(f"Nothing can be written in {folder}. Choose another folder, or change its permissions.")


def write(target: str, text: str) -> None:
    """Raises OutputError; nothing half-written stays."""
    if target == STDOUT:
        encoding = sys.stdout.encoding or "utf-8"
        sys.stdout.write(text.encode(encoding, errors="replace").decode(encoding))
        sys.stdout.write("" if text.endswith("\n") else "\n")
        return
    path = Path(target)
    part: Path | None = None
    try:
        handle, name = tempfile.mkstemp(prefix=f".{path.name[:80]}.", suffix=".part", dir=path.parent)
        part = Path(name)
        with os.fdopen(handle, "w", encoding="utf-8", errors="replace", newline="") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        part.chmod(0o600)  # what people said to each other is for them alone
        part.replace(path)
    except OSError as error:
        if part is not None:
            with suppress(OSError):
                part.unlink()
        reason = error.strerror or str(error)
        raise OutputError(f"{path} could not be written ({reason}). Check the folder and the free space.") from error
