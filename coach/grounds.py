"""What feedback stands on: all that was found in a talk, seen from one person's side, and the grounds of one item."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import astuple, dataclass
from functools import cached_property

from audio.types import UNKNOWN
from coach.conversation import Conversation, Talk, Turn, people_speech
from coach.measures.floor import Floor
from coach.measures.interruptions import Interruption
from coach.measures.sentences import placed_sentences
from coach.measures.silence import Silence
from coach.measures.words import Remark
from coach.thresholds import FeedbackLimits


@dataclass(frozen=True, slots=True, kw_only=True)
class Findings:
    """All that feedback looks at."""

    conversation: Conversation
    names: Mapping[str, str]  # by speaker id; whoever is missing is told by the id
    turns: tuple[Turn, ...]
    floor: Floor
    silence: Silence
    remarks: tuple[Remark, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Moment:
    """One event that can be heard again."""

    start_s: float
    speaker: str
    confidence: float
    turn: int | None = None
    quote: str = ""  # "" where the words are not sure enough to be held against anybody
    rewrite: str = ""
    lasted_s: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Grounds:
    """Why something is said: the rule, how many events, which, and how sure."""

    measure: str
    rule: str = ""
    count: int
    moments: tuple[Moment, ...] = ()  # the one that is told first, then the others by time
    confidence: float = 1.0
    share: float | None = None
    seconds: float | None = None
    per_min: float | None = None  # of the partner's speech; None where there are too few events for a rate


@dataclass(frozen=True, kw_only=True)
class Side:
    """The findings as one person's, to be asked by the conditions."""

    findings: Findings
    me: str
    partner: str | None
    limits: FeedbackLimits

    @cached_property
    def spoken_s(self) -> float:
        return sum(share.speech_s for share in self.findings.floor.shares if share.speaker == self.me)

    @cached_property
    def share(self) -> float:
        return sum(share.share for share in self.findings.floor.shares if share.speaker == self.me)

    @cached_property
    def partner_spoken_s(self) -> float:
        return sum(share.speech_s for share in self.findings.floor.shares if share.speaker == self.partner)

    @cached_property
    def others(self) -> Talk:
        """The speech of everybody else."""
        spans = (span for span in people_speech(self.findings.conversation) if span.speaker != self.me)
        return Talk(sorted(spans, key=lambda span: span.start_s))

    @cached_property
    def words(self) -> int:
        return sum(len(turn.words) for turn in self.findings.turns if turn.speaker == self.me)

    @cached_property
    def own_turns(self) -> Mapping[int, Turn]:
        return {turn.index: turn for turn in self.findings.turns if turn.speaker == self.me}

    def remarks(self, *kinds: str) -> list[Remark]:
        """What was said of these kinds, by time; of several in one sentence the surest."""
        found = (r for r in self.findings.remarks if r.speaker == self.me and r.kind in kinds)
        sure = (remark for remark in found if remark.confidence >= self.limits.least_confidence)
        told: dict[tuple[int, float, str], Remark] = {}
        for remark in sorted(sure, key=lambda remark: (-remark.confidence, remark.start_s, *astuple(remark))):
            start_s, words = self.sentence(remark)
            told.setdefault((remark.turn, start_s, " ".join(words)), remark)
        return sorted(told.values(), key=lambda remark: (remark.start_s, *astuple(remark)))

    def sentence(self, remark: Remark) -> tuple[float, list[str]]:
        """When the sentence of a remark begins, and its words; where the turn does not hold it, the remark's own."""
        turn = self.own_turns.get(remark.turn)
        if turn is not None and remark.quote:
            starts_s = _word_starts_s(turn)
            for sentence in placed_sentences(turn.text):
                times_s = starts_s[sentence.start : sentence.start + len(sentence.text)]
                if remark.quote in sentence.text and times_s[0] <= remark.start_s <= times_s[-1]:
                    return times_s[0], sentence.text.split()
        return remark.start_s, remark.quote.split()

    def interruptions(self, *kinds: str) -> list[Interruption]:
        found = (i for i in self.findings.floor.interruptions if i.by == self.me and i.of == self.partner)
        return sorted(
            (event for event in found if event.kind in kinds), key=lambda event: (event.start_s, *astuple(event))
        )


def _word_starts_s(turn: Turn) -> list[float]:
    """For each character of the turn's text, when its word begins."""
    return [word.start_s for word in turn.words for _ in range(len(word.text) + 1)]


def people(findings: Findings) -> tuple[str, ...]:
    """The one or two who spoke most, in the order in which they began. Voices that could not be told are nobody."""
    told = [share for share in findings.floor.shares if share.speaker != UNKNOWN and share.speech_s > 0]
    most = sorted(told, key=lambda share: (-share.speech_s, share.speaker))[:2]
    return tuple(share.speaker for share in told if share in most)


def total_s(findings: Findings) -> float:
    return sum(share.speech_s for share in findings.floor.shares)
