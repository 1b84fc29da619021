"""When a card comes again (FSRS), and which cards come today. Pure: the state of a card is a text, the time is given.

{"fsrs": the library's own state, "row": good answers in a row, "seen": how often it was answered}
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from coach.practice.content import Card, Drill

if TYPE_CHECKING:
    from datetime import datetime

    from coach.store.values import Practised

MASTERED = 3
"""Good answers in a row, at the first try each."""
EXCELLENT = 0.9
AWAY_DAYS = 3.0
"""Who comes back after so long begins with something easy; what was forgotten meanwhile is no fault."""
GOOD_A_LEVEL = 8
"""Good answers in a drill that open the next level of difficulty."""

ROTATION = tuple(
    """
    say_back name_feeling better_reply wait follow_up validate three_ways good_news under_feeling affirm correction
    rewrite_blame
    """.split()
)
"""Who names no drill gets one after the other, the plainest first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """What is known of a card in a drill."""

    due: datetime
    last: datetime
    row: int
    seen: int
    memory: str  # as the library writes it

    @property
    def mastered(self) -> bool:
        return self.row >= MASTERED


def key_of(drill: Drill, card: Card) -> str:
    """A card is learned in each drill by itself."""
    return f"{drill.id}/{card.id}"


def standing(body: str) -> Standing | None:
    """None where the text is none of ours: the card then counts as new."""
    from fsrs import Card as Memory

    try:
        found = json.loads(body)
        memory = Memory.from_json(json.dumps(found["fsrs"]))
        row, seen = int(found["row"]), int(found["seen"])
    except (ValueError, KeyError, TypeError):
        return None
    return Standing(due=memory.due, last=memory.last_review or memory.due, row=row, seen=seen, memory=memory.to_json())


def answered(body: str | None, tries: Sequence[tuple[float, bool]], now: datetime) -> str:
    """The state after a card was answered; `tries`: score and whether it was good, at least one. `now` is aware."""
    from fsrs import Card as Memory
    from fsrs import Rating, Scheduler

    before = standing(body) if body else None
    memory = Memory.from_json(before.memory) if before else Memory(card_id=1, due=now)
    score, good = tries[0]
    late = before is not None and (now - before.due).total_seconds() > AWAY_DAYS * 86400
    if good:
        rating = Rating.Easy if score >= EXCELLENT else Rating.Good
    else:
        rating = Rating.Hard if late or any(good for _, good in tries) else Rating.Again
    memory, _ = Scheduler(enable_fuzzing=False).review_card(memory, rating, now)
    row = before.row if before else 0
    row = row + 1 if good else row if late else 0
    return json.dumps({"fsrs": json.loads(memory.to_json()), "row": row, "seen": (before.seen if before else 0) + 1})


def drill_of_today(drills: Sequence[Drill], results: Sequence[Practised]) -> Drill:
    """The drill that was practised on the fewest days; of several, the one that comes first in ROTATION."""
    days = {drill.id: len({one.at[:10] for one in results if one.drill == drill.id}) for drill in drills}
    return min(drills, key=lambda drill: (days[drill.id], ROTATION.index(drill.id)))


def chosen(
    cards: Sequence[Card], drill: Drill, schedules: Mapping[str, str], now: datetime, count: int
) -> tuple[Card, ...]:
    """The cards of today: an easy one first after days away; then what is due and what is new, in turn and varied."""
    suited = [card for card in cards if drill.id in card.drills]
    found = {card.id: standing(schedules.get(key_of(drill, card), "")) for card in suited}
    known = {name: one for name, one in found.items() if one is not None}
    met = sorted((card for card in suited if card.id in known), key=lambda card: known[card.id].due)
    due = [card for card in met if known[card.id].due <= now]
    new = [card for card in suited if card.id not in known]
    scenarios = Counter(card.scenario for card in met)
    level = 1 + sum(min(one.row, MASTERED) for one in known.values()) // GOOD_A_LEVEL
    picked: list[Card] = []
    if known and _away(known, now):
        picked.append(min(met, key=lambda card: (not known[card.id].row, card.level)))
    while len(picked) < min(count, len(suited)):
        fresh = _easy(new, scenarios, level)
        old = [card for card in (*due, *met) if card not in picked]
        again = bool(old) and (not fresh or (len(picked) % 2 == 1 and old[0] in due))
        card = old[0] if again else fresh[0]
        scenarios[card.scenario] += 1
        picked.append(card)
        new = [card for card in new if card not in picked]
        due = [card for card in due if card not in picked]
    return tuple(picked)


def _easy(new: Sequence[Card], scenarios: Mapping[str, int], level: int) -> list[Card]:
    """New cards in the order in which they should come: no harder than one is ready for, of scenarios least met."""
    reach = max(level, min((card.level for card in new), default=level))
    near = [card for card in new if card.level <= reach]
    return sorted(near, key=lambda card: (scenarios.get(card.scenario, 0), -card.level))


def _away(known: Mapping[str, Standing], now: datetime) -> bool:
    last = max(found.last for found in known.values())
    return (now - last).total_seconds() > AWAY_DAYS * 86400
