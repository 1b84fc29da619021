"""What one run of the browser app holds: the store, its keys, the work that is going on, the halves that are open."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING, cast

from coach import app
from coach.store.summaries import summary_of
from coach.web.live import Live
from coach.web.open_halves import Halves
from coach.web.work import Work

if TYPE_CHECKING:
    from starlette.requests import Request

    from coach.store import Store
    from coach.summary import Summary
    from coach.web.practising import Aloud, Typed
    from coach.web.security import Keys

REMEMBERED = 4


@dataclass(slots=True)
class Desk:
    store: Store
    folder: Path
    keys: Keys
    work: Work = field(default_factory=Work)
    practising: Typed | Aloud | None = None
    one_at_a_time: Lock = field(default_factory=Lock)
    live: Live = field(default_factory=Live)
    halves: Halves = field(default_factory=Halves)
    _summaries: dict[object, Summary] = field(default_factory=dict)

    def summary(self, id_: str) -> Summary:
        """A talk as it is known now. Measuring takes a second, so the last few are remembered while nothing changes."""
        limits, told = app.config().limits, self.store.told(id_)
        key = (id_, told, self.store.corrections(id_), self.store.session(id_).keeps_audio, repr(limits))
        found = self._summaries.get(key)
        if found is None:
            found = self._summaries[key] = summary_of(self.store, id_, limits)
            for old in list(self._summaries)[:-REMEMBERED]:
                self._summaries.pop(old, None)
        return found

    def forget(self) -> None:
        """What is remembered of talks."""
        self._summaries.clear()

    def close(self) -> None:
        """End what uses the microphone; what was said until then is safe."""
        self.live.close()
        if self.practising is not None and self.practising.aloud:
            self.practising.press("stop_now")


def desk(request: Request) -> Desk:
    return cast(Desk, request.app.state.desk)
