"""How a voice is learned for later talks, as pure steps: consent, some sentences, a look at what was heard.

ask --yes--> tell me about your morning --8 s of speech--> judged --nothing wrong--> Done, complete
     `-no--> Done, refused                  ^----more, nearer, alone----'  three times at most
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from coach.errors import ContentError
from coach.session import asides
from coach.session.content import CommonWords, SessionPlan
from coach.session.events import Event, Heard, Silence, TimeUp
from coach.session.exchange import Ended, Exchange, Setup
from coach.session.steps import Done, Instruction, Listen
from coach.session.understanding import Rules
from coach.tables import known_keys, text, texts
from coach.wording import places

ANSWER_S = 20.0
ENOUGH_S = 8.0
LISTEN_S = 20.0
"""Then a pause is waited for."""
GRACE_S = 6.0
QUIET_S = 2.5
TRIES = 3

Stretches = tuple[tuple[float, float], ...]
Fault = Literal["more", "too_quiet", "two_voices"]
Judge = Callable[[Stretches], Fault | None]
"""What is wrong with the sound of these stretches; None: nothing."""

LINES = ("ask", "tell", "more", "too_quiet", "two_voices", "learned", "refused", "not_learned")
LABELS = ("name", "ask", "tell")


@dataclass(frozen=True, slots=True, kw_only=True)
class VoiceWords:
    lines: Mapping[str, tuple[str, ...]]  # each with {first}, or without
    labels: Mapping[str, str]


def words_from(table: Mapping[str, Any], place: str = "prompts/voices.toml") -> VoiceWords:
    """Of a parsed table. Raises ContentError."""
    known_keys(table, {"say", "label"}, place)
    say, label = table.get("say"), table.get("label")
    if not isinstance(say, dict) or not isinstance(label, dict):
        raise ContentError(f"{place}: [say] or [label] is missing; write both.")
    known_keys(say, set(LINES), f"{place}: say")
    known_keys(label, set(LABELS), f"{place}: label")
    lines = {name: texts(say, name, f"{place}: say") for name in LINES}
    for name, held in lines.items():
        if any(places(line) - {"first"} for line in held):
            raise ContentError(f"{place}: say: {name} holds a place that is not {{first}}; leave it out.")
    return VoiceWords(lines=lines, labels={name: text(label, name, f"{place}: label") for name in LABELS})


def learning(
    name: str, words: VoiceWords, common: CommonWords, rules: Rules, judge: Judge, at_s: float = 0.0
) -> Generator[Instruction, Event, None]:
    """To Done: "complete" where the voice is learned, "refused", "stopped", or "lost" where it could not be."""
    plan = SessionPlan(id="voice", name=words.labels["name"], about="", minutes=1, parts=(), steps={})
    talk = Exchange(plan, common, Setup(names=(name, "")), rules, at_s)
    talk.aside = lambda event, into: asides.aside(talk, event, into)
    closing = words.lines["learned"]
    ended = Ended("complete")
    try:
        yield from _agreed(talk, words)
        yield from _learned(talk, words, judge)
    except Ended as end:
        ended = end
        closing = words.lines["not_learned" if end.reason == "lost" else "refused"]
    yield talk.last(Done(reason=ended.reason, tell=False, closing=talk.filled(closing), record=None))


def _agreed(talk: Exchange, words: VoiceWords) -> Generator[Instruction, Event, None]:
    """Raises Ended where there is no yes."""
    talk.label = words.labels["ask"]
    yield from talk.say(words.lines["ask"])
    answer = yield from talk.yes_or_no(None, ANSWER_S)
    if answer is None or not answer.yes:
        raise Ended("refused")


def _learned(talk: Exchange, words: VoiceWords, judge: Judge) -> Generator[Instruction, Event, None]:
    """Raises Ended where all tries are used up."""
    talk.label = words.labels["tell"]
    line, heard = "tell", list[tuple[float, float]]()
    for _ in range(TRIES):
        talk.fresh()
        yield from talk.say(words.lines[line])
        yield from _listened(talk, heard)
        fault = "more" if _spoken_s(heard) < ENOUGH_S / 2 else judge(tuple(heard))
        if fault is None:
            return
        if fault != "more":
            heard.clear()
        line = fault
    raise Ended("lost")


def _listened(talk: Exchange, heard: list[tuple[float, float]]) -> Generator[Instruction, Event, None]:
    """Until enough is heard, or no more comes."""
    listen = Listen(
        floor=None, until_s=talk.now_s + LISTEN_S, grace_s=GRACE_S, quiet_s=QUIET_S, wants=talk.wants(), enrols="A"
    )
    event = yield from talk.begin(listen)
    while not isinstance(event, Silence | TimeUp):
        if isinstance(event, Heard):
            heard.append((event.start_s, event.end_s))
            if _spoken_s(heard) >= ENOUGH_S:
                return
        event = yield from talk.go_on()


def _spoken_s(heard: list[tuple[float, float]]) -> float:
    return sum(end_s - start_s for start_s, end_s in heard)
