"""What is said to two people after a talk: to each one strength and one thing to try, and one aim for both.

Chosen once: screen, page and voice show the same items. Never a winner and never a ranking: no item sets one person
beside the other. The rules stand by rank in prompts/feedback; the first whose condition (coach/conditions.py) holds
is told.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from coach.conditions import CONDITIONS, JOINT_CONDITIONS
from coach.grounds import Findings, Grounds, Side, people
from coach.plain import clock, percent
from coach.thresholds import FeedbackLimits
from coach.wording import Rule, Wording, Words, filled

__all__ = ["BOTH", "Feedback", "Findings", "Wording", "feedback"]

BOTH = "both"
SPOKEN_NAME_WORDS = 2
GAP = "..."
"""How a rewrite marks what is left to fill in: it can be shown, not spoken."""

Kind = Literal["strength", "try", "aim"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Feedback:
    """One item. `to` is a speaker's id or "both" ("for" in the JSON)."""

    to: str
    kind: Kind
    rule: str
    text: str  # shown
    say: str  # spoken: the same in 25 words or fewer
    evidence: tuple[Grounds, ...]


@dataclass(frozen=True, slots=True)
class _Chosen:
    rule: Rule
    words: Words
    grounds: Grounds


def feedback(findings: Findings, wording: Wording, limits: FeedbackLimits) -> tuple[Feedback, ...]:
    """Each person's strength and thing to try, in the order in which they began to speak, then the joint aim.

    In a talk too short to judge: what was seen to go well, nothing to try, and an aim that says so.
    """
    told = people(findings)
    if not told:
        return ()
    sides = [
        Side(findings=findings, me=me, partner=next((one for one in told if one != me), None), limits=limits)
        for me in told
    ]
    other = sides[1] if len(sides) == 2 else None
    short = JOINT_CONDITIONS["too_short"](sides[0], other) is not None
    items: list[Feedback] = []
    trained: set[str] = set()
    for side in sides:
        strength = _personal(wording.strengths, side, wording, needs_moment=short)
        if strength:
            items.append(_item(side.me, "strength", strength))
        tried = None if short else _personal(wording.tries, side, wording)
        if tried:
            items.append(_item(side.me, "try", tried))
            trained.add(tried.rule.skill)
    aim = _joint(sides[0], other, wording, trained)
    if aim:
        items.append(_item(BOTH, "aim", aim))
    return tuple(items)


def _personal(rules: Sequence[Rule], side: Side, wording: Wording, *, needs_moment: bool = False) -> _Chosen | None:
    for rule in rules:
        grounds = None if rule.needs_two and side.partner is None else CONDITIONS[rule.when](side)
        if grounds is None or (needs_moment and not grounds.moments):
            continue
        chosen = _worded(
            rule, grounds, _names(side, wording, spoken=False), _names(side, wording, spoken=True), side, wording
        )
        if chosen:
            return chosen
    return None


def _joint(one: Side, other: Side | None, wording: Wording, trained: Collection[str]) -> _Chosen | None:
    for rule in wording.aims:
        grounds = JOINT_CONDITIONS[rule.when](one, other)
        if grounds is None or rule.skill in trained:
            continue
        shown, spoken = _names(one, wording, spoken=False), _names(one, wording, spoken=True)
        chosen = _worded(rule, grounds, _pair(shown, wording), _pair(spoken, wording), one, wording)
        if chosen:
            return chosen
    return None


def _worded(
    rule: Rule, grounds: Grounds, shown: Mapping[str, str], spoken: Mapping[str, str], side: Side, wording: Wording
) -> _Chosen | None:
    facts = _facts(grounds, side, shown, wording)
    sayable = {place: text for place, text in facts.items() if place in ("when", "rewrite", "count")}
    words = filled(rule, {**facts, **shown}, {**sayable, **spoken}, side.limits.spoken_words)
    return _Chosen(rule, words, grounds) if words else None


def _item(to: str, kind: Kind, chosen: _Chosen) -> Feedback:
    words = chosen.words
    return Feedback(
        to=to, kind=kind, rule=chosen.rule.name, text=words.text, say=words.say, evidence=(chosen.grounds,)
    )  # fmt: skip


def _names(side: Side, wording: Wording, *, spoken: bool) -> dict[str, str]:
    def name(speaker: str) -> str:
        given = " ".join(side.findings.names.get(speaker, "").split())
        whole = given or wording.phrases["unnamed"].format(id=speaker)
        return " ".join(whole.split()[:SPOKEN_NAME_WORDS]) if spoken else whole

    partner = wording.phrases["one_partner"] if side.partner is None else name(side.partner)
    return {"name": name(side.me), "partner": partner}


def _pair(names: Mapping[str, str], wording: Wording) -> dict[str, str]:
    """A joint item speaks of nobody by themselves."""
    return {"both": wording.phrases["both"].format(first=names["name"], second=names["partner"])}


def _facts(grounds: Grounds, side: Side, names: Mapping[str, str], wording: Wording) -> dict[str, str]:
    """What the places can be filled with; a place without a value is not used."""
    phrases = wording.phrases
    facts = {"count": str(grounds.count)}
    if grounds.share is not None:
        facts["share"] = percent(grounds.share)
    if grounds.seconds is not None:
        facts["seconds"] = str(int(grounds.seconds))
    if grounds.moments:
        first = grounds.moments[0]
        facts |= {"moment": clock(first.start_s), "quote": first.quote}
        facts["frame" if GAP in first.rewrite else "rewrite"] = first.rewrite
        facts["when"] = phrases[_part_of_talk(first.start_s, side.findings.conversation.duration_s)]
        facts["events"] = _events(grounds, side, names, phrases)
    return facts


def _events(grounds: Grounds, side: Side, names: Mapping[str, str], phrases: Mapping[str, str]) -> str:
    """Few events by their moments; many by their count and rate, with some moments."""
    limits = side.limits
    many = grounds.count >= limits.least_events and grounds.per_min is not None
    moments = [clock(moment.start_s) for moment in grounds.moments]
    kept = moments[: limits.moments_told] if len(moments) >= limits.least_events else moments
    listed = phrases["list_and"].join([part for part in (", ".join(kept[:-1]), kept[-1]) if part])
    if not many or grounds.per_min is None:
        return phrases["few_events"].format(moments=listed)
    phrase = phrases["many_events_at_least" if side.findings.floor.at_least else "many_events"]
    return phrase.format(
        count=grounds.count, rate=f"{max(grounds.per_min, 0.1):.1f}", partner=names.get("partner", ""), moments=listed
    )


def _part_of_talk(start_s: float, duration_s: float) -> str:
    passed = start_s / duration_s if duration_s > 0 else 0.0
    return "near_the_start" if passed < 1 / 3 else "in_the_middle" if passed < 2 / 3 else "near_the_end"
