"""Balance over time and the answers' distribution, as places in per cent of a drawing."""

from __future__ import annotations

from dataclasses import dataclass

from coach.measures.silence import Responsiveness
from coach.plain import percent
from coach.render.page.people import Person
from coach.render.page.timeline import Tick, length_s
from coach.summary import Summary

BIN_S = 0.5
FIRST_S, LAST_S = -1.0, 5.0
"""Answers are drawn between these; what overlapped for longer stands in the first column."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Band:
    """One person's part of the speech over time: an area of a drawing 1000 wide and 100 high."""

    person: Person
    path: str
    label_y: str  # per cent: the middle of the band at its beginning


@dataclass(frozen=True, slots=True, kw_only=True)
class BalanceRow:
    start_s: float
    end_s: float
    shares: tuple[str, ...]
    dominated_by: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Balance:
    bands: tuple[Band, ...]
    rows: tuple[BalanceRow, ...]


def balance(summary: Summary, people: dict[str, Person]) -> Balance | None:
    """None where fewer than two windows can be set beside each other."""
    windows = summary.floor.windows
    if len(windows) < 2:
        return None
    duration_s = length_s(summary)
    middles = [(window.start_s + window.end_s) / 2 / duration_s * 1000 for window in windows]
    xs = [0.0, *middles, 1000.0]
    below = [0.0] * len(xs)
    bands = []
    for at, person in enumerate(people.values()):
        shares = [window.shares[at] * 100 for window in windows]
        above = [low + share for low, share in zip(below, [shares[0], *shares, shares[-1]], strict=True)]
        outline = list(zip(xs, above, strict=True)) + list(zip(reversed(xs), reversed(below), strict=True))
        path = "M" + "L".join(f"{x:.0f} {y:.1f}" for x, y in outline) + "Z"
        bands.append(Band(person=person, path=path, label_y=f"{(below[0] + above[0]) / 2:.1f}"))
        below = above
    rows = tuple(
        BalanceRow(
            start_s=window.start_s, end_s=window.end_s, shares=tuple(percent(share) for share in window.shares),
            dominated_by=window.dominated_by,
        )
        for window in windows
    )  # fmt: skip
    return Balance(bands=tuple(bands), rows=rows)


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    x: str  # per cent, like the next two
    height: str
    top: str
    width: str
    count: int
    from_s: float
    waited: bool  # right of the 3-second line


@dataclass(frozen=True, slots=True, kw_only=True)
class Answers:
    """How one person answers."""

    person: Person
    columns: tuple[Column, ...]
    told: Responsiveness
    lapses: int  # answers after a silence too long to be drawn


@dataclass(frozen=True, slots=True, kw_only=True)
class Distribution:
    people: tuple[Answers, ...]
    ticks: tuple[Tick, ...]
    wait_x: str  # where the line stands


def distribution(summary: Summary, people: dict[str, Person]) -> Distribution | None:
    """None where nobody answered anybody."""
    responses = summary.silence.responses
    if not responses:
        return None
    bins = round((LAST_S - FIRST_S) / BIN_S)
    counts = {person: [0] * bins for person in people}
    for response in responses:
        at = int((response.response_s - FIRST_S) // BIN_S)
        counts[response.by][min(bins - 1, max(0, at))] += 1
    most = max(max(row) for row in counts.values())
    wait_s = summary.limits.silence.wait_s
    found = []
    for told in summary.silence.responsiveness:
        drawn = counts[told.by]
        columns = tuple(
            Column(
                x=_x(FIRST_S + at * BIN_S), width=f"{100 * BIN_S / (LAST_S - FIRST_S):.3f}",
                height=f"{80 * count / most:.1f}", top=f"{100 - 80 * count / most:.1f}", count=count,
                from_s=FIRST_S + at * BIN_S, waited=FIRST_S + at * BIN_S >= wait_s,
            )
            for at, count in enumerate(drawn)
            if count
        )  # fmt: skip
        found.append(Answers(person=people[told.by], columns=columns, told=told, lapses=told.replies - sum(drawn)))
    ticks = (Tick(x=_x(second), label=f"{second} s", zooms=(1,)) for second in range(int(LAST_S)))
    return Distribution(people=tuple(found), ticks=tuple(ticks), wait_x=_x(wait_s))


def _x(response_s: float) -> str:
    return f"{100 * (response_s - FIRST_S) / (LAST_S - FIRST_S):.3f}"
