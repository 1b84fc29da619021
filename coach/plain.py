"""Text that came from people, files and recognisers, made harmless to show; and numbers as people read them."""

from __future__ import annotations

import unicodedata

MOST_SAID = 1000
"""Letters of an error: a quoted key or value may be as long as somebody likes."""
_KEPT = {"\n", "\t"}


def plain(text: str) -> str:
    """Control codes (terminal escapes among them), direction overrides and broken surrogates become a visible mark."""
    return "".join("\N{REPLACEMENT CHARACTER}" if _hidden(letter) else letter for letter in text)


def hidden_in(text: str) -> tuple[str, ...]:
    """The letters of a text that `plain` would replace."""
    return tuple(letter for letter in sorted(set(text)) if _hidden(letter))


def one_line(text: str) -> str:
    return plain(" ".join(text.split()))


def printable(text: str, most: int) -> str:
    """One line of at most so many letters, all of which can be printed: fit to be read back as a name."""
    shown = "".join(letter if letter.isprintable() else "\N{REPLACEMENT CHARACTER}" for letter in one_line(text))
    return shown[:most].strip() or "nameless"


def sentence(error: Exception) -> str:
    """What an error says, on one line; of what it quotes at great length only the beginning and the end."""
    said = one_line(str(error))
    return said if len(said) <= MOST_SAID else f"{said[: MOST_SAID - 200]} ... {said[-200:]}"


def clock(time_s: float) -> str:
    """1:05, or 1:02:05 from an hour on."""
    minutes, seconds = divmod(int(time_s), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{seconds:02}" if hours else f"{minutes}:{seconds:02}"


def percent(share: float) -> str:
    """Whole per cent; 0 % and 100 % only when exactly so."""
    if share in (0.0, 1.0):
        return f"{share:.0%}".replace("%", " %")
    return f"{min(99, max(1, round(share * 100)))} %"


def _hidden(letter: str) -> bool:
    return letter not in _KEPT and unicodedata.category(letter) in ("Cc", "Cf", "Cs", "Zl", "Zp")
