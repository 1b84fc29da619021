"""The sound of sessions: a folder each, held by the coach that is recording, and emptied for good."""

from __future__ import annotations

import fcntl
import os
import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO

from audio.unheard import overwrite
from coach.errors import StoreError
from coach.store.place import private

FOLDER = "sessions"
UNASKED = "unasked"
"""Where a talk is recorded until both have agreed."""
UNDER_WAY = ".archive-"
"""How the name of a folder begins in which an archive of everything is being made."""
HOLD = ".held"
TRIES = 5
RECORDING = "recording.wav"
LISTS = ("recording.lost", "recording.own")
SOUND = "recording.*"
"""The recording, and lists of times beside it that hold no sound."""
ID = re.compile(r"\d{4}-\d{2}-\d{2}-[a-z]{4}")
"""Of a session: the day it began, and four letters. Fit for a path, an address, and to be typed."""


class Holds:
    """Which sessions this coach is in: no other takes one of them for left behind, nor deletes it.

    The system lets go of them when the process ends, however it ends.
    """

    def __init__(self) -> None:
        self._files: dict[str, int] = {}

    def take(self, folder: Path) -> bool:
        """Whether the session is ours now (or was already). Raises StoreError."""
        if self.has(folder):
            return True
        try:
            file = os.open(folder / HOLD, os.O_RDWR | os.O_CREAT, 0o600)
        except FileNotFoundError:
            return True  # no folder, so nobody records into it; `has` says no
        except OSError as error:
            raise StoreError(f"{folder} cannot be used ({error.strerror}). Check its permissions.") from error
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            os.close(file)
            return False
        if not (folder / HOLD).exists():  # taken away while we opened it
            os.close(file)
            return True
        self._files[folder.name] = file
        return True

    def let_go(self, folder: Path) -> None:
        file = self._files.pop(folder.name, None)
        if file is not None:
            os.close(file)

    @contextmanager
    def for_a_moment(self, folder: Path) -> Iterator[None]:
        """Raises StoreError where another coach is in the session."""
        ours = self.has(folder)
        if not self.take(folder):
            raise StoreError("Another coach is in this session right now. End it there first.")
        try:
            yield
        finally:
            if not ours:
                self.let_go(folder)

    def has(self, folder: Path) -> bool:
        return folder.name in self._files

    def held(self, folder: Path) -> bool:
        """By this coach, or by another."""
        if self.has(folder) or not self.take(folder):
            return True
        self.let_go(folder)
        return False

    def close(self) -> None:
        for name in tuple(self._files):
            os.close(self._files.pop(name))


def folder_of(data: Path, id_: str) -> Path:
    """Where a session's sound goes. Raises StoreError where the id is none: it may come from an address."""
    if not ID.fullmatch(id_):
        raise StoreError(f"There is no session {id_[:40]!r}. List them with: coach review --list")
    return data / FOLDER / id_


def make(data: Path, id_: str) -> Path:
    """Another coach that clears up may take a folder away while it is empty and nobody's: then it is made again."""
    private(data / FOLDER)
    folder = folder_of(data, id_)
    for _ in range(TRIES):
        try:
            return private(folder)
        except StoreError as error:
            if not isinstance(error.__cause__, FileNotFoundError):
                raise
    return private(folder)


def empty(folder: Path) -> None:
    """Take the sound away and all that was made of it; the folder goes with it. Raises StoreError."""
    try:
        for path in folder.glob(SOUND):
            _unlink(path)
        shutil.rmtree(folder)
    except FileNotFoundError:
        pass
    except OSError as error:
        raise StoreError(f"{folder} could not be removed ({error.strerror}). Remove it by hand.") from error


def has_sound(folder: Path) -> bool:
    return next(folder.glob(SOUND), None) is not None


def delete_sound(folder: Path) -> bool:
    """The recording and its lists; a page beside them stays. Whether there was any. Raises StoreError."""
    found = tuple(folder.glob(SOUND))
    try:
        for path in found:
            _unlink(path)
    except OSError as error:
        raise StoreError(
            f"{error.filename} could not be deleted ({error.strerror}), though its days are over. Delete it."
        ) from error
    return bool(found)


def _unlink(path: Path) -> None:
    """A recording of a talk that broke off has a second name where it was made: that one must not keep the sound."""
    with suppress(FileNotFoundError):
        if path.stat().st_nlink > 1:
            os.truncate(path, 0)
        path.unlink()


def all_of(data: Path) -> tuple[Path, ...]:
    """The folders of sessions."""
    with suppress(FileNotFoundError):
        return tuple(path for path in sorted((data / FOLDER).iterdir()) if ID.fullmatch(path.name))
    return ()


def new_file(path: Path) -> BinaryIO:
    """For its owner's eyes from the first byte; there is none of that name. Raises OSError."""
    return os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb")


def clear_archives(data: Path) -> None:
    """Those under way, or left by a coach that was killed, hold what is being forgotten. Raises StoreError."""
    for left in data.glob(f"{UNDER_WAY}*"):
        empty(left)


def silence(folder: Path, start_s: float, end_s: float) -> None:
    """Write silence over a stretch of the recording, and take away every copy of it. Raises StoreError, AudioError."""
    recording = folder / RECORDING
    try:
        for path in folder.iterdir():
            if path.name != HOLD and not path.match(SOUND):
                path.unlink()
        if not recording.exists():
            return
        overwrite(recording, start_s, end_s)
    except FileNotFoundError:
        return
    except OSError as error:
        raise StoreError(
            f"The sound of that moment could not be removed from {recording} ({error.strerror}). "
            "Delete the session, or try again."
        ) from error
