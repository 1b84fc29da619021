"""coach talk: a guided talk of two people, led by voice."""

from __future__ import annotations

import argparse
import math
import sys
from collections.abc import Callable
from contextlib import ExitStack
from typing import TYPE_CHECKING

from coach.errors import CoachError
from coach.verbs import add_verb
from coach.verbs.results import progress_bar, show

if TYPE_CHECKING:
    from coach.config import Config
    from coach.live.ending import Outcome
    from coach.live.request import Request
    from coach.live.screen import ScreenState
    from coach.live.talk import Talk
    from coach.store import Store
    from coach.verbs import Verbs

DEFAULT = "daily_check_in"
EXAMPLES = """\
  coach talk                      choose a session, or press Enter for the daily check-in
  coach talk state-of-us --names Kim,Sam
  coach talk daily-check-in --names Kim,Sam --pace 0.5 --keep-audio 30
  coach talk --list               the sessions, a line each
  coach talk --finish             finish talks that were broken off

From then on nobody needs the keyboard: the coach asks both of you aloud before it
keeps anything, and listens for "pass on", "pause please" and "stop now". Sound is
deleted after the summary, unless you ask to keep it. Nothing leaves this machine.
"""


def add(verbs: Verbs) -> None:
    parser = add_verb(verbs, "talk", "a guided talk of two people, led by voice", EXAMPLES)
    parser.add_argument("session", metavar="SESSION", nargs="?", help="see --list; none: choose")
    parser.add_argument("--names", metavar="NAME,NAME", help="what you are called; who is named first begins")
    parser.add_argument("--pace", type=_share, metavar="X", default=1.0, help="0.5: all times half as long")
    parser.add_argument(
        "--time", type=_time, metavar="STEP=SECONDS", action="append", default=[], help="of one step, such as share=60"
    )
    parser.add_argument("--pause", type=_minutes, metavar="MINUTES", default=20.0, help="length of a break, 15 to 30")
    parser.add_argument("--live-cue", action="store_true", help="a quiet sign on the screen at an interruption")
    parser.add_argument(
        "--keep-audio",
        type=_days,
        metavar="DAYS",
        help="keep the sound, if both agree to it (default: as in the settings, else 0)",
    )
    parser.add_argument("--list", action="store_true", help="the sessions, a line each")
    parser.add_argument("--finish", action="store_true", help="finish talks that were broken off")
    parser.set_defaults(run=run, parser=parser)


def run(args: argparse.Namespace) -> int:
    from coach import content
    from coach.session.content import SESSIONS

    if args.list:
        for name in SESSIONS:
            plan = content.session_plan(name)
            print(f"{_typed(name):<20} about {plan.minutes} min   {plan.about}")
        return 0
    from coach import app
    from coach.live.request import Request
    from coach.verbs.stored import opened

    config = app.config()
    if args.finish:
        with opened() as store:
            return _finish_all(store, config)
    session = _named(args.session) if args.session else _choose()
    request = Request(
        session=session,
        names=_names(args),
        pace=args.pace,
        times_s=_times(args, session),
        pause_s=args.pause * 60,
        live_cue=args.live_cue,
        keep_days=config.keep_days if args.keep_audio is None else args.keep_audio,
    )
    with opened() as store:
        if store.unfinished() and _wants_to_finish():
            _finish_all(store, config)
        outcome = _on_screen(request, store, config)
        return _after(outcome, store)


def _on_screen(request: Request, store: Store, config: Config) -> Outcome:
    from coach import app
    from coach.live.keys import pressed
    from coach.live.screen import screen

    print("Opening the microphone ...", file=sys.stderr)
    with ExitStack() as stack:
        show: list[Callable[[ScreenState], None]] = []

        def started(talk: Talk) -> None:  # only now: what fails before is told on the ordinary screen
            show.append(stack.enter_context(screen()))
            stack.enter_context(pressed(talk.press))

        return app.talk(request, store, config=config, listeners=[lambda state: show[0](state)], started=started)


