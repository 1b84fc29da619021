"""The command line: verbs, help, exit codes. What a verb does stands in coach/verbs.

Exit codes: 0 done, 1 one sentence and the next step, 2 usage, 130 interrupted.
"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Sequence

from audio.errors import AudioError
from coach.errors import CoachError
from coach.plain import sentence
from coach.verbs import (
    analyze,
    demo,
    devices,
    doctor,
    enroll,
    export,
    forget,
    import_,
    label,
    measure,
    models,
    paraphrase,
    practice,
    review,
    talk,
    web,
)

VERBS = (
    demo,
    talk,
    practice,
    analyze,
    measure,
    label,
    paraphrase,
    web,
    review,
    export,
    import_,
    forget,
    models,
    devices,
    enroll,
    doctor,
)

DESCRIPTION = """\
A local, offline coach for active listening between two people.
It hears who speaks when, measures interruptions, pauses and "I feel" against
blame, and speaks back. Nothing leaves this machine.
"""

EPILOG = """\
examples:
  coach demo                      the whole way on a bundled conversation
  coach analyze talk.m4a          a recording of two people: summary on screen
  coach analyze talk.wav --html talk.html --json talk.json
  coach doctor                    what works here, and what to do where it does not

coach VERB --help explains each verb, with examples.
"""


def parser() -> argparse.ArgumentParser:
    top = argparse.ArgumentParser(
        prog="coach", description=DESCRIPTION, epilog=EPILOG, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    top.add_argument("--version", action="version", version="coach 0.1.0")
    verbs = top.add_subparsers(title="verbs", metavar="VERB", required=True)
    for verb in VERBS:
        verb.add(verbs)
    return top


def main(argv: Sequence[str] | None = None) -> int:
    args = parser().parse_args(argv)
    try:
        code: int = args.run(args)
        sys.stdout.flush()
        return code
    except (AudioError, CoachError) as error:
        print(f"coach: {sentence(error)}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("\ncoach: stopped. Nothing half-written was left behind.", file=sys.stderr)
        return 130
    except BrokenPipeError:  # the reader of a pipe has gone, as `| head` does
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0


if __name__ == "__main__":
    sys.exit(main())
