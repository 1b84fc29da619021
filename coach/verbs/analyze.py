"""coach analyze: recordings of two people talking become a summary; many at once, a folder of results."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from coach.errors import OutputError
from coach.plain import one_line
from coach.verbs import add_verb
from coach.verbs.results import (
    BARE,
    FORMATS,
    add_outputs,
    check_outputs,
    deliver,
    each,
    given_names,
    progress_bar,
    progress_of_many,
    show_table,
)

if TYPE_CHECKING:
    from coach.summary import Summary
    from coach.verbs import Verbs

EXAMPLES = """\
  coach analyze talk.m4a
  coach analyze talk.wav --names Kim,Sam --html talk.html --audio
  coach analyze talk.flac --json - | less
  coach analyze talk.m4a --keep --keep-sound 30
  coach analyze *.wav --out results --jobs 2 --csv

With --out, each recording gets a page and a JSON file in that folder, and
whatever else is asked for (--csv, --vtt, --textgrid, --rttm, without a path).
Stopped and started again, it does the rest only.

A recording in stereo with one person a channel is read most exactly; any
wav, flac, mp3, ogg, opus or m4a will do.
"""
ALWAYS = ("json", "html")
"""What a folder of results holds without being asked."""


def add(verbs: Verbs) -> None:
    parser = add_verb(verbs, "analyze", "listen to recordings of two people: summary, page, exchange formats", EXAMPLES)
    parser.add_argument("files", metavar="FILE", type=Path, nargs="+", help="the recording")
    add_outputs(parser)
    parser.add_argument("--audio", action="store_true", help="put a small copy of the recording into the page")
    parser.add_argument("--out", metavar="FOLDER", type=Path, help="results of every recording go here")
    parser.add_argument(
        "--jobs", metavar="N", type=_jobs, default=1, help="recordings at a time, with --out (default 1)"
    )
    parser.add_argument("--keep", action="store_true", help="keep it, to look back with: coach review")
    parser.add_argument(
        "--keep-sound", metavar="DAYS", type=_days, default=0, help="with --keep: the sound, too, for so many days"
    )
    parser.add_argument(
        "--recogniser", metavar="NAME", help="moonshine, or a model that `coach models` lists as present"
    )
    parser.set_defaults(run=run, parser=parser)


def run(args: argparse.Namespace) -> int:
    if args.keep_sound and not args.keep:
        args.parser.error("--keep-sound is for what is kept: add --keep")
    if args.out is not None:
        if args.keep:
            args.parser.error("--keep is for recordings without --out")
        return _into_folder(args)
    if args.jobs > 1:
        args.parser.error("--jobs is for many recordings at once: add --out FOLDER")
    check_outputs(args, "give one recording, or --out FOLDER for all of them")
    if args.audio and args.html is None:
        args.parser.error("--audio goes into the page: add --html PATH")
    return each(args.files, lambda file: _one(file, args))


def _one(file: Path, args: argparse.Namespace) -> None:
    from coach import app

    config = app.config()
    with progress_bar() as progress:
        summary = app.analyze(
            file,
            names=given_names(args, config.names),
            config=config,
            recogniser=args.recogniser,
            progress=progress,
        )
    if args.keep:
        _keep(summary, file, args.keep_sound)
    deliver(summary, args, audio=args.audio)


def _keep(summary: Summary, file: Path, days: int) -> None:
    from coach.store.recordings import keep
    from coach.verbs.stored import opened

    with opened() as store:
        session = keep(store, summary, file, days)
    print(f"Kept: coach review {session.id}", file=sys.stderr)


def _into_folder(args: argparse.Namespace) -> int:
    from coach import app, batch

    asked = [name for name in FORMATS if getattr(args, name) is not None]
    for name in asked:
        if getattr(args, name) != BARE:
            args.parser.error(f"--{name} takes no path with --out, and stands behind the recordings: FILE ... --{name}")
    config = app.config()
    settings = batch.Settings(
        names=given_names(args, config.names), config=config, recogniser=args.recogniser,
        formats=tuple(dict.fromkeys((*ALWAYS, *asked))), audio=args.audio,
    )  # fmt: skip
    _make(args.out)
    jobs = batch.plan(args.files, args.out, settings.formats)
    rows = {job: row for job in jobs if (row := batch.done(job, settings))}
    if rows:
        print(f"{len(rows)} of {len(jobs)} are done already.", file=sys.stderr)
    rest = [job for job in jobs if job not in rows]
    with progress_of_many(len(jobs), len(rows)) as report:

        def heard(job: batch.Job, told: float | batch.Row) -> None:
            if isinstance(told, batch.Row):
                rows[job] = told
            report(job.name, told)

        batch.run(rest, settings, args.jobs, heard)
    show_table([(job.name, rows[job]) for job in jobs])
    failed = [rows[job].error for job in jobs if rows[job].error]
    print(f"\n{len(jobs) - len(failed)} of {len(jobs)} are in {one_line(str(args.out))}", flush=True)
    for error in failed:
        print(f"coach: {one_line(error)}", file=sys.stderr)
    return 1 if failed else 0


def _make(folder: Path) -> None:
    import os

    try:
        folder.mkdir(parents=True, exist_ok=True)
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise OutputError(f"{folder} cannot be made ({reason}). Name another: --out FOLDER") from error
    if not os.access(folder, os.W_OK | os.X_OK):
        raise OutputError(f"Nothing can be written in {folder}. Choose another folder, or change its permissions.")


def _days(text: str) -> int:
    number = int(text)
    if not 1 <= number <= 3650:
        raise argparse.ArgumentTypeError("give a number of days from 1 to 3650")
    return number


def _jobs(text: str) -> int:
    number = int(text)
    if not 1 <= number <= 64:
        raise argparse.ArgumentTypeError("give a number from 1 to 64")
    return number
