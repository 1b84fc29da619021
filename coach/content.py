"""Reads what stands under prompts/ and hands it on as values. Reading is here; what the tables mean is told where
the values live (measures/lexicon_tables.py, measures/cues.py), as pure functions from tables to values.
"""

from __future__ import annotations

import tomllib
from functools import cache
from importlib import resources
from typing import Any

from coach.conditions import CONDITIONS, JOINT_CONDITIONS
from coach.errors import ContentError
from coach.measures.cues import Cues, cues_from
from coach.measures.lexicon import Lexicon
from coach.measures.lexicon_tables import lexicon_from
from coach.session.commands import Grammar, grammar_from
from coach.session.content import CommonWords, SessionPlan, common_from, plan_from
from coach.wording import Wording, wording_from

GRAMMARS = (
    "classes", "blame", "blame_faults", "blame_scorn", "blame_questions", "blame_sarcasm", "blame_hints",
    "blame_deeds", "blame_implied", "blame_said", "first_person", "thanks", "acts",
)  # fmt: skip
"""Files of prompts/lexicon, in the order in which their patterns build on each other."""


@cache
def table(path: str) -> dict[str, Any]:
    """One file under prompts/, parsed. ContentError where it is missing or no TOML."""
    try:
        text = resources.files("prompts").joinpath(*path.split("/")).read_text(encoding="utf-8")
    except (FileNotFoundError, IsADirectoryError) as error:
        raise ContentError(f"prompts/{path} is missing; reinstall the coach.") from error
    return parsed(text, f"prompts/{path}")


def parsed(text: str, place: str) -> dict[str, Any]:
    try:
        return tomllib.loads(text)
    except (ValueError, RecursionError) as error:  # ValueError: no TOML, or a number of thousands of digits
        raise ContentError(f"{place} is no valid TOML: {error}. Mend the line it names.") from error


@cache
def cues() -> Cues:
    return cues_from(table("lexicon/cues.toml"))


@cache
def lexicon() -> Lexicon:
    """Classes, rules, feelings and coaching words, compiled once."""
    return lexicon_from(
        {f"prompts/lexicon/{name}.toml": table(f"lexicon/{name}.toml") for name in GRAMMARS},
        {"prompts/lexicon/feelings.toml": table("lexicon/feelings.toml")},
        {"prompts/lexicon/coaching.toml": table("lexicon/coaching.toml")},
        cues(),
    )


@cache
def wording() -> Wording:
    """The rules and sentences of feedback."""
    tables = {name: table(f"feedback/{name}.toml") for name in ("strengths", "tries", "aims", "phrases")}
    return wording_from(tables, CONDITIONS, JOINT_CONDITIONS)


@cache
def session_plan(name: str) -> SessionPlan:
    """A guided session, by its name in session/content.py."""
    return plan_from(table(f"sessions/{name}.toml"), f"prompts/sessions/{name}.toml")


@cache
def common_words() -> CommonWords:
    """What the coach says in every session."""
    return common_from(table("sessions/common.toml"))


@cache
def commands() -> Grammar:
    """The hands-free commands and their keys."""
    return grammar_from(table("commands.toml"))
