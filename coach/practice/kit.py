"""What `coach practice` is made of: engines warmed while the first words are spoken, results kept as they come."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Generator, Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from audio.errors import EngineError
from coach.clock import now, stamp
from coach.errors import ContentError

if TYPE_CHECKING:
    from audio.types import Clip, Voice
    from coach.measures.paraphrase import Paraphrase
    from coach.practice.content import Card, Drill
    from coach.practice.ears import Ears, Utterance
    from coach.practice.judging import Given, Judge, Judged
    from coach.practice.steps import Instruction, Reaction, Result, Step
    from coach.store import Store
    from coach.thresholds import Limits

LARGEST_DECK = 2_000_000
"""Bytes."""
Made = TypeVar("Made")


@dataclass(slots=True, kw_only=True)
class Keeper:
    """Keeps results and dates as they come: what was answered is safe whatever happens next."""

    store: Store
    drill: Drill | None
    kept: int = 0
    tries: dict[str, list[tuple[float, bool]]] = field(default_factory=dict)  # of the card at hand

    def keep(self, instruction: Instruction) -> None:
        for result in instruction.results:
            self.store.practised(
                card=result.card, drill=result.drill, at=stamp(), score=result.score,
                result=_form(result),
            )  # fmt: skip
            self.kept += 1
            self.tries.setdefault(result.card, []).append((result.score, result.good))
        if instruction.finished and self.drill is not None:
            self._set_date(instruction.finished, f"{self.drill.id}/{instruction.finished}")

    def _set_date(self, card: str, key: str) -> None:
        from coach.practice.schedule import answered

        tries = self.tries.pop(card, None)
        if tries:
            self.store.schedule(key, answered(self.store.schedules().get(key), tries, now()))


def run(
    steps: Generator[Instruction, Reaction, None],
    take: Callable[[Instruction], None],
    does: Callable[[Step], Reaction],
) -> str:
    """The practice from its first step to its last, each taken before it is done; why it ended."""
    from coach.practice.steps import Done

    instruction = next(steps)
    while True:
        take(instruction)
        if isinstance(instruction.step, Done):
            return instruction.step.reason
        instruction = steps.send(does(instruction.step))


def judge(limits: Limits) -> Judge:
    from coach import content
    from coach.practice.choices import choices_from
    from coach.practice.content import paraphrase_content
    from coach.practice.judging import Judge

    choices = choices_from(content.table("practice/choices.toml"), "prompts/practice/choices.toml")
    return Judge(content=paraphrase_content(), choices=choices, limits=limits)


def deck(path: Path) -> tuple[Card, ...]:
    """The person's own cards. Raises ContentError, which names file and key."""
    from coach.content import parsed
    from coach.practice.content import cards_from, families

    place = str(path)
    try:
        if path.stat().st_size > LARGEST_DECK:
            raise ContentError(f"{place} is too large for a deck. Name a file of cards.")
        table = parsed(path.read_text(encoding="utf-8"), place)
    except (OSError, UnicodeDecodeError) as error:
        reason = getattr(error, "strerror", None) or "it is no text"
        raise ContentError(f"{place} cannot be read ({reason}). Name a deck of cards: --deck FILE.toml") from error
    if not table:
        raise ContentError(f"{place} is empty. Write a scenario, drills and at least one [[card]] into it.")
    return cards_from({place: table}, families())


class Later:
    """Something that is made in a thread, while the coach speaks already."""

    def __init__(self) -> None:
        self._pool = ThreadPoolExecutor(max_workers=1, thread_name_prefix="warming")

    def made(self, make: Callable[[], Made]) -> Future[Made]:
        return self._pool.submit(make)

    def close(self) -> None:
        self._pool.shutdown(wait=False, cancel_futures=True)


@contextmanager
def warming() -> Iterator[Later]:
    later = Later()
    try:
        yield later
    finally:
        later.close()


def judged_by(judge: Future[Judge]) -> Callable[[Given], Judged]:
    return lambda given: judge.result()(given)


def compared_by(judge: Future[Judge]) -> Callable[[str, str], Paraphrase]:
    from coach.measures.paraphrase import paraphrase

    return lambda said, back: paraphrase(said, back, judge.result().content, judge.result().limits)


@contextmanager
def voices(tell: Callable[[str], None]) -> Iterator[Voice | None]:
    """The voice of this machine; None, and a sentence to tell, where it has none."""
    from coach import app

    try:
        spoken = app.spoken_voice(app.config())
    except EngineError as error:
        tell(f"Not spoken: {error}")
        yield None
        return
    with closing(spoken):
        yield spoken


@contextmanager
def ears(later: Later, limits: Limits) -> Iterator[Ears]:
    """The chosen microphone, heard. Raises DeviceError where there is none."""
    from audio.transcribe import InTurn
    from coach import app, chosen
    from coach.live.keys import pressed
    from coach.practice.ears import Ears
    from coach.practice.echo import EchoLimits
    from coach.practice.endpoint import EndpointLimits

    recogniser = later.made(lambda: InTurn(app.reader_of(app.config().recogniser)))
    found = Ears(
        chosen.wanted(app.config_path().parent), app.voice_activity(), partial(_read, recogniser, limits),
        partial(_read_again, recogniser), EndpointLimits(), EchoLimits(),
    )  # fmt: skip
    try:
        with pressed(found.press):
            found.await_sound()
            yield found
    finally:
        found.close()


def _read(recogniser: Future, limits: Limits, clip: Clip) -> tuple[str, tuple[str, ...]]:  # type: ignore[type-arg]
    """The text; and of what may be a command its other readings, until one is."""
    from audio.readings import readings
    from coach import content
    from coach.practice.ears import LONGEST_S, MOST_WORDS
    from coach.session.commands import NAMES, command_in, number_in

    found = readings(clip, recogniser.result())
    texts = [next(found)]
    if 0 < len(texts[0].split()) <= MOST_WORDS and clip.duration_s <= LONGEST_S:
        grammar = content.commands()
        for text in found:
            if command_in(texts, NAMES, grammar, limits.commands) or number_in(texts, grammar, limits.commands):
                break
            texts.append(text)
    return texts[0], tuple(texts[1:])


def _read_again(recogniser: Future, clip: Clip, way: int) -> str:  # type: ignore[type-arg]
    from audio.readings import again

    return again(clip, recogniser.result(), way)


def recorder(folder: Path) -> Callable[[Utterance], None]:
    """Keeps the sound of each answer in a file of its own, for the owner's eyes only."""
    from audio.recording import write_wav
    from coach.store.place import private

    private(folder)

    def keep(utterance: Utterance) -> None:
        path = folder / f"{now():%Y-%m-%d-%H%M%S}-{time.monotonic_ns() % 1000:03}.wav"
        write_wav(path, utterance.clip)
        path.chmod(0o600)

    return keep


def _form(result: Result) -> Mapping[str, object]:
    form: dict[str, object] = {
        "attempt": result.attempt,
        "good": result.good,
        "parts": {name: round(score, 3) for name, score in result.parts.items()},
        "reasons": list(result.reasons),
    }
    if result.waited_s is not None:
        form["waited_s"] = round(result.waited_s, 2)
    if result.felt_understood is not None:
        form["felt_understood"] = result.felt_understood
    return json.loads(json.dumps(form))  # type: ignore[no-any-return]
