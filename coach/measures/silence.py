"""Silence, by whose it is: pauses, gaps, lapses; how quickly each person answers; and who can wait.

    A  =====   =====        =====                 ====
    B                 ====          ===
            pause   gap   gap                lapse (5 s and more)

Every silence has exactly one kind. Definitions: MEASURES, section 2. What touches the coach's own speech is left out.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from statistics import median
from typing import NamedTuple

from audio.types import UNKNOWN, Span
from coach.conversation import Conversation, Talk, Turn, people_speech
from coach.thresholds import SilenceLimits


@dataclass(frozen=True, slots=True, kw_only=True)
class Pause:
    """Nobody spoke, and the same person went on."""

    speaker: str
    start_s: float
    end_s: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Gap:
    """Nobody spoke, and then another did."""

    from_speaker: str
    to_speaker: str
    start_s: float
    end_s: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Lapse:
    """Nobody spoke for so long that the talk had come to rest."""

    from_speaker: str
    to_speaker: str
    start_s: float
    end_s: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Response:
    """One change of speaker: `response_s` is the gap, or minus the overlap."""

    by: str
    to: str
    start_s: float
    response_s: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Wait:
    """A silence of 3 s or more that a listener left after the partner's speech."""

    by: str
    after: str
    start_s: float
    end_s: float
    replied: bool  # the listener then spoke; else the partner went on
    then_s: float  # the length of the partner's next turn, 0 where there was none
    earned_more: bool  # the partner went on, or said more than after this listener's other replies


@dataclass(frozen=True, slots=True, kw_only=True)
class Responsiveness:
    """How one person answers."""

    by: str
    replies: int
    immediate: int  # under `immediate_s`: planned while the other spoke; not in the median
    median_s: float | None  # of the rest, lapses left out; None where there are none
    waited: int  # replies after 3 s or more
    waited_share: float | None  # of all replies


@dataclass(frozen=True, slots=True, kw_only=True)
class Silence:
    pauses: tuple[Pause, ...]
    gaps: tuple[Gap, ...]
    lapses: tuple[Lapse, ...]
    responses: tuple[Response, ...]  # the distribution: a single gap is good to +-180 ms only
    responsiveness: tuple[Responsiveness, ...]  # in the order of the conversation's speakers
    waits: tuple[Wait, ...]


def silence(conversation: Conversation, turns: Sequence[Turn], limits: SilenceLimits) -> Silence:
    coach = Talk(sorted(conversation.coach, key=lambda span: span.start_s))
    pauses: list[Pause] = []
    gaps: list[Gap] = []
    lapses: list[Lapse] = []
    begun = _Turns(turns)
    for before, after, start_s, end_s in _silences(people_speech(conversation)):
        if coach.touches(start_s, end_s):
            continue
        if end_s - start_s >= limits.lapse_s:
            lapses.append(Lapse(from_speaker=before, to_speaker=after, start_s=start_s, end_s=end_s))
        elif speaker := before if before == after else begun.keeper(before, after, start_s, end_s):
            pauses.append(Pause(speaker=speaker, start_s=start_s, end_s=end_s))
        else:
            gaps.append(Gap(from_speaker=before, to_speaker=after, start_s=start_s, end_s=end_s))
    runs = _runs(turns)
    replies = tuple(_replies(runs, coach))
    named = [name for name in conversation.speakers if name != UNKNOWN]
    return Silence(
        pauses=tuple(pauses),
        gaps=tuple(gaps),
        lapses=tuple(lapses),
        responses=tuple(reply.response for reply in replies if reply.response.response_s < limits.lapse_s),
        responsiveness=tuple(_responsiveness(name, replies, limits) for name in named),
        waits=_waits(replies, runs, named, coach, limits),
    )


def _silences(speech: Sequence[Span]) -> Iterator[tuple[str, str, float, float]]:
    """Every stretch in which nobody speaks: who spoke before it, who after, from, to."""
    last: Span | None = None
    for span in speech:
        if last is not None and span.start_s > last.end_s:
            yield last.speaker, span.speaker, last.end_s, span.start_s
        if last is None or span.end_s > last.end_s:
            last = span


