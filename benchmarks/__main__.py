"""Every benchmark, one table each: python -m benchmarks --shared FOLDER [NAME ...]"""

from __future__ import annotations

import argparse
import importlib
import sys
from pathlib import Path

NAMES = (
    "speakers",
    "analyze",
    "recogniser",
    "floor",
    "words",
    "paraphrase",
    "capture",
    "commands",
    "store",
    "practice",
    "talk",
)


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("names", metavar="NAME", nargs="*", help=f"which: {', '.join(NAMES)} (all of them)")
    parser.add_argument(
        "--shared", type=Path, default=Path("../shared"), help="the folder with data/ and eval/score.py"
    )
    args = parser.parse_args()
    if not (args.shared / "eval" / "score.py").is_file():
        print(
            f"The measuring data is not at {args.shared}: make bench SHARED=FOLDER, with data/ and eval/score.py in it."
        )
        return 1
    for name in args.names or NAMES:
        print(f"\n== {name}", flush=True)
        importlib.import_module(f"benchmarks.{name}").run(args.shared.resolve())
    return 0


if __name__ == "__main__":
    sys.exit(main())
