"""Everything that is kept, in one file to take along: a ZIP of JSON, and the sound where it is kept.

coach-archive.json            format, when it was made
sessions/ID.json              the session, its log, facts as heard, corrections, what was told
sessions/ID/recording.wav     as it is, not packed
practice.json, voices.json
"""

from __future__ import annotations

import os
import tempfile
import zipfile
from collections.abc import Callable
from contextlib import suppress
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

from coach.errors import OutputError
from coach.store import voices
from coach.store.folders import LISTS, RECORDING
from coach.store.forms import conversation_form, correction_form, dumped, entry_form, turn_form

if TYPE_CHECKING:
    from coach.store.store import Store
    from coach.store.values import Session

FORMAT = 1
MANIFEST = "coach-archive.json"
PRACTICE = "practice.json"
VOICES = "voices.json"
SESSIONS = "sessions/"


def write(
    store: Store, target: Path, made_at: str, progress: Callable[[float], None] = lambda share: None
) -> tuple[int, int]:
    """Whole or not at all, for its owner's eyes. Returns the sessions in it, and those with sound.

    Raises OutputError, StoreError.
    """
    part: Path | None = None
    try:
        handle, name = tempfile.mkstemp(prefix=f".{target.name[:80]}.", suffix=".part", dir=target.parent)
        part = Path(name)
        with os.fdopen(handle, "w+b") as file:
            with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
                counts = _fill(archive, store, made_at, progress)
            file.flush()
            os.fsync(file.fileno())
        part.replace(target)
    except OSError as error:
        raise OutputError(
            f"{target} could not be written ({error.strerror or error}). Check the folder and the free space."
        ) from error
    finally:
        if part is not None:
            with suppress(FileNotFoundError):
                part.unlink()
    return counts


def _fill(archive: zipfile.ZipFile, store: Store, made_at: str, progress: Callable[[float], None]) -> tuple[int, int]:
    archive.writestr(MANIFEST, dumped({"coach": "archive", "format": FORMAT, "made_at": made_at}))
    archive.writestr(PRACTICE, dumped(_practice(store)))
    archive.writestr(VOICES, dumped(_voices(store)))
    found = store.sessions()
    heard = 0
    for at, session in enumerate(found):
        archive.writestr(f"{SESSIONS}{session.id}.json", dumped(session_form(store, session)))
        folder = store.folder_of(session.id)
        for name in (RECORDING, *LISTS):
            if session.keeps_audio and (folder / name).is_file():
                archive.write(folder / name, f"{SESSIONS}{session.id}/{name}", zipfile.ZIP_STORED)
                heard += name == RECORDING
        progress((at + 1) / len(found))
    return len(found), heard


def session_form(store: Store, session: Session) -> dict[str, Any]:
    """All of one session, as it stands in the store."""
    form: dict[str, Any] = {
        "session": asdict(session),
        "entries": [entry_form(entry) for entry in store.entries(session.id)],
        "turns": [turn_form(turn) for turn in store.heard(session.id)],
        "corrections": [correction_form(correction) for correction in store.corrections(session.id)],
    }
    if session.state == "ended":
        form["facts"] = conversation_form(store.recorded(session.id))
        form["told"] = store.told(session.id)
    return form


def _voices(store: Store) -> dict[str, Any]:
    with store.database.read() as sql:
        return {name: {"at": at, "numbers": numbers} for name, numbers, at in voices.rows(sql)}


def _practice(store: Store) -> dict[str, Any]:
    results = [
        {"card": one.card, "drill": one.drill, "at": one.at, "score": one.score, "result": one.result}
        for one in store.practice_results()
    ]
    return {"results": results, "schedules": dict(store.schedules())}
