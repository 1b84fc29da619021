"""Files that come in through the browser: a recording to listen to, or an archive of another coach.

Written into the coach's own folder as they come, and gone when they have been read: a recording stays only as the sound
of its talk, where that is wished.
"""

from __future__ import annotations

import os
import shutil
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from starlette.responses import Response

from coach import app
from coach.errors import CoachError
from coach.plain import one_line
from coach.store import arrivals
from coach.store.folders import UNDER_WAY
from coach.store.recordings import keep
from coach.web.desk import desk
from coach.web.guided import KEEP_DAYS, MOST_NAME
from coach.web.pages import page

if TYPE_CHECKING:
    from starlette.requests import Request

    from coach.analysis import Progress
KINDS = (".wav", ".flac", ".mp3", ".ogg", ".opus", ".m4a")


def choose(request: Request) -> Response:
    config = app.config()
    names = config.names if len(config.names) == 2 else ("", "")
    return page(request, "recording.html", names=names, keep_days=KEEP_DAYS, kept_days=config.keep_days, kinds=KINDS)


async def recording(request: Request) -> Response:
    """What it is called and what is wished stands in the address; the body is the file."""
    at, asked = desk(request), request.query_params
    kind, keep_days = Path(asked.get("file", "")).suffix.lower(), asked.get("keep_days", "0")
    if kind not in KINDS or keep_days not in map(str, KEEP_DAYS):
        raise CoachError(f"That is no recording the coach can read. It reads {', '.join(KINDS)}.")
    names = tuple(one_line(asked.get(key, ""))[:MOST_NAME] for key in ("first", "second"))

    written_s = _seconds(asked.get("modified", ""))

    def listen(path: Path, progress: Progress) -> str:
        if written_s is not None:  # the talk was when the recording was made, not now
            os.utime(path, (written_s, written_s))
        summary = app.analyze(path, names=names, config=app.config(), progress=progress)
        return f"/talks/{keep(at.store, summary, path, int(keep_days)).id}"

    return await _taken(request, f"recording{kind}", listen)


async def archive(request: Request) -> Response:
    store = desk(request).store

    def read(path: Path, progress: Progress) -> str:
        arrivals.read(store, path)
        return "/talks?done=arrived"

    return await _taken(request, "coach.zip", read)


async def _taken(request: Request, name: str, do: Callable[[Path, Progress], str]) -> Response:
    """The body into a file, then the work on it. Raises CoachError where something is being done already."""
    at = desk(request)
    if at.work.busy:
        raise CoachError("Something else is being worked on. Wait for it to end, then send the file again.")
    place = Path(tempfile.mkdtemp(prefix=UNDER_WAY, dir=at.folder))
    try:
        with (place / name).open("wb") as file:
            async for piece in request.stream():
                file.write(piece)
        started = at.work.start(lambda progress: _done(place, do, progress))
    except OSError as error:
        shutil.rmtree(place, ignore_errors=True)
        raise CoachError(f"The file could not be taken in ({error.strerror}). Check the free space.") from error
    except BaseException:
        shutil.rmtree(place, ignore_errors=True)
        raise
    if not started:
        shutil.rmtree(place, ignore_errors=True)
    return Response(status_code=204)


def _seconds(text: str) -> float | None:
    """Since 1970, up to now."""
    try:
        seconds = float(text)
    except ValueError:
        return None
    return seconds if 0 <= seconds <= time.time() else None


def _done(place: Path, do: Callable[[Path, Progress], str], progress: Progress) -> str:
    try:
        (file,) = place.iterdir()
        return do(file, progress)
    finally:
        shutil.rmtree(place, ignore_errors=True)
