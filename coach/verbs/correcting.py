"""From what was typed to a correction: which line, which word, which moment was meant, and who may say so."""

from __future__ import annotations

import argparse
from collections.abc import Collection
from typing import TYPE_CHECKING

from coach.corrections import Correction, Fine, Given, LeftOut, Reworded, Swapped
from coach.errors import StoreError
from coach.plain import clock, one_line
from coach.verbs.stored import seconds

if TYPE_CHECKING:
    from coach.conversation import Turn
    from coach.summary import Summary

EDGES = ".,;:!?\"'()“”‘’…-"


def correction(args: argparse.Namespace, summary: Summary, closed: Collection[str]) -> tuple[Correction, str] | None:
    """What is to be put right, and a sentence that says it; None where nothing was asked for. Raises StoreError.

    `closed`: speakers whose half stands behind a code that was not given; nobody speaks for them.
    """
    if args.give:
        return _give(summary, *args.give)
    if args.swap:
        return _swap(summary)
    if args.word:
        return _word(summary, *args.word)
    if args.fine:
        return _fine(summary, args.fine, closed)
    if args.leave_out:
        return _leave_out(summary, *args.leave_out)
    return None


def _give(summary: Summary, line: str, name: str) -> tuple[Correction, str]:
    turn, to = _line(summary, line), _person(summary, name)
    if turn.speaker == to:
        raise StoreError(f"Line {line} is {one_line(summary.name(to))}'s already. See the lines with: --lines")
    given = Given(speaker=turn.speaker, to=to, start_s=turn.start_s, end_s=turn.end_s)
    return given, f"Line {line} was said by {one_line(summary.name(to))}."


def _swap(summary: Summary) -> tuple[Correction, str]:
    people = summary.conversation.speakers
    if len(people) != 2:
        raise StoreError(f"{len(people)} voices are in this session; two can be swapped. Give lines with: --give")
    return Swapped(one=people[0], other=people[1]), "The two voices are swapped."


def _word(summary: Summary, line: str, old: str, new: str) -> tuple[Correction, str]:
    wanted = old.strip(EDGES).casefold()
    for word in _line(summary, line).words:
        if wanted and word.text.strip(EDGES).casefold() == wanted:
            before, _, after = word.text.partition(word.text.strip(EDGES))
            text = f"{before}{one_line(new).strip(EDGES)}{after}" if one_line(new) else ""
            done = Reworded(speaker=word.speaker, start_s=word.start_s, text=text)
            return done, f'Line {line}: "{one_line(word.text)}" is now "{text}".'
    raise StoreError(f"Line {line} has no word {one_line(old)[:40]!r}. See the lines with: --lines")


def _fine(summary: Summary, number: str, closed: Collection[str]) -> tuple[Correction, str]:
    from coach.measures.interruptions import Interruption
    from coach.render.kept import countable

    moments = countable(summary)
    if not number.isdecimal() or not 1 <= int(number) <= len(moments):
        raise StoreError(f"There is no moment {number[:20]!r} that counts. See them with: --lines")
    moment = moments[int(number) - 1]
    if moment.of is None:
        raise StoreError("There is nobody else in this session who could say so. Leave it out with: --leave-out")
    name = one_line(summary.name(moment.of))
    if moment.of in closed:
        raise StoreError(f"Only {name} can say that this was fine: add --code, with {name}'s own code.")
    what = "interruption" if isinstance(moment.event, Interruption) else "remark"
    fine = Fine(what=what, kind=moment.event.kind, start_s=moment.start_s, by=moment.of)  # type: ignore[arg-type]
    return fine, f"{name} says that {clock(moment.start_s)} was fine."


def _leave_out(summary: Summary, start: str, end: str) -> tuple[Correction, str]:
    start_s, end_s = seconds(start), seconds(end)
    if not start_s < end_s <= summary.conversation.duration_s + 1:
        raise StoreError(
            f"{start} to {end} is no stretch of a talk of {clock(summary.conversation.duration_s)}. "
            "Give the earlier time first."
        )
    return LeftOut(start_s=start_s, end_s=end_s), f"{clock(start_s)} to {clock(end_s)} counts for nothing."


def _line(summary: Summary, number: str) -> Turn:
    if not number.isdecimal() or not 1 <= int(number) <= len(summary.turns):
        raise StoreError(f"There is no line {number[:20]!r} in this session. See the lines with: --lines")
    return summary.turns[int(number) - 1]


def _person(summary: Summary, name: str) -> str:
    people = summary.conversation.speakers
    found = [who for who in people if name.casefold() in (summary.name(who).casefold(), who.casefold())]
    if len(found) != 1:
        names = ", ".join(one_line(summary.name(who)) for who in people)
        raise StoreError(f"{one_line(name)[:40]!r} is nobody in this session. Choose one of: {names}")
    return found[0]
