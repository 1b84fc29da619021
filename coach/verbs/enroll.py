"""coach enroll: learn a voice for later talks, with the spoken consent of whose it is; list and forget them."""

from __future__ import annotations

import argparse
import sys
from typing import TYPE_CHECKING

from coach.errors import CoachError
from coach.plain import printable
from coach.verbs import add_verb

if TYPE_CHECKING:
    from coach.store import Store
    from coach.verbs import Verbs

MOST_NAME = 40
WHY_NOT = {
    "refused": "There was no yes, so nothing was kept. Try again when it suits: coach enroll NAME",
    "stopped": "Stopped, and nothing was kept. Try again when it suits: coach enroll NAME",
    "lost": "The voice was not learned, and nothing was kept. Look at the microphone with: coach devices",
}
EXAMPLES = """\
  coach enroll Kim                learn Kim's voice: Kim is asked aloud, and speaks for ten seconds
  coach enroll --list             whose voices are known
  coach enroll --forget Kim       delete it

Only a row of 256 numbers is kept, never sound. A talk with --names of two voices that are
known begins without the hellos: coach talk --names Kim,Sam
"""


def add(verbs: Verbs) -> None:
    parser = add_verb(verbs, "enroll", "learn a voice for later talks, with spoken consent", EXAMPLES)
    parser.add_argument("name", metavar="NAME", nargs="?", help="whose voice it is")
    parser.add_argument("--list", action="store_true", help="whose voices are known")
    parser.add_argument("--forget", metavar="NAME", help="delete a voice")
    parser.set_defaults(run=run, usage=parser.error)


def run(args: argparse.Namespace) -> int:
    if sum((args.name is not None, args.list, args.forget is not None)) != 1:
        args.usage("name one voice to learn, or give --list, or --forget NAME")
    from coach.verbs.stored import opened

    with opened() as store:
        if args.list:
            print("\n".join(store.voices()) or "No voice is known yet. Learn one with: coach enroll NAME")
            return 0
        if args.forget is not None:
            return _forget(store, args.forget)
        return _learn(store, printable(args.name, MOST_NAME))


def _forget(store: Store, name: str) -> int:
    if not store.forget_voice(name):
        raise CoachError(f"No voice is known as {name}. See which are, with: coach enroll --list")
    print(f"The voice of {name} is deleted.")
    return 0


def _learn(store: Store, name: str) -> int:
    from audio.microphone import open_microphone
    from coach import app, chosen, content
    from coach.live.enrolling import Enrolling
    from coach.live.keeping import place_for
    from coach.live.keys import pressed
    from coach.live.learning import words_from
    from coach.live.lock import only_talk
    from coach.live.screen import screen

    words = words_from(content.table("voices.toml"))
    wanted = chosen.wanted(app.config_path().parent)
    print("Opening the microphone ...", file=sys.stderr)
    with (
        only_talk(store.folder),
        place_for(store.folder) as place,
        open_microphone(place, wanted=wanted) as microphone,
        app.talk_kit(app.config()) as kit,
        screen() as show,
    ):
        learner = Enrolling(name, kit, store, microphone, show)
        with pressed(learner.press):
            reason = learner.run(words, content.common_words(), app.rules(app.config().limits))
    if reason != "complete":
        raise CoachError(
            WHY_NOT.get(reason, "The voice was not learned, and nothing was kept. Look with: coach doctor")
        )
    print(f"{name}'s voice is known from now on. Delete it with: coach enroll --forget {name}")
    return 0
