"""One SQLite file: opened only if it is ours, brought up to date, written so that what is committed stays.

missing --> made (0600) --> steps of migrations.py --> in use
older   --> copied to coach.db.before-N --> the missing steps, all or none
newer, foreign, damaged --> StoreError, and nothing is touched
"""

from __future__ import annotations

import os
import sqlite3
import struct
import threading
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from datetime import datetime
from pathlib import Path

from coach.errors import StoreError
from coach.store.migrations import APPLICATION_ID, NEWEST, STEPS

FILE_NAME = "coach.db"
BACKUP = ".before-"
BUSY_S = 30.0
"""So long one coach waits for another's transaction; a long one takes a second."""
FAILURES = (sqlite3.Error, UnicodeDecodeError)
"""Of a damaged file, SQLite may even name its trouble in bytes that are no text."""
HEADER_BYTES = 100
SIGNATURE = b"SQLite format 3\0"


class Database:
    """A connection that may be used from any thread, one transaction at a time."""

    def __init__(self, path: Path) -> None:
        """Raises StoreError."""
        self.path = path
        self._lock = threading.RLock()
        _refuse(path)
        try:
            self._sql = _connected(path)
        except FAILURES as error:
            raise _told(path, error) from error
        try:
            self._migrate()
        except FAILURES as error:
            self._sql.close()
            raise _told(path, error) from error
        except BaseException:
            self._sql.close()
            raise

    @contextmanager
    def read(self) -> Iterator[sqlite3.Connection]:
        """Several questions that see one state. Raises StoreError."""
        with self._transaction("BEGIN") as sql:
            yield sql

    @contextmanager
    def write(self) -> Iterator[sqlite3.Connection]:
        """All of it or nothing; on the disk when it returns. Raises StoreError."""
        with self._transaction("BEGIN IMMEDIATE") as sql:
            yield sql

    def wipe(self) -> None:
        """Leave nothing in the file, its journal and its copies of what was deleted before. Raises StoreError."""
        with self._lock:
            try:
                for old in backups(self.path):
                    old.unlink(missing_ok=True)
                self._sql.execute("VACUUM")
                busy = self._sql.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0]
            except FAILURES as error:
                raise _told(self.path, error) from error
            except OSError as error:
                raise StoreError(f"{error.filename} could not be removed ({error.strerror}). Remove it.") from error
        if busy:
            raise StoreError(
                "It is deleted, but another coach is reading, so its traces stay in the journal for now. "
                "Close the other coach, then type: coach forget --traces"
            )

    def clear_backups(self, before: datetime) -> None:
        """Copies from before a migration that nobody went back to. Raises StoreError."""
        try:
            for old in backups(self.path):
                if old.stat().st_mtime < before.timestamp():
                    old.unlink(missing_ok=True)
        except OSError as error:
            raise StoreError(f"{error.filename} could not be removed ({error.strerror}). Remove it.") from error

    def close(self) -> None:
        with self._lock:
            self._sql.close()

    @contextmanager
    def _transaction(self, begin: str) -> Iterator[sqlite3.Connection]:
        with self._lock:
            try:
                self._sql.execute(begin)
                try:
                    yield self._sql
                    self._sql.execute("COMMIT")
                except BaseException:
                    with suppress(sqlite3.Error):  # the first error is the one to tell
                        self._sql.execute("ROLLBACK")
                    raise
            except FAILURES as error:
                raise _told(self.path, error) from error

    def _migrate(self) -> None:
        if _version(self._sql) == NEWEST:
            return
        self._sql.execute("BEGIN IMMEDIATE")  # two coaches started at once: the second finds the work done
        try:
            version = _version(self._sql)
            if version < NEWEST:
                if version:
                    _back_up(self.path, version)
                for step in STEPS[version:]:
                    for statement in _statements(step):
                        self._sql.execute(statement)
                self._sql.execute(f"PRAGMA application_id = {APPLICATION_ID}")
                self._sql.execute(f"PRAGMA user_version = {NEWEST}")
            self._sql.execute("COMMIT")
        except BaseException:
            with suppress(sqlite3.Error):
                self._sql.execute("ROLLBACK")
            raise


def backups(path: Path) -> tuple[Path, ...]:
    """The copies that were made before migrations."""
    return tuple(sorted(path.parent.glob(f"{path.name}{BACKUP}*")))


def _connected(path: Path) -> sqlite3.Connection:
    with suppress(FileExistsError):  # SQLite would make it readable for all; its journal takes its mode from it
        os.close(os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600))
    sql = sqlite3.connect(path, timeout=BUSY_S, isolation_level=None, check_same_thread=False)
    try:
        _refuse_read(sql, path)
        sql.execute("PRAGMA secure_delete = ON")
        sql.execute("PRAGMA temp_store = MEMORY")  # no words in files elsewhere
        sql.execute("PRAGMA foreign_keys = ON")
        _into_wal(sql)
        sql.execute("PRAGMA synchronous = FULL")
    except BaseException:
        sql.close()
        raise
    return sql


