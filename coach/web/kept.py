"""The bundled conversation, kept as a talk."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from coach import app
from coach.clock import stamp
from coach.store.recordings import keep

if TYPE_CHECKING:
    from coach.analysis import Progress
    from coach.store import Store

DEMO_DAYS = 30
"""Its voices are synthetic: the sound may stay, so that its moments can be heard."""


def keep_demo(store: Store, progress: Progress) -> str:
    """The bundled conversation, analysed as any recording is. Returns the id of its talk.

    Raises AudioError, CoachError.
    """
    started_at = stamp()
    summary = app.demo(progress=progress)
    assert summary.source.path is not None
    return keep(store, summary, Path(summary.source.path), DEMO_DAYS, kind="demo", started_at=started_at).id
