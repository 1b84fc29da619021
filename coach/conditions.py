"""The conditions of feedback: pure functions from one person's side to grounds, None where it does not hold.

The wording that goes with a condition, and its rank, stand in prompts/feedback.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from coach.grounds import Grounds, Moment, Side, total_s
from coach.measures.words import Remark

WORD_S = 0.35
"""About how long a spoken word takes: how far a remark without an end reaches."""


Condition = Callable[[Side], Grounds | None]
JointCondition = Callable[[Side, Side | None], Grounds | None]


def _quote(remark: Remark, side: Side) -> str:
    """The sentence, where it may be told as fact: a sure rule, and nobody speaking over it in a mix."""
    limits = side.limits
    start_s, words = side.sentence(remark)
    if remark.confidence < limits.quote_confidence or not words:
        return ""
    spoken_over_s = side.others.total_s(start_s, start_s + len(words) * WORD_S)
    if side.findings.conversation.mixed and spoken_over_s > limits.overlap_spoils_s:
        return ""
    return _shortened(words, remark.quote, limits.quote_words)


def _shortened(words: Sequence[str], quote: str, most: int) -> str:
    """So many words at most, with the quote among them."""
    lead = len(" ".join(words).partition(quote)[0].split())
    first = 0 if len(words) <= most else min(lead, len(words) - most)
    kept = " ".join(words[first : first + most]).rstrip(" .,;:-")
    return ("… " if first else "") + kept + (" …" if first + most < len(words) else "")


def _said(side: Side, *kinds: str) -> Grounds | None:
    return _of_remarks(side, side.remarks(*kinds), kinds[0])


def _held_against(side: Side, kind: str, least: int = 1) -> Grounds | None:
    """As `_said`, but not where the same sentence makes good or says back: then the benefit of the doubt."""
    good = {(remark.turn, side.sentence(remark)[0]) for remark in side.remarks("repair", "check", "reflection")}
    found = [remark for remark in side.remarks(kind) if (remark.turn, side.sentence(remark)[0]) not in good]
    return _of_remarks(side, found, kind, least)


def _of_remarks(side: Side, found: Sequence[Remark], measure: str, least: int = 1) -> Grounds | None:
    """The one that is told comes first: one that can be quoted before one that cannot, then the surest, the first."""
    if len(found) < least:
        return None
    told = [(remark, _quote(remark, side)) for remark in found]
    best = min(told, key=lambda one: (not one[1], -one[0].confidence))
    moments = tuple(
        Moment(
            start_s=remark.start_s, speaker=remark.speaker, confidence=remark.confidence, turn=remark.turn,
            quote=quote, rewrite=remark.rewrite,
        )
        for remark, quote in (best, *(one for one in told if one is not best))
    )  # fmt: skip
    return Grounds(
        measure=measure, rule=best[0].rule, count=len(found), moments=moments, confidence=best[0].confidence
    )  # fmt: skip


def _waits(side: Side, *, earned: bool) -> Grounds | None:
    limits = side.limits
    found = [
        wait
        for wait in side.findings.silence.waits
        if wait.by == side.me and wait.replied and wait.end_s - wait.start_s < limits.longest_wait_s
        if wait.earned_more or not earned
    ]
    if not found:
        return None
    found.sort(key=lambda wait: (-wait.then_s if earned else 0.0, wait.start_s, wait.end_s))
    moments = tuple(
        Moment(start_s=wait.start_s, speaker=side.me, confidence=1.0, lasted_s=wait.end_s - wait.start_s)
        for wait in found
    )
    return Grounds(measure="waits", count=len(found), moments=moments, seconds=moments[0].lasted_s)


def _broke_in(side: Side, least: int, least_attempts: int) -> Grounds | None:
    """Where the floor was taken, so often; or, without that, where it was tried, so often."""
    taken, tried = side.interruptions("held_floor", "floor_taking"), side.interruptions("attempt")
    if len(taken) + len(tried) < least or not (taken or len(tried) >= least_attempts):
        return None
    found = sorted([*taken, *tried], key=lambda event: (event.start_s, event.kind, event.end_s))
    rate = next((rate.interruptions_per_min for rate in side.findings.floor.rates if rate.by == side.me), None)
    moments = tuple(
        Moment(
            start_s=event.start_s, speaker=side.me, confidence=event.confidence, lasted_s=event.end_s - event.start_s
        )
        for event in found
    )
    return Grounds(
        measure="interruptions", rule=found[0].kind, count=len(found), moments=moments,
        confidence=max(event.confidence for event in found), per_min=rate,
    )  # fmt: skip


def _said_back_and_checked(side: Side) -> Grounds | None:
    checked = {remark.turn for remark in side.remarks("check")}
    found = [remark for remark in side.remarks("reflection") if remark.turn in checked]
    return _of_remarks(side, found, "reflection with check")


def _showed_listening(side: Side) -> Grounds | None:
    found = sorted(b.start_s for b in side.findings.floor.backchannels if b.by == side.me)
    if len(found) < side.limits.least_backchannels:
        return None
    rate = next((rate.backchannels_per_min for rate in side.findings.floor.rates if rate.by == side.me), None)
    moments = tuple(Moment(start_s=start_s, speaker=side.me, confidence=1.0) for start_s in found)
    return Grounds(measure="backchannels", count=len(found), moments=moments, per_min=rate)


def _let_finish(side: Side) -> Grounds | None:
    if side.partner is None or side.partner_spoken_s < side.limits.least_speech_s:
        return None
    if side.interruptions("held_floor", "floor_taking", "attempt"):
        return None
    return Grounds(measure="interruptions", count=0, seconds=side.partner_spoken_s)


def _even_share(side: Side) -> Grounds | None:
    even = side.partner is not None and abs(side.share - 0.5) <= side.limits.even_within
    return Grounds(measure="talk share", count=0, share=side.share) if even else None


def _took_part(side: Side) -> Grounds | None:
    enough = side.spoken_s >= side.limits.least_own_speech_s
    return Grounds(measure="speech", count=0, seconds=side.spoken_s) if enough else None


def _spoke_much(side: Side) -> Grounds | None:
    much = side.share >= side.limits.most_share
    return Grounds(measure="talk share", count=0, share=side.share) if much else None


def _spoke_on(side: Side) -> Grounds | None:
    found = [one for one in side.findings.floor.monologues if one.speaker == side.me]
    if not found:
        return None
    found.sort(key=lambda one: (one.start_s - one.end_s, one.start_s))
    moments = tuple(
        Moment(start_s=one.start_s, speaker=side.me, confidence=1.0, lasted_s=one.end_s - one.start_s) for one in found
    )
    return Grounds(measure="monologues", count=len(found), moments=moments, seconds=moments[0].lasted_s)


def _spoke_little(side: Side) -> Grounds | None:
    little = side.share <= side.limits.least_share
    return Grounds(measure="talk share", count=0, share=side.share) if little else None


def _answered_at_once(side: Side) -> Grounds | None:
    for one in side.findings.silence.responsiveness:
        if one.by == side.me and one.replies >= side.limits.least_events and not one.waited:
            return Grounds(measure="waits", count=one.replies, seconds=one.median_s)
    return None


def _asked_nothing_openly(side: Side) -> Grounds | None:
    asked = side.remarks("question_open", "follow_up")
    return None if asked or side.words < side.limits.least_words else Grounds(measure="open questions", count=0)


def _no_feeling_named(side: Side) -> Grounds | None:
    named = side.remarks("feeling")
    return None if named or side.words < side.limits.least_words else Grounds(measure="feelings", count=0)


def _not_said_back(side: Side) -> Grounds | None:
    return None if side.remarks("reflection") else Grounds(measure="reflection", count=0)


def _always(side: Side) -> Grounds | None:
    return Grounds(measure="the talk", count=0)


CONDITIONS: Mapping[str, Condition] = {
    "said_back_and_checked": _said_back_and_checked,
    "waited_and_more_came": lambda side: _waits(side, earned=True),
    "said_back": lambda side: _said(side, "reflection"),
    "validated": lambda side: _said(side, "validation"),
    "repaired": lambda side: _said(side, "repair"),
    "waited": lambda side: _waits(side, earned=False),
    "named_feeling": lambda side: _said(side, "feeling"),
    "asked_openly": lambda side: _said(side, "question_open", "follow_up"),
    "appreciated": lambda side: _said(side, "appreciation"),
    "showed_listening": _showed_listening,
    "asked_for_it": lambda side: _said(side, "need_request"),
    "let_finish": _let_finish,
    "even_share": _even_share,
    "took_part": _took_part,
    "blamed_often": lambda side: _held_against(side, "blame", side.limits.many_blames),
    "interrupted_often": lambda side: _broke_in(side, side.limits.many_interruptions, side.limits.many_interruptions),
    "blamed": lambda side: _held_against(side, "blame"),
    "interrupted": lambda side: _broke_in(side, 1, side.limits.least_attempts),
    "verdict_as_feeling": lambda side: _held_against(side, "pseudo_feeling"),
    "advised": lambda side: _held_against(side, "advice"),
    "spoke_much": _spoke_much,
    "spoke_on": _spoke_on,
    "spoke_little": _spoke_little,
    "answered_at_once": _answered_at_once,
    "asked_nothing_openly": _asked_nothing_openly,
    "no_feeling_named": _no_feeling_named,
    "not_said_back": _not_said_back,
    "always": _always,
}


def _too_short(one: Side, other: Side | None) -> Grounds | None:
    spoken_s = total_s(one.findings)
    short = spoken_s < one.limits.least_speech_s
    return Grounds(measure="speech", count=0, seconds=spoken_s) if short else None


def _one_voice(one: Side, other: Side | None) -> Grounds | None:
    return Grounds(measure="voices", count=1, seconds=one.spoken_s) if other is None else None


def _much_blame(one: Side, other: Side | None) -> Grounds | None:
    mine, theirs = _held_against(one, "blame"), _held_against(other, "blame") if other else None
    count = sum(grounds.count for grounds in (mine, theirs) if grounds)
    if not ((mine and theirs) or count >= one.limits.much_blame):
        return None
    return _together("blame", mine, theirs)


def _both_interrupted(one: Side, other: Side | None) -> Grounds | None:
    mine = _broke_in(one, 1, 1)
    theirs = _broke_in(other, 1, 1) if other else None
    return _together("interruptions", mine, theirs) if mine and theirs else None


def _together(measure: str, *found: Grounds | None) -> Grounds:
    held = [grounds for grounds in found if grounds]
    moments = sorted((m for grounds in held for m in grounds.moments), key=lambda m: (m.start_s, m.speaker))
    count, confidence = sum(grounds.count for grounds in held), min(grounds.confidence for grounds in held)
    return Grounds(measure=measure, count=count, moments=tuple(moments), confidence=confidence)


def _uneven(one: Side, other: Side | None) -> Grounds | None:
    much = other is not None and max(one.share, other.share) >= one.limits.most_share
    return Grounds(measure="talk share", count=0, share=one.share) if much else None


def _nobody(*kinds: str) -> JointCondition:
    """Nobody did it, though there were words enough to tell."""

    def condition(one: Side, other: Side | None) -> Grounds | None:
        sides = [one] if other is None else [one, other]
        if any(side.remarks(*kinds) for side in sides) or sum(side.words for side in sides) < one.limits.least_words:
            return None
        return Grounds(measure=kinds[0], count=0)

    return condition


def _nobody_waited(one: Side, other: Side | None) -> Grounds | None:
    replies = sum(each.replies for each in one.findings.silence.responsiveness)
    waited = any(each.waited for each in one.findings.silence.responsiveness)
    few = other is None or replies < one.limits.least_events
    return None if few or waited else Grounds(measure="waits", count=replies)


JOINT_CONDITIONS: Mapping[str, JointCondition] = {
    "too_short": _too_short,
    "one_voice": _one_voice,
    "much_blame": _much_blame,
    "both_interrupted": _both_interrupted,
    "uneven": _uneven,
    "nobody_said_back": _nobody("reflection"),
    "nobody_waited": _nobody_waited,
    "nobody_appreciated": _nobody("appreciation"),
    "always": lambda one, other: _always(one),
}
