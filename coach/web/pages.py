"""Templates to answers. Every value is escaped by the template engine; what is common to all pages is added here."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from functools import cache
from typing import TYPE_CHECKING

from starlette.responses import HTMLResponse, RedirectResponse

from coach.store.folders import ID
from coach.web.desk import desk

if TYPE_CHECKING:
    from jinja2 import Environment
    from starlette.requests import Request

DONE = {
    "given": "That line now belongs to the other one of you.",
    "swapped": "The two voices have changed places.",
    "worded": "The words are changed.",
    "fine": "That counts as fine now.",
    "left_out": "That line is left out of all numbers.",
    "deleted": "That moment is gone, its words and its sound.",
    "undone": "Taken back.",
    "nothing": "There was nothing left to take back.",
    "saved": "Saved.",
    "arrived": "What was in the archive and not here yet has come in.",
    "forgotten": "It is gone. Nothing of it is left in the coach’s folder.",
    "shut": "Closed again.",
    "code": "The code is set. From now on it opens that part.",
    "uncoded": "The code is taken away. That part is open again.",
}
"""What has been done, said on the page that follows; addresses carry the key only."""


def page(request: Request, template: str, status: int = 200, **values: object) -> HTMLResponse:
    at_desk = desk(request)
    html = environment().get_template(template).render(
        path=request.url.path, secret=at_desk.keys.form, done=DONE.get(request.query_params.get("done", ""), ""),
        **values,
    )  # fmt: skip
    return HTMLResponse(html, status_code=status)


def to(path: str) -> RedirectResponse:
    """After a change, so that loading the page again does not repeat it. `path`: one of ours, never what was sent."""
    return RedirectResponse(path, status_code=303)


def form(request: Request) -> dict[str, str]:
    """The fields that the door has checked."""
    fields: dict[str, str] = request.scope["form"]
    return fields


def day(iso: str) -> str:
    """Sunday, 22 November 2026"""
    at = datetime.fromisoformat(iso)
    return f"{at:%A}, {at.day} {at:%B %Y}"


def short_day(iso: str) -> str:
    """22 Nov 2026"""
    at = datetime.fromisoformat(iso)
    return f"{at.day} {at:%b %Y}"


def hour(iso: str) -> str:
    return f"{datetime.fromisoformat(iso):%H:%M}"


def back_to_talk(fields: Mapping[str, str], place: str, done: str = "") -> RedirectResponse:
    """To the talk that a form names; to the first page where it names none."""
    id_ = fields.get("talk", "")
    if not ID.fullmatch(id_):
        return to("/")
    return to(f"/talks/{id_}{f'?done={done}' if done else ''}#{place}")


@cache
def environment() -> Environment:
    from jinja2 import PackageLoader

    from coach.render import html

    made = html.environment(PackageLoader("coach.web", "templates"))
    made.filters |= {"day": day, "short_day": short_day, "hour": hour}
    return made
