"""Summaries to make pages from: the demo conversation with its exact words, and a long talk made of nothing.

The remarks are given, not found: what a page shows of a remark is tested here, not which sentence is one.
"""

from __future__ import annotations

import json
import random
from collections.abc import Mapping, Sequence
from pathlib import Path

from audio.types import Span, Word
from coach import content
from coach.conversation import Conversation, Turn, spans_from_words, turns
from coach.feedback import Findings, feedback
from coach.measures.floor import floor
from coach.measures.silence import silence
from coach.measures.words import Remark
from coach.summary import Engines, SourceFacts, Summary
from coach.thresholds import Limits

FIXTURES = Path(__file__).parent.parent / "fixtures"
REWRITES = {
    "blame": "When that happened, I felt … What I would like is …",
    "pseudo_feeling": "I feel alone. I need some help.",
}


def summary_of(
    conversation: Conversation,
    said: Sequence[tuple[str, str, float, str]],
    *,
    names: Mapping[str, str],
    path: str | None = "talk.flac",
    caveats: Sequence[str] = (),
) -> Summary:
    """`said`: kind, speaker, start, quote of each remark. Everything else is measured."""
    limits = Limits()
    talk = turns(conversation, limits.turns)
    remarks = tuple(_remark(talk, one) for one in said)
    floors = floor(conversation, talk, content.cues(), limits.floor)
    silences = silence(conversation, talk, limits.silence)
    findings = Findings(
        conversation=conversation, names=names, turns=talk, floor=floors, silence=silences, remarks=remarks
    )
    return Summary(
        source=SourceFacts(path=path, channels=1),
        engines=Engines(vad="silero-v6", speakers="embedded-community-1", transcriber="moonshine-tiny-en"),
        names=dict(names),
        conversation=conversation,
        turns=talk,
        floor=floors,
        silence=silences,
        remarks=remarks,
        paraphrases=(),
        feedback=feedback(findings, content.wording(), limits.feedback),
        caveats=(*caveats, *floors.cautions),
        limits=limits,
    )


def _remark(talk: Sequence[Turn], one: tuple[str, str, float, str]) -> Remark:
    kind, speaker, start_s, quote = one
    turn = max((t for t in talk if t.speaker == speaker and t.start_s <= start_s + 0.1), key=lambda t: t.start_s)
    return Remark(
        turn=turn.index, speaker=speaker, start_s=start_s, kind=kind, quote=quote, rule=kind, confidence=0.8,
        rewrite=REWRITES.get(kind, ""),
    )  # fmt: skip


def demo() -> Summary:
    given = json.loads((FIXTURES / "demo.json").read_text())
    truth = json.loads((FIXTURES / "demo.events.json").read_text())
    words = tuple(Word(**word) for word in given["words"])
    conversation = Conversation(
        id="demo", duration_s=truth["duration_s"], speakers=("A", "B"), speech=spans_from_words(words, Limits().turns),
        words=words, word_times="exact", mixed=True,
    )  # fmt: skip
    said = [(one["label"], one["speaker"], one["start_s"], one["text"]) for one in truth["remarks"]]
    return summary_of(conversation, said, names=truth["names"], path="fixtures/demo.flac")


WORDS = ("I", "we", "you", "the", "evening", "morning", "work", "kitchen", "mother", "talk", "listen", "really", "week")
KINDS = ("feeling", "need_request", "appreciation", "question_open", "reflection", "blame", "pseudo_feeling", "advice")


def long_talk(minutes: int = 30, seed: int = 1, names: Sequence[str] = ("Katharina", "Jo")) -> Summary:
    """Turns of all lengths with pauses, overlaps, listening sounds and silences, about 13 a minute."""
    chance = random.Random(seed)
    speakers = tuple("ABCDEFGH"[: len(names)])
    words: list[Word] = []
    said: list[tuple[str, str, float, str]] = []
    at_s, who = 1.0, 0
    while at_s < minutes * 60 - 15:
        speaker, other = speakers[who], speakers[(who + 1) % len(speakers)]
        texts = [chance.choice(WORDS) for _ in range(chance.choice((1, 4, 8, 12, 16, 24)))]
        for number, text in enumerate(texts):
            end_s = at_s + 0.05 * len(text) + 0.08
            words.append(Word(speaker=speaker, start_s=at_s, end_s=end_s, text=text))
            if number == 5 and chance.random() < 0.3 and len(speakers) > 1:
                words.append(Word(speaker=other, start_s=at_s, end_s=at_s + 0.3, text="mm-hm"))
            if number == 0 and len(texts) > 4 and chance.random() < 0.8:
                said.append((chance.choice(KINDS), speaker, at_s, " ".join(texts[:4])))
            at_s = end_s + (chance.choice((0.5, 0.9)) if chance.random() < 0.08 else 0.0)
        at_s = max(words[0].end_s, at_s + chance.choice((-0.9, -0.2, 0.1, 0.3, 0.4, 0.5, 0.6, 0.9, 1.4, 3.2)))
        who = (who + 1) % len(speakers)
    apart = spans_from_words(words, Limits().turns)
    conversation = Conversation(
        id="long", duration_s=minutes * 60.0, speakers=speakers, speech=_each_apart(apart), words=tuple(words),
        word_times="exact",
    )  # fmt: skip
    return summary_of(
        conversation, said, names=dict(zip(speakers, names, strict=True)),
        caveats=("The recording is very quiet, so words and short answers may be missed.",),
    )  # fmt: skip


def _each_apart(spans: Sequence[Span]) -> tuple[Span, ...]:
    """The spans of one speaker never overlap."""
    ends_s: dict[str, float] = {}
    kept = []
    for span in spans:
        if span.start_s >= ends_s.get(span.speaker, 0.0):
            kept.append(span)
            ends_s[span.speaker] = span.end_s
    return tuple(kept)
