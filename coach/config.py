"""The person's own settings: one TOML file, every key optional, an unknown key an error that names file and key.

names = ["Kim", "Sam"]       # in the order in which they speak first
recogniser = "auto"          # or "moonshine", or a model fetched with `coach models fetch`
voice = "auto"               # the coach's own: an id that the system's voices have, such as "gmw/en-gb"
words_per_minute = 130       # how fast it speaks
keep_days = 0                # of the sound of a talk, as it is offered when one begins; 0: until its summary is safe

[limits.silence]             # any number of coach/thresholds.py
wait_s = 4.0
"""

from __future__ import annotations

import math
import tomllib
import typing
from collections.abc import Mapping
from dataclasses import dataclass, field, fields, is_dataclass
from pathlib import Path
from typing import Any

from coach.errors import ConfigError
from coach.thresholds import Limits

FILE_NAME = "config.toml"
MOST = 1e6
"""No setting is a larger number."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Config:
    names: tuple[str, ...] = ()
    recogniser: str = "auto"
    keep_days: int = 0
    voice: str = "auto"
    words_per_minute: int = 130
    limits: Limits = field(default_factory=Limits)


def load(path: Path) -> Config:
    """The settings in `path`; the defaults where there is no such file. Raises ConfigError."""
    try:
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError:
        return Config()
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError(f"{path} cannot be read ({error}). Mend or remove it.") from error
    return parse(text, str(path))


def parse(text: str, place: str) -> Config:
    try:
        mapping = tomllib.loads(text)
    except (ValueError, RecursionError) as error:  # ValueError: no TOML, or a number of thousands of digits
        raise ConfigError(f"{place} is not valid TOML: {error}. Mend the line it names.") from error
    return checked(mapping, place)


def checked(mapping: Mapping[str, Any], place: str) -> Config:
    """The settings in parsed TOML."""
    config: Config = _value(Config, mapping, place, "")
    if len(config.names) > 2:
        raise ConfigError(f"{place}: names holds {len(config.names)} names. The coach is for two people: give two.")
    return config


def _value(kind: Any, given: Any, place: str, key: str) -> Any:
    """`given` as a value of type `kind`, or a ConfigError that names file and key."""
    if is_dataclass(kind):
        return _record(kind, given, place, key)
    if typing.get_origin(kind) is tuple:
        if not isinstance(given, list):
            raise ConfigError(f"{place}: {key} is {_shown(given)}, but a list in [ ] is needed.")
        return tuple(_value(typing.get_args(kind)[0], item, place, key) for item in given)
    if kind is float and isinstance(given, int) and not isinstance(given, bool):
        given = float(given) if abs(given) < MOST else math.inf
    if not isinstance(given, kind) or isinstance(given, bool) is not (kind is bool):
        raise ConfigError(f"{place}: {key} is {_shown(given)}, but {_NAMES.get(kind, kind.__name__)} is needed.")
    if kind in (int, float) and not 0 <= given < MOST:
        raise ConfigError(f"{place}: {key} is {_shown(given)}, but a number from 0 to {MOST:.0f} is needed.")
    return given


def _shown(given: object) -> str:
    try:
        return repr(given)
    except ValueError:  # a number of thousands of digits, which Python does not write out
        return "a very long number"


_NAMES: dict[type, str] = {str: "a text in quotes", float: "a number", int: "a whole number", bool: "true or false"}


def _record(kind: Any, given: Any, place: str, key: str) -> Any:
    if not isinstance(given, Mapping):
        raise ConfigError(f"{place}: {key} is {_shown(given)}, but a table is needed: [{key}].")
    types = typing.get_type_hints(kind)
    known = {item.name for item in fields(kind)}
    values = {}
    for name, value in given.items():
        full = f"{key}.{name}" if key else name
        if name not in known:
            raise ConfigError(f"{place}: unknown key {full}. Known here: {', '.join(sorted(known))}.")
        values[name] = _value(types[name], value, place, full)
    return kind(**values)
