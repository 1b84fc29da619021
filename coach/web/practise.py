"""The pages of practice: which drill, and card by card what was said, an answer, and what came of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from coach.errors import CoachError
from coach.practice.content import drills
from coach.practice.progress import PARTS, STRONG, WEAK, skills
from coach.web.desk import desk
from coach.web.pages import form, page, to
from coach.web.practising import MOST_LETTERS, Practising

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.responses import Response

FIRST = "say_back"


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
    at = desk(request)
    drill = next((one for one in drills() if one.id == form(request).get("drill")), None)
    if drill is None:
        raise CoachError("The coach does not know this drill. Go back, and choose again.")
    at.practising = Practising(drill, at.store)
    return to("/practise/card")


def card(request: Request) -> Response:
    run = desk(request).practising
    return to("/practise") if run is None else page(request, "card.html", run=run, most=MOST_LETTERS)


def answer(request: Request) -> Response:
    """An answer, or one of the buttons beside it. One at a time: two at once would get into each other's way."""
    at, fields = desk(request), form(request)
    run = at.practising
    if run is None:
        return to("/practise")
    with at.one_at_a_time:
        if fields.get("number") == str(run.number):  # of the card that was answered: sent twice, it counts once
            if fields.get("do"):
                run.command(fields["do"])
            else:
                run.answer(fields.get("answer", ""))
    return to("/practise/card#now")
