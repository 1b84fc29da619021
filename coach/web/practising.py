"""One practice between the pages that show it: typed, an answer at a time; or aloud, in a thread of its own."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Generator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from audio.errors import AudioError
from audio.types import UNKNOWN
from coach import app
from coach.clock import now
from coach.errors import CoachError
from coach.plain import sentence
from coach.practice import kit
from coach.practice.content import cards
from coach.practice.engine import Setup, practice
from coach.practice.progress import PARTS
from coach.practice.schedule import chosen
from coach.practice.steps import Done, Instruction, Reaction, Speak
from coach.practice.wording import practice_words
from coach.session.events import Command, Event, Finished, Heard
from coach.web.work import FAILED

if TYPE_CHECKING:
    from coach.practice.content import Card, Drill
    from coach.store import Store

CARDS = 5
MOST_LETTERS = 2_000
COMMANDS = {"skip_this": "k", "stop_now": "s", "say_again": "a"}
"""What the buttons beside an answer do, and the key of each."""
NEXT = "next"
SAID = "You said: "
"""How the practice shows an answer on a screen."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    by: Literal["coach", "partner", "you"]
    text: str


class Practising:
    """What the pages show of a practice. Changed by whoever drives it; `version` counts the changes."""

    aloud = False

    def __init__(self, drill: Drill, store: Store) -> None:
        self.drill = drill
        self.cards = chosen(cards(), drill, store.schedules(), now(), CARDS)
        self.card: Card | None = None
        self.lines: tuple[Line, ...] = ()  # of the card at hand
        self.parts: Mapping[str, float] = {}  # of the last answer's score, by what they are called
        self.waits = False  # for somebody to have read the feedback
        self.over = False
        self.version = 0
        self._keeper = kit.Keeper(store=store, drill=drill)

    @property
    def number(self) -> int:
        """Of the card at hand, from 1."""
        return self.cards.index(self.card) + 1 if self.card in self.cards else 0

    def _steps(self, *, typed: bool) -> Generator[Instruction, Reaction, None]:
        limits = app.config().limits
        setup = Setup(drill=self.drill, cards=self.cards, typed=typed)
        return practice(setup, practice_words(), kit.judge(limits), app.rules(limits))

    def _begins(self, instruction: Instruction) -> Card | None:
        """The card that is told now for the first time."""
        step = instruction.step
        if not isinstance(step, Speak) or step.by != "partner":
            return None
        return next((one for one in self.cards if one.statement == step.text and one != self.card), None)

    def _take(self, instruction: Instruction) -> None:
        self._keeper.keep(instruction)
        for result in instruction.results:
            self.parts = {PARTS[name][0]: score for name, score in result.parts.items() if name in PARTS}
        card = self._begins(instruction)
        if card is not None:
            self.lines = self.lines if self.card is None else ()  # the first is told after the introduction
            self.card, self.parts = card, {}
        titles = (self.drill.name, self.drill.prompt)  # which the page shows in places of their own
        self.lines += tuple(self._line(text) for text in instruction.shown if text not in titles)
        self.over = isinstance(instruction.step, Done)
        self.version += 1

    def _line(self, text: str) -> Line:
        if self.card is not None and text == f"“{self.card.statement}”":
            return Line(by="partner", text=self.card.statement)
        return Line(by="you", text=text.removeprefix(SAID)) if text.startswith(SAID) else Line(by="coach", text=text)


class Typed(Practising):
    """Made with its first card on the page; takes one answer or button after the other until it is over."""

    def __init__(self, drill: Drill, store: Store) -> None:
        super().__init__(drill, store)
        self._clock_s = 0.0  # counts steps: how long somebody types is nobody's matter
        self._running = self._steps(typed=True)
        self._held: Instruction | None = None
        self._go_on(next(self._running))

    def answer(self, text: str) -> None:
        said, at_s = text.strip()[:MOST_LETTERS], self._clock_s
        if said and not self.waits and not self.over:
            self._send(Heard(at_s=at_s, speaker=UNKNOWN, text=said, start_s=at_s, end_s=at_s))

    def press(self, name: str) -> None:
        if name == NEXT and self._held is not None:
            held, self._held, self.waits = self._held, None, False
            self._go_on(held, read=True)
        elif name in COMMANDS and not self.waits and not self.over:
            self._send(Command(at_s=self._clock_s, name=name))

    def _send(self, event: Event) -> None:
        self._clock_s += 60.0  # never so soon that an answer counts as going on with the one before
        self._go_on(self._running.send(event))

    def _go_on(self, instruction: Instruction, *, read: bool = False) -> None:
        """Through everything that is only shown: to the next answer, to a new card, or to the end."""
        while True:
            answered = any(line.by == "you" for line in self.lines)
            if answered and not read and self._begins(instruction) is not None:
                self._held, self.waits = instruction, True
                self.lines = tuple(line for line in self.lines if line.text not in practice_words().say["next"])
                return
            read = False
            self._take(instruction)
            if not isinstance(instruction.step, Speak):
                return
            self._clock_s += 1.0
            instruction = self._running.send(Finished(at_s=self._clock_s))


class Aloud(Practising):
    """With the coach's own microphone and voice."""

    aloud = True

    def __init__(self, drill: Drill, store: Store) -> None:
        super().__init__(drill, store)
        self.error = ""
        self._press: Callable[[str], None] = lambda key: None  # until the microphone is open
        self._folder = store.folder
        self._thread = threading.Thread(target=self._run, daemon=True, name="practice")
        self._thread.start()

    def press(self, name: str) -> None:
        if name in COMMANDS and not self.over:
            self._press(COMMANDS[name])

    def close(self) -> None:
        self.press("stop_now")
        self._thread.join(timeout=5)

    def _run(self) -> None:
        try:
            self._practise()
        except (AudioError, CoachError) as error:
            self.error = sentence(error)
        except Exception:  # the outermost edge of this thread: it is told, not lost
            logging.getLogger(__name__).exception("a practice failed")
            self.error = FAILED
        finally:
            self.over = True
            self.version += 1

    def _practise(self) -> None:
        from audio.loudspeaker import play
        from coach.live.lock import only_talk
        from coach.practice.live import Live

        limits = app.config().limits
        with (
            only_talk(self._folder),
            kit.warming() as later,
            kit.ears(later, limits) as ears,
            kit.voices(self._tell) as voice,
        ):
            self._press = ears.press
            live = Live(ears, voice, play, show=self._tell)
            kit.run(self._steps(typed=False), self._take, live.does)

    def _tell(self, text: str) -> None:
        self.lines += (self._line(text),)
        self.version += 1
