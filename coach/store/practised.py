"""What was practised, and when a card comes again."""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping

from coach.store.forms import dumped, loaded
from coach.store.sessions import moment
from coach.store.values import Practised


def practised(sql: sqlite3.Connection, one: Practised) -> None:
    moment(one.at)
    row = (one.card, one.drill, one.at, one.score, dumped(dict(one.result)))
    sql.execute("INSERT INTO practised (card, drill, at, score, result) VALUES (?, ?, ?, ?, ?)", row)


def results(sql: sqlite3.Connection) -> tuple[Practised, ...]:
    """In the order in which they were kept."""
    rows = sql.execute("SELECT card, drill, at, score, result FROM practised ORDER BY number")
    return tuple(
        Practised(card=card, drill=drill, at=at, score=score, result=loaded(result))
        for card, drill, at, score, result in rows
    )


def schedules(sql: sqlite3.Connection) -> Mapping[str, str]:
    return dict(sql.execute("SELECT card, body FROM schedule ORDER BY card"))


def schedule(sql: sqlite3.Connection, card: str, body: str) -> None:
    sql.execute("INSERT OR REPLACE INTO schedule (card, body) VALUES (?, ?)", (card, body))


def forget(sql: sqlite3.Connection) -> None:
    sql.execute("DELETE FROM practised")
    sql.execute("DELETE FROM schedule")
