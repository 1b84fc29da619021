"""The feedback on one answer, in words: what landed, one thing to try, the words to begin with."""

from __future__ import annotations

from coach.practice.content import Card, Drill
from coach.practice.judging import Judged
from coach.practice.wording import Lines, PracticeWords

LANDED = 0.75
"""A part from here on has landed."""
PRAISED = tuple(
    """
    taken_in choice because question request validation praise warm under variety feeling meaning need own_words check
    waited nothing_added short
    """.split()
)
"""In this order: what the drill trains, then what is harder."""
IN_A_WEAK_ANSWER = (
    "meaning",
    "feeling",
    "waited",
    "choice",
    "question",
    "request",
    "need",
    "validation",
    "praise",
    "warm",
)
"""Advice may well be short and in own words: that is no merit in it."""
FIRST = ("echo", "advice", "still_blame", "blame", "why", "minimising", "own_story", "question", "no_feeling")
"""Of several things that went wrong, the first of these is told."""
TOLD_ANYWAY = ("too_long",)
"""Even a good answer may be told so."""
WISHES = ("check", "waited")
"""What a good answer could still have, in turn."""
SPARED = ("good_news", "affirm", "better_reply", "rewrite_blame", "follow_up")
"""Drills in which a check at the end would be out of place."""


def feedback(judged: Judged, drill: Drill, card: Card, words: PracticeWords, turn: int) -> tuple[str, ...]:
    """One to three short lines. `turn` counts answers, so that the wording varies."""
    places = _places(judged, card, words)

    def line(lines: Lines, name: str) -> str:
        return lines[name][turn % len(lines[name])].format_map(places)

    if judged.unclear:
        return (line(words.say, "unclear"),)
    landed = line(words.landed, praised(judged, turn))
    wrong = told(judged)
    if wrong and (not judged.good or wrong in TOLD_ANYWAY):
        start = (line(words.starts, wrong),) if wrong in words.starts else ()
        return (landed, line(words.tries, wrong), *start)
    wish = WISHES[turn % len(WISHES)]
    if drill.id not in SPARED and judged.parts.get(wish, 1.0) < LANDED:
        return landed, line(words.tries, wish)
    return (landed,)


def example(judged: Judged, drill: Drill, card: Card, words: PracticeWords, turn: int) -> str:
    """How it could have been said."""
    lines = words.examples.get(drill.id, words.examples["other"])
    return lines[turn % len(lines)].format_map(_places(judged, card, words))


def praised(judged: Judged, turn: int) -> str:
    """The part to praise: of those that landed one of the two that come first, in turn; "none" where none did."""
    kept = [
        name for name in PRAISED
        if judged.parts.get(name, 0.0) >= LANDED and (name not in ("feeling", "under") or judged.named)
    ]  # fmt: skip
    if not judged.good:
        kept = [name for name in kept if name in IN_A_WEAK_ANSWER]
    return kept[turn % min(2, len(kept))] if kept else "none"


def told(judged: Judged) -> str:
    """What went wrong, by name; "" where nothing did."""
    return next((reason for reason in FIRST if reason in judged.reasons), judged.reasons[0] if judged.reasons else "")


def _places(judged: Judged, card: Card, words: PracticeWords) -> dict[str, str]:
    return {
        "felt": words.felt[card.feelings[0]],
        "under": words.felt[(*card.under, *card.feelings)[0]],
        "need": card.need,
        "named": judged.named,
        "missed": judged.missed.rstrip("."),
        "model": card.model,
    }
