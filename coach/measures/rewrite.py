"""What could be said instead: wording from prompts/lexicon/coaching.toml with the words that fit."""

from __future__ import annotations

from collections.abc import Collection

from coach.measures.lexicon import FOUR, Lexicon


def rewritten(kind: str, quote: str, acts: Collection[str], lexicon: Lexicon) -> str:
    """ "" where nothing needs other words: saying back what the partner felt may use the partner's own verdicts."""
    if "reflection" in acts:
        return ""
    if kind == "pseudo_feeling":
        faux = next((lexicon.faux[name] for name in _named(quote, lexicon)), None)
        if faux is None:
            return lexicon.rewrites["pseudo_thought"]
        return lexicon.rewrites["pseudo_feeling"].format(feeling=faux.feelings[0], need=faux.needs[0])
    if kind == "blame":
        return lexicon.rewrites[next((four for four in FOUR if four in acts), FOUR[0])]
    return lexicon.rewrites[kind] if kind in FOUR else ""


def _named(quote: str, lexicon: Lexicon) -> list[str]:
    """The verdict words in the quote, longest first."""
    lowered = f" {quote.lower()} "
    return sorted((name for name in lexicon.faux if f" {name} " in lowered), key=len, reverse=True)
