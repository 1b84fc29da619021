"""The parts of the paraphrase score, each from 0 to 1 with one sentence of evidence. See measures/paraphrase.py."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, get_args

from coach.measures.additions import Answer
from coach.measures.feelings import Named, nearness
from coach.measures.meaning import Meaning, best, coverage
from coach.measures.misheard import sounds_like
from coach.measures.others import Matter, Others, contact, rivals
from coach.thresholds import MeaningLimits, ParaphraseLimits

PartName = Literal["meaning", "feeling", "own_words", "short", "nothing_added", "check", "waited"]
Reason = Literal[
    "echo", "advice", "question", "blame", "own_story", "minimising", "why", "no_feeling", "missed_point", "too_long"
]
REASONS: tuple[Reason, ...] = get_args(Reason)


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    name: PartName
    score: float  # 0-1
    evidence: str  # one sentence, for the listener
    holds: float = 1.0  # what it leaves of the total: little where without it nothing was said back
    reasons: tuple[Reason, ...] = ()  # what went wrong, where something did
    missed: tuple[str, ...] = ()  # key points that were left out


@dataclass(frozen=True, slots=True, kw_only=True)
class Heard:
    """A text ready to be compared."""

    words: tuple[str, ...]
    meaning: Meaning
    content: Meaning  # without function words and named feelings: what it is about
    told: Meaning  # named feelings weighing little: many statements share them
    feelings: tuple[Named, ...]
    maybe_felt: tuple[str, ...]  # words that stand where a feeling is looked for
    addressed: bool  # it speaks of "you" or "us"


@dataclass(frozen=True, slots=True, kw_only=True)
class Statement:
    """What the partner said, with what a card knows about it."""

    heard: Heard
    points: tuple[tuple[str, Meaning], ...]  # key points of the card and what they are about
    matter: Matter  # all that the statement and its card speak of
    families: frozenset[str]  # of feelings, any of which is right
    sounds: tuple[str, ...]  # words for feelings of these families, where a card names them


def meaning(said: Statement, back: Heard, others: Others, limits: ParaphraseLimits, words: MeaningLimits) -> Part:
    """With a card: how much of what matters in it came back, and whether the answer is about it at all. Without: how
    much of each utterance stands in the other."""
    if not said.points:
        return _meaning_unauthored(said, back, limits, words)
    about = _about(said, back, others, limits, words)
    points = [
        (point, min(1.0, coverage(meant, back.meaning, words) / limits.point_full)) for point, meant in said.points
    ]
    felt = max((nearness(said.families, one.families) for one in back.feelings), default=0.0)
    kept = [kept for _, kept in points] + ([felt] if said.families else [])
    score = about * min(1.0, sum(kept) / len(kept) / limits.kept_full)
    missed = tuple(point for point, kept in points if kept * about < limits.point_kept)
    steps = _step(score, limits.meaning_lost, limits.meaning_kept)
    holds = limits.meaning_holds + (1 - limits.meaning_holds) * steps
    if not missed:
        return Part(name="meaning", score=score, evidence="You kept what matters in it.", holds=holds)
    reasons: tuple[Reason, ...] = ("missed_point",) if score < limits.meaning_kept else ()
    return Part(
        name="meaning",
        score=score,
        evidence=f"This was not in it: {'; '.join(missed)}.",
        holds=holds,
        reasons=reasons,
        missed=missed,
    )


def _about(said: Statement, back: Heard, others: Others, limits: ParaphraseLimits, words: MeaningLimits) -> float:
    """0 where the answer is about something else, 1 where nothing speaks against this."""
    own = contact(back.told, said.matter, others, words)
    doubt = 0.0
    for rival in rivals(back.told, back.meaning, said.matter, others, words, limits.point_full):
        ratio = own / rival.contact if rival.contact else 1.0
        farther = 1 - _step(ratio, limits.other_matter, limits.same_matter)
        meant = max(
            _step(rival.kept, limits.rival_lost, limits.rival_kept),
            _step(rival.contact - own, limits.rival_near, limits.rival_ahead),
        )
        doubt = max(doubt, farther * meant)
    return (1 - doubt) * min(1.0, own / limits.contact_full)


def _step(value: float, low: float, high: float) -> float:
    """0 up to the low end, 1 from the high one on."""
    return min(1.0, max(0.0, (value - low) / (high - low)))


def _meaning_unauthored(said: Statement, back: Heard, limits: ParaphraseLimits, words: MeaningLimits) -> Part:
    kept = coverage(said.heard.meaning, back.meaning, words)
    shared = coverage(back.meaning, said.heard.meaning, words)
    score = min(1.0, (kept + shared) / 2 / limits.meaning_full)
    evidence = _unanswered(said, back, words) if score < limits.meaning_kept else ""
    holds = limits.meaning_holds_unauthored + (1 - limits.meaning_holds_unauthored) * score
    return Part(name="meaning", score=score, evidence=evidence or "You kept what matters in it.", holds=holds)


def _unanswered(said: Statement, back: Heard, words: MeaningLimits, most: int = 4) -> str:
    lost = [item for item in said.heard.meaning.items if best(item, back.meaning, words)[0] < words.synonym]
    lost.sort(key=lambda item: -item.weight)
    return (
        f"These words found no answer: {', '.join(dict.fromkeys(item.word for item in lost[:most]))}." if lost else ""
    )


def feeling(said: Statement, back: Heard, limits: ParaphraseLimits) -> Part:
    """The same family of feeling; a family near it is half right. Neutral where the partner named none."""
    if not said.families:
        if back.feelings:
            return Part(name="feeling", score=1.0, evidence=f"You put a feeling into words: {back.feelings[0].word}.")
        return Part(
            name="feeling", score=limits.feeling_neutral, evidence="Your partner named no feeling, and neither did you."
        )
    least = limits.feeling_holds if said.points else 1.0
    score, word = max(((nearness(said.families, one.families), one.word) for one in back.feelings), default=(0.0, ""))
    open_words = [word for word in back.maybe_felt if word not in said.heard.words]  # their own words are no mishearing
    misheard = "" if score else sounds_like(open_words, said.sounds)
    if misheard:
        return Part(name="feeling", score=limits.feeling_misheard, evidence=f"It sounded like a feeling: {misheard}.")
    if not back.feelings:
        return Part(name="feeling", score=0.0, evidence="You named no feeling.", holds=least, reasons=("no_feeling",))
    if score == 1.0:
        return Part(name="feeling", score=1.0, evidence=f"You named the feeling: {word}.")
    if score:
        return Part(name="feeling", score=score, evidence=f"You named a feeling near it: {word}.")
    evidence = f"You named {word}; your partner may feel something else."
    return Part(name="feeling", score=limits.feeling_other, evidence=evidence, holds=least)


def own_words(said: Statement, back: Heard, kept: float, limits: ParaphraseLimits) -> Part:
    """Near in meaning, far in form. Runs of the partner's words count as copied, whoever "I" and "you" are."""
    share = copied(said.heard.words, back.words)
    far = 1.0 - min(1.0, max(0.0, share - limits.copied_free) / (limits.copied_all - limits.copied_free))
    score = far * min(1.0, kept / limits.near_enough)
    holds = limits.own_words_holds + (1 - limits.own_words_holds) * far
    if far < limits.far_enough:
        evidence = "These were nearly your partner's own words."
        return Part(name="own_words", score=score, evidence=evidence, holds=holds, reasons=("echo",))
    evidence = (
        "You used your own words." if score >= limits.far_enough else "They were other words, and another matter."
    )
    return Part(name="own_words", score=score, evidence=evidence, holds=holds)


