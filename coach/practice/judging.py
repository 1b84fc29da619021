"""What an answer is worth in a drill: a score from 0 to 1, the parts that it came from, and what went wrong."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from coach.measures.paraphrase import Paraphrase, ParaphraseContent, paraphrase
from coach.practice.content import Card, Drill
from coach.thresholds import Limits

GOOD = 0.7
"""From here on an answer counts as a good one: model answers reach 0.8, weak ones stay under 0.5."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    score: float  # 0-1
    parts: dict[str, float]
    reasons: tuple[str, ...]  # what went wrong, the first is the one to tell
    named: str = ""  # the feeling that was named
    missed: str = ""  # a key point that was left out
    unclear: bool = False  # nothing of the statement was found in it: it may have been misheard

    @property
    def good(self) -> bool:
        return self.score >= GOOD


@dataclass(frozen=True, slots=True, kw_only=True)
class Judge:
    """Everything that answers are judged by."""

    content: ParaphraseContent
    limits: Limits

    def __call__(
        self, drill: Drill, card: Card, answers: Sequence[str], waited_s: float | None, swapped: bool
    ) -> Judged:
        """`answers`: all that were given to this card so far in this attempt, the one to judge last."""
        result = paraphrase(card.statement, answers[-1], self.content, self.limits, card, waited_s)
        return _said_back(result)


def _said_back(result: Paraphrase) -> Judged:
    parts = {part.name: part for part in result.parts}
    return Judged(score=result.score, parts={name: part.score for name, part in parts.items()}, reasons=result.reasons)
