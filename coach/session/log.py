"""What is kept of a session besides sound and words: consent, floors, ratings, waits, steps."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from coach.conversation import HeldFloor


@dataclass(frozen=True, slots=True, kw_only=True)
class Consented:
    """A voice said yes to being recorded. The wording it answered is kept with it."""

    voice: str  # "first" or "second", in the order of answering
    speaker: str
    question: str
    words: str  # "" where a key was pressed
    at_s: float


@dataclass(frozen=True, slots=True, kw_only=True)
class FloorHeld:
    step: str
    floor: HeldFloor


@dataclass(frozen=True, slots=True, kw_only=True)
class Rated:
    """How well understood somebody felt."""

    step: str
    by: str
    of: str  # the listener
    value: int  # 0-10
    confirmed: bool
    at_s: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Waited:
    """The silence before an answer."""

    step: str
    by: str
    start_s: float
    length_s: float
    earned_more: bool  # the partner said more in it


@dataclass(frozen=True, slots=True, kw_only=True)
class Accepted:
    """Whether a paraphrase landed."""

    step: str
    by: str
    of: str
    yes: bool
    at_s: float


Outcome = Literal["done", "passed", "time", "silent", "skipped", "stopped", "one_voice"]


@dataclass(frozen=True, slots=True, kw_only=True)
class StepTaken:
    step: str
    speaker: str  # who was the speaker of the round, or ""
    start_s: float
    end_s: float
    outcome: Outcome


@dataclass(frozen=True, slots=True, kw_only=True)
class Paused:
    start_s: float
    end_s: float
    planned_s: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Deleted:
    start_s: float
    end_s: float


Entry = Consented | FloorHeld | Rated | Waited | Accepted | StepTaken | Paused | Deleted


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """All entries of a session, what was deleted left out."""

    session: str
    names: tuple[str, str]
    entries: tuple[Entry, ...]

    @property
    def held(self) -> tuple[HeldFloor, ...]:
        """The floors by start, for Conversation.held."""
        return tuple(
            sorted((e.floor for e in self.entries if isinstance(e, FloorHeld)), key=lambda floor: floor.start_s)
        )
