"""Whose silence it is: dialogues with their expected silences, and what holds for any conversation."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given

from audio.types import UNKNOWN
from coach.conversation import people_speech
from coach.thresholds import Limits
from tests.dialogues import FILES, SILENCES, load, measured, silence_lines
from tests.talks import conversations, of_spans

LIMITS = Limits()


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_dialogue_has_exactly_these_silences(path):
    dialogue = load(path)
    assert silence_lines(measured(dialogue.conversation)[1]) == dialogue.expected_of(SILENCES)


@given(conversations("ABC"))
def test_every_silence_has_exactly_one_kind(conversation):
    """Together they are all the time in which nobody speaks, but for what touches the coach's speech."""
    _, found = measured(conversation)
    kinds = sorted((s.start_s, s.end_s) for s in (*found.pauses, *found.gaps, *found.lapses))
    assert all(start_s < end_s for start_s, end_s in kinds)
    assert all(a[1] <= b[0] for a, b in pairwise(kinds))
    speech = people_speech(conversation)
    for start_s, end_s in kinds:
        assert not any(span.start_s < end_s and span.end_s > start_s for span in speech)
    if not conversation.coach and speech:
        spoken_s, until_s = 0.0, speech[0].start_s
        for span in speech:
            spoken_s += max(0.0, span.end_s - max(until_s, span.start_s))
            until_s = max(until_s, span.end_s)
        silent_s = sum(end_s - start_s for start_s, end_s in kinds)
        assert silent_s + spoken_s == pytest.approx(until_s - speech[0].start_s)


@given(conversations("ABC"))
def test_limits_hold(conversation):
    _, found = measured(conversation)
    assert all(lapse.end_s - lapse.start_s >= LIMITS.silence.lapse_s for lapse in found.lapses)
    assert all(s.end_s - s.start_s < LIMITS.silence.lapse_s for s in (*found.pauses, *found.gaps))
    assert all(response.response_s < LIMITS.silence.lapse_s for response in found.responses)
    assert all(wait.end_s - wait.start_s >= LIMITS.silence.wait_s for wait in found.waits)
    for one in found.responsiveness:
        assert one.immediate + one.waited <= one.replies
        assert one.median_s is None or one.median_s >= LIMITS.silence.immediate_s


def test_response_is_the_gap_or_minus_the_overlap():
    _, found = measured(of_spans(("A", 0, 2), ("B", 2.6, 5), ("A", 4.5, 8)))
    assert [(r.by, r.to, pytest.approx(r.response_s)) for r in found.responses] == [("B", "A", 0.6), ("A", "B", -0.5)]


def test_immediate_replies_and_lapses_stay_out_of_the_median():
    answers = [("B", 2.1, 3), ("B", 13.5, 14), ("B", 23.0, 24), ("B", 37, 38)]
    questions = [("A", 0, 2), ("A", 11, 13), ("A", 20, 22), ("A", 29, 31)]
    _, found = measured(of_spans(*questions, *answers))
    by_b = next(one for one in found.responsiveness if one.by == "B")
    assert (by_b.replies, by_b.immediate, by_b.waited, by_b.waited_share) == (4, 1, 1, 0.25)
    assert by_b.median_s == pytest.approx(0.75)  # of 0.5 and 1.0


def test_what_lies_inside_another_turn_is_no_reply():
    _, found = measured(of_spans(("A", 0, 10), ("B", 4, 4.5), ("B", 10.4, 12)))
    assert [(r.by, r.start_s) for r in found.responses] == [("B", 10.4)]


def test_a_wait_that_earned_no_more_than_usual():
    talk = (("A", 0, 9), ("B", 9.5, 10), ("A", 10.5, 19), ("B", 22.5, 23), ("A", 23.5, 25))
    _, found = measured(of_spans(*talk))
    assert [(w.by, w.replied, w.then_s, w.earned_more) for w in found.waits] == [("B", True, 1.5, False)]


def test_no_reply_crosses_the_coach_or_an_unknown_voice():
    _, found = measured(of_spans(("A", 0, 2), (UNKNOWN, 2.5, 4), ("B", 4.5, 6)))
    assert found.responses == ()
    assert [one.by for one in found.responsiveness] == ["A", "B"]
