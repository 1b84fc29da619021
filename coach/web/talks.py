"""The talks that are kept: as a list, as a page each, and their sound."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from itertools import groupby
from typing import TYPE_CHECKING

from starlette.exceptions import HTTPException
from starlette.responses import FileResponse

from coach import content
from coach.halves import closed_to, open_part
from coach.render import html
from coach.render.page.kinds import REMARKS
from coach.session.content import SESSIONS
from coach.store.recordings import sound_of
from coach.web.desk import desk
from coach.web.pages import page

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.responses import Response

    from coach.store import Session
    from coach.summary import Summary

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
    return tuple(
        Row(
            id=one.id, title=titled(one), names=" and ".join(one.names), started_at=one.started_at,
            duration_s=one.duration_s, open=one.state == "open",
        )
        for one in sessions
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
    newest = desk(request).store.sessions()[::-1]
    skipped = request.query_params.get("skip", "")
    skip = int(skipped) if skipped.isdecimal() and len(skipped) < 7 else 0
    shown = rows(newest[skip : skip + A_PAGE])
    months = [
        (name, list(group))
        for name, group in groupby(shown, key=lambda row: f"{datetime.fromisoformat(row.started_at):%B %Y}")
    ]
    more = skip + A_PAGE if skip + A_PAGE < len(newest) else 0
    return page(request, "talks.html", months=months, more=more, count=len(newest))


def shown(request: Request) -> Response:
    """The feedback page of a talk as it is known now, with what can be put right on it."""
    at, asked = desk(request), request.query_params
    session = at.store.session(request.path_params["id"])
    if session.state == "open":
        cut_off = session.id in (one.id for one in at.store.unfinished())
        return page(request, "unfinished.html", row=rows([session])[0], cut_off=cut_off, live=at.live.running)
    whole = at.summary(session.id)
    closed = closed_to(whole, at.halves.closed(at.store))
    summary = open_part(whole, closed)
    values = html.values(summary)
    values["personal"] = tuple((who, (None,) if who.id in closed else items) for who, items in values["personal"])
    return page(
        request, "talk.html", **values | {"file": titled(session)}, session=session,
        audio=f"/talks/{session.id}/sound" if sound_of(at.store, session) else "",
        closed=closed, coded=at.store.protected(), changes=len(at.store.corrections(session.id)),
        open_turn=int(turn) if (turn := asked.get("turn", "")).isdecimal() else None,
        undo=int(undo) if (undo := asked.get("undo", "")).isdecimal() and len(undo) < 5 else 0,
        heavy=frozenset(key for key, kind in REMARKS.items() if not kind.opens), listener=_listener(summary),
        last_sound=_last_sound(session),
    )  # fmt: skip


def _listener(summary: Summary) -> Callable[[str], str | None]:
    """Who was spoken to, where that is plain."""
    people = summary.conversation.speakers
    return lambda speaker: next((who for who in people if who != speaker), None) if len(people) == 2 else None


def _last_sound(session: Session) -> str:
    """The day on which the sound goes, ISO."""
    if session.ended_at is None or not session.keeps_audio:
        return ""
    return (datetime.fromisoformat(session.ended_at) + timedelta(days=session.keep_days)).isoformat()


def sound(request: Request) -> Response:
    """The recording, or a part of it, as the player asks for it."""
    at = desk(request)
    path = sound_of(at.store, at.store.session(request.path_params["id"]))
    if path is None:
        raise HTTPException(404)
    return FileResponse(path, media_type="audio/wav")
