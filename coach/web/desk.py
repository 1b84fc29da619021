"""What one run of the browser app holds: the store, its keys, the work that is going on, the halves that are open."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, cast

from coach.web.work import Work

if TYPE_CHECKING:
    from starlette.requests import Request

    from coach.store import Store
    from coach.web.security import Keys


@dataclass(slots=True)
class Desk:
    store: Store
    folder: Path
    keys: Keys
    work: Work = field(default_factory=Work)
    open_halves: set[str] = field(default_factory=set)  # names whose own part was opened by their code

    def close(self) -> None:
        self.open_halves.clear()


def desk(request: Request) -> Desk:
    return cast(Desk, request.app.state.desk)
