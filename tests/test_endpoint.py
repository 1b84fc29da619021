"""When an answer is over: durations and booleans in, moments out."""

from __future__ import annotations

import pytest

from coach.practice.content import cards
from coach.practice.endpoint import Endpoint, EndpointLimits, Moment, reads_complete

STEP_S = 0.02
LIMITS = EndpointLimits()


def moments(*stretches: tuple[str, float], text: str = "") -> list[tuple[Moment, float]]:
    """Feeds speech ("s") and silence ("-") of so many seconds; at each pause the text is read."""
    endpoint, now_s = Endpoint(LIMITS), 0.0
    found: list[tuple[Moment, float]] = []
    for kind, length_s in stretches:
        for _ in range(round(length_s / STEP_S)):
            moment = endpoint.step(now_s, now_s + STEP_S, kind == "s")
            now_s += STEP_S
            if moment is not None:
                found.append((moment, round(now_s, 2)))
            if moment == "pause":
                endpoint.read(text)
            if moment == "over":
                endpoint.reset()
    return found


def test_a_complete_answer_is_over_after_half_a_second() -> None:
    found = moments(("s", 2.0), ("-", 3.0), text="You're sad about it.")
    assert found == [("began", 0.1), ("pause", 2.16), ("over", 2.5)]


def test_an_open_one_is_waited_for() -> None:
    found = moments(("s", 2.0), ("-", 3.0), text="You're sad and")
    assert found == [("began", 0.1), ("pause", 2.16), ("over", 3.6)]


def test_nothing_read_yet_is_waited_for_too() -> None:
    endpoint = Endpoint(LIMITS)
    said = [endpoint.step(at * 0.1, at * 0.1 + 0.1, at < 10) for at in range(26)]
    assert said.index("over") == 25  # 1.6 s after the first second


def test_who_goes_on_is_not_cut_off() -> None:
    found = moments(("s", 1.0), ("-", 1.2), ("s", 1.0), ("-", 2.0), text="You came home and")
    assert [moment for moment, _ in found] == ["began", "pause", "went_on", "pause", "over"]
    assert found[-1][1] == pytest.approx(4.8, abs=2 * STEP_S)


def test_a_pause_that_is_read_complete_no_longer_counts_once_the_person_goes_on() -> None:
    endpoint = Endpoint(LIMITS)
    for at in range(5):
        endpoint.step(at * 0.1, at * 0.1 + 0.1, True)
    assert [endpoint.step(0.5 + at * 0.1, 0.6 + at * 0.1, False) for at in range(2)][-1] == "pause"
    endpoint.read("You are angry.")
    assert endpoint.step(0.8, 0.9, True) == "went_on"
    silence = [endpoint.step(0.9 + at * 0.1, 1.0 + at * 0.1, False) for at in range(8)]
    assert "over" not in silence


def test_a_click_is_nobody() -> None:
    assert moments(("-", 0.5), ("s", 0.06), ("-", 2.0)) == []


def test_more_speech_may_be_asked_for() -> None:
    endpoint = Endpoint(LIMITS)
    said = [endpoint.step(at * STEP_S, (at + 1) * STEP_S, True, onset_s=0.3) for at in range(20)]
    assert said.index("began") == 14


def test_start_and_end_are_those_of_the_speech() -> None:
    endpoint = Endpoint(LIMITS)
    for at in range(100):
        endpoint.step(at * STEP_S, (at + 1) * STEP_S, 20 <= at < 60)
    assert endpoint.start_s == pytest.approx(0.4)
    assert endpoint.end_s == pytest.approx(1.2)


@pytest.mark.parametrize(
    "text",
    [
        "You're exhausted.",
        "so the deadline moved and you are furious",
        "It hurt you. Did I get that right?",
        "Customers yelling, machines breaking, nothing to eat all day.",
        "frustrated",
    ],
)
def test_texts_that_read_complete(text: str) -> None:
    assert reads_complete(text)


@pytest.mark.parametrize(
    "text",
    ["", "You came home and", "It sounds like", "so you are", "You feel", "because the", "You were late,", "um"],
)
def test_texts_that_do_not(text: str) -> None:
    assert not reads_complete(text)


def test_every_model_answer_reads_complete() -> None:
    assert [card.id for card in cards() if not reads_complete(card.model)] == []
