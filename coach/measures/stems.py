"""Words cut to what their forms share, so that "worried" meets "worrying". Crude on purpose: it only compares."""

from __future__ import annotations

_ENDINGS = (
    "ations",
    "ation",
    "ingly",
    "ments",
    "ment",
    "ness",
    "edly",
    "ings",
    "ing",
    "ies",
    "ied",
    "ers",
    "ly",
    "ed",
    "es",
    "er",
    "s",
    "y",
    "e",
)
_LEAST = 3  # letters that must stay


def stem(word: str) -> str:
    for ending in _ENDINGS:
        if word.endswith(ending) and len(word) - len(ending) >= _LEAST:
            cut = word[: -len(ending)]
            return cut[:-1] if len(cut) > _LEAST and cut[-1] == cut[-2] and cut[-1] not in "aeiouls" else cut
    return word
