"""How values stand in the store and in archives: JSON that reads back to the very same value, times to the last bit.

Reading is strict, since archives come from elsewhere: what is not as it should be is a StoreError.
"""

from __future__ import annotations

import json
import zlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, fields
from typing import Any, get_args, get_type_hints

from audio.types import Span, Word
from coach.annotation_values import MOST_ENTRIES, MOST_LABEL, MOST_S
from coach.conversation import Conversation, HeldFloor, Turn, WordTimes
from coach.corrections import Correction
from coach.errors import StoreError
from coach.session.log import Entry

MOST_TEXT = 10_000
"""Letters of one text: a word, a name, a question that was asked."""
MOST_NUMBER = 1e12
MOST_PACKED_BYTES = 64_000_000
"""Unpacked; a day of talk takes about 5 MB."""
NEXT_STEP = "Take another copy of it."

_ENTRIES: Mapping[str, type] = {kind.__name__: kind for kind in get_args(Entry)}
_CORRECTIONS: Mapping[str, type] = {kind.__name__: kind for kind in get_args(Correction)}


def dumped(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"), allow_nan=False)


def loaded(body: str) -> Any:
    try:
        return _DECODER.decode(body)
    except (ValueError, RecursionError) as error:
        raise StoreError(f"What is kept is no JSON ({error}). {NEXT_STEP}") from error


def packed(body: str) -> bytes:
    return zlib.compress(body.encode("utf-8", errors="surrogatepass"), 6)


def unpacked(body: bytes) -> str:
    """Raises StoreError where it is damaged, or grows past any talk."""
    opened = zlib.decompressobj()
    try:
        whole = opened.decompress(body, MOST_PACKED_BYTES)
        if not opened.eof:
            raise StoreError(f"What is kept is cut short, or larger than any talk. {NEXT_STEP}")
        return whole.decode("utf-8", errors="surrogatepass")
    except (zlib.error, UnicodeDecodeError) as error:
        raise StoreError(f"What is kept is damaged ({error}). {NEXT_STEP}") from error


def entry_form(entry: Entry) -> dict[str, Any]:
    return {"entry": type(entry).__name__} | asdict(entry)


def entry_of(form: object) -> Entry:
    table = dict(mapping(form))
    if "floor" in table:
        table["floor"] = record(HeldFloor, table["floor"])
    entry: Entry = _one_of(_ENTRIES, "entry", table)
    return entry


def correction_form(correction: Correction) -> dict[str, Any]:
    return {"correction": type(correction).__name__} | asdict(correction)


def correction_of(form: object) -> Correction:
    correction: Correction = _one_of(_CORRECTIONS, "correction", mapping(form))
    return correction


def _one_of(kinds: Mapping[str, type], key: str, table: Mapping[str, Any]) -> Any:
    kind = kinds.get(str(table.get(key, "")))
    if kind is None:
        raise StoreError(f"There is a {key} of an unknown kind in what is kept. {NEXT_STEP}")
    return record(kind, {name: value for name, value in table.items() if name != key})


def record(kind: type, form: object) -> Any:
    """A value of a flat frozen dataclass; a field with a default may be missing. Raises StoreError."""
    table = mapping(form)
    types = get_type_hints(kind)
    unknown = set(table) - {field.name for field in fields(kind)}
    if unknown:
        raise StoreError(f"{kind.__name__} holds '{min(unknown)[:40]}', which is unknown. {NEXT_STEP}")
    values = {name: _checked(types[name], value, f"{kind.__name__}.{name}") for name, value in table.items()}
    try:
        return kind(**values)
    except TypeError as error:
        raise StoreError(f"{kind.__name__} is incomplete in what is kept ({error}). {NEXT_STEP}") from error


def conversation_form(talk: Conversation) -> dict[str, Any]:
    """Speakers by their place in `voices`, times as (start, end): a talk of half an hour packs to about 100 kB."""
    voices = list(dict.fromkeys((*talk.speakers, *(span.speaker for span in talk.speech), *_heard(talk))))
    at = {voice: place for place, voice in enumerate(voices)}
    return {
        "id": talk.id, "duration_s": talk.duration_s, "voices": voices, "speakers": len(talk.speakers),
        "speech": [_span_form(span, at) for span in talk.speech],
        "words": [[at[word.speaker], word.start_s, word.end_s, word.text] for word in talk.words],
        "word_times": talk.word_times,
        "held": [[at[held.speaker], held.start_s, held.end_s] for held in talk.held],
        "coach": [_span_form(span, at) for span in talk.coach],
        "mixed": talk.mixed,
    }  # fmt: skip


def _heard(talk: Conversation) -> Sequence[str]:
    return [item.speaker for items in (talk.words, talk.held, talk.coach) for item in items]


def _span_form(span: Span, at: Mapping[str, int]) -> list[float]:
    form: list[float] = [at[span.speaker], span.start_s, span.end_s]
    return form if span.probability == 1.0 else [*form, span.probability]


def conversation_of(form: object) -> Conversation:
    table = mapping(form)
    voices = [_label(voice) for voice in rows(table, "voices")]

    def who(row: Sequence[Any]) -> str:
        if not row or not isinstance(row[0], int) or not 0 <= row[0] < len(voices):
            raise StoreError(f"There is speech of nobody in what is kept. {NEXT_STEP}")
        return voices[row[0]]

    def span(row: Sequence[Any]) -> Span:
        speaker, (start_s, end_s) = who(row), times(row[1:3])
        probability = _share(row[3]) if len(row) > 3 else 1.0
        return Span(speaker=speaker, start_s=start_s, end_s=end_s, probability=probability)

    def word(row: Sequence[Any]) -> Word:
        speaker, (start_s, end_s) = who(row), times(row[1:3])
        return Word(speaker=speaker, start_s=start_s, end_s=end_s, text=text(row[3] if len(row) > 3 else None))

    def floor(row: Sequence[Any]) -> HeldFloor:
        speaker, (start_s, end_s) = who(row), times(row[1:3])
        return HeldFloor(speaker=speaker, start_s=start_s, end_s=end_s)

    count: object = table.get("speakers")
    word_times: Any = table.get("word_times")
    if not isinstance(count, int) or not 0 <= count <= len(voices) or word_times not in get_args(WordTimes):
        raise StoreError(f"The facts of a session are incomplete in what is kept. {NEXT_STEP}")
    return Conversation(
        id=text(table.get("id")), duration_s=time(table.get("duration_s")), speakers=tuple(voices[:count]),
        speech=_each(span, table, "speech"), words=_each(word, table, "words"), word_times=word_times,
        held=_each(floor, table, "held"), coach=_each(span, table, "coach"), mixed=table.get("mixed") is True,
    )  # fmt: skip


def turn_form(turn: Turn) -> dict[str, Any]:
    return asdict(turn)


def turn_of(form: object) -> Turn:
    table = dict(mapping(form))
    spans = tuple(record(Span, row) for row in rows(table, "spans"))
    words = tuple(record(Word, row) for row in rows(table, "words"))
    plain = {name: table.get(name) for name in ("index", "speaker", "start_s", "end_s", "counts")}
    types = get_type_hints(Turn)
    return Turn(**{n: _checked(types[n], v, f"Turn.{n}") for n, v in plain.items()}, spans=spans, words=words)


def times(pair: Sequence[Any]) -> tuple[float, float]:
    """Start and end on a recording's clock."""
    if len(pair) != 2 or time(pair[1]) < time(pair[0]):
        raise StoreError(f"Something ends before it starts in what is kept. {NEXT_STEP}")
    return time(pair[0]), time(pair[1])


def _each(make: Callable[[Sequence[Any]], Any], table: Mapping[str, Any], key: str) -> tuple[Any, ...]:
    found = rows(table, key)
    if not all(isinstance(row, list) for row in found):
        raise StoreError(f"'{key}' holds no rows in what is kept. {NEXT_STEP}")
    return tuple(make(row) for row in found)


def rows(table: Mapping[str, Any], key: str) -> list[Any]:
    found = table.get(key)
    if not isinstance(found, list) or len(found) > MOST_ENTRIES:
        raise StoreError(f"'{key}' is missing from what is kept, or too long. {NEXT_STEP}")
    return found


def mapping(form: object) -> Mapping[str, Any]:
    if not isinstance(form, dict):
        raise StoreError(f"There is no table where one should be in what is kept. {NEXT_STEP}")
    return form


def _checked(kind: Any, value: object, place: str) -> Any:
    options = get_args(kind)
    if options and value in options:  # a Literal
        return value
    if (
        kind is float
        and isinstance(value, int | float)
        and not isinstance(value, bool)
        and -MOST_NUMBER <= value <= MOST_NUMBER
    ):
        return value
    if kind is str:
        return text(value)
    if kind is bool and isinstance(value, bool):
        return value
    if kind is int and type(value) is int and -MOST_NUMBER <= value <= MOST_NUMBER:
        return value
    if kind is HeldFloor and isinstance(value, HeldFloor):
        return value
    raise StoreError(f"{place} is not as it should be in what is kept. {NEXT_STEP}")


def time(value: object) -> float:
    if type(value) not in (int, float) or not 0 <= value <= MOST_S:  # type: ignore[operator]
        raise StoreError(f"A time is no number of seconds within a day in what is kept. {NEXT_STEP}")
    return value  # type: ignore[return-value]


def _share(value: object) -> float:
    if type(value) not in (int, float) or not 0 <= value <= 1:  # type: ignore[operator]
        raise StoreError(f"A probability is not between 0 and 1 in what is kept. {NEXT_STEP}")
    return value  # type: ignore[return-value]


def text(value: object, most: int = MOST_TEXT) -> str:
    if not isinstance(value, str) or len(value) > most:
        raise StoreError(f"A text is missing from what is kept, or too long. {NEXT_STEP}")
    return value


def _label(value: object) -> str:
    if len(text(value)) > MOST_LABEL:
        raise StoreError(f"A speaker's name is too long in what is kept. {NEXT_STEP}")
    return text(value)


def _refuse_constant(name: str) -> float:
    raise ValueError(f"{name} is no number")


_DECODER = json.JSONDecoder(parse_constant=_refuse_constant)