def _wants_to_finish() -> bool:
    """Asked where somebody can answer, said where not."""
    if not sys.stdin.isatty():
        print("A talk was broken off. Finish it with: coach talk --finish", file=sys.stderr)
        return False
    return input("A talk was broken off. Finish it now? Enter: yes, n: later  ").strip().lower() not in ("n", "no")


def _finish_all(store: Store, config: Config) -> int:
    from coach import app

    left = store.unfinished()
    if not left:
        print("No talk was broken off.")
    for session in left:
        print(f"The talk of {session.started_at[:16].replace('T', ' ')}:", file=sys.stderr)
        with progress_bar() as progress:
            outcome = app.finish_talk(store, session, config=config, progress=progress)
        _after(outcome, store)
    return 0


def _after(outcome: Outcome, store: Store) -> int:
    from coach.live.ending import shown_to_both

    if outcome.summary is not None:
        show(shown_to_both(outcome.summary, store))
    if outcome.page is not None:
        print(f"\nThe page: {outcome.page}")
    if outcome.unfinished:
        raise CoachError(f"{outcome.unfinished} What was heard is safe; finish it with: coach talk --finish")
    if outcome.id is None:
        print("Nothing was kept.")
    return 0


def _names(args: argparse.Namespace) -> tuple[str, str] | None:
    if args.names is None:
        return None
    given = tuple(" ".join(name.split()) for name in args.names.split(","))
    if len(given) != 2 or not all(given) or given[0].casefold() == given[1].casefold():
        args.parser.error("--names needs two names with a comma between them, and not the same one")
    return given[0], given[1]


def _times(args: argparse.Namespace, session: str) -> dict[str, float]:
    from coach import content

    steps = [name for name, step in content.session_plan(session).steps.items() if step.time_s]
    for step, _ in args.time:
        if step not in steps:
            args.parser.error(f"--time {step}: {_typed(session)} has no such step; it has {', '.join(steps)}")
    return dict(args.time)


def _choose() -> str:
    """By number, Enter for the first; where nobody can be asked, the first."""
    from coach import content
    from coach.session.content import SESSIONS

    if not sys.stdin.isatty():
        return DEFAULT
    for number, name in enumerate(SESSIONS, start=1):
        plan = content.session_plan(name)
        print(f"  {number}  {plan.name}, about {plan.minutes} minutes\n     {plan.about}")
    while True:
        said = input("Which one? Enter: 1  ").strip()
        if not said:
            return SESSIONS[0]
        if said.isdigit() and 1 <= int(said) <= len(SESSIONS):
            return SESSIONS[int(said) - 1]
        try:
            return _named(said)
        except CoachError as error:
            print(error)


def _named(said: str) -> str:
    from coach.session.content import SESSIONS

    name = said.strip().lower().replace("-", "_").replace(" ", "_")
    if name not in SESSIONS:
        raise CoachError(f"There is no session {said!r}. Choose one of {', '.join(map(_typed, SESSIONS))}.")
    return name


def _typed(name: str) -> str:
    return name.replace("_", "-")


def _number(text: str, least: float, most: float) -> float:
    try:
        value = float(text)
    except ValueError:
        value = math.nan
    if not least <= value <= most:
        raise argparse.ArgumentTypeError(f"{text} is no number from {least:g} to {most:g}")
    return value


def _share(text: str) -> float:
    return _number(text, 0.1, 1.0)


def _minutes(text: str) -> float:
    return _number(text, 15, 30)


def _days(text: str) -> int:
    return round(_number(text, 0, 3650))


def _time(text: str) -> tuple[str, float]:
    step, _, seconds = text.partition("=")
    if not step or not seconds:
        raise argparse.ArgumentTypeError(f"{text} is not like share=60")
    return step, _number(seconds, 1, 7200)
