"""Opens and shuts each person's own part of the feedback."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from coach.errors import CoachError
from coach.web.desk import desk
from coach.web.pages import back_to_talk, form

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.responses import Response

WRONG_WAIT_S = 1.0
"""So long each wrong code takes: ten thousand of four digits then take hours."""


def opened(request: Request) -> Response:
    at, fields = desk(request), form(request)
    name = fields.get("name", "").casefold()
    if name not in at.store.opened_by(fields.get("code", "")):
        time.sleep(WRONG_WAIT_S)
        raise CoachError("That is not the code. Go back and try it again.")
    at.halves.open(name)
    return back_to_talk(fields, "take")


def shut(request: Request) -> Response:
    desk(request).halves.shut()
    return back_to_talk(form(request), "take", "shut")
