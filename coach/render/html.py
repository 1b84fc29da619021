"""The summary as one page that needs nothing else: readable without a script, a network or a mouse.

Words, names and file names come from people and recognisers: every value is escaped by the template engine, and
control codes and hidden direction marks are made visible on their way out (`_harmless`). The content policy forbids
whatever is not in the file; style and script are allowed by their hashes.
"""

from __future__ import annotations

import base64
import hashlib
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import TYPE_CHECKING, Any

from coach.feedback import BOTH
from coach.grounds import Moment
from coach.plain import clock, percent, plain
from coach.render.page.charts import balance, distribution
from coach.render.page.kinds import ONSETS, REMARKS, Kind, sureness
from coach.render.page.people import Person, people
from coach.render.page.remarks import shown
from coach.render.page.timeline import timeline
from coach.render.page.transcript import lines, turn_at
from coach.summary import Summary

if TYPE_CHECKING:
    from jinja2 import BaseLoader, Environment, Template

SHOWN_MOMENTS = 4
HEADINGS = {"strength": "What went well", "try": "Something to try", "aim": "One aim for you both"}


@dataclass(frozen=True, slots=True, kw_only=True)
class AudioCopy:
    """The recording as the page carries it."""

    data: bytes
    mime: str  # "audio/ogg"


@dataclass(frozen=True, slots=True, kw_only=True)
class _Item:
    """One piece of feedback, its text as everywhere else, and the moments that can be looked up."""

    heading: str
    kind: str
    text: str
    moments: tuple[tuple[Moment, int | None], ...]  # and the turn each is found in
    more: int
    sure: str


def render(summary: Summary, audio: AudioCopy | None = None) -> str:
    """The page. Pure: the same summary gives the same text."""
    style, script = part("style.css"), part("script.js")
    return _template().render(
        values(summary),
        policy=_policy(style, script),
        style=_verbatim(style),
        script=_verbatim(script),
        audio=f"data:{audio.mime};base64,{base64.b64encode(audio.data).decode('ascii')}" if audio else "",
    )


def values(summary: Summary) -> dict[str, Any]:
    """What the template shows of a talk: for this page, and for a page that is built on it."""
    told = people(summary)
    return {
        "s": summary,
        "talk": summary.conversation,
        "limits": summary.limits,
        "people": tuple(told.values()),
        "who": told,
        "title": _title(tuple(told.values())),
        "file": _file_name(summary.source.path or ""),
        "personal": tuple((person, tuple(_items(summary, person.id))) for person in told.values()),
        "joint": tuple(_items(summary, BOTH)),
        "timeline": timeline(summary, told),
        "balance": balance(summary, told),
        "answers": distribution(summary, told),
        "lines": lines(summary),
        "remarks": _remarks(summary),
        "letters": _letters(summary),
        "moments": _moments(summary),
        "stretches": _stretches(summary),
        "onsets": ONSETS,
    }


def _title(told: Sequence[Person]) -> str:
    names = [person.name for person in told]
    if not names:
        return "A talk in which nobody was heard"
    return " and ".join((", ".join(names[:-1]), names[-1])) if len(names) > 1 else names[0]


def _file_name(path: str) -> str:
    return path.replace("\\", "/").rsplit("/", 1)[-1]


def _items(summary: Summary, to: str) -> Iterator[_Item]:
    for item in summary.feedback:
        if item.to == to:
            moments = [moment for grounds in item.evidence for moment in grounds.moments]
            first = sorted(moments[:SHOWN_MOMENTS], key=lambda moment: moment.start_s)
            placed = tuple((one, _turn(summary, one)) for one in first)
            yield _Item(
                heading=HEADINGS[item.kind], kind=item.kind, text=item.text, moments=placed,
                more=len(moments) - len(placed), sure=sureness(min((g.confidence for g in item.evidence), default=1.0)),
            )  # fmt: skip


def _turn(summary: Summary, moment: Moment) -> int | None:
    return moment.turn if moment.turn is not None else turn_at(summary.turns, moment.speaker, moment.start_s)


def _remarks(summary: Summary) -> tuple[tuple[Kind, tuple[int, ...]], ...]:
    """Each kind that occurs, with its count for each person."""
    counts = Counter((remark.kind, remark.speaker) for remark in shown(summary))
    rows = ((kind, tuple(counts[key, who] for who in summary.conversation.speakers)) for key, kind in REMARKS.items())
    return tuple((kind, row) for kind, row in rows if any(row))


