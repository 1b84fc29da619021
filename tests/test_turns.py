"""Spans from words, turns from spans."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from audio.types import Span, Word
from coach.conversation import Talk, joined, people_speech, spans_from_words, turns, without
from coach.thresholds import Limits
from tests.dialogues import FILES, load, turn_lines
from tests.talks import conversations, of_spans

LIMITS = Limits().turns
NAMED = [path for path in FILES if load(path).expected_of(frozenset({"turn"}))]
TIMES = st.integers(0, 2000).map(lambda hundredths: hundredths / 100)


@pytest.mark.parametrize("path", NAMED, ids=lambda path: path.stem)
def test_dialogue_has_exactly_these_turns(path):
    dialogue = load(path)
    assert turn_lines(dialogue.conversation) == dialogue.expected_of(frozenset({"turn"}))


def word(start_s: float, end_s: float, speaker: str = "A") -> Word:
    return Word(speaker=speaker, start_s=start_s, end_s=end_s, text="word")


def test_words_join_over_silence_too_short_to_be_one():
    words = [word(1.0, 1.3), word(1.45, 1.8), word(2.05, 2.5), word(1.1, 1.6, "B")]
    spans = [(span.speaker, span.start_s, span.end_s) for span in spans_from_words(words, LIMITS)]
    assert spans == [("A", 1.0, 1.8), ("B", 1.1, 1.6), ("A", 2.05, 2.5)]


def test_a_click_is_no_speech_and_a_joined_span_is_as_sure_as_its_parts():
    click = Span(speaker="A", start_s=5.0, end_s=5.1)
    parts = (Span(speaker="A", start_s=0, end_s=1), Span(speaker="A", start_s=1.1, end_s=2, probability=0.6))
    assert joined((click, *parts), LIMITS) == (Span(speaker="A", start_s=0, end_s=2, probability=0.6),)


@given(st.lists(st.tuples(st.sampled_from("AB"), TIMES, TIMES), max_size=40))
def test_joined_spans_lie_apart_and_cover_what_was_said(rows):
    spans = [Span(speaker=who, start_s=min(a, b), end_s=max(a, b)) for who, a, b in rows]
    for who in "AB":
        done = [span for span in joined(spans, LIMITS) if span.speaker == who]
        assert all(b.start_s - a.end_s >= LIMITS.silence_within_span_s for a, b in pairwise(done))
        assert all(span.duration_s >= LIMITS.least_span_s for span in done)
        for span in spans:
            if span.speaker == who and span.duration_s >= LIMITS.least_span_s:
                assert any(one.start_s <= span.start_s and span.end_s <= one.end_s for one in done)


@given(conversations("ABC"))
def test_every_span_is_in_exactly_one_turn(conversation):
    said = turns(conversation, LIMITS)
    in_turns = sorted((s.speaker, s.start_s, s.end_s) for turn in said for s in turn.spans)
    assert in_turns == sorted((s.speaker, s.start_s, s.end_s) for s in people_speech(conversation))
    assert [turn.index for turn in said] == list(range(len(said)))
    assert all(a.start_s <= b.start_s for a, b in pairwise(said))
    for turn in said:
        assert (turn.start_s, turn.end_s) == (turn.spans[0].start_s, turn.spans[-1].end_s)
        assert {span.speaker for span in turn.spans} == {turn.speaker}


@given(conversations())
def test_every_word_outside_the_coach_is_in_exactly_one_turn_of_its_speaker(conversation):
    said = turns(conversation, LIMITS)
    found = sorted((w.speaker, w.start_s, w.text) for turn in said for w in turn.words)
    assert all(w.speaker == turn.speaker for turn in said for w in turn.words)
    with_turns = {turn.speaker for turn in said}
    coach = Talk(conversation.coach)
    kept = [w for w in conversation.words if not coach.speaks_at((w.start_s + w.end_s) / 2) and w.speaker in with_turns]
    assert found == sorted((w.speaker, w.start_s, w.text) for w in kept)


def test_a_long_own_silence_ends_a_turn():
    assert [(t.start_s, t.end_s) for t in turns(of_spans(("A", 0, 1), ("A", 2.4, 3), ("A", 4.5, 5)), LIMITS)] == [
        (0, 3),
        (4.5, 5),
    ]


def test_a_short_turn_does_not_count():
    assert [turn.counts for turn in turns(of_spans(("A", 0, 0.2), ("A", 2, 2.3)), LIMITS)] == [False, True]


def test_what_the_coach_says_over_is_cut_away():
    coach = (Span(speaker="coach", start_s=1, end_s=2),)
    spans = people_speech(of_spans(("A", 0, 4), ("B", 1.2, 1.8), coach=coach))
    assert [(span.speaker, span.start_s, span.end_s) for span in spans] == [("A", 0, 1), ("A", 2, 4)]


@given(TIMES, TIMES, st.lists(st.tuples(TIMES, TIMES), max_size=8))
def test_what_is_left_and_what_was_cut_make_the_whole(a, b, cuts):
    start_s, end_s = min(a, b), max(a, b)
    ordered = sorted((min(pair), max(pair)) for pair in cuts)
    left = list(without(start_s, end_s, ordered))
    assert all(x < y for x, y in left)
    for at in range(2000):
        middle_s = at / 100 + 0.005
        inside = start_s < middle_s < end_s and not any(x < middle_s < y for x, y in ordered)
        assert inside == any(x < middle_s < y for x, y in left)
