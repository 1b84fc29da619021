"""An archive comes back, from this coach or from anywhere: every name, size and value is looked at before one is kept.

names --> sizes --> values --> sound into folders --> all rows at once
what does not belong there, is too large, or is not as it should be: StoreError, and nothing is kept
"""

from __future__ import annotations

import re
import shutil
import sqlite3
import zipfile
import zlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from audio.errors import RecordingError
from audio.wavfile import channels_of
from coach.annotation_values import MOST_LABEL
from coach.corrections import in_order
from coach.errors import StoreError
from coach.store import facts, folders, practised, sessions, voices
from coach.store.archive import FORMAT, MANIFEST, PRACTICE, SESSIONS, VOICES
from coach.store.forms import (
    conversation_of,
    correction_of,
    dumped,
    entry_of,
    loaded,
    mapping,
    packed,
    rows,
    text,
    turn_of,
)
from coach.store.values import Practised, Session

if TYPE_CHECKING:
    from coach.conversation import Turn
    from coach.corrections import Correction
    from coach.session.log import Entry
    from coach.store.store import Store

MOST_MEMBERS = 100_000
MOST_JSON_BYTES = 20_000_000
"""Of one part, unpacked; a day of talk takes 5 MB."""
MOST_RATIO = 100
"""What people say packs to a fifth; a bomb to a thousandth."""
SMALL_BYTES = 100_000
"""A part so small is no bomb, however well it packs."""
_SESSION = re.compile(rf"{SESSIONS}({folders.ID.pattern})\.json")
_SOUND = re.compile(
    rf"{SESSIONS}({folders.ID.pattern})/({'|'.join(map(re.escape, (folders.RECORDING, *folders.LISTS)))})"
)
_ANOTHER = "Take another copy of it."


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrived:
    """What an archive brought."""

    sessions: int
    known: int  # sessions that were here already, and stay as they are
    results: int  # of practice
    voices: int


@dataclass(frozen=True, slots=True, kw_only=True)
class _Whole:
    session: Session
    entries: tuple[Entry, ...]
    turns: tuple[Turn, ...]
    corrections: tuple[Correction, ...]
    facts: bytes  # packed again as soon as they were looked at: a thousand talks would fill the memory
    told: bytes


def read(store: Store, source: Path, progress: Callable[[float], None] = lambda share: None) -> Arrived:
    """Keep what is not here yet. Raises StoreError."""
    try:
        with zipfile.ZipFile(source) as archive:
            return _read(store, archive, progress)
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError) as error:
        raise StoreError(f"{source} is no archive of the coach, or cut short ({error}). {_ANOTHER}") from error
    except OSError as error:
        raise StoreError(f"{source} cannot be read ({error.strerror or error}). Check the file.") from error


def _read(store: Store, archive: zipfile.ZipFile, progress: Callable[[float], None]) -> Arrived:
    members = _members(archive)
    _manifest(archive, members)
    known = {session.id for session in store.sessions()}
    found = {match[1]: name for name in members if (match := _SESSION.fullmatch(name))}
    new = []
    for at, (id_, name) in enumerate(found.items()):
        progress(at / len(found))
        if id_ not in known:
            new.append(_whole(_json(archive, members[name]), id_))
    practice = _practice(_json(archive, members[PRACTICE])) if PRACTICE in members else ((), {})
    heard = _voices(_json(archive, members[VOICES])) if VOICES in members else {}
    with store.arriving() as make:
        new = [_with_sound(archive, members, whole, make) for whole in new]
        with store.database.write() as sql:
            kept = sum(_keep(sql, whole) for whole in new)
            results = _keep_practice(sql, *practice)
            learnt = _keep_voices(sql, heard)
    return Arrived(sessions=kept, known=len(found) - kept, results=results, voices=learnt)


def _members(archive: zipfile.ZipFile) -> Mapping[str, zipfile.ZipInfo]:
    """By name, once all of them may be there."""
    found = archive.infolist()
    if len(found) > MOST_MEMBERS:
        raise StoreError(f"The archive has {len(found)} parts; the most is {MOST_MEMBERS}. {_ANOTHER}")
    for info in found:
        sound = _SOUND.fullmatch(info.filename)
        if not (info.filename in (MANIFEST, PRACTICE, VOICES) or _SESSION.fullmatch(info.filename) or sound):
            raise StoreError(f"The archive holds {info.filename[:80]!r}, which is nothing of the coach's. {_ANOTHER}")
        if info.flag_bits & 1:
            raise StoreError("The archive is locked with a password. Unlock it first.")
        packed = info.compress_type != zipfile.ZIP_STORED
        if (sound and packed) or (not sound and info.file_size > MOST_JSON_BYTES):
            raise StoreError(f"{info.filename} in the archive would unpack to {info.file_size} bytes. {_ANOTHER}")
        if info.file_size > max(SMALL_BYTES, info.compress_size * MOST_RATIO):
            raise StoreError(f"{info.filename} in the archive would unpack to {info.file_size} bytes. {_ANOTHER}")
    if len({info.filename for info in found}) < len(found):
        raise StoreError(f"The archive holds a part twice. {_ANOTHER}")
    return {info.filename: info for info in found}


def _manifest(archive: zipfile.ZipFile, members: Mapping[str, zipfile.ZipInfo]) -> None:
    if MANIFEST not in members:
        raise StoreError("This is no archive of the coach. Make one with: coach export --all FILE")
    manifest = mapping(_json(archive, members[MANIFEST]))
    if manifest.get("coach") != "archive" or not isinstance(manifest.get("format"), int):
        raise StoreError("This is no archive of the coach. Make one with: coach export --all FILE")
    if manifest["format"] > FORMAT:
        raise StoreError("The archive was made by a newer version of the coach. Update this one, then import it again.")


