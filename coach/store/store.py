"""The store: sessions, practice and voices of one data folder, behind one value.

begin --> keep, hear (as it happens) --> end --> facts, told, correct, undo
                 |                         +--> the sound goes, or stays for the days that both chose
                 +--> killed: still "open", to be finished or dropped
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING

from coach.errors import StoreError
from coach.store import codes, facts, folders, moments, practised, sessions, voices
from coach.store.database import FILE_NAME, Database
from coach.store.place import of_its_own
from coach.store.values import Kind, Practised, Session, of_person

if TYPE_CHECKING:
    from audio.types import Samples
    from coach.conversation import Conversation, Turn
    from coach.corrections import Correction
    from coach.session.log import Entry


def open_store(folder: Path) -> Store:
    """The store in a folder, made where there is none. Raises StoreError: newer, foreign, damaged, in use too long."""
    return Store(of_its_own(folder))


class Store:
    """May be used from any thread; a context manager. Every method raises StoreError."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.database = Database(folder / FILE_NAME)
        self._holds = folders.Holds()

    def __enter__(self) -> Store:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        self._holds.close()
        self.database.close()

    # As it happens

    def begin(
        self, *, kind: Kind, plan: str | None = None, names: Sequence[str], started_at: str, keep_days: int = 0
    ) -> Session:
        """A new session, and its folder. `started_at`: ISO with offset. `keep_days`: of the sound, as both chose."""
        while True:
            session = sessions.new(kind, plan, names, started_at, keep_days)
            folder = folders.make(self.folder, session.id)
            self._holds.take(folder)  # before anybody can see the session
            with self.database.write() as sql:
                if self._holds.has(folder) and sessions.insert(sql, session):
                    return session
            self._holds.let_go(folder)  # another of that name is there

    def keep(self, id_: str, entries: Sequence[Entry]) -> None:
        """More of the log. On the disk when it returns."""
        with self.database.write() as sql:
            sessions.keep(sql, id_, entries)

    def hear(self, id_: str, turns: Sequence[Turn]) -> None:
        """Turns so far; each takes the place of the one that had its index. On the disk when it returns."""
        with self.database.write() as sql:
            sessions.hear(sql, id_, turns)

    def end(self, id_: str, conversation: Conversation, told: str, *, ended_at: str) -> None:
        """The facts take the place of the turns. When they are safe, sound that is not to be kept goes."""
        with self.database.write() as sql:
            sessions.end(sql, id_, conversation, told, ended_at)
        folder = self.folder_of(id_)
        if not self.session(id_).keeps_audio:
            folders.empty(folder)
        self._holds.let_go(folder)

    def delete_span(self, id_: str, start_s: float, end_s: float) -> None:
        """A moment, for good: from the rows, from what was told, and (as silence) from the sound."""
        with self._holds.for_a_moment(self.folder_of(id_)):
            with self.database.write() as sql:
                moments.delete(sql, id_, start_s, end_s)
            folders.silence(self.folder_of(id_), start_s, end_s)
        self.wipe()

    def drop(self, *ids: str) -> None:
        """The sessions leave no trace."""
        with ExitStack() as holds:
            for folder in map(self.folder_of, ids):
                holds.enter_context(self._holds.for_a_moment(folder))
            with self.database.write() as sql:
                for id_ in ids:
                    sessions.drop(sql, id_)
            for folder in map(self.folder_of, ids):
                folders.empty(folder)
                self._holds.let_go(folder)
        self.wipe()

    def forget_person(self, name: str) -> None:
        """Every session they took part in, their voice and their code leave no trace."""
        theirs = [one.id for one in of_person(self.sessions(), name)]
        known = [own for own in self.voices() if own.casefold() == name.casefold()]
        with self.database.write() as sql:
            for own in known:
                voices.forget(sql, own)
            codes.clear_code(sql, name)
        self.drop(*theirs)

    def erase(self) -> None:
        """Everything leaves no trace: sessions, practice, voices, codes, and sound that nobody agreed to."""
        self.drop(*(session.id for session in self.sessions()))
        self.forget_practice()
        with self.database.write() as sql:
            voices.forget_all(sql)
            codes.clear_all(sql)
        self.clear_left_behind()
        folders.empty(self.folder / folders.UNASKED)
        self.wipe()

    def wipe(self) -> None:
        """Leave nothing of what was deleted in any file of the folder."""
        folders.clear_archives(self.folder)
        self.database.wipe()

    @contextmanager
    def arriving(self) -> Iterator[Callable[[str], Path]]:
        """Makes folders for sessions that are about to be kept; where they are not, their folders go again."""
        made: list[Path] = []

        def make(id_: str) -> Path:
            folder = folders.make(self.folder, id_)
            if not self._holds.take(folder):
                raise StoreError("Another coach is bringing the same session in right now. Wait for it.")
            made.append(folder)
            return folder

        try:
            yield make
        except BaseException:
            for folder in made:
                folders.empty(folder)
            raise
        finally:
            for folder in made:
                self._holds.let_go(folder)

    def delete_sound(self, id_: str) -> bool:
        """The recording, not the words. False where there is none, or another coach is in the session."""
        folder = self.folder_of(id_)
        ours = self._holds.has(folder)
        if ours or not self._holds.take(folder):
            return False
        try:
            was_there = folders.delete_sound(folder)
            with self.database.write() as sql:
                sessions.sound_is_gone(sql, id_)
        finally:
            self._holds.let_go(folder)
        return was_there

    def clear_left_behind(self) -> None:
        """Folders without a session. One that a coach is just beginning is held until its session is there."""
        there = folders.all_of(self.folder)
        known = {session.id for session in self.sessions()} if there else set()
        for folder in there:
            if folder.name not in known and not self._holds.has(folder) and self._holds.take(folder):
                with self.database.read() as sql:
                    if not sessions.exists(sql, folder.name):
                        folders.empty(folder)
                self._holds.let_go(folder)

    # Afterwards

    def sessions(self) -> tuple[Session, ...]:
        """By start."""
        with self.database.read() as sql:
            return sessions.sessions(sql)

    def unfinished(self) -> tuple[Session, ...]:
        """Left open by a coach that is no longer there, by start."""
        left = {one.id for one in self._open() if not self._holds.held(self.folder_of(one.id))}
        return tuple(one for one in self._open() if one.id in left)  # some were just ended, and only then let go

    def _open(self) -> tuple[Session, ...]:
        return tuple(session for session in self.sessions() if session.state == "open")

    def session(self, id_: str) -> Session:
        with self.database.read() as sql:
            return sessions.session(sql, id_)

    def take_up(self, id_: str) -> bool:
        """Make an unfinished session ours, to finish it. False where another coach is in it."""
        folder = self.folder_of(self.session(id_).id)
        if not self._holds.take(folder):
            return False
        if any(one.id == id_ for one in self._open()):
            return True
        self._holds.let_go(folder)  # the other one has just ended it
        return False

    def folder_of(self, id_: str) -> Path:
        """Where recording.wav and recording.lost are, or would be."""
        return folders.folder_of(self.folder, id_)

    def entries(self, id_: str) -> tuple[Entry, ...]:
        with self.database.read() as sql:
            return sessions.entries(sql, id_)

    def heard(self, id_: str) -> tuple[Turn, ...]:
        """The turns of an open session, so far."""
        with self.database.read() as sql:
            return sessions.heard(sql, id_)

    def facts(self, id_: str) -> Conversation:
        """With all corrections."""
        with self.database.read() as sql:
            return facts.facts(sql, id_)

    def recorded(self, id_: str) -> Conversation:
        """As heard, before any correction."""
        with self.database.read() as sql:
            return facts.recorded(sql, id_)

    def told(self, id_: str) -> str:
        """The summary of that day, as JSON."""
        with self.database.read() as sql:
            return facts.told(sql, id_)

    def correct(self, id_: str, correction: Correction) -> None:
        with self.database.write() as sql:
            facts.correct(sql, id_, correction)

    def undo(self, id_: str) -> Correction | None:
        """Takes the last correction back. None: there was none."""
        with self.database.write() as sql:
            return facts.undo(sql, id_)

    def corrections(self, id_: str) -> tuple[Correction, ...]:
        with self.database.read() as sql:
            sessions.session(sql, id_)
            return facts.corrections(sql, id_)

    def figures(self, made_with: str, ids: Sequence[str]) -> Mapping[str, object]:
        """What trends compare, by session, where it was kept and the facts are still the same."""
        with self.database.read() as sql:
            return facts.figures(sql, made_with, ids)

    def keep_figures(self, id_: str, made_with: str, form: object, corrections: int) -> None:
        """Unless there are more or fewer `corrections` by now: then they are of something else."""
        with self.database.write() as sql:
            if len(facts.corrections(sql, id_)) == corrections:
                facts.keep_figures(sql, id_, made_with, form)

    # Own halves

    def set_code(self, name: str, code: str) -> None:
        with self.database.write() as sql:
            codes.set_code(sql, name, code)

    def clear_code(self, name: str, code: str) -> bool:
        """False where it is not the code of this person."""
        with self.database.write() as sql:
            if name.casefold() not in codes.opened_by(sql, code):
                return False
            codes.clear_code(sql, name)
            return True

    def protected(self) -> frozenset[str]:
        """Who has a code, casefolded."""
        with self.database.read() as sql:
            return codes.protected(sql)

    def opened_by(self, code: str) -> frozenset[str]:
        """Whose code this is, casefolded; nobody's: empty."""
        with self.database.read() as sql:
            return codes.opened_by(sql, code)

    # Practice

    def practised(self, *, card: str, drill: str, at: str, score: float | None, result: Mapping[str, object]) -> None:
        with self.database.write() as sql:
            practised.practised(sql, Practised(card=card, drill=drill, at=at, score=score, result=result))

    def practice_results(self) -> tuple[Practised, ...]:
        with self.database.read() as sql:
            return practised.results(sql)

    def schedules(self) -> Mapping[str, str]:
        """When each card comes again: the scheduler's own JSON by card."""
        with self.database.read() as sql:
            return practised.schedules(sql)

    def schedule(self, card: str, body: str) -> None:
        with self.database.write() as sql:
            practised.schedule(sql, card, body)

    def forget_practice(self) -> None:
        """What was answered, and when cards come again, leave no trace."""
        with self.database.write() as sql:
            practised.forget(sql)
        self.wipe()

    # Voices

    def keep_voice(self, name: str, embedding: Samples, *, at: str) -> None:
        """`embedding`: float32, shape (256,)."""
        with self.database.write() as sql:
            voices.keep(sql, name, embedding, at)

    def voices(self) -> Mapping[str, Samples]:
        with self.database.read() as sql:
            return voices.voices(sql)

    def forget_voice(self, name: str) -> bool:
        """For good. False where nobody of this name is known."""
        with self.database.write() as sql:
            known = voices.forget(sql, name)
        self.wipe()
        return known
