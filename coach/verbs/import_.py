"""coach import: what `coach export --all` wrote comes back."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from coach.verbs import add_verb
from coach.verbs.results import progress_bar
from coach.verbs.stored import opened

if TYPE_CHECKING:
    from coach.verbs import Verbs

EXAMPLES = """\
  coach import coach.zip

What is here already stays as it is; what is missing comes in, all of it or
nothing. A file that is damaged, too large or not the coach's is refused.
"""


def add(verbs: Verbs) -> None:
    parser = add_verb(verbs, "import", "bring back what `coach export --all` wrote", EXAMPLES)
    parser.add_argument("file", metavar="FILE", type=Path, help="the archive")
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    from coach.store import arrivals

    with opened() as store, progress_bar() as progress:
        arrived = arrivals.read(store, args.file, lambda share: progress("Looking it through", share))
    print(
        f"Came in: {_count(arrived.sessions, 'session')}, {_count(arrived.results, 'answer')} of practice, "
        f"{_count(arrived.voices, 'voice')}."
    )
    if arrived.known:
        print(f"{_count(arrived.known, 'session')} were here already, and stay as they are.")
    return 0


def _count(number: int, one: str) -> str:
    return f"{number} {one if number == 1 else one + 's'}"
