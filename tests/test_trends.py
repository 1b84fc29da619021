"""How talks change: values and sentences from a few numbers a talk, against the pair's own usual."""

from __future__ import annotations

import json
from dataclasses import asdict, replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from coach.figures import Figures, Person, figures, figures_from
from coach.thresholds import Limits, TrendLimits
from coach.trends import TITLES, Trend, Trends, by_measure, quantile_t, trends
from tests.stored import ENTRIES, measured, talk

LIMITS = TrendLimits()


def person(name: str, **more: object) -> Person:
    usual = Person(
        name=name, share=0.5, speech_s=600.0, partner_speech_s=600.0, interruptions=4, feelings=6, blames=2, words=900,
        response_s=0.6, replies=20, paraphrases=(0.7, 0.8), understood=(7,),
    )  # fmt: skip
    return replace(usual, **more)  # type: ignore[arg-type]


def of(kim: dict[str, object] | None = None, sam: dict[str, object] | None = None, **more: object) -> Figures:
    made = Figures(
        session="s", started_at="2026-05-04T19:30:00+02:00", kind="daily_check_in", at_least=False,
        people=(person("Kim", **(kim or {})), person("Sam", **(sam or {}))),
    )  # fmt: skip
    return replace(made, **more)  # type: ignore[arg-type]


def one(found: Trends, measure: str, name: str = "Kim") -> Trend:
    return next(trend for trend in found.trends if (trend.measure, trend.name) == (measure, name))


def test_from_three_talks_on() -> None:
    assert trends([], LIMITS).note == "There are no talks yet."
    assert trends([of()], LIMITS).note == "With 2 more talks of you two there is a usual to compare with."
    two = trends([of(), of()], LIMITS)
    assert two.note == "With 1 more talk of you two there is a usual to compare with."
    assert {(trend.verdict, trend.usual) for trend in two.trends} == {("too_few", None)}
    assert one(two, "share").text == "Kim: 50 %."
    three = trends([of(), of(), of()], LIMITS)
    assert three.note == ""
    assert one(three, "share").usual is not None
    assert [title for title, _ in by_measure(three)] == list(TITLES.values())


def test_sentences_carry_counts_and_spread() -> None:
    talks = [of({"share": share}) for share in (0.45, 0.5, 0.55, 0.5)]
    found = trends(talks, LIMITS)
    assert one(found, "share").text == (
        "Kim: 50 %; usually 50 % (from 45 % to 55 % in 3 talks). Within what is usual for you."
    )
    assert one(found, "response").text.startswith("Kim: 0.6 s (20 replies); usually 0.6 s")
    assert one(found, "understood").text.startswith("Kim: 7.0 of 10 (1 time); usually 7.0 of 10")
    assert one(found, "feeling").text.startswith(
        "Kim: 6.0 in ten minutes (6 in 10 min of own speech); usually 6.0 in ten minutes (from 6.0 to 6.0 in 3 talks)"
    )


def test_few_events_are_told_as_events() -> None:
    rare = [of({"interruptions": n, "blames": 0}, at_least=True) for n in (1, 0, 1, 2)]
    found = trends(rare, LIMITS)
    assert one(found, "interruptions").text == (
        "Kim: at least 2 in 10 min of the partner's speech; before that 2 in 30 min, in 3 talks."
    )
    assert one(found, "interruptions").verdict == "too_few"
    assert one(found, "blame").text == "Kim: 0 in 10 min of own speech; before that 0 in 30 min, in 3 talks."


@pytest.mark.parametrize(
    ("before", "now", "verdict"),
    [([4, 5, 6], 5, "usual"), ([4, 5, 6], 9, "usual"), ([4, 5, 6], 15, "higher"), ([12, 14, 13], 3, "lower"),
     ([12, 14, 13], 0, "lower"), ([0, 0, 0], 5, "higher"), ([0, 0, 0], 4, "too_few"), ([2, 2, 1], 0, "usual")],
)  # fmt: skip
def test_counts_are_judged_by_what_chance_would_do(before: list[int], now: int, verdict: str) -> None:
    found = trends([of({"interruptions": n}) for n in (*before, now)], LIMITS)
    assert one(found, "interruptions").verdict == verdict


@pytest.mark.parametrize(
    ("before", "now", "verdict"),
    [([0.5, 0.5], 0.9, "higher"), ([0.45, 0.55], 0.9, "usual"), ([0.5, 0.5, 0.5, 0.5], 0.54, "usual"),
     ([0.48, 0.5, 0.52, 0.5, 0.49, 0.51], 0.6, "higher"), ([0.48, 0.5, 0.52, 0.5, 0.49, 0.51], 0.4, "lower"),
     ([0.3, 0.7, 0.5, 0.4], 0.8, "usual")],
)  # fmt: skip
def test_values_are_judged_by_their_own_spread_and_by_what_the_measure_is_good_to(
    before: list[float], now: float, verdict: str
) -> None:
    found = trends([of({"share": share}) for share in (*before, now)], LIMITS)
    assert one(found, "share").verdict == verdict


