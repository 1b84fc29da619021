"""Practice of two: one tells something of their own, the other says it back, the first one rates and corrects; swap.

tells ... (silence) | says back | "seven" | what was missed | says that back | "nine" | in words what was heard
"""

from __future__ import annotations

from collections.abc import Callable, Generator

from coach.measures.paraphrase import Paraphrase
from coach.practice.answers import told
from coach.practice.judging import GOOD, Judged
from coach.practice.steps import Done, Instruction, Reaction, Result, Speak
from coach.practice.talk import WANTS, Ended, Skipped, Talk
from coach.practice.wording import PracticeWords
from coach.session.events import Heard, Rating
from coach.session.steps import Listen, Rate
from coach.session.tasks import NUMBERS
from coach.session.understanding import Rules

TELLS_S, BACK_S, MISSED_S, RATE_S = 120.0, 60.0, 45.0, 20.0
FIRST_QUIET_S = 12.0
"""Somebody who is to begin may think for a while."""
TOLD_QUIET_S = 3.5
"""After such a silence what one tells is told; it is also the wait before the answer."""
RATE_QUIET_S = 8.0
GRACE_S = 3.0
FULL = 10
RATINGS = 2
"""Times a number is asked for before it is left."""
CARD, DRILL = "own", "pair"

Comparing = Callable[[str, str], Paraphrase]
"""What was said, and what was said back."""


def pair(rounds: int, words: PracticeWords, compare: Comparing, rules: Rules) -> Generator[Instruction, Reaction, None]:
    """From the first word to Done. A round is one statement; who tells and who says back swap after each."""
    talk = Talk(words, rules)
    done = Done(reason="complete")
    try:
        for number in range(rounds):
            try:
                yield from talk.tell("pair_first" if not number else "pair_swap")
                if not (yield from _round(talk, compare)):
                    yield from talk.tell("nobody")
                    raise Ended(Done(reason="nobody"))
            except Skipped:
                continue
        yield from talk.tell("done")
    except Ended as ended:
        done = ended.done
    except Skipped:
        pass
    yield talk.last(done)


def _round(talk: Talk, compare: Comparing) -> Generator[Instruction, Reaction, bool]:
    """Whether anybody told something."""
    said = yield from _told(talk, TELLS_S)
    if not said:
        return False
    yield from talk.tell("pair_back")
    back = yield from _told(talk, BACK_S)
    if not back:
        yield from talk.tell("no_answer")
        return True
    rated = yield from _rated(talk)
    _keep(talk, compare(said, back), rated, attempt=1)
    if rated is None or rated < FULL:
        yield from talk.tell("pair_missed")
        missed = yield from _told(talk, MISSED_S)
        if missed:
            yield from talk.tell("pair_again")
            again = yield from _told(talk, BACK_S)
            if again:
                rated = yield from _rated(talk)
                _keep(talk, compare(missed, again), rated, attempt=2)
    yield from talk.say(Speak(text=_heard_in(talk, compare(said, back))))
    return True


def _told(talk: Talk, most_s: float) -> Generator[Instruction, Reaction, str]:
    """All that is said until a silence, or "pass on"."""
    pieces: list[str] = []
    until_s = talk.now_s + most_s
    try:
        while True:
            quiet_s = TOLD_QUIET_S if pieces else FIRST_QUIET_S
            event = yield from talk.begin(
                Listen(floor=None, until_s=until_s, grace_s=GRACE_S, quiet_s=quiet_s, wants=WANTS)
            )
            if not isinstance(event, Heard):
                break
            talk.show(f"  {event.text}")
            pieces.append(event.text)
    except Skipped:
        if not pieces:
            raise
    return " ".join(pieces)


def _rated(talk: Talk) -> Generator[Instruction, Reaction, int | None]:
    """How well understood the one felt who told it, 0-10, said back to them; None where no number was heard."""
    yield from talk.tell("pair_rate")
    for again in range(RATINGS):
        if again:
            yield from talk.tell("pair_number")
        event = yield from talk.begin(Rate(of="A", until_s=talk.now_s + RATE_S, quiet_s=RATE_QUIET_S, wants=WANTS))
        if isinstance(event, Rating):
            yield from talk.say(Speak(text=f"{NUMBERS[event.value].capitalize()}."))
            return event.value
    return None


def _keep(talk: Talk, result: Paraphrase, rated: int | None, *, attempt: int) -> None:
    talk.keep(
        Result(
            card=CARD,
            drill=DRILL,
            attempt=attempt,
            score=result.score,
            good=result.score >= GOOD,
            parts={part.name: part.score for part in result.parts},
            reasons=result.reasons,
            waited_s=None,
            felt_understood=rated,
        )
    )


def _heard_in(talk: Talk, result: Paraphrase) -> str:
    """One thing about how it was said back. Theirs is the number that counts; nothing is graded."""
    parts: dict[str, float] = {part.name: part.score for part in result.parts}
    wrong = told(Judged(score=result.score, parts=parts, reasons=result.reasons))
    lines = talk.words.pair
    line = lines.get(wrong, lines["other"])
    talk.answers += 1
    return line[talk.answers % len(line)]
