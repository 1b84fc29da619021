"""What an event means to the step being done: a key or a short utterance is a command, a number or an answer."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from audio.types import UNKNOWN
from coach.measures.cues import Cues
from coach.session.commands import ANSWERS, Grammar, command_in, number_in
from coach.session.events import Answer, Command, Event, Heard, Key, Rating
from coach.session.steps import Ask, Listen, Rate, Step, Wait
from coach.thresholds import CommandLimits, FloorLimits

ASIDES = ("stop_now", "say_again", "pause_please", "delete_that")
"""Either person may say these, whoever has the floor; the others are only for whom they are asked of."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rules:
    """How what is heard is understood."""

    grammar: Grammar
    cues: Cues
    commands: CommandLimits
    floor: FloorLimits


def understood(event: Event, step: Step, wanted: Collection[str], rules: Rules) -> Event:
    """The event itself where it is nothing more."""
    if isinstance(event, Key):
        return _pressed(event, step, rules)
    if isinstance(event, Command):
        return _answered(event)
    if isinstance(event, Heard) and event.end_s - event.start_s <= rules.commands.longest_s:
        return _said(event, step, wanted, rules)
    return event


def _pressed(event: Key, step: Step, rules: Rules) -> Event:
    if isinstance(step, Rate) and event.key in rules.grammar.number_keys:
        return Rating(at_s=event.at_s, value=rules.grammar.number_keys[event.key], sure=True)
    name = rules.grammar.keys.get(event.key)
    return _answered(Command(at_s=event.at_s, name=name)) if name else event


def _said(event: Heard, step: Step, wanted: Collection[str], rules: Rules) -> Event:
    holder = _holder(step)
    others = holder not in (None, UNKNOWN, event.speaker) and event.speaker != UNKNOWN
    texts, limits = (event.text, *event.readings), rules.commands
    if isinstance(step, Rate) and not others:
        value = number_in(texts, rules.grammar, limits)
        if value is not None:
            return Rating(at_s=event.at_s, value=value, by=event.speaker)
    name = command_in(texts, [name for name in wanted if name in ASIDES or not others], rules.grammar, limits)
    if name is None:
        return event
    command = Command(at_s=event.at_s, name=name, by=event.speaker, start_s=event.start_s)
    return _answered(command, text=event.text)


def _answered(command: Command, text: str = "") -> Event:
    if command.name in ANSWERS:
        return Answer(at_s=command.at_s, yes=command.name == "yes", by=command.by, text=text)
    return command


def _holder(step: Step) -> str | None:
    """Whose words count in this step."""
    if isinstance(step, Listen):
        return step.floor
    return step.of if isinstance(step, Rate | Ask | Wait) else None
