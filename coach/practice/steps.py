"""What practice asks of whoever drives it, and what is kept of it. Events, Listen and Rate are those of a session.

practice --Instruction--> driver (voice and microphone, or screen and keyboard)
         <----Event------
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from coach.session.events import Event
from coach.session.steps import Listen, Rate


@dataclass(frozen=True, slots=True, kw_only=True)
class Speak:
    """Say this. Answered by Finished; a key, a command, or (where it yields) anybody's voice stops it: Heard."""

    text: str  # each line an item
    by: Literal["coach", "partner"] = "coach"
    yields: bool = True
    eager: bool = False  # an answer may go on into it: it yields at once
    resumed: bool = False  # on from the sentence in which it was stopped


@dataclass(frozen=True, slots=True, kw_only=True)
class Reread:
    """Read the sound of the last answer in another way. Answered by Reading."""

    way: int  # from 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """An event: what else a recogniser makes of an answer."""

    at_s: float
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Done:
    """The last step; no event is awaited."""

    reason: Literal["complete", "stopped", "nobody", "lost"]


Step = Speak | Listen | Rate | Reread | Done
Reaction = Event | Reading


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """One answer, or the silence in its place. What was said is not among it."""

    card: str
    drill: str
    attempt: int  # from 1
    score: float  # 0-1
    good: bool
    parts: Mapping[str, float]
    reasons: tuple[str, ...]
    waited_s: float | None
    felt_understood: int | None = None  # 0-10, where a partner said so


@dataclass(frozen=True, slots=True, kw_only=True)
class Instruction:
    step: Step
    shown: tuple[str, ...] = ()  # lines for the screen, once
    results: tuple[Result, ...] = ()  # to be kept now, before the step is done
    finished: str = ""  # the card that is over: its next date can be set