def copied(said: Sequence[str], back: Sequence[str], run: int = 4) -> float:
    """The share of words that stand in runs of four or more which the partner spoke too."""
    if not back:
        return 0.0
    runs = {tuple(said[at : at + run]) for at in range(len(said) - run + 1)}
    found: set[int] = set()
    for at in range(len(back) - run + 1):
        if tuple(back[at : at + run]) in runs:
            found.update(range(at, at + run))
    if len(back) < run:
        return float(tuple(back) == tuple(said))
    return len(found) / len(back)


def short(said: Statement, back: Heard, apart: Answer, limits: ParaphraseLimits) -> Part:
    """No longer than what was said; a check at the end is not counted."""
    checking = sum(sentence.words for sentence in apart.sentences if sentence.checks)
    spoken = len(back.words) - checking
    room = max(len(said.heard.words), limits.short_words)
    score = max(0.0, min(1.0, 1.0 - (spoken / room - 1.0) / limits.long_over))
    if score >= limits.short_enough:
        return Part(name="short", score=score, evidence="You kept it short.")
    evidence = f"{spoken} words for the {len(said.heard.words)} that you heard: shorter is easier to take in."
    return Part(name="short", score=score, evidence=evidence, reasons=("too_long",))


_SAID_OF = {
    "why": "asks for a reason, which can sound like a reproach",
    "blame": "turns it against your partner",
    "generalising": "turns it against your partner",
    "reproach": "may sound like a reproach",
    "advice": "is advice",
    "own_story": "is about yourself",
    "own_matter": "is about yourself",
    "minimising": "makes it smaller than it is for your partner",
    "question": "asks instead of saying it back",
}


