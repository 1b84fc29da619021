"""What of a talk is kept, from the moment both have agreed. Before it, all there is lies in a place that is emptied.

    unasked/<talk>/recording.wav   the recorder writes here
    sessions/<id>/recording.wav    the same file under a second name, from the consent on; sound from before is wiped

A coach that is killed before the consent leaves only the first, which the next start wipes.
"""

from __future__ import annotations

import os
import secrets
import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING

from audio.errors import RecordingError
from audio.lost import LOST, list_of
from audio.microphone import FILE_NAME
from audio.types import Span, Word
from audio.unheard import OWN, wipe
from coach.annotation_values import spread
from coach.conversation import Conversation, Turn
from coach.errors import StoreError
from coach.store.folders import UNASKED
from coach.store.place import private

if TYPE_CHECKING:
    from coach.session.events import Heard
    from coach.session.log import Entry
    from coach.store.store import Store

PAGE = "summary.html"


@contextmanager
def place_for(data: Path) -> Iterator[Path]:
    """A folder for the sound of a talk that nobody has agreed to yet; what others left there is wiped, as is it.

    One coach at a time: whatever is there has no owner any more.
    """
    with suppress(OSError):
        for left in (data / UNASKED).iterdir():
            discard(left)
    place = data / UNASKED / secrets.token_hex(4)
    try:
        yield place
    finally:
        discard(place)


def discard(folder: Path) -> None:
    """Wipe the sound, where it has no second name, and take the folder away."""
    recording = folder / FILE_NAME
    with suppress(OSError, RecordingError):
        if recording.stat().st_nlink == 1:
            wipe(recording, 0.0, float(recording.stat().st_size))
    shutil.rmtree(folder, ignore_errors=True)


def write_page(folder: Path, page: str) -> Path:
    """Into the session's folder, beside the sound or where it was. Raises StoreError."""
    path = private(folder) / PAGE
    try:
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8") as file:
            file.write(page)
    except OSError as error:
        raise StoreError(f"The page cannot be written to {path} ({error.strerror}). Type: coach review") from error
    return path


class Keeping:
    """One talk in the store, or nothing."""

    def __init__(
        self, store: Store, recording: Path, *, plan: str, names: tuple[str, str], started_at: str, keep_days: int
    ) -> None:
        self._store, self._recording = store, recording
        self._plan, self._names, self._started_at, self._keep_days = plan, names, started_at, keep_days
        self._turns = 0
        self.id: str | None = None

    @property
    def folder(self) -> Path | None:
        return None if self.id is None else self._store.folder_of(self.id)

    def begin(self, agreed_s: float) -> None:
        """Both have agreed. Raises StoreError or RecordingError where it cannot be kept."""
        wipe(self._recording, 0.0, agreed_s)
        session = self._store.begin(
            kind="talk", plan=self._plan, names=self._names, started_at=self._started_at, keep_days=self._keep_days
        )
        self.id = session.id
        self._name_again()

    def entries(self, entries: Sequence[Entry]) -> None:
        if self.id is not None and entries:
            self._store.keep(self.id, entries)

    def heard(self, heard: Heard) -> None:
        """A turn as far as it is known while they talk: what a crash would leave."""
        if self.id is None or not heard.text:
            return
        span = Span(speaker=heard.speaker, start_s=heard.start_s, end_s=heard.end_s)
        words: tuple[Word, ...] = tuple(spread(heard.text, heard.speaker, [(heard.start_s, heard.end_s)]))
        turn = Turn(
            index=self._turns, speaker=heard.speaker, start_s=heard.start_s, end_s=heard.end_s, spans=(span,),
            words=words,
        )  # fmt: skip
        self._turns += 1
        self._store.hear(self.id, (turn,))

    def delete(self, start_s: float, end_s: float) -> None:
        """Raises StoreError or RecordingError."""
        if self.id is not None:
            self._store.delete_span(self.id, start_s, end_s)
            self._name_again()

    def silence(self, start_s: float, end_s: float) -> None:
        """What was said in a break is private. Raises RecordingError."""
        wipe(self._recording, start_s, end_s)

    def end(self, conversation: Conversation, told: str, ended_at: str) -> None:
        """Raises StoreError."""
        if self.id is not None:
            self._store.end(self.id, conversation, told, ended_at=ended_at)

    def drop(self) -> None:
        """Nothing of it is to stay. Raises StoreError."""
        if self.id is not None:
            self._store.drop(self.id)
            self.id = None

    def _name_again(self) -> None:
        """The recording and its lists under their second names, whichever are missing."""
        assert self.folder is not None
        try:
            for kind in (LOST, OWN):
                list_of(self._recording, kind).touch(mode=0o600)
            for path in (self._recording, list_of(self._recording, LOST), list_of(self._recording, OWN)):
                with suppress(FileExistsError):
                    os.link(path, self.folder / path.name)
        except OSError as error:
            raise StoreError(
                f"The recording cannot be kept in {self.folder} ({error.strerror}). Check the disk, and begin again."
            ) from error
