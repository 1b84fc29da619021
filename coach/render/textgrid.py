"""A talk as a Praat TextGrid (long form): a tier a person with the words on each stretch of speech, and the events.

Events are points, so that a reader of tiers does not take them for a third person.
"""

from __future__ import annotations

from collections.abc import Iterator

from coach.plain import one_line
from coach.praat import ALIGNED, SILENT, UNREAD
from coach.render.events import called, events
from coach.render.utterances import utterances
from coach.summary import Summary

EVENTS = "events"
SHOWN = frozenset({"interruption", "overlap", "backchannel", "remark"})
"""The silences can be seen on the tiers."""

Interval = tuple[float, float, str]


def render(summary: Summary) -> str:
    names = {who: _tier_name(name) for who, name in called(summary, taken=(EVENTS,)).items()}
    end_s = _edge(max([summary.conversation.duration_s, *(turn.end_s for turn in summary.turns)]))
    tiers = [_tier(names[who], _intervals(summary, who, end_s), end_s) for who in summary.conversation.speakers]
    points = _points(summary, names)
    if points:
        tiers.append(_point_tier(points, end_s))
    lines = ['File type = "ooTextFile"', 'Object class = "TextGrid"', "", "xmin = 0", f"xmax = {end_s}"]
    lines += ["tiers? <exists>", f"size = {len(tiers)}", "item []:"]
    for number, tier in enumerate(tiers, start=1):
        lines.append(f"    item [{number}]:")
        lines.extend(tier)
    return "\n".join(lines) + "\n"


def _tier(name: str, intervals: list[Interval], end_s: float) -> Iterator[str]:
    yield from _head("IntervalTier", name, end_s)
    yield f"        intervals: size = {len(intervals)}"
    for number, (start_s, until_s, text) in enumerate(intervals, start=1):
        yield f"        intervals [{number}]:"
        yield f"            xmin = {start_s}"
        yield f"            xmax = {until_s}"
        yield f"            text = {_quoted(text)}"


def _point_tier(points: list[tuple[float, str]], end_s: float) -> Iterator[str]:
    yield from _head("TextTier", EVENTS, end_s)
    yield f"        points: size = {len(points)}"
    for number, (time_s, mark) in enumerate(points, start=1):
        yield f"        points [{number}]:"
        yield f"            number = {time_s}"
        yield f"            mark = {_quoted(mark)}"


def _head(kind: str, name: str, end_s: float) -> tuple[str, ...]:
    return (
        f'        class = "{kind}"',
        f"        name = {_quoted(name)}",
        "        xmin = 0",
        f"        xmax = {end_s}",
    )


def _intervals(summary: Summary, speaker: str, end_s: float) -> list[Interval]:
    """Speech and silence without a break from 0 to the end, as Praat wants it."""
    found: list[Interval] = []
    at_s = 0.0
    said = sorted(
        (_edge(span.start_s), _edge(span.end_s), " ".join(word.text for word in words))
        for turn in summary.turns
        if turn.speaker == speaker
        for span, words in utterances(turn)
    )
    for start_s, until_s, text in said:
        text = one_line(text)
        if start_s > at_s:
            found.append((at_s, start_s, ""))
        if until_s > start_s >= at_s:
            found.append((start_s, until_s, UNREAD if text.lower() in SILENT else text))
            at_s = until_s
    if end_s > at_s:
        found.append((at_s, end_s, ""))
    return found


def _points(summary: Summary, names: dict[str, str]) -> list[tuple[float, str]]:
    """One mark a time: two points at once are not allowed."""
    marks: dict[float, list[str]] = {}
    for one in events(summary):
        if one.event in SHOWN:
            who = " on ".join(names.get(speaker, speaker) for speaker in (one.by, one.of) if speaker)
            what = f"{one.event} ({one.kind})" if one.kind else one.event
            marks.setdefault(_edge(one.start_s), []).append(one_line(f"{what}: {who}: {one.text}"))
    return [(time_s, " | ".join(told)) for time_s, told in marks.items()]


def _edge(time_s: float) -> float:
    return round(time_s, 6)


def _tier_name(name: str) -> str:
    """Readers take a tier "Kim - words" for the words of Kim, and leave out the rest."""
    return f"{name}." if ALIGNED.search(name) else name


def _quoted(text: str) -> str:
    return '"' + text.replace('"', '""') + '"'
