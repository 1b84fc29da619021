"""Trends as drawings: a dot a talk, by start, before the range that was usual. Places are per cent. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from coach.trends import Measure, Trend, shown

HIGHEST: Mapping[Measure, float] = {"share": 1.0, "paraphrase": 1.0, "understood": 10.0}
"""Where a measure has a highest value, it is the top of the drawing; else the highest there was."""
LEAST_TOP = 1.0
EDGE = 8.0  # per cent left free above and below, so that a dot is whole
SIDE = 3.0
MOST_DOTS = 40
"""Of the last talks; what was usual is told of all."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Dot:
    x: float
    y: float
    last: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One talk in numbers."""

    session: str
    started_at: str
    value: str
    events: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Chart:
    name: str
    text: str
    dots: tuple[Dot, ...]
    line: str  # from dot to dot, in a drawing 100 wide and 100 high
    band_y: float | None  # of what was usual; None: too few talks
    band_height: float
    middle_y: float
    rows: tuple[Row, ...]
    empty: bool  # nothing of it happened in any talk: there is nothing to draw


def chart(trend: Trend) -> Chart:
    points = trend.points[-MOST_DOTS:]
    values = [point.value for point in points if point.value is not None]
    top = HIGHEST.get(trend.measure) or max([LEAST_TOP, *values])

    def y(value: float) -> float:
        return round(100 - EDGE - (100 - 2 * EDGE) * min(value, top) / top, 2)

    step = (100 - 2 * SIDE) / max(1, len(points) - 1)
    dots = tuple(
        Dot(x=round(SIDE + at * step, 2), y=y(point.value), last=at == len(points) - 1)
        for at, point in enumerate(points)
        if point.value is not None
    )
    usual = trend.usual
    return Chart(
        name=trend.name, text=trend.text, dots=dots, line="L".join(f"{dot.x} {dot.y}" for dot in dots),
        band_y=None if usual is None else y(usual.high),
        band_height=0.0 if usual is None else max(1.0, y(usual.low) - y(usual.high)),
        middle_y=0.0 if usual is None else y(usual.middle),
        rows=tuple(
            Row(
                session=point.session, started_at=point.started_at,
                value="not measured" if point.value is None else shown(trend.measure, point.value),
                events="" if point.events is None else str(point.events),
            )
            for point in points
        ),
        empty=not any(values),
    )  # fmt: skip
