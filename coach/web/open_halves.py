"""Which halves of the feedback stand open in this run: by their code, for half an hour, or until they are shut."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from coach.store import Store

OPEN_S = 1800.0


class Halves:
    """Which halves stand open in this run."""

    def __init__(self) -> None:
        self._until_s: dict[str, float] = {}  # by casefolded name

    def open(self, name: str) -> None:
        self._until_s[name] = time.monotonic() + OPEN_S

    def shut(self) -> None:
        self._until_s.clear()

    def closed(self, store: Store) -> frozenset[str]:
        """The people, casefolded, whose own part is not to be shown now."""
        now_s = time.monotonic()
        opened = {name for name, until_s in self._until_s.items() if now_s < until_s}
        return store.protected() - opened
