"""Speech spans as RTTM (NIST Rich Transcription 2009): one line a span, never merged to turns."""

from __future__ import annotations

import re

from coach.plain import printable
from coach.render.events import MOST_NAME, apart
from coach.summary import Summary


def render(summary: Summary) -> str:
    file = field(summary.conversation.id)
    names: dict[str, str] = {}
    for speaker in summary.conversation.speakers:
        names[speaker] = apart(field(speaker), set(names.values()), between="_")
    lines = (
        f"SPEAKER {file} 1 {s.start_s:.3f} {s.end_s - s.start_s:.3f} <NA> <NA> {names[s.speaker]} <NA> <NA>"
        for s in summary.conversation.speech
    )
    return "".join(f"{line}\n" for line in lines)


def field(text: str) -> str:
    """A name as one field of a format whose fields are parted by space."""
    return re.sub(r"\s+", "_", printable(text, MOST_NAME))
