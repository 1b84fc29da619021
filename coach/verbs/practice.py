"""coach practice: a spoken statement, an answer aloud, spoken feedback, the next one."""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from coach.practice.content import DRILLS
from coach.verbs import add_verb

if TYPE_CHECKING:
    from coach.practice.ears import Ears
    from coach.verbs import Verbs

EXAMPLES = """\
  coach practice                  a few cards, aloud
  coach practice name_feeling     one drill; coach practice --list tells them
  coach practice --type           read and type instead
"""


def add(verbs: Verbs) -> None:
    parser = add_verb(verbs, "practice", "practise saying back what you heard, by voice", EXAMPLES)
    parser.add_argument("drill", metavar="DRILL", nargs="?", choices=DRILLS, help="which drill")
    parser.add_argument("--cards", metavar="N", type=int, default=5, help="how many (default 5)")
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    from audio.loudspeaker import play
    from coach import app, content
    from coach.practice.content import cards, drills, families, paraphrase_content
    from coach.practice.engine import Setup, practice
    from coach.practice.judging import Judge
    from coach.practice.live import Live
    from coach.practice.steps import Done
    from coach.practice.wording import practice_words_from
    from coach.session.understanding import Rules

    config = app.config()
    limits = config.limits
    words = practice_words_from(content.table("practice/wording.toml"), families(), "prompts/practice/wording.toml")
    rules = Rules(grammar=content.commands(), cues=content.cues(), commands=limits.commands, floor=limits.floor)
    drill = next(one for one in drills() if one.id == (args.drill or "say_back"))
    setup = Setup(drill=drill, cards=cards()[: args.cards])
    judge = Judge(content=paraphrase_content(), limits=limits)
    with app.voice() as voice, _ears() as ears:
        ears.await_sound()
        live = Live(ears, voice, play)
        steps = practice(setup, words, judge, rules)
        instruction = next(steps)
        while not isinstance(instruction.step, Done):
            for line in instruction.shown:
                print(line, flush=True)
            instruction = steps.send(live.does(instruction.step))
    return 0


@contextmanager
def _ears() -> Iterator[Ears]:
    from audio.readings import readings
    from audio.transcribe import transcriber
    from audio.types import Clip
    from audio.vad import Silero
    from coach import app, chosen
    from coach.practice.ears import LONGEST_S, MOST_WORDS, Ears
    from coach.practice.echo import EchoLimits
    from coach.practice.endpoint import EndpointLimits

    recogniser = transcriber()

    def read(clip: Clip) -> tuple[str, tuple[str, ...]]:
        found = readings(clip, recogniser)
        text = next(found)
        short = 0 < len(text.split()) <= MOST_WORDS and clip.duration_s <= LONGEST_S
        return text, tuple(found) if short else ()

    wanted = chosen.wanted(app.config_path().parent)
    ears = Ears(wanted, Silero(), read, EndpointLimits(), EchoLimits())
    try:
        yield ears
    finally:
        ears.close()
