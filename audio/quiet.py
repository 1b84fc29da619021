"""Native libraries that write their complaints straight to standard error, past Python."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def native_stderr_hidden() -> Iterator[None]:
    """For the length of a call, and for the whole process: keep the call short."""
    try:
        kept = os.dup(2)
    except OSError:  # closed: there is nothing to hide it from
        yield
        return
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 2)
    try:
        yield
    finally:
        os.dup2(kept, 2)
        os.close(kept)
        os.close(nowhere)
