"""Where the coach keeps what it keeps: one folder, for its owner's eyes only."""

from __future__ import annotations

import os
import stat
from pathlib import Path

from coach.errors import StoreError

OURS = ("coach.db", "sessions", "unasked", "talk.lock")
VARIABLE = "COACH_DATA"
"""Names another folder: a second pair on one machine, or a disk that is taken along."""


def data_folder() -> Path:
    """The folder, made where there is none. Raises StoreError."""
    given = os.environ.get(VARIABLE)
    if given:
        return of_its_own(Path(given).expanduser().absolute())
    from platformdirs import user_data_path

    return of_its_own(user_data_path("coach", appauthor=False))


def of_its_own(folder: Path) -> Path:
    """The data folder made private, unless it is one of somebody else's, like a home. Raises StoreError."""
    try:
        shared = folder.is_dir() and stat.S_IMODE(folder.stat().st_mode) != 0o700
        if shared and any(folder.iterdir()) and not any((folder / name).exists() for name in OURS):
            raise StoreError(
                f"{folder} holds other things, which a folder of the coach's would close to others. "
                f"Name one of its own with {VARIABLE}=FOLDER."
            )
    except OSError as error:
        raise StoreError(
            f"{folder} cannot be looked into ({error.strerror}). Name another: {VARIABLE}=FOLDER"
        ) from error
    return private(folder)


def private(folder: Path) -> Path:
    """A folder that only its owner may look into, made so or put right. Raises StoreError."""
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        if stat.S_IMODE(folder.stat().st_mode) != 0o700:
            folder.chmod(0o700)
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise StoreError(
            f"{folder} cannot be used to keep sessions ({reason}). Mend it, or name another with {VARIABLE}=FOLDER."
        ) from error
    return folder
