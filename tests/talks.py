"""Conversations made for tests: from a few numbers, and any that Hypothesis thinks of."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import strategies as st

from audio.types import Span, Word
from coach.annotation_values import spread
from coach.conversation import Conversation, HeldFloor, joined
from coach.thresholds import Limits

TEXTS = ("mm-hm", "yeah", "right so i think that we", "what do you mean", "[laughter]", "no", "and then the", "", "uh")


def of_spans(*spans: tuple[str, float, float], **more: object) -> Conversation:
    """A conversation of (speaker, start, end), without words."""
    speech = joined((Span(speaker=who, start_s=a, end_s=b) for who, a, b in spans), Limits().turns)
    return Conversation(
        id="made",
        duration_s=max((span.end_s for span in speech), default=0.0),
        speakers=tuple(dict.fromkeys(span.speaker for span in speech)),
        speech=speech,
        **more,  # type: ignore[arg-type]
    )


@st.composite
def conversations(draw: st.DrawFn, speakers: str = "AB") -> Conversation:
    """Any talk of up to 40 stretches, on a grid of 10 ms, with or without words, held floors and the coach's speech."""
    spans: list[tuple[str, float, float]] = []
    words: list[Word] = []
    for who in speakers:
        at = 0
        for silent, spoken, text in draw(
            st.lists(st.tuples(st.integers(0, 700), st.integers(1, 900), st.sampled_from(TEXTS)), max_size=20)
        ):
            start, at = at + silent, at + silent + spoken
            spans.append((who, start / 100, at / 100))
            words.extend(spread(text, who, [(start / 100, at / 100)]))
    times = draw(st.sampled_from(["exact", "estimated", "none"]))
    held = draw(st.none() | st.tuples(st.sampled_from(list(speakers)), st.integers(0, 3000), st.integers(1, 3000)))
    coach = draw(st.none() | st.tuples(st.integers(0, 3000), st.integers(1, 1000)))
    return of_spans(
        *spans,
        words=() if times == "none" else tuple(sorted(words, key=lambda word: word.start_s)),
        word_times=times,
        held=(HeldFloor(speaker=held[0], start_s=held[1] / 100, end_s=(held[1] + held[2]) / 100),) if held else (),
        coach=(Span(speaker="coach", start_s=coach[0] / 100, end_s=sum(coach) / 100),) if coach else (),
    )


def renamed(conversation: Conversation, names: dict[str, str]) -> Conversation:
    def each(items):  # type: ignore[no-untyped-def]
        return tuple(replace(item, speaker=names[item.speaker]) for item in items)

    return replace(
        conversation,
        speakers=tuple(names[name] for name in conversation.speakers),
        speech=each(conversation.speech),
        words=each(conversation.words),
        held=tuple(replace(h, speaker=names.get(h.speaker, h.speaker)) for h in conversation.held),
    )
