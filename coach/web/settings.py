"""Settings: names, microphone, recogniser, how long sound is kept, codes of the own halves, voices that are known."""

from __future__ import annotations

from typing import TYPE_CHECKING

from coach import app, chosen
from coach.errors import CoachError
from coach.plain import one_line, sentence
from coach.store.codes import LEAST, MOST
from coach.web.config_file import change
from coach.web.desk import desk
from coach.web.guided import KEEP_DAYS, MOST_NAME
from coach.web.pages import form, page, to

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.responses import Response

    from audio.devices import Device
    from coach.store import Store

SYSTEM_CHOICE = ""


def shown(request: Request) -> Response:
    at, config = desk(request), app.config()
    microphones, trouble = _microphones()
    return page(
        request, "settings.html", config=config, keep_days=KEEP_DAYS, recognisers=_recognisers(config.recogniser),
        microphones=microphones, trouble=trouble, microphone=chosen.microphone(app.config_path().parent) or "",
        people=_people(at.store), coded=at.store.protected(), voices=sorted(at.store.voices()), least=LEAST, most=MOST,
        place=str(app.config_path()), folder=str(at.folder),
    )  # fmt: skip


def saved(request: Request) -> Response:
    fields, config = form(request), app.config()
    names = [one_line(fields.get(key, ""))[:MOST_NAME] for key in ("first", "second")]
    if any(names) and (not all(names) or names[0].casefold() == names[1].casefold()):
        raise CoachError("Write a name for each of you, not the same one, or leave both empty.")
    recogniser, keep = fields.get("recogniser", "auto"), fields.get("keep_days", "0")
    if recogniser not in _recognisers(config.recogniser) or keep not in map(str, KEEP_DAYS):
        raise CoachError("The coach does not know this choice. Load the page again.")
    change(
        app.config_path(),
        {"names": names if all(names) else [], "recogniser": recogniser, "keep_days": int(keep)},
    )
    return to("/settings?done=saved")


def microphone(request: Request) -> Response:
    wanted = form(request).get("microphone", SYSTEM_CHOICE)
    found, _ = _microphones()
    if wanted != SYSTEM_CHOICE and wanted not in {one.id for one in found}:
        raise CoachError("That microphone is not there any more. Plug it in, and load the page again.")
    chosen.remember_microphone(app.config_path().parent, wanted or None)
    return to("/settings?done=saved#microphone")


def code(request: Request) -> Response:
    """Set a code, or take one away, which needs the code itself."""
    at, fields = desk(request), form(request)
    name, given = one_line(fields.get("name", "")), fields.get("code", "")
    if fields.get("what") == "clear":
        if not at.store.clear_code(name, given):
            raise CoachError("That is not the code, so it stays. Go back and try it again.")
        return to("/settings?done=uncoded#codes")
    if name.casefold() not in {one.casefold() for one in _people(at.store)}:
        raise CoachError("Nobody of this name has talked yet. A code is set after the first talk.")
    at.store.set_code(name, given)
    return to("/settings?done=code#codes")


def forget_voice(request: Request) -> Response:
    desk(request).store.forget_voice(form(request).get("name", ""))
    return to("/settings?done=forgotten#voices")


def _microphones() -> tuple[tuple[Device, ...], str]:
    """Those there are, and a sentence where they cannot be listed."""
    from audio.devices import inputs
    from audio.errors import AudioError

    try:
        return inputs(), ""
    except AudioError as error:
        return (), sentence(error)


def _recognisers(used: str) -> tuple[str, ...]:
    from audio.models import installed

    there = (one.name for one in installed() if one.use == "recogniser" and one.state == "present")
    return tuple(dict.fromkeys(("auto", "moonshine", *there, used)))


def _people(store: Store) -> tuple[str, ...]:
    """Everybody who has talked, the latest first."""
    return tuple(dict.fromkeys(name for one in reversed(store.sessions()) if one.kind != "demo" for name in one.names))
