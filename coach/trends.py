"""How talks change, against the same pair's own usual: figures of each talk in, values and plain sentences out. Pure.

    talks of one pair  ... . .. . | .      the last talk, beside the range and the middle of those before it
                       [ usual   ]  ^

Called other than usual only where chance would do it less than once in twenty times: by a prediction interval for what
is measured, by an exact test for what is counted. Few events are told as events. Nobody is set beside the other, and
nothing is counted in a row.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cache
from math import exp, lgamma, log, log1p, pi, sqrt
from statistics import fmean, median
from typing import Literal

from coach.figures import Figures, Person
from coach.plain import percent
from coach.thresholds import TrendLimits

Measure = Literal["share", "interruptions", "response", "feeling", "blame", "paraphrase", "understood"]
Verdict = Literal["too_few", "usual", "lower", "higher"]

TITLES: dict[Measure, str] = {
    "share": "Talk balance",
    "interruptions": "Interruptions, by the partner's speech",
    "response": "Response time",
    "feeling": "Own feelings named, by own speech",
    "blame": "Blame, by own speech",
    "paraphrase": "Saying back",
    "understood": "Felt understood",
}
_UNITS: dict[Measure, str] = {
    "interruptions": " a minute",
    "response": " s",
    "feeling": " in ten minutes",
    "blame": " in ten minutes",
    "understood": " of 10",
}
PER_MIN: dict[Measure, float] = {"interruptions": 1.0, "feeling": 10.0, "blame": 10.0}
"""What is counted is told in so many minutes of somebody's speech."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Point:
    """One talk's value of one measure; None where it has none."""

    session: str
    started_at: str
    value: float | None
    events: int | None = None  # of what is counted
    minutes: float | None = None  # of speech in which they were counted


@dataclass(frozen=True, slots=True, kw_only=True)
class Usual:
    """The talks before the last one."""

    talks: int
    middle: float  # of what is counted: all events by all minutes
    low: float
    high: float
    events: int | None = None  # of what is counted
    minutes: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Trend:
    measure: Measure
    name: str  # whose
    points: tuple[Point, ...]  # by start; the last is the talk that is looked at
    usual: Usual | None  # None: too few talks
    verdict: Verdict
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Trends:
    talks: int  # of this pair, and this kind where there are enough of it
    of_kind: bool
    trends: tuple[Trend, ...]
    note: str  # where there are too few talks, what is missing


def trends(talks: Sequence[Figures], limits: TrendLimits) -> Trends:
    """The last of `talks` (by start) against the others of the same two people."""
    if not talks:
        return Trends(talks=0, of_kind=False, trends=(), note="There are no talks yet.")
    last = talks[-1]
    pair = [talk for talk in talks if talk.pair == last.pair]
    alike = [talk for talk in pair if talk.kind == last.kind]
    of_kind = len(alike) >= limits.least_talks
    chosen = (alike if of_kind else pair)[-limits.most_talks - 1 :]
    missing = limits.least_talks - len(chosen)
    note = (
        f"With {missing} more {'talk' if missing == 1 else 'talks'} of you two there is a usual to compare with."
        if missing > 0
        else ""
    )
    found = [_trend(measure, person.name, chosen, limits) for measure in TITLES for person in last.people]
    shown = tuple(trend for trend in found if trend.points[-1].value is not None or trend.usual is not None)
    return Trends(talks=len(chosen), of_kind=of_kind, trends=shown, note=note)


def _trend(measure: Measure, name: str, talks: Sequence[Figures], limits: TrendLimits) -> Trend:
    points = tuple(_point(measure, name, talk) for talk in talks)
    before = [point for point in points[:-1] if point.value is not None]
    usual = _usual(measure, before) if len(before) >= limits.least_talks - 1 else None
    verdict = _verdict(measure, before, points[-1], usual, limits)
    text = _text(measure, name, points[-1], usual, verdict, talks[-1].at_least, limits)
    return Trend(measure=measure, name=name, points=points, usual=usual, verdict=verdict, text=text)


def _verdict(
    measure: Measure, before: Sequence[Point], last: Point, usual: Usual | None, limits: TrendLimits
) -> Verdict:
    if usual is None or last.value is None:
        return "too_few"
    if measure in PER_MIN:
        return _by_counts(usual, last, limits)
    return _by_values(measure, [point.value for point in before if point.value is not None], last.value, limits)


def _point(measure: Measure, name: str, talk: Figures) -> Point:
    person = next((one for one in talk.people if one.name.casefold() == name.casefold()), None)
    value, events, minutes = (None, None, None) if person is None else _VALUES[measure](person)
    return Point(session=talk.session, started_at=talk.started_at, value=value, events=events, minutes=minutes)


_Value = tuple[float | None, int | None, float | None]


def _counted(events: int, spoken_s: float, per_min: float) -> _Value:
    minutes = spoken_s / 60
    return (events / minutes * per_min if minutes else None), events, minutes


def _mean(values: Sequence[float]) -> _Value:
    return (fmean(values) if values else None), len(values), None


_VALUES: dict[Measure, Callable[[Person], _Value]] = {
    "share": lambda one: (one.share, None, None),
    "interruptions": lambda one: _counted(one.interruptions, one.partner_speech_s, PER_MIN["interruptions"]),
    "response": lambda one: (one.response_s, one.replies, None),
    "feeling": lambda one: _counted(one.feelings, one.speech_s if one.words else 0.0, PER_MIN["feeling"]),
    "blame": lambda one: _counted(one.blames, one.speech_s if one.words else 0.0, PER_MIN["blame"]),
    "paraphrase": lambda one: _mean(one.paraphrases),
    "understood": lambda one: _mean(one.understood),
}


