"""What analyze, measure and demo share: names, outputs, and handing a summary over."""

from __future__ import annotations

import argparse
import os
import shutil
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from audio.errors import AudioError
from coach import output
from coach.errors import CoachError
from coach.plain import clock, one_line, percent, sentence

if TYPE_CHECKING:
    from rich.progress import TaskID

    from coach.analysis import Progress
    from coach.batch import Row
    from coach.summary import Summary

FORMATS: Mapping[str, str] = {
    "html": "the feedback page",
    "json": "everything, as JSON (format 1)",
    "rttm": "speech spans as RTTM",
    "textgrid": "words and events as a Praat TextGrid",
    "vtt": "what was said as WebVTT captions",
    "csv": "what happened as CSV, one row an event",
}
"""Each is a module of coach/render."""
BARE = ""
"""A format that was asked for without a path."""
SOUND = frozenset((".wav", ".flac", ".mp3", ".ogg", ".opus", ".m4a"))

LEAST_WIDTH, MOST_WIDTH = 60, 110
"""Columns: narrower breaks the tables, wider is hard to read."""


def add_outputs(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--names", metavar="NAME,NAME", help="what the two people are called, in the order they first speak"
    )
    parser.add_argument("--transcript", action="store_true", help="show what was said, too")
    for name, what in FORMATS.items():
        parser.add_argument(
            f"--{name}", metavar="PATH", nargs="?", const=BARE, help=f"write {what}; - is standard output"
        )


def check_outputs(args: argparse.Namespace, instead: str) -> None:
    """What can be told before the work: a usage error, or an OutputError. `instead`: what to do with several files."""
    targets = {name: target for name in FORMATS if (target := getattr(args, name)) is not None}
    for name, target in targets.items():
        if target == BARE:
            args.parser.error(f"--{name} needs a path, or - for standard output")
        if len(args.files) > 1:
            args.parser.error(f"--{name} {target} holds the results of one file: {instead}")
    output.check(targets.values(), args.files)
    for name, target in targets.items():
        if Path(target).suffix.lower() in SOUND:  # `--csv a.wav b.wav` would write over a recording
            args.parser.error(f"--{name} {target} names a recording: give the file to write to")


def each(files: Sequence[Path], do: Callable[[Path], None]) -> int:
    """One file after the other; of several, one that fails does not stop the rest. The exit code."""
    if len(files) == 1:
        do(files[0])
        return 0
    failed = 0
    for file in files:
        print(f"\n{one_line(str(file))}", flush=True)
        try:
            do(file)
        except (AudioError, CoachError) as error:
            failed += 1
            print(f"coach: {sentence(error)}", file=sys.stderr)
    return 1 if failed else 0


def given_names(args: argparse.Namespace, configured: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(name.strip() for name in args.names.split(",")) if args.names else configured


def deliver(summary: Summary, args: argparse.Namespace, *, audio: bool = False) -> None:
    """The files that were asked for; and the screen, unless standard output carries one of them."""
    from coach import app

    taken = False
    for name in FORMATS:
        target = getattr(args, name)
        if target:
            output.write(target, app.rendered(summary, name, audio=audio))
            taken = taken or target == output.STDOUT
            if target != output.STDOUT:
                print(f"Written: {target}", file=sys.stderr)
    if not taken:
        show(summary, transcript=args.transcript)


def show(summary: Summary, *, transcript: bool = False) -> None:
    from coach.render import text

    colour = sys.stdout.isatty() and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"
    shown = text.render(summary, transcript=transcript, width=width(), colour=colour)
    put(shown)


def show_table(rows: Sequence[tuple[str, Row]]) -> None:
    """A line a recording, in the order in which they were given."""
    from io import StringIO

    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0))
    for title, ratio in (("Recording", 3), ("Length", None), ("Who spoke", 3), ("Interruptions", 3)):
        table.add_column(title, ratio=ratio, overflow="fold")
    for name, row in rows:
        if row.error:
            table.add_row(Text(one_line(name)), "-", "failed", "-")
            continue
        shares = ", ".join(f"{one_line(one.name)} {percent(one.share)}" for one in row.people)
        came_in = ", ".join(f"{one_line(one.name)} {one.interruptions}" for one in row.people)
        table.add_row(Text(one_line(name)), clock(row.length_s), Text(shares), Text(came_in))
    out = StringIO()
    console = Console(file=out, width=width(), no_color=True, highlight=False, emoji=False, markup=False)
    console.print(table)
    put("\n".join(line.rstrip() for line in out.getvalue().splitlines()) + "\n")


def width() -> int:
    return min(MOST_WIDTH, max(LEAST_WIDTH, shutil.get_terminal_size((80, 24)).columns))


def put(shown: str) -> None:
    encoding = sys.stdout.encoding or "utf-8"
    sys.stdout.write(shown.encode(encoding, errors="replace").decode(encoding))


@contextmanager
def progress_of_many(total: int, done: int) -> Iterator[Callable[[str, float | Row], None]]:
    """A bar for all recordings and one for each that is listened to; where there is no terminal, a line for each."""
    if not sys.stderr.isatty():
        finished = done

        def line(name: str, told: float | Row) -> None:
            nonlocal finished
            if not isinstance(told, float):
                finished += 1
                state = "failed" if told.error else "done"
                print(f"{finished} of {total}: {one_line(name)} {state}", file=sys.stderr, flush=True)

        yield line
        return
    from rich.console import Console
    from rich.markup import escape
    from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

    columns = (TextColumn("{task.description:<26}"), BarColumn(), TimeRemainingColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        whole = bar.add_task("All recordings", total=float(total), completed=done)
        shares: dict[str, float] = {}
        tasks: dict[str, TaskID] = {}

        def show_share(name: str, told: float | Row) -> None:
            nonlocal done
            if isinstance(told, float):
                if name not in tasks:
                    tasks[name] = bar.add_task(escape(one_line(name))[:26], total=1.0)
                shares[name] = told
                bar.update(tasks[name], completed=told)
            else:
                done += 1
                shares.pop(name, None)
                if name in tasks:
                    bar.remove_task(tasks.pop(name))
            bar.update(whole, completed=done + sum(shares.values()))

        yield show_share


@contextmanager
def progress_bar() -> Iterator[Progress]:
    """A bar on standard error for what takes over a second; nothing where that is no terminal."""
    if not sys.stderr.isatty():
        yield lambda stage, share: None
        return
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

    columns = (
        TextColumn("{task.description:<26}"),
        BarColumn(),
        TextColumn("{task.percentage:>3.0f} %"),
        TimeRemainingColumn(),
    )
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        tasks = {"": bar.add_task("Getting ready", total=1.0)}

        def report(stage: str, share: float) -> None:
            if stage not in tasks:
                for task in tasks.values():
                    bar.update(task, completed=1.0)
                tasks[stage] = bar.add_task(stage, total=1.0)
            bar.update(tasks[stage], completed=share)

        yield report
