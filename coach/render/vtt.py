"""What was said as WebVTT captions, each with the voice that says it: <v Kim>I came home late."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from audio.types import Span, Word
from coach.plain import one_line
from coach.render.events import called
from coach.render.utterances import utterances
from coach.summary import Summary

MOST_LETTERS = 84
"""Two lines of 42, as captions for broadcast have them."""
ESCAPES = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;"})


def render(summary: Summary) -> str:
    names = called(summary)
    cues = sorted(
        (start_s, end_s, names[turn.speaker], text)
        for turn in summary.turns
        for span, words in utterances(turn)
        for start_s, end_s, text in _captions(span, words)
        if text.strip()
    )
    shown = (
        f"{_time(start_s)} --> {_time(max(end_s, start_s + 0.001))}\n<v {_escaped(name)}>{_escaped(text)}\n"
        for start_s, end_s, name, text in cues
    )
    return "\n".join(("WEBVTT\n", *shown))


def _captions(span: Span, words: Sequence[Word]) -> Iterator[tuple[float, float, str]]:
    """The words of a span in captions that can be read at a glance, each shown until the next begins."""
    parts: list[list[Word]] = []
    letters = 0
    for word in words:
        if not parts or letters + len(word.text) > MOST_LETTERS:
            parts.append([])
            letters = 0
        parts[-1].append(word)
        letters += len(word.text) + 1
    begins_s = [span.start_s, *(min(max(part[0].start_s, span.start_s), span.end_s) for part in parts[1:])]
    for part, start_s, end_s in zip(parts, begins_s, [*begins_s[1:], span.end_s], strict=False):
        yield start_s, end_s, " ".join(word.text for word in part)


def _escaped(text: str) -> str:
    return one_line(text).translate(ESCAPES)


def _time(time_s: float) -> str:
    whole_ms = round(time_s * 1000)
    minutes, ms = divmod(whole_ms, 60_000)
    return f"{minutes // 60:02}:{minutes % 60:02}:{ms // 1000:02}.{ms % 1000:03}"
