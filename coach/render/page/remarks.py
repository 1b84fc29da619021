"""Which remarks the page marks."""

from __future__ import annotations

from coach.measures.words import Remark
from coach.render.page.kinds import REMARKS
from coach.summary import Summary

BLAMING = ("criticism", "contempt")


def shown(summary: Summary) -> tuple[Remark, ...]:
    """Those of a kind that is marked. Blame that is also criticism or contempt is marked once, as blame."""
    blamed = {(remark.turn, remark.start_s) for remark in summary.remarks if remark.kind == "blame"}
    return tuple(
        remark
        for remark in summary.remarks
        if remark.kind in REMARKS and not (remark.kind in BLAMING and (remark.turn, remark.start_s) in blamed)
    )
