"""The kinds of steps a session is made of: what is spoken, whose floor it is, what ends it."""

from __future__ import annotations

from collections.abc import Callable, Generator, Mapping
from dataclasses import dataclass, replace
from enum import Enum

from audio.types import UNKNOWN
from coach.session.content import Do, SessionPlan, StepPlan
from coach.session.events import Answer, Command, Event, Heard, Rating, Silence, TimeUp
from coach.session.exchange import Exchange, Skipped, Speaking
from coach.session.log import Accepted, Outcome, Paused, Rated, Waited
from coach.session.steps import Instruction, Listen, Pause, Rate, Wait

OTHER = {"A": "B", "B": "A"}
ANSWER_S = 20.0
GRACE_S = 10.0
"""Nobody is cut off in mid-sentence: so long after their time the coach waits for a pause."""
MOST_EARNED = 3
"""How often a wait begins anew because the partner said more."""
MOST_MORE = 2
BREAK_LEAST_S, BREAK_MOST_S = 900.0, 1800.0
"""A body in alarm needs about twenty minutes to calm; after thirty a talk is put off rather than paused."""
QUIET_S = 6.0
NUMBER_TRIES = 4
SHORT_WORDS = 4
"""What is no longer was meant as an answer."""
NUMBERS = "zero one two three four five six seven eight nine ten".split()


class Stop(Enum):
    ROUNDS = "no more rounds of this part"


@dataclass(frozen=True, slots=True, kw_only=True)
class Round:
    """Who is who."""

    plan: SessionPlan
    speaker: str

    def who(self, step: StepPlan) -> str:
        return self.speaker if step.who == "speaker" else OTHER[self.speaker]


def take(talk: Exchange, step: StepPlan, now: Round) -> Generator[Instruction, Event, Stop | None]:
    """One step, spoken and done, with its line in the log."""
    talk.fresh()
    talk.label = step.label
    began_s = talk.now_s
    outcome: Outcome = "stopped"
    ends: Stop | None = None
    try:
        yield from _tell(talk, step, now)
        if step.do == "more":
            ends = yield from _more(talk, step, now)
            outcome = "done"
        else:
            outcome = yield from _KINDS[step.do](talk, step, now)
    except Skipped:
        outcome = "skipped"
    finally:
        talk.release()
        talk.log_step(step.name, now.speaker, began_s, outcome)
    return ends


def _tell(talk: Exchange, step: StepPlan, now: Round) -> Speaking:
    minutes = _break_s(talk, step) if step.do == "break" else _time_s(talk, step)
    yield from talk.say(
        step.say, speaker=talk.name(now.speaker), listener=talk.name(OTHER[now.speaker]), minutes=_minutes(minutes)
    )


def _nothing(talk: Exchange, step: StepPlan, now: Round) -> Generator[Instruction, Event, Outcome]:
    """Words alone."""
    yield from ()
    return "done"


def _quiet(talk: Exchange, step: StepPlan, now: Round) -> Generator[Instruction, Event, Outcome]:
    """A time for oneself, nobody's floor."""
    event = yield from talk.begin(
        Listen(floor=None, until_s=talk.now_s + _time_s(talk, step), wants=talk.wants("pass_on"))
    )
    while not isinstance(event, TimeUp | Command):
        event = yield from talk.go_on()
    return "time" if isinstance(event, TimeUp) else "passed"


def _pause(talk: Exchange, step: StepPlan, now: Round) -> Generator[Instruction, Event, Outcome]:
    """The break itself. Who comes back early says "skip this"."""
    began_s, planned_s = talk.now_s, _break_s(talk, step)
    try:
        event = yield from talk.begin(Pause(until_s=began_s + planned_s, wants=talk.wants()))
        while not isinstance(event, TimeUp):
            event = yield from talk.go_on()
    finally:
        talk.log(Paused(start_s=began_s, end_s=talk.now_s, planned_s=planned_s))
    return "time"


def _speak(talk: Exchange, step: StepPlan, now: Round) -> Generator[Instruction, Event, Outcome]:
    """One person's floor."""
    talk.hold(step.name, now.who(step))
    return (yield from _held(talk, step, now.who(step), None))


