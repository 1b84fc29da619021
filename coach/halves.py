"""The joint part of a summary is open to both; each person's own half may stand behind their own code. Pure."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace

from coach.plain import one_line
from coach.summary import Summary


def closed_to(summary: Summary, names: Collection[str]) -> tuple[str, ...]:
    """The speakers among people (casefolded names) whose halves are closed."""
    return tuple(who for who in summary.conversation.speakers if summary.name(who).casefold() in names)


def open_part(summary: Summary, closed: Collection[str]) -> Summary:
    """Without what was said to these speakers alone: their feedback, and what they might have said instead."""
    if not closed:
        return summary
    notes = (f"What is for {one_line(summary.name(who))} alone stands behind their own code." for who in closed)
    return replace(
        summary,
        feedback=tuple(item for item in summary.feedback if item.to not in closed),
        remarks=tuple(
            replace(remark, rewrite="") if remark.speaker in closed else remark for remark in summary.remarks
        ),
        caveats=(*notes, *summary.caveats),
    )
