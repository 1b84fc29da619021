"""What a sentence does to the person who hears it: one label, and the acts of listening or not listening in it.

Rules over classes of words decide (prompts/lexicon); this file only says how their findings are weighed: guards take
away what is not meant for the listener ("she told me you ..."), a verdict inside "I feel that ..." belongs to the
pseudo-feeling, and the labels have an order of precedence (MEASURES section 4).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from coach.conversation import Turn
from coach.measures.acts import acts_of
from coach.measures.grammar import Reading, candidates, matches, read
from coach.measures.lexicon import LABELS, Label, Lexicon, Rule
from coach.measures.patterns import Pattern
from coach.measures.rewrite import rewritten
from coach.measures.sentences import placed_sentences
from coach.measures.tokens import words_of
from coach.thresholds import WordLimits


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """One finding: what, by which rule, from which words."""

    kind: str  # a label or an act
    rule: str
    quote: str
    confidence: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Labelled:
    text: str
    label: Label
    acts: tuple[str, ...]
    rule: str  # "" for other
    quote: str
    confidence: float
    evidence: tuple[Evidence, ...] = ()  # the label's first, then one for each act


@dataclass(frozen=True, slots=True, kw_only=True)
class Remark:
    """Something said that feedback may speak of."""

    turn: int
    speaker: str
    start_s: float  # of the sentence
    kind: str  # a label but "other", or an act
    quote: str
    rule: str
    confidence: float
    rewrite: str = ""  # what could be said instead, where there is something better


@dataclass(frozen=True, slots=True)
class _Hit:
    rule: Rule
    start: int
    end: int


def label(sentence: str, previous: str | None, lexicon: Lexicon, limits: WordLimits) -> Labelled:
    """`previous`: the partner's last turn, for follow-up questions and reflections; None where it is not known."""
    reading = read(words_of(sentence), lexicon.grammar)
    hits = _hits(reading, lexicon)
    chosen = _chosen(hits)
    evidence = [_evidence(chosen.rule.kind, chosen, reading)] if chosen else []
    found = {hit.rule.kind: _evidence(hit.rule.kind, hit, reading) for hit in reversed(hits)}
    if chosen and chosen.rule.four:
        found.setdefault(chosen.rule.four, _evidence(chosen.rule.four, chosen, reading))
    acts = acts_of(reading, previous, frozenset(found), lexicon, limits)
    for act, rule in acts.items():
        if not (chosen and act == chosen.rule.kind):  # "feeling" is a label and an act: one finding
            evidence.append(found.get(act) or _whole(act, rule, reading, limits))
    return Labelled(
        text=sentence, label=evidence[0].kind if chosen else "other", acts=tuple(acts), evidence=tuple(evidence),  # type: ignore[arg-type]
        rule=chosen.rule.name if chosen else "", quote=evidence[0].quote if chosen else "",
        confidence=chosen.rule.confidence if chosen else limits.other_confidence,
    )  # fmt: skip


def rules_held(sentence: str, lexicon: Lexicon) -> frozenset[str]:
    """The names of all rules that hold on a sentence, those of labels with less precedence among them."""
    return frozenset(hit.rule.name for hit in _hits(read(words_of(sentence), lexicon.grammar), lexicon))


def remarks(turns: Iterable[Turn], lexicon: Lexicon, limits: WordLimits) -> tuple[Remark, ...]:
    """Every label but "other" and every act, in order of speech. Turns without words give none."""
    found: list[Remark] = []
    said: dict[str, str] = {}  # the last turn of each speaker
    order: list[str] = []
    for turn in turns:
        partner = next((speaker for speaker in reversed(order) if speaker != turn.speaker), None)
        previous = said[partner] if partner is not None else None
        for sentence in placed_sentences(turn.text):
            labelled = label(sentence.text, previous, lexicon, limits)
            found.extend(_remark(turn, sentence.start, evidence, labelled, lexicon) for evidence in labelled.evidence)
        if turn.text:
            said[turn.speaker] = turn.text
            order.append(turn.speaker)
    return tuple(found)


def _remark(turn: Turn, first: int, evidence: Evidence, labelled: Labelled, lexicon: Lexicon) -> Remark:
    """`first`: where the sentence begins in the turn's text. It is heard again from there, not from the quote."""
    return Remark(
        turn=turn.index,
        speaker=turn.speaker,
        start_s=_start_s(turn, first),
        kind=evidence.kind,
        quote=evidence.quote,
        rule=evidence.rule,
        confidence=evidence.confidence,
        rewrite=rewritten(evidence.kind, evidence.quote, labelled.acts, lexicon),
    )


def _start_s(turn: Turn, place: int) -> float:
    """When the word at this character of the turn's text begins."""
    end = 0
    for word in turn.words:
        end += len(word.text) + 1
        if place < end:
            return word.start_s
    return turn.start_s


def _hits(reading: Reading, lexicon: Lexicon) -> list[_Hit]:
    """The first free place of every rule that holds, in the order of the rules."""
    spans: dict[int, list[tuple[int, int]]] = {}
    for _, owner, pattern in candidates(lexicon.rule_shelf, reading):
        spans.setdefault(owner, []).extend(matches(pattern, reading, lexicon.grammar))
    held = [
        (lexicon.guards[owner], span)
        for _, owner, pattern in candidates(lexicon.guard_shelf, reading)
        for span in matches(pattern, reading, lexicon.grammar)
    ]
    hits = []
    for owner in sorted(spans):
        rule = lexicon.rules[owner]
        guards = [(guard, at) for guard, at in held if rule.kind in guard.stops and guard.name not in rule.despite]
        free = [s for s in spans[owner] if not any(_covers(guard.scope, at, s[0], reading) for guard, at in guards)]
        if free and not any(_stands(pattern, reading, lexicon) for pattern in rule.unless):
            hits.append(_Hit(rule, *free[0]))
    return hits


def _stands(pattern: Pattern, reading: Reading, lexicon: Lexicon) -> bool:
    return next(matches(pattern, reading, lexicon.grammar), None) is not None


def _covers(scope: str, guard: tuple[int, int], start: int, reading: Reading) -> bool:
    first, end = guard
    if scope == "sentence":
        return True
    if start < first:
        return False
    if scope == "start":
        return start < end
    if scope == "clause":
        return not any(end <= clause <= start for clause in reading.clauses)
    return True


def _chosen(hits: list[_Hit]) -> _Hit | None:
    pseudo = min((hit.start for hit in hits if hit.rule.kind == "pseudo_feeling"), default=None)
    for kind in LABELS:
        for hit in hits:
            inside_a_feeling = kind == "blame" and pseudo is not None and hit.start >= pseudo
            if hit.rule.kind == kind and not inside_a_feeling:
                return hit
    return None


def _evidence(kind: str, hit: _Hit, reading: Reading) -> Evidence:
    return Evidence(
        kind=kind, rule=hit.rule.name, quote=reading.words.quote(hit.start, hit.end), confidence=hit.rule.confidence,
    )  # fmt: skip


def _whole(act: str, rule: str, reading: Reading, limits: WordLimits) -> Evidence:
    """An act that the sentence as a whole performs."""
    return Evidence(kind=act, rule=rule, quote=reading.words.text.strip(), confidence=limits.whole_confidence)
