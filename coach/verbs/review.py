"""coach review: a session again, with what was put right since; the list of sessions; how they change."""

from __future__ import annotations

import argparse
import sys
from typing import TYPE_CHECKING

from coach.errors import StoreError
from coach.plain import one_line
from coach.verbs import add_verb, codes
from coach.verbs.results import progress_bar, put, show, width
from coach.verbs.stored import LAST, NOTHING, ended, find, opened

if TYPE_CHECKING:
    from coach.store import Session, Store
    from coach.summary import Summary
    from coach.thresholds import Limits
    from coach.verbs import Verbs

EXAMPLES = """\
  coach review                    the last session again
  coach review --list             what there is
  coach review 2026-05-04 --html talk.html --audio
  coach review --trends           against your own usual, from three talks on
  coach review --lines            lines and moments with their numbers, then:
  coach review --give 12 Sam      line 12 was Sam's
  coach review --fine 3           moment 3 was fine, says the one it was done to
  coach review --undo

SESSION is its id, the four letters at its end, its date, or "last". What is
put right stays, and everything is measured again with it at once.

A person with a code of their own (--set-code NAME) sees their own half with
--code; the joint part is open to both. The code keeps a partner from looking
over a shoulder, not somebody who searches this computer's files.
"""


def add(verbs: Verbs) -> None:
    parser = add_verb(verbs, "review", "look back: a session again, corrections, how talks change", EXAMPLES)
    parser.add_argument("session", metavar="SESSION", nargs="?", default=LAST, help="which (default: the last)")
    parser.add_argument("--list", action="store_true", help="the sessions that are kept")
    parser.add_argument("--trends", action="store_true", help="this session against your own usual")
    parser.add_argument("--lines", action="store_true", help="what was said and what counts, with numbers")
    parser.add_argument("--transcript", action="store_true", help="show what was said, too")
    parser.add_argument("--told", action="store_true", help="the summary of that day, as JSON, as it was told")
    parser.add_argument("--speak", action="store_true", help="say the feedback aloud")
    parser.add_argument("--html", metavar="FILE", help="write the page; - is standard output")
    parser.add_argument("--audio", action="store_true", help="put the sound into the page, where it is kept")
    parser.add_argument("--json", metavar="FILE", help="write everything, as JSON (format 1); - is standard output")
    parser.add_argument("--code", metavar="CODE", help="open the half of the person whose code this is; - asks for it")
    parser.add_argument("--set-code", metavar="NAME", help="put a code before this person's own half; asks for it")
    parser.add_argument("--clear-code", metavar="NAME", help="take it away; asks for it")
    _add_corrections(parser)
    parser.set_defaults(run=run, parser=parser)


def _add_corrections(parser: argparse.ArgumentParser) -> None:
    group = parser.add_argument_group("to put something right (one at a time; LINE and MOMENT as --lines shows them)")
    one = group.add_mutually_exclusive_group()
    one.add_argument("--give", nargs=2, metavar=("LINE", "NAME"), help="this line was said by the other")
    one.add_argument("--swap", action="store_true", help="the two voices were taken for each other, all through")
    one.add_argument("--word", nargs=3, metavar=("LINE", "OLD", "NEW"), help="a word was heard wrong")
    one.add_argument("--fine", metavar="MOMENT", help="that was fine: counts no more")
    one.add_argument("--leave-out", nargs=2, metavar=("FROM", "TO"), help="this stretch counts for nothing, like 1:05")
    one.add_argument("--undo", action="store_true", help="take the last of these back")


def run(args: argparse.Namespace) -> int:
    from coach import app, output

    if args.audio and args.html is None:
        args.parser.error("--audio goes into the page: add --html FILE")
    output.check(target for target in (args.html, args.json) if target)
    limits = app.config().limits
    with opened() as store:
        if args.set_code:
            codes.set_code(args.set_code, store)
            return 0
        if args.clear_code:
            codes.clear_code(args.clear_code, store)
            return 0
        if args.list:
            return _list(store)
        done = ended(store.sessions())
        if args.trends:
            return _trends(args, store, done, limits)
        if args.session == LAST and not done and store.sessions():
            raise StoreError("No session was ended properly yet. Type coach talk: it offers to finish the last one.")
        return _one(args, store, find(done if args.session == LAST else store.sessions(), args.session), limits)


