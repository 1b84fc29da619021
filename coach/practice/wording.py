"""What the coach says in practice, from prompts/practice/wording.toml, checked as it is read."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from coach.content import table
from coach.errors import ContentError
from coach.measures.paraphrase_parts import REASONS
from coach.practice.content import DRILLS, families
from coach.tables import known_keys, text, texts
from coach.wording import places

SPOKEN_WORDS = 25
PLACES = frozenset({"felt", "under", "need", "named", "missed", "model"})
SAY = (
    "again", "next", "first_of_several", "offer", "no_answer", "nobody", "muted", "found", "unclear", "long", "done",
    "pair_first", "pair_swap", "pair_back", "pair_rate", "pair_number", "pair_missed", "pair_again",
)  # fmt: skip
LANDED = tuple(
    """
    meaning feeling own_words nothing_added short check waited choice because under question request need validation
    praise warm variety taken_in none
    """.split()
)
TRIES = tuple(
    """
    advice blame own_story minimising why question echo no_feeling missed_point too_long other_feeling check waited
    other_reply no_choice no_reason no_under no_question closed_question many_questions still_blame no_fact no_need
    no_request no_validation no_praise no_joy same_again correction
    """.split()
)

Lines = Mapping[str, tuple[str, ...]]


@dataclass(frozen=True, slots=True, kw_only=True)
class PracticeWords:
    say: Lines
    landed: Lines  # by part of the score
    tries: Lines  # by what went wrong
    starts: Lines  # the first words to say instead, by what went wrong
    examples: Lines  # how it could have been said, by drill; "other" for those that have none of their own
    pair: Lines  # for two, by what went wrong; "other" where nothing did
    felt: Mapping[str, str]  # an adjective by family of feelings


@cache
def practice_words() -> PracticeWords:
    place = "practice/wording.toml"
    return practice_words_from(table(place), families(), f"prompts/{place}")


def practice_words_from(content: Mapping[str, Any], families: Collection[str], place: str) -> PracticeWords:
    """ContentError names file and key."""
    known_keys(content, {"say", "landed", "try", "start", "example", "pair", "felt"}, place)
    felt = _part(content, "felt", place)
    known_keys(felt, set(families), f"{place}: felt")
    return PracticeWords(
        say=_lines(content, "say", SAY, place),
        landed=_lines(content, "landed", LANDED, place),
        tries=_lines(content, "try", TRIES, place),
        starts=_lines(content, "start", TRIES, place, needed=False),
        examples=_lines(content, "example", ("other", *DRILLS), place, needed=False),
        pair=_lines(content, "pair", ("other", *REASONS), place, needed=False),
        felt={family: text(felt, family, f"{place}: felt") for family in families},
    )


def _part(table: Mapping[str, Any], key: str, place: str) -> Mapping[str, Any]:
    part = table.get(key)
    if not isinstance(part, Mapping):
        raise ContentError(f"{place}: '{key}' is missing or no table; write [{key}].")
    return part


def _lines(table: Mapping[str, Any], key: str, names: tuple[str, ...], place: str, *, needed: bool = True) -> Lines:
    part, place = _part(table, key, place), f"{place}: {key}"
    known_keys(part, set(names), place)
    wanted = [name for name in names if needed or name in part or name == "other"]
    found = {name: texts(part, name, place) for name in wanted}
    for name, lines in found.items():
        for line in lines:
            _check(line, f"{place}: {name}")
    return found


def _check(line: str, place: str) -> None:
    if len(line.split()) > SPOKEN_WORDS:
        raise ContentError(f"{place}: '{line}' has {len(line.split())} words; keep to {SPOKEN_WORDS}, it is spoken.")
    try:
        unknown = places(line) - PLACES
    except ValueError as error:
        raise ContentError(f"{place}: {error}; write a brace twice where it is meant as a brace.") from error
    if unknown:
        raise ContentError(f"{place}: the place {{{min(unknown)}}} is unknown; use {', '.join(sorted(PLACES))}.")
