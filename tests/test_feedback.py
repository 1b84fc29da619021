"""Feedback: what is chosen for whom, how it is worded, and what must never happen."""

from __future__ import annotations

import json
import tomllib
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from random import Random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from audio.types import Span, Word
from coach import content
from coach.conditions import CONDITIONS, JOINT_CONDITIONS
from coach.conversation import Conversation, spans_from_words, turns
from coach.errors import ContentError
from coach.feedback import Feedback, Findings, feedback
from coach.grounds import people
from coach.measures.floor import Backchannel, floor
from coach.measures.interruptions import Interruption
from coach.measures.silence import Wait, silence
from coach.measures.words import Remark
from coach.thresholds import Limits
from coach.wording import PHRASES, PLACES, places, wording_from

LIMITS = Limits()
FIXTURES = Path(__file__).parent.parent / "fixtures"
NAMES = {"A": "Daniel", "B": "Sarah"}


def talk(*stretches: tuple[str, float, float], mixed: bool = False, names: dict[str, str] = NAMES) -> Findings:
    """The findings of a talk of which only the speech is known."""
    speech = tuple(
        Span(speaker=who, start_s=start_s, end_s=end_s)
        for who, start_s, end_s in sorted(stretches, key=lambda x: x[1:])
    )
    conversation = Conversation(
        id="talk", duration_s=max((span.end_s for span in speech), default=0.0),
        speakers=tuple(dict.fromkeys(span.speaker for span in speech)), speech=speech, mixed=mixed,
    )  # fmt: skip
    said = turns(conversation, LIMITS.turns)
    return Findings(
        conversation=conversation, names=names, turns=said, remarks=(),
        floor=floor(conversation, said, content.cues(), LIMITS.floor),
        silence=silence(conversation, said, LIMITS.silence),
    )  # fmt: skip


def even_talk(*, minutes: int = 2, mixed: bool = False, names: dict[str, str] = NAMES) -> Findings:
    """Each speaks for ten seconds in turn, half a second between them."""
    count = minutes * 6
    return talk(*(("AB"[i % 2], i * 10.5, i * 10.5 + 10) for i in range(count)), mixed=mixed, names=names)


def remark(
    speaker: str, kind: str, start_s: float, quote: str, *, turn: int = 0, confidence: float = 0.9, rewrite: str = ""
) -> Remark:
    return Remark(
        turn=turn, speaker=speaker, start_s=start_s, kind=kind, quote=quote, rule=f"{kind} rule", confidence=confidence,
        rewrite=rewrite,
    )  # fmt: skip


def broke_in(by: str, *starts_s: float, kind: str = "floor_taking") -> tuple[Interruption, ...]:
    of = "B" if by == "A" else "A"
    return tuple(
        Interruption(
            by=by, of=of, start_s=start_s, end_s=start_s + 3, kind=kind, text="but", confidence=0.8, reason="",  # type: ignore[arg-type]
        )
        for start_s in starts_s
    )  # fmt: skip


def with_interruptions(findings: Findings, *events: Interruption) -> Findings:
    """Events, and the rates that follow from them."""
    rates = []
    for rate in findings.floor.rates:
        count = sum(event.by == rate.by for event in events)
        enough = count >= LIMITS.floor.least_events and rate.others_speech_s > 0
        per_min = count / rate.others_speech_s * 60 if enough else None
        rates.append(replace(rate, interruptions=count, interruptions_per_min=per_min))
    return replace(findings, floor=replace(findings.floor, interruptions=events, rates=tuple(rates)))


def said(findings: Findings) -> tuple[Feedback, ...]:
    return feedback(findings, content.wording(), LIMITS.feedback)


def item(findings: Findings, to: str, kind: str) -> Feedback:
    return next(one for one in said(findings) if one.to == to and one.kind == kind)


def test_each_person_gets_one_strength_and_one_thing_to_try_and_both_one_aim() -> None:
    assert [(one.to, one.kind) for one in said(even_talk())] == [
        ("A", "strength"), ("A", "try"), ("B", "strength"), ("B", "try"), ("both", "aim"),
    ]  # fmt: skip


