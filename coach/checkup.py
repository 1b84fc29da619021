"""Does each part work here? Every check runs the part for real; none of them raises."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Literal

from audio.errors import AudioError
from audio.types import RATE_HZ, Clip
from coach.errors import CoachError

LEAST_FREE_BYTES = 500_000_000
"""An hour of talk at 16 kHz is 115 MB."""

State = Literal["works", "limited", "broken"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    part: str
    state: State
    says: str
    next_step: str = ""


def findings() -> Iterator[Finding]:
    """One at a time, so that each can be shown as it is found."""
    yield _tried("Python", _python)
    yield _tried("settings", _settings)
    yield _tried("wording and lexicon", _content)
    yield _tried("who speaks when", _speakers)
    yield _tried("recogniser", _recogniser)
    yield _tried("voice", _voice, otherwise="limited")
    yield _tried("loudspeaker", _loudspeaker, otherwise="limited")
    yield _tried("microphone", _microphone, otherwise="limited")
    yield _tried("free space", _space)


def _tried(part: str, check: Callable[[], Finding], otherwise: State = "broken") -> Finding:
    try:
        return check()
    except (AudioError, CoachError) as error:
        return Finding(part=part, state=otherwise, says=str(error))
    except Exception as error:  # noqa: BLE001  # a checkup reports what it did not foresee; it never falls over it
        return Finding(part=part, state=otherwise, says=f"{type(error).__name__}: {error}")


def _python() -> Finding:
    return Finding(part="Python", state="works", says=sys.version.split()[0])


def _settings() -> Finding:
    from coach import app

    path = app.config_path()
    app.config()
    return Finding(part="settings", state="works", says=str(path) if path.exists() else f"all as they come ({path})")


def _content() -> Finding:
    from coach import content

    content.cues()
    content.lexicon()
    content.wording()
    return Finding(part="wording and lexicon", state="works", says="read and checked")


def _speakers() -> Finding:
    from audio.speakers import tracker
    from audio.types import Frame

    listener = tracker()
    listener.feed(Frame(first_sample=0, samples=_silence(2.0).samples.reshape(-1, 1)))
    listener.voices()
    return Finding(part="who speaks when", state="works", says=listener.name)


def _recogniser() -> Finding:
    from audio.transcribe import transcriber

    reader = transcriber()
    reader.transcribe(_silence(1.0))
    return Finding(part="recogniser", state="works", says=reader.name)


def _voice() -> Finding:
    from coach import app

    with app.voice() as voice:
        clip = voice.render("Can you hear me?")
    return Finding(part="voice", state="works", says=f"{voice.name} ({clip.duration_s:.1f} s spoken)")


def _loudspeaker() -> Finding:
    from audio.devices import default_output

    return Finding(part="loudspeaker", state="works", says=default_output())


def _microphone() -> Finding:
    from audio.devices import default_input

    return Finding(part="microphone", state="works", says=default_input())


def _space() -> Finding:
    import tempfile

    free_bytes = shutil.disk_usage(tempfile.gettempdir()).free
    return Finding(
        part="free space",
        state="works" if free_bytes > LEAST_FREE_BYTES else "limited",
        says=f"{free_bytes / 1e9:.1f} GB",
        next_step="" if free_bytes > LEAST_FREE_BYTES else "Make room: a long talk needs half a gigabyte.",
    )


def _silence(duration_s: float) -> Clip:
    import numpy as np

    return Clip(samples=np.zeros(int(duration_s * RATE_HZ), np.float32))
