"""Who had the floor: dialogues with their expected events, and what holds for any conversation."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given

from audio.types import UNKNOWN
from coach import content
from coach.conversation import HeldFloor, turns
from coach.errors import ContentError
from coach.measures.contributions import Scene, contributions
from coach.measures.cues import cues_from
from coach.measures.floor import REPORTED, floor
from coach.measures.share import Monologue
from coach.thresholds import Limits
from tests.dialogues import FILES, floor_lines, load, measured
from tests.talks import conversations, of_spans, renamed

LIMITS = Limits()


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_dialogue_has_exactly_these_events(path):
    dialogue = load(path)
    assert floor_lines(measured(dialogue.conversation)[0]) == dialogue.expected_of(None)


@given(conversations("ABC"))
def test_every_onset_has_exactly_one_kind(conversation):
    found, _ = measured(conversation)
    kinds = [(e.by, e.start_s) for e in (*found.interruptions, *found.overlaps)]
    kinds += [(b.by, b.start_s) for b in found.backchannels]
    came_in = [c for c in contributions(Scene(conversation), LIMITS.floor) if c.into is not None]
    assert len(kinds) == len(set(kinds))
    laughs = {(c.by, c.start_s) for c in came_in if set(c.text.split()) == {"[laughter]"}}
    assert {(c.by, c.start_s) for c in came_in} - laughs <= set(kinds)


@given(conversations("ABC"))
def test_numbers_are_possible(conversation):
    found, _ = measured(conversation)
    assert sum(share.share for share in found.shares) == pytest.approx(1.0 if conversation.speech else 0.0) or (
        all(share.speech_s == 0 for share in found.shares)  # everything fell under the coach's speech
    )
    for window in found.windows:
        assert sum(window.shares) == pytest.approx(1.0)
        assert min(window.shares) > -1e-9
    assert 0 <= found.overlap_share <= 1 + 1e-9
    for event in (*found.interruptions, *found.overlaps):
        assert event.by != event.of
        assert 0 < event.confidence <= 1
        assert event.reason.endswith(".")
        assert event.start_s < event.end_s
    assert {event.kind for event in found.interruptions} <= REPORTED
    assert not {event.kind for event in found.overlaps} & REPORTED


@given(conversations())
def test_names_do_not_matter(conversation):
    names = {"A": "Q", "B": "X"}  # the same order, so that two who begin at the same instant stay in order
    plain, other = measured(conversation)[0], measured(renamed(conversation, names))[0]
    assert [
        (names[e.by], names[e.of], e.start_s, e.kind, e.reason) for e in (*plain.interruptions, *plain.overlaps)
    ] == [(e.by, e.of, e.start_s, e.kind, e.reason) for e in (*other.interruptions, *other.overlaps)]
    assert [names[b.by] for b in plain.backchannels] == [b.by for b in other.backchannels]
    assert [share.share for share in plain.shares] == [share.share for share in other.shares]


@given(conversations())
def test_nothing_begins_under_the_coach(conversation):
    found, _ = measured(conversation)
    for event in (*found.interruptions, *found.overlaps, *found.backchannels):
        assert not any(span.start_s <= event.start_s < span.end_s for span in conversation.coach)


def test_share_leaves_silence_out_and_counts_both_voices():
    found, _ = measured(of_spans(("A", 0, 6), ("B", 5, 7), ("A", 17, 19)))
    assert [(share.speaker, share.speech_s, share.share) for share in found.shares] == [("A", 8, 0.8), ("B", 2, 0.2)]
    assert (found.overlap_s, found.overlap_share) == (1.0, pytest.approx(1 / 9))


def test_balance_slides_by_half_a_minute_and_names_who_dominates():
    found, _ = measured(of_spans(("A", 0, 100), ("B", 100, 240)))
    assert [(w.start_s, w.end_s) for w in found.windows] == [(0, 150), (30, 180), (60, 210), (90, 240)]
    assert [w.shares[0] for w in found.windows] == [pytest.approx(x / 150) for x in (100, 70, 40, 10)]
    assert [w.dominated_by for w in found.windows] == ["A", None, "B", "B"]


def test_a_short_talk_has_one_window():
    found, _ = measured(of_spans(("A", 0, 1), ("B", 2, 3)))
    assert [(w.start_s, w.end_s, w.dominated_by) for w in found.windows] == [(0, 3, None)]


def test_a_listening_sound_does_not_break_a_monologue_but_a_reply_does():
    listened, _ = measured(of_spans(("A", 0, 40), ("B", 20, 20.5), ("A", 41, 70)))
    replied, _ = measured(of_spans(("A", 0, 40), ("B", 40.2, 42), ("A", 43, 70)))
    assert listened.monologues == (Monologue(speaker="A", start_s=0, end_s=70),)
    assert replied.monologues == ()
    assert replied.longest_monologue == Monologue(speaker="A", start_s=0, end_s=40)


def test_a_floor_that_was_given_is_no_monologue():
    held = HeldFloor(speaker="A", start_s=0, end_s=65)
    found, _ = measured(of_spans(("A", 0, 100), ("B", 101, 102), held=(held,)))
    assert found.monologues == ()
    assert found.longest_monologue == Monologue(speaker="A", start_s=65, end_s=100)


def test_rates_are_per_minute_of_the_others_speech_and_need_five_events():
    bursts = [("B", at, at + 0.4) for at in (5, 10, 15, 20, 25)]
    found, _ = measured(of_spans(("A", 0, 30), ("B", 31, 32), *bursts))
    by_a, by_b = found.rates
    assert (by_b.backchannels, by_b.backchannels_per_min) == (5, pytest.approx(10.0))
    assert (by_b.others_speech_s, by_a.others_speech_s) == (30, pytest.approx(3.0))
    assert (by_b.interruptions_per_min, by_a.backchannels_per_min) == (None, None)
    fewer, _ = measured(of_spans(("A", 0, 30), ("B", 31, 32), *bursts[1:]))
    assert fewer.rates[1].backchannels_per_min is None


def test_one_microphone_gives_a_lower_bound():
    assert measured(of_spans(("A", 0, 3), ("B", 4, 5), mixed=True))[0].at_least
    assert not measured(of_spans(("A", 0, 3), ("B", 4, 5)))[0].at_least


def test_much_speech_at_once_is_a_caution():
    much, _ = measured(of_spans(("A", 0, 10), ("B", 5, 15)))
    little, _ = measured(of_spans(("A", 0, 10), ("B", 9, 19)))
    assert any("told apart badly" in caution for caution in much.cautions)
    assert not any("told apart badly" in caution for caution in little.cautions)


def test_an_unknown_voice_is_counted_and_never_judged():
    found, _ = measured(of_spans(("A", 0, 10), (UNKNOWN, 3, 8), ("B", 11, 12)))
    assert [(share.speaker, share.speech_s) for share in found.shares] == [("A", 10), (UNKNOWN, 5), ("B", 1)]
    assert (found.interruptions, found.overlaps, found.backchannels) == ((), (), ())


def test_a_doubtful_voice_lowers_the_confidence():
    sure = of_spans(("A", 0, 4), ("B", 3, 7))
    doubtful = replace(sure, speech=(sure.speech[0], replace(sure.speech[1], probability=0.5)))
    (a,), (b,) = measured(sure)[0].interruptions, measured(doubtful)[0].interruptions
    assert b.confidence == pytest.approx(a.confidence / 2)


def test_silence_alone_measures_as_nothing():
    found, quiet = measured(of_spans())
    assert (found.shares, found.windows, found.interruptions, found.longest_monologue) == ((), (), (), None)
    assert (quiet.pauses, quiet.gaps, quiet.responsiveness) == ((), (), ())


def test_a_long_talk_costs_no_more_than_its_length():
    """Judged in one sweep: contributions over many short spans hold each span a bounded number of times."""
    spans = [("A", at, at + 0.7) for at in range(2000)] + [("B", at + 0.5, at + 0.9) for at in range(2000)]
    conversation = of_spans(*spans)
    held = sum(len(c.spans) for c in contributions(Scene(conversation), LIMITS.floor))
    assert held <= 2 * len(conversation.speech)


@pytest.mark.parametrize(
    ("change", "named"),
    [
        ({"backchannels": ["yes"]}, "'backchannels'"),
        ({"fillers": "um"}, "'fillers'"),
        ({"fillers": []}, "'fillers'"),
        ({"asking": ["what", 3]}, "'asking'"),
        ({"asking": ["..."]}, "'asking'"),
    ],
)
def test_cues_that_are_wrong_are_refused_by_key(change, named):
    with pytest.raises(ContentError, match=named):
        cues_from(content.table("lexicon/cues.toml") | change)


def test_every_limit_is_used_as_given():
    """A limit of the caller's, not one of the module's, decides."""
    conversation = load(next(path for path in FILES if path.stem == "floor_taking")).conversation
    strict = replace(LIMITS.floor, taking_holds_s=60.0)
    found = floor(conversation, turns(conversation, LIMITS.turns), content.cues(), strict)
    assert [event.kind for event in found.interruptions + found.overlaps] == ["other"]
