"""A practice in a room with people who act: engine, ears, voice and loudspeaker as `coach practice` wires them."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from audio.loudspeaker import Playing, play
from audio.types import Clip
from coach import app
from coach.practice import kit
from coach.practice.content import Card, drills
from coach.practice.ears import Utterance
from coach.practice.engine import Setup, practice
from coach.practice.live import Live
from coach.practice.steps import Instruction, Result
from coach.practice.wording import practice_words
from coach.thresholds import Limits
from tests.acting import Actor, Said, Spoke
from tests.lines import Act, Line
from tests.room import Room


@dataclass(frozen=True, kw_only=True)
class Stage:
    """One answer, in seconds of time.monotonic()."""

    end_s: float  # of the speech, as the voice activity has it
    over_s: float  # when that was decided
    told_s: float  # when its text was handed over
    played_s: float  # when feedback was given to the loudspeaker


@dataclass(frozen=True, kw_only=True)
class Practised:
    reason: str
    results: tuple[Result, ...]
    shown: tuple[str, ...]
    said: tuple[Said, ...]
    spoke: tuple[Spoke, ...]
    stages: tuple[Stage, ...]


def practise(
    home: Room, cards: Sequence[Card], script: Sequence[Line | Act], drill: str = "say_back", limit_s: float = 60.0
) -> Practised:
    """From the first word of the coach to the last."""
    setup = Setup(drill=next(one for one in drills() if one.id == drill), cards=tuple(cards))
    limits = Limits()
    watch = _Watch()
    with (
        kit.warming() as later,
        app.voice() as voice,
        kit.ears(later, limits) as ears,
        Actor(home, script, limit_s=limit_s) as actor,
    ):
        judge = kit.judged_by(later.made(lambda: kit.judge(limits)))
        watch.now_s = lambda: ears.now_s
        live = Live(ears, voice, watch.play, show=watch.shown.append, heard=watch.heard)
        reason = kit.run(practice(setup, practice_words(), judge, app.rules(limits)), watch.take, live.does)
        return Practised(
            reason=reason, results=tuple(watch.results), shown=tuple(watch.shown), said=actor.coach_said(),
            spoke=actor.spoke(), stages=tuple(watch.stages),
        )  # fmt: skip


class _Watch:
    """Notes what passes through."""

    def __init__(self) -> None:
        self.results: list[Result] = []
        self.shown: list[str] = []
        self.stages: list[Stage] = []
        self.now_s: Callable[[], float] = time.monotonic
        self._waiting: Stage | None = None

    def take(self, instruction: Instruction) -> None:
        self.shown += instruction.shown
        self.results += instruction.results

    def heard(self, utterance: Utterance) -> None:
        told_s = time.monotonic()
        offset_s = told_s - self.now_s()
        self._waiting = Stage(
            end_s=utterance.end_s + offset_s, over_s=utterance.over_s + offset_s, told_s=told_s, played_s=0.0
        )

    def play(self, clip: Clip) -> Playing:
        if self._waiting is not None:
            waiting, self._waiting = self._waiting, None
            self.stages.append(
                Stage(end_s=waiting.end_s, over_s=waiting.over_s, told_s=waiting.told_s, played_s=time.monotonic())
            )
        return play(clip)