def test_a_checked_paraphrase_is_the_first_strength_told_with_its_moment_and_its_words() -> None:
    findings = replace(
        even_talk(),
        remarks=(
            remark("B", "appreciation", 11.0, "thank you for the soup"),
            remark("B", "reflection", 53.0, "so you feel lonely in the evening", turn=5),
            remark("B", "check", 60.0, "did I get that right?", turn=5),
        ),
    )
    strength = item(findings, "B", "strength")
    assert strength.rule == "said_back_and_checked"
    assert "0:53" in strength.text
    assert "“so you feel lonely in the evening”" in strength.text
    assert strength.say.startswith("Sarah, in the middle you said back")
    grounds = strength.evidence[0]
    assert (grounds.count, grounds.rule, grounds.moments[0].turn, grounds.moments[0].start_s) == (
        1,
        "reflection rule",
        5,
        53.0,
    )


def test_a_wait_is_praised_and_a_lapse_is_not() -> None:
    wait = Wait(by="B", after="A", start_s=20.0, end_s=23.4, replied=True, then_s=12.0, earned_more=True)
    findings = even_talk()
    waited = replace(findings, silence=replace(findings.silence, waits=(wait,)))
    lapsed = replace(findings, silence=replace(findings.silence, waits=(replace(wait, end_s=27.0),)))
    assert item(waited, "B", "strength").rule == "waited_and_more_came"
    assert "3 seconds" in item(waited, "B", "strength").text
    assert item(lapsed, "B", "strength").rule not in ("waited", "waited_and_more_came")


def test_blame_is_answered_with_other_words() -> None:
    blame = remark(
        "A", "blame", 40.0, "You never ask me.", rewrite="When that happened, I felt ... What I would like is ..."
    )
    tried = item(replace(even_talk(), remarks=(blame,)), "A", "try")
    assert tried.rule == "blame"
    assert "“You never ask me”" in tried.text
    assert "When that happened, I felt ..." in tried.text
    assert "..." not in tried.say


def test_a_whole_rewrite_is_spoken() -> None:
    ignored = remark("A", "pseudo_feeling", 40.0, "I feel ignored", rewrite="I feel lonely. I need company.")
    assert item(replace(even_talk(), remarks=(ignored,)), "A", "try").say.endswith("I feel lonely. I need company.")


def test_a_rewrite_too_long_to_be_spoken_leads_to_other_words() -> None:
    long = remark("A", "pseudo_feeling", 40.0, "I feel ignored", rewrite="I feel " + "very " * 30 + "lonely.")
    tried = item(replace(even_talk(), remarks=(long,)), "A", "try")
    assert tried.rule == "verdict_as_feeling"
    assert "very very" not in tried.say + tried.text


@pytest.mark.parametrize(("confidence", "quoted"), [(0.9, True), (0.55, False)])
def test_words_that_are_not_sure_are_not_quoted(confidence: float, quoted: bool) -> None:
    tried = item(
        replace(even_talk(), remarks=(remark("A", "blame", 40.0, "you never ask", confidence=confidence),)), "A", "try"
    )
    assert ("you never ask" in tried.text) is quoted
    assert ("misheard" in tried.text) is not quoted


@pytest.mark.parametrize(("mixed", "quoted"), [(False, True), (True, False)])
def test_words_spoken_over_by_the_other_are_not_quoted_from_one_microphone(mixed: bool, quoted: bool) -> None:
    findings = talk(("A", 0, 40), ("B", 20, 60), ("A", 61, 90), mixed=mixed)
    tried = item(replace(findings, remarks=(remark("A", "blame", 21.0, "you never ask me"),)), "A", "try")
    assert ("you never ask me" in tried.text) is quoted


def in_words(text: str) -> Findings:
    """A talk in which the first to speak says this, two words a second."""
    findings = even_talk()
    words = tuple(
        Word(speaker="A", start_s=at / 2, end_s=at / 2 + 0.5, text=word) for at, word in enumerate(text.split())
    )
    return replace(findings, turns=(replace(findings.turns[0], words=words), *findings.turns[1:]))


