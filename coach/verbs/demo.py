"""coach demo: the whole way, from sound to spoken feedback, on a bundled conversation."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from coach.errors import OutputError
from coach.verbs import add_verb
from coach.verbs.results import progress_bar, show

if TYPE_CHECKING:
    from audio.types import Clip
    from coach.verbs import Verbs

EXAMPLES = """\
  coach demo                      results go to the folder demo-output
  coach demo --out /tmp/demo --quiet

Two voices talk for three minutes about an evening at home; both are synthetic.
"""


def add(verbs: Verbs) -> None:
    parser = add_verb(verbs, "demo", "the whole way on a bundled conversation: no microphone needed", EXAMPLES)
    parser.add_argument(
        "--out", metavar="FOLDER", type=Path, default=Path("demo-output"), help="where page and sound go"
    )
    parser.add_argument("--quiet", action="store_true", help="write the spoken feedback, but do not play it")
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    from coach import app, output

    folder: Path = args.out
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise OutputError(
            f"{folder} cannot be made ({error.strerror}). Name another: coach demo --out FOLDER"
        ) from error
    page, spoken = folder / "demo.html", folder / "demo-feedback.wav"
    output.check([str(page), str(spoken)])
    with progress_bar() as progress:
        summary = app.demo(progress=progress)
        progress("Speaking the feedback", 0.0)
        summary, said = app.speak(summary, spoken)
        output.write(str(page), app.rendered(summary, "html"))
    show(summary, transcript=True)
    print(f"\nThe page:            {page}")
    print(f"The spoken feedback: {spoken}")
    if not args.quiet:
        sys.stdout.flush()
        _play(said)
    return 0


def _play(clip: Clip) -> None:
    """Aloud where there is a loudspeaker; the file is there either way."""
    from audio.errors import DeviceError
    from audio.loudspeaker import play

    try:
        play(clip)
    except DeviceError as error:
        print(f"Not played: {error}")
