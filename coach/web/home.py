"""The first page, the bundled conversation, and the page that shows how far something is."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING

from coach.web.desk import desk
from coach.web.events import follow
from coach.web.kept import keep_demo
from coach.web.pages import page, to
from coach.web.talks import rows

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.responses import Response


LATEST = 3


def home(request: Request) -> Response:
    at = desk(request)
    return page(
        request,
        "home.html",
        latest=rows(at.store.sessions()[: -LATEST - 1 : -1]),
        busy=at.work.busy,
        live=at.live.running,
        unfinished=at.store.unfinished(),
    )


def demo(request: Request) -> Response:
    at = desk(request)
    at.work.start(lambda progress: f"/talks/{keep_demo(at.store, progress)}")
    return to("/working")


def working(request: Request) -> Response:
    state = desk(request).work.state
    if state.to:
        return to(state.to)
    if not state.stage and not state.error:
        return to("/")
    return page(request, "working.html", state=state)


async def working_events(request: Request) -> Response:
    work = desk(request).work
    return follow(lambda: work.state, asdict, lambda state: state.over)
