"""The voices that the coach knows by name."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from coach.errors import StoreError
from coach.store.sessions import moment

if TYPE_CHECKING:
    from audio.types import Samples

NUMBERS = 256


def keep(sql: sqlite3.Connection, name: str, embedding: Samples, at: str) -> None:
    """`embedding`: shape (256,). The voice of the same name before it is forgotten."""
    import numpy as np

    values = np.asarray(embedding, dtype="<f4")
    if values.shape != (NUMBERS,) or not np.isfinite(values).all():
        raise StoreError("This is no voice that can be kept. Speak for longer, and learn the voice again.")
    moment(at)
    sql.execute("INSERT OR REPLACE INTO voice (name, embedding, at) VALUES (?, ?, ?)", (name, values.tobytes(), at))


def voices(sql: sqlite3.Connection) -> Mapping[str, Samples]:
    import numpy as np

    rows = sql.execute("SELECT name, embedding FROM voice ORDER BY name")
    return {name: np.frombuffer(body, dtype="<f4").astype(np.float32) for name, body in rows}


def rows(sql: sqlite3.Connection) -> Iterator[tuple[str, list[float], str]]:
    """Name, the numbers, and when it was learnt."""
    import numpy as np

    for name, body, at in sql.execute("SELECT name, embedding, at FROM voice ORDER BY name"):
        yield name, [float(number) for number in np.frombuffer(body, dtype="<f4")], at


def forget(sql: sqlite3.Connection, name: str) -> bool:
    """False where nobody of this name is known."""
    return sql.execute("DELETE FROM voice WHERE name = ?", (name,)).rowcount == 1


def forget_all(sql: sqlite3.Connection) -> None:
    sql.execute("DELETE FROM voice")
