"""One guided talk that runs while pages watch: its latest state, its keys, its end."""

from __future__ import annotations

import logging
import threading
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from audio.errors import AudioError
from coach.errors import CoachError
from coach.plain import clock, sentence
from coach.web.work import FAILED

if TYPE_CHECKING:
    from coach.live.ending import Outcome
    from coach.live.request import Request
    from coach.live.screen import ScreenState
    from coach.live.talk import Talk
    from coach.store import Store

STOP = "stop_now"
NUMBER = "0 - 10"
"""What the screen of a talk wants where somebody is asked how well understood they feel."""
LEAVE_S = 60.0
"""So long an app that is being closed waits for its talk to be kept and summed up."""
QUIET_DB, LOUD_DB = -60.0, -15.0
"""The ends of the meter."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """What a page shows of a talk at one moment."""

    step: str = ""
    floor: str = ""
    wanted: str = ""
    time: str = ""  # left, as 1:05
    share: float = 0.0  # of the time that is left
    text: str = "Opening the microphone. The coach begins to speak in a moment."
    cue: str = ""
    notice: str = ""
    keys: tuple[tuple[str, str], ...] = ()
    recording: bool = False
    level: float = 0.0  # 0-1
    to: str = ""  # where the finished talk is to be seen
    ended: str = ""  # why there is none

    @property
    def over(self) -> bool:
        return bool(self.to or self.ended)


class Live:
    """None, or one talk at a time, in a thread of its own."""

    def __init__(self) -> None:
        self.seen = Seen()  # replaced whole: a reader sees one state or the next
        self._talk: Talk | None = None
        self._thread: threading.Thread | None = None
        self._lock = threading.Lock()

    @property
    def running(self) -> bool:
        return self._thread is not None and self._thread.is_alive()

    def start(self, request: Request, store: Store) -> bool:
        """False where a talk is running already."""
        with self._lock:
            if self.running:
                return False
            self.seen, self._talk = Seen(), None
            self._thread = threading.Thread(target=self._run, args=(request, store), daemon=True, name="talk")
            self._thread.start()
            return True

    def press(self, key: str) -> None:
        """Only what the screen offers now; nothing where no talk is running."""
        talk = self._talk
        if talk is not None and any(key == offered for offered, _ in self.seen.keys):
            talk.press(key)

    def close(self) -> None:
        """Stop, and wait until what was said is safe."""
        if self.running:
            if self._talk is not None:
                self._talk.press(stop_key())
            assert self._thread is not None
            self._thread.join(timeout=LEAVE_S)

    def _run(self, request: Request, store: Store) -> None:
        from coach import app

        try:
            outcome = app.talk(request, store, config=app.config(), listeners=[self._show], started=self._started)
            self.seen = ended(outcome)
        except (AudioError, CoachError) as error:
            self.seen = Seen(ended=sentence(error))
        except Exception:  # the outermost edge of this thread: it is told, not lost
            logging.getLogger(__name__).exception("a talk failed")
            self.seen = Seen(ended=FAILED)
        finally:
            self._talk = None

    def _started(self, talk: Talk) -> None:
        self._talk = talk

    def _show(self, state: ScreenState) -> None:
        self.seen = seen(state, number_keys())


def seen(state: ScreenState, numbers: Mapping[str, int]) -> Seen:
    """As a page shows it: a step, a name, a time. `numbers`: the keys of the numbers from 0 to 10. Pure."""
    shown, left_s = state.shown, state.time_left_s
    share = left_s / state.of_s if left_s and state.of_s else 0.0
    level = 0.0 if state.level_db is None else (state.level_db - QUIET_DB) / (LOUD_DB - QUIET_DB)
    return Seen(
        step=shown.step, floor=shown.floor, wanted=state.wanted, text=shown.text, cue=shown.cue, notice=state.notice,
        time="" if left_s is None else clock(left_s + 0.999), share=round(share, 3),
        keys=(*((key, str(number)) for key, number in numbers.items() if state.wanted == NUMBER), *shown.keys),
        recording=shown.recording, level=round(min(1.0, max(0.0, level)), 2),
    )  # fmt: skip


def number_keys() -> Mapping[str, int]:
    from coach import content

    return content.commands().number_keys


def ended(outcome: Outcome) -> Seen:
    if outcome.unfinished:
        return Seen(ended=f"{outcome.unfinished} What was heard is safe: finish it from the first page.")
    if outcome.id is None:
        return Seen(ended="The talk has ended, and nothing of it was kept.")
    return Seen(to=f"/talks/{outcome.id}")


def stop_key() -> str:
    from coach import content

    return content.commands().commands[STOP].key
