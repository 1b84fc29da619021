"""What happened in a talk as rows by time, and what people are called in files that other programs read."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from audio.types import UNKNOWN
from coach.annotation_values import MOST_LABEL
from coach.plain import printable
from coach.summary import Summary

MOST_NAME = MOST_LABEL - 4
"""Letters, so that a number may follow."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """One row. Texts are as they came: each format makes them harmless in its own way."""

    event: str  # interruption, overlap, backchannel, pause, gap, lapse, wait, monologue, remark
    kind: str = ""
    by: str  # speakers' ids; "" where nobody is meant
    of: str = ""
    start_s: float
    end_s: float | None = None
    text: str = ""
    reason: str = ""
    confidence: float | None = None
    rewrite: str = ""


def events(summary: Summary) -> tuple[Event, ...]:
    return tuple(sorted((*_floor(summary), *_silence(summary), *_remarks(summary)), key=lambda one: one.start_s))


def called(summary: Summary, taken: tuple[str, ...] = ()) -> dict[str, str]:
    """One printable name a speaker, no two alike and none of those taken: two people may be called Kim."""
    names: dict[str, str] = {}
    for speaker in summary.conversation.speakers:
        wanted = speaker if speaker == UNKNOWN else summary.name(speaker)  # read back, it is still nobody's name
        names[speaker] = apart(printable(wanted, MOST_NAME), {*names.values(), *taken})
    return names


def apart(name: str, taken: set[str], between: str = " ") -> str:
    """The name, with a number where it is taken."""
    number, found = 1, name
    while found in taken:
        number += 1
        found = f"{name}{between}{number}"
    return found


def _floor(summary: Summary) -> Iterator[Event]:
    for event, found in (("interruption", summary.floor.interruptions), ("overlap", summary.floor.overlaps)):
        for one in found:
            yield Event(
                event=event, kind=one.kind, by=one.by, of=one.of, start_s=one.start_s, end_s=one.end_s, text=one.text,
                reason=one.reason, confidence=one.confidence,
            )  # fmt: skip
    for sign in summary.floor.backchannels:
        yield Event(event="backchannel", by=sign.by, start_s=sign.start_s, end_s=sign.end_s, text=sign.text)
    for long in summary.floor.monologues:
        yield Event(event="monologue", by=long.speaker, start_s=long.start_s, end_s=long.end_s)


def _silence(summary: Summary) -> Iterator[Event]:
    silence = summary.silence
    for pause in silence.pauses:
        yield Event(event="pause", by=pause.speaker, start_s=pause.start_s, end_s=pause.end_s)
    for event, found in (("gap", silence.gaps), ("lapse", silence.lapses)):
        for one in found:
            yield Event(event=event, by=one.to_speaker, of=one.from_speaker, start_s=one.start_s, end_s=one.end_s)
    for wait in silence.waits:
        kind = "earned_more" if wait.earned_more else "replied" if wait.replied else ""
        yield Event(event="wait", kind=kind, by=wait.by, of=wait.after, start_s=wait.start_s, end_s=wait.end_s)


def _remarks(summary: Summary) -> Iterator[Event]:
    for one in summary.remarks:
        yield Event(
            event="remark", kind=one.kind, by=one.speaker, start_s=one.start_s, text=one.quote, reason=one.rule,
            confidence=one.confidence, rewrite=one.rewrite,
        )  # fmt: skip
