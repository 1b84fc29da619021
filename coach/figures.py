"""The few numbers of one talk that are compared over weeks. Pure; small enough to be kept beside each session."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from audio.types import UNKNOWN
from coach.session.log import Entry, Rated
from coach.summary import Summary

VERSION = 1
"""Of what is counted, and how: figures of another version are made anew."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """What one talk gave for one person."""

    name: str
    share: float  # 0-1 of all speech
    speech_s: float
    partner_speech_s: float
    interruptions: int
    feelings: int
    blames: int
    words: int
    response_s: float | None  # the median of replies that were no reflex
    replies: int
    paraphrases: tuple[float, ...]  # their scores, 0-1
    understood: tuple[int, ...]  # 0-10, as they said themselves


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """One talk."""

    session: str
    started_at: str
    kind: str  # what it is compared with first: guided talks of the same plan, or recordings
    at_least: bool  # one microphone: counts are lower bounds
    people: tuple[Person, ...]

    @property
    def pair(self) -> frozenset[str]:
        return frozenset(person.name.casefold() for person in self.people)


def figures(
    session: str,
    started_at: str,
    kind: str,
    summary: Summary,
    entries: Sequence[Entry],
) -> Figures:
    floor = summary.floor
    rates = {rate.by: rate for rate in floor.rates}
    replies = {one.by: one for one in summary.silence.responsiveness}
    kinds = Counter((remark.speaker, remark.kind) for remark in summary.remarks)
    words = Counter(word.speaker for word in summary.conversation.words)
    people = []
    for share in floor.shares:
        who = share.speaker
        if who == UNKNOWN or not share.speech_s:
            continue
        reply = replies.get(who)
        people.append(
            Person(
                name=summary.name(who), share=share.share, speech_s=share.speech_s,
                partner_speech_s=rates[who].others_speech_s, interruptions=rates[who].interruptions,
                feelings=kinds[who, "feeling"], blames=kinds[who, "blame"], words=words[who],
                response_s=reply.median_s if reply else None,
                replies=reply.replies - reply.immediate if reply else 0,
                paraphrases=tuple(one.paraphrase.score for one in summary.paraphrases if one.by == who),
                understood=tuple(e.value for e in entries if isinstance(e, Rated) and e.by == who and e.confirmed),
            )
        )  # fmt: skip
    return Figures(
        session=session, started_at=started_at, kind=kind, at_least=floor.at_least,
        people=tuple(sorted(people, key=lambda person: person.name)),
    )  # fmt: skip


def figures_from(form: Any) -> Figures:
    """Back from `asdict`, by way of JSON."""
    people = tuple(Person(**(person | {key: tuple(person[key]) for key in _MANY})) for person in form["people"])
    return Figures(**(form | {"people": people}))


_MANY = ("paraphrases", "understood")
