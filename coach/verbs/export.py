"""coach export: a session in the formats of other programs, or everything as one archive."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from coach.clock import stamp
from coach.errors import OutputError
from coach.plain import one_line
from coach.verbs import add_verb
from coach.verbs.results import BARE, FORMATS, progress_bar
from coach.verbs.stored import LAST, ended, find, opened

if TYPE_CHECKING:
    from coach.verbs import Verbs

EXAMPLES = """\
  coach export --csv talk.csv               the last session
  coach export 2026-05-04-kafo --json - --textgrid talk.TextGrid
  coach export --all coach.zip              everything, to keep or to move
  coach import coach.zip                    and back again, here or elsewhere

With --all, everything is in the file, both halves and the sound that is kept:
whoever has the file can read it. It is written for your eyes only.
"""


def add(verbs: Verbs) -> None:
    parser = add_verb(verbs, "export", "take data out: a session in other formats, or everything", EXAMPLES)
    parser.add_argument("session", metavar="SESSION", nargs="?", help="which (default: the last)")
    for name, what in FORMATS.items():
        parser.add_argument(f"--{name}", metavar="PATH", help=f"write {what}; - is standard output")
    parser.add_argument("--all", metavar="FILE", type=Path, help="everything that is kept, as one archive")
    parser.add_argument("--code", metavar="CODE", help="with SESSION: the half of the person whose code this is, too")
    parser.set_defaults(run=run, parser=parser)


def run(args: argparse.Namespace) -> int:
    from coach import output

    targets = {name: target for name in FORMATS if (target := getattr(args, name)) is not None}
    if args.all is not None:
        if targets or args.session is not None:
            args.parser.error("--all is everything: leave out SESSION and the other formats")
        output.check([str(args.all)])
        return _everything(args.all)
    if not targets or BARE in targets.values():
        args.parser.error(
            f"say what to write, and where: {', '.join(f'--{name} PATH' for name in FORMATS)}, --all FILE"
        )
    output.check(targets.values())
    return _session(args, targets)


def _session(args: argparse.Namespace, targets: dict[str, str]) -> int:
    from coach import app, output
    from coach.halves import closed_to, open_part
    from coach.store.summaries import summary_of
    from coach.verbs.codes import opened_by

    with opened() as store:
        wanted = args.session or LAST
        found = store.sessions()
        session = find(ended(found) if wanted == LAST else found, wanted)
        summary = summary_of(store, session.id, app.config().limits)
        summary = open_part(summary, closed_to(summary, store.protected() - opened_by(args.code, store)))
        for name, target in targets.items():
            output.write(target, app.rendered(summary, name))
            if target != output.STDOUT:
                print(f"Written: {target}", file=sys.stderr)
    return 0


def _everything(target: Path) -> int:
    from coach.store import archive
    from coach.store.place import data_folder

    if data_folder() in target.absolute().parents:
        raise OutputError(f"{target} is where the coach keeps its own files. Name a place outside of it.")
    with opened() as store, progress_bar() as progress:
        count, heard = archive.write(store, target, stamp(), lambda share: progress("Writing", share))
    sessions = "session" if count == 1 else "sessions"
    print(f"{count} {sessions}, {heard} with sound: {one_line(str(target))}")
    return 0
