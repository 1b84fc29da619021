"""Sessions as they happen: begun, kept entry by entry and turn by turn, ended or dropped."""

from __future__ import annotations

import secrets
import sqlite3
import string
from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any, get_args

from coach.annotation_values import MOST_LABEL
from coach.errors import StoreError
from coach.store.forms import (
    NEXT_STEP,
    conversation_form,
    dumped,
    entry_form,
    entry_of,
    loaded,
    mapping,
    packed,
    rows,
    text,
    time,
    turn_form,
    turn_of,
)
from coach.store.values import Kind, Session, State

if TYPE_CHECKING:
    from coach.conversation import Conversation, Turn
    from coach.session.log import Entry

COLUMNS = "id, kind, plan, names, started_at, ended_at, state, duration_s, keeps_audio, keep_days"
MOST_KEEP_DAYS = 36_500
MOST_NAMES = 10


def new(kind: Kind, plan: str | None, names: Sequence[str], started_at: str, keep_days: int) -> Session:
    """A session with an id that is likely to be its own."""
    day = moment(started_at).date().isoformat()
    if not 0 <= keep_days <= MOST_KEEP_DAYS:
        raise StoreError(f"Sound cannot be kept for {keep_days} days. Choose from 0 to {MOST_KEEP_DAYS}.")
    letters = "".join(secrets.choice(string.ascii_lowercase) for _ in range(4))
    return Session(
        id=f"{day}-{letters}", kind=kind, plan=plan, names=tuple(names), started_at=started_at, ended_at=None,
        state="open", duration_s=None, keeps_audio=keep_days > 0, keep_days=keep_days,
    )  # fmt: skip


def insert(sql: sqlite3.Connection, session: Session) -> bool:
    """False where there is one of this id."""
    done = sql.execute(
        f"INSERT INTO session ({COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING",
        (
            session.id, session.kind, session.plan, dumped(session.names), session.started_at, session.ended_at,
            session.state, session.duration_s, int(session.keeps_audio), session.keep_days,
        ),
    )  # fmt: skip
    return done.rowcount == 1


def from_form(form: object) -> Session:
    """A session as an archive holds it. Raises StoreError."""
    table = mapping(form)
    names = tuple(text(name, MOST_LABEL) for name in rows(table, "names"))
    plan, ended_at, duration_s = table.get("plan"), table.get("ended_at"), table.get("duration_s")
    moment(text(table.get("started_at")))
    if ended_at is not None:
        moment(text(ended_at))
    elif table.get("state") == "ended":
        raise StoreError(f"A session has ended at no time. {NEXT_STEP}")
    if table.get("kind") not in get_args(Kind) or table.get("state") not in get_args(State) or len(names) > MOST_NAMES:
        raise StoreError(f"A session is of no kind that the coach knows. {NEXT_STEP}")
    keep_days = table.get("keep_days")
    if type(keep_days) is not int or not 0 <= keep_days <= MOST_KEEP_DAYS:
        raise StoreError(f"A session keeps its sound for no number of days. {NEXT_STEP}")
    return Session(
        id=text(table.get("id")), kind=table["kind"], plan=None if plan is None else text(plan, MOST_LABEL),
        names=names, started_at=table["started_at"], ended_at=ended_at, state=table["state"],
        duration_s=None if duration_s is None else time(duration_s), keeps_audio=table.get("keeps_audio") is True,
        keep_days=keep_days,
    )  # fmt: skip


def moment(written: str) -> datetime:
    """A time of the clock, with its offset. Raises StoreError."""
    try:
        at = datetime.fromisoformat(written)
    except ValueError as error:
        raise StoreError(f"{written[:40]!r} is no date and time. Write it like 2026-05-04T19:30:00+02:00.") from error
    return at if at.tzinfo else at.astimezone()


def sessions(sql: sqlite3.Connection) -> tuple[Session, ...]:
    """By start."""
    found = (session_of(row) for row in sql.execute(f"SELECT {COLUMNS} FROM session"))
    return tuple(sorted(found, key=lambda session: (moment(session.started_at), session.id)))


