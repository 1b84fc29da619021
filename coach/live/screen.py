"""The screen of a talk: large and calm, readable from two metres. Whose floor, time left, the step; no dashboard.

Instruction, clock, level --seen--> ScreenState --render--> rows --> the terminal
                                                `--told--> a line at each change, where there is none to draw on

with screen() as show:
    show(seen(instruction, now_s=now_s, began_s=began_s, level_db=microphone.level_db))   # a few times a second
"""

from __future__ import annotations

import math
import os
import sys
import textwrap
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Literal, TextIO

from coach.live.letters import BLOCK, large
from coach.plain import clock, one_line
from coach.session.steps import Ask, Instruction, Listen, Pause, Rate, Step, Wait
from coach.session.steps import Screen as Shown

Tone = Literal["plain", "strong", "soft", "warning"]
STYLES: dict[Tone, str] = {
    "plain": "", "strong": "bold", "soft": "dim", "warning": "bold yellow"
}  # fmt: skip
METER_CELLS = 24
QUIET_DB, LOUD_DB = -60.0, -15.0
"""The ends of the meter."""
SHORT_S = 10.0
"""A wait this short is counted in single seconds."""
TEXT_CELLS = 64
"""A longer line is hard to find back into."""
LABEL_LINES = 3
RECORDING, NOT_RECORDING = "● recording", "○ not recording"
LOUD, STILL = "▂", "·"
ASCII = str.maketrans({BLOCK: "#", "●": "*", "○": "-", LOUD: "=", STILL: "."})


@dataclass(frozen=True, slots=True, kw_only=True)
class ScreenState:
    """What is to be seen at one moment."""

    shown: Shown  # the session's part: step, floor, text, keys, recording, cue
    wanted: str = ""  # in a word, what the coach waits for, where that is not somebody's floor
    time_left_s: float | None = None  # None: no time is shown, as while the coach speaks or asks
    of_s: float | None = None
    level_db: float | None = None  # None: no microphone, no meter
    notice: str = ""  # the driver's: what people must know now


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    text: str  # never wider than the screen
    tone: Tone = "plain"


def seen(
    instruction: Instruction, *, now_s: float, began_s: float, level_db: float | None = None, notice: str = ""
) -> ScreenState:
    """What an instruction shows at `now_s`, begun at `began_s`. An answer is not counted down: that would hurry."""
    step, until_s = instruction.step, instruction.screen.until_s
    state = ScreenState(shown=instruction.screen, wanted=_wanted(step), level_db=level_db, notice=notice)
    timed = isinstance(step, Wait | Pause) or (isinstance(step, Listen) and step.enrols is None)
    if not timed or until_s is None:
        return state
    return replace(state, time_left_s=max(0.0, until_s - now_s), of_s=max(0.0, until_s - began_s))


def _wanted(step: Step) -> str:
    match step:
        case Ask():
            return "yes or no"
        case Rate():
            return "0 - 10"
        case Pause():
            return "break"
        case Listen(enrols=str()):
            return "hello"
    return ""


