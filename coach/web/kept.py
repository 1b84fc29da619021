"""The sound of a kept talk, and the bundled conversation kept as one."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from coach import app
from coach.render import json as as_json
from coach.store.folders import RECORDING

if TYPE_CHECKING:
    from coach.analysis import Progress
    from coach.store import Session, Store

DEMO_DAYS = 30
"""Its voices are synthetic: the sound may stay, so that its moments can be heard."""


def sound_of(store: Store, session: Session) -> Path | None:
    """The recording of a talk, where it is still kept."""
    path = store.folder_of(session.id) / RECORDING
    return path if session.keeps_audio and path.is_file() else None


def keep_demo(store: Store, progress: Progress) -> str:
    """The bundled conversation, analysed as any recording is. Returns the id of its talk.

    Raises AudioError, CoachError.
    """
    started_at = _now()
    summary = app.demo(progress=progress)
    names = [summary.name(speaker) for speaker in sorted(summary.conversation.speakers)]
    session = store.begin(kind="demo", names=names, started_at=started_at, keep_days=DEMO_DAYS)
    try:
        if summary.source.path is not None:
            _copy_sound(Path(summary.source.path), store.folder_of(session.id) / RECORDING)
        store.end(session.id, summary.conversation, as_json.render(summary), ended_at=_now())
    except BaseException:
        store.drop(session.id)
        raise
    return session.id


def _copy_sound(recording: Path, to: Path) -> None:
    """As mono WAV, which can be played from any moment and silenced in place."""
    import numpy as np

    from audio.recording import open_recording, write_wav
    from audio.types import Clip

    frames = [frame.samples.mean(axis=1) for frame in open_recording(recording).frames()]
    write_wav(to, Clip(samples=np.concatenate(frames)))


def _now() -> str:
    return datetime.now().astimezone().isoformat(timespec="seconds")
