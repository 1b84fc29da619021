"""What a session asks of whoever drives it: what to speak, whose floor it is, how long, what is listened for.

    session --Instruction--> driver (voice, microphone, screen, store)
            <-----Event-----

An instruction with the number of the one before it means: go on with what you are doing; only the screen or the
entries are new.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from coach.session.log import Entry, Record


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
    opening: str = ""  # spoken at once, while the summary is made


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
