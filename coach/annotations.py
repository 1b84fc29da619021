"""Annotated conversations from files: our JSON, RTTM, Praat TextGrid. Every bad input is an AnnotationError that
names the file and the place in it.

    {"id", "words": [{"speaker", "start_s", "end_s", "text"}]}      word_times exact
    {"speech": [{"speaker", "start_s", "end_s"}]}                   word_times none
    a summary: {"speech", "turns": [{..., "text"}], "source"}       word_times estimated
    SPEAKER call 1 0.20 1.35 <NA> <NA> ann <NA> <NA>                word_times none
    a TextGrid with one interval tier a speaker                     see coach/praat.py
"""

from __future__ import annotations

import json
import stat
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from audio.types import Span, Word
from coach.annotation_values import MOST_ENTRIES, MOST_LABEL, MOST_S, label, ordered, seconds, spread
from coach.conversation import Conversation, Talk, WordTimes, joined, spans_from_words
from coach.errors import AnnotationError
from coach.plain import printable
from coach.praat import is_textgrid, textgrid
from coach.thresholds import TurnLimits

MOST_BYTES = 64 * 2**20
MOST_SPEAKERS = 20
ROUNDING_S = 0.05
"""Turns of one speaker may overlap by as much: times in files are rounded."""


def read(path: Path, limits: TurnLimits) -> Conversation:
    """The conversation in a file. The format shows in the text itself, not in the name."""
    try:
        state = path.stat()
        if stat.S_ISDIR(state.st_mode):
            raise AnnotationError(f"{path} is a folder. Name one conversation in it.")
        if not stat.S_ISREG(state.st_mode):  # opening a pipe would wait for ever, a device never ends
            raise AnnotationError(f"{path} is not a file. Save the conversation to a file first, and name that.")
        size = state.st_size
        if size > MOST_BYTES:
            raise AnnotationError(f"{path}: {size / 2**20:.0f} MB is too large; the most is {MOST_BYTES // 2**20} MB.")
        raw = path.read_bytes()
    except (OSError, ValueError) as error:  # ValueError: a null character in the name
        reason = getattr(error, "strerror", None) or str(error)
        raise AnnotationError(f"{path}: cannot be read ({reason}); check the name and the rights.") from error
    return parse(decoded(raw, str(path)), str(path), limits)


