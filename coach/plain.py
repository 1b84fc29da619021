"""Text that came from people, files and recognisers, made harmless to show; and numbers as people read them."""

from __future__ import annotations

import unicodedata

_KEPT = {"\n", "\t"}


def plain(text: str) -> str:
    """Control codes (terminal escapes among them), direction overrides and broken surrogates become a visible mark."""
    return "".join("\N{REPLACEMENT CHARACTER}" if _hidden(letter) else letter for letter in text)


def one_line(text: str) -> str:
    return plain(" ".join(text.split()))


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
