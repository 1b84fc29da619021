"""Single keys from the terminal, where standard input is one; they reach the session as they are pressed."""

from __future__ import annotations

import os
import select
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress

LOOK_S = 0.1


@contextmanager
def pressed(tell: Callable[[str], None]) -> Iterator[None]:
    """`tell` gets each key, from a thread, while this lasts. Without a terminal nothing is read."""
    if not sys.stdin.isatty() or sys.platform == "win32":
        yield
        return
    import termios
    import tty

    terminal = sys.stdin.fileno()
    before = termios.tcgetattr(terminal)
    over = threading.Event()

    def read() -> None:
        while not over.is_set():
            ready, _, _ = select.select([terminal], [], [], LOOK_S)
            if ready:
                with suppress(OSError):
                    for key in os.read(terminal, 32).decode(errors="ignore"):
                        tell(key.lower())

    thread = threading.Thread(target=read, name="keys", daemon=True)
    tty.setcbreak(terminal)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()
        termios.tcsetattr(terminal, termios.TCSADRAIN, before)
