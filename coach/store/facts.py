"""What was heard in a session that has ended, what was told of it, and what people put right since."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable
from typing import TYPE_CHECKING

from coach.corrections import Correction, apply
from coach.errors import StoreError
from coach.store.forms import conversation_of, correction_form, correction_of, dumped, loaded, unpacked
from coach.store.sessions import session

if TYPE_CHECKING:
    from coach.conversation import Conversation


def recorded(sql: sqlite3.Connection, id_: str) -> Conversation:
    """As the machine heard it, before anybody put anything right."""
    row = sql.execute("SELECT body FROM facts WHERE session = ?", (id_,)).fetchone()
    if row is None:
        raise _no_facts(sql, id_)
    return conversation_of(loaded(unpacked(row[0])))


def facts(sql: sqlite3.Connection, id_: str) -> Conversation:
    return apply(recorded(sql, id_), corrections(sql, id_)).conversation


def told(sql: sqlite3.Connection, id_: str) -> str:
    row = sql.execute("SELECT body FROM told WHERE session = ?", (id_,)).fetchone()
    if row is None:
        raise _no_facts(sql, id_)
    return unpacked(row[0])


def corrections(sql: sqlite3.Connection, id_: str) -> tuple[Correction, ...]:
    """In the order in which they were made."""
    rows = sql.execute("SELECT body FROM correction WHERE session = ? ORDER BY number", (id_,))
    return tuple(correction_of(loaded(body)) for (body,) in rows)


def correct(sql: sqlite3.Connection, id_: str, correction: Correction) -> None:
    if session(sql, id_).state != "ended":
        raise _no_facts(sql, id_)
    body = dumped(correction_form(correction))
    sql.execute("INSERT INTO correction (session, body) VALUES (?, ?)", (id_, body))
    drop_figures(sql, id_)


def undo(sql: sqlite3.Connection, id_: str) -> Correction | None:
    """Take the last correction back. None: there is none."""
    session(sql, id_)
    row = sql.execute(
        "SELECT number, body FROM correction WHERE session = ? ORDER BY number DESC LIMIT 1", (id_,)
    ).fetchone()
    if row is None:
        return None
    sql.execute("DELETE FROM correction WHERE number = ?", (row[0],))
    drop_figures(sql, id_)
    return correction_of(loaded(row[1]))


def keep_figures(sql: sqlite3.Connection, id_: str, made_with: str, form: object) -> None:
    sql.execute(
        "INSERT OR REPLACE INTO figures (session, made_with, body) SELECT id, ?, ? FROM session WHERE id = ?",
        (made_with, dumped(form), id_),
    )


def figures(sql: sqlite3.Connection, made_with: str, ids: Iterable[str]) -> dict[str, object]:
    """By session, those that still hold."""
    ask = "SELECT body FROM figures WHERE session = ? AND made_with = ?"
    found = ((id_, sql.execute(ask, (id_, made_with)).fetchone()) for id_ in ids)
    return {id_: loaded(row[0]) for id_, row in found if row is not None}


def drop_figures(sql: sqlite3.Connection, id_: str) -> None:
    """The facts have changed."""
    sql.execute("DELETE FROM figures WHERE session = ?", (id_,))


def _no_facts(sql: sqlite3.Connection, id_: str) -> StoreError:
    session(sql, id_)
    return StoreError(
        f"The session {id_} was not ended properly. Finish it first: coach talk offers that when it starts."
    )