def test_a_sentence_is_quoted_whole_and_a_long_one_around_the_words_that_count() -> None:
    short = replace(in_words("It was late. You never ask me."), remarks=(remark("A", "blame", 1.5, "You never ask"),))
    winter = "in the long cold dark wet grey windy winter weeks of last year you never ask me"
    long = replace(in_words(winter), remarks=(remark("A", "blame", 6.5, "you never ask"),))
    assert "“You never ask me”" in item(short, "A", "try").text
    assert "“… cold dark wet grey windy winter weeks of last year you never ask me”" in item(long, "A", "try").text


def test_two_findings_in_one_sentence_are_one_event() -> None:
    twice = (remark("A", "blame", 0.0, "You never ask"), remark("A", "blame", 1.0, "ask me", confidence=0.7))
    tried = item(replace(in_words("You never ask me."), remarks=twice), "A", "try")
    assert (tried.rule, tried.evidence[0].count) == ("blame", 1)


def test_who_makes_good_in_a_sentence_is_not_held_to_have_blamed_in_it() -> None:
    both = (remark("A", "blame", 0.0, "I am sorry, I"), remark("A", "repair", 1.5, "I interrupted"))
    findings = replace(in_words("I am sorry, I interrupted you."), remarks=both)
    assert item(findings, "A", "try").rule != "blame"
    assert item(findings, "A", "strength").rule == "repaired"


def test_what_is_less_sure_than_even_is_not_spoken_of() -> None:
    doubtful = replace(even_talk(), remarks=(remark("A", "blame", 40.0, "you never ask", confidence=0.4),))
    assert item(doubtful, "A", "try").rule == item(even_talk(), "A", "try").rule


def test_few_interruptions_are_told_by_their_moments_and_many_by_a_rate() -> None:
    few = with_interruptions(even_talk(), *broke_in("A", 15.0, 95.0))
    many = with_interruptions(even_talk(mixed=True), *broke_in("A", 15.0, 36.0, 57.0, 78.0, 95.0))
    assert "at 0:15 and 1:35 you came in before Sarah had finished" in item(few, "A", "try").text
    assert "minute" not in item(few, "A", "try").text
    assert "at least 5 times, about 5.0 in each minute that Sarah spoke" in item(many, "A", "try").text
    assert "sorry, go on" in item(many, "A", "try").say


def test_one_try_for_the_floor_that_failed_is_ordinary_talk() -> None:
    once = with_interruptions(even_talk(), *broke_in("A", 15.0, kind="attempt"))
    twice = with_interruptions(even_talk(), *broke_in("A", 15.0, 36.0, kind="attempt"))
    assert item(once, "A", "try").rule != "interrupted"
    assert item(twice, "A", "try").rule == "interrupted"


def test_listening_sounds_are_a_strength() -> None:
    findings = even_talk()
    sounds = tuple(
        Backchannel(by="B", start_s=start_s, end_s=start_s + 0.3, text="mm") for start_s in (2.0, 23.0, 44.0)
    )
    assert (
        item(replace(findings, floor=replace(findings.floor, backchannels=sounds)), "B", "strength").rule
        == "showed_listening"
    )


def test_a_short_talk_says_so_and_gives_nobody_anything_to_try() -> None:
    blame = remark("A", "blame", 1.0, "you never ask me")
    thanks = remark("B", "appreciation", 12.0, "thank you for the soup")
    short = replace(talk(("A", 0, 10), ("B", 11, 28)), remarks=(blame, thanks))
    assert [(one.to, one.rule) for one in said(short)] == [("B", "appreciated"), ("both", "too_short")]
    assert "27 seconds" in said(short)[-1].text


def test_one_voice_still_gets_feedback_that_makes_sense() -> None:
    alone = replace(talk(("A", 0, 50), ("A", 52, 100)), remarks=(remark("A", "feeling", 60.0, "I feel worried"),))
    items = said(alone)
    assert [(one.to, one.kind, one.rule) for one in items] == [
        ("A", "strength", "named_feeling"), ("A", "try", "say_it_back"), ("both", "aim", "one_voice"),
    ]  # fmt: skip
    assert "Sarah" not in " ".join(one.text + one.say for one in items)


def test_nobody_heard_gives_no_feedback() -> None:
    assert said(talk()) == ()


