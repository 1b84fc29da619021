"""Changes single settings in the person's own file, and leaves everything else in it as it stands."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from pathlib import Path

from coach import output
from coach.config import Config, parse
from coach.errors import ConfigError

Value = str | int | Sequence[str]


def change(path: Path, values: Mapping[str, Value]) -> Config:
    """Set top-level keys. Raises ConfigError, and then the file is as it was."""
    try:
        before = path.read_text(encoding="utf-8")
    except FileNotFoundError:
        before = ""
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError(f"{path} cannot be read ({error}). Mend or remove it.") from error
    parse(before, str(path))
    text = changed(before, values)
    config = parse(text, str(path))
    if any(_plain(getattr(config, key)) != _plain(value) for key, value in values.items()):
        raise ConfigError(f"{path} is written in a way that the coach cannot change. Set {', '.join(values)} by hand.")
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise ConfigError(f"{path.parent} cannot be made ({error.strerror}). Check its permissions.") from error
    output.write(str(path), text)
    return config


def changed(text: str, values: Mapping[str, Value]) -> str:
    """The text with these keys set: in the place of the line that sets one, or before everything else."""
    head, table, rest = _parted(text)
    for key, value in values.items():
        line = f"{key} = {_toml(value)}"
        found = re.search(rf"^[ \t]*{re.escape(key)}[ \t]*=.*$", head, re.MULTILINE)
        head = f"{head[: found.start()]}{line}{head[found.end() :]}" if found else f"{line}\n{head}"
    return head + table + rest


def _parted(text: str) -> tuple[str, str, str]:
    """What stands before the first table, which is all that top-level keys can stand in."""
    first = re.search(r"^\s*\[", text, re.MULTILINE)
    return (text, "", "") if first is None else (text[: first.start()], first[0], text[first.end() :])


def _toml(value: Value) -> str:
    """JSON's texts, numbers and lists of texts are TOML's, too, once nothing in them is left unescaped."""
    text = json.dumps(value if isinstance(value, str | int) else list(value), ensure_ascii=False)
    return text.replace("\x7f", "\\u007f")


def _plain(value: object) -> object:
    return list(value) if isinstance(value, tuple) else value
