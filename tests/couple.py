"""A couple that answers a session's instructions from a plan: no clock, no sound."""

from __future__ import annotations

from collections.abc import Generator, Mapping
from dataclasses import dataclass, field, replace

from coach import content
from coach.session.engine import Rules, Setup, session
from coach.session.events import (
    Back,
    Command,
    Event,
    Finished,
    Heard,
    Key,
    TimeUp,
)
from coach.session.steps import Ask, Delete, Done, Instruction, Keep, Listen, Rate, Reconnect, Say
from coach.thresholds import Limits

LIMITS = Limits()
RULES = Rules(grammar=content.commands(), cues=content.cues(), commands=LIMITS.commands, floor=LIMITS.floor)
NAMED = Setup(names=("Ana", "Ben"))
TALK = "well the train was late and then the whole day went wrong"

AT_ONCE = (Key(at_s=0, key="s"), Command(at_s=0, name="stop_now", by="B"))
"""Planned for a label, these come into the coach's own words."""
Reply = str | Event | tuple[str, str] | None
"""What a couple does: words of the one who is asked, an event, (speaker, words), or the usual."""


@dataclass
class Couple:
    """Answers by the label on the screen, one after the other, and as usual where nothing is planned."""

    plan: Mapping[str, list[Reply]] = field(default_factory=dict)
    now_s: float = 0.0
    seen: list[Instruction] = field(default_factory=list)
    spoke: int = -1

    def answer(self, given: Instruction) -> Event:
        self.seen.append(given)
        step = given.step
        waiting = self.plan.get(given.screen.step, [])
        if waiting and (not isinstance(step, Say) or waiting[0] in AT_ONCE):
            reply = waiting.pop(0)
            if reply is not None:
                return self.event(given, reply)
        return self.usual(given)

    def event(self, given: Instruction, reply: str | Event | tuple[str, str]) -> Event:
        if not isinstance(reply, str | tuple):
            self.now_s += 1.0
            return replace(reply, at_s=self.now_s)
        step = given.step
        asked = step.floor or step.enrols if isinstance(step, Listen) else getattr(step, "of", None)
        speaker, text = (asked or "A", reply) if isinstance(reply, str) else reply
        return self.heard(speaker, text)

    def heard(self, speaker: str, text: str) -> Heard:
        start_s = self.now_s + 0.5
        self.now_s = start_s + 0.3 * len(text.split()) + 0.2
        return Heard(at_s=self.now_s, speaker=speaker, text=text, start_s=start_s, end_s=self.now_s)

    def usual(self, given: Instruction) -> Event:
        step = given.step
        if isinstance(step, Say):
            self.now_s += 0.3 * len(step.text.split())
            return Finished(at_s=self.now_s)
        if isinstance(step, Keep | Delete):
            return Finished(at_s=self.now_s)
        if isinstance(step, Ask):
            other = any(word in given.screen.text for word in ("other", "Ben"))
            return self.heard(step.of or ("B" if other else "A"), "Yes, please.")
        if isinstance(step, Rate):
            return self.heard(step.of, "Yes, please." if "right?" in given.screen.text else "Number eight.")
        if isinstance(step, Listen) and step.enrols:
            return self.heard(step.enrols, "Hello I had some coffee and went for a walk.")
        if isinstance(step, Listen) and step.floor:
            self.spoke, before = given.number, self.spoke
            return self.heard(step.floor, TALK if before != given.number else "Pass on.")
        assert not isinstance(step, Done)
        self.now_s = max(self.now_s, step.until_s)
        return Back(at_s=self.now_s) if isinstance(step, Reconnect) else TimeUp(at_s=self.now_s)


def play(
    name: str = "daily_check_in", plan: Mapping[str, list[Reply]] | None = None, setup: Setup = NAMED
) -> tuple[Done, Couple]:
    couple = Couple(plan={label: list(replies) for label, replies in (plan or {}).items()})
    steps = start(name, setup)
    given = next(steps)
    for _ in range(2000):
        if isinstance(given.step, Done):
            couple.seen.append(given)
            assert not any(couple.plan.values()), f"not asked for: {couple.plan}"
            return given.step, couple
        given = steps.send(couple.answer(given))
    raise AssertionError("no end")


def start(name: str = "daily_check_in", setup: Setup = NAMED) -> Generator[Instruction, Event, None]:
    return session(
        content.session_plan(name), content.session_plan("pause_and_reflect"), content.common_words(), setup, RULES
    )


def entries(done: Done, kind: type) -> list:  # type: ignore[type-arg]
    assert done.record is not None
    return [entry for entry in done.record.entries if isinstance(entry, kind)]


def spoken(couple: Couple) -> list[str]:
    numbers: dict[int, str] = {}
    for given in couple.seen:
        if isinstance(given.step, Say):
            numbers[given.number] = given.step.text
    return list(numbers.values())