def _one(args: argparse.Namespace, store: Store, session: Session, limits: Limits) -> int:
    from coach.halves import closed_to, open_part
    from coach.render import kept
    from coach.store.summaries import summary_of

    if args.told:
        return _told(args, store, session)
    summary = summary_of(store, session.id, limits)
    closed = closed_to(summary, store.protected() - codes.opened_by(args.code, store))
    if _put_right(args, store, session, summary, closed):
        summary = summary_of(store, session.id, limits)
    shown = open_part(summary, closed)
    if args.lines:
        put(kept.lines(shown, width=width()))
        return 0
    if not _written(args, shown):
        started = session.started_at[:16].replace("T", " ")
        print(f"{session.id}, {started}, {' and '.join(one_line(name) for name in session.names)}")
        show(shown, transcript=args.transcript)
    if args.speak:
        sys.stdout.flush()
        _say(shown)
    return 0


def _put_right(
    args: argparse.Namespace, store: Store, session: Session, summary: Summary, closed: tuple[str, ...]
) -> bool:
    from coach.verbs.correcting import correction

    if args.undo:
        if store.undo(session.id) is None:
            raise StoreError("Nothing was put right in this session, so there is nothing to take back.")
        print("Taken back.", file=sys.stderr)
        return True
    wanted = correction(args, summary, closed)
    if wanted is None:
        return False
    store.correct(session.id, wanted[0])
    print(f"{wanted[1]} Take it back with: coach review {session.id} --undo", file=sys.stderr)
    return True


def _written(args: argparse.Namespace, summary: Summary) -> bool:
    """Whether standard output carries one of the files that were asked for."""
    from coach import app, output

    taken = False
    for name in ("html", "json"):
        target = getattr(args, name)
        if target:
            output.write(target, app.rendered(summary, name, audio=args.audio))
            taken = taken or target == output.STDOUT
            if target != output.STDOUT:
                print(f"Written: {target}", file=sys.stderr)
    return taken


def _told(args: argparse.Namespace, store: Store, session: Session) -> int:
    """As it was: it holds both halves, so both have to agree where there are codes."""
    names = {name.casefold() for name in session.names}
    if (store.protected() & names) - codes.opened_by(args.code, store):
        raise StoreError("What was told that day holds the half of somebody who has a code. Leave out --told.")
    put(store.told(session.id))
    return 0


def _say(summary: Summary) -> None:
    """Aloud where there is a voice and a loudspeaker; what would be said is on the screen either way."""
    from audio.errors import AudioError
    from audio.loudspeaker import play
    from coach import app
    from coach.render import speech

    try:
        with app.voice() as voice:
            play(voice.render(speech.render(summary)))
    except AudioError as error:
        print(f"Not spoken: {error}")


def _list(store: Store) -> int:
    from coach.render import kept

    found = store.sessions()
    if not found:
        raise StoreError(NOTHING)
    put(kept.sessions(found, width=width()))
    return 0


def _trends(args: argparse.Namespace, store: Store, done: tuple[Session, ...], limits: Limits) -> int:
    """Up to the session that is asked for; the last talk of whoever it was."""
    from coach.render import kept
    from coach.store.summaries import comparable_figures
    from coach.trends import trends

    own = tuple(one for one in done if one.kind != "demo")
    session = find(own, args.session)
    with progress_bar() as progress:
        figures = comparable_figures(
            store, limits, lambda at, of: progress("Measuring talks", at / of), upto=session.id
        )
    put(kept.trends(trends(figures, limits.trends), width=width()))
    return 0
