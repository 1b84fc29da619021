"""Practice as a pure generator: instructions out, events in, no clock and no sound.

statement (partner's voice) -> the answer -> feedback -> once more, or the next card
                                 `-- silence -> a kind offer -> the answer
"""

from __future__ import annotations

from collections.abc import Callable, Generator
from dataclasses import dataclass, field

from coach.measures.cues import beyond_idle, normal
from coach.measures.vocabulary import neutral
from coach.practice.answers import example, feedback
from coach.practice.content import Card, Drill
from coach.practice.judging import Given, Judged
from coach.practice.steps import Done, Instruction, Reaction, Reading, Reread, Result, Speak
from coach.practice.talk import WANTS, Ended, Skipped, Talk
from coach.practice.wording import PracticeWords
from coach.session.events import Command, Heard, Silence
from coach.session.steps import Listen
from coach.session.understanding import Rules

ANSWER_S = 45.0
GRACE_S = 3.0
QUIET_S = 7.0
AGAIN_QUIET_S = 5.0
"""Of silence: nobody wants to say it once more."""
GOES_ON_S = 3.0
"""Who speaks again so soon after an answer goes on with it."""
MOST_TRIES = 2
MOST_PIECES = 4
MEANT_WORDS = 3
WAYS = 2
"""In which an answer is read again, where the first reading may have been wrong."""
MOST_SILENT = 2
"""Cards in a row without an answer: nobody is there."""

Judging = Callable[[Given], Judged]


@dataclass(frozen=True, slots=True, kw_only=True)
class Setup:
    drill: Drill
    cards: tuple[Card, ...]
    typed: bool = False  # no wait is measured, nobody is taken to have gone away


@dataclass(slots=True, kw_only=True)
class _Answer:
    """What was said to one card in one attempt."""

    texts: list[str] = field(default_factory=list)
    waited_s: float | None = None
    end_s: float = 0.0
    long: bool = False

    def add(self, heard: Heard) -> None:
        self.texts.append(heard.text)
        self.end_s = heard.end_s
        self.long = self.long or heard.end_s - heard.start_s >= ANSWER_S

    def join(self, heard: Heard) -> None:
        self.texts[-1] = f"{self.texts[-1]} {heard.text}"
        self.end_s = heard.end_s


def practice(
    setup: Setup, words: PracticeWords, judge: Judging, rules: Rules
) -> Generator[Instruction, Reaction, None]:
    """From the first word to Done, which is the last that is yielded."""
    talk = Talk(words, rules)
    done = Done(reason="complete")
    silent = 0
    try:
        talk.show(setup.drill.name)
        yield from talk.say(Speak(text=setup.drill.intro))
        for number, card in enumerate(setup.cards):
            exchange = _Exchange(talk, setup, judge, card, number)
            answered = yield from exchange.run()
            silent = 0 if answered or setup.typed else silent + 1
            if silent == MOST_SILENT:
                yield from talk.tell("nobody")
                raise Ended(Done(reason="nobody"))
        yield from talk.tell("done")
    except Ended as ended:
        done = ended.done
    except Skipped:  # of the very first words or the last
        pass
    yield talk.last(done)


