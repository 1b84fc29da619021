"""Checks of parsed TOML tables: what is wrong is a ContentError that names the place and the key."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from coach.errors import ContentError


def known_keys(row: Mapping[str, Any], keys: set[str], place: str) -> None:
    """Raises where the row has a key that is none of `keys`."""
    for key in sorted(set(row) - keys):
        raise ContentError(f"{place}: the key '{key}' is unknown; keep to {', '.join(sorted(keys))}.")


def text(row: Mapping[str, Any], key: str, place: str) -> str:
    value = row.get(key)
    if not isinstance(value, str) or not value.strip():
        raise ContentError(f"{place}: '{key}' is missing or empty; give it some words in quotes.")
    return value


def texts(row: Mapping[str, Any], key: str, place: str) -> tuple[str, ...]:
    value = row.get(key)
    if not isinstance(value, list) or not value or not all(isinstance(item, str) and item.strip() for item in value):
        raise ContentError(f"{place}: '{key}' is missing or empty; give it a list of texts in quotes.")
    return tuple(value)
