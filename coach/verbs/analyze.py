"""coach analyze: recordings of two people talking become a summary."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from coach.verbs import add_verb
from coach.verbs.results import add_outputs, check_outputs, deliver, given_names, progress_bar

if TYPE_CHECKING:
    from coach.verbs import Verbs

EXAMPLES = """\
  coach analyze talk.m4a
  coach analyze talk.wav --names Kim,Sam --html talk.html
  coach analyze talk.flac --json - | less

A recording in stereo with one person a channel is read most exactly; any
wav, flac, mp3, ogg, opus or m4a will do.
"""


def add(verbs: Verbs) -> None:
    parser = add_verb(verbs, "analyze", "listen to a recording of two people: summary, page, JSON", EXAMPLES)
    parser.add_argument("files", metavar="FILE", type=Path, nargs="+", help="the recording")
    add_outputs(parser)
    parser.add_argument(
        "--recogniser", metavar="NAME", help="moonshine, or a model that `coach models` lists as present"
    )
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    from coach import app

    config = app.config()
    check_outputs(args, args.files)
    for file in args.files:
        with progress_bar() as progress:
            summary = app.analyze(
                file,
                names=given_names(args, config.names),
                config=config,
                recogniser=args.recogniser,
                progress=progress,
            )
        deliver(summary, args)
    return 0
