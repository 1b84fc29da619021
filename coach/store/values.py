"""What the store hands out."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Literal

Kind = Literal["talk", "recording", "demo"]
State = Literal["open", "ended"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Session:
    id: str
    kind: Kind
    plan: str | None  # of a guided talk
    names: tuple[str, ...]  # in the order of the speakers' ids
    started_at: str  # ISO, local, with offset
    ended_at: str | None
    state: State
    duration_s: float | None
    keeps_audio: bool  # it is to be kept, and is there until its days are over
    keep_days: int  # of the sound, after the end; 0: until the summary is safe


@dataclass(frozen=True, slots=True, kw_only=True)
class Practised:
    """One answer to one card."""

    card: str
    drill: str
    at: str  # ISO
    score: float | None
    result: Mapping[str, object]


def of_person(sessions: Iterable[Session], name: str) -> tuple[Session, ...]:
    """Those that somebody took part in, however the name was written."""
    wanted = name.casefold()
    return tuple(one for one in sessions if wanted in (own.casefold() for own in one.names))


def between(sessions: Iterable[Session], first: str, last: str) -> tuple[Session, ...]:
    """Those that began on a day from the first to the last, like 2026-05-04. Raises ValueError."""
    begin, end = date.fromisoformat(first), date.fromisoformat(last)
    return tuple(one for one in sessions if begin <= date.fromisoformat(one.started_at[:10]) <= end)