def session(sql: sqlite3.Connection, id_: str) -> Session:
    row = sql.execute(f"SELECT {COLUMNS} FROM session WHERE id = ?", (id_,)).fetchone()
    if row is None:
        raise StoreError(f"There is no session {id_[:40]!r}. List them with: coach review --list")
    return session_of(row)


def exists(sql: sqlite3.Connection, id_: str) -> bool:
    return sql.execute("SELECT 1 FROM session WHERE id = ?", (id_,)).fetchone() is not None


def session_of(row: Sequence[Any]) -> Session:
    id_, kind, plan, names, started_at, ended_at, state, duration_s, keeps_audio, keep_days = row
    return Session(
        id=id_, kind=kind, plan=plan, names=tuple(loaded(names)), started_at=started_at, ended_at=ended_at, state=state,
        duration_s=duration_s, keeps_audio=bool(keeps_audio), keep_days=keep_days,
    )  # fmt: skip


def open_session(sql: sqlite3.Connection, id_: str) -> Session:
    found = session(sql, id_)
    if found.state != "open":
        raise StoreError(f"The session {id_} has ended, so nothing can be added to it. Correct it with: coach review")
    return found


def keep(sql: sqlite3.Connection, id_: str, entries: Sequence[Entry]) -> None:
    open_session(sql, id_)
    new = [(id_, dumped(entry_form(entry))) for entry in entries]
    sql.executemany("INSERT INTO entry (session, body) VALUES (?, ?)", new)


def entries(sql: sqlite3.Connection, id_: str) -> tuple[Entry, ...]:
    session(sql, id_)
    found = sql.execute("SELECT body FROM entry WHERE session = ? ORDER BY number", (id_,))
    return tuple(entry_of(loaded(body)) for (body,) in found)


def hear(sql: sqlite3.Connection, id_: str, turns: Sequence[Turn]) -> None:
    """A turn takes the place of the one that had its index."""
    open_session(sql, id_)
    new = [(id_, turn.index, dumped(turn_form(turn))) for turn in turns]
    sql.executemany("INSERT OR REPLACE INTO turn (session, at, body) VALUES (?, ?, ?)", new)


def heard(sql: sqlite3.Connection, id_: str) -> tuple[Turn, ...]:
    session(sql, id_)
    found = sql.execute("SELECT body FROM turn WHERE session = ? ORDER BY at", (id_,))
    return tuple(turn_of(loaded(body)) for (body,) in found)


def end(sql: sqlite3.Connection, id_: str, conversation: Conversation, told: str, ended_at: str) -> None:
    close(sql, id_, packed_facts(conversation), packed(told), conversation.duration_s, ended_at)


def close(
    sql: sqlite3.Connection, id_: str, facts: bytes, told: bytes, duration_s: float | None, ended_at: str
) -> None:
    """`facts` and `told` as they are kept."""
    moment(ended_at)
    open_session(sql, id_)
    sql.execute("INSERT OR REPLACE INTO facts (session, body) VALUES (?, ?)", (id_, facts))
    sql.execute("INSERT OR REPLACE INTO told (session, body) VALUES (?, ?)", (id_, told))
    sql.execute("DELETE FROM turn WHERE session = ?", (id_,))
    sql.execute(
        "UPDATE session SET state = 'ended', ended_at = ?, duration_s = ? WHERE id = ?",
        (ended_at, duration_s, id_),
    )


def replace_facts(sql: sqlite3.Connection, id_: str, conversation: Conversation, told: str) -> None:
    """Where a moment of it is deleted for good."""
    sql.execute("UPDATE facts SET body = ? WHERE session = ?", (packed_facts(conversation), id_))
    sql.execute("UPDATE told SET body = ? WHERE session = ?", (packed(told), id_))


def packed_facts(conversation: Conversation) -> bytes:
    return packed(dumped(conversation_form(conversation)))


def sound_is_gone(sql: sqlite3.Connection, id_: str) -> None:
    sql.execute("UPDATE session SET keeps_audio = 0 WHERE id = ?", (id_,))


def drop(sql: sqlite3.Connection, id_: str) -> None:
    """Its entries, turns, facts, corrections and what was told go with it."""
    session(sql, id_)
    sql.execute("DELETE FROM session WHERE id = ?", (id_,))
