"""A recording becomes a session like any other, to be reviewed and put right; and where the sound of a session is."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from audio.types import UNKNOWN
from coach.clock import now, stamp
from coach.store.folders import RECORDING

if TYPE_CHECKING:
    from coach.store import Session, Store
    from coach.store.values import Kind
    from coach.summary import Summary


def sound_of(store: Store, session: Session) -> Path | None:
    """The recording of a session, where it is still kept."""
    path = store.folder_of(session.id) / RECORDING
    return path if session.keeps_audio and path.is_file() else None


def keep(
    store: Store,
    summary: Summary,
    recording: Path,
    keep_days: int,
    *,
    kind: Kind = "recording",
    started_at: str | None = None,
) -> Session:
    """The words and numbers; the sound, too, where it is to stay for some days. Raises StoreError, AudioError.

    `started_at` None: as the date of the file tells.
    """
    from coach.render import json

    talk = summary.conversation
    people = sorted(speaker for speaker in talk.speakers if speaker != UNKNOWN)
    session = store.begin(
        kind=kind, names=[summary.name(speaker) for speaker in people],
        started_at=started_at or _began(recording, talk.duration_s), keep_days=keep_days,
    )  # fmt: skip
    try:
        if keep_days:
            _copy(recording, store.folder_of(session.id) / RECORDING)
        store.end(session.id, talk, json.render(summary), ended_at=stamp())
    except BaseException:
        store.drop(session.id)
        raise
    return store.session(session.id)


def _began(recording: Path, duration_s: float) -> str:
    """A recorder closes its file when the talk is over: about the file's own date, less the length."""
    written = datetime.fromtimestamp(recording.stat().st_mtime).astimezone()
    return min(written - timedelta(seconds=duration_s), now()).isoformat(timespec="seconds")


def _copy(recording: Path, to: Path) -> None:
    """As the coach's own recordings are: 16 bits, every channel, so that a moment can be wiped in place."""
    import numpy as np

    from audio.recording import open_recording
    from audio.wavfile import WavFile

    source = open_recording(recording)
    file = WavFile(to, source.channels)
    try:
        for frame in source.frames():
            whole = np.clip(np.rint(frame.samples * 32768), -32768, 32767)
            file.append(whole.astype("<i2").tobytes())
    finally:
        file.close()
