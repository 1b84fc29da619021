"""Taking things out: one talk in any of the exchange formats, its sound, and everything as one archive."""

from __future__ import annotations

from typing import TYPE_CHECKING

from starlette.exceptions import HTTPException
from starlette.responses import FileResponse, Response

from coach import app
from coach.halves import closed_to, open_part
from coach.store.summaries import summary_of
from coach.web.desk import desk
from coach.web.kept import sound_of
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
    summary = summary_of(at.store, id_, app.config().limits)
    text = app.rendered(open_part(summary, closed_to(summary, at.halves.closed(at.store))), wanted)
    return Response(
        text.encode("utf-8", errors="replace"), media_type=MIME.get(wanted, "text/plain"),
        headers={"content-disposition": f'attachment; filename="{session.id}.{wanted}"'},
    )  # fmt: skip
