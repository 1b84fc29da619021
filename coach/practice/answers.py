"""The feedback on one answer, in words: what landed, one thing to try, the words to begin with."""

from __future__ import annotations

from coach.practice.content import Card
from coach.practice.judging import Judged
from coach.practice.wording import Lines, PracticeWords

LANDED = 0.75
"""A part from here on has landed."""
PRAISED = ("feeling", "meaning", "own_words", "check", "waited", "nothing_added", "short")
"""In this order: what is harder comes first."""
FIRST = (
    "advice",
    "blame",
    "why",
    "minimising",
    "own_story",
    "echo",
    "question",
    "no_feeling",
    "missed_point",
    "too_long",
)
"""Of several things that went wrong, the first of these is told."""
WISHES = ("check", "waited")
"""What a good answer could still have, in turn."""


def feedback(judged: Judged, card: Card, words: PracticeWords, turn: int) -> tuple[str, ...]:
    """Two or three short lines. `turn` counts answers, so that the wording varies."""
    places = {
        "felt": words.felt[card.feelings[0]], "named": judged.named, "missed": judged.missed, "model": card.model,
    }  # fmt: skip

    def line(lines: Lines, name: str) -> str:
        return lines[name][turn % len(lines[name])].format_map(places)

    if judged.unclear:
        return (line(words.say, "unclear"),)
    landed = line(words.landed, praised(judged, turn))
    wrong = told(judged)
    if wrong and not judged.good:
        start = (line(words.starts, wrong),) if wrong in words.starts else ()
        return (landed, line(words.tries, wrong), *start)
    wish = WISHES[turn % len(WISHES)]
    if judged.parts.get(wish, 1.0) < LANDED:
        return landed, line(words.tries, wish)
    return (landed,)


def praised(judged: Judged, turn: int) -> str:
    """The part to praise: of those that landed one of the two that come first, in turn."""
    kept = [
        name for name in PRAISED
        if judged.parts.get(name, 0.0) >= LANDED and (name != "feeling" or judged.named)
    ]  # fmt: skip
    if not judged.good:  # an answer of advice may well be short and in own words: that is no merit in it
        kept = [name for name in kept if name in ("meaning", "feeling", "waited")]
    return kept[turn % min(2, len(kept))] if kept else "none"


def told(judged: Judged) -> str:
    """What went wrong, by name; "" where nothing did."""
    return next((reason for reason in FIRST if reason in judged.reasons), judged.reasons[0] if judged.reasons else "")
