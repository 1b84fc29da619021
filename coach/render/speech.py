"""What the coach says aloud after a talk: the chosen feedback, in the order of the page, and nothing else."""

from __future__ import annotations

from coach.summary import Summary


def render(summary: Summary) -> str:
    """One item a line; the voice makes a short pause at the end of each."""
    return "\n".join(item.say for item in summary.feedback)
