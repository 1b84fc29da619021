"""coach forget: a session, a person, a stretch of time, a moment, or everything, for good."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from coach.errors import StoreError
from coach.plain import clock, one_line
from coach.verbs import add_verb
from coach.verbs.stored import agreed, find, opened, seconds

if TYPE_CHECKING:
    from coach.store import Session, Store
    from coach.verbs import Verbs

EXAMPLES = """\
  coach forget last                         the last session
  coach forget 2026-05-04-kafo --moment 1:05 1:40
  coach forget 2026-05-04-kafo --sound      the recording only
  coach forget --person Sam                 every session with Sam, and the voice
  coach forget --between 2026-05-01 2026-05-31
  coach forget --practice
  coach forget --everything

It asks first (--yes does not), and cannot be taken back: words, sound and
journal are wiped. What was exported, and recordings of your own that were
analysed, stay where you put them. To leave a moment out and be able to take
that back, use: coach review --leave-out
"""


def add(verbs: Verbs) -> None:
    parser = add_verb(verbs, "forget", "delete for good: a session, a person, a time, or everything", EXAMPLES)
    parser.add_argument("session", metavar="SESSION", nargs="?", help='its id, its date, or "last"')
    parser.add_argument("--moment", nargs=2, metavar=("FROM", "TO"), help="of the session, only this, like 1:05 1:40")
    parser.add_argument("--sound", action="store_true", help="of the session, only the recording")
    parser.add_argument("--person", metavar="NAME", help="every session of this person, their voice and their code")
    parser.add_argument(
        "--between", nargs=2, metavar=("DAY", "DAY"), help="every session from the first to the last day"
    )
    parser.add_argument("--practice", action="store_true", help="what was answered to the practice cards")
    parser.add_argument("--everything", action="store_true", help="all that the coach has kept")
    parser.add_argument("--traces", action="store_true", help="only wipe what earlier deleting may have left")
    parser.add_argument("--yes", action="store_true", help="do not ask")
    parser.set_defaults(run=run, parser=parser)


def run(args: argparse.Namespace) -> int:
    chosen = [args.session is not None, args.person is not None, args.between is not None]
    if sum([*chosen, args.practice, args.everything, args.traces]) != 1:
        args.parser.error("say what to forget: SESSION, --person, --between, --practice, --everything or --traces")
    if (args.moment or args.sound) and (args.session is None or (args.moment and args.sound)):
        args.parser.error("--moment and --sound are parts of a SESSION: give its id, and one of them")
    with opened() as store:
        if args.traces:
            store.wipe()
            print("Wiped.")
            return 0
        question, forget = _wanted(args, store)
        if not agreed(f"{question} This cannot be taken back.", yes=args.yes):
            print("Nothing was deleted.", file=sys.stderr)
            return 1
        forget()
        print("Deleted for good.")
    return 0


def _wanted(args: argparse.Namespace, store: Store) -> tuple[str, Callable[[], object]]:
    """What will be asked, and what will be done."""
    if args.everything:
        found = store.sessions()
        return f"Delete all {_count(found)}, all practice, and all voices?", store.erase
    if args.practice:
        return f"Delete {len(store.practice_results())} answers to practice cards?", store.forget_practice
    if args.person:
        return _person(args.person, store)
    if args.between:
        return _between(args.between[0], args.between[1], store)
    session = find(store.sessions(), args.session)
    if args.moment:
        start_s, end_s = (seconds(time) for time in args.moment)
        return (
            f"Delete {clock(start_s)} to {clock(end_s)} of {_named(session)}?",
            lambda: store.delete_span(session.id, start_s, end_s),
        )
    if args.sound:
        return f"Delete the recording of {_named(session)}?", lambda: _sound(store, session)
    return f"Delete {_named(session)}?", lambda: store.drop(session.id)


def _sound(store: Store, session: Session) -> None:
    if not store.delete_sound(session.id):
        raise StoreError(f"There is no recording of {session.id} that could be deleted now.")


def _person(name: str, store: Store) -> tuple[str, Callable[[], object]]:
    from coach.store.values import of_person

    wanted = name.casefold()
    found = of_person(store.sessions(), name)
    voices = [own for own in store.voices() if own.casefold() == wanted]
    if not found and not voices and wanted not in store.protected():
        raise StoreError(f"Nothing of {one_line(name)[:40]!r} is kept. See the names with: coach review --list")

    def forget() -> None:
        store.forget_person(name)

    who = one_line(name)
    return f"Delete {_count(found)} with {who}, for both who took part, and {who}'s voice and code?", forget


def _between(first: str, last: str, store: Store) -> tuple[str, Callable[[], object]]:
    from coach.store.values import between

    try:
        found = between(store.sessions(), first, last)
    except ValueError as error:
        raise StoreError(f"{error}. Write a day like 2026-05-04.") from error
    if not found:
        raise StoreError(f"There is no session from {first} to {last}. List them with: coach review --list")
    return f"Delete {_count(found)} from {first} to {last}?", lambda: store.drop(*(one.id for one in found))


def _named(session: Session) -> str:
    return f"{session.id} ({' and '.join(one_line(name) for name in session.names)})"


def _count(sessions: Sequence[Session]) -> str:
    return f"{len(sessions)} {'session' if len(sessions) == 1 else 'sessions'}"