def _say_back(talk: Exchange, step: StepPlan, now: Round) -> Generator[Instruction, Event, Outcome]:
    """A silence, in which the partner may say more, then the listener's floor."""
    who = now.who(step)
    began_s, spoke_s = (yield from _wait(talk, step, who)) if step.wait_s else (None, None)
    talk.hold(step.name, who, spoke_s)
    if began_s is not None and spoke_s is not None:
        _log_wait(talk, step, who, began_s, spoke_s)
        began_s = None
    return (yield from _held(talk, step, who, began_s))


def _wait(talk: Exchange, step: StepPlan, who: str) -> Generator[Instruction, Event, tuple[float, float | None]]:
    """When the wait began, and when the listener spoke in it; None: not before its end."""
    label, talk.label = talk.label, talk.common.labels["wait"]
    for _ in range(MOST_EARNED):
        began_s = talk.now_s
        event = yield from talk.begin(Wait(of=who, until_s=began_s + step.wait_s, wants=talk.wants()))
        while not isinstance(event, Heard | TimeUp):
            event = yield from talk.go_on()
        if isinstance(event, TimeUp):
            talk.label = label
            return began_s, None
        if event.speaker != OTHER[who]:
            talk.label = label
            return began_s, event.start_s
        length_s = max(0.0, event.start_s - began_s)
        talk.log(Waited(step=step.name, by=who, start_s=began_s, length_s=length_s, earned_more=True))
    talk.label = label
    return talk.now_s, None


def _log_wait(talk: Exchange, step: StepPlan, who: str, began_s: float, spoke_s: float) -> None:
    talk.begun_at(spoke_s)
    length_s = max(0.0, spoke_s - began_s)
    talk.log(Waited(step=step.name, by=who, start_s=began_s, length_s=length_s, earned_more=False))


def _held(talk: Exchange, step: StepPlan, who: str, waits_s: float | None) -> Generator[Instruction, Event, Outcome]:
    """Until the floor is passed on, the time is up, or it stays quiet after a kind word.

    `waits_s`: since when the other has been waiting for the first word, where that is to be logged.
    """
    ends_s = talk.now_s + _time_s(talk, step)
    nudged, said = not step.nudge, False
    event = yield from talk.begin(_floor(talk, step, who, ends_s))
    while True:
        match event:
            case TimeUp():
                return "time"
            case Command(name="pass_on", start_s=start_s):
                talk.release(start_s)
                return "passed"
            case Command(name="there_is_more"):
                nudged = not step.nudge
            case Heard(speaker=speaker, start_s=start_s) if speaker in (who, UNKNOWN):
                said = True
                if waits_s is not None:
                    _log_wait(talk, step, who, waits_s, start_s)
                    waits_s = None
            case Silence() if nudged:
                return "done" if said else "silent"
            case Silence():
                nudged, since_s = True, talk.now_s
                yield from talk.tell("nudge_spoken" if said else "nudge", name=talk.name(who))
                ends_s += talk.now_s - since_s
                event = yield from talk.begin(_floor(talk, step, who, ends_s))
                continue
        event = yield from talk.go_on()


def _floor(talk: Exchange, step: StepPlan, who: str, ends_s: float) -> Listen:
    return Listen(
        floor=who, until_s=ends_s, grace_s=GRACE_S, quiet_s=step.quiet_s or None,
        wants=talk.wants("pass_on", "there_is_more"),
    )  # fmt: skip


def _rate(talk: Exchange, step: StepPlan, now: Round) -> Generator[Instruction, Event, Outcome]:
    """A number from the one who spoke, said back to them; "not quite" and "there's more" come first, if they want."""
    who, turns = now.who(step), Turns(step)
    while True:
        asked = yield from _number(talk, who)
        if isinstance(asked, Rating):
            sure, at_s = asked.sure, talk.now_s
            talk.log(Rated(step=step.name, by=who, of=OTHER[who], value=asked.value, confirmed=sure, at_s=at_s))
            if asked.value >= step.offer_below or not turns.left("not_quite"):
                return "done"
            if not (yield from talk.agreed("offer_correction", who, ANSWER_S, name=talk.name(who))):
                return "done"
            asked = Command(at_s=talk.now_s, name="not_quite")
        if asked is None or asked.name == "pass_on":
            return "silent" if asked is None else "passed"
        yield from _follow(talk, step, now, turns.taken(asked.name))


