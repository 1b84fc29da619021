"""A short code of one's own, before one's own half of the feedback.

It keeps a partner from looking over a shoulder, not somebody who reads the files: the words themselves stand there.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
import sqlite3

from coach.errors import StoreError

LEAST, MOST = 4, 40
SALT_BYTES = 16
COST = 2**14  # about 50 ms and 16 MB a try


def set_code(sql: sqlite3.Connection, name: str, code: str) -> None:
    """Raises StoreError where it is too short to be one, or is set already."""
    if not LEAST <= len(code) <= MOST:
        raise StoreError(f"A code has {LEAST} to {MOST} letters or digits. Choose another.")
    if name.casefold() in protected(sql):
        raise StoreError(f"{name} has a code already. Take it away first: coach review --clear-code {name}")
    salt = secrets.token_bytes(SALT_BYTES)
    row = (name.casefold(), salt, _hash(code, salt))
    sql.execute("INSERT INTO code (name, salt, hash) VALUES (?, ?, ?)", row)


def clear_code(sql: sqlite3.Connection, name: str) -> None:
    sql.execute("DELETE FROM code WHERE name = ?", (name.casefold(),))


def clear_all(sql: sqlite3.Connection) -> None:
    sql.execute("DELETE FROM code")


def protected(sql: sqlite3.Connection) -> frozenset[str]:
    """Whose half is closed, casefolded."""
    return frozenset(name for (name,) in sql.execute("SELECT name FROM code"))


def opened_by(sql: sqlite3.Connection, code: str) -> frozenset[str]:
    """Whose code it is, casefolded: nobody's, or somebody's; both's where they chose the same."""
    rows = sql.execute("SELECT name, salt, hash FROM code").fetchall()
    return frozenset(name for name, salt, hash_ in rows if hmac.compare_digest(_hash(code, salt), hash_))


def _hash(code: str, salt: bytes) -> bytes:
    return hashlib.scrypt(code.encode("utf-8", errors="surrogatepass"), salt=salt, n=COST, r=8, p=1, dklen=32)