def _refuse_read(sql: sqlite3.Connection, path: Path) -> None:
    """As `_refuse`, with the journal read: the file's own header may lag behind it."""
    if _version(sql) > NEWEST:
        raise _newer(path)
    ours = sql.execute("PRAGMA application_id").fetchone()[0] == APPLICATION_ID
    if not ours and sql.execute("SELECT count(*) FROM sqlite_master").fetchone()[0]:
        raise _foreign(path)


def _into_wal(sql: sqlite3.Connection) -> None:
    """Of two coaches that begin a new file at once, one is told "busy" at once, whatever the timeout."""
    until_s = time.monotonic() + BUSY_S
    while True:
        try:
            sql.execute("PRAGMA journal_mode = WAL")
            return
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode & 0xFF != sqlite3.SQLITE_BUSY or time.monotonic() > until_s:
                raise
            time.sleep(0.02)


def _version(sql: sqlite3.Connection) -> int:
    version: int = sql.execute("PRAGMA user_version").fetchone()[0]
    return version


def _statements(script: str) -> Iterator[str]:
    """One by one: `executescript` would end the transaction."""
    held = ""
    for line in script.splitlines(keepends=True):
        held += line
        if sqlite3.complete_statement(held):
            yield held
            held = ""


def _back_up(path: Path, version: int) -> None:
    """A copy beside the file, whole or not at all. The caller holds the write lock: nothing changes meanwhile."""
    target = path.with_name(f"{path.name}{BACKUP}{version + 1}")
    part = target.with_name(f"{target.name}.part")
    try:
        part.unlink(missing_ok=True)
        os.close(os.open(part, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600))
        with closing(sqlite3.connect(path, timeout=BUSY_S)) as source, closing(sqlite3.connect(part)) as copy:
            source.backup(copy)
        part.replace(target)
    except (OSError, sqlite3.Error) as error:
        with suppress(OSError):
            part.unlink(missing_ok=True)
        raise StoreError(
            f"{path} could not be copied before it is brought up to date ({error}), so it was left as it is. "
            "Check the free space."
        ) from error


def _refuse(path: Path) -> None:
    """Look at the first bytes before SQLite does, which would write to a foreign file. Raises StoreError."""
    try:
        size_bytes = path.stat().st_size
        with path.open("rb") as file:
            head = file.read(HEADER_BYTES)
        journal = path.with_name(f"{path.name}-wal")
        recovers = journal.exists() and journal.stat().st_size > 0
    except FileNotFoundError:
        return
    except OSError as error:
        raise StoreError(f"{path} cannot be read ({error.strerror}). Check the folder's permissions.") from error
    if not head:
        return
    if not head.startswith(SIGNATURE):
        raise StoreError(f"{path} is no database of the coach. Move it away, and the coach begins a new one.")
    if len(head) < HEADER_BYTES:
        raise _damaged(path)
    pages, schema, version, application = (struct.unpack(">I", head[at : at + 4])[0] for at in (28, 40, 60, 68))
    begun = not (schema or version or application)  # made, and stopped before the first table
    if application != APPLICATION_ID and not begun and (application or not recovers):
        raise _foreign(path)
    if version > NEWEST:
        raise _newer(path)
    page_bytes = struct.unpack(">H", head[16:18])[0]
    if size_bytes < pages * (65536 if page_bytes == 1 else page_bytes) and not recovers:
        raise _damaged(path)


def _foreign(path: Path) -> StoreError:
    return StoreError(f"{path} belongs to another program. Move it away, and the coach begins a new one.")


def _newer(path: Path) -> StoreError:
    return StoreError(f"{path} was written by a newer version of the coach. Update this one, or use that one.")


def _damaged(path: Path) -> StoreError:
    return StoreError(
        f"{path} is damaged or cut short. Put back a copy (coach import FILE), or move it away to begin a new one."
    )


def _told(path: Path, error: Exception) -> StoreError:
    """What SQLite says, as a sentence with the next step."""
    if isinstance(error, UnicodeDecodeError):
        return _damaged(path)
    code = getattr(error, "sqlite_errorcode", 0) & 0xFF
    if code in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
        return StoreError(f"Another coach has been writing to {path} for {BUSY_S:.0f} s. Close it, then try again.")
    if code == sqlite3.SQLITE_FULL:
        return StoreError(
            f"The disk is full: nothing more can be kept in {path.parent}. Free some space, then try again."
        )
    if code in (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB):
        return _damaged(path)
    return StoreError(f"{path} cannot be used ({error}). Check the folder, its permissions and the free space.")
