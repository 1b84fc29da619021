"""The summary as JSON, format 1. Fields may be added; none is changed or removed."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from coach.feedback import Feedback
from coach.measures.floor import Rate
from coach.measures.interruptions import Interruption
from coach.measures.saying_back import SaidBack
from coach.plain import hidden_in
from coach.summary import Summary

FORMAT = 1


def render(summary: Summary) -> str:
    """The same values as `table`; letters that a terminal would act on, or not show, are escaped."""
    text = json.dumps(table(summary), ensure_ascii=False, indent=1, allow_nan=False)
    for letter in hidden_in(text):
        text = text.replace(letter, json.dumps(letter)[1:-1])
    return text + "\n"


def table(summary: Summary) -> dict[str, Any]:
    """The summary as plain lists, dicts, texts and numbers; times in seconds to the millisecond."""
    floor, silence, talk = summary.floor, summary.silence, summary.conversation
    whole: dict[str, Any] = {
        "format": FORMAT,
        "id": talk.id,
        "source": _source(summary),
        "engines": asdict(summary.engines),
        "speakers": _speakers(summary),
        "speech": [asdict(span) for span in talk.speech],
        "turns": [
            {"speaker": t.speaker, "start_s": t.start_s, "end_s": t.end_s, "text": t.text} for t in summary.turns
        ],
        "interruptions": _events(floor.interruptions),
        "overlaps": _events(floor.overlaps),
        "backchannels": [asdict(item) for item in floor.backchannels],
        "pauses": [asdict(item) for item in silence.pauses],
        "gaps": _between(silence.gaps),
        "lapses": _between(silence.lapses),
        "waits": [asdict(item) for item in silence.waits],
        "balance": [asdict(item) for item in floor.windows],
        "monologues": [asdict(item) for item in floor.monologues],
        "remarks": [asdict(item) for item in summary.remarks],
        "paraphrases": [_paraphrase(item) for item in summary.paraphrases],
        "feedback": [_feedback(item) for item in summary.feedback],
        "caveats": list(summary.caveats),
        "limits": asdict(summary.limits),
    }
    rounded: dict[str, Any] = _rounded(whole)
    return rounded


def _source(summary: Summary) -> dict[str, Any]:
    where: dict[str, Any] = {"live": True} if summary.source.path is None else {"path": summary.source.path}
    return where | {
        "duration_s": summary.conversation.duration_s,
        "channels": summary.source.channels,
        "dropped_s": summary.source.dropped_s,
    }


def _speakers(summary: Summary) -> list[dict[str, Any]]:
    words = Counter(word.speaker for word in summary.conversation.words)
    kinds = Counter((remark.speaker, remark.kind) for remark in summary.remarks)
    rates = {rate.by: rate for rate in summary.floor.rates}
    responses = {item.by: item for item in summary.silence.responsiveness}
    rows = []
    for share in summary.floor.shares:
        answer = responses.get(share.speaker)
        rows.append(
            {
                "id": share.speaker,
                "name": summary.name(share.speaker),
                "speech_s": share.speech_s,
                "share": share.share,
                "turns": share.turns,
                "longest_turn_s": share.longest_turn_s,
                "words": words[share.speaker],
                "rates": _rates(rates[share.speaker]) | ({"response": asdict(answer)} if answer else {}),
                "remarks": {
                    kind: count for (speaker, kind), count in sorted(kinds.items()) if speaker == share.speaker
                },
            }
        )
    return rows


def _rates(rate: Rate) -> dict[str, Any]:
    return {key: value for key, value in asdict(rate).items() if key != "by"}


def _paraphrase(item: SaidBack) -> dict[str, Any]:
    return {
        "turn": item.turn,
        "of_turn": item.of_turn,
        "by": item.by,
        "score": item.paraphrase.score,
        "parts": {part.name: part.score for part in item.paraphrase.parts},
        "felt_understood": item.felt_understood,
    }


def _feedback(item: Feedback) -> dict[str, Any]:
    evidence = [asdict(grounds) for grounds in item.evidence]
    return {"for": item.to, "kind": item.kind, "text": item.text, "say": item.say, "evidence": evidence}


def _events(events: Sequence[Interruption]) -> list[dict[str, Any]]:
    return [asdict(event) for event in events]


def _between(silences: Sequence[Any]) -> list[dict[str, Any]]:
    return [
        {"from": s.from_speaker, "to": s.to_speaker, "start_s": s.start_s, "end_s": s.end_s} for s in silences
    ]  # fmt: skip


def _rounded(value: Any) -> Any:
    if isinstance(value, float):
        return round(value, 3)
    if isinstance(value, dict):
        return {key: _rounded(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_rounded(item) for item in value]
    return value
