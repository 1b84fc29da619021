"""The pages of practice: which drill, and card by card what was said, an answer, and what came of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from coach.errors import CoachError
from coach.practice.content import drills
from coach.practice.progress import PARTS, STRONG, WEAK, skills
from coach.web.desk import desk
from coach.web.events import follow
from coach.web.pages import form, page, to
from coach.web.practising import MOST_LETTERS, NEXT, Aloud, Typed

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
    at = desk(request)

    def now() -> tuple[int, bool]:
        run = at.practising
        return (-1, True) if run is None else (run.version, run.over)

    return follow(now, lambda state: state[0], lambda state: state[1])
