"""How talks change, against the same pair's own usual."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TYPE_CHECKING

from coach import app
from coach.store.summaries import comparable_figures
from coach.trends import by_measure, trends
from coach.web.desk import desk
from coach.web.pages import page, to
from coach.web.trend_charts import chart

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.responses import Response

    from coach.analysis import Progress
    from coach.web.desk import Desk

PATIENCE_S = 2.0
"""Talks that were not measured yet are measured now; what takes longer shows how far it is."""


class _TakesLonger(Exception):
    pass


def shown(request: Request) -> Response:
    at, limits = desk(request), app.config().limits
    try:
        talks = comparable_figures(at.store, limits, _until(time.monotonic() + PATIENCE_S))
    except _TakesLonger:
        at.work.start(lambda progress: _measured(at, progress))
        return to("/working")
    found = trends(talks, limits.trends)
    people = tuple(dict.fromkeys(trend.name for trend in found.trends))
    measures = [(title, tuple(chart(trend) for trend in of_it)) for title, of_it in by_measure(found)]
    return page(
        request, "trends.html", found=found, measures=measures, least=limits.trends.least_talks,
        tones={name: f"p{number}" for number, name in enumerate(people)},
    )  # fmt: skip


def _measured(at: Desk, progress: Progress) -> str:
    comparable_figures(at.store, app.config().limits, lambda done, of: progress("Measuring your talks", done / of))
    return "/trends"


def _until(end_s: float) -> Callable[[int, int], None]:
    def look(done: int, of: int) -> None:
        if time.monotonic() > end_s:
            raise _TakesLonger

    return look
