"""A conversation as facts: who spoke when, and which words. Everything else is computed from it.

spans   A ====  ===    =====          one voice, no silence of 180 ms or more
        B          ==          ====
turns   A [---------------]           own spans over own silences under 1.5 s, while the other
        B                     [---]   did not take the floor in between
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from audio.types import Span, Word

if TYPE_CHECKING:
    from coach.thresholds import TurnLimits

COACH = "coach"
WordTimes = Literal["exact", "estimated", "none"]


@dataclass(frozen=True, slots=True, kw_only=True)
class HeldFloor:
    """A stretch in which the coach had given the floor to one person."""

    speaker: str
    start_s: float
    end_s: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Conversation:
    """What was heard. Spans by start; spans of two speakers may overlap, spans of one do not."""

    id: str
    duration_s: float
    speakers: tuple[str, ...]  # ids in order of first speech
    speech: tuple[Span, ...]
    words: tuple[Word, ...] = ()
    word_times: WordTimes = "none"  # estimated: spread evenly over the piece that was recognised
    held: tuple[HeldFloor, ...] = ()
    coach: tuple[Span, ...] = ()  # while the coach itself spoke: left out of every measure
    mixed: bool = False  # one microphone for all: what is said at once is partly lost, counts are "at least"


@dataclass(frozen=True, slots=True, kw_only=True)
class Turn:
    index: int
    speaker: str
    start_s: float
    end_s: float
    spans: tuple[Span, ...]
    words: tuple[Word, ...] = ()
    counts: bool = True  # long enough for turn statistics

    @property
    def text(self) -> str:
        return " ".join(word.text for word in self.words)


def spans_from_words(words: Iterable[Word], limits: TurnLimits) -> tuple[Span, ...]:
    """The speech that timed words make: each word a stretch, joined over silence too short to be one."""
    return joined((Span(speaker=w.speaker, start_s=w.start_s, end_s=w.end_s) for w in words), limits)


def joined(spans: Iterable[Span], limits: TurnLimits) -> tuple[Span, ...]:
    """Spans by start; those of one speaker joined over silence under `silence_within_span_s`, clicks dropped.

    A joined span is as sure as the least sure of its parts.
    """
    last: dict[str, Span] = {}
    done: list[Span] = []
    for span in sorted(spans, key=_by_start):
        before = last.get(span.speaker)
        if before is not None and span.start_s - before.end_s < limits.silence_within_span_s:
            last[span.speaker] = Span(
                speaker=span.speaker,
                start_s=before.start_s,
                end_s=max(before.end_s, span.end_s),
                probability=min(before.probability, span.probability),
            )
            continue
        if before is not None:
            done.append(before)
        last[span.speaker] = span
    done.extend(last.values())
    return tuple(sorted((span for span in done if span.duration_s >= limits.least_span_s), key=_by_start))


def people_speech(conversation: Conversation) -> tuple[Span, ...]:
    """The speech of the people, what falls under the coach's own speech cut away."""
    if not conversation.coach:
        return conversation.speech
    coach = sorted((span.start_s, span.end_s) for span in conversation.coach)
    pieces = (
        Span(speaker=span.speaker, start_s=start_s, end_s=end_s, probability=span.probability)
        for span in conversation.speech
        for start_s, end_s in without(span.start_s, span.end_s, coach)
    )
    return tuple(sorted(pieces, key=_by_start))


def coach_speech(stretches: Iterable[tuple[float, float]]) -> tuple[Span, ...]:
    """For `Conversation.coach`: start and end in seconds of what the coach said."""
    return tuple(Span(speaker=COACH, start_s=start_s, end_s=end_s) for start_s, end_s in stretches)


def without(start_s: float, end_s: float, cut: Sequence[tuple[float, float]]) -> Iterator[tuple[float, float]]:
    """What is left of a stretch when others (by start) are cut out of it."""
    for cut_start_s, cut_end_s in cut:
        if cut_start_s >= end_s:
            break
        if cut_end_s <= start_s:
            continue
        if cut_start_s > start_s:
            yield start_s, cut_start_s
        start_s = cut_end_s
    if end_s > start_s:
        yield start_s, end_s


