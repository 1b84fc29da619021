"""Choosing a guided talk, beginning it, and following it on a big calm screen. The microphone is the coach's own."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING

from starlette.responses import Response

from coach import app, content
from coach.errors import CoachError
from coach.live.request import Request as Wished
from coach.plain import one_line
from coach.session.content import SESSIONS
from coach.web.desk import desk
from coach.web.events import follow
from coach.web.live import stop_key
from coach.web.pages import form, page, to

if TYPE_CHECKING:
    from starlette.requests import Request

    from coach.analysis import Progress

PACES = {"1": "as it is meant", "0.75": "a little shorter", "0.5": "half as long"}
KEEP_DAYS = {0: "no, delete it after the summary", 7: "for a week", 30: "for a month", 365: "for a year"}
MOST_NAME = 40


def choose(request: Request) -> Response:
    at = desk(request)
    if at.live.running:
        return to("/live")
    config = app.config()
    names = config.names if len(config.names) == 2 else ("", "")
    plans = [content.session_plan(name) for name in SESSIONS]
    return page(
        request,
        "choose.html",
        plans=plans,
        names=names,
        paces=PACES,
        keep_days=KEEP_DAYS,
        unfinished=at.store.unfinished(),
        kept_days=config.keep_days,
    )


def start(request: Request) -> Response:
    at, fields = desk(request), form(request)
    plan, keep, pace = fields.get("plan", ""), fields.get("keep_days", "0"), fields.get("pace", "1")
    if plan not in SESSIONS or keep not in map(str, KEEP_DAYS) or pace not in PACES:
        raise CoachError("The coach does not know this talk. Go back, and choose again.")
    names = tuple(one_line(fields.get(key, ""))[:MOST_NAME] for key in ("first", "second"))
    if not all(names) or names[0].casefold() == names[1].casefold():
        raise CoachError("The coach needs a name for each of you, and not the same one. Go back, and write them.")
    at.live.start(Wished(session=plan, names=(names[0], names[1]), pace=float(pace), keep_days=int(keep)), at.store)
    return to("/live")


def finish(request: Request) -> Response:
    """A talk that was cut off, summed up from what there is of it."""
    at, id_ = desk(request), request.path_params["id"]
    session = next((one for one in at.store.unfinished() if one.id == id_), None)
    if session is None:
        return to(f"/talks/{at.store.session(id_).id}")

    def do(progress: Progress) -> str:
        app.finish_talk(at.store, session, config=app.config(), progress=progress)
        return f"/talks/{session.id}"

    at.work.start(do)
    return to("/working")


def followed(request: Request) -> Response:
    """The talk as it is now; without a script the page loads itself again."""
    live = desk(request).live
    if live.seen.to:
        return to(live.seen.to)
    if not live.running and not live.seen.ended:
        return to("/talk")
    return page(request, "live.html", seen=live.seen, stop=stop_key())


async def events(request: Request) -> Response:
    live = desk(request).live
    return follow(lambda: live.seen, asdict, lambda seen: seen.over or not live.running)


def key(request: Request) -> Response:
    """A key, as if it had been pressed on the keyboard."""
    desk(request).live.press(form(request).get("key", ""))
    if request.headers.get("accept") == "text/event-stream":  # our script, which stays where it is
        return Response(status_code=204)
    return to("/live")
