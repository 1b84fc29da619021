"""Practice as a list of what the coach says and does, given what is said to it: no clock and no sound."""

from __future__ import annotations

from collections.abc import Callable, Generator, Sequence
from dataclasses import dataclass, field

import pytest

from audio.types import UNKNOWN
from coach import app
from coach.practice import kit
from coach.practice.content import Card, cards, drills
from coach.practice.engine import ANSWER_S, Setup, practice
from coach.practice.judging import Given
from coach.practice.pair import pair
from coach.practice.steps import Done, Instruction, Reaction, Reading, Reread, Result, Speak, Step
from coach.practice.wording import practice_words
from coach.session.events import Back, Event, Failed, Finished, Heard, Key, Lost, Silence, TimeUp
from coach.session.steps import Rate
from coach.thresholds import Limits

LIMITS = Limits()
RULES = app.rules(LIMITS)
WORDS = practice_words()
JUDGE = kit.judge(LIMITS)
BY_ID = {card.id: card for card in cards()}
FIRST, SECOND = BY_ID["venting-01"], BY_ID["venting-02"]

Reply = str | type[Event] | Callable[[float, Step], Event]
"""What is said; a silence, a key and the like; or made from the time and the step."""


@dataclass
class Told:
    """What happened."""

    spoken: list[Speak] = field(default_factory=list)
    shown: list[str] = field(default_factory=list)
    results: list[Result] = field(default_factory=list)
    finished: list[str] = field(default_factory=list)
    steps: list[Step] = field(default_factory=list)
    reason: str = ""

    def said(self, words: str) -> bool:
        return any(words in speak.text for speak in self.spoken)


def heard(text: str, at_s: float, *, wait_s: float = 3.5, length_s: float = 4.0) -> Heard:
    start_s = at_s + wait_s
    return Heard(at_s=start_s + length_s, speaker=UNKNOWN, text=text, start_s=start_s, end_s=start_s + length_s)


Over = dict[int, Callable[[float], Event]]


def run(
    steps: Generator[Instruction, Reaction, None],
    replies: list[Reply],
    over: Over | None = None,
    again: Sequence[str] = (),
) -> Told:
    """Replies go to what listens, in order; then it is silent. `over`: what comes into the nth line that is spoken.
    `again`: what the last answer reads in other ways."""
    told, now_s, left = Told(), 0.0, iter(replies)
    instruction = next(steps)
    while not isinstance(instruction.step, Done):
        step = instruction.step
        note(told, instruction)
        if isinstance(step, Speak):
            told.spoken.append(step)
            event: Reaction = (over or {}).get(len(told.spoken), lambda at_s: Finished(at_s=at_s + 2.0))(now_s)
        elif isinstance(step, Reread):
            event = Reading(at_s=now_s, text=again[step.way] if step.way < len(again) else "")
        else:
            event = answer(next(left, Silence), now_s, step)
        now_s = max(now_s, event.at_s)
        instruction = steps.send(event)
    note(told, instruction)
    told.reason = instruction.step.reason
    assert next(left, None) is None, "not all was said"
    return told


def note(told: Told, instruction: Instruction) -> None:
    told.steps.append(instruction.step)
    told.shown += instruction.shown
    told.results += instruction.results
    told.finished += [instruction.finished] if instruction.finished else []


def answer(reply: Reply, now_s: float, step: Step) -> Event:
    if isinstance(reply, str):
        return (
            Key(at_s=now_s, key=reply) if len(reply) == 1 else heard(reply, now_s, length_s=min(4.0, len(reply) / 10))
        )
    if isinstance(reply, type):
        return reply(at_s=now_s + 5.0)
    return reply(now_s, step)


def practised(
    *replies: Reply,
    drill: str = "say_back",
    of: tuple[Card, ...] = (FIRST,),
    typed: bool = False,
    over: Over | None = None,
    again: Sequence[str] = (),
) -> Told:
    setup = Setup(drill=next(one for one in drills() if one.id == drill), cards=of, typed=typed)
    return run(practice(setup, WORDS, JUDGE, RULES), list(replies), over, again)


def test_a_good_answer_is_praised_kept_and_the_next_card_comes() -> None:
    told = practised(FIRST.model, SECOND.model, of=(FIRST, SECOND))
    assert [result.card for result in told.results] == [FIRST.id, SECOND.id]
    assert all(result.good and result.score >= 0.8 and result.attempt == 1 for result in told.results)
    assert told.finished == [FIRST.id, SECOND.id]
    assert [speak.text for speak in told.spoken if speak.by == "partner"] == [FIRST.statement, SECOND.statement]
    assert told.reason == "complete"


