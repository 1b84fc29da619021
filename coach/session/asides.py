"""What comes between: say again, delete that, a lost microphone."""

from __future__ import annotations

from coach.session.events import Back, Command, Lost, TimeUp
from coach.session.exchange import Ended, Exchange, Interrupted, Speaking
from coach.session.steps import Delete, Reconnect, Say

ANSWER_S = 15.0
RECONNECT_S = 300.0
"""Long enough to find a cable, or to charge a headset."""


def say_again(talk: Exchange, into: Interrupted) -> Speaking:
    if not isinstance(into.step, Say):  # a line that was cut short is spoken again anyway
        yield from talk.repeat(into.said)


def delete_that(talk: Exchange) -> Speaking:
    """Ask once, then wipe the last floor that was held."""
    floor = talk.last_floor()
    if floor is None:
        yield from talk.tell("nothing_to_delete")
        return
    if not (yield from talk.agreed("delete_question", None, ANSWER_S)):
        yield from talk.tell("not_deleted")
        return
    yield from talk.begin(Delete(start_s=floor.start_s, end_s=floor.end_s))
    talk.wiped(floor.start_s, floor.end_s)
    yield from talk.tell("deleted")


def lost(talk: Exchange) -> Speaking:
    """Nothing goes on until the microphone hears again. Raises Ended where it does not come back."""
    talk.label = talk.common.labels["lost"]
    yield from talk.tell("lost")
    event = yield from talk.begin(Reconnect(until_s=talk.now_s + RECONNECT_S, wants=("stop_now",)))
    while not isinstance(event, Back | TimeUp):
        event = yield from talk.go_on()
    if isinstance(event, TimeUp):
        raise Ended("lost")
    yield from talk.tell("found")


def aside(talk: Exchange, event: Lost | Command, into: Interrupted) -> Speaking:
    """All asides but the break, which is a session of its own."""
    label = talk.label
    if isinstance(event, Lost):
        yield from lost(talk)
    elif event.name == "say_again":
        yield from say_again(talk, into)
    else:
        yield from delete_that(talk)
    talk.label = label
