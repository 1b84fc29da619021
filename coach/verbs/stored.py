"""What the verbs on kept sessions share: the store with its retention enforced, and which session is meant."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING

from coach.clock import now
from coach.errors import StoreError

if TYPE_CHECKING:
    from coach.store import Session, Store

LAST = "last"
NOTHING = "Nothing is kept yet. Begin with: coach talk, or: coach analyze FILE --keep"


@contextmanager
def opened() -> Iterator[Store]:
    """The store of this person. Sound whose days are over is gone when it is handed over. Raises StoreError."""
    from coach.store import open_store
    from coach.store.place import data_folder
    from coach.store.retention import retire

    with open_store(data_folder()) as store:
        retire(store, now())
        yield store


def find(sessions: Sequence[Session], wanted: str) -> Session:
    """By id, its four letters, its date, or "last". Raises StoreError."""
    if not sessions:
        raise StoreError(NOTHING)
    if wanted == LAST:
        return sessions[-1]
    found = [one for one in sessions if wanted in (one.id, one.id[-4:], one.id[:10], one.started_at[:10])]
    if len(found) == 1:
        return found[0]
    if found:
        raise StoreError(f"{wanted} was {len(found)} sessions: choose {', '.join(one.id for one in found[:9])}.")
    raise StoreError(f"There is no session {wanted[:40]!r}. List them with: coach review --list")


def ended(sessions: Sequence[Session]) -> tuple[Session, ...]:
    return tuple(one for one in sessions if one.state == "ended")


def seconds(text: str) -> float:
    """1:05, 1:02:05 or 65.5 as seconds. Raises StoreError."""
    if not re.fullmatch(r"(\d{1,3}:){0,2}\d{1,6}(\.\d{1,6})?", text):
        raise StoreError(f"{text[:40]!r} is no time of a recording. Write it like 1:05, or in seconds like 65.5")
    whole = 0.0
    for part in text.split(":"):
        whole = whole * 60 + float(part)
    return whole


def agreed(question: str, *, yes: bool) -> bool:
    """Ask on the terminal, unless the answer was given before; without anybody there to answer, it is no."""
    if yes:
        return True
    print(f"{question} [y/N] ", end="", file=sys.stderr, flush=True)
    answer = sys.stdin.readline().strip().casefold()
    if not answer:
        print(file=sys.stderr)
    return answer in ("y", "yes")
