"""Which remarks the page marks."""

from __future__ import annotations

from coach.measures.words import Remark
from coach.render.page.kinds import REMARKS
from coach.summary import Summary

BLAMING = ("criticism", "contempt")


def shown(summary: Summary) -> tuple[Remark, ...]:
    """Those of a kind that is marked, each once: a feeling is found as the label of its sentence and as an act in it.

    Blame that is also criticism or contempt is marked as blame.
    """
    blamed = {(remark.turn, remark.start_s) for remark in summary.remarks if remark.kind == "blame"}
    found: dict[tuple[int, float, str], Remark] = {}
    for remark in summary.remarks:
        twice = remark.kind in BLAMING and (remark.turn, remark.start_s) in blamed
        if remark.kind in REMARKS and not twice:
            found.setdefault((remark.turn, remark.start_s, remark.kind), remark)
    return tuple(found.values())