def test_the_wait_is_measured_from_the_last_word_of_the_coach() -> None:
    told = practised(lambda at_s, step: heard(FIRST.model, at_s, wait_s=3.2))
    assert told.results[0].waited_s == pytest.approx(3.2)
    assert told.results[0].parts["waited"] == 1.0


def test_a_weak_answer_is_told_why_and_may_be_said_once_more() -> None:
    told = practised(FIRST.weak, FIRST.model)
    assert [result.good for result in told.results] == [False, True]
    assert [result.attempt for result in told.results] == [1, 2]
    assert told.said("dvice")
    assert told.finished == [FIRST.id]


def test_after_two_weak_answers_the_model_is_told() -> None:
    told = practised(FIRST.weak, FIRST.weak)
    assert told.said(FIRST.model)
    assert len(told.results) == 2


def test_who_does_not_want_to_say_it_again_is_left_alone() -> None:
    told = practised(FIRST.weak, Silence)
    assert len(told.results) == 1
    assert told.reason == "complete"


def test_a_word_that_was_misheard_is_read_again() -> None:
    told = practised("Customers jelly, machines baking. You sound completely warned.", again=("Jelly.", FIRST.model))
    assert told.results[0].score == practised(FIRST.model).results[0].score
    assert f"You said: {FIRST.model}" in told.shown


def test_what_is_read_alike_again_or_was_meant_so_is_not_read_on() -> None:
    unlike = "Then it rained on the roof."
    for said, typed, times in ((unlike, False, 1), (unlike, True, 0), (FIRST.weak, False, 0)):
        steps = practised(said, again=(said,), typed=typed).steps
        assert sum(isinstance(step, Reread) for step in steps) == times


def test_silence_gets_one_kind_offer_and_no_result() -> None:
    told = practised(Silence, Silence)
    assert told.said("say again")
    assert told.results == []
    assert told.finished == []


def test_after_the_offer_the_answer_counts() -> None:
    assert practised(Silence, FIRST.model).results[0].good


def test_nobody_there_ends_it() -> None:
    told = practised(Silence, Silence, Silence, Silence, of=(FIRST, SECOND, BY_ID["venting-03"]))
    assert told.reason == "nobody"


def test_the_statement_is_said_again_when_asked_for() -> None:
    for ask in ("say again", "a"):
        told = practised(ask, FIRST.model)
        assert [speak.text for speak in told.spoken].count(FIRST.statement) == 2
        assert told.results[0].good


@pytest.mark.parametrize("ask", ["pass on", "skip this", "p", "k"])
def test_a_card_can_be_passed(ask: str) -> None:
    told = practised(ask, SECOND.model, of=(FIRST, SECOND))
    assert [result.card for result in told.results] == [SECOND.id]


@pytest.mark.parametrize("ask", ["stop now", "s"])
def test_practice_can_be_stopped(ask: str) -> None:
    told = practised(FIRST.weak, ask, of=(FIRST, SECOND))
    assert told.reason == "stopped"
    assert len(told.results) == 1


def test_the_end_of_the_input_ends_it() -> None:
    assert practised(Failed).reason == "stopped"


def test_who_goes_on_while_the_coach_answers_is_heard_whole() -> None:
    """The feedback is the fourth line: intro, statement, prompt, feedback."""
    half = "Customers yelling, machines breaking,"
    rest = "nothing to eat all day. You sound completely worn out."
    told = practised(
        lambda at_s, step: heard(half, at_s), over={4: lambda at_s: heard(rest, at_s, wait_s=0.7, length_s=3.0)}
    )
    assert len(told.results) == 1
    assert told.results[0].good
    assert any(f"{half} {rest}" in line for line in told.shown)


def test_a_sound_of_listening_into_the_feedback_is_no_answer() -> None:
    told = practised(FIRST.model, over={4: lambda at_s: heard("Mm-hm, okay.", at_s, wait_s=0.5, length_s=0.5)})
    assert told.results[0].good
    assert told.spoken[4].text == told.spoken[3].text
    assert told.spoken[4].resumed


def test_an_answer_into_the_prompt_counts() -> None:
    told = practised(over={3: lambda at_s: heard(FIRST.model, at_s, wait_s=0.2)})
    assert told.results[0].good


def test_a_command_into_the_feedback_is_obeyed() -> None:
    told = practised(FIRST.weak, SECOND.model, of=(FIRST, SECOND), over={4: lambda at_s: Key(at_s=at_s, key="p")})
    assert [result.card for result in told.results] == [SECOND.id]


def test_a_very_long_answer_is_told_to_be_shorter() -> None:
    long = " ".join([FIRST.model] * 20)
    told = practised(lambda at_s, step: heard(long, at_s, length_s=ANSWER_S + 1))
    assert told.said("few words")
    assert "too_long" in told.results[0].reasons