def turns(conversation: Conversation, limits: TurnLimits) -> tuple[Turn, ...]:
    """The turns of all speakers, by start. Every span is in exactly one; every word of a speaker with a turn too."""
    by_speaker: dict[str, list[Span]] = {}
    for span in people_speech(conversation):
        by_speaker.setdefault(span.speaker, []).append(span)
    merged = [group for speaker in by_speaker for group in _groups(speaker, by_speaker, limits)]
    merged.sort(key=lambda group: _by_start(group[0]))
    words = _words_of(merged, conversation)
    return tuple(
        Turn(
            index=index,
            speaker=group[0].speaker,
            start_s=group[0].start_s,
            end_s=group[-1].end_s,
            spans=tuple(group),
            words=tuple(words[index]),
            counts=group[-1].end_s - group[0].start_s >= limits.least_counted_s,
        )
        for index, group in enumerate(merged)
    )


def _groups(speaker: str, by_speaker: dict[str, list[Span]], limits: TurnLimits) -> Iterator[list[Span]]:
    """The spans of one speaker, split where the silence is long or another took the floor in it."""
    others = [Talk(spans) for name, spans in by_speaker.items() if name != speaker]
    group: list[Span] = []
    for span in by_speaker[speaker]:
        if group:
            silent_from_s = group[-1].end_s
            long = span.start_s - silent_from_s >= limits.silence_within_turn_s
            if long or any(other.took_floor(silent_from_s, span.start_s, limits) for other in others):
                yield group
                group = []
        group.append(span)
    if group:
        yield group


def _words_of(groups: list[list[Span]], conversation: Conversation) -> list[list[Word]]:
    """The words of each group: a word belongs to the last group of its speaker that began before its middle."""
    starts: dict[str, list[float]] = {}
    places: dict[str, list[int]] = {}
    for place, group in enumerate(groups):
        starts.setdefault(group[0].speaker, []).append(group[0].start_s)
        places.setdefault(group[0].speaker, []).append(place)
    found: list[list[Word]] = [[] for _ in groups]
    coach = Talk(sorted(conversation.coach, key=_by_start))
    for word in sorted(conversation.words, key=lambda word: word.start_s):
        middle_s = (word.start_s + word.end_s) / 2
        if word.speaker in starts and not coach.speaks_at(middle_s):
            at = max(0, bisect_right(starts[word.speaker], middle_s) - 1)
            found[places[word.speaker][at]].append(word)
    return found


class Talk:
    """The spans of one speaker (by start, apart from each other), to be asked what was said when."""

    __slots__ = ("ends_s", "spans", "starts_s")

    def __init__(self, spans: Sequence[Span]) -> None:
        self.spans = spans
        self.starts_s = [span.start_s for span in spans]
        self.ends_s = [span.end_s for span in spans]

    def within(self, start_s: float, end_s: float) -> Iterator[tuple[float, float]]:
        """The stretches spoken between two times."""
        for at in range(bisect_right(self.ends_s, start_s), bisect_left(self.starts_s, end_s)):
            yield max(start_s, self.starts_s[at]), min(end_s, self.ends_s[at])

    def took_floor(self, start_s: float, end_s: float, limits: TurnLimits) -> bool:
        """Whether this speaker speaks long enough in another's silence, or begins to in it."""
        if any(b - a >= limits.floor_taken_s for a, b in self.within(start_s, end_s)):
            return True
        begun = range(bisect_left(self.starts_s, start_s), bisect_left(self.starts_s, end_s))
        return any(self.ends_s[at] - self.starts_s[at] >= limits.floor_taken_s for at in begun)

    def total_s(self, start_s: float, end_s: float) -> float:
        return sum(b - a for a, b in self.within(start_s, end_s))

    def touches(self, start_s: float, end_s: float) -> bool:
        """Whether anything is said between two times, or just where the stretch begins or ends."""
        return bool(self.spans) and bisect_left(self.ends_s, start_s) < bisect_right(self.starts_s, end_s)

    def at(self, time_s: float) -> int | None:
        """The index of the span that covers a time."""
        at = bisect_right(self.starts_s, time_s) - 1
        return at if at >= 0 and time_s < self.ends_s[at] else None

    def speaks_at(self, time_s: float) -> bool:
        return self.at(time_s) is not None


def _by_start(span: Span) -> tuple[float, float, str]:
    return span.start_s, span.end_s, span.speaker
