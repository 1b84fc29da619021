"""What two people ask for when they begin a talk, on the command line or on a page."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    session: str = "daily_check_in"  # one of session/content.SESSIONS
    names: tuple[str, str] | None = None  # the first one begins; None: as in the settings
    pace: float = 1.0  # of all times: 0.5 is half as long
    times_s: Mapping[str, float] = field(default_factory=dict)  # by the name of a step
    pause_s: float = 1200.0
    live_cue: bool = False
    keep_days: int = 0  # of the sound
