"""How the coach speaks: which of this machine's voices, and how fast."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING
from urllib.parse import urlencode

from coach import app
from coach.config import Config
from coach.errors import CoachError
from coach.web.config_file import change
from coach.web.desk import desk
from coach.web.pages import form, page, to

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.responses import Response

OWN = "auto"
PACES = {110: "slowly", 130: "calmly", 150: "briskly"}
VARIANTS = {"": "as it is", "+f2": "higher", "+m3": "deeper"}
"""Of espeak-ng: each of its voices can sound like another throat."""
SAYS = "Hello, you two. Put your phones away, and take your time."


def shown(request: Request) -> Response:
    config, asked = app.config(), request.query_params
    chosen = asked.get("voice", config.voice)
    name, _, variant = chosen.partition("+")
    return page(
        request, "voice.html", voices=_voices(), voice=name, variant=f"+{variant}" if variant else "", own=OWN,
        variants=VARIANTS, paces=PACES, pace=asked.get("pace", str(config.words_per_minute)),
    )  # fmt: skip


def saved(request: Request) -> Response:
    """Kept, or only tried: then the coach says something with it."""
    fields = form(request)
    name, variant, pace = fields.get("voice", OWN), fields.get("variant", ""), fields.get("pace", "")
    if name not in (OWN, *_voices()) or variant not in VARIANTS or pace not in map(str, PACES):
        raise CoachError("This machine has no such voice. Load the page again, and choose another.")
    voice = name if name == OWN else name + variant
    if fields.get("do") == "try":
        if desk(request).live.running:
            raise CoachError("A talk is going on, so the coach says nothing else now.")
        _say(Config(voice=voice, words_per_minute=int(pace)))
        return to(f"/settings/voice?{urlencode({'voice': voice, 'pace': pace})}")
    change(app.config_path(), {"voice": voice, "words_per_minute": int(pace)})
    return to("/settings/voice?done=saved")


def _say(config: Config) -> None:
    from audio.loudspeaker import play

    spoken = app.spoken_voice(config)
    try:
        play(spoken.render(SAYS)).wait()
    finally:
        spoken.close()


def _voices() -> Mapping[str, str]:
    """Those that speak English, by id: what is spoken is English."""
    spoken = app.spoken_voice(Config())
    try:
        english = (one for one in spoken.voices if one.language.lower().startswith("en"))
        return {one.id: one.name for one in sorted(english, key=lambda one: one.name)}
    finally:
        spoken.close()
