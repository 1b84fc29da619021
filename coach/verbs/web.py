"""coach web: all of it in the browser on this machine."""

from __future__ import annotations

import argparse
import os
import sys
from typing import TYPE_CHECKING

from coach.verbs import add_verb

if TYPE_CHECKING:
    from coach.verbs import Verbs

EXAMPLES = """\
  coach web                       opens the browser; Ctrl-C ends it
  coach web --no-open             prints the link only

The link works once and on this computer only. Nobody on the network can see
the pages, and they load nothing from outside.
"""
MOST_PORT = 65_535


def add(verbs: Verbs) -> None:
    parser = add_verb(verbs, "web", "talk, practise and look back in the browser, on this computer only", EXAMPLES)
    parser.add_argument("--no-open", action="store_true", help="print the link and leave the browser alone")
    parser.add_argument("--port", metavar="N", type=_port, default=0, help="a port of your choice (default: any free)")
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    from coach.store.place import data_folder
    from coach.web.server import serve

    try:
        serve(data_folder(), args.port, lambda link: _opened(link, browser=not args.no_open))
    except KeyboardInterrupt:  # the ordinary way to end
        print("\nClosed.", file=sys.stderr)
    return 0


def _opened(link: str, *, browser: bool) -> None:
    print(f"The coach is open at this link, once:\n\n  {link}\n\nEnd it with Ctrl-C.", flush=True)
    if browser and _screen():
        import threading
        import webbrowser

        threading.Thread(target=webbrowser.open, args=(link,), daemon=True).start()  # some come back only when closed


def _screen() -> bool:
    """Without one, a browser that lives in the terminal would be opened, over the coach's own words."""
    return sys.platform != "linux" or bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))


def _port(text: str) -> int:
    number = int(text)
    if not 0 <= number <= MOST_PORT:
        raise argparse.ArgumentTypeError(f"give a number from 0 to {MOST_PORT}")
    return number
