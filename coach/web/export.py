"""Taking things out: one talk in any of the exchange formats, its sound, and everything as one archive."""

from __future__ import annotations

import os
import shutil
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, BinaryIO

from starlette.exceptions import HTTPException
from starlette.responses import FileResponse, Response, StreamingResponse

from coach import app
from coach.clock import now, stamp
from coach.errors import CoachError
from coach.halves import closed_to, open_part
from coach.store import archive
from coach.store.folders import UNDER_WAY
from coach.store.recordings import sound_of
from coach.web.desk import desk
from coach.web.pages import page
from coach.web.talks import titled

if TYPE_CHECKING:
    from starlette.requests import Request

FORMATS = {
    "html": ("The feedback page", "opens in any browser, for looking at and printing"),
    "csv": ("What happened, as a table", "CSV, for a spreadsheet"),
    "vtt": ("What was said, as captions", "WebVTT"),
    "json": ("Everything, for other programs", "JSON, format 1"),
    "textgrid": ("Words and events for Praat", "TextGrid"),
    "rttm": ("Who spoke when", "RTTM"),
}
"""Each is a module of coach/render."""
ARCHIVE = "coach.zip"
PIECE_BYTES = 1 << 18
LONGEST_S = 3600.0
"""So long making an archive may take."""
MIME = {"html": "text/html", "csv": "text/csv", "vtt": "text/vtt", "json": "application/json"}


def of_talk(request: Request) -> Response:
    at = desk(request)
    session = at.store.session(request.path_params["id"])
    return page(
        request, "export.html", session=session, title=titled(session), formats=FORMATS,
        sound=sound_of(at.store, session) is not None, closed=bool(at.halves.closed(at.store)),
    )  # fmt: skip


def taken(request: Request) -> Response:
    """One file, to be saved. Without what is said to somebody whose own part is closed now."""
    at, id_, wanted = desk(request), request.path_params["id"], request.path_params["format"]
    session = at.store.session(id_)
    if wanted == "wav":
        sound = sound_of(at.store, session)
        if sound is None:
            raise HTTPException(404)
        return FileResponse(sound, media_type="audio/wav", filename=f"{session.id}.wav")
    if wanted not in FORMATS:
        raise HTTPException(404)
    summary = at.summary(id_)
    text = app.rendered(open_part(summary, closed_to(summary, at.halves.closed(at.store))), wanted)
    return Response(
        text.encode("utf-8", errors="replace"), media_type=MIME.get(wanted, "text/plain"),
        headers={"content-disposition": f'attachment; filename="{session.id}.{wanted}"'},
    )  # fmt: skip


def everything(request: Request) -> Response:
    at = desk(request)
    return page(
        request, "archive.html", count=len(at.store.sessions()), closed=bool(at.halves.closed(at.store)), file=ARCHIVE
    )


def archived(request: Request) -> Response:
    """All that is kept as one file. It is made in the coach's own folder, and has no name there while it is sent."""
    at = desk(request)
    if at.halves.closed(at.store):
        raise CoachError("A part that stands behind a code is in it, too: open both your parts first, on any talk.")
    with TemporaryDirectory(prefix=UNDER_WAY, dir=at.folder) as place:
        target = Path(place) / ARCHIVE
        archive.write(at.store, target, stamp())
        file = target.open("rb")
    return StreamingResponse(
        _pieces(file), media_type="application/zip",
        headers={
            "content-disposition": f'attachment; filename="{now():%Y-%m-%d}-{ARCHIVE}"',
            "content-length": str(os.fstat(file.fileno()).st_size),
        },
    )  # fmt: skip


def _pieces(file: BinaryIO) -> Iterator[bytes]:
    with file:
        while piece := file.read(PIECE_BYTES):
            yield piece


def clear(folder: Path) -> None:
    """What an app that was killed left of an archive; another one may be making its own right now."""
    for left in folder.glob(f"{UNDER_WAY}*"):
        with suppress(FileNotFoundError):
            if time.time() - left.stat().st_mtime >= LONGEST_S:
                shutil.rmtree(left, ignore_errors=True)
