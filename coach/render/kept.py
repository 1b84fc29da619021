"""What is kept, for a terminal: the list of talks, how they change, and the lines and moments that can be put right."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from io import StringIO
from typing import TYPE_CHECKING

from coach.corrections import FAULTS
from coach.measures.interruptions import Interruption
from coach.measures.words import Remark
from coach.plain import clock, one_line
from coach.summary import Summary
from coach.trends import Trends, by_measure

if TYPE_CHECKING:
    from rich.console import Console

    from coach.store import Session

KINDS = {"talk": "guided talk", "recording": "recording", "demo": "demo"}
CALLED = {
    "pseudo_feeling": "verdict as feeling",
    "advice": "advice unasked",
    "held_floor": "came in on a given floor",
    "floor_taking": "took the floor",
    "attempt": "tried to come in",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Countable:
    """A moment that counts against somebody, unless the other says that it was fine."""

    start_s: float
    by: str
    of: str | None  # who may say so; None where there is nobody else
    event: Interruption | Remark


def countable(summary: Summary) -> tuple[Countable, ...]:
    """By time; of several faults in one sentence the first, which is the one that feedback speaks of."""
    people = summary.conversation.speakers
    found = [Countable(start_s=e.start_s, by=e.by, of=e.of, event=e) for e in summary.floor.interruptions]
    told: set[tuple[str, float]] = set()
    for remark in summary.remarks:
        if remark.kind in FAULTS and (remark.speaker, remark.start_s) not in told:
            told.add((remark.speaker, remark.start_s))
            other = next((who for who in people if who != remark.speaker), None)
            found.append(Countable(start_s=remark.start_s, by=remark.speaker, of=other, event=remark))
    return tuple(sorted(found, key=lambda one: (one.start_s, one.by)))


def sessions(found: Sequence[Session], *, width: int = 80) -> str:
    """The last one first. By hand: a table of a thousand rows takes rich a second."""
    rows = [("Session", "Began", "Length", "What", "Sound", "Who")]
    for one in reversed(found):
        length = clock(one.duration_s) if one.duration_s is not None else "-"
        rows.append(
            (
                one.id, one.started_at[:16].replace("T", " "), length, _what(one),
                f"{one.keep_days} days" if one.keeps_audio else "-",
                " and ".join(one_line(name) for name in one.names) or "-",
            )
        )  # fmt: skip
    columns = [max(len(row[at]) for row in rows) for at in range(len(rows[0]) - 1)]
    lines = (
        "  ".join((*(cell.ljust(column) for cell, column in zip(row, columns, strict=False)), row[-1])) for row in rows
    )
    return "".join(f"{line if len(line) <= width else line[: width - 1] + '…'}\n" for line in lines)


def _what(session: Session) -> str:
    if session.state == "open":
        return "not finished"
    return one_line(session.plan.replace("_", " ")) if session.plan else KINDS[session.kind]


def trends(found: Trends, *, width: int = 80) -> str:
    def put(console: Console) -> None:
        if found.note:
            console.print(found.note)
        for title, of_it in by_measure(found):
            console.print(f"\n{title}", style="bold")
            for trend in of_it:
                _entry(console, "-", one_line(trend.text), column=1)
        if not found.note:
            console.print()
            console.print(_compared(found))

    return _printed(put, width)


def _compared(found: Trends) -> str:
    talks = f"the last {'talk of its kind' if found.of_kind else 'talk'}, beside the {found.talks - 1} before it"
    return (
        f"Shown: {talks}. A difference is named only where chance would bring it less than once in twenty times. "
        "Compare with your own usual, not with each other."
    )


def lines(summary: Summary, *, width: int = 80) -> str:
    """Everything with the number that names it in a correction."""

    def put(console: Console) -> None:
        console.print("Lines  (--give LINE NAME, --word LINE OLD NEW)", style="bold")
        listening = {sound.start_s for sound in summary.floor.backchannels}
        for turn in summary.turns:
            name = one_line(summary.name(turn.speaker))[:16]
            said = one_line(turn.text) or (
                "(a sound of listening)" if turn.start_s in listening else "(no words made out)"
            )
            _entry(console, f"{turn.index + 1:>4}  {clock(turn.start_s):>6}  {name}", said, column=30, indent=0)
        console.print(
            "\nMoments that count  (--fine MOMENT: the one it was done to says that it was fine)", style="bold"
        )
        for number, one in enumerate(countable(summary), start=1):
            _entry(console, f"{number:>4}  {clock(one.start_s):>6}", _moment(summary, one), column=12, indent=0)

    return _printed(put, width)


def _moment(summary: Summary, one: Countable) -> str:
    kind = CALLED.get(one.event.kind, one.event.kind)
    said = one_line(one.event.text if isinstance(one.event, Interruption) else one.event.quote)
    whom = f" (to {one_line(summary.name(one.of))})" if one.of is not None else ""
    quoted = f': "{said}"' if said else ""
    return f"{one_line(summary.name(one.by))}{whom}: {kind}{quoted}"


def _printed(put: Callable[[Console], None], width: int) -> str:
    from rich.console import Console

    out = StringIO()
    put(Console(file=out, width=width, no_color=True, highlight=False, emoji=False, markup=False, legacy_windows=False))
    return "\n".join(line.rstrip() for line in out.getvalue().splitlines()) + "\n"


def _entry(console: Console, left: str, text: str, *, indent: int = 2, column: int) -> None:
    """A line with something in its left column, folded under its own text."""
    from rich.padding import Padding
    from rich.table import Table
    from rich.text import Text

    grid = Table.grid(padding=(0, 1, 0, 0))
    grid.add_column(width=column, no_wrap=True)
    grid.add_column(ratio=1)
    grid.add_row(Text(left), Text(text))
    console.print(Padding(grid, (0, 0, 0, indent)))
