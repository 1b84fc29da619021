"""What a session asks of whoever drives it, and what it is told in return. Values only.

    session --Instruction--> driver (voice, microphone, screen, store)
            <-----Event-----

Every event carries `at_s`, the time at which it is handed over, on the recording's clock. An instruction with the
number of the one before it means: go on with what you are doing; only the screen or the entries are new.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from audio.types import UNKNOWN
from coach.conversation import HeldFloor

# What happened


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


# What is to be done


@dataclass(frozen=True, slots=True, kw_only=True)
class Say:
    """Speak. Answered by Finished; a key or a command stops the voice."""

    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Listen:
    """One person has the floor, or (None) nobody: any speech of the other's that is no back-channel interrupts."""

    floor: str | None
    until_s: float
    grace_s: float = 0.0  # after `until_s`, so long may be waited for a pause before TimeUp
    quiet_s: float | None = None  # Silence after so long; None: silence is welcome
    wants: tuple[str, ...] = ()  # commands that mean something now
    enrols: str | None = None  # the voice that is to be learned from what is heard


@dataclass(frozen=True, slots=True, kw_only=True)
class Wait:
    """The silence before an answer: nobody's floor, counted down on the screen. TimeUp at its end, no Silence."""

    of: str  # who waits
    until_s: float
    wants: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Ask:
    """Yes or no."""

    of: str | None  # None: of either
    until_s: float
    quiet_s: float | None = None
    wants: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Rate:
    """A number from 0 to 10."""

    of: str
    until_s: float
    quiet_s: float | None = None
    wants: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Pause:
    """A break. What is said in it is private: commands are heard, nothing is kept. TimeUp at its end."""

    until_s: float
    wants: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Reconnect:
    """Find the microphone again: Back, or TimeUp."""

    until_s: float
    wants: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Keep:
    """Both have agreed: from now on sound and entries may be written. Nothing is before. Answered by Finished."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Delete:
    """Wipe this stretch: sound, words and rows. Answered by Finished."""

    start_s: float
    end_s: float


EndReason = Literal["complete", "stopped", "refused", "lost", "disk_full", "failed"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Done:
    """The last step; no event is awaited."""

    reason: EndReason
    tell: bool  # whether there is a talk to sum up aloud
    closing: tuple[str, ...]  # spoken after the summary
    record: Record | None  # None: nothing may be kept


OpenStep = Listen | Wait | Ask | Rate | Pause | Reconnect
Step = Say | OpenStep | Keep | Delete | Done


@dataclass(frozen=True, slots=True, kw_only=True)
class Screen:
    """What is shown, readable from two metres."""

    session: str
    step: str
    floor: str  # the name of who has the floor, or ""
    text: str  # what the coach said last
    until_s: float | None  # for the time left
    keys: tuple[tuple[str, str], ...]  # (key, what to say) of the commands that mean something now
    recording: bool
    cue: str = ""  # one quiet word to the screen, rarely


@dataclass(frozen=True, slots=True, kw_only=True)
class Instruction:
    number: int
    step: Step
    screen: Screen
    entries: tuple[Entry, ...] = ()  # to be stored now, before the step is done


# What is kept


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
