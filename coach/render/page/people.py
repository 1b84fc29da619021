"""Whom the page speaks of."""

from __future__ import annotations

from dataclasses import dataclass

from audio.types import UNKNOWN
from coach.summary import Summary

TONES = 4
"""The style sheet has so many voices; a fifth one looks like the first and is told by its name."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    id: str
    name: str
    tone: str  # a class of the style sheet


def people(summary: Summary) -> dict[str, Person]:
    """By speaker id, in the order in which they first speak."""
    found: dict[str, Person] = {}
    for speaker in summary.conversation.speakers:
        tone = "px" if speaker == UNKNOWN else f"p{len(found) % TONES}"
        found[speaker] = Person(id=speaker, name=summary.name(speaker), tone=tone)
    return found