def test_who_spoke_almost_all_the_time_is_not_told_it_was_all() -> None:
    tried = item(talk(("A", 0, 400), ("B", 400.5, 401.2)), "A", "try")
    assert tried.rule == "spoke_much"
    assert "99 %" in tried.text


def test_who_speaks_for_long_without_a_break_is_asked_to_stop_for_an_answer() -> None:
    tried = item(talk(("B", 0, 60), ("A", 61, 136), ("B", 137, 160)), "A", "try")
    assert tried.rule == "spoke_on"
    assert "from 1:01 on you spoke for 75 seconds" in tried.text


def test_the_aim_trains_something_else_than_the_things_to_try() -> None:
    both = with_interruptions(even_talk(), *broke_in("A", 15.0), *broke_in("B", 25.0))
    assert item(both, "A", "try").rule == "interrupted"
    assert item(both, "both", "aim").rule != "one_at_a_time"


def test_many_hard_words_lead_to_a_joint_way_to_slow_down() -> None:
    # three interruptions rank before one blame, so that the aim is free to speak of the tone
    findings = with_interruptions(even_talk(), *broke_in("A", 15.0, 36.0, 57.0), *broke_in("B", 25.0, 46.0, 67.0))
    hard = replace(
        findings, remarks=(remark("A", "blame", 40.0, "you never ask"), remark("B", "blame", 51.0, "you always go"))
    )
    assert item(hard, "both", "aim").rule == "slow_down"


def test_the_couple_of_the_demo_hears_what_was_planted_for_them() -> None:
    planted = json.loads((FIXTURES / "demo.events.json").read_text())
    words = tuple(Word(**word) for word in json.loads((FIXTURES / "demo.json").read_text())["words"])
    conversation = Conversation(
        id="demo", duration_s=planted["duration_s"], speakers=("A", "B"), words=words, word_times="exact",
        speech=spans_from_words(words, LIMITS.turns),
    )  # fmt: skip
    said_turns = turns(conversation, LIMITS.turns)

    def turn_of(row: dict[str, Any]) -> int:
        own = (turn for turn in said_turns if turn.speaker == row["speaker"])
        return max(turn.index for turn in own if turn.start_s <= row["start_s"] + 0.1)

    findings = Findings(
        conversation=conversation, names=planted["names"], turns=said_turns,
        remarks=tuple(
            remark(row["speaker"], row["label"], row["start_s"], row["text"], turn=turn_of(row))
            for row in planted["remarks"]
        ),
        floor=floor(conversation, said_turns, content.cues(), LIMITS.floor),
        silence=silence(conversation, said_turns, LIMITS.silence),
    )  # fmt: skip
    assert [(one.to, one.kind, one.rule) for one in said(findings)] == [
        ("A", "strength", "repaired"),
        ("A", "try", "blame_often"),
        ("B", "strength", "said_back_and_checked"),
        ("B", "try", "interrupted"),
        ("both", "aim", "again"),
    ]


# What must hold for every talk.

texts = st.text(st.characters(exclude_categories=("Cs", "Cc")), max_size=60)
times = st.floats(0, 290, allow_nan=False)
kinds = st.sampled_from(
    ["blame", "pseudo_feeling", "feeling", "appreciation", "advice", "reflection", "check", "repair", "question_open"]
)
remarks_of_any_kind = st.builds(
    Remark, turn=st.integers(0, 20), speaker=st.sampled_from("AB"), start_s=times, kind=kinds, quote=texts, rule=texts,
    confidence=st.floats(0.1, 1),
    rewrite=texts | st.sampled_from(["I feel ... What I need is ...", "I feel sad. " * 12]),
)  # fmt: skip
interruptions_of_any_kind = st.builds(
    lambda by, start_s, kind, confidence: replace(broke_in(by, start_s, kind=kind)[0], confidence=confidence),
    st.sampled_from("AB"), times, st.sampled_from(["floor_taking", "attempt", "held_floor"]), st.floats(0.1, 1),
)  # fmt: skip
waits_of_any_length = st.builds(
    lambda by, start_s, long_s, more: Wait(
        by=by, after="BA"["AB".index(by)], start_s=start_s, end_s=start_s + long_s, replied=True, then_s=long_s,
        earned_more=more,
    ),
    st.sampled_from("AB"), times, st.floats(3, 9), st.booleans(),
)  # fmt: skip


