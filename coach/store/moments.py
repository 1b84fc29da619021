"""A moment deleted for good: from the log, from what was heard, from what was told, and from what was put right."""

from __future__ import annotations

import json
import sqlite3
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from coach.annotation_values import MOST_S
from coach.conversation import Turn
from coach.corrections import Fine, Given, LeftOut, Reworded, Swapped, apply, left_out
from coach.errors import StoreError
from coach.session.log import Accepted, Consented, Deleted, Entry, FloorHeld, Paused, Rated, StepTaken, Waited
from coach.store import facts, sessions
from coach.store.forms import correction_of, dumped, entry_of, loaded, turn_form

if TYPE_CHECKING:
    from coach.conversation import Conversation


def delete(sql: sqlite3.Connection, id_: str, start_s: float, end_s: float) -> None:
    """Raises StoreError."""
    if not 0 <= start_s < min(end_s, MOST_S):
        raise StoreError("A moment begins before it ends: give two times of the recording, the earlier first.")
    end_s = min(end_s, MOST_S)
    _entries(sql, id_, start_s, end_s)
    if sessions.session(sql, id_).state == "open":
        _turns(sql, id_, start_s, end_s)
        return
    as_heard = facts.recorded(sql, id_)
    left = left_out(as_heard, start_s, end_s)
    _corrections(sql, id_, left, start_s, end_s)
    shown = apply(left, facts.corrections(sql, id_)).conversation
    sessions.replace_facts(sql, id_, left, _told(facts.told(sql, id_), shown, start_s, end_s))
    facts.drop_figures(sql, id_)


def _entries(sql: sqlite3.Connection, id_: str, start_s: float, end_s: float) -> None:
    """As the session's own log does: what lies in the stretch goes. The consent itself stays."""
    rows = sql.execute("SELECT number, body FROM entry WHERE session = ?", (id_,)).fetchall()
    gone = [(number,) for number, body in rows if _within(entry_of(loaded(body)), start_s, end_s)]
    sql.executemany("DELETE FROM entry WHERE number = ?", gone)


def _within(entry: Entry, start_s: float, end_s: float) -> bool:
    match entry:
        case FloorHeld(floor=floor):
            return start_s <= floor.start_s and floor.end_s <= end_s
        case Rated(at_s=at_s) | Accepted(at_s=at_s):
            return start_s <= at_s <= end_s
        case Waited(start_s=began_s):
            return start_s <= began_s < end_s
        case Consented() | StepTaken() | Paused() | Deleted():
            return False


def _turns(sql: sqlite3.Connection, id_: str, start_s: float, end_s: float) -> None:
    for turn in sessions.heard(sql, id_):
        if turn.end_s > start_s and turn.start_s < end_s:
            left = _cut(turn, start_s, end_s)
            sql.execute("DELETE FROM turn WHERE session = ? AND at = ?", (id_, turn.index))
            if left:
                row = (id_, turn.index, dumped(turn_form(left)))
                sql.execute("INSERT INTO turn (session, at, body) VALUES (?, ?, ?)", row)


def _cut(turn: Turn, start_s: float, end_s: float) -> Turn | None:
    """The turn with whatever touches the stretch taken out."""
    spans = tuple(span for span in turn.spans if span.end_s <= start_s or span.start_s >= end_s)
    words = tuple(word for word in turn.words if word.end_s <= start_s or word.start_s >= end_s)
    if not spans:
        return None
    return replace(turn, start_s=spans[0].start_s, end_s=spans[-1].end_s, spans=spans, words=words)


def _corrections(sql: sqlite3.Connection, id_: str, left: Conversation, start_s: float, end_s: float) -> None:
    """Those that are about the moment go with it: they may hold its words."""
    starts_s = {word.start_s for word in left.words}
    rows = sql.execute("SELECT number, body FROM correction WHERE session = ?", (id_,)).fetchall()
    for number, body in rows:
        match correction_of(loaded(body)):
            case Reworded(start_s=word_s):
                gone = word_s not in starts_s
            case Given(start_s=a_s, end_s=b_s) | LeftOut(start_s=a_s, end_s=b_s):
                gone = start_s <= a_s and b_s <= end_s
            case Fine(start_s=at_s):
                gone = start_s <= at_s < end_s
            case Swapped():
                gone = False
        if gone:
            sql.execute("DELETE FROM correction WHERE number = ?", (number,))


def _told(told: str, left: Conversation, start_s: float, end_s: float) -> str:
    """What was told without all that speaks of the moment: events, remarks, and feedback that stands on them."""
    try:
        table = json.loads(told)
    except ValueError:
        return dumped({})  # not ours, so nothing of it can be told apart
    if not isinstance(table, dict):
        return dumped({})
    turns = [_turn(turn, left) if _touches(turn, start_s, end_s) else turn for turn in table.get("turns", [])]
    rest = {key: _without(value, start_s, end_s) for key, value in table.items() if key != "turns"}
    rest["turns"] = turns
    rest["remarks"] = [r for r in rest.get("remarks", []) if not _of_turn(r, table, start_s, end_s)]
    rest["feedback"] = [
        item
        for item in table.get("feedback", [])
        if not any(_of_turn(m, table, start_s, end_s) or _touches(m, start_s, end_s) for m in _moments(item))
    ]
    return dumped(rest)


def _turn(turn: dict[str, Any], left: Conversation) -> dict[str, Any]:
    said = (
        word.text
        for word in left.words
        if word.speaker == turn.get("speaker")
        and turn.get("start_s", 0) <= (word.start_s + word.end_s) / 2 <= turn.get("end_s", 0)
    )
    return turn | {"text": " ".join(said)}


def _moments(item: object) -> list[dict[str, Any]]:
    grounds = item.get("evidence", []) if isinstance(item, dict) else []
    return [m for one in grounds if isinstance(one, dict) for m in one.get("moments", []) if isinstance(m, dict)]


def _of_turn(item: object, table: dict[str, Any], start_s: float, end_s: float) -> bool:
    """Whether something is said of a turn that the moment touches: its words may be quoted."""
    at = item.get("turn") if isinstance(item, dict) else None
    turns = table.get("turns", [])
    return isinstance(at, int) and 0 <= at < len(turns) and _touches(turns[at], start_s, end_s)


def _without(value: Any, start_s: float, end_s: float) -> Any:
    if isinstance(value, list):
        return [_without(item, start_s, end_s) for item in value if not _touches(item, start_s, end_s)]
    if isinstance(value, dict):
        return {key: _without(item, start_s, end_s) for key, item in value.items()}
    return value


def _touches(item: object, start_s: float, end_s: float) -> bool:
    if not isinstance(item, dict) or not isinstance(item.get("start_s"), int | float):
        return False
    ends_s = item.get("end_s", item["start_s"])
    return bool(item["start_s"] < end_s and max(ends_s, item["start_s"] + 1e-3) > start_s)
