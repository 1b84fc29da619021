"""How a session opens: words about safety, the consent of both voices, a hello of each."""

from __future__ import annotations

from collections.abc import Generator
from contextlib import suppress

from audio.types import UNKNOWN
from coach.session.events import Answer, Event, Heard, Silence, TimeUp
from coach.session.exchange import Ended, Exchange, Skipped, Speaking
from coach.session.log import Consented, Outcome
from coach.session.steps import Instruction, Keep, Listen

ANSWER_S = 20.0
HELLO_S = 20.0
HELLO_QUIET_S = 6.0
HELLO_SPEECH_S = 2.5
"""A voice is learned from this much; from a word alone it is a guess."""
TRIES = 3


def opening(talk: Exchange) -> Speaking:
    """Everything before the first step. Raises Ended where one of the two does not agree: then nothing is kept."""
    if talk.setup.first_ever:
        talk.label = talk.common.labels["safety"]
        yield from talk.tell("safety")
    yield from _consent(talk)
    hellos = [_hello(talk, speaker) for speaker in "AB"] if talk.setup.hellos else []
    taught = [talk.tell("commands")] if talk.setup.first_ever else []
    for piece in (talk.tell("thanks_for_consent"), *hellos, *taught):
        with suppress(Skipped):
            yield from piece


def _consent(talk: Exchange) -> Speaking:
    talk.label = talk.common.labels["consent"]
    began_s = talk.now_s
    yield from talk.tell("recording")
    if talk.setup.keep_days:
        yield from talk.tell("keep_sound", days=_days(talk.setup.keep_days))
    first = yield from _agreed(talk, "first", None)
    second = yield from _agreed(talk, "second", first.speaker)
    yield from talk.begin(Keep())
    talk.kept = True
    talk.log(first)
    talk.log(second)
    talk.log_step("consent", "", began_s, "done")


def _agreed(talk: Exchange, voice: str, before: str | None) -> Generator[Instruction, Event, Consented]:
    """A yes of a voice that has not answered yet. Raises Ended on a no, on no answer, and on one voice for both."""
    line = f"consent_{voice}"
    for asked in (line, "same_voice"):
        yield from talk.tell(asked)
        answer = yield from talk.yes_or_no(None, ANSWER_S)
        if answer is None or not answer.yes:
            break
        if before in (None, UNKNOWN) or answer.by != before:
            return _consented(talk, voice, line, answer)
    raise Ended("refused")


def _consented(talk: Exchange, voice: str, line: str, answer: Answer) -> Consented:
    kept = talk.filled(talk.common.lines["keep_sound"], days=_days(talk.setup.keep_days))
    told = (*talk.common.lines["recording"], *(kept if talk.setup.keep_days else ()))
    question = " ".join((*told, *talk.common.lines[line]))
    return Consented(voice=voice, speaker=answer.by, question=question, words=answer.text, at_s=answer.at_s)


def _days(count: int) -> str:
    return f"{count} day" if count == 1 else f"{count} days"


def _hello(talk: Exchange, speaker: str) -> Speaking:
    """A sentence or two, by which the voice is known from now on."""
    talk.fresh()
    talk.label = talk.common.labels["hello"]
    began_s = talk.now_s
    outcome: Outcome = "skipped"
    line = "hello_first" if speaker == "A" else "hello_second"
    try:
        for _ in range(TRIES):
            yield from talk.tell(line)
            outcome = yield from _said_hello(talk, speaker)
            if outcome == "done":
                break
            line = "hello_same" if outcome == "one_voice" else "hello_nudge"
    finally:
        talk.log_step("hello", speaker, began_s, outcome)


def _said_hello(talk: Exchange, speaker: str) -> Generator[Instruction, Event, Outcome]:
    """Done with enough speech of the one who is to be learned; one_voice where it was the other's voice instead."""
    spoken_s = 0.0
    event = yield from talk.begin(
        Listen(floor=None, until_s=talk.now_s + HELLO_S, quiet_s=HELLO_QUIET_S, wants=talk.wants(), enrols=speaker)
    )
    while not isinstance(event, Silence | TimeUp):
        if isinstance(event, Heard):
            if event.speaker not in (speaker, UNKNOWN):
                return "one_voice"
            spoken_s += event.end_s - event.start_s
            if spoken_s >= HELLO_SPEECH_S:
                return "done"
        event = yield from talk.go_on()
    return "silent"