def test_what_was_perhaps_misheard_is_asked_for_once_and_costs_nothing() -> None:
    strange = "the yellow engine rolls over seven icy mountains"
    told = practised(strange, FIRST.model)
    assert told.said("misheard")
    assert [result.good for result in told.results] == [True]
    assert len(practised(strange, strange, strange).results) == 2


def test_a_lost_microphone_is_waited_for() -> None:
    told = practised(Lost, Back, FIRST.model)
    assert told.said("cannot hear anything")
    assert told.said("can hear you")
    assert told.results[0].good


def test_a_microphone_that_stays_away_ends_it() -> None:
    assert practised(Lost, TimeUp).reason == "lost"


def test_typed_answers_have_no_wait_and_no_hurry() -> None:
    told = practised(FIRST.model, typed=True)
    assert told.results[0].waited_s is None
    assert any(FIRST.statement in line for line in told.shown)


def test_every_drill_runs_on_its_cards() -> None:
    for drill in drills():
        of = tuple(card for card in cards() if drill.id in card.drills)[:2]
        replies: list[Reply] = []
        for at, card in enumerate(of):
            answers = [card.model] * drill.answers
            replies += answers
            if not JUDGE(Given(drill=drill, card=card, answers=answers, waited_s=3.5, swapped=at == 1)).good:
                replies.append(Silence)  # no second try
        told = practised(*replies, drill=drill.id, of=of)
        assert [(result.drill, result.card) for result in told.results] == [(drill.id, card.id) for card in of]


def test_a_correction_is_spoken_between_the_two_answers() -> None:
    card = next(card for card in cards() if "correction" in card.drills)
    told = practised(card.model, "So what matters to you is the other thing.", drill="correction", of=(card,))
    spoken = [speak.text for speak in told.spoken]
    assert spoken.index(card.statement) < spoken.index(card.correction)


def test_two_replies_are_read_in_turn() -> None:
    told = practised(
        "The first, it names the feeling.", "The second, it listens.", drill="better_reply", of=(FIRST, SECOND)
    )
    assert [result.good for result in told.results] == [True, True]


def test_wording_varies() -> None:
    told = practised(*[card.model for card in cards()[:6]], of=cards()[:6])
    feedback = [speak.text for speak in told.spoken if speak.by == "coach"]
    assert len(set(feedback)) > len(feedback) * 2 / 3


def rated(value: str) -> Reply:
    return lambda at_s, step: Key(at_s=at_s, key=value) if isinstance(step, Rate) else pytest.fail(f"{step}")


def shared(*replies: Reply, rounds: int = 1) -> Told:
    return run(pair(rounds, WORDS, practising_compare, RULES), list(replies))


def practising_compare(said: str, back: str):  # type: ignore[no-untyped-def]
    from coach.measures.paraphrase import paraphrase

    return paraphrase(said, back, JUDGE.content, LIMITS)


def test_two_people_take_turns_with_a_rating_and_one_correction() -> None:
    told = shared(
        "My sister moved abroad.", "I miss her so much.", Silence, "You miss your sister.", Silence, rated("6"),
        "She did not say goodbye.", Silence, "It hurt that there was no goodbye.", Silence, rated("9"),
    )  # fmt: skip
    assert [(result.attempt, result.felt_understood) for result in told.results] == [(1, 6), (2, 9)]
    assert all(result.drill == "pair" for result in told.results)
    assert told.said("Six.")
    assert told.said("Nine.")
    assert told.reason == "complete"


def test_who_felt_fully_understood_is_not_asked_for_more() -> None:
    told = shared("I passed!", Silence, "You made it, how happy you are.", Silence, rated("t"))
    assert len(told.results) == 1
    assert not told.said("missing")


def test_nothing_missing_is_an_answer() -> None:
    told = shared("I passed!", Silence, "You made it.", Silence, rated("8"), "pass on")
    assert len(told.results) == 1
    assert told.reason == "complete"


def test_a_number_that_is_not_heard_is_asked_for_once_more() -> None:
    told = shared("I passed!", Silence, "You made it.", Silence, Silence, rated("8"), "pass on")
    assert told.results[0].felt_understood == 8


def test_then_the_other_way_round() -> None:
    told = shared(
        "I passed!", Silence, "You made it.", Silence, rated("t"), "I lost my keys.", Silence, "How annoying.", Silence,
        rated("t"), rounds=2,
    )  # fmt: skip
    assert told.said("other way round")
    assert len(told.results) == 2


def test_two_who_say_nothing_are_left_in_peace() -> None:
    assert shared(Silence).reason == "nobody"
