"""What analyze, measure and demo share: names, outputs, and handing a summary over."""

from __future__ import annotations

import argparse
import os
import shutil
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING

from coach import output

if TYPE_CHECKING:
    from coach.analysis import Progress
    from coach.summary import Summary

FORMATS: Mapping[str, str] = {
    "html": "the feedback page",
    "json": "everything, as JSON (format 1)",
    "rttm": "speech spans as RTTM",
}
"""Each is a module of coach/render."""

LEAST_WIDTH, MOST_WIDTH = 60, 110
"""Columns: narrower breaks the tables, wider is hard to read."""


def add_outputs(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--names", metavar="NAME,NAME", help="what the two people are called, in the order they first speak"
    )
    parser.add_argument("--transcript", action="store_true", help="show what was said, too")
    for name, what in FORMATS.items():
        parser.add_argument(f"--{name}", metavar="PATH", help=f"write {what}; - is standard output")


def check_outputs(args: argparse.Namespace, inputs: list[Path]) -> None:
    output.check([target for name in FORMATS if (target := getattr(args, name))], inputs)


def given_names(args: argparse.Namespace, configured: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(name.strip() for name in args.names.split(",")) if args.names else configured


def deliver(summary: Summary, args: argparse.Namespace) -> None:
    """The files that were asked for; and the screen, unless standard output carries one of them."""
    taken = False
    for name in FORMATS:
        target = getattr(args, name)
        if target:
            output.write(target, renderer(name)(summary))
            taken = taken or target == output.STDOUT
            if target != output.STDOUT:
                print(f"Written: {target}", file=sys.stderr)
    if not taken:
        show(summary, transcript=args.transcript)


def renderer(name: str) -> Callable[[Summary], str]:
    render: Callable[[Summary], str] = import_module(f"coach.render.{name}").render
    return render


def show(summary: Summary, *, transcript: bool = False) -> None:
    from coach.render import text

    width = min(MOST_WIDTH, max(LEAST_WIDTH, shutil.get_terminal_size((80, 24)).columns))
    colour = sys.stdout.isatty() and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"
    shown = text.render(summary, transcript=transcript, width=width, colour=colour)
    encoding = sys.stdout.encoding or "utf-8"
    sys.stdout.write(shown.encode(encoding, errors="replace").decode(encoding))


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
