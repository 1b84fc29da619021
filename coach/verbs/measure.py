"""coach measure: the same measures on conversations that are annotated already."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from coach.verbs import add_verb
from coach.verbs.results import add_outputs, check_outputs, deliver, each, given_names

if TYPE_CHECKING:
    from coach.verbs import Verbs

EXAMPLES = """\
  coach measure talk.json                 timed words, spans, or what coach analyze wrote
  coach measure talk.rttm --json talk.json
  coach measure talk.TextGrid --html talk.html
"""


def add(verbs: Verbs) -> None:
    parser = add_verb(verbs, "measure", "measure an annotated conversation: JSON, RTTM or Praat TextGrid", EXAMPLES)
    parser.add_argument("files", metavar="FILE", type=Path, nargs="+", help="the annotated conversation")
    add_outputs(parser)
    parser.set_defaults(run=run, parser=parser)


def run(args: argparse.Namespace) -> int:
    from coach import app

    config = app.config()
    check_outputs(args, "give one file")
    return each(
        args.files,
        lambda file: deliver(app.measure(file, names=given_names(args, config.names), config=config), args),
    )
