"""What happens in a session, as its driver tells it. Every event carries `at_s`, the time at which it is handed over,
on the recording's clock.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from audio.types import UNKNOWN


@dataclass(frozen=True, slots=True, kw_only=True)
class Finished:
    """The coach has spoken (Say), the file is open (Keep), the stretch is gone (Delete)."""

    at_s: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Heard:
    """One utterance between silences."""

    at_s: float
    speaker: str  # "A", "B" or UNKNOWN
    text: str
    start_s: float
    end_s: float
    readings: tuple[str, ...] = ()  # of a short one, what else the recogniser made of it


@dataclass(frozen=True, slots=True, kw_only=True)
class Silence:
    """Nobody has spoken for the step's `quiet_s`, counted from the last speech or from the step's start."""

    at_s: float


@dataclass(frozen=True, slots=True, kw_only=True)
class TimeUp:
    """The step's `until_s` has come and, within its `grace_s`, a pause in the speech."""

    at_s: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Key:
    at_s: float
    key: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Command:
    """A command that was meant, by its name in prompts/commands.toml."""

    at_s: float
    name: str
    by: str = UNKNOWN
    start_s: float | None = None  # where it was spoken; None for a key


@dataclass(frozen=True, slots=True, kw_only=True)
class Rating:
    at_s: float
    value: int  # 0-10
    by: str = UNKNOWN
    sure: bool = False  # pressed, not heard: needs no asking back


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    at_s: float
    yes: bool
    by: str = UNKNOWN
    text: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Lost:
    """The microphone is gone, or gives digital silence."""

    at_s: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Back:
    """The microphone hears again."""

    at_s: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Heated:
    """Blame and overlap rise: a break may be offered."""

    at_s: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Failed:
    """Nothing more can be kept: the session ends with what there is."""

    at_s: float
    reason: Literal["disk_full", "failed"] = "failed"


Event = (
    Finished | Heard | Silence | TimeUp | Key | Command | Rating | Answer | Lost | Back | Heated | Failed
)  # fmt: skip
