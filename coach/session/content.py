"""The guided sessions of prompts/sessions, checked as they are read. ContentError names file and key.

A file holds steps by name, and parts that say which steps come in which order:

    [[part]]                           [step.share]
    swap = true                        do = "speak"
    steps = ["share", "say_back"]      who = "speaker" ...
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any, Literal, cast

from coach.errors import ContentError
from coach.tables import known_keys as _known
from coach.tables import text as _text
from coach.wording import places

Do = Literal["tell", "quiet", "break", "speak", "say_back", "rate", "accept", "more"]
Who = Literal["speaker", "listener"]

SESSIONS = ("daily_check_in", "state_of_us", "speaker_listener", "pause_and_reflect", "silent_slots")
SPOKEN_WORDS = 25
"""A spoken item longer than this is not taken in at one hearing."""
NAME_WORDS = 2
NAMES = frozenset({"speaker", "listener", "first", "second", "minutes"})

_EVERY = {"do", "label", "say"}
_KEYS: Mapping[Do, set[str]] = {
    "tell": _EVERY,
    "quiet": _EVERY | {"time_s"},
    "break": _EVERY,
    "speak": _EVERY | {"who", "time_s", "quiet_s", "nudge"},
    "say_back": _EVERY | {"who", "time_s", "quiet_s", "nudge", "wait_s"},
    "rate": _EVERY | {"who", "correction", "more", "offer_below"},
    "accept": _EVERY | {"who", "correction", "more"},
    "more": _EVERY | {"who"},
}
_OPTIONAL = {"nudge", "quiet_s", "correction", "more", "offer_below"}
_PART = {"steps", "swap", "rounds", "until_accepted", "needs_accepted", "unless_accepted"}

COMMON: Mapping[str, frozenset[str]] = {
    "safety": frozenset(),
    "recording": frozenset(),
    "keep_sound": frozenset({"days"}),
    "consent_first": frozenset(),
    "consent_second": frozenset(),
    "same_voice": frozenset(),
    "answer_nudge": frozenset(),
    "refused": frozenset(),
    "thanks_for_consent": frozenset(),
    "hello_first": frozenset(),
    "hello_second": frozenset(),
    "hello_nudge": frozenset(),
    "hello_same": frozenset({"first", "second"}),
    "commands": frozenset(),
    "nudge": frozenset({"name"}),
    "nudge_spoken": frozenset({"name"}),
    "number_check": frozenset({"number"}),
    "number_nudge": frozenset(),
    "number_again": frozenset(),
    "offer_correction": frozenset({"name"}),
    "delete_question": frozenset(),
    "deleted": frozenset(),
    "not_deleted": frozenset(),
    "nothing_to_delete": frozenset(),
    "pause_already": frozenset(),
    "pause_enough": frozenset(),
    "pause_offer": frozenset(),
    "resume_question": frozenset(),
    "resumed": frozenset(),
    "lost": frozenset(),
    "found": frozenset(),
    "disk_full": frozenset(),
    "failed": frozenset(),
    "lost_for_good": frozenset(),
    "closing_opening": frozenset(),
    "closing_complete": frozenset(),
    "closing_stopped": frozenset(),
    "closing_before": frozenset(),
    "cue": frozenset({"name"}),
}
"""The lines that every session needs, and the places that each must hold."""

LABELS = ("safety", "consent", "hello", "question", "wait", "lost", "closing")


@dataclass(frozen=True, slots=True, kw_only=True)
class StepPlan:
    """One step as it is written. What a kind does not use stands at its default."""

    name: str
    do: Do
    label: str  # shown
    say: tuple[str, ...]  # spoken before it, with {speaker} {listener} {first} {second}
    who: Who = "speaker"
    time_s: float = 0.0
    quiet_s: float = 0.0  # 0: silence is welcome
    nudge: bool = True  # one kind word where it stays quiet
    wait_s: float = 0.0  # silence before saying back
    correction: tuple[str, ...] = ()  # steps after "not quite"
    more: tuple[str, ...] = ()  # steps after "there's more"
    offer_below: int = 0  # a rating under this is followed by an offer to say what was missed


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """Steps in order."""

    steps: tuple[str, ...]
    swap: bool = False  # once with each as the speaker
    rounds: int = 1  # at most so many times for each; a `more` step that is answered with no ends it
    until_accepted: int = 0  # instead: rounds in turn, until so many paraphrases were accepted
    needs_accepted: int = 0  # only after so many
    unless_accepted: int = 0  # only after fewer


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionPlan:
    id: str
    name: str
    about: str  # one line for a list
    minutes: int  # about
    parts: tuple[Part, ...]
    steps: Mapping[str, StepPlan]


@dataclass(frozen=True, slots=True, kw_only=True)
class CommonWords:
    """What is said in every session. A line is spoken by itself, with a pause after it."""

    lines: Mapping[str, tuple[str, ...]]
    labels: Mapping[str, str]


def plan_from(table: Mapping[str, Any], place: str) -> SessionPlan:
    """One session of a parsed table. Raises ContentError."""
    _known(table, {"id", "name", "about", "minutes", "part", "step"}, place)
    written, rows = table.get("step"), table.get("part")
    if not isinstance(written, dict) or not written:
        raise ContentError(f"{place}: there is no [step.NAME]; write at least one.")
    if not isinstance(rows, list) or not rows:
        raise ContentError(f"{place}: there is no [[part]]; write at least one.")
    steps = {name: _step(name, row, f"{place}: step '{name}'") for name, row in written.items()}
    parts = tuple(_part(row, f"{place}: part {number}") for number, row in enumerate(rows, start=1))
    _reached(parts, steps, place)
    return SessionPlan(
        id=_text(table, "id", place), name=_text(table, "name", place), about=_text(table, "about", place),
        minutes=int(_number(table, "minutes", place, least=1)), parts=parts, steps=steps,
    )  # fmt: skip


def common_from(table: Mapping[str, Any], place: str = "prompts/sessions/common.toml") -> CommonWords:
    """The lines of a parsed table. Raises ContentError."""
    _known(table, {"say", "label"}, place)
    say, label = table.get("say"), table.get("label")
    if not isinstance(say, dict) or not isinstance(label, dict):
        raise ContentError(f"{place}: [say] or [label] is missing; write both.")
    _known(say, set(COMMON), f"{place}: say")
    _known(label, set(LABELS), f"{place}: label")
    return CommonWords(
        lines={name: _spoken(say, name, f"{place}: say", needed, needed | {"first", "second"})
               for name, needed in COMMON.items()},
        labels={name: _text(label, name, f"{place}: label") for name in LABELS},
    )  # fmt: skip


def _step(name: str, row: object, place: str) -> StepPlan:
    if not isinstance(row, dict):
        raise ContentError(f"{place}: write it as a table, [step.{name}].")
    do = row.get("do")
    if do not in _KEYS:
        raise ContentError(f"{place}: do '{do}' is unknown; keep to {', '.join(_KEYS)}.")
    do = cast(Do, do)
    _known(row, _KEYS[do], place)
    for key in sorted(_KEYS[do] - _OPTIONAL - set(row)):
        raise ContentError(f"{place}: '{key}' is missing; a step that does '{do}' needs it.")
    who = row.get("who", "speaker")
    if who not in ("speaker", "listener"):
        raise ContentError(f'{place}: who \'{who}\' is unknown; write "speaker" or "listener".')
    needed = frozenset({str(who)}) if "who" in row else frozenset[str]()
    return StepPlan(
        name=name, do=do, label=_text(row, "label", place), say=_spoken(row, "say", place, needed, NAMES),
        who=cast(Who, who), time_s=_number(row, "time_s", place), quiet_s=_number(row, "quiet_s", place),
        nudge=_flag(row, "nudge", place, default=True), wait_s=_number(row, "wait_s", place),
        correction=_names(row, "correction", place), more=_names(row, "more", place),
        offer_below=int(_number(row, "offer_below", place)),
    )  # fmt: skip


def _part(row: object, place: str) -> Part:
    if not isinstance(row, dict):
        raise ContentError(f"{place}: write it as a table, [[part]].")
    _known(row, _PART, place)
    if not (steps := _names(row, "steps", place)):
        raise ContentError(f"{place}: 'steps' is missing or empty; name the steps in order.")
    part = Part(
        steps=steps, swap=_flag(row, "swap", place, default=False),
        rounds=int(_number(row, "rounds", place, least=1)) if "rounds" in row else 1,
        until_accepted=int(_number(row, "until_accepted", place)),
        needs_accepted=int(_number(row, "needs_accepted", place)),
        unless_accepted=int(_number(row, "unless_accepted", place)),
    )  # fmt: skip
    if part.until_accepted and part.swap:
        raise ContentError(f"{place}: 'swap' and 'until_accepted' exclude each other; the rounds already take turns.")
    if part.until_accepted > part.rounds:
        raise ContentError(f"{place}: 'until_accepted' cannot be reached in 'rounds' = {part.rounds}; allow more.")
    return part


def _reached(parts: tuple[Part, ...], steps: Mapping[str, StepPlan], place: str) -> None:
    """That every name leads to a step, every step and part can be come to, and nothing leads in a circle."""
    used: set[str] = set()
    accepted = 0
    for number, part in enumerate(parts, start=1):
        here = f"{place}: part {number}"
        reached = [step for name in part.steps for step in _followed(name, steps, here, ())]
        used |= {step.name for step in reached}
        accepts = any(step.do == "accept" for step in reached)
        if part.until_accepted and not accepts:
            raise ContentError(f"{here}: 'until_accepted' needs a step that does 'accept'.")
        if part.needs_accepted > accepted:
            raise ContentError(f"{here}: 'needs_accepted' is over what earlier parts can give, {accepted}; lower it.")
        if part.rounds > 1 and not (part.until_accepted or any(step.do == "more" for step in reached)):
            raise ContentError(f"{here}: 'rounds' needs a step that does 'more', or 'until_accepted'.")
        if part.rounds == 1 and any(step.do == "more" for step in reached):
            raise ContentError(f"{here}: a step that does 'more' needs 'rounds' over 1, to have something to go on to.")
        accepted += accepts * part.rounds * (2 if part.swap else 1)
    for name in steps:
        if name not in used:
            raise ContentError(f"{place}: step '{name}' cannot be reached; name it in a part, or take it out.")


def _followed(name: str, steps: Mapping[str, StepPlan], place: str, before: tuple[str, ...]) -> list[StepPlan]:
    if name not in steps:
        raise ContentError(f"{place}: the step '{name}' does not exist; write [step.{name}].")
    if name in before:
        raise ContentError(f"{place}: the step '{name}' leads back to itself; a correction cannot ask for another.")
    step = steps[name]
    found = [step]
    for other in (*step.correction, *step.more):
        found += _followed(other, steps, f"{place}: step '{name}'", (*before, name))
    return found


def _spoken(
    row: Mapping[str, Any], key: str, place: str, needed: Collection[str], known: Collection[str]
) -> tuple[str, ...]:
    """Lines that are spoken: short enough, every place known, the needed ones there. A text alone is one line."""
    value = row.get(key)
    lines = (value,) if isinstance(value, str) else tuple(value) if isinstance(value, list) else ()
    if not lines or not all(isinstance(line, str) and line.strip() for line in lines):
        raise ContentError(f"{place}: '{key}' is missing or empty; give it a text, or a list of texts, in quotes.")
    found: set[str] = set()
    for line in lines:
        try:
            held = places(line)
        except ValueError as error:
            raise ContentError(f"{place}: '{key}' has a brace without its partner: {line}") from error
        for name in sorted(held - set(known)):
            raise ContentError(f"{place}: '{key}' holds {{{name}}}; keep to {', '.join(sorted(known)) or 'no places'}.")
        found |= held
        longest = line.format_map(dict.fromkeys(held, " ".join(["name"] * NAME_WORDS)))
        if len(longest.split()) > SPOKEN_WORDS:
            raise ContentError(f"{place}: '{key}' has a line over {SPOKEN_WORDS} words; split it: {line}")
    for name in sorted(set(needed) - found):
        raise ContentError(f"{place}: '{key}' lacks {{{name}}}; nobody would know who is meant. Put it into a line.")
    return lines


def _number(row: Mapping[str, Any], key: str, place: str, least: float = 0.0) -> float:
    value = row.get(key, 0)
    if key not in row and least == 0:
        return 0.0
    if isinstance(value, bool) or not isinstance(value, int | float) or not least <= value <= 7200:
        raise ContentError(f"{place}: '{key}' must be a number from {least:g} to 7200.")
    return float(value)


def _flag(row: Mapping[str, Any], key: str, place: str, *, default: bool) -> bool:
    value = row.get(key, default)
    if not isinstance(value, bool):
        raise ContentError(f"{place}: '{key}' must be true or false.")
    return value


def _names(row: Mapping[str, Any], key: str, place: str) -> tuple[str, ...]:
    value = row.get(key, [])
    if not isinstance(value, list) or not all(isinstance(name, str) for name in value):
        raise ContentError(f"{place}: '{key}' must be a list of names of steps.")
    return tuple(value)
