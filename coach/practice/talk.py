"""One step and what comes back: the part of practice that knows the time, the commands and what is still to be kept."""

from __future__ import annotations

from collections import Counter
from collections.abc import Generator
from dataclasses import replace

from coach.practice.steps import Done, Instruction, Reaction, Reading, Result, Speak, Step
from coach.practice.wording import PracticeWords
from coach.session.events import Back, Command, Failed, Finished, Heard, Lost, Rating, Silence, TimeUp
from coach.session.steps import Listen, Rate
from coach.session.understanding import Rules, understood

WANTS = ("say_again", "skip_this", "pass_on", "stop_now")
MOST_RESUMED = 2
"""A line that is broken off more often is spoken to its end: somebody is talking to somebody else."""
LOST_S = 60.0

Doing = Generator[Instruction, Reaction, None]


class Ended(Exception):
    """Practice ends here. Never leaves the practice."""

    def __init__(self, done: Done) -> None:
        super().__init__(done.reason)
        self.done = done


class Skipped(Exception):
    """On to the next card. Never leaves the practice."""


class Talk:
    """The state of a practice."""

    def __init__(self, words: PracticeWords, rules: Rules) -> None:
        self.words, self.rules = words, rules
        self.now_s = 0.0
        self.answers = 0  # so far: the wording of feedback varies with it
        self._said: Counter[str] = Counter()  # how often a line of that name was said
        self._shown: list[str] = []
        self._results: list[Result] = []
        self._finished = ""

    # The driver

    def begin(self, step: Step) -> Generator[Instruction, Reaction, Reaction]:
        """Do a step. Returns the first event that it must judge. Raises Ended on "stop now", Skipped on "pass on"."""
        wants = getattr(step, "wants", WANTS)
        heard_by = step if isinstance(step, Listen | Rate) else Listen(floor=None, until_s=0.0)
        while True:
            event = yield self._instruction(step)
            self.now_s = max(self.now_s, event.at_s)
            if isinstance(event, Reading):
                return event
            event = understood(event, heard_by, wants, self.rules)
            if isinstance(event, Failed) or (isinstance(event, Command) and event.name == "stop_now"):
                raise Ended(Done(reason="stopped"))
            if isinstance(event, Command) and event.name in ("skip_this", "pass_on"):
                raise Skipped
            if isinstance(event, Lost):
                yield from self._lost()
            elif isinstance(event, Finished | Heard | Silence | TimeUp | Command | Rating):
                return event

    def last(self, done: Done) -> Instruction:
        return self._instruction(done)

    def show(self, *lines: str) -> None:
        """On the screen, with the next step."""
        self._shown += lines

    def keep(self, result: Result) -> None:
        """To be stored, with the next step."""
        self._results.append(result)

    def finish(self, card: str) -> None:
        self._finished = card

    def _instruction(self, step: Step) -> Instruction:
        instruction = Instruction(
            step=step, shown=tuple(self._shown), results=tuple(self._results), finished=self._finished
        )
        self._shown, self._results, self._finished = [], [], ""
        return instruction

    # Speaking

    def line(self, name: str) -> str:
        """One of the lines of that name, in turn."""
        lines = self.words.say[name]
        self._said[name] += 1
        return lines[(self._said[name] - 1) % len(lines)]

    def say(self, step: Speak, *, show: bool = True) -> Doing:
        """To its end, whoever speaks in between."""
        over = yield from self.speak(step, show=show)
        while over is not None:
            over = yield from self.go_on(step)

    def speak(self, step: Speak, *, show: bool = True) -> Generator[Instruction, Reaction, Heard | None]:
        """Until it is spoken, or somebody speaks over it: what they said."""
        if show:
            self.show(*step.text.splitlines())
        while True:
            event = yield from self.begin(step)
            if isinstance(event, Heard):
                return event
            if isinstance(event, Finished):
                return None

    def go_on(self, step: Speak) -> Generator[Instruction, Reaction, Heard | None]:
        """On with a line that was broken off; it no longer yields."""
        return (yield from self.speak(replace(step, resumed=True, yields=False), show=False))

    def tell(self, name: str) -> Doing:
        yield from self.say(Speak(text=self.line(name)))

    def _lost(self) -> Doing:
        """The microphone is away or muted: told once, then waited for."""
        text = self.line("muted")
        self.show(text)
        event = yield self._instruction(Speak(text=text, yields=False))
        while not isinstance(event, Finished | Back):
            event = yield self._instruction(Speak(text=text, yields=False, resumed=True))
        until_s = self.now_s + LOST_S
        while not isinstance(event, Back):
            event = yield self._instruction(Listen(floor=None, until_s=until_s))
            self.now_s = max(self.now_s, event.at_s)
            if isinstance(event, TimeUp | Failed):
                raise Ended(Done(reason="lost"))
        yield from self.tell("found")
