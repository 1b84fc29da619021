"""The verbs of the command line: each module adds its parser and runs it. Engines are loaded when they run."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    Verbs = argparse._SubParsersAction[argparse.ArgumentParser]


def add_verb(verbs: Verbs, name: str, what: str, examples: str) -> argparse.ArgumentParser:
    """A verb's parser: one line in the list of verbs, and its own help with examples."""
    return verbs.add_parser(
        name,
        help=what,
        description=f"{what[0].upper()}{what[1:]}.",
        epilog=f"examples:\n{examples}",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
