"""What an answer is worth in a drill: a score from 0 to 1, the parts that it came from, and what went wrong.

Every drill begins with the paraphrase score of MEASURES section 5; what it trains beyond that is told here.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from coach.measures.feelings import named, nearness
from coach.measures.paraphrase import Paraphrase, ParaphraseContent, paraphrase
from coach.measures.paraphrase_parts import copied
from coach.measures.sentences import sentences
from coach.measures.vocabulary import neutral
from coach.measures.words import Labelled, label
from coach.practice.choices import Choices, chosen_reply
from coach.practice.content import Card, Drill
from coach.thresholds import Limits

GOOD = 0.7
"""From here on an answer counts as a good one: model answers reach 0.8, weak ones stay under 0.5."""
ENOUGH_MEANING = 0.5
"""Of the key points, where saying back is not what is trained."""
ONE_IS_MISSING = 0.65
LEAST_WORDS = 4
"""Fewer may be anything; more of them that meet nothing of the statement were misheard, or meant for somebody else."""
ADDED = frozenset(["advice", "blame", "own_story", "minimising", "why", "question"])
JOYFUL = frozenset(["joy", "excitement", "contentment", "relief", "gratitude", "love", "confidence"])


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    score: float  # 0-1
    parts: Mapping[str, float]
    reasons: tuple[str, ...]  # what went wrong
    named: str = ""  # the feeling that was named
    missed: str = ""  # a key point that was left out
    unclear: bool = False  # nothing of the statement was found in it: it may have been misheard

    @property
    def good(self) -> bool:
        return self.score >= GOOD

    @property
    def doubtful(self) -> bool:
        """Not good, and nothing in it shows that it was meant so: words may have been misheard."""
        return not self.good and ADDED.isdisjoint(self.reasons) and "echo" not in self.reasons


@dataclass(frozen=True, slots=True, kw_only=True)
class Given:
    """The answers to a card in one attempt."""

    drill: Drill
    card: Card
    answers: Sequence[str]  # the one to judge last
    waited_s: float | None  # before the first of them
    swapped: bool  # of two replies the weaker was the first


@dataclass(frozen=True, slots=True, kw_only=True)
class Judge:
    """Everything that answers are judged by."""

    content: ParaphraseContent
    choices: Choices
    limits: Limits

    def __call__(self, given: Given) -> Judged:
        return _DRILLS.get(given.drill.id, _said_back)(self, given)

    def compared(self, given: Given, text: str) -> Paraphrase:
        return paraphrase(given.card.statement, text, self.content, self.limits, given.card, given.waited_s)

    def labelled(self, given: Given, text: str) -> list[Labelled]:
        return [
            label(sentence, given.card.statement, self.content.lexicon, self.limits.words)
            for sentence in sentences(text)
        ]

    def felt(self, text: str, families: Sequence[str]) -> tuple[float, str]:
        """How near the nearest feeling that is named comes to the families, and its word."""
        found = named(text, self.content.feelings, self.content.vocabulary)
        return max(((nearness(frozenset(families), one.families), one.word) for one in found), default=(0.0, ""))


def _said_back(judge: Judge, given: Given) -> Judged:
    result = judge.compared(given, given.answers[-1])
    parts: dict[str, float] = {part.name: part.score for part in result.parts}
    _, word = judge.felt(given.answers[-1], (*given.card.feelings, *given.card.under))
    heard = given.answers[-1].split()
    unclear = not parts["meaning"] and parts["feeling"] < 1.0 and len(heard) >= LEAST_WORDS
    reasons: list[str] = [*result.reasons]
    if word and parts["feeling"] < ENOUGH_MEANING and "no_feeling" not in reasons:
        reasons.append("other_feeling")
    return Judged(
        score=result.score, parts=parts, reasons=tuple(reasons), named=word, missed=_missed(result),
        unclear=unclear and ADDED.isdisjoint(reasons),
    )  # fmt: skip


def _missed(result: Paraphrase) -> str:
    """The first key point that was left out, as the part "meaning" tells it."""
    return next((part.missed[0] for part in result.parts if part.missed), "")


def _name_feeling(judge: Judge, given: Given) -> Judged:
    families, text = (*given.card.feelings, *given.card.under), given.answers[-1]
    said = judge.felt(text, families)
    if not said[1]:  # "happy" alone may be anything; where a feeling was asked for it is one
        said = judge.felt(f"they feel {text}", families)
    back = _said_back(judge, given)
    clean = _clean(back)
    reasons = [reason for reason in back.reasons if reason in ADDED]
    reasons += ["no_feeling"] if not said[1] else ["other_feeling"] if said[0] < 1.0 else []
    return Judged(
        score=(0.8 * said[0] + 0.2) * clean, parts={"feeling": said[0], "nothing_added": clean},
        reasons=tuple(reasons), named=said[1],
    )  # fmt: skip


def _under_feeling(judge: Judge, given: Given) -> Judged:
    text, back = given.answers[-1], _said_back(judge, given)
    under, word = judge.felt(text, given.card.under)
    shown = max(judge.felt(text, given.card.feelings)[0], under)
    reasons = [reason for reason in back.reasons if reason in ADDED]
    if not shown:
        reasons.append("no_feeling")
    elif under < 1.0:
        reasons.append("no_under")
    clean = _clean(back)
    parts = {"feeling": shown, "under": under, "nothing_added": clean, "check": back.parts["check"]}
    return Judged(score=(0.35 * shown + 0.65 * under) * clean, parts=parts, reasons=tuple(reasons), named=word)


def _better_reply(judge: Judge, given: Given) -> Judged:
    text = given.answers[-1]
    which = chosen_reply(text, judge.choices)
    if which is None:  # it was said over again, perhaps
        better, weaker = (copied(neutral(reply), neutral(text)) for reply in (given.card.model, given.card.weak))
        which = None if better == weaker else int((better > weaker) == given.swapped)
    if which is None:
        return Judged(score=0.0, parts={}, reasons=("no_choice",))
    right = which == int(given.swapped)
    because = any(judge.choices.hold(f"because.{key}", text) for key in (given.card.reason, "better"))
    reasons = ("other_reply",) if not right else () if because else ("no_reason",)
    parts = {"choice": float(right), "because": float(because)}
    return Judged(score=(0.65 + 0.35 * because) if right else 0.2, parts=parts, reasons=reasons)


def _three_ways(judge: Judge, given: Given) -> Judged:
    """The mean of all, less where one of them comes back in the same words."""
    each = [_said_back(judge, Given(drill=given.drill, card=given.card, answers=[text], waited_s=None, swapped=False))
            for text in given.answers]  # fmt: skip
    words = [neutral(text) for text in given.answers]
    same = max((copied(words[before], words[at]) for at in range(len(words)) for before in range(at)), default=0.0)
    count = len(each)
    parts = {name: sum(one.parts[name] for one in each) / count for name in each[0].parts} | {"variety": 1.0 - same}
    reasons = tuple(dict.fromkeys(reason for one in each for reason in one.reasons))
    if same > ENOUGH_MEANING:
        reasons = (*reasons, "same_again")
    score = sum(one.score for one in each) / count * (1.0 - 0.5 * same) * min(1.0, (1 + count) / 4)
    return Judged(
        score=score, parts=parts, reasons=reasons, named=each[-1].named, missed=each[-1].missed,
        unclear=all(one.unclear for one in each),
    )  # fmt: skip


def _correction(judge: Judge, given: Given) -> Judged:
    """The last answer against what the partner corrected; an own defence or advice spoils it."""
    if len(given.answers) < 2:
        return _said_back(judge, given)
    text = given.answers[-1]
    result = paraphrase(given.card.correction, text, judge.content, judge.limits)
    back = {part.name: part.score for part in result.parts}
    added = [reason for reason in result.reasons if reason in ADDED]
    clean = back["nothing_added"] if added else 1.0
    taken_in = min(1.0, back["meaning"] / ENOUGH_MEANING)
    score = (0.75 * taken_in + 0.25 * max(clean - 0.5, 0.0) * 2) * (1.0 if not added else clean)
    reasons: list[str] = [*added]
    if taken_in < GOOD:
        reasons.append("correction")
    parts = {"taken_in": taken_in, "nothing_added": clean, "check": back["check"]}
    return Judged(score=score, parts=parts, reasons=tuple(reasons))


def _wait(judge: Judge, given: Given) -> Judged:
    back = _said_back(judge, given)
    waited = back.parts.get("waited")
    if waited is None:  # typed
        return back
    reasons = back.reasons if waited >= 1.0 else ("waited", *back.reasons)
    return Judged(
        score=0.5 * waited + 0.5 * back.score, parts=back.parts, reasons=reasons, named=back.named,
        missed=back.missed, unclear=back.unclear,
    )  # fmt: skip


def _follow_up(judge: Judge, given: Given) -> Judged:
    """What is said back, and one open question."""
    labels = judge.labelled(given, given.answers[-1])
    asked = [
        one
        for one in labels
        if not {"question_open", "question_closed"}.isdisjoint(one.acts) and "check" not in one.acts
    ]
    rest = " ".join(one.text for one in labels if one not in asked)
    back = _said_back(judge, Given(drill=given.drill, card=given.card, answers=[rest], waited_s=None, swapped=False))
    opens = [one for one in asked if "question_open" in one.acts]
    why = [one for one in asked if one.text.lower().lstrip(" \"'“so,and").startswith("why")]
    question = 0.4 if why else 1.0 if opens else 0.4 if asked else 0.0
    reasons = [reason for reason in back.reasons if reason in ADDED]
    reasons += ["why"] if why else [] if opens else ["closed_question"] if asked else ["no_question"]
    if len(asked) > 1:
        question *= 0.7
        reasons.append("many_questions")
    reasons += [reason for reason in back.reasons if reason not in ADDED]
    score = (0.5 * back.score + 0.5 * question) if rest else 0.5 * question
    parts = {**back.parts, "question": question}
    return Judged(score=score, parts=parts, reasons=tuple(dict.fromkeys(reasons)), named=back.named, missed=back.missed)


def _rewrite_blame(judge: Judge, given: Given) -> Judged:
    """Observation, feeling, need, request, as the speaker could say it; no blame left."""
    text = given.answers[-1]
    labels = judge.labelled(given, text)
    fact = min(1.0, judge.compared(given, text).part("meaning") / ENOUGH_MEANING)
    feeling, word = judge.felt(text, (*given.card.feelings, *given.card.under))
    need = float(judge.choices.hold("asks.need", text) or any(one.label == "need_request" for one in labels))
    request = float(judge.choices.hold("asks.request", text))
    parts = {"meaning": fact, "feeling": feeling, "need": need, "request": request}
    names = {"meaning": "no_fact", "feeling": "no_feeling", "need": "no_need", "request": "no_request"}
    blame = any(one.label in ("blame", "pseudo_feeling") for one in labels)
    reasons = (["still_blame"] if blame else []) + [
        names[name] for name, score in parts.items() if score < ENOUGH_MEANING
    ]
    score = sum(parts.values()) / len(parts) * (0.4 if blame else 1.0)
    if 0.0 in parts.values():  # all four belong to it
        score = min(score, ONE_IS_MISSING)
    return Judged(score=score, parts=parts, reasons=tuple(reasons), named=word)


def _validate(judge: Judge, given: Given) -> Judged:
    labels = judge.labelled(given, given.answers[-1])
    validation = float(any("validation" in one.acts for one in labels))
    reasons = () if validation else ("no_validation",)
    return _with(judge, given, {"validation": validation}, reasons, weight=0.55)


def _affirm(judge: Judge, given: Given) -> Judged:
    text = given.answers[-1]
    thanked = any(one.label == "appreciation" for one in judge.labelled(given, text))
    praise = float(thanked or judge.choices.hold("praise.praise", text))
    fact = min(1.0, judge.compared(given, text).part("meaning") / ENOUGH_MEANING)
    reasons = (*(() if praise else ("no_praise",)), *(() if fact >= ENOUGH_MEANING else ("no_fact",)))
    return Judged(score=0.5 * praise + 0.5 * fact, parts={"meaning": fact, "praise": praise}, reasons=reasons)


def _good_news(judge: Judge, given: Given) -> Judged:
    text = given.answers[-1]
    found = named(text, judge.content.feelings, judge.content.vocabulary)
    warm = float(judge.choices.hold("praise.warm", text) or any(one.families & JOYFUL for one in found))
    return _with(judge, given, {"warm": warm}, () if warm else ("no_joy",), weight=0.45)


def _with(judge: Judge, given: Given, own: dict[str, float], reasons: tuple[str, ...], *, weight: float) -> Judged:
    """What a drill asks for on top of saying it back, and what must not be added to it."""
    back = _said_back(judge, given)
    fact = min(1.0, back.parts["meaning"] / ENOUGH_MEANING)
    if fact < ENOUGH_MEANING:
        reasons = (*reasons, "no_fact")
    added = tuple(reason for reason in back.reasons if reason in ADDED)
    score = (weight * next(iter(own.values())) + (1 - weight) * fact) * (_clean(back) if added else 1.0)
    return Judged(
        score=score, parts={**back.parts, **own}, reasons=(*added, *reasons), named=back.named,
        unclear=back.unclear and not any(own.values()),
    )  # fmt: skip


def _clean(back: Judged) -> float:
    """1 where nothing was added; where something was, what the part leaves."""
    return 1.0 if ADDED.isdisjoint(back.reasons) else min(0.5, back.parts["nothing_added"])


_DRILLS: Mapping[str, Callable[[Judge, Given], Judged]] = {
    "name_feeling": _name_feeling, "better_reply": _better_reply, "three_ways": _three_ways,
    "under_feeling": _under_feeling, "correction": _correction, "wait": _wait, "follow_up": _follow_up,
    "rewrite_blame": _rewrite_blame, "validate": _validate, "affirm": _affirm, "good_news": _good_news,
}  # fmt: skip
