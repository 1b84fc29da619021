"""The talks that are kept: as a list, as a page each, and their sound."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from itertools import groupby
from typing import TYPE_CHECKING

from starlette.exceptions import HTTPException
from starlette.responses import FileResponse

from coach import content
from coach.render import html
from coach.session.content import SESSIONS
from coach.web.desk import desk
from coach.web.kept import sound_of, summary_of
from coach.web.pages import page

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.responses import Response

    from coach.store import Session

A_PAGE = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """A talk in a list."""

    id: str
    title: str
    names: str
    started_at: str
    duration_s: float | None
    open: bool


def rows(sessions: Iterable[Session]) -> tuple[Row, ...]:
    """The newest first."""
    newest = sorted(sessions, key=lambda one: datetime.fromisoformat(one.started_at), reverse=True)
    return tuple(
        Row(
            id=one.id, title=titled(one), names=" and ".join(one.names), started_at=one.started_at,
            duration_s=one.duration_s, open=one.state == "open",
        )
        for one in newest
    )  # fmt: skip


def titled(session: Session) -> str:
    """What kind of talk it was."""
    if session.kind == "demo":
        return "The bundled conversation"
    if session.kind == "recording":
        return "A recording"
    return plan_names().get(session.plan or "", "A talk")


@cache
def plan_names() -> dict[str, str]:
    return {name: content.session_plan(name).name for name in SESSIONS}


def listed(request: Request) -> Response:
    """The newest first, month by month; the older ones on pages of their own."""
    every = rows(desk(request).store.sessions())
    before = request.query_params.get("before", "")
    older = [row for row in every if not before or row.id < before] if before else list(every)
    shown = older[:A_PAGE]
    months = [
        (name, list(group))
        for name, group in groupby(shown, key=lambda row: f"{datetime.fromisoformat(row.started_at):%B %Y}")
    ]
    return page(
        request, "talks.html", months=months, older=shown[-1].id if len(older) > A_PAGE else "", count=len(every)
    )


def shown(request: Request) -> Response:
    at = desk(request)
    session = at.store.session(request.path_params["id"])
    summary = summary_of(at.store, session.id)
    sound = f"/talks/{session.id}/sound" if sound_of(at.store, session) else ""
    return page(request, "talk.html", **html.values(summary), audio=sound, session=session)


def sound(request: Request) -> Response:
    """The recording, or a part of it, as the player asks for it."""
    at = desk(request)
    path = sound_of(at.store, at.store.session(request.path_params["id"]))
    if path is None:
        raise HTTPException(404)
    return FileResponse(path, media_type="audio/wav")
