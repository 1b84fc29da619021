"""A talk like any other, with few words and a quick voice, so that tests need not wait: `python -m tests.short_talk`.

Engines, microphone, loudspeaker, store and driver are those of `coach talk`; prints how it ended as JSON.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from copy import deepcopy
from dataclasses import replace
from pathlib import Path
from typing import Any

from audio.errors import AudioError
from audio.microphone import open_microphone
from coach import app, chosen, content
from coach.config import Config
from coach.errors import CoachError
from coach.live.keeping import place_for
from coach.live.lock import only_talk
from coach.live.talk import Talk, Wish
from coach.session.content import CommonWords, SessionPlan, common_from, plan_from
from coach.session.exchange import Setup
from coach.session.understanding import Rules
from coach.store import Store, open_store
from coach.store.place import data_folder

WORDS_PER_MINUTE = 250
NAMES = ("Anna", "Ben")
FEW_WORDS = {
    "recording": "May I record this?",
    "keep_sound": "And keep it {days}?",
    "consent_first": "Is that all right with you?",
    "consent_second": "And the other of you, all right?",
    "answer_nudge": "Yes please, or no thanks?",
    "thanks_for_consent": "Thank you.",
    "hello_first": "{first}, what did you do this morning?",
    "hello_second": "{second}, what did you do this morning?",
}
PLAN = {
    "id": "daily_check_in",
    "name": "Short talk",
    "about": "A challenge, heard and said back.",
    "minutes": 1,
    "part": [{"steps": ["share", "say_back", "understood"]}],
    "step": {
        "share": {
            "do": "speak", "who": "speaker", "label": "A challenge", "time_s": 40, "quiet_s": 10,
            "say": "{speaker}, the floor is yours.",
        },
        "say_back": {
            "do": "say_back", "who": "listener", "label": "Say it back", "wait_s": 3, "time_s": 30, "quiet_s": 10,
            "say": "{listener}, take a breath. Then say it in your own words.",
        },
        "understood": {
            "do": "rate", "who": "speaker", "label": "How well understood?", "correction": ["missed"], "more": ["add"],
            "say": "{speaker}, how well understood do you feel?",
        },
        "missed": {
            "do": "speak", "who": "speaker", "label": "What was missing", "time_s": 20, "quiet_s": 10,
            "say": "{speaker}, what was missing?",
        },
        "add": {
            "do": "speak", "who": "speaker", "label": "There is more", "time_s": 20, "quiet_s": 10,
            "say": "Go on, {speaker}.",
        },
    },
}  # fmt: skip
"""As prompts/sessions has them."""


def plan() -> SessionPlan:
    return plan_from(PLAN, "tests/short_talk.py")


def words() -> CommonWords:
    table: dict[str, Any] = deepcopy(content.table("sessions/common.toml"))
    table["say"] |= FEW_WORDS
    return common_from(table)


def wish(*, keep_days: int = 30, pause_s: float = 60.0) -> Wish:
    limits = Config().limits
    break_plan = content.session_plan("pause_and_reflect")
    times_s = {"break": pause_s, "felt": 1.0, "need": 1.0, "my_part": 1.0}
    return Wish(
        plan=plan(), break_plan=break_plan, common=words(),
        setup=Setup(names=NAMES, times_s=times_s, keep_days=keep_days),
        rules=Rules(grammar=content.commands(), cues=content.cues(), commands=limits.commands, floor=limits.floor),
    )  # fmt: skip


@contextmanager
def talk(store: Store) -> Iterator[Talk]:
    from audio.speak import SpokenVoice

    with only_talk(store.folder), place_for(store.folder) as place:
        wanted = chosen.wanted_for_talk(app.config_path().parent)
        with open_microphone(place, wanted=wanted) as microphone, app.talk_kit(Config()) as kit:
            voice = SpokenVoice(words_per_minute=WORDS_PER_MINUTE)
            try:
                yield Talk(wish(), replace(kit, voice=voice), store, microphone)
            finally:
                voice.close()


def begun(folder: Path, home: dict[str, str]) -> subprocess.Popen[str]:
    """As a child process, which may be killed; `folder` takes its lines."""
    return subprocess.Popen(
        [sys.executable, "-m", "tests.short_talk"],
        env={**os.environ, **home}, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
        stderr=(folder / "stderr.txt").open("w"), text=True,
    )  # fmt: skip


def tell(result: dict[str, object]) -> None:
    sys.stdout.write(json.dumps(result) + "\n")


def main() -> int:
    try:
        with open_store(data_folder()) as store, talk(store) as one:
            outcome = one.run()
            ended = {"reason": outcome.reason, "id": outcome.id, "unfinished": outcome.unfinished}
            tell(ended | {"stages_s": one.stages_s, "page": str(outcome.page or "")})
    except (AudioError, CoachError) as error:
        tell({"error": str(error)})
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
