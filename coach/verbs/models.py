"""coach models: what listens on this machine, and fetching a larger recogniser. The only verb that uses the network."""

from __future__ import annotations

import argparse
import sys
from typing import TYPE_CHECKING

from coach.verbs import add_verb

if TYPE_CHECKING:
    from coach.verbs import Verbs

EXAMPLES = """\
  coach models                    what is here, where, and under which licence
  coach models fetch base.en      a larger recogniser: fewer wrong words, exact word times

Fetching is the only thing the coach ever does over the network, and only when asked.
"""


def add(verbs: Verbs) -> None:
    parser = add_verb(verbs, "models", "list the models on this machine, or fetch a larger recogniser", EXAMPLES)
    parser.set_defaults(run=run_list)
    fetch = parser.add_subparsers(metavar="fetch").add_parser("fetch", help="fetch a recogniser over the network")
    fetch.add_argument("name", metavar="NAME", help="tiny.en, base.en, small.en or medium.en")
    fetch.set_defaults(run=run_fetch)


def run_list(args: argparse.Namespace) -> int:
    from audio import models
    from coach import app

    for model in models.installed():
        print(f"{model.name}\n    {model.state}, {model.size_bytes / 1e6:.0f} MB; {model.use}; {model.licence}")
        print(f"    {model.path}")
    print(f"\nIn use: {app.reader_of(app.config().recogniser).name}")
    print("A larger recogniser makes fewer mistakes: coach models fetch base.en")
    return 0


def run_fetch(args: argparse.Namespace) -> int:
    from audio import models
    from coach.verbs.results import progress_bar

    with progress_bar() as progress:
        model = models.fetch(
            args.name, progress=lambda done, total: progress(f"Fetching {args.name}", done / total if total else 0.0)
        )
    print(f"{model.name} is in {model.path}", file=sys.stderr)
    print("From now on it is used. Back to the embedded one: coach analyze --recogniser moonshine")
    return 0
