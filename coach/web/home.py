"""The first page, the bundled conversation, and the page that shows how far something is."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from typing import TYPE_CHECKING

from starlette.responses import StreamingResponse

from coach.web.desk import desk
from coach.web.kept import keep_demo
from coach.web.pages import page, to
from coach.web.talks import rows

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.responses import Response

    from coach.web.desk import Desk

LATEST = 3
LOOK_S = 0.2
STILL_THERE_S = 10.0


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
    return StreamingResponse(_states(desk(request)), media_type="text/event-stream")


async def _states(at: Desk) -> AsyncIterator[str]:
    """Each new state once, as server-sent events."""
    last, since_s = None, 0.0
    while True:
        state = at.work.state
        if state != last or since_s >= STILL_THERE_S:
            told = {"stage": state.stage, "share": round(state.share, 3), "to": state.to, "error": state.error}
            yield f"data: {json.dumps(told)}\n\n"
            last, since_s = state, 0.0
        if state.over:
            return
        await asyncio.sleep(LOOK_S)
        since_s += LOOK_S
