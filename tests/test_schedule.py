"""When a card comes again, and which cards come today."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest

from coach.practice.content import cards, drills
from coach.practice.progress import progress, skills
from coach.practice.schedule import MASTERED, answered, chosen, drill_of_today, key_of, standing
from coach.store import Practised

DRILL = next(drill for drill in drills() if drill.id == "say_back")
NOW = datetime(2026, 3, 1, 19, 0, tzinfo=UTC)
DAY = timedelta(days=1)
GOOD, BAD = (0.85, True), (0.3, False)


def after(*days: tuple[int, tuple[float, bool]], body: str | None = None) -> str:
    """A card answered so many days from now, one answer each."""
    for day, tried in days:
        body = answered(body, [tried], NOW + day * DAY)
    assert body is not None
    return body


def known(body: str) -> tuple[int, int, datetime]:
    found = standing(body)
    assert found is not None
    return found.row, found.seen, found.due


def test_three_good_ones_in_a_row_master_a_card() -> None:
    body = None
    for day in range(MASTERED):
        assert body is None or not standing(body).mastered  # type: ignore[union-attr]
        body = after((day, GOOD), body=body)
    assert standing(body).mastered  # type: ignore[arg-type, union-attr]


def test_a_poor_answer_begins_the_row_again() -> None:
    assert known(after((0, GOOD), (1, GOOD), (2, BAD), (3, GOOD)))[:2] == (1, 4)


def test_good_answers_put_a_card_off_longer_than_poor_ones() -> None:
    good, poor = (known(after((0, GOOD), (1, tried)))[2] for tried in (GOOD, BAD))
    assert good > poor
    assert known(after((0, GOOD), (1, GOOD), (4, GOOD)))[2] - (NOW + 4 * DAY) > good - (NOW + DAY)


def test_days_away_are_no_fault() -> None:
    """What was forgotten in weeks without practice takes nothing from the row, and costs less than forgetting it."""
    body = after((0, GOOD), (1, GOOD))
    row, _, due = known(after((60, BAD), body=body))
    assert row == 2
    assert due - (NOW + 60 * DAY) > known(after((0, BAD)))[2] - NOW


def test_a_good_second_try_counts_for_something() -> None:
    once, twice = answered(None, [BAD], NOW), answered(None, [BAD, GOOD], NOW)
    assert known(twice)[2] > known(once)[2]
    assert known(twice)[0] == 0


def test_the_state_is_a_text_that_can_be_read_again() -> None:
    body = after((0, GOOD))
    assert standing(body) == standing(str(body))
    for broken in ("", "{}", "[1]", '{"fsrs": {}, "row": 1, "seen": 1}', "nonsense"):
        assert standing(broken) is None


def test_the_first_cards_are_easy_and_varied() -> None:
    picked = chosen(cards(), DRILL, {}, NOW, 5)
    assert {card.level for card in picked} == {1}
    assert len({card.scenario for card in picked}) == 5


def test_what_is_due_comes_again_among_new_ones() -> None:
    first = chosen(cards(), DRILL, {}, NOW, 4)
    schedules = {key_of(DRILL, card): after((0, BAD)) for card in first}
    picked = chosen(cards(), DRILL, schedules, NOW + DAY, 4)
    assert 0 < len(set(picked) & set(first)) < 4
    assert len(set(picked)) == 4


def test_what_is_not_due_does_not_come_while_there_are_new_ones() -> None:
    first = chosen(cards(), DRILL, {}, NOW, 4)
    schedules = {key_of(DRILL, card): after((0, (0.95, True)), (1, (0.95, True))) for card in first}
    assert not set(chosen(cards(), DRILL, schedules, NOW + 2 * DAY, 6)) & set(first)


def test_another_drill_begins_anew() -> None:
    first = chosen(cards(), DRILL, {}, NOW, 4)
    other = next(drill for drill in drills() if drill.id == "name_feeling")
    schedules = {key_of(DRILL, card): after((0, GOOD)) for card in first}
    assert chosen(cards(), other, schedules, NOW, 4) == chosen(cards(), other, {}, NOW, 4)


def test_after_days_away_an_easy_one_that_went_well_comes_first() -> None:
    first = chosen(cards(), DRILL, {}, NOW, 4)
    schedules = {key_of(DRILL, card): after((0, BAD)) for card in first[:3]}
    schedules[key_of(DRILL, first[3])] = after((0, (0.95, True)))
    assert chosen(cards(), DRILL, schedules, NOW + 30 * DAY, 4)[0] == first[3]


@pytest.mark.parametrize("count", [1, 7, 500])
def test_as_many_as_there_are_and_no_card_twice(count: int) -> None:
    picked = chosen(cards(), DRILL, {}, NOW, count)
    suited = [card for card in cards() if DRILL.id in card.drills]
    assert len(picked) == len(set(picked)) == min(count, len(suited))


def test_practice_makes_it_harder() -> None:
    schedules, levels = {}, []
    for day in range(8):
        picked = chosen(cards(), DRILL, schedules, NOW + day * DAY, 6)
        levels.append(max(card.level for card in picked))
        for card in picked:
            key = key_of(DRILL, card)
            schedules[key] = after((day, GOOD), body=schedules.get(key))
    assert levels[0] == 1
    assert levels[-1] > 1
    assert all(later <= before + 1 for before, later in pairwise(levels))


def result(drill: str, day: int, score: float, **parts: float) -> Practised:
    at = (NOW + day * DAY).isoformat()
    return Practised(card="x", drill=drill, at=at, score=score, result={"parts": parts})


def test_drills_take_turns() -> None:
    assert drill_of_today(drills(), ()).id == "say_back"
    assert drill_of_today(drills(), [result("say_back", 0, 0.5)]).id == "name_feeling"
    assert drill_of_today(drills()[:1], [result("say_back", 0, 0.5)]) == drills()[0]


def test_progress_tells_what_is_strong_and_what_to_practise() -> None:
    results = [result("say_back", day, 0.7, meaning=0.9, feeling=0.3, own_words=0.8) for day in range(4)]
    told = progress(results, {"say_back/x": after((0, GOOD), (1, GOOD), (2, GOOD))}, drills())
    assert "4 answers on 4 days; 1 card mastered" in told
    assert "Strong: keeping what was meant and using your own words." in told
    assert "To practise: naming the feeling. Try: coach practice name_feeling" in told
    assert "█" in told


def test_too_few_answers_say_nothing_yet() -> None:
    assert progress([], {}, drills()) == "Nothing practised yet. Begin with: coach practice"
    assert skills([result("say_back", 0, 0.7, meaning=0.9)]) == ()
    assert "few more answers" in progress([result("say_back", 0, 0.7, meaning=0.9)], {}, drills())