def _json(archive: zipfile.ZipFile, info: zipfile.ZipInfo) -> Any:
    with archive.open(info) as file:
        content = file.read(MOST_JSON_BYTES + 1)
    if len(content) > MOST_JSON_BYTES:  # whatever its entry says
        raise StoreError(f"{info.filename} in the archive is larger than any talk. {_ANOTHER}")
    try:
        return loaded(content.decode("utf-8", errors="surrogatepass"))
    except UnicodeDecodeError as error:
        raise StoreError(f"{info.filename} in the archive is no text ({error.reason}). {_ANOTHER}") from error


def _whole(form: Any, id_: str) -> _Whole:
    table = mapping(form)
    session = sessions.from_form(table.get("session"))
    if session.id != id_:
        raise StoreError(f"{id_} in the archive says that it is another session. {_ANOTHER}")
    ended = session.state == "ended"
    told = text(table.get("told"), MOST_JSON_BYTES) if ended else ""
    if ended:
        mapping(loaded(told))
    return _Whole(
        session=session,
        entries=tuple(entry_of(one) for one in rows(table, "entries")),
        turns=tuple(turn_of(one) for one in rows(table, "turns")),
        corrections=tuple(correction_of(one) for one in rows(table, "corrections")),
        facts=sessions.packed_facts(in_order(conversation_of(table.get("facts")))) if ended else b"",
        told=packed(told),
    )


def _with_sound(
    archive: zipfile.ZipFile,
    members: Mapping[str, zipfile.ZipInfo],
    whole: _Whole,
    make: Callable[[str], Path],
) -> _Whole:
    """The session, its sound in a folder that is made for it; where there is none, it says so."""
    prefix = f"{SESSIONS}{whole.session.id}/"
    if f"{prefix}{folders.RECORDING}" not in members or not whole.session.keeps_audio:
        return replace(whole, session=replace(whole.session, keeps_audio=False))
    folder = make(whole.session.id)
    for name in (folders.RECORDING, *folders.LISTS):
        if f"{prefix}{name}" in members:
            with archive.open(members[f"{prefix}{name}"]) as source, folders.new_file(folder / name) as file:
                shutil.copyfileobj(source, file)
    try:
        channels_of(folder / folders.RECORDING)
    except RecordingError as error:
        raise StoreError(f"The sound of {whole.session.id} in the archive is no recording. {_ANOTHER}") from error
    return whole


def _keep(sql: sqlite3.Connection, whole: _Whole) -> bool:
    id_ = whole.session.id
    if not sessions.insert(sql, replace(whole.session, state="open")):
        return False
    sessions.keep(sql, id_, whole.entries)
    sessions.hear(sql, id_, whole.turns)
    if whole.session.state == "ended":
        sessions.close(sql, id_, whole.facts, whole.told, whole.session.duration_s, str(whole.session.ended_at))
        for correction in whole.corrections:
            facts.correct(sql, id_, correction)
    return True


def _practice(form: Any) -> tuple[tuple[Practised, ...], Mapping[str, str]]:
    table = mapping(form)
    results = tuple(_result(mapping(row)) for row in rows(table, "results"))
    schedules = {text(card): text(body) for card, body in mapping(table.get("schedules")).items()}
    return results, schedules


def _result(row: Mapping[str, Any]) -> Practised:
    score = row.get("score")
    if score is not None and (isinstance(score, bool) or not isinstance(score, int | float) or abs(score) > 1000):
        raise StoreError(f"A score of practice in the archive is no number. {_ANOTHER}")
    at = text(row.get("at"))
    sessions.moment(at)
    return Practised(
        card=text(row.get("card")), drill=text(row.get("drill")), at=at, score=score, result=mapping(row.get("result"))
    )


def _keep_practice(sql: sqlite3.Connection, results: tuple[Practised, ...], schedules: Mapping[str, str]) -> int:
    """Of a card that was practised here, too, the schedule stays as it is."""
    here = {(one.card, one.drill, one.at, dumped(dict(one.result))) for one in practised.results(sql)}
    new = [one for one in results if (one.card, one.drill, one.at, dumped(dict(one.result))) not in here]
    for one in new:
        practised.practised(sql, one)
    for card in schedules.keys() - practised.schedules(sql).keys():
        practised.schedule(sql, card, schedules[card])
    return len(new)


def _voices(form: Any) -> Mapping[str, tuple[list[float], str]]:
    found: dict[str, tuple[list[float], str]] = {}
    for name, row in mapping(form).items():
        numbers, at = rows(mapping(row), "numbers"), text(row.get("at"))
        sessions.moment(at)
        if not all(type(number) in (int, float) and abs(number) < 1e6 for number in numbers):
            raise StoreError(f"A voice in the archive is none. {_ANOTHER}")
        found[text(name, MOST_LABEL)] = numbers, at
    return found


def _keep_voices(sql: sqlite3.Connection, heard: Mapping[str, tuple[list[float], str]]) -> int:
    """A voice that is known here stays as it is."""
    if not heard:
        return 0
    import numpy as np

    new = heard.keys() - voices.voices(sql).keys()
    for name in new:
        numbers, at = heard[name]
        voices.keep(sql, name, np.array(numbers, dtype=np.float32), at)
    return len(new)