def _number(talk: Exchange, who: str) -> Generator[Instruction, Event, Rating | Command | None]:
    """The number, sure where it was confirmed or pressed; or a command; or None after two kind words."""
    heard: Rating | None = None
    for _ in range(NUMBER_TRIES):
        wants = talk.wants("yes", "no", "not_quite", "there_is_more", "pass_on")
        event = yield from talk.begin(Rate(of=who, until_s=talk.now_s + ANSWER_S, quiet_s=QUIET_S, wants=wants))
        while isinstance(event, Heard) and not (event.speaker in (who, UNKNOWN) and _short(event)):
            event = yield from talk.go_on()
        if isinstance(event, Rating) and (event.sure or (heard and heard.value == event.value)):
            return replace(event, sure=True)
        if isinstance(event, Rating):
            heard = event
            yield from talk.tell("number_check", number=NUMBERS[event.value])
        elif isinstance(event, Command):
            return event
        elif isinstance(event, Answer) and heard and event.yes:
            return replace(heard, sure=True)
        elif isinstance(event, Answer) and heard:
            heard = None
            yield from talk.tell("number_again")
        elif heard and not isinstance(event, Heard):
            return heard  # nobody said no
        elif heard:
            yield from talk.tell("number_check", number=NUMBERS[heard.value])
        else:
            yield from talk.tell("number_nudge")
    return heard


def _accept(talk: Exchange, step: StepPlan, now: Round) -> Generator[Instruction, Event, Outcome]:
    """Whether what was said back landed, by the one who spoke."""
    who, turns = now.who(step), Turns(step)
    while True:
        event = yield from talk.question(who, ANSWER_S, "not_quite", "there_is_more", "pass_on")
        if event is None or (isinstance(event, Command) and event.name == "pass_on"):
            return "silent" if event is None else "passed"
        name = event.name if isinstance(event, Command) else "yes" if event.yes else "not_quite"
        if name != "there_is_more":
            talk.accepted += name == "yes"
            talk.log(Accepted(step=step.name, by=who, of=OTHER[who], yes=name == "yes", at_s=talk.now_s))
        if name == "yes" or not turns.left(name):
            return "done"
        yield from _follow(talk, step, now, turns.taken(name))


def _more(talk: Exchange, step: StepPlan, now: Round) -> Generator[Instruction, Event, Stop | None]:
    """Whether the same one goes on."""
    event = yield from talk.question(now.who(step), ANSWER_S, "there_is_more", "pass_on")
    more = event.yes if isinstance(event, Answer) else event is not None and event.name == "there_is_more"
    return None if more else Stop.ROUNDS


class Turns:
    """What may still follow one question: one correction, a few additions."""

    def __init__(self, step: StepPlan) -> None:
        self._steps = {"not_quite": step.correction, "there_is_more": step.more}
        self._left = {"not_quite": 1 if step.correction else 0, "there_is_more": MOST_MORE if step.more else 0}

    def left(self, name: str) -> bool:
        return self._left[name] > 0

    def taken(self, name: str) -> tuple[str, ...]:
        """The steps that follow; none where there were enough."""
        self._left[name] -= 1
        return self._steps[name] if self._left[name] >= 0 else ()


def _follow(talk: Exchange, step: StepPlan, now: Round, names: tuple[str, ...]) -> Speaking:
    """The steps, then the question again."""
    for name in names:
        yield from take(talk, now.plan.steps[name], now)
    talk.fresh()
    talk.label = step.label
    yield from _tell(talk, step, now)


def _time_s(talk: Exchange, step: StepPlan) -> float:
    """As the two chose: for this step, else for all."""
    return talk.setup.times_s.get(step.name, step.time_s * talk.setup.pace)


def _break_s(talk: Exchange, step: StepPlan) -> float:
    """A pause that is shortened on purpose, by the name of its step, may be as short as wanted."""
    return talk.setup.times_s.get(step.name, min(max(talk.setup.pause_s, BREAK_LEAST_S), BREAK_MOST_S))


def _minutes(length_s: float) -> str:
    minutes = max(1, round(length_s / 60))
    return f"{minutes} minute" if minutes == 1 else f"{minutes} minutes"


def _short(event: Heard) -> bool:
    return len(event.text.split()) <= SHORT_WORDS


_KINDS: Mapping[Do, Callable[[Exchange, StepPlan, Round], Generator[Instruction, Event, Outcome]]] = {
    "tell": _nothing, "quiet": _quiet, "break": _pause, "speak": _speak, "say_back": _say_back, "rate": _rate,
    "accept": _accept,
}  # fmt: skip
