"""What a talk comes to: the facts of its recording and of its log together."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from coach.conversation import Conversation, HeldFloor, coach_speech
from coach.session.log import Entry, FloorHeld
from coach.session.tasks import OTHER

if TYPE_CHECKING:
    from audio.types import Span
    from coach.analysis import Heard
    from coach.session.steps import EndReason
    from coach.store import Store
    from coach.summary import Summary


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """How a talk ended."""

    reason: EndReason
    id: str | None = None  # None: nothing was kept
    summary: Summary | None = None
    page: Path | None = None
    unfinished: str = ""  # a sentence: why it is not complete, where it is not


@dataclass(frozen=True, slots=True, kw_only=True)
class Telling:
    """How what was heard becomes what is told."""

    summary: Callable[[Heard, Conversation, Mapping[str, str], Sequence[Entry]], Summary]
    page: Callable[[Summary], str]
    json: Callable[[Summary], str]


def shown_to_both(summary: Summary, store: Store) -> Summary:
    """Without the half of whoever has a code before it."""
    from coach.halves import closed_to, open_part

    return open_part(summary, closed_to(summary, store.protected()))


def held_in(log: Iterable[Entry]) -> tuple[HeldFloor, ...]:
    return tuple(sorted((one.floor for one in log if isinstance(one, FloorHeld)), key=lambda floor: floor.start_s))


def facts(heard: Heard, log: Sequence[Entry], own: Sequence[tuple[float, float]], *, enrolled: bool) -> Conversation:
    """The conversation with the floors that were given and the coach's own speech. Pure."""
    held = held_in(log)
    talk = replace(heard.conversation, held=held, coach=coach_speech(own))
    return talk if enrolled or not _swapped(talk.speech, held) else _renamed(talk, OTHER)


def _swapped(speech: Sequence[Span], held: Sequence[HeldFloor]) -> bool:
    """Voices that nobody introduced are named by chance: whoever mostly spoke on the floor of A is A."""
    own_s = other_s = 0.0
    for span in speech:
        for floor in held:
            both_s = max(0.0, min(span.end_s, floor.end_s) - max(span.start_s, floor.start_s))
            own_s += both_s if span.speaker == floor.speaker else 0.0
            other_s += both_s if span.speaker != floor.speaker else 0.0
    return other_s > own_s


def _renamed(talk: Conversation, names: Mapping[str, str]) -> Conversation:
    return replace(
        talk,
        speakers=tuple(names.get(one, one) for one in talk.speakers),
        speech=tuple(replace(span, speaker=names.get(span.speaker, span.speaker)) for span in talk.speech),
        words=tuple(replace(word, speaker=names.get(word.speaker, word.speaker)) for word in talk.words),
    )
