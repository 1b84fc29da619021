"""Sound goes when its days are over: enforced whenever a coach opens the store, not when somebody remembers."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from coach.store.folders import all_of, has_sound
from coach.store.sessions import moment

if TYPE_CHECKING:
    from coach.store.store import Store
    from coach.store.values import Session

UNFINISHED_DAYS = 7
"""So long the sound of a talk that broke off waits to be finished; its turns stay."""
BACKUP_DAYS = 30
"""So long the copy from before a migration stays. To forget anything takes it away at once."""


def retire(store: Store, now: datetime) -> tuple[str, ...]:
    """Delete the sound whose days are over, and what a killed coach left behind. Returns whose sound went.

    Raises StoreError. `now`: aware.
    """
    heard = {folder.name for folder in all_of(store.folder) if has_sound(folder)}
    over = [one.id for one in store.sessions() if (one.keeps_audio or one.id in heard) and _over(one, now)]
    gone = [id_ for id_ in over if store.delete_sound(id_)]
    store.clear_left_behind()
    store.database.clear_backups(now - timedelta(days=BACKUP_DAYS))
    return tuple(gone)


def _over(session: Session, now: datetime) -> bool:
    if session.state == "open":
        days = max(session.keep_days, UNFINISHED_DAYS)
        return moment(session.started_at) + timedelta(days=days) <= now
    if not session.keeps_audio or session.ended_at is None:
        return True
    return moment(session.ended_at) + timedelta(days=session.keep_days) <= now