def test_a_talk_is_compared_with_its_own_kind_where_there_are_enough() -> None:
    guided, free = of({"share": 0.5}), of({"share": 0.9}, kind="recording")
    found = trends([free, guided, free, guided, guided], LIMITS)
    assert (found.talks, found.of_kind) == (3, True)
    assert one(found, "share").usual is not None
    assert one(found, "share").usual.high == 0.5  # type: ignore[union-attr]
    mixed = trends([free, guided, free, guided], LIMITS)
    assert (mixed.talks, mixed.of_kind) == (4, False)


def test_a_usual_is_that_of_the_last_months() -> None:
    found = trends([*(of({"share": 0.9}) for _ in range(50)), *(of() for _ in range(31))], LIMITS)
    assert found.talks == 31
    assert one(found, "share").usual.high == 0.5  # type: ignore[union-attr]


def test_another_pair_is_no_usual() -> None:
    others = replace(of(), people=(person("Kim"), person("Lou")))
    found = trends([others, others, others, of()], LIMITS)
    assert found.talks == 1
    capitals = replace(of(), people=(person("KIM"), person("sam")))
    assert trends([capitals, capitals, of()], LIMITS).note == ""


def test_what_was_not_measured_is_told_as_that() -> None:
    silent = {"paraphrases": (), "understood": (), "response_s": None, "replies": 0}
    found = trends([of(), of(), of(silent)], LIMITS)
    assert one(found, "paraphrase").text.startswith("Kim: not measured this time; usually 75 %")
    assert one(found, "paraphrase").verdict == "too_few"
    never = trends([of(silent), of(silent), of(silent)], LIMITS)
    assert not any(trend.measure == "paraphrase" and trend.name == "Kim" for trend in never.trends)


def test_without_words_nothing_is_said_of_words() -> None:
    found = trends([of(), of(), of({"words": 0, "feelings": 0, "blames": 0})], LIMITS)
    assert one(found, "blame").points[-1].value is None


def test_nobody_is_set_beside_the_other_and_nothing_is_counted_in_a_row() -> None:
    talks = [of({"interruptions": n}, {"interruptions": 3 * n}) for n in range(8)]
    for trend in trends(talks, LIMITS).trends:
        assert ("Sam" if trend.name == "Kim" else "Kim") not in trend.text
        assert not {"streak", "row", "best", "worst", "winner", "better", "record"} & set(trend.text.lower().split())


@given(
    st.lists(
        st.builds(
            lambda share, count, speech_s, scores, felt: of(
                {"share": share, "interruptions": count, "partner_speech_s": speech_s, "speech_s": speech_s,
                 "paraphrases": scores, "understood": felt}
            ),
            st.floats(0, 1), st.integers(0, 400), st.just(0.0) | st.floats(1, 7200),
            st.tuples() | st.tuples(st.floats(0, 1)), st.tuples() | st.tuples(st.integers(0, 10)),
        ),
        max_size=8,
    )
)  # fmt: skip
@settings(max_examples=80, deadline=None)
def test_any_talks_give_sentences(talks: list[Figures]) -> None:
    for trend in trends(talks, LIMITS).trends:
        assert trend.text.startswith(f"{trend.name}: ")
        assert trend.text.endswith(".")
        assert len(trend.points) == len(talks)


@pytest.mark.parametrize(
    ("freedom", "probability", "value"),
    [(1, 0.95, 6.314), (1, 0.975, 12.706), (2, 0.95, 2.920), (2, 0.975, 4.303), (3, 0.975, 3.182), (4, 0.95, 2.132),
     (7, 0.975, 2.365), (20, 0.95, 1.725), (20, 0.975, 2.086), (100, 0.975, 1.984), (1000, 0.975, 1.962)],
)  # fmt: skip
def test_the_quantile_is_the_one_in_the_tables(freedom: int, probability: float, value: float) -> None:
    assert quantile_t(probability, freedom) == pytest.approx(value, rel=0.003)


def test_figures_are_those_of_the_summary_and_read_back() -> None:
    summary = measured(talk())
    found = figures("s", "2026-05-04T19:30:00+02:00", "daily_check_in", summary, ENTRIES)
    names = [summary.name(speaker) for speaker in summary.conversation.speakers]
    assert [one.name for one in found.people] == sorted(names)
    first, second = found.people
    assert first.share + second.share == pytest.approx(1.0)
    assert (first.blames, first.feelings, second.interruptions) == (1, 1, 1)
    assert first.understood == (7,)
    assert second.understood == ()
    assert figures_from(json.loads(json.dumps(asdict(found)))) == found


def test_the_noise_floor_names_every_measure_that_is_no_count() -> None:
    assert set(Limits().trends.noise) | {"interruptions", "feeling", "blame"} == set(TITLES)
