"""The code before a person's own half: set, taken away, asked for."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from coach.errors import StoreError
from coach.plain import one_line

if TYPE_CHECKING:
    from coach.store import Store


def set_code(name: str, store: Store) -> None:
    """Raises StoreError."""
    if not any(name.casefold() == own.casefold() for session in store.sessions() for own in session.names):
        raise StoreError(f"{one_line(name)[:40]!r} is in no session that is kept. See the names: coach review --list")
    code = _asked(f"A code for {one_line(name)}, four letters or digits or more: ")
    if _asked("Once more: ") != code:
        raise StoreError("The two are not the same. Nothing was set.")
    store.set_code(name, code)
    print(f"{one_line(name)}'s own half now needs it: coach review --code -")


def clear_code(name: str, store: Store) -> None:
    """Raises StoreError."""
    if not store.clear_code(name, _asked(f"The code of {one_line(name)}: ")):
        raise StoreError(f"That is not the code of {one_line(name)[:40]}. Nothing was changed.")
    print(f"{one_line(name)}'s own half is open again.")


def opened_by(code: str | None, store: Store) -> frozenset[str]:
    """Whose half a code opens, "-" being asked for. Raises StoreError where it is nobody's."""
    if code is None:
        return frozenset()
    found = store.opened_by(_asked("Code: ") if code == "-" else code)
    if not found:
        raise StoreError("That is nobody's code. Without --code, the joint part is shown.")
    return found


def _asked(question: str) -> str:
    from getpass import getpass

    return getpass(question) if sys.stdin.isatty() else sys.stdin.readline().strip()