class _Exchange:
    """One card, from its statement to the last feedback."""

    def __init__(self, talk: Talk, setup: Setup, judge: Judging, card: Card, number: int) -> None:
        self._talk, self._setup, self._judge, self._card = talk, setup, judge, card
        self._first = number == 0
        self._swapped = number % 2 == 1
        self._tries = 0
        self._misheard = False  # once it may be the recogniser's fault

    def run(self) -> Generator[Instruction, Reaction, bool]:
        """Whether there was an answer."""
        talk, over = self._talk, None
        answered = False
        try:
            if not self._first:
                yield from talk.tell("next")
            over = yield from self._state()
            while self._tries < MOST_TRIES:
                self._tries += 1
                answer = yield from self._answers(over)
                if answer is None:
                    if not answered:
                        yield from talk.tell("no_answer")
                    break
                answered = True
                good, over = yield from self._respond(answer)
                if good:
                    break
        except Skipped:
            pass
        if answered:
            talk.finish(self._card.id)
        return answered

    def _state(self) -> Generator[Instruction, Reaction, Heard | None]:
        """The statement, and what is asked about it. Returns an answer that came before that was at its end."""
        talk = self._talk
        if self._setup.typed:
            talk.show(f"“{self._card.statement}”")
        yield from talk.say(Speak(text=self._card.statement, by="partner"), show=False)
        prompt = self._setup.drill.prompt if self._setup.drill.answers == 1 else talk.line("first_of_several")
        asked = [prompt] if self._first else []
        if self._setup.drill.id == "better_reply":
            replies = (self._card.weak, self._card.model) if self._swapped else (self._card.model, self._card.weak)
            asked = [f"The first: {replies[0]}", f"The second: {replies[1]}", *asked]
        if not asked:
            return None
        step = Speak(text="\n".join(asked))
        over = yield from talk.speak(step)
        if over is not None and self._idle(over):
            over = yield from talk.go_on(step)
        return over

    def _answers(self, over: Heard | None) -> Generator[Instruction, Reaction, _Answer | None]:
        """As many answers as the drill asks for. `over`: one that has been given already."""
        talk, drill = self._talk, self._setup.drill
        answer = _Answer()
        while len(answer.texts) < drill.answers:
            asked_s = talk.now_s
            heard = over or (yield from self._listen(first=self._tries == 1 and not answer.texts))
            over = None
            if heard is None:
                return answer if answer.texts else None
            if not answer.texts and not self._setup.typed:
                answer.waited_s = max(0.0, heard.start_s - asked_s)
            answer.add(heard)
            if len(answer.texts) < drill.answers:
                if drill.id == "correction":
                    yield from talk.say(Speak(text=self._card.correction, by="partner"))
                over = yield from talk.speak(Speak(text=drill.prompt))
        return answer

    def _listen(self, *, first: bool) -> Generator[Instruction, Reaction, Heard | None]:
        """What is said; where nothing is, after one kind offer, None."""
        talk, offered = self._talk, not first
        while True:
            quiet_s = QUIET_S if first else AGAIN_QUIET_S
            event = yield from talk.begin(
                Listen(floor=None, until_s=talk.now_s + ANSWER_S, grace_s=GRACE_S, quiet_s=quiet_s, wants=WANTS)
            )
            if isinstance(event, Heard):
                return event
            if isinstance(event, Command):
                yield from talk.say(Speak(text=self._card.statement, by="partner"), show=False)
            elif isinstance(event, Silence) and not offered:
                offered = True
                heard = yield from talk.speak(Speak(text=talk.line("offer")))
                if heard is not None:
                    return heard
            else:
                return None

    def _respond(self, answer: _Answer) -> Generator[Instruction, Reaction, tuple[bool, Heard | None]]:
        """Feedback. Returns whether it was a good answer, and a next one that came into the feedback."""
        talk, card, drill = self._talk, self._card, self._setup.drill
        if answer.long:
            yield from talk.say(Speak(text=talk.line("long"), yields=False))
        over: Heard | None = None
        talk.answers += 1
        last = self._tries == MOST_TRIES
        for piece in range(MOST_PIECES):
            judged = self._judged(answer, answer.texts[-1])
            if judged.doubtful and not piece and not self._setup.typed:
                judged = yield from self._read_again(answer, judged)
            lines = [*feedback(judged, drill, card, talk.words, talk.answers)]
            misheard = judged.unclear and not self._misheard
            if not judged.good and not misheard:
                lines.append(example(judged, drill, card, talk.words, talk.answers) if last else talk.line("again"))
            talk.show(f"You said: {answer.texts[-1]}")
            step = Speak(text="\n".join(lines), eager=True)
            over = yield from talk.speak(step)
            if over is None or not self._goes_on(over, answer):
                break
            answer.join(over)
        if misheard:
            self._misheard = True
            self._tries -= 1
            return False, over
        talk.keep(self._result(judged, answer))
        if over is not None and (judged.good or last or self._idle(over)):
            yield from talk.go_on(step)
            over = None
        return judged.good, over

    def _judged(self, answer: _Answer, text: str) -> Judged:
        """`text`: in place of the last answer."""
        return self._judge(
            Given(
                drill=self._setup.drill, card=self._card, answers=[*answer.texts[:-1], text], waited_s=answer.waited_s,
                swapped=self._swapped,
            )
        )  # fmt: skip

    def _read_again(self, answer: _Answer, judged: Judged) -> Generator[Instruction, Reaction, Judged]:
        """A recogniser's errors are not the person's: the reading that says most counts."""
        first = answer.texts[-1]
        for way in range(WAYS):
            event = yield from self._talk.begin(Reread(way=way))
            if not isinstance(event, Reading) or neutral(event.text) in ((), neutral(first)):
                break  # heard alike: it was meant so
            other = self._judged(answer, event.text)
            if other.score > judged.score:
                answer.texts[-1], judged = event.text, other
            if judged.good:
                break
        return judged

    def _goes_on(self, over: Heard, answer: _Answer) -> bool:
        return over.start_s - answer.end_s < GOES_ON_S and not answer.long and not self._idle(over)

    def _idle(self, heard: Heard) -> bool:
        """Only "mm-hm", "okay", or a word or two, as a recogniser makes of a cough: nothing was said."""
        words = [word for word in map(normal, heard.text.split()) if word]
        return len(words) < MEANT_WORDS or not any(True for _ in beyond_idle(words, self._talk.rules.cues))

    def _result(self, judged: Judged, answer: _Answer) -> Result:
        return Result(
            card=self._card.id, drill=self._setup.drill.id, attempt=self._tries, score=judged.score, good=judged.good,
            parts=judged.parts, reasons=judged.reasons, waited_s=answer.waited_s,
        )  # fmt: skip