def render(state: ScreenState, width: int, height: int) -> tuple[Row, ...]:
    """The whole screen: exactly `height` rows, none wider than `width`."""
    head, foot = _head(state.shown, width), _foot(state, width)
    foot = foot if len(foot) <= height // 3 else foot[:1]  # a small window keeps what is large
    room = max(0, height - len(foot) - 3)
    middle = _middle(state, width, room)[:room]
    blank = Row(text="")
    rows = [head, blank, *[blank] * ((room - len(middle)) // 2), *middle]
    rows += [blank] * (height - len(foot) - len(rows))
    return tuple([*rows, *foot][:height])


def _head(shown: Shown, width: int) -> Row:
    """Where in the session, and whether it is recorded."""
    sign = RECORDING if shown.recording else NOT_RECORDING
    title = _cut(f" {_title(shown)}", max(0, width - len(sign) - 3))
    gap = " " * (width - _cells(title) - len(sign) - 1)
    return Row(text=_cut(f"{title}{gap}{sign}", width))


def _title(shown: Shown) -> str:
    return " - ".join(one_line(part) for part in dict.fromkeys((shown.session, shown.step)) if part)


def _foot(state: ScreenState, width: int) -> list[Row]:
    """How loud the room is, and the keys."""
    meter = [_meter(state.level_db), ""] if state.level_db is not None else []
    keys = _flowing((f"{key} {said}" for key, said in state.shown.keys), width - 2)
    return [Row(text=text, tone="soft") for text in _centred([*meter, *keys], width)]


def _meter(level_db: float) -> str:
    share = (level_db - QUIET_DB) / (LOUD_DB - QUIET_DB)
    loud = round(METER_CELLS * min(1.0, max(0.0, share)))
    return LOUD * loud + STILL * (METER_CELLS - loud)


def _middle(state: ScreenState, width: int, room: int) -> list[Row]:
    """What is large, as large as there is room for; around it, in plain letters, what is said."""
    floor = one_line(state.shown.floor)
    notice, said = _paragraph(state.notice, width), _paragraph(state.shown.cue or state.shown.text, width)
    titles = [title for title in (floor or state.wanted, _time(state)) if title]
    below = [rows for rows in (["has the floor"] if floor else [], said) if rows]
    beside = sum(len(part) + 1 for part in ([notice] if notice else []) + below)
    each = (room - beside - len(titles)) // len(titles) if titles else 0
    parts: list[tuple[list[str], Tone]] = [(notice, "warning")] if notice else []
    parts += [(list(large(title, width - 4, each)), "strong") for title in titles]
    label = one_line(state.shown.step)
    if not titles and (drawn := large(label, width - 4, room - beside - 1, LABEL_LINES)) != (label,):
        parts.append((list(drawn), "plain"))
    if floor:
        parts.insert(1 + bool(notice), (below.pop(0), "plain"))
    parts += [(rows, "plain" if titles else "strong") for rows in below]
    middle: list[Row] = []
    for rows, tone in parts:
        middle += [Row(text=text, tone=tone) for text in ["", *_centred(rows, width)]]
    return middle[1:]


def _time(state: ScreenState) -> str:
    if state.time_left_s is None:
        return ""
    left_s = math.ceil(state.time_left_s)
    return str(left_s) if (state.of_s or 0.0) <= SHORT_S else clock(left_s)


def _paragraph(text: str, width: int) -> list[str]:
    return textwrap.wrap(one_line(text), max(1, min(TEXT_CELLS, width - 4)))


def _flowing(items: Iterable[str], width: int) -> list[str]:
    """The items in rows, none of them parted."""
    rows: list[str] = []
    for item in items:
        if rows and _cells(rows[-1]) + 3 + _cells(item) <= width:
            rows[-1] += f"   {item}"
        else:
            rows.append(item)
    return rows


def _centred(rows: Iterable[str], width: int) -> list[str]:
    return [(" " * ((width - _cells(row)) // 2) + _cut(row, width)).rstrip() for row in rows]


def _cut(text: str, width: int) -> str:
    from rich.cells import set_cell_size

    return text if _cells(text) <= width else set_cell_size(text, width)


def _cells(text: str) -> int:
    """Its width on a terminal: an ideograph takes two cells."""
    from rich.cells import cell_len

    return cell_len(text)


@contextmanager
def screen(stream: TextIO | None = None) -> Iterator[Callable[[ScreenState], None]]:
    """What shows a state: drawn on the whole terminal, which is left as it was; on anything else, told in lines."""
    stream = stream or sys.stdout
    if not stream.isatty() or os.environ.get("TERM", "dumb") in ("dumb", "unknown"):
        yield _Told(stream).show
        return
    from rich.console import Console
    from rich.live import Live
    from rich.text import Text

    console = Console(file=stream, highlight=False, emoji=False, markup=False)
    drawn: tuple[Row, ...] = ()

    with Live(console=console, screen=True, auto_refresh=False) as live:

        def show(state: ScreenState) -> None:
            nonlocal drawn
            rows = render(state, *console.size)
            if rows != drawn:
                drawn = rows
                lines = (Text(_printed(row.text, stream), style=STYLES[row.tone]) for row in rows)
                text = Text("\n").join(lines)
                text.highlight_words([_printed(RECORDING, stream)], "bold red")
                live.update(text, refresh=True)

        yield show


class _Told:
    """For a screen reader, a file or a dumb terminal: what is new, a line each, and no clock."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream
        self._before: ScreenState | None = None
        self._keys: set[str] = set()

    def show(self, state: ScreenState) -> None:
        for line in told(state, self._before, self._keys):
            print(_printed(line, self._stream), file=self._stream, flush=True)
        self._before = state
        self._keys |= {key for key, _ in state.shown.keys}


def told(state: ScreenState, before: ScreenState | None, keys: Iterable[str] = ()) -> tuple[str, ...]:
    """What is new since the state before, in lines; `keys`: those that were told already."""
    new, old = state.shown, before.shown if before else None
    lines = []
    if old is None or new.recording != old.recording:
        lines.append("Recording." if new.recording else "Not recording.")
    if old is None or (new.session, new.step) != (old.session, old.step):
        lines.append(f"[{_title(new)}]")
    if state.notice and (before is None or state.notice != before.notice):
        lines.append(one_line(state.notice))
    if new.text and (old is None or new.text != old.text):
        lines.append(f"Coach: {one_line(new.text)}")
    if new.floor and (old is None or new.floor != old.floor):
        lines.append(f"{one_line(new.floor)} has the floor.")
    if new.cue and (old is None or new.cue != old.cue):
        lines.append(one_line(new.cue))
    fresh = [f"{key} {said}" for key, said in new.keys if key not in keys]
    return (*lines, *([f"Keys: {', '.join(fresh)}"] if fresh else []))


def _printed(text: str, stream: TextIO) -> str:
    """With what the terminal can show; one without these signs gets plainer ones."""
    encoding = stream.encoding or "ascii"
    try:
        text.encode(encoding)
    except UnicodeEncodeError:
        return text.translate(ASCII).encode(encoding, errors="replace").decode(encoding)
    return text
