"""coach practice: a spoken statement, an answer aloud, spoken feedback within a second, the next one."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from coach.plain import plain
from coach.verbs import add_verb

if TYPE_CHECKING:
    from coach.practice.content import Card, Drill
    from coach.practice.engine import Setup
    from coach.practice.kit import Keeper
    from coach.practice.steps import Instruction
    from coach.store import Store
    from coach.thresholds import Limits
    from coach.verbs import Verbs

EXAMPLES = """\
  coach practice                  a few cards, aloud: two minutes
  coach practice name_feeling     one drill; coach practice --list names them all
  coach practice --pair           the two of you: one tells something, the other says it back
  coach practice --type           read and type instead
  coach practice --progress       what is strong, and what to practise
  coach practice --deck my.toml   your own cards

By voice: "say again", "pass on", "stop now"; or the keys A, P, S. Enter: I have finished.
Results are kept; what you say is not, unless you ask for it with --keep-audio.
"""
CARDS = 5
MOST_CARDS = 200
ROUNDS = 2


def add(verbs: Verbs) -> None:
    parser = add_verb(verbs, "practice", "practise saying back what you heard: by voice, alone or together", EXAMPLES)
    parser.add_argument("drill", metavar="DRILL", nargs="?", help="which drill (today's, where none is named)")
    parser.add_argument("--cards", metavar="N", type=int, default=CARDS, help=f"how many (default {CARDS})")
    parser.add_argument("--deck", metavar="FILE", type=Path, help="cards of your own, as TOML")
    parser.add_argument("--keep-audio", action="store_true", help="keep the sound of your answers")
    way = parser.add_mutually_exclusive_group()
    way.add_argument("--type", action="store_true", help="read and type, without microphone and voice")
    way.add_argument("--pair", action="store_true", help="with your partner: own words, said back and rated")
    way.add_argument("--list", action="store_true", help="the drills there are")
    way.add_argument("--progress", action="store_true", help="what is strong and what to practise")
    parser.set_defaults(run=run, parser=parser)


def run(args: argparse.Namespace) -> int:
    if not 1 <= args.cards <= MOST_CARDS:
        args.parser.error(f"--cards is a number from 1 to {MOST_CARDS}")
    if args.list:
        return _list()
    from coach import app
    from coach.store.place import data_folder
    from coach.verbs.stored import opened

    folder = data_folder()
    with opened() as store:
        if args.progress:
            return _progress(store)
        limits = app.config().limits
        return _typed(args, store, limits) if args.type else _spoken(args, store, limits, folder)


def _list() -> int:
    from coach.practice.content import cards, drills

    for drill in drills():
        count = sum(drill.id in card.drills for card in cards())
        print(f"{drill.id:14} {drill.name} ({count} cards)\n{'':14} {drill.intro}")
    return 0


def _progress(store: Store) -> int:
    from coach.practice.content import drills
    from coach.practice.progress import progress

    print(progress(store.practice_results(), store.schedules(), drills()))
    return 0


def _typed(args: argparse.Namespace, store: Store, limits: Limits) -> int:
    from coach import app
    from coach.practice import kit
    from coach.practice.engine import practice
    from coach.practice.typed import Typed
    from coach.practice.wording import practice_words

    setup = _setup(args, store, typed=True)
    keeper = kit.Keeper(store=store, drill=setup.drill)
    steps = practice(setup, practice_words(), kit.judge(limits), app.rules(limits))
    return _end(kit.run(steps, partial(_take, keeper), Typed(_line).does), keeper.kept)


def _line() -> str | None:
    try:
        return input("> " if sys.stdin.isatty() else "")
    except EOFError:
        return None


def _spoken(args: argparse.Namespace, store: Store, limits: Limits, folder: Path) -> int:
    from audio.loudspeaker import play
    from coach import app
    from coach.live.lock import only_talk
    from coach.practice import kit
    from coach.practice.engine import practice
    from coach.practice.live import Live
    from coach.practice.pair import pair
    from coach.practice.wording import practice_words

    with only_talk(folder), kit.warming() as later, kit.ears(later, limits) as ears:
        judge = later.made(lambda: kit.judge(limits))
        with kit.voices(print) as voice:
            keep = kit.recorder(folder / "practice") if args.keep_audio else None
            live = Live(ears, voice, play, show=print, heard=keep)
            rules = app.rules(limits)
            if args.pair:
                keeper = kit.Keeper(store=store, drill=None)
                steps = pair(ROUNDS, practice_words(), kit.compared_by(judge), rules)
            else:
                setup = _setup(args, store, typed=False)
                keeper = kit.Keeper(store=store, drill=setup.drill)
                steps = practice(setup, practice_words(), kit.judged_by(judge), rules)
            return _end(kit.run(steps, partial(_take, keeper), live.does), keeper.kept)


def _setup(args: argparse.Namespace, store: Store, *, typed: bool) -> Setup:
    from coach.clock import now
    from coach.practice import schedule
    from coach.practice.content import cards
    from coach.practice.engine import Setup
    from coach.practice.kit import deck

    own = deck(args.deck) if args.deck is not None else None
    drill = _drill(args, store, own)
    picked = schedule.chosen(own or cards(), drill, store.schedules(), now(), args.cards)
    return Setup(drill=drill, cards=picked, typed=typed)


def _drill(args: argparse.Namespace, store: Store, own: Sequence[Card] | None) -> Drill:
    """The one that was named; else the one that was practised on the fewest days and that the cards are for."""
    from coach.practice.content import drills
    from coach.practice.schedule import drill_of_today

    named = next((drill for drill in drills() if drill.id == args.drill), None)
    if args.drill is not None and named is None:
        args.parser.error(f"there is no drill '{args.drill}'; choose from {', '.join(one.id for one in drills())}")
    suited = [drill for drill in drills() if own is None or any(drill.id in card.drills for card in own)]
    if named is not None and named not in suited:
        args.parser.error(f"the deck has no card for '{named.id}'; choose from {', '.join(one.id for one in suited)}")
    return named or drill_of_today(suited, store.practice_results())


def _end(reason: str, kept: int) -> int:
    if kept:
        print(f"{kept} result{'s' * (kept != 1)} kept. See how it goes: coach practice --progress")
    if reason == "lost":
        print("The microphone did not come back. Look with: coach devices. Or type: coach practice --type")
        return 1
    return 0


def _take(keeper: Keeper, instruction: Instruction) -> None:
    for line in instruction.shown:
        print(plain(line), flush=True)
    keeper.keep(instruction)
