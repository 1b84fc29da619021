"""What one person says from one beginning until they stop or the other is back: the unit that is judged.

A  =================          =======      own silence of 1.0 s ends a contribution,
B            ==  =======  ===              and so does a span of A's of over 0.6 s that begins in B's silence
             [---------------]
"""

from __future__ import annotations

import math
from bisect import bisect_left, bisect_right
from collections.abc import Iterator
from dataclasses import dataclass
from operator import attrgetter
from typing import NamedTuple

from audio.types import UNKNOWN, Span, Word
from coach.conversation import Conversation, HeldFloor, Talk, people_speech
from coach.thresholds import FloorLimits

WORD_SLACK_S = 0.1
"""A word that begins so much before a stretch still belongs to it: recognisers' word times are that loose."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Hold:
    """Who had the floor when somebody came in: one span of theirs, and what they did after it."""

    speaker: str
    span: Span
    next_start_s: float | None  # when they spoke again after that span


class Contribution(NamedTuple):  # a dataclass takes twice as long to make, and an hour has a thousand
    by: str
    start_s: float
    end_s: float
    spans: tuple[Span, ...]
    words: tuple[Word, ...]
    given: HeldFloor | None  # the floor of somebody else's that it began in
    into: Hold | None  # whose speech it began in, None where it began in silence
    before: tuple[float, float] | None  # when the same person's talk just before `into` began and ended

    @property
    def text(self) -> str:
        return " ".join(word.text for word in self.words)


class Scene:
    """A conversation, to be asked who spoke when and what was said. Unknown voices take part in nothing."""

    __slots__ = ("_held", "_word_starts_s", "_words", "others", "talks")

    def __init__(self, conversation: Conversation) -> None:
        spans: dict[str, list[Span]] = {speaker: [] for speaker in conversation.speakers if speaker != UNKNOWN}
        for span in people_speech(conversation):
            if span.speaker != UNKNOWN:
                spans.setdefault(span.speaker, []).append(span)
        self.talks = {speaker: Talk(tuple(some)) for speaker, some in spans.items()}
        self.others = {
            speaker: tuple((name, talk) for name, talk in self.talks.items() if name != speaker) for speaker in spans
        }
        self._held = sorted(conversation.held, key=lambda held: held.start_s)
        words = sorted(conversation.words, key=attrgetter("start_s"))
        self._words = {speaker: tuple(word for word in words if word.speaker == speaker) for speaker in spans}
        self._word_starts_s = {name: [word.start_s for word in words] for name, words in self._words.items()}

    def words(self, speaker: str, start_s: float, end_s: float) -> tuple[Word, ...]:
        starts_s = self._word_starts_s[speaker]
        first = bisect_left(starts_s, start_s - WORD_SLACK_S)
        return self._words[speaker][first : bisect_left(starts_s, end_s)]

    def given_to_other(self, speaker: str, time_s: float) -> HeldFloor | None:
        """The floor that the coach had given to somebody else at a time."""
        if not self._held:
            return None
        at = bisect_right(self._held, time_s, key=lambda held: held.start_s) - 1
        if at < 0 or self._held[at].speaker == speaker or time_s >= self._held[at].end_s:
            return None
        return self._held[at]

    def holders(self, by: str, limits: FloorLimits) -> list[Hold | None]:
        """For each span of `by`: who else had spoken for a while at its onset and went on, of several the longest."""
        onsets_s = self.talks[by].starts_s
        found: list[Hold | None] = [None] * len(onsets_s)
        for name, talk in self.others[by]:
            ends_s, starts_s = talk.ends_s, [*talk.starts_s, math.inf]
            at = -1  # the last span that began by the onset
            for place, onset_s in enumerate(onsets_s):
                while starts_s[at + 1] <= onset_s:
                    at += 1
                if at < 0 or ends_s[at] - onset_s < limits.overlap_s or onset_s - starts_s[at] < limits.spoken_s:
                    continue
                longest = found[place]
                if longest is None or starts_s[at] < longest.span.start_s:
                    after_s = talk.starts_s[at + 1] if at + 1 < len(talk.spans) else None
                    found[place] = Hold(speaker=name, span=talk.spans[at], next_start_s=after_s)
        return found

    def pause_at(self, time_s: float, by: str) -> tuple[str, Span, float] | None:
        """Who, other than `by`, stopped last before a time and spoke again: their span, and when they were back."""
        found: tuple[str, Span, float] | None = None
        for name, talk in self.others[by]:
            at = bisect_right(talk.ends_s, time_s) - 1
            if at < 0 or at + 1 == len(talk.spans) or talk.starts_s[at + 1] <= time_s:
                continue
            if found is None or talk.ends_s[at] > found[1].end_s:
                found = (name, talk.spans[at], talk.starts_s[at + 1])
        return found


def contributions(scene: Scene, limits: FloorLimits) -> tuple[Contribution, ...]:
    """Every contribution of every speaker, by start.

    What begins in another's speech is its own contribution even where the same person spoke just before it;
    it is then judged once, whole: what follows in it is not judged again.
    """
    found = [c for speaker in scene.talks for c in _of_speaker(scene, speaker, limits)]
    return tuple(sorted(found, key=attrgetter("start_s", "end_s", "by")))


def _of_speaker(scene: Scene, speaker: str, limits: FloorLimits) -> Iterator[Contribution]:
    talk = scene.talks[speaker]
    lasts = _lasts(scene, speaker, limits)
    holders = scene.holders(speaker, limits)
    judged_to = clear_to = -1  # the last span of the last contribution that began in another's speech; in silence
    run_first = 0  # the first span of the talk, over silences too short to end it, that span `at - 1` is part of
    for at, span in enumerate(talk.spans):
        if at > 1 and talk.starts_s[at - 1] - talk.ends_s[at - 2] >= limits.own_silence_s:
            run_first = at - 1
        if at <= judged_to:
            continue
        into = holders[at]
        if into is None and at <= clear_to:
            continue
        last = lasts[at]
        if into is None:
            clear_to, before = last, None
        else:
            judged_to = last
            before = (talk.starts_s[run_first], talk.ends_s[at - 1]) if at else None
        yield Contribution(
            by=speaker,
            start_s=span.start_s,
            end_s=talk.ends_s[last],
            spans=tuple(talk.spans[at : last + 1]),
            words=scene.words(speaker, span.start_s, talk.ends_s[last]),
            given=scene.given_to_other(speaker, span.start_s),
            into=into,
            before=before,
        )


def _lasts(scene: Scene, speaker: str, limits: FloorLimits) -> list[int]:
    """For each span the index of the span that ends a contribution which begins with it."""
    talk = scene.talks[speaker]
    given = [scene.given_to_other(speaker, start_s) for start_s in talk.starts_s]
    taken_s = sorted(
        start_s
        for _, other in scene.others[speaker]
        for start_s, end_s in zip(other.starts_s, other.ends_s, strict=True)
        if end_s - start_s > limits.takes_over_s  # more than a sign of listening
    )
    lasts = list(range(len(talk.spans)))
    for at in range(len(lasts) - 2, -1, -1):
        from_s, to_s = talk.ends_s[at], talk.starts_s[at + 1]
        if to_s - from_s >= limits.own_silence_s:
            continue
        taken = bisect_left(taken_s, from_s)
        if taken < len(taken_s) and taken_s[taken] < to_s:
            continue
        if given[at] is not given[at + 1]:
            continue  # a floor was given or ended: what follows is judged by its own rule
        lasts[at] = lasts[at + 1]
    return lasts