_REASON_OF: dict[str, Reason] = {
    "why": "why", "blame": "blame", "generalising": "blame", "reproach": "blame", "advice": "advice",
    "own_story": "own_story", "own_matter": "own_story", "minimising": "minimising", "question": "question",
}  # fmt: skip


def nothing_added(said: Statement, back: Heard, apart: Answer, kept: float, limits: ParaphraseLimits) -> Part:
    """How far the answer leans to the partner; each thing that it adds leans away.

    Where the partner spoke of the listener ("you came late"), the listener's own part belongs to the matter.
    """
    free: tuple[str, ...] = limits.own_cues if said.heard.addressed else ()
    if said.points and kept >= limits.meaning_kept and any(said.families & one.families for one in back.feelings):
        free = (*free, "generalising")  # "you never get to speak to a human": what the partner told, and how it feels
    added: dict[str, str] = {}
    for sentence in apart.sentences:
        for kind, words in sentence.added.items():
            if kind not in free and not (
                kind == "reproach" and back.feelings
            ):  # "you were left with nothing, and hurt"
                added.setdefault(kind, words)
    cues = {**apart.cues, "feeling": len(back.feelings)}
    if back.feelings and "advice" not in added:  # "so torn that you can't decide": the other rules take it for advice
        cues["advice"] = 0
    odds = sum(limits.cue_weights[cue] * min(n, limits.cue_most) for cue, n in cues.items() if cue not in free)
    odds += sum(limits.added_weights[kind] for kind in added)
    if said.points and apart.sentences and all("question" in sentence.added for sentence in apart.sentences):
        odds += limits.only_asks
    score = min(1.0, 1 / (1 + math.exp(limits.cue_middle - odds)) / limits.clean)
    holds = limits.nothing_added_holds + (1 - limits.nothing_added_holds) * score
    kinds = [kind for kind in _SAID_OF if kind in added]
    if said.points and not kinds:  # where the matter is known, how the answer leans is the weaker evidence
        score = limits.clean_least + (1 - limits.clean_least) * score
        holds = limits.nothing_added_holds + (1 - limits.nothing_added_holds) * score
    if not kinds:
        evidence = (
            "You added nothing of your own." if score >= limits.far_enough else "Little of it was about your partner."
        )
        return Part(name="nothing_added", score=score, evidence=evidence, holds=holds)
    evidence = "; ".join(f"“{added[kind]}” {_SAID_OF[kind]}" for kind in kinds) + "."
    reasons = tuple(dict.fromkeys(_REASON_OF[kind] for kind in kinds))
    return Part(name="nothing_added", score=score, evidence=evidence, holds=holds, reasons=reasons)


def check(back: Answer) -> Part:
    if back.sentences and back.sentences[-1].checks:
        return Part(name="check", score=1.0, evidence="You asked whether you got it right.")
    return Part(name="check", score=0.0, evidence="You could end with “did I get that right?”.")


def waited(waited_s: float, wait_s: float) -> Part:
    if waited_s >= wait_s:
        return Part(name="waited", score=1.0, evidence=f"You waited {waited_s:.0f} seconds before you spoke.")
    return Part(
        name="waited",
        score=max(0.0, waited_s / wait_s),
        evidence=f"You began after {waited_s:.1f} seconds; {wait_s:.0f} leave room for more.",
    )
