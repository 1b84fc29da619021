"""What people put right after a talk, as values: the facts as heard stay, and each correction can be taken back.

    as heard --first, second, ... correction--> as it was --> all measures anew

Who was wronged decides: an interruption is "fine" when the one who was interrupted says so.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from audio.types import Span, Word
from coach.annotation_values import spread
from coach.conversation import Conversation, without
from coach.grounds import Findings
from coach.measures.floor import Rate
from coach.measures.interruptions import Interruption
from coach.measures.lexicon import FOUR
from coach.measures.words import Remark

LEFT_OUT = "left out"
"""Whose speech a stretch that was taken out is. As with the coach's own, nothing in it is measured, silence neither."""
FAULTS = frozenset(("blame", "pseudo_feeling", "advice", *FOUR))
"""Kinds of remarks that may be held against somebody. Where one is fine, so are the others in the same sentence."""
SAME_S = 0.02
"""Two events of a kind that begin so near each other are one: spans are good to 10 ms."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Given:
    """What one speaker is said to have said between two times, the other said."""

    speaker: str
    to: str
    start_s: float
    end_s: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Swapped:
    """The two voices were taken for each other, all through. Floors that the coach gave stay with the people."""

    one: str
    other: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Reworded:
    """A word was heard wrong: that of `speaker` which begins at `start_s`. Several words may stand for it, or none."""

    speaker: str
    start_s: float
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Fine:
    """ "That was fine": something that was counted, and should not be."""

    what: Literal["interruption", "remark"]
    kind: str
    start_s: float
    by: str  # who says so: who was interrupted, or spoken to


@dataclass(frozen=True, slots=True, kw_only=True)
class LeftOut:
    """A stretch that counts for nothing. It is still there: to delete it for good is another thing."""

    start_s: float
    end_s: float


Correction = Given | Swapped | Reworded | Fine | LeftOut


@dataclass(frozen=True, slots=True, kw_only=True)
class Applied:
    conversation: Conversation
    fine: tuple[Fine, ...]  # what the summary must not hold against anybody


def apply(conversation: Conversation, corrections: Iterable[Correction]) -> Applied:
    """One after the other. What no longer finds its place (a word that was left out since) does nothing."""
    fine: list[Fine] = []
    for correction in corrections:
        match correction:
            case Given():
                conversation = _given(conversation, correction)
            case Swapped():
                conversation = _swapped(conversation, correction)
            case Reworded():
                conversation = _reworded(conversation, correction)
            case LeftOut():
                conversation = left_out(conversation, correction.start_s, correction.end_s)
            case Fine():
                fine.append(correction)
    return Applied(conversation=conversation, fine=tuple(fine))


def left_out(conversation: Conversation, start_s: float, end_s: float) -> Conversation:
    """Without any speech and words of a stretch, for which no silence is measured either."""
    stretch = [(start_s, end_s)]
    speech = (
        replace(span, start_s=a, end_s=b)
        for span in conversation.speech
        for a, b in without(span.start_s, span.end_s, stretch)
    )
    words = tuple(word for word in conversation.words if word.end_s <= start_s or word.start_s >= end_s)
    nobody = Span(speaker=LEFT_OUT, start_s=start_s, end_s=end_s)
    return _arranged(replace(conversation, words=words, coach=(*conversation.coach, nobody)), speech)


def in_order(conversation: Conversation) -> Conversation:
    """As every measure needs it, wherever it comes from: speech by start, and that of one person apart."""
    return _arranged(conversation, conversation.speech)


def put_right(findings: Findings, fine: Sequence[Fine]) -> Findings:
    """The findings with what was fine taken out: no remark any more, and an interruption one that helped."""
    if not fine:
        return findings
    floor = findings.floor
    said = {event: found for event in floor.interruptions if (found := _found(event, fine, "interruption"))}
    freed = tuple(_freed(event, findings.names.get(found.by, found.by)) for event, found in said.items())
    left = tuple(event for event in floor.interruptions if event not in said)
    return replace(
        findings,
        floor=replace(
            floor,
            interruptions=left,
            overlaps=tuple(sorted((*floor.overlaps, *freed), key=lambda event: event.start_s)),
            rates=tuple(_rate(rate, left) for rate in floor.rates),
        ),
        remarks=tuple(remark for remark in findings.remarks if not _found(remark, fine, "remark")),
    )


def _found(event: Interruption | Remark, fine: Sequence[Fine], what: str) -> Fine | None:
    here = (one for one in fine if one.what == what and abs(one.start_s - event.start_s) <= SAME_S)
    return next((one for one in here if one.kind == event.kind or {one.kind, event.kind} <= FAULTS), None)


def _freed(event: Interruption, name: str) -> Interruption:
    return replace(event, kind="cooperative", confidence=1.0, reason=f"{name} said that this was fine.")


def _rate(rate: Rate, left: Sequence[Interruption]) -> Rate:
    count = sum(event.by == rate.by for event in left)
    per_min = rate.interruptions_per_min
    if count != rate.interruptions and per_min is not None:
        per_min = per_min * count / rate.interruptions
    return replace(rate, interruptions=count, interruptions_per_min=per_min)


def _given(conversation: Conversation, given: Given) -> Conversation:
    cut = [(given.start_s, given.end_s)]

    def spans() -> Iterable[Span]:
        for span in conversation.speech:
            start_s, end_s = max(span.start_s, given.start_s), min(span.end_s, given.end_s)
            if span.speaker != given.speaker or end_s <= start_s:
                yield span
                continue
            yield replace(span, speaker=given.to, start_s=start_s, end_s=end_s, probability=1.0)
            for a, b in without(span.start_s, span.end_s, cut):
                yield replace(span, start_s=a, end_s=b)

    words = tuple(
        replace(word, speaker=given.to) if word.speaker == given.speaker and _inside(word, given) else word
        for word in conversation.words
    )
    return _arranged(replace(conversation, words=words), spans())


def _inside(word: Word, given: Given) -> bool:
    return given.start_s <= (word.start_s + word.end_s) / 2 <= given.end_s


def _swapped(conversation: Conversation, swapped: Swapped) -> Conversation:
    other = {swapped.one: swapped.other, swapped.other: swapped.one}
    words = tuple(replace(word, speaker=other.get(word.speaker, word.speaker)) for word in conversation.words)
    speech = (replace(span, speaker=other.get(span.speaker, span.speaker)) for span in conversation.speech)
    return _arranged(replace(conversation, words=words), speech)


def _reworded(conversation: Conversation, reworded: Reworded) -> Conversation:
    words: list[Word] = []
    done = False
    for word in conversation.words:
        if not done and word.speaker == reworded.speaker and abs(word.start_s - reworded.start_s) < 1e-6:
            words.extend(spread(reworded.text, word.speaker, [(word.start_s, word.end_s)]))
            done = True
        else:
            words.append(word)
    return replace(conversation, words=tuple(words))


def _arranged(conversation: Conversation, speech: Iterable[Span]) -> Conversation:
    """Speech by start, that of one person apart; and the speakers in the order in which they now begin."""
    last: dict[str, Span] = {}
    apart: list[Span] = []
    for span in sorted(speech, key=_by_start):
        before = last.get(span.speaker)
        if before is not None and span.start_s < before.end_s:
            probability = min(before.probability, span.probability)
            last[span.speaker] = replace(before, end_s=max(before.end_s, span.end_s), probability=probability)
            continue
        if before is not None:
            apart.append(before)
        last[span.speaker] = span
    ordered = tuple(sorted((*apart, *last.values()), key=_by_start))
    speakers = tuple(dict.fromkeys(span.speaker for span in ordered))
    return replace(conversation, speech=ordered, speakers=speakers)


def _by_start(span: Span) -> tuple[float, float, str]:
    return span.start_s, span.end_s, span.speaker
