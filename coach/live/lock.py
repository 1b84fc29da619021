"""One talk at a time: two coaches would hear, and answer, each other."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from coach.errors import StoreError

FILE_NAME = "talk.lock"


@contextmanager
def only_talk(data: Path) -> Iterator[None]:
    """Held until the end; the system lets go of it when the process ends, however it ends. Raises StoreError."""
    import fcntl

    try:
        file = os.open(data / FILE_NAME, os.O_RDWR | os.O_CREAT, 0o600)
    except OSError as error:
        raise StoreError(f"{data} cannot be written ({error.strerror}). Check its permissions and the disk.") from error
    try:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            raise StoreError("Another coach is in a talk on this machine. End that one first: say stop now.") from error
        yield
    finally:
        os.close(file)
