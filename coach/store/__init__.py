"""Sessions on the disk: facts, corrections and what was told, in one SQLite file."""

from coach.store.store import Store, open_store
from coach.store.values import Practised, Session

__all__ = ["Practised", "Session", "Store", "open_store"]
