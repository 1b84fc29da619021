"""Everything one talk gave, in one value: computed once, then rendered as page, text, JSON and speech."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from audio.types import UNKNOWN
from coach.conversation import Conversation, Turn, turns
from coach.corrections import Fine, put_right
from coach.feedback import Feedback, Findings, Wording, feedback
from coach.measures.cues import Cues
from coach.measures.floor import Floor, floor
from coach.measures.lexicon import Lexicon
from coach.measures.saying_back import SaidBack, Understood, said_back
from coach.measures.silence import Silence, silence
from coach.measures.words import Remark, remarks
from coach.thresholds import Limits

if TYPE_CHECKING:
    from coach.measures.paraphrase import ParaphraseContent


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceFacts:
    path: str | None  # None: a live talk
    channels: int
    dropped_s: float = 0.0  # lost while recording, marked as silence


@dataclass(frozen=True, slots=True, kw_only=True)
class Engines:
    """What heard and spoke; empty where nothing had to."""

    vad: str = ""
    speakers: str = ""
    transcriber: str = ""
    voice: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Summary:
    source: SourceFacts
    engines: Engines
    names: Mapping[str, str]  # what each speaker is called
    conversation: Conversation
    turns: tuple[Turn, ...]
    floor: Floor
    silence: Silence
    remarks: tuple[Remark, ...]
    paraphrases: tuple[SaidBack, ...]
    feedback: tuple[Feedback, ...]
    caveats: tuple[str, ...]
    limits: Limits

    def name(self, speaker: str) -> str:
        return self.names.get(speaker, speaker)


def summarise(
    conversation: Conversation,
    *,
    names: Mapping[str, str],
    source: SourceFacts,
    engines: Engines,
    cues: Cues,
    lexicon: Lexicon,
    wording: Wording,
    limits: Limits,
    cautions: Sequence[str] = (),
    fine: Sequence[Fine] = (),
    paraphrasing: Callable[[], ParaphraseContent] | None = None,
    understood: Sequence[Understood] = (),
) -> Summary:
    """All measures of a conversation and what to say about them. `fine`: what people said was no fault.

    `understood`: how well each said they felt understood, where a session asked. Without `paraphrasing`, what was said
    back is not scored. Pure.
    """
    said = turns(conversation, limits.turns)
    names = {speaker: names.get(speaker) or _called(speaker) for speaker in conversation.speakers}
    as_measured = Findings(
        conversation=conversation,
        names=names,
        turns=said,
        floor=floor(conversation, said, cues, limits.floor),
        silence=silence(conversation, said, limits.silence),
        remarks=remarks(said, lexicon, limits.words),
    )
    findings = put_right(as_measured, fine)
    return Summary(
        source=source,
        engines=engines,
        names=names,
        conversation=conversation,
        turns=said,
        floor=findings.floor,
        silence=findings.silence,
        remarks=findings.remarks,
        paraphrases=said_back(said, findings.remarks, understood, paraphrasing, limits) if paraphrasing else (),
        feedback=feedback(findings, wording, limits.feedback),
        caveats=tuple(dict.fromkeys((*cautions, *findings.floor.cautions, *_caveats(conversation)))),
        limits=limits,
    )


def doubts(conversation: Conversation, cues: Cues, limits: Limits) -> tuple[str, ...]:
    """The caveats that follow from the facts alone: without measuring the words."""
    found = floor(conversation, turns(conversation, limits.turns), cues, limits.floor)
    return (*found.cautions, *_caveats(conversation))


def named(speakers: Sequence[str], names: Sequence[str]) -> dict[str, str]:
    """Names given in the order in which the people first speak."""
    return {speaker: name.strip() for speaker, name in zip(speakers, names, strict=False) if name.strip()}


def _called(speaker: str) -> str:
    if speaker == UNKNOWN:
        return "Unknown voice"
    return f"Person {speaker}" if len(speaker) == 1 else speaker


def _caveats(conversation: Conversation) -> Iterator[str]:
    people = [speaker for speaker in conversation.speakers if speaker != UNKNOWN]
    if not people:
        yield "Nobody was heard speaking, so there is nothing to measure."
    if len(people) == 1:
        yield "Only one voice was heard, so nothing can be said about turns, gaps and interruptions."
    if conversation.word_times == "estimated":
        yield "The recogniser gives no word times: the place of a word inside a turn is an estimate."
    if people and not conversation.words:
        yield "There are no words, so nothing can be said about feelings, blame or questions."
