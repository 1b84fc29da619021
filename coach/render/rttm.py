"""Speech spans as RTTM (NIST Rich Transcription 2009): one line a span, never merged to turns."""

from __future__ import annotations

import re

from coach.summary import Summary


def render(summary: Summary) -> str:
    file = field(summary.conversation.id)
    lines = (
        f"SPEAKER {file} 1 {s.start_s:.3f} {s.end_s - s.start_s:.3f} <NA> <NA> {field(s.speaker)} <NA> <NA>"
        for s in summary.conversation.speech
    )
    return "".join(f"{line}\n" for line in lines)


def field(text: str) -> str:
    """A name as one field of a format whose fields are parted by space."""
    return re.sub(r"[\s\x00-\x1f\x7f]+", "_", text) or "_"