def _usual(measure: Measure, before: Sequence[Point]) -> Usual:
    values = [point.value for point in before if point.value is not None]
    usual = Usual(talks=len(values), middle=median(values), low=min(values), high=max(values))
    if measure not in PER_MIN:
        return usual
    events, minutes = sum(point.events or 0 for point in before), sum(point.minutes or 0.0 for point in before)
    return replace(usual, middle=events / minutes * PER_MIN[measure], events=events, minutes=minutes)


def _by_values(measure: Measure, usual: Sequence[float], last: float, limits: TrendLimits) -> Verdict:
    """Whether the next of such values would lie so far off by chance (Student's prediction interval)."""
    reach = quantile_t(1 - limits.surprise / 2, len(usual) - 1) * _spread(usual) * sqrt(1 + 1 / len(usual))
    off = last - fmean(usual)
    return "usual" if abs(off) <= max(reach, limits.noise[measure]) else "higher" if off > 0 else "lower"


def _spread(values: Sequence[float]) -> float:
    """The standard deviation; `statistics.stdev`, which is exact to the last bit, takes 50 times as long."""
    middle = fmean(values)
    return sqrt(sum((value - middle) ** 2 for value in values) / (len(values) - 1))


def _by_counts(usual: Usual, last: Point, limits: TrendLimits) -> Verdict:
    """Whether the events would fall into the last talk so often, or so seldom, if they came as ever (binomial)."""
    events, minutes = usual.events or 0, usual.minutes or 0.0
    now, now_minutes = last.events or 0, last.minutes or 0.0
    total = events + now
    if total < limits.least_events:
        return "too_few"
    part = now_minutes / (minutes + now_minutes)
    fewer = sum(_binomial(k, total, part) for k in range(now + 1))
    more = 1 - fewer + _binomial(now, total, part)
    if min(fewer, more) > limits.surprise / 2:
        return "usual"
    return "lower" if fewer < more else "higher"


def _binomial(k: int, n: int, p: float) -> float:
    ways = lgamma(n + 1) - lgamma(k + 1) - lgamma(n - k + 1)
    return exp(ways + k * log(p) + (n - k) * log1p(-p))


@cache
def quantile_t(probability: float, freedom: int) -> float:
    """The quantile of Student's t, for probabilities over a half (the density summed up; good to 0.2 %)."""
    step, at, held = 1e-3, 0.0, 0.5
    norm: float = 1.0
    for k in range(freedom - 1, 0, -2):  # gamma((v + 1) / 2) / gamma(v / 2), without its root
        norm *= k / (k - 1) if k > 1 else 1.0
    norm /= (2 if freedom % 2 == 0 else pi) * sqrt(freedom)

    def density(x: float) -> float:
        return float(norm * (1 + x * x / freedom) ** (-(freedom + 1) / 2))

    while held < probability:
        held += step * (density(at) + density(at + step)) / 2
        at += step
        step = max(1e-3, at / 500)
    return at


def _text(
    measure: Measure, name: str, last: Point, usual: Usual | None, verdict: Verdict, at_least: bool, limits: TrendLimits
) -> str:
    told = f"{name}: {_told(measure, last, at_least, limits)}"
    if usual is None:
        return f"{told}."
    return f"{told}; {_before(measure, usual, limits)}{_ENDINGS[verdict]}"


_ENDINGS: dict[Verdict, str] = {
    "too_few": ".",
    "usual": ". Within what is usual for you.",
    "lower": ". Lower than is usual for you.",
    "higher": ". Higher than is usual for you.",
}


def _told(measure: Measure, point: Point, at_least: bool, limits: TrendLimits) -> str:
    if point.value is None:
        return "not measured this time"
    if measure not in PER_MIN or point.events is None or point.minutes is None:
        return _shown(measure, point.value) + _unit(measure) + _of_how_many(measure, point)
    most = "at least " if at_least and measure == "interruptions" and point.events else ""
    whose = "the partner's" if measure == "interruptions" else "own"
    events = f"{most}{point.events} in {_minutes(point.minutes)} of {whose} speech"
    few = point.events < limits.least_events
    return events if few else f"{_shown(measure, point.value)}{_unit(measure)} ({events})"


def _before(measure: Measure, usual: Usual, limits: TrendLimits) -> str:
    if usual.events is not None and usual.minutes is not None and usual.events < limits.least_events:
        return f"before that {usual.events} in {_minutes(usual.minutes)}, in {usual.talks} talks"
    low, middle, high = (_shown(measure, value) for value in (usual.low, usual.middle, usual.high))
    return f"usually {middle}{_unit(measure)} (from {low} to {high} in {usual.talks} talks)"


def _of_how_many(measure: Measure, point: Point) -> str:
    if not point.events:
        return ""
    one, many = ("reply", "replies") if measure == "response" else ("time", "times")
    return f" ({point.events} {one if point.events == 1 else many})"


def _minutes(minutes: float) -> str:
    return f"{minutes:.0f} min" if minutes >= 1 else "less than a minute"


def shown(measure: Measure, value: float) -> str:
    """A value of a measure with its unit."""
    return _shown(measure, value) + _unit(measure)


def _shown(measure: Measure, value: float) -> str:
    return percent(value) if measure in ("share", "paraphrase") else f"{value:.1f}"


def _unit(measure: Measure) -> str:
    return _UNITS.get(measure, "")


def by_measure(found: Trends) -> Iterator[tuple[str, tuple[Trend, ...]]]:
    """A title and its people, in the order of the measures."""
    for measure, title in TITLES.items():
        of_it = tuple(trend for trend in found.trends if trend.measure == measure)
        if of_it:
            yield title, of_it
