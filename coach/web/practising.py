"""One practice by reading and typing, between the pages that show it: where it stands, and what comes of an answer."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Literal

from audio.types import UNKNOWN
from coach import app, content
from coach.practice.content import cards, families, paraphrase_content
from coach.practice.engine import Setup, practice
from coach.practice.judging import Judge
from coach.practice.progress import PARTS
from coach.practice.schedule import answered, chosen, key_of
from coach.practice.steps import Done, Instruction, Result, Speak
from coach.practice.wording import PracticeWords, practice_words_from
from coach.session.events import Command, Event, Finished, Heard
from coach.session.understanding import Rules

if TYPE_CHECKING:
    from coach.practice.content import Card, Drill
    from coach.store import Store

CARDS = 5
MOST_LETTERS = 2_000
COMMANDS = ("skip_this", "stop_now")


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    by: Literal["coach", "partner", "you"]
    text: str


class Practising:
    """Made with its first card on the screen; takes one answer or command after the other until it is over."""

    def __init__(self, drill: Drill, store: Store) -> None:
        now = datetime.now().astimezone()
        self.drill, self._store = drill, store
        self.cards = chosen(cards(), drill, store.schedules(), now, CARDS)
        self.lines: list[Line] = []  # of the card that is on the screen
        self.card: Card | None = None
        self.parts: Mapping[str, float] = {}  # of the last answer's score, by what they are called
        self.over = False
        self._clock_s = 0.0  # counts steps: how long somebody types is nobody's matter
        self._tries: dict[str, list[Result]] = {}
        limits = app.config().limits
        rules = Rules(grammar=content.commands(), cues=content.cues(), commands=limits.commands, floor=limits.floor)
        judge = Judge(content=paraphrase_content(), limits=limits)
        self._steps = practice(Setup(drill=drill, cards=self.cards, typed=True), words(), judge, rules)
        self._go_on(next(self._steps))

    @property
    def number(self) -> int:
        """Of the card on the screen, from 1."""
        return self.cards.index(self.card) + 1 if self.card in self.cards else 0

    def answer(self, text: str) -> None:
        said = text.strip()[:MOST_LETTERS]
        if said and not self.over:
            at_s = self._clock_s
            self._do(Heard(at_s=at_s, speaker=UNKNOWN, text=said, start_s=at_s, end_s=at_s))

    def command(self, name: str) -> None:
        if name in COMMANDS and not self.over:
            self._do(Command(at_s=self._clock_s, name=name))

    def _do(self, event: Event) -> None:
        self._clock_s += 60.0  # never so soon that an answer counts as going on with the one before
        self._go_on(self._steps.send(event))

    def _go_on(self, instruction: Instruction) -> None:
        """Through everything that is only shown, to the next answer that is awaited, or to the end."""
        while True:
            self._keep(instruction)
            for text in instruction.shown:
                self._show(text)
            if isinstance(instruction.step, Done):
                self.over = True
                return
            if not isinstance(instruction.step, Speak):
                return
            self._clock_s += 1.0
            instruction = self._steps.send(Finished(at_s=self._clock_s))

    def _show(self, text: str) -> None:
        card = next((one for one in self.cards if text == f"“{one.statement}”"), None)
        if card is not None:
            opening = [line for line in self.lines if line.by == "coach"][-1:] if self.card is not None else self.lines
            self.card, self.parts, self.lines = card, {}, opening
            self.lines.append(Line(by="partner", text=card.statement))
            return
        own = text.removeprefix("You said: ")
        self.lines.append(Line(by="coach" if own == text else "you", text=own))

    def _keep(self, instruction: Instruction) -> None:
        now = datetime.now().astimezone()
        for result in instruction.results:
            self._tries.setdefault(result.card, []).append(result)
            self.parts = {PARTS[name][0]: score for name, score in result.parts.items() if name in PARTS}
            self._store.practised(
                card=result.card, drill=result.drill, at=now.isoformat(timespec="seconds"), score=result.score,
                result=asdict(result),
            )  # fmt: skip
        card = next((one for one in self.cards if one.id == instruction.finished), None)
        if card is not None:
            key = key_of(self.drill, card)
            tries = [(one.score, one.good) for one in self._tries.pop(card.id)]
            self._store.schedule(key, answered(self._store.schedules().get(key), tries, now))


def words() -> PracticeWords:
    return practice_words_from(content.table("practice/wording.toml"), families(), "prompts/practice/wording.toml")
