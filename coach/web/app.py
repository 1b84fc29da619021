"""The addresses of the browser app, and what answers each."""

from __future__ import annotations

import logging
from importlib import resources
from typing import TYPE_CHECKING

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.responses import Response
from starlette.routing import Route

from audio.errors import AudioError
from coach.errors import CoachError
from coach.plain import sentence
from coach.render import html
from coach.web import (
    arriving,
    changes,
    export,
    forget,
    guided,
    halves,
    home,
    over_time,
    practise,
    settings,
    talks,
    voice,
)
from coach.web.pages import page
from coach.web.security import Door
from coach.web.work import FAILED

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.types import ASGIApp

    from coach.web.desk import Desk

GET, POST = ["GET"], ["POST"]
OURS = {"page.css": "style.css", "page.js": "script.js"}
"""Taken from the feedback page, which looks and works the same."""
KINDS = {"css": "text/css", "js": "text/javascript", "svg": "image/svg+xml"}

ROUTES = (
    Route("/", home.home, methods=GET),
    Route("/demo", home.demo, methods=POST),
    Route("/recording", arriving.choose, methods=GET),
    Route("/recording", arriving.recording, methods=POST),
    Route("/import", arriving.archive, methods=POST),
    Route("/working", home.working, methods=GET),
    Route("/working/events", home.working_events, methods=GET),
    Route("/talks", talks.listed, methods=GET),
    Route("/talks/{id}", talks.shown, methods=GET),
    Route("/talks/{id}/sound", talks.sound, methods=GET),
    Route("/talks/{id}/put-right", changes.put_right, methods=POST),
    Route("/talks/{id}/finish", guided.finish, methods=POST),
    Route("/talks/{id}/export", export.of_talk, methods=GET),
    Route("/talks/{id}/export/{format}", export.taken, methods=GET),
    Route("/talks/{id}/delete", changes.delete, methods=GET),
    Route("/talks/{id}/delete", changes.deleted, methods=POST),
    Route("/talk", guided.choose, methods=GET),
    Route("/talk", guided.start, methods=POST),
    Route("/live", guided.followed, methods=GET),
    Route("/live/events", guided.events, methods=GET),
    Route("/live/key", guided.key, methods=POST),
    Route("/practise", practise.choose, methods=GET),
    Route("/practise", practise.start, methods=POST),
    Route("/practise/card", practise.card, methods=GET),
    Route("/practise/card", practise.answer, methods=POST),
    Route("/practise/events", practise.events, methods=GET),
    Route("/trends", over_time.shown, methods=GET),
    Route("/settings", settings.shown, methods=GET),
    Route("/settings", settings.saved, methods=POST),
    Route("/settings/microphone", settings.microphone, methods=POST),
    Route("/settings/voice", voice.shown, methods=GET),
    Route("/settings/voice", voice.saved, methods=POST),
    Route("/settings/code", settings.code, methods=POST),
    Route("/settings/forget-voice", settings.forget_voice, methods=POST),
    Route("/export", export.everything, methods=GET),
    Route(f"/export/{export.ARCHIVE}", export.archived, methods=GET),
    Route("/forget", forget.asked, methods=GET),
    Route("/forget", forget.forgotten, methods=POST),
    Route("/half", halves.opened, methods=POST),
    Route("/half/shut", halves.shut, methods=POST),
)


def make_app(at: Desk) -> ASGIApp:
    """Everything behind its door."""
    app = Starlette(
        routes=[Route("/static/{name}", static, methods=GET), *ROUTES],
        exception_handlers={HTTPException: missing, CoachError: told, AudioError: told, Exception: failed},
    )
    app.state.desk = at
    return Door(app, at.keys)


def static(request: Request) -> Response:
    """One of our files by its exact name: no path is ever made of what was asked for."""
    name = request.path_params["name"]
    if name in OURS:
        return Response(html.part(OURS[name]), media_type=KINDS[name.rsplit(".")[-1]])
    for file in resources.files("coach.web").joinpath("static").iterdir():
        if file.name == name:
            return Response(file.read_bytes(), media_type=KINDS[name.rsplit(".")[-1]])
    raise HTTPException(404)


def missing(request: Request, error: Exception) -> Response:
    status = error.status_code if isinstance(error, HTTPException) else 404
    return page(request, "sorry.html", status, text="There is nothing at this address.")


def told(request: Request, error: Exception) -> Response:
    return page(request, "sorry.html", 409, text=sentence(error))


def failed(request: Request, error: Exception) -> Response:
    logging.getLogger(__name__).error("%s %s failed", request.method, request.url.path, exc_info=error)
    return page(request, "sorry.html", 500, text=FAILED)
