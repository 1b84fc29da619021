"""Something long that is done while the page shows how far it is: one at a time, in a thread of its own."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from dataclasses import dataclass, replace

from audio.errors import AudioError
from coach.analysis import Progress
from coach.errors import CoachError
from coach.plain import sentence

FAILED = "Something went wrong that the coach does not know. What it is stands where you started “coach web”."


@dataclass(frozen=True, slots=True, kw_only=True)
class State:
    stage: str = ""
    share: float = 0.0
    to: str = ""  # where the result is to be seen, once it is there
    error: str = ""

    @property
    def over(self) -> bool:
        return bool(self.to or self.error)


class Work:
    def __init__(self) -> None:
        self.state = State()  # replaced whole: a reader sees one state or the next
        self._lock = threading.Lock()
        self._thread: threading.Thread | None = None

    @property
    def busy(self) -> bool:
        return self._thread is not None and self._thread.is_alive()

    def start(self, do: Callable[[Progress], str]) -> bool:
        """`do` gives the address of its result. False where something is being done already."""
        with self._lock:
            if self.busy:
                return False
            self.state = State(stage="Beginning")
            self._thread = threading.Thread(target=self._run, args=(do,), daemon=True)
            self._thread.start()
            return True

    def _run(self, do: Callable[[Progress], str]) -> None:
        try:
            to = do(lambda stage, share: setattr(self, "state", State(stage=stage, share=share)))
            self.state = replace(self.state, share=1.0, to=to)
        except (AudioError, CoachError) as error:
            self.state = State(error=sentence(error))
        except Exception:
            logging.getLogger(__name__).exception("work in the background failed")
            self.state = State(error=FAILED)