@st.composite
def talks(draw: st.DrawFn, names: st.SearchStrategy[str] = texts) -> Findings:
    lengths_s = draw(st.lists(st.floats(0.3, 60), min_size=1, max_size=12))
    who = draw(st.lists(st.sampled_from("AB"), min_size=len(lengths_s), max_size=len(lengths_s)))
    stretches, now_s = [], 0.0
    for speaker, length_s in zip(who, lengths_s, strict=True):
        stretches.append((speaker, now_s, now_s + length_s))
        now_s += length_s + 0.4
    findings = talk(*stretches, mixed=draw(st.booleans()), names={"A": draw(names), "B": draw(names)})
    findings = with_interruptions(findings, *draw(st.lists(interruptions_of_any_kind, max_size=8)))
    return replace(
        findings,
        remarks=tuple(draw(st.lists(remarks_of_any_kind, max_size=10))),
        silence=replace(findings.silence, waits=tuple(draw(st.lists(waits_of_any_length, max_size=3)))),
    )


@settings(max_examples=60, deadline=None)
@given(talks())
def test_never_more_than_allowed_and_never_too_long_to_be_heard(findings: Findings) -> None:
    items = said(findings)
    assert all(0 < len(one.say.split()) <= 25 for one in items)
    assert all(one.text.strip() and one.evidence for one in items)
    for speaker in people(findings):
        own = [one.kind for one in items if one.to in (speaker, "both")]
        assert len(own) == len(set(own)) <= 3
    assert {one.to for one in items} <= {*people(findings), "both"}


plain_names = st.sampled_from(["Ann", "Mary Jane", "Zoë-Marie van der Berg", "Łukasz"])


@settings(max_examples=40, deadline=None)
@given(talks(names=plain_names), st.randoms(use_true_random=False))
def test_the_same_findings_in_any_order_give_the_same_feedback(findings: Findings, random: Random) -> None:
    def shuffled(some: Sequence[object]) -> tuple[object, ...]:
        return tuple(random.sample(some, len(some)))

    mixed_up = replace(
        findings,
        remarks=shuffled(findings.remarks),  # type: ignore[arg-type]
        turns=shuffled(findings.turns),  # type: ignore[arg-type]
        floor=replace(findings.floor, interruptions=shuffled(findings.floor.interruptions)),  # type: ignore[arg-type]
        silence=replace(findings.silence, waits=shuffled(findings.silence.waits)),  # type: ignore[arg-type]
    )
    assert said(mixed_up) == said(findings)


@settings(max_examples=40, deadline=None)
@given(talks(names=st.sampled_from(["Ann", "Bo"])))
def test_what_a_person_is_told_does_not_depend_on_being_the_first(findings: Findings) -> None:
    other = {"A": "B", "B": "A"}
    floor_, silence_, talk_ = findings.floor, findings.silence, findings.conversation
    swapped = replace(
        findings,
        names={other[who]: name for who, name in findings.names.items()},
        remarks=tuple(replace(r, speaker=other[r.speaker]) for r in findings.remarks),
        turns=tuple(replace(t, speaker=other[t.speaker]) for t in findings.turns),
        conversation=replace(
            talk_,
            speakers=tuple(other[who] for who in reversed(talk_.speakers)),
            speech=tuple(replace(span, speaker=other[span.speaker]) for span in talk_.speech),
        ),
        floor=replace(
            floor_,
            shares=tuple(replace(s, speaker=other[s.speaker]) for s in reversed(floor_.shares)),
            rates=tuple(replace(r, by=other[r.by]) for r in floor_.rates),
            interruptions=tuple(replace(i, by=other[i.by], of=other[i.of]) for i in floor_.interruptions),
            backchannels=tuple(replace(b, by=other[b.by]) for b in floor_.backchannels),
            monologues=tuple(replace(m, speaker=other[m.speaker]) for m in floor_.monologues),
        ),
        silence=replace(
            silence_,
            waits=tuple(replace(w, by=other[w.by], after=other[w.after]) for w in silence_.waits),
            responsiveness=tuple(replace(r, by=other[r.by]) for r in silence_.responsiveness),
        ),
    )
    here = {(one.to, one.kind, one.text, one.say) for one in said(findings) if one.to != "both"}
    there = {(other[one.to], one.kind, one.text, one.say) for one in said(swapped) if one.to != "both"}
    assert here == there