def _letters(summary: Summary) -> tuple[tuple[str, bool, str], ...]:
    """The letters on the timeline: letter, whether it opens, and what it stands for."""
    there = {remark.kind for remark in shown(summary)}
    found: dict[tuple[str, bool], list[str]] = {}
    for key, kind in REMARKS.items():
        if key in there:
            found.setdefault((kind.letter, kind.opens), []).append(kind.one)
    return tuple((letter, opens, " or ".join(names)) for (letter, opens), names in found.items())


def _moments(summary: Summary) -> tuple[dict[str, Any], ...]:
    """Interruptions and overlaps by time, with the turn in which each is found."""
    events = sorted((*summary.floor.interruptions, *summary.floor.overlaps), key=lambda event: event.start_s)
    counted = set(summary.floor.interruptions)
    return tuple(
        {"event": event, "counts": event in counted, "turn": turn_at(summary.turns, event.by, event.start_s)}
        for event in events
    )


def _stretches(summary: Summary) -> tuple[dict[str, Any], ...]:
    """Long turns, the silences a listener left, and the rests of the talk that are none of those, by time."""
    waits, name = summary.silence.waits, summary.name
    waited = {round(wait.start_s, 2) for wait in waits}
    found: list[dict[str, Any]] = [
        {"what": "turn", "start_s": m.start_s, "lasted_s": m.end_s - m.start_s, "who": name(m.speaker)}
        for m in summary.floor.monologues
    ]
    found += (
        {
            "what": "wait", "start_s": w.start_s, "lasted_s": w.end_s - w.start_s, "who": name(w.by),
            "after": name(w.after), "more": w.earned_more,
        }
        for w in waits
    )  # fmt: skip
    found += (
        {"what": "rest", "start_s": lapse.start_s, "lasted_s": lapse.end_s - lapse.start_s}
        for lapse in summary.silence.lapses
        if round(lapse.start_s, 2) not in waited
    )
    found.sort(key=lambda one: float(one["start_s"]))
    return tuple(one | {"turn": turn_at(summary.turns, "", one["start_s"])} for one in found)


def _policy(style: str, script: str) -> str:
    return (
        f"default-src 'none'; style-src '{_hash(style)}'; script-src '{_hash(script)}'; media-src data:; "
        "base-uri 'none'; form-action 'none'"
    )


def _hash(text: str) -> str:
    return "sha256-" + base64.b64encode(hashlib.sha256(text.encode()).digest()).decode("ascii")


@cache
def part(name: str) -> str:
    """A file of this page, as text: style.css or script.js."""
    return resources.files("coach.render.page").joinpath(name).read_text(encoding="utf-8")


@cache
def _template() -> Template:
    return environment().get_template("page.html")


def environment(*more: BaseLoader) -> Environment:
    """The templates of this page, and those of pages that are built on it; both escape whatever they are given."""
    from jinja2 import ChoiceLoader, Environment, PackageLoader, StrictUndefined

    environment: Environment = Environment(
        loader=ChoiceLoader([PackageLoader("coach.render.page", ""), *more]), autoescape=True, finalize=_harmless,
        trim_blocks=True, lstrip_blocks=True, undefined=StrictUndefined,
    )  # fmt: skip
    environment.filters |= {
        "clock": clock,
        "percent": _percent,
        "counted": _count,
        "length": _length,
        "number": _number,
    }
    return environment


def _verbatim(text: str) -> object:
    """Our own style and script: not to be escaped."""
    from markupsafe import Markup

    return Markup(text)


def _harmless(value: object) -> object:
    return plain(value) if type(value) is str else value


def _count(number: int, one: str, many: str | None = None) -> str:
    return f"{number} {one if number == 1 else many or one + 's'}"


def _percent(share: float) -> str:
    return percent(share).replace(" ", "\N{NO-BREAK SPACE}")


def _number(value: float) -> str:
    """3 rather than 3.0, and no more than two places."""
    return f"{value:.2f}".rstrip("0").rstrip(".")


def _length(duration_s: float) -> str:
    """2 minutes 50 seconds, to the minute from ten minutes on."""
    whole = int(duration_s)
    hours, minutes, seconds = whole // 3600, whole % 3600 // 60, whole % 60
    if whole >= 600:
        hours, minutes, seconds = (whole + 30) // 3600, (whole + 30) % 3600 // 60, 0
    parts = [(hours, "hour"), (minutes, "minute"), (seconds, "second")]
    return " ".join(_count(number, noun) for number, noun in parts if number) or "0 seconds"
