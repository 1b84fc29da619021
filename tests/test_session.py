"""Sessions as lists: instructions come out, scripted events go in; no clock, no sound."""

from __future__ import annotations

from dataclasses import replace

import pytest

from coach import content
from coach.session.content import SESSIONS
from coach.session.events import (
    Command,
    Failed,
    Heard,
    Heated,
    Key,
    Lost,
    Silence,
    TimeUp,
)
from coach.session.log import Accepted, Consented, Deleted, FloorHeld, Paused, Rated, StepTaken, Waited
from coach.session.steps import Delete, Instruction, Keep, Listen, Pause, Reconnect, Wait
from tests.couple import NAMED, TALK, Couple, Reply, entries, play, spoken


def test_a_daily_check_in_from_consent_to_the_end() -> None:
    done, _ = play()
    assert (done.reason, done.tell) == ("complete", True)
    assert [(e.voice, e.speaker, e.words) for e in entries(done, Consented)] == [
        ("first", "A", "Yes, please."),
        ("second", "B", "Yes, please."),
    ]
    floors = [(e.step, e.floor.speaker) for e in entries(done, FloorHeld)]
    assert floors == [
        ("share", "A"), ("say_back", "B"), ("share", "B"), ("say_back", "A"), ("appreciate", "A"), ("appreciate", "B"),
    ]  # fmt: skip
    assert [(e.by, e.of, e.value, e.confirmed) for e in entries(done, Rated)] == [
        ("A", "B", 8, True),
        ("B", "A", 8, True),
    ]
    assert [e.step for e in entries(done, StepTaken)] == [
        "consent", "hello", "hello", "settle", "share", "say_back", "understood", "share", "say_back", "understood",
        "appreciate", "appreciate",
    ]  # fmt: skip
    assert all(e.outcome in ("done", "time", "passed") for e in entries(done, StepTaken))


@pytest.mark.parametrize("name", SESSIONS)
@pytest.mark.parametrize("first_ever", [True, False])
def test_every_session_comes_to_its_end(name: str, first_ever: bool) -> None:
    done, couple = play(name, setup=replace(NAMED, first_ever=first_ever, pace=0.1))
    assert done.reason == "complete"
    said = " ".join(spoken(couple))
    assert ("violence" in said) is first_ever
    assert "Ana" in said


@pytest.mark.parametrize(("days", "told"), [(0, ""), (1, "for 1 day,"), (30, "for 30 days,")])
def test_who_agrees_to_the_sound_being_kept_is_told_for_how_long(days: int, told: str) -> None:
    done, couple = play(setup=replace(NAMED, keep_days=days))
    said, questions = " ".join(spoken(couple)), [entry.question for entry in entries(done, Consented)]
    assert len(questions) == 2
    for text in (said, *questions):
        assert ("keep the sound" in text) is bool(days)
        assert told in text


def test_the_words_about_safety_come_before_anything_else() -> None:
    _, couple = play(setup=replace(NAMED, first_ever=True))
    assert spoken(couple)[0] == content.common_words().lines["safety"][0]


@pytest.mark.parametrize(
    "answers",
    [
        ["No thanks."],
        ["Yes, please.", ("B", "No, thanks.")],
        ["what is that good for then", Silence(at_s=0), Silence(at_s=0)],
        ["Yes, please.", ("A", "Yes, please."), ("A", "Yes, please.")],
        ["Yes, please.", TimeUp(at_s=0), Silence(at_s=0)],
    ],
)
def test_without_a_yes_of_both_nothing_is_kept(answers: list[Reply]) -> None:
    done, couple = play(plan={"Your consent": answers})
    assert (done.reason, done.tell, done.record) == ("refused", False, None)
    assert not any(isinstance(given.step, Keep) or given.entries or given.screen.recording for given in couple.seen)
    assert done.closing


def test_a_second_voice_is_waited_for() -> None:
    done, couple = play(plan={"Your consent": ["Yes, please.", ("A", "Yes, please."), ("B", "Yes.")]})
    assert [e.speaker for e in entries(done, Consented)] == ["A", "B"]
    assert content.common_words().lines["same_voice"][0] in spoken(couple)


def test_a_hello_of_the_same_voice_is_asked_for_again() -> None:
    done, couple = play(plan={"Hello": [None, ("A", "hello once more it is still me you know")]})
    assert any("same voice" in line for line in spoken(couple))
    assert [e.outcome for e in entries(done, StepTaken) if e.step == "hello"] == ["done", "done"]