@settings(max_examples=40, deadline=None)
@given(talks(names=st.just("")))
def test_what_is_said_to_both_names_both_or_nobody_and_leaves_no_gap(findings: Findings) -> None:
    named = replace(
        findings,
        names={"A": "Ann", "B": "Bo"},
        remarks=tuple(replace(r, quote="so it is", rewrite="") for r in findings.remarks),
    )
    for one in said(named):
        assert not any(sign in one.text + one.say for sign in "{}")
        if one.to == "both" and len(people(named)) == 2:
            assert ("Ann" in one.text) == ("Bo" in one.text)
            assert ("Ann" in one.say) == ("Bo" in one.say)


# The wording itself.

RULES = [
    pytest.param(rule, id=f"{kind}-{rule.name}")
    for kind, rules in (
        ("strength", content.wording().strengths), ("try", content.wording().tries), ("aim", content.wording().aims)
    )
    for rule in rules
]  # fmt: skip
COMPARING = ("better than", "worse", "more than", "less than", "best", "winner", "fault", "wrong", "score")


@pytest.mark.parametrize("rule", RULES)
def test_every_sentence_is_short_enough_with_long_names_and_compares_nobody(rule) -> None:  # type: ignore[no-untyped-def]
    names = {"name": "Mary Jane", "partner": "Jean Paul", "both": "Mary Jane and Jean Paul"}
    longest = {"when": "near the start", "rewrite": "I feel lonely. I need company."}
    for words in rule.words:
        spoken = words.say.format_map({**dict.fromkeys(PLACES, "one"), **names, **longest})
        assert len(spoken.split()) <= LIMITS.feedback.spoken_words, spoken
        assert not [phrase for phrase in COMPARING if phrase in (words.text + words.say).lower()]


def test_every_condition_has_a_rule_and_the_last_rule_always_holds() -> None:
    wording = content.wording()
    assert {rule.when for rule in (*wording.strengths, *wording.tries)} == set(CONDITIONS)
    assert {rule.when for rule in wording.aims} == set(JOINT_CONDITIONS)
    assert wording.tries[-1].when == wording.aims[-1].when == "always"


GOOD = """
[[rule]]
name = "one"
when = "always"
skill = "x"
[[rule.words]]
text = "{name}, well done."
say = "{name}, well done."
"""


@pytest.mark.parametrize(
    ("before", "after", "told"),
    [
        ('when = "always"', 'when = "perhaps"', "'perhaps' is no condition"),
        ('text = "{name}', 'text = "{nmae}', "{nmae} is unknown"),
        ('text = "{name}', 'text = "{name', "text"),
        ('say = "{name}, well done."', "say = 3", "'say' must be a text"),
        ('skill = "x"', 'skil = "x"', "the key 'skil' is unknown"),
        ('skill = "x"', 'skill = "x"\nneeds = "three"', "needs 'three'"),
        ("[[rule.words]]", "[[rule.other]]", "the key 'other' is unknown"),
        ("", GOOD, "given twice"),
    ],
)
def test_a_mistake_in_the_wording_is_named_with_its_file_and_key(before: str, after: str, told: str) -> None:
    broken = tomllib.loads(GOOD.replace(before, after, 1) if before else GOOD + after)
    phrases = {name: " ".join(f"{{{place}}}" for place in wanted) or "x" for name, wanted in PHRASES.items()}
    good = tomllib.loads(GOOD)
    with pytest.raises(ContentError) as caught:
        wording_from(
            {"strengths": good, "tries": broken, "aims": good, "phrases": phrases}, CONDITIONS, JOINT_CONDITIONS
        )
    assert told in str(caught.value)
    assert "prompts/feedback/tries.toml" in str(caught.value)


def test_places_are_found() -> None:
    assert places("{name}, at {moment} {name}") == {"name", "moment"}