class _Turns:
    """The turns that had begun, the last of each speaker, as time goes on."""

    __slots__ = ("_at", "_last", "_turns")

    def __init__(self, turns: Sequence[Turn]) -> None:
        self._turns = turns
        self._at = 0
        self._last: dict[str, Turn] = {}

    def keeper(self, before: str, after: str, start_s: float, end_s: float) -> str | None:
        """Who keeps the turn over a silence beside which another only came in ("mm-hm" does not change the speaker).

        Of several, who began first. To be asked about one silence after the other.
        """
        while self._at < len(self._turns) and self._turns[self._at].start_s <= end_s:
            turn = self._turns[self._at]
            self._last[turn.speaker] = turn
            self._at += 1
        found: Turn | None = None
        for turn in self._last.values():
            if turn.end_s <= end_s or turn.start_s > start_s:
                continue
            came_in = all(self._last[name].start_s > turn.start_s for name in (before, after) if name != turn.speaker)
            if came_in and (found is None or turn.start_s < found.start_s):
                found = turn
        return found.speaker if found else None


class _Reply(NamedTuple):
    response: Response
    end_of_other_s: float
    then_s: float  # how much the other said next


def _runs(turns: Sequence[Turn]) -> list[list[Turn]]:
    """Turns in the order in which the floor went round; what lies wholly inside another's turn never had it."""
    runs: list[list[Turn]] = []
    for turn in turns:
        if not turn.counts or (runs and turn.end_s <= runs[-1][-1].end_s):
            continue
        if runs and runs[-1][-1].speaker == turn.speaker:
            runs[-1].append(turn)
        else:
            runs.append([turn])
    return runs


def _replies(runs: Sequence[Sequence[Turn]], coach: Talk) -> Iterator[_Reply]:
    for at in range(1, len(runs)):
        before, first = runs[at - 1][-1], runs[at][0]
        if UNKNOWN in (before.speaker, first.speaker) or coach.touches(before.end_s, first.start_s):
            continue
        then = runs[at + 1] if at + 1 < len(runs) else ()
        yield _Reply(
            response=Response(
                by=first.speaker,
                to=before.speaker,
                start_s=first.start_s,
                response_s=first.start_s - before.end_s,
            ),
            end_of_other_s=before.end_s,
            then_s=sum(turn.end_s - turn.start_s for turn in then if turn.speaker == before.speaker),
        )


def _responsiveness(name: str, replies: Sequence[_Reply], limits: SilenceLimits) -> Responsiveness:
    own_s = [reply.response.response_s for reply in replies if reply.response.by == name]
    considered_s = [each_s for each_s in own_s if limits.immediate_s <= each_s < limits.lapse_s]
    waited = sum(each_s >= limits.wait_s for each_s in own_s)
    return Responsiveness(
        by=name,
        replies=len(own_s),
        immediate=sum(each_s < limits.immediate_s for each_s in own_s),
        median_s=median(considered_s) if considered_s else None,
        waited=waited,
        waited_share=waited / len(own_s) if own_s else None,
    )


def _waits(
    replies: Sequence[_Reply],
    runs: Sequence[Sequence[Turn]],
    named: Sequence[str],
    coach: Talk,
    limits: SilenceLimits,
) -> tuple[Wait, ...]:
    """The silences a listener left: before replying, or until the partner went on (told for two people only)."""
    found: list[Wait] = []
    for name in named:
        own = [reply for reply in replies if reply.response.by == name]
        quick_s = [reply.then_s for reply in own if reply.response.response_s < limits.wait_s]
        usual_s = median(quick_s) if quick_s else 0.0
        found.extend(
            Wait(
                by=name,
                after=reply.response.to,
                start_s=reply.end_of_other_s,
                end_s=reply.response.start_s,
                replied=True,
                then_s=reply.then_s,
                earned_more=reply.then_s > usual_s,
            )
            for reply in own
            if reply.response.response_s >= limits.wait_s
        )
    if len(named) == 2:
        partner = {named[0]: named[1], named[1]: named[0]}
        for run in runs:
            for before, after in pairwise(run):
                by = partner.get(before.speaker)
                long = after.start_s - before.end_s >= limits.wait_s
                if by is not None and long and not coach.touches(before.end_s, after.start_s):
                    found.append(
                        Wait(
                            by=by,
                            after=before.speaker,
                            start_s=before.end_s,
                            end_s=after.start_s,
                            replied=False,
                            then_s=after.end_s - after.start_s,
                            earned_more=True,
                        )
                    )
    return tuple(sorted(found, key=lambda wait: wait.start_s))
