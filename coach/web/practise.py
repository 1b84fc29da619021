"""The pages of practice: which drill, and card by card what was said, an answer, and what came of it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import TYPE_CHECKING

from starlette.responses import StreamingResponse

from coach.errors import CoachError
from coach.practice.content import drills
from coach.practice.progress import PARTS, STRONG, WEAK, skills
from coach.web.desk import desk
from coach.web.pages import form, page, to
from coach.web.practising import MOST_LETTERS, NEXT, Aloud, Typed

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.responses import Response

    from coach.web.desk import Desk

FIRST = "say_back"
LOOK_S = 0.2
STILL_THERE_S = 10.0


def choose(request: Request) -> Response:
    at = desk(request)
    results = at.store.practice_results()
    found = [(PARTS[skill.part][0], skill.score, skill.answers) for skill in skills(results)]
    return page(
        request, "practise.html", drills=drills(), first=FIRST, skills=found, strong=STRONG, weak=WEAK,
        answers=len(results), days=len({one.at[:10] for one in results}),
        going=at.practising is not None and not at.practising.over,
    )  # fmt: skip


def start(request: Request) -> Response:
    at, fields = desk(request), form(request)
    drill = next((one for one in drills() if one.id == fields.get("drill")), None)
    if drill is None:
        raise CoachError("The coach does not know this drill. Go back, and choose again.")
    with at.one_at_a_time:
        if isinstance(at.practising, Aloud):
            at.practising.close()
        at.practising = Aloud(drill, at.store) if fields.get("way") == "aloud" else Typed(drill, at.store)
    return to("/practise/card")


def card(request: Request) -> Response:
    run = desk(request).practising
    return to("/practise") if run is None else page(request, "card.html", run=run, most=MOST_LETTERS, next=NEXT)


def answer(request: Request) -> Response:
    """An answer, or one of the buttons beside it. One at a time: two at once would get into each other's way."""
    at, fields = desk(request), form(request)
    run = at.practising
    if run is None:
        return to("/practise")
    with at.one_at_a_time:
        if fields.get("version") == str(run.version) or run.aloud:  # what is sent twice counts once
            if fields.get("do"):
                run.press(fields["do"])
            elif isinstance(run, Typed):
                run.answer(fields.get("answer", ""))
    return to("/practise/card")


async def events(request: Request) -> Response:
    """Whenever there is something new to be seen of a practice aloud."""
    return StreamingResponse(_versions(desk(request)), media_type="text/event-stream")


async def _versions(at: Desk) -> AsyncIterator[str]:
    told, since_s = -1, 0.0
    while (run := at.practising) is not None:
        if run.version != told or since_s >= STILL_THERE_S:
            told, since_s = run.version, 0.0
            yield f"data: {told}\n\n"
        if run.over:
            return
        await asyncio.sleep(LOOK_S)
        since_s += LOOK_S
