"""A guided session as a pure generator: instructions out, events in, no clock and no sound.

steps = session(plan, break_plan, common, setup, rules)
instruction = next(steps)
while not isinstance(instruction.step, Done):
    instruction = steps.send(driver.does(instruction))
"""

from __future__ import annotations

from collections.abc import Generator
from contextlib import suppress

from coach.session import asides
from coach.session.content import CommonWords, Part, SessionPlan
from coach.session.events import Command, Event, Lost
from coach.session.exchange import Ended, Exchange, Interrupted, Setup, Skipped, Speaking
from coach.session.opening import opening
from coach.session.steps import Done, Instruction, Say
from coach.session.tasks import ANSWER_S, OTHER, Round, Stop, take
from coach.session.understanding import Rules

__all__ = ["Rules", "Setup", "session"]

MOST_BREAKS = 2


def session(
    plan: SessionPlan, break_plan: SessionPlan, common: CommonWords, setup: Setup, rules: Rules, at_s: float = 0.0
) -> Generator[Instruction, Event, None]:
    """The session from the first word to Done, which is the last that is yielded.

    `break_plan` is what "pause please" leads to, wherever that is said. `at_s`: the recording's clock at the start.
    """
    talk = Exchange(plan, common, setup, rules, at_s)
    talk.aside = lambda event, into: _aside(talk, event, into, break_plan)
    talk.pausing = plan.id == break_plan.id
    ended = Ended("complete")
    try:
        yield from opening(talk)
        yield from _parts(talk, plan, break_plan)
    except Ended as end:
        ended = end
    talk.release()
    yield talk.last(_done(talk, ended))


def _parts(talk: Exchange, plan: SessionPlan, break_plan: SessionPlan) -> Speaking:
    for part in plan.parts:
        if talk.heated and not talk.pausing:
            yield from _offer_break(talk, break_plan)
        if talk.accepted < part.needs_accepted or (part.unless_accepted and talk.accepted >= part.unless_accepted):
            continue
        if part.until_accepted:
            yield from _in_turn(talk, plan, part)
            continue
        first = talk.setup.first_speaker
        for speaker in (first, OTHER[first]) if part.swap else (first,):
            for _ in range(part.rounds):
                if (yield from _round(talk, plan, part, speaker)) is Stop.ROUNDS:
                    break


def _in_turn(talk: Exchange, plan: SessionPlan, part: Part) -> Speaking:
    """One after the other, until enough was understood: who was understood lets the other begin."""
    speaker, wanted = talk.setup.first_speaker, talk.accepted + part.until_accepted
    for _ in range(part.rounds):
        before = talk.accepted
        yield from _round(talk, plan, part, speaker)
        if talk.accepted >= wanted:
            return
        if talk.accepted > before:
            speaker = OTHER[speaker]


def _round(talk: Exchange, plan: SessionPlan, part: Part, speaker: str) -> Generator[Instruction, Event, Stop | None]:
    now = Round(plan=plan, speaker=speaker)
    for name in part.steps:
        if (yield from take(talk, plan.steps[name], now)) is Stop.ROUNDS:
            return Stop.ROUNDS
    return None


def _aside(talk: Exchange, event: Lost | Command, into: Interrupted, break_plan: SessionPlan) -> Speaking:
    if isinstance(event, Command) and event.name == "pause_please":
        yield from _break(talk, break_plan)
        if not isinstance(into.step, Say):  # a line that was cut short is spoken again anyway
            yield from talk.repeat(into.said)
    else:
        yield from asides.aside(talk, event, into)


def _break(talk: Exchange, break_plan: SessionPlan) -> Speaking:
    """A break and its return ritual, then on where it was left. Raises Ended where they would rather not."""
    if talk.pausing or talk.breaks >= MOST_BREAKS:
        yield from talk.tell("pause_already" if talk.pausing else "pause_enough")
        return
    label, accepted = talk.label, talk.accepted
    talk.breaks += 1
    talk.pausing, talk.accepted, talk.heated = True, 0, False
    yield from _parts(talk, break_plan, break_plan)
    talk.fresh()
    if not (yield from talk.agreed("resume_question", None, ANSWER_S)):
        raise Ended("stopped")
    talk.pausing, talk.accepted, talk.label = False, accepted, label
    with suppress(Skipped):
        yield from talk.tell("resumed")


def _offer_break(talk: Exchange, break_plan: SessionPlan) -> Speaking:
    talk.heated = False
    talk.fresh()
    if (yield from talk.agreed("pause_offer", None, ANSWER_S)):
        yield from _break(talk, break_plan)


def _done(talk: Exchange, ended: Ended) -> Done:
    record = talk.record()
    lines = {"complete": "closing_complete", "refused": "refused", "lost": "lost_for_good"}
    line = ended.reason if ended.reason in ("disk_full", "failed") else lines.get(ended.reason, "closing_stopped")
    if record is None and ended.reason == "stopped":
        line = "closing_before"
    talk.label = talk.common.labels["closing"]
    return Done(
        reason=ended.reason, tell=record is not None and bool(record.held), record=record,
        closing=talk.filled(talk.common.lines[line]), opening=" ".join(talk.common.lines["closing_opening"]),
    )  # fmt: skip
