"""coach doctor: what works on this machine, and the next step where something does not."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

from coach.verbs import add_verb

if TYPE_CHECKING:
    from coach.verbs import Verbs

EXAMPLES = """\
  coach doctor                    every part, and what to do where one is missing

Exit code 0: recordings can be analysed. 1: they cannot, and the lines say why.
"""
MARKS = {"works": "ok  ", "limited": "-   ", "broken": "FAIL"}


def add(verbs: Verbs) -> None:
    parser = add_verb(verbs, "doctor", "check every part and say how to mend it", EXAMPLES)
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    from coach import checkup

    broken = False
    for finding in checkup.findings():
        print(f"{MARKS[finding.state]} {finding.part:<22} {finding.says}", flush=True)
        if finding.next_step:
            print(f"     {'':<22} -> {finding.next_step}", flush=True)
        broken = broken or finding.state == "broken"
    print("\nRecordings cannot be analysed yet: see FAIL above." if broken else "\nRecordings can be analysed.")
    return 1 if broken else 0
