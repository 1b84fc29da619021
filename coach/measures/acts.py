"""Which acts a sentence performs, from the rules that held and from the partner's last turn."""

from __future__ import annotations

from coach.measures.cues import beyond_idle, normal
from coach.measures.grammar import Reading
from coach.measures.lexicon import ACTS, Lexicon
from coach.measures.stems import stem
from coach.measures.tokens import words_of
from coach.thresholds import WordLimits

_NO_ECHO = frozenset({"advice", "validation", "repair", "appreciation", "need_request", "blame"})
"""What may share words with the partner's turn and still does not say it back."""

_YOU = frozenset({"you", "your", "yours", "yourself"})


def acts_of(
    reading: Reading, previous: str | None, held: frozenset[str], lexicon: Lexicon, limits: WordLimits
) -> dict[str, str]:
    """The acts in the order of ACTS, each with the name of its reason.

    `held`: the kinds of all rules that held, acts and helpers among them.
    """
    found = {act: act for act in ACTS if act in held}
    question = _question(reading, held)
    if question:
        found[question] = question
    shared, share = _shared(reading, previous, lexicon)
    if question and (shared >= limits.follow_up_words or ("follow_up" in held)):
        found["follow_up"] = "follow_up"
    else:
        found.pop("follow_up", None)
    echoes = shared >= limits.reflection_words and share >= limits.reflection_share
    if (
        question != "question_open"
        and echoes
        and "reflection" not in found
        and not _YOU.isdisjoint(reading.words.words)
    ):
        found["reflection"] = "says_it_back"
    if _is_back_channel(reading, lexicon):
        found = {"backchannel": "cue_words_only", **({"validation": "validation"} if "validation" in found else {})}
    return {act: found[act] for act in ACTS if act in found}


def _question(reading: Reading, held: frozenset[str]) -> str:
    if "closed_asking" not in held and ("open_asking" in held or (reading.words.asks and "open_inside" in held)):
        return "question_open"
    if held & {"yes_no", "closed_asking", "tag"} or reading.words.asks:
        return "question_closed"
    return ""


def _shared(reading: Reading, previous: str | None, lexicon: Lexicon) -> tuple[int, float]:
    """How many content words the partner's last turn holds too, and their share of all content words here."""
    if not previous:
        return 0, 0.0
    here = {stem(word) for word in reading.words.words if word not in lexicon.function_words}
    there = {stem(word) for word in words_of(previous).words if word not in lexicon.function_words}
    shared = len(here & there)
    return shared, shared / len(here) if here else 0.0


def _is_back_channel(reading: Reading, lexicon: Lexicon) -> bool:
    words = [word for word in map(normal, reading.words.text.split()) if word and word not in lexicon.cues.laughter]
    return bool(words) and not any(True for _ in beyond_idle(words, lexicon.cues))