def test_who_said_too_little_is_asked_for_more() -> None:
    _, couple = play(plan={"Hello": ["Hello.", Silence(at_s=0)]})
    assert content.common_words().lines["hello_nudge"][0] in spoken(couple)


def test_the_floor_ends_where_pass_on_begins_and_its_time_is_the_plans() -> None:
    done, couple = play()
    given = next(g for g in couple.seen if isinstance(g.step, Listen) and g.step.floor)
    assert isinstance(given.step, Listen)
    floor = done.record.held[0] if done.record else None
    assert floor is not None
    assert given.step.until_s == pytest.approx(floor.start_s + 120)
    passing = next(g for g in couple.seen if isinstance(g.step, Wait))
    assert isinstance(passing.step, Wait)
    assert floor.end_s < passing.step.until_s - 3


def test_times_are_shortened_by_a_pace_or_step_by_step() -> None:
    _, couple = play(setup=replace(NAMED, pace=0.5, times_s={"say_back": 7.0}))
    lengths = {}
    for given in couple.seen:
        if isinstance(given.step, Listen) and given.step.floor:
            lengths.setdefault(given.screen.step, given.step.until_s - couple_start(couple, given))
    assert lengths["A win and a challenge"] == pytest.approx(60)
    assert lengths["Say it back"] == pytest.approx(7.0)
    assert any("1 minute." in line for line in spoken(couple))


def couple_start(couple: Couple, given: Instruction) -> float:
    """When the step of an instruction began: at the end of what was told or waited for just before."""
    before = [g for g in couple.seen if g.number == given.number - 1][-1]
    at = couple.seen.index(before)
    probe = Couple(plan={})
    for one in couple.seen[: at + 1]:
        probe.answer(one)
    return probe.now_s


def test_only_the_holder_can_pass_the_floor_on() -> None:
    done, _ = play(plan={"A win and a challenge": [("B", "Pass on."), TALK, ("A", "Pass on.")]})
    first = done.record.held[0] if done.record else None
    assert first is not None
    assert first.end_s - first.start_s > 3.0


def test_a_command_inside_ordinary_speech_does_nothing() -> None:
    plan: dict[str, list[Reply]] = {
        "A win and a challenge": ["and then I said stop now and he would not pass on the message", None, None]
    }
    assert play(plan=plan)[0].reason == "complete"


def test_what_another_reading_of_the_same_sound_gives_is_understood() -> None:
    mangled = Heard(at_s=0, speaker="A", text="Strictless.", start_s=0, end_s=0, readings=("Stick this.", "Skip this."))
    done, _ = play(plan={"Settle": [mangled]})
    assert next(e for e in entries(done, StepTaken) if e.step == "settle").outcome == "skipped"


def test_what_takes_long_to_say_is_no_command() -> None:
    slow = Heard(at_s=0, speaker="A", text="Skip this.", start_s=-9, end_s=0)
    done, _ = play(plan={"Settle": [slow]})
    assert next(e for e in entries(done, StepTaken) if e.step == "settle").outcome == "time"


def test_waits_are_timed_to_the_first_word_of_the_listener() -> None:
    done, _ = play()
    waits = entries(done, Waited)
    assert [(w.by, w.earned_more) for w in waits] == [("B", False), ("A", False)]
    assert all(w.length_s == pytest.approx(3.5) for w in waits)


def test_who_answers_before_the_three_seconds_is_logged_so_and_gets_the_floor_from_there() -> None:
    done, _ = play(plan={"Three quiet breaths": [("B", TALK)]})
    wait = entries(done, Waited)[0]
    assert wait.length_s == pytest.approx(0.5)
    floor = next(e.floor for e in entries(done, FloorHeld) if e.step == "say_back")
    assert floor.start_s == pytest.approx(wait.start_s + 0.5)


def test_a_wait_in_which_the_partner_says_more_begins_anew() -> None:
    done, _ = play(plan={"Three quiet breaths": [("A", TALK)]})
    assert [w.earned_more for w in entries(done, Waited)][:2] == [True, False]


def test_a_rating_is_said_back_and_put_right() -> None:
    done, couple = play(plan={"How well understood?": ["ate", "No.", "Number nine.", "Yes."]})
    assert next((r.value, r.confirmed) for r in entries(done, Rated)) == (9, True)
    assert {"eight, right?", "nine, right?"} <= set(spoken(couple))


def test_a_rating_that_nobody_denies_stands_unconfirmed_and_a_pressed_one_is_sure() -> None:
    plan: dict[str, list[Reply]] = {
        "How well understood?": ["five", Silence(at_s=0), Key(at_s=0, key="t")],
    }
    done, _ = play(plan=plan)
    assert [(r.value, r.confirmed) for r in entries(done, Rated)] == [(5, False), (10, True)]