def decoded(raw: bytes, name: str) -> str:
    """Text from UTF-8, or from UTF-16 with its mark (as Praat writes it)."""
    encoding = "utf-16" if raw[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8-sig"
    try:
        return raw.decode(encoding)
    except UnicodeDecodeError as error:
        raise AnnotationError(
            f"{name}: byte {error.start} is no {encoding[:6].upper().rstrip('-')} text; "
            "give JSON, RTTM or a TextGrid saved as UTF-8."
        ) from error


def parse(text: str, name: str, limits: TurnLimits) -> Conversation:
    """The conversation in a text; `name` stands in the messages, and gives the id where the text has none."""
    begin = text.lstrip()
    if not begin:
        raise AnnotationError(f"{name}: is empty; give a conversation as JSON, RTTM or TextGrid.")
    if begin.startswith(("{", "[")):
        return from_json(text, name, limits)
    if is_textgrid(begin):
        words, spans, word_times = textgrid(text, name)
        return assembled(_stem(name), spans, words, word_times, 0.0, name, limits)
    return from_rttm(text, name, limits)


def from_json(text: str, name: str, limits: TurnLimits) -> Conversation:
    try:
        table = json.loads(text)
    except json.JSONDecodeError as error:
        raise AnnotationError(
            f"{name}, line {error.lineno}, column {error.colno}: no JSON ({error.msg}); mend it there."
        ) from error
    except (RecursionError, ValueError) as error:
        raise AnnotationError(
            f"{name}: no usable JSON (nested too deep, or a number too long); write it again."
        ) from error
    if not isinstance(table, dict):
        raise AnnotationError(f'{name}: the top is no object; give one with "words" or "speech".')
    if not {"words", "speech", "turns"} & set(table):
        raise AnnotationError(f'{name}: holds neither "words" nor "speech"; give one of them.')
    spans = [_span(row, place) for row, place in _rows(table, "speech", name)]
    words = [_word(row, place) for row, place in _rows(table, "words", name)]
    word_times: WordTimes = "exact" if words else "none"
    if not words:
        turns = [_word(row, place) for row, place in _rows(table, "turns", name)]
        words = _spread_over(turns, joined(spans, limits), name)
        spans = spans or [_as_span(turn) for turn in turns]
        word_times = "estimated" if words else "none"
    source = table.get("source")
    source = source if isinstance(source, dict) else {}
    duration_s = _seconds(source, "duration_s", f"{name}: source") if "duration_s" in source else 0.0
    given = table.get("id", _stem(name))
    if not isinstance(given, (str, int)) or not str(given).isprintable() or len(str(given)) > MOST_LABEL:
        raise AnnotationError(f"{name}: 'id' is no name; give a printable one of at most {MOST_LABEL} characters.")
    return assembled(str(given), spans, words, word_times, duration_s, name, limits, mixed=source.get("channels") == 1)


def from_rttm(text: str, name: str, limits: TurnLimits) -> Conversation:
    """SPEAKER lines; other line types and comments (;;) are passed over."""
    spans: list[Span] = []
    recordings: set[str] = set()
    for number, line in enumerate(text.splitlines(), start=1):
        fields = line.split()
        if not fields or fields[0].startswith(";;"):
            continue
        place = f"{name}, line {number}"
        if fields[0] in OTHER_RTTM_TYPES:
            continue
        if fields[0] != "SPEAKER":
            raise AnnotationError(f"{place}: neither JSON nor TextGrid nor an RTTM line; give one of the three.")
        if len(fields) < 8:
            raise AnnotationError(
                f"{place}: {len(fields)} fields; RTTM has 8 or more: SPEAKER file channel start length - - name."
            )
        recordings.add(fields[1])
        start_s = seconds(_number(fields[3], place), "the start", place)
        length_s = seconds(_number(fields[4], place), "the length", place)
        end_s = seconds(start_s + length_s, "the end", place)
        spans.append(Span(speaker=label(fields[7], place), start_s=start_s, end_s=end_s))
        if len(spans) > MOST_ENTRIES:
            raise AnnotationError(f"{place}: more than {MOST_ENTRIES} spans; split the file.")
    if len(recordings) > 1:
        raise AnnotationError(f"{name}: holds {len(recordings)} recordings; give each its own file.")
    id_ = next(iter(recordings), _stem(name))
    return assembled(id_, spans, [], "none", 0.0, name, limits)


def _stem(name: str) -> str:
    return printable(Path(name).stem, MOST_LABEL)


OTHER_RTTM_TYPES = frozenset(
    ("SPKR-INFO", "LEXEME", "NON-LEX", "NON-SPEECH", "NOSCORE", "NO_RT_METADATA", "SEGMENT", "FILLER", "EDIT", "SU")
)


def assembled(
    id_: str,
    spans: Sequence[Span],
    words: Sequence[Word],
    word_times: WordTimes,
    duration_s: float,
    name: str,
    limits: TurnLimits,
    mixed: bool = False,
) -> Conversation:
    """The conversation of checked spans and words: spans joined, or made of the words where there are none."""
    speech = joined(spans, limits) if spans else spans_from_words(words, limits)
    if not speech:
        raise AnnotationError(f"{name}: holds no speech; give at least one span of {limits.least_span_s:g} s or more.")
    speakers = tuple(dict.fromkeys(span.speaker for span in speech))
    if len(speakers) > MOST_SPEAKERS:
        raise AnnotationError(
            f"{name}: {len(speakers)} speakers; the measures are made for two people, and take {MOST_SPEAKERS} at most."
        )
    return Conversation(
        id=id_,
        duration_s=max([duration_s, *(span.end_s for span in speech), *(word.end_s for word in words)]),
        speakers=speakers,
        speech=speech,
        words=tuple(sorted((w for w in words if w.speaker in speakers), key=lambda word: word.start_s)),
        word_times=word_times,
        mixed=mixed,
    )


def _spread_over(turns: Iterable[Word], spans: Sequence[Span], name: str) -> list[Word]:
    """Words of whole turns: each turn's text over its speaker's spans (by start, apart) inside it."""
    by_speaker: dict[str, list[Span]] = {}
    for span in spans:
        by_speaker.setdefault(span.speaker, []).append(span)
    talks = {speaker: Talk(own) for speaker, own in by_speaker.items()}
    ended_s: dict[str, float] = {}
    words: list[Word] = []
    for turn in sorted(turns, key=lambda turn: turn.start_s):
        if turn.start_s < ended_s.get(turn.speaker, 0.0) - ROUNDING_S:
            raise AnnotationError(
                f"{name}: turns: {turn.speaker} begins one at {turn.start_s:g} s inside another; join the two."
            )
        ended_s[turn.speaker] = turn.end_s
        talk = talks.get(turn.speaker)
        inside = list(talk.within(turn.start_s, turn.end_s)) if talk else []
        words.extend(spread(turn.text, turn.speaker, inside or [(turn.start_s, turn.end_s)]))
    return words


def _rows(table: Mapping[str, object], key: str, name: str) -> Iterable[tuple[Mapping[str, object], str]]:
    rows = table.get(key, [])
    if not isinstance(rows, list):
        raise AnnotationError(f"{name}: '{key}' is no list; give one, even of one entry.")
    if len(rows) > MOST_ENTRIES:
        raise AnnotationError(
            f"{name}: '{key}' has {len(rows)} entries; the most is {MOST_ENTRIES}, so split the file."
        )
    for at, row in enumerate(rows):
        place = f"{name}: {key}[{at}]"
        if not isinstance(row, dict):
            raise AnnotationError(f"{place}: is no object; give one with speaker, start_s and end_s.")
        yield row, place


def _span(row: Mapping[str, object], place: str) -> Span:
    start_s, end_s = ordered(_seconds(row, "start_s", place), _seconds(row, "end_s", place), place)
    return Span(speaker=label(row.get("speaker"), place), start_s=start_s, end_s=end_s)


def _word(row: Mapping[str, object], place: str) -> Word:
    span = _span(row, place)
    text = row.get("text")
    if not isinstance(text, str):
        raise AnnotationError(f"{place}: 'text' is missing or no text; give the words in quotes.")
    return Word(speaker=span.speaker, start_s=span.start_s, end_s=span.end_s, text=" ".join(text.split()))


def _as_span(word: Word) -> Span:
    return Span(speaker=word.speaker, start_s=word.start_s, end_s=word.end_s)


def _seconds(row: Mapping[str, object], key: str, place: str) -> float:
    value = row.get(key)
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        raise AnnotationError(f"{place}: '{key}' is missing or no number; give seconds from the start.")
    try:
        return seconds(float(value), f"'{key}'", place)
    except OverflowError as error:
        raise AnnotationError(f"{place}: '{key}' is too large; give seconds from 0 to {MOST_S:g}.") from error


def _number(text: str, place: str) -> float:
    try:
        return float(text)
    except ValueError as error:
        raise AnnotationError(f"{place}: {text[:40]!r} is no number; give seconds from the start.") from error
