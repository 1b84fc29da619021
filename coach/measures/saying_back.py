"""Where one person said back what the other had said: how close it came, and whether the other felt understood.

    A  [ what happened ]  [ and more ]                   "eight"
    B                                  [ so you ... ]            one paraphrase: `turn` is B's, `of_turn` A's last

A turn counts where a rule heard a reflection in it, or where the partner was asked how well understood they felt.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from coach.conversation import Turn
from coach.measures.paraphrase import Paraphrase, ParaphraseContent, paraphrase
from coach.measures.words import Remark
from coach.thresholds import Limits


@dataclass(frozen=True, slots=True, kw_only=True)
class Understood:
    """How well understood somebody said they felt."""

    by: str  # who had spoken
    of: str  # who had said it back
    value: int  # 0-10
    at_s: float


@dataclass(frozen=True, slots=True, kw_only=True)
class SaidBack:
    turn: int
    of_turn: int
    by: str
    paraphrase: Paraphrase
    felt_understood: int | None  # 0-10, where the partner was asked


def said_back(
    turns: Sequence[Turn],
    remarks: Sequence[Remark],
    understood: Sequence[Understood],
    content: Callable[[], ParaphraseContent],
    limits: Limits,
) -> tuple[SaidBack, ...]:
    """By turn. The partner's words are all of theirs since the listener's last turn that counts.

    `content` takes a second to read at first: it is asked for only where something was said back.
    """
    felt = dict(_felt(turns, understood))
    candidates = sorted({remark.turn for remark in remarks if remark.kind == "reflection"} | felt.keys())
    found: list[SaidBack] = []
    for at in candidates:
        of = _partners(turns, at)
        if of:
            said = " ".join(turn.text for turn in of)
            scored = paraphrase(said, turns[at].text, content(), limits)
            found.append(
                SaidBack(
                    turn=at, of_turn=of[-1].index, by=turns[at].speaker, paraphrase=scored, felt_understood=felt.get(at)
                )
            )
    return tuple(found)


def _felt(turns: Sequence[Turn], understood: Sequence[Understood]) -> Iterator[tuple[int, int]]:
    """The last turn of the listener before each rating, and the rating."""
    for rating in understood:
        before = [turn for turn in turns if turn.speaker == rating.of and turn.counts and turn.start_s < rating.at_s]
        if before:
            yield before[-1].index, rating.value


def _partners(turns: Sequence[Turn], at: int) -> list[Turn]:
    """What the other had said last before a turn; empty where nothing was."""
    found: list[Turn] = []
    for turn in reversed(turns[:at]):
        if not turn.counts:
            continue
        if turn.speaker != turns[at].speaker and turn.text and (not found or turn.speaker == found[-1].speaker):
            found.append(turn)
        elif found:
            break
    return found[::-1]