def test_a_number_of_the_listener_is_not_the_speakers() -> None:
    done, _ = play(plan={"How well understood?": [("B", "ten"), ("A", "three"), "Yes."]})
    assert entries(done, Rated)[0].value == 3


def test_not_quite_brings_one_correction_round() -> None:
    plan: dict[str, list[Reply]] = {"How well understood?": ["Not quite.", "Not quite.", "seven", "yes"]}
    done, _ = play(plan=plan)
    steps = [e.step for e in entries(done, StepTaken)]
    assert steps.count("missed") == 1
    assert steps.count("say_back_again") == 1
    at = steps.index("missed")
    assert steps[at : at + 3] == ["missed", "say_back_again", "understood"]
    assert entries(done, Rated)[0].value == 7


def test_theres_more_gives_the_floor_once_more() -> None:
    done, _ = play(plan={"How well understood?": ["There's more."]})
    floors = [(e.step, e.floor.speaker) for e in entries(done, FloorHeld)]
    assert floors[2:4] == [("add", "A"), ("say_back_more", "B")]


def test_a_low_rating_is_followed_by_an_offer_to_say_what_was_missed() -> None:
    done, _ = play("state_of_us", plan={"How well understood?": ["four", "yes"], "A question": ["Yes please."]})
    assert "missed" in [e.step for e in entries(done, StepTaken)]
    assert [r.value for r in entries(done, Rated)] == [4, 8, 8]


def test_silence_gets_one_kind_word_then_the_session_goes_on() -> None:
    quiet = Silence(at_s=0)
    done, couple = play(plan={"A win and a challenge": [quiet, quiet]})
    assert "Take your time, Ana. Begin when you are ready, or say: pass on." in spoken(couple)
    assert next(e for e in entries(done, StepTaken) if e.step == "share").outcome == "silent"


def test_say_again_repeats_the_step_and_costs_no_time() -> None:
    done, couple = play(plan={"A win and a challenge": ["Say again."]})
    lines = spoken(couple)
    assert lines.count(next(line for line in lines if line.startswith("Ana, you have the floor"))) == 2
    ends = [g.step.until_s for g in couple.seen if isinstance(g.step, Listen) and g.step.floor == "A"]
    assert ends[1] > ends[0]
    shares = [e.floor for e in entries(done, FloorHeld) if e.step == "share" and e.floor.speaker == "A"]
    assert len(shares) <= 2


def test_skip_this_leaves_the_step() -> None:
    done, _ = play(plan={"Settle": ["Skip this."], "A win and a challenge": ["Skip this."]})
    assert [(e.step, e.outcome) for e in entries(done, StepTaken)][3:5] == [("settle", "skipped"), ("share", "skipped")]


@pytest.mark.parametrize(
    "label",
    [
        "Before you begin", "Your consent", "Hello", "Settle", "A win and a challenge", "Three quiet breaths",
        "Say it back", "How well understood?",
    ],
)  # fmt: skip
@pytest.mark.parametrize("said", [Key(at_s=0, key="s"), ("B", "Stop now.")])
def test_stop_now_ends_at_once_from_anywhere(label: str, said: Reply) -> None:
    setup = replace(NAMED, first_ever=True)
    if label == "Before you begin" and isinstance(said, tuple):
        said = Command(at_s=0, name="stop_now", by="B")
    done, couple = play(plan={label: [said]}, setup=setup)
    assert done.reason == "stopped"
    assert couple.seen[-2].screen.step == label
    assert (done.record is None) is (label in ("Before you begin", "Your consent"))


def test_a_break_in_the_middle_and_on_with_what_was_left() -> None:
    done, couple = play(plan={"A win and a challenge": [None, "Pause please."]})
    assert done.reason == "complete"
    paused = entries(done, Paused)[0]
    assert paused.planned_s == pytest.approx(1200)
    assert paused.end_s - paused.start_s == pytest.approx(1200)
    assert not next(g for g in couple.seen if isinstance(g.step, Pause)).screen.recording
    steps = [e.step for e in entries(done, StepTaken)]
    assert steps.index("my_part") < steps.index("when_i_feel") < steps.index("one_step") < steps.index("share")
    shares = [e.floor.speaker for e in entries(done, FloorHeld) if e.step == "share"]
    assert shares == ["A", "A", "B"]
    lines = spoken(couple)
    assert lines.count("Ben, you only listen. Ana, say pass on when you have finished.") == 2


