"""What is strong and what to practise, in words and a small chart, from the results that were kept."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from coach.practice.content import Drill
from coach.practice.schedule import MASTERED, standing

if TYPE_CHECKING:
    from coach.store.values import Practised

LATELY = 20
"""Answers that count as lately."""
LEAST = 3
"""Fewer answers than this say nothing yet."""
STRONG, WEAK = 0.75, 0.6
CELLS = 20
PARTS: Mapping[str, tuple[str, str]] = {
    "meaning": ("keeping what was meant", "say_back"),
    "feeling": ("naming the feeling", "name_feeling"),
    "own_words": ("using your own words", "three_ways"),
    "short": ("keeping it short", "say_back"),
    "nothing_added": ("adding nothing of your own", "validate"),
    "waited": ("waiting before you answer", "wait"),
    "check": ("asking whether you got it right", "say_back"),
}
"""A part of the score: how it is called, and the drill that trains it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Skill:
    part: str
    score: float  # the mean of lately, 0-1
    answers: int


def skills(results: Sequence[Practised]) -> tuple[Skill, ...]:
    """The parts of the score lately, the strongest first; those of too few answers left out."""
    found = []
    for part in PARTS:
        scores = [score for one in results if (score := _part(one, part)) is not None][-LATELY:]
        if len(scores) >= LEAST:
            found.append(Skill(part=part, score=sum(scores) / len(scores), answers=len(scores)))
    return tuple(sorted(found, key=lambda skill: -skill.score))


def progress(results: Sequence[Practised], schedules: Mapping[str, str], drills: Sequence[Drill]) -> str:
    """All of it as text."""
    if not results:
        return "Nothing practised yet. Begin with: coach practice"
    lines = [*_counts(results, schedules), ""]
    found = skills(results)
    if not found:
        return "\n".join([*lines, "A few more answers, and there will be something to say about what is strong."])
    width = max(len(PARTS[skill.part][0]) for skill in found)
    lines += [f"  {PARTS[skill.part][0]:{width}}  {_bar(skill.score)}" for skill in found]
    lines += ["", *_in_words(found), *_trend(results), *_by_drill(results, drills)]
    return "\n".join(lines)


def _counts(results: Sequence[Practised], schedules: Mapping[str, str]) -> list[str]:
    days = len({one.at[:10] for one in results})
    standings = [found for body in schedules.values() if (found := standing(body)) is not None]
    mastered = sum(found.mastered for found in standings)
    line = f"{_many(len(results), 'answer')} on {_many(days, 'day')}; {_many(mastered, 'card')} mastered"
    return [f"{line} ({MASTERED} good ones in a row each), {len(standings) - mastered} on the way."]


def _in_words(found: Sequence[Skill]) -> list[str]:
    strong = [PARTS[skill.part][0] for skill in found[:2] if skill.score >= STRONG]
    lines = [f"Strong: {' and '.join(strong)}."] if strong else []
    weakest = found[-1]
    name, drill = PARTS[weakest.part]
    if weakest.score < WEAK:
        lines.append(f"To practise: {name}. Try: coach practice {drill}")
    elif weakest.score < STRONG:
        lines.append(f"Nearly there: {name}. Try: coach practice {drill}")
    else:
        lines.append("All of it is strong. Try a drill that you have not done yet: coach practice --list")
    return lines


def _trend(results: Sequence[Practised]) -> list[str]:
    """The first answers against the last ones, where there are enough of both to mean something."""
    scores = [one.score for one in results if one.score is not None]
    if len(scores) < 2 * LATELY:
        return []
    first, last = (sum(part) / LATELY for part in (scores[:LATELY], scores[-LATELY:]))
    return [f"Your first {LATELY} answers: {first:.0%} on average; your last {LATELY}: {last:.0%}.".replace("%", " %")]


def _by_drill(results: Sequence[Practised], drills: Sequence[Drill]) -> list[str]:
    lines = []
    for drill in drills:
        scores = [one.score for one in results if one.drill == drill.id and one.score is not None][-LATELY:]
        if scores:
            lines.append(f"  {drill.name:30}  {_bar(sum(scores) / len(scores))}  {_many(len(scores), 'answer')}")
    return ["", *lines]


def _part(one: Practised, part: str) -> float | None:
    parts = one.result.get("parts")
    value = parts.get(part) if isinstance(parts, Mapping) else None
    return float(value) if isinstance(value, int | float) else None


def _bar(score: float) -> str:
    full = round(score * CELLS)
    return "█" * full + "·" * (CELLS - full)


def _many(count: int, what: str) -> str:
    return f"{count} {what}" if count == 1 else f"{count} {what}s"
