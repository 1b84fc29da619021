"""Server-sent events: each new state of something once, for as long as it goes on and somebody looks."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from typing import TypeVar

from starlette.responses import StreamingResponse

LOOK_S = 0.2
STILL_THERE_S = 10.0
"""So often the same is said again: a page that has gone is noticed only by writing to it."""
State = TypeVar("State")


def follow(
    look: Callable[[], State], told: Callable[[State], object], over: Callable[[State], bool]
) -> StreamingResponse:
    """`look` gives the state of now, `told` what a page gets of it, and after one that is `over` nothing follows."""
    return StreamingResponse(_events(look, told, over), media_type="text/event-stream")


async def _events(
    look: Callable[[], State], told: Callable[[State], object], over: Callable[[State], bool]
) -> AsyncIterator[str]:
    last: State | None = None
    since_s = 0.0
    while True:
        state = look()
        if state != last or since_s >= STILL_THERE_S:
            yield f"data: {json.dumps(told(state))}\n\n"
            last, since_s = state, 0.0
        if over(state):
            return
        await asyncio.sleep(LOOK_S)
        since_s += LOOK_S