@pytest.mark.parametrize(("wished_s", "given_s"), [(60.0, 900.0), (1500.0, 1500.0), (7200.0, 1800.0)])
def test_a_break_is_fifteen_to_thirty_minutes(wished_s: float, given_s: float) -> None:
    done, _ = play(plan={"Settle": ["Pause please."]}, setup=replace(NAMED, pause_s=wished_s))
    assert entries(done, Paused)[0].planned_s == pytest.approx(given_s)


def test_solutions_only_after_two_accepted_paraphrases() -> None:
    never: list[Reply] = ["Not quite."] * 12
    done, _ = play("pause_and_reflect", plan={"Did it land?": never})
    steps = [e.step for e in entries(done, StepTaken)]
    assert "one_step" not in steps
    assert steps[-1] == "another_day"
    assert not any(e.yes for e in entries(done, Accepted))
    done, _ = play("pause_and_reflect", plan={"Did it land?": ["Not quite.", "Yes.", "Yes."]})
    assert [e.step for e in entries(done, StepTaken)].count("one_step") == 2
    assert [e.by for e in entries(done, Accepted)] == ["A", "A", "B"]


def test_there_are_no_breaks_without_end() -> None:
    done, couple = play(plan={"Settle": ["Pause please."] * 3})
    assert len(entries(done, Paused)) == 2
    assert content.common_words().lines["pause_enough"][0] in spoken(couple)


def test_a_break_is_offered_when_it_gets_heated() -> None:
    done, _ = play(plan={"A win and a challenge": [Heated(at_s=0)], "A question": ["Yes please."]})
    assert len(entries(done, Paused)) == 1
    done, _ = play(plan={"A win and a challenge": [Heated(at_s=0)], "A question": ["No thanks."]})
    assert entries(done, Paused) == []


def test_delete_that_asks_once_and_wipes_the_last_floor() -> None:
    done, couple = play(plan={"A win and a challenge": [None, "Delete that."], "A question": ["Yes please."]})
    wiped = next(g.step for g in couple.seen if isinstance(g.step, Delete))
    assert [(e.start_s, e.end_s) for e in entries(done, Deleted)] == [(wiped.start_s, wiped.end_s)]
    assert all(floor.end_s <= wiped.start_s or floor.start_s >= wiped.end_s for floor in done.record.held)  # type: ignore[union-attr]
    done, couple = play(plan={"A win and a challenge": [None, "Delete that."], "A question": ["No thanks."]})
    assert not any(isinstance(g.step, Delete) for g in couple.seen)
    assert content.common_words().lines["not_deleted"][0] in spoken(couple)


def test_delete_that_before_anything_was_said() -> None:
    _done, couple = play(plan={"Settle": ["Delete that."]})
    assert content.common_words().lines["nothing_to_delete"][0] in spoken(couple)


def test_a_lost_microphone_is_waited_for_and_nothing_is_lost() -> None:
    done, couple = play(plan={"A win and a challenge": [None, Lost(at_s=0)]})
    assert done.reason == "complete"
    assert any(isinstance(g.step, Reconnect) for g in couple.seen)
    done, _ = play(plan={"A win and a challenge": [None, Lost(at_s=0)], "No sound": [TimeUp(at_s=0)]})
    assert (done.reason, done.tell) == ("lost", True)


def test_a_full_disk_ends_the_session_with_what_there_is() -> None:
    done, _ = play(plan={"A win and a challenge": [TALK, Failed(at_s=0, reason="disk_full")]})
    assert (done.reason, done.tell) == ("disk_full", True)
    assert done.closing == content.common_words().lines["disk_full"]


def test_the_quiet_cue_is_opt_in_rare_and_not_for_listening_sounds() -> None:
    own = "but that is not what happened at all"
    burst: list[Reply] = [("B", "mm-hm yeah right"), ("B", own), ("B", own)]
    _, couple = play(plan={"A win and a challenge": burst}, setup=replace(NAMED, live_cue=True))
    cues = [
        g.screen.cue for g in couple.seen if g.screen.step == "A win and a challenge" and isinstance(g.step, Listen)
    ]
    assert cues[:2] == ["", ""]
    assert cues[2] == "Ana has the floor"
    assert {cue for cue in cues if cue} == {"Ana has the floor"}
    _, couple = play(plan={"A win and a challenge": burst})
    assert not any(g.screen.cue for g in couple.seen)


def test_long_names_are_cut_for_the_voice_and_empty_ones_replaced() -> None:
    _, couple = play(setup=replace(NAMED, names=("Ana Maria of the Long Name", " ")))
    said = " ".join(spoken(couple))
    assert "Ana Maria, please say hello" in said
    assert "Second voice" in said
