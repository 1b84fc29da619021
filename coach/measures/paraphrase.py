"""How well the listener said back what the partner said (MEASURES section 5): seven parts, each with its evidence.

    said  "You said you'd be home at six, and it's eight. I cooked. I'm really angry."
    back  "You made dinner, I turned up way later than I promised, and you're mad at me."

meaning kept, feeling named, own words, short, nothing added, a check at the end, and the wait where it is known. The
total is their weighted sum, held down where one of them fails badly: an echo, advice or an answer to something else
is no paraphrase, however short it is.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from coach.measures.additions import AdditionRules, Answer, answer
from coach.measures.feelings import FeelingIndex, Named, named
from coach.measures.lexicon import Lexicon
from coach.measures.meaning import Meaning, content_of, joined, lightened, meaning_of
from coach.measures.misheard import maybe_felt, mended
from coach.measures.others import Matter, Others, matter_of
from coach.measures.paraphrase_parts import (
    Heard,
    Part,
    PartName,
    Reason,
    Statement,
    check,
    feeling,
    meaning,
    nothing_added,
    own_words,
    short,
    waited,
)
from coach.measures.sentences import sentences
from coach.measures.tokens import words_of
from coach.measures.vocabulary import Vocabulary, neutral

_BARE = 2
"""A feeling in so many words tells nothing of the matter: "fed up", "worried"."""
_ADDRESSED = frozenset(["you", "your", "yours", "we", "us", "our", "ours"])

if TYPE_CHECKING:
    from coach.practice.content import Card
    from coach.thresholds import Limits, ParaphraseLimits


@dataclass(frozen=True, slots=True, kw_only=True)
class ParaphraseContent:
    """What the score knows of words."""

    lexicon: Lexicon
    vocabulary: Vocabulary
    feelings: FeelingIndex
    additions: AdditionRules
    others: Others  # statements that an answer to a card is compared with


@dataclass(frozen=True, slots=True, kw_only=True)
class Paraphrase:
    score: float  # 0-1
    parts: tuple[Part, ...]

    @property
    def reasons(self) -> tuple[Reason, ...]:
        """What went wrong, in the order of the parts."""
        return tuple(reason for part in self.parts for reason in part.reasons)

    def part(self, name: PartName) -> float:
        return next(part.score for part in self.parts if part.name == name)


def paraphrase(
    said: str,
    back: str,
    content: ParaphraseContent,
    limits: Limits,
    card: Card | None = None,
    waited_s: float | None = None,
) -> Paraphrase:
    """Never fails: an empty answer scores 0."""
    return scored(
        statement(said, content, limits, card), *taken_apart(back, content, limits), content.others, limits, waited_s
    )


def heard(text: str, content: ParaphraseContent, limits: Limits) -> Heard:
    meant = meaning_of(text, content.vocabulary, limits.meaning)
    feelings = named(text, content.feelings, content.vocabulary)
    felt = {word for feeling in feelings for word in _bare(feeling)}
    return Heard(
        words=neutral(text), addressed=_addresses(text), meaning=meant,
        content=content_of(meant, content.lexicon.function_words | felt), feelings=feelings,
        told=lightened(meant, felt, limits.meaning.felt_weight), maybe_felt=maybe_felt(text),
    )  # fmt: skip


def _bare(feeling: Named) -> tuple[str, ...]:
    """The words of a feeling that say nothing else; "you do not know what to do" says more."""
    words = neutral(feeling.word)
    return words if len(words) <= _BARE else ()


def _addresses(text: str) -> bool:
    """It tells of the listener: "thank you" and "what would you do?" do not."""
    told = (words_of(sentence) for sentence in sentences(text))
    return any(
        word in _ADDRESSED and words.words[at - 1 : at] != ("thank",)
        for words in told
        if not words.asks
        for at, word in enumerate(words.words)
    )


def statement(said: str, content: ParaphraseContent, limits: Limits, card: Card | None = None) -> Statement:
    """Prepared once where one statement meets many answers."""
    whole = heard(said, content, limits)
    if card is None:
        families = frozenset(family for feeling in whole.feelings for family in feeling.families)
        matter = matter_of(said, whole.meaning, limits.meaning)
        return Statement(heard=whole, points=(), matter=matter, families=families, sounds=())
    points = tuple((point, meant) for point, meant in _points(card, content, limits) if meant.items)
    return Statement(
        heard=whole, points=points, matter=card_matter(card, content, limits),
        families=frozenset((*card.feelings, *card.under)),
        sounds=tuple(name for family in card.feelings for name in content.feelings.by_family.get(family, ())),
    )  # fmt: skip


def card_matter(card: Card, content: ParaphraseContent, limits: Limits) -> Matter:
    """All that a card speaks of: the statement, its key points, the need."""
    texts = (card.statement, *card.key_points, card.need)
    whole = joined([meaning_of(text, content.vocabulary, limits.meaning) for text in texts])
    points = tuple(meant for _, meant in _points(card, content, limits) if meant.items)
    return matter_of(card.statement, whole, limits.meaning, points)


def _points(card: Card, content: ParaphraseContent, limits: Limits) -> Iterator[tuple[str, Meaning]]:
    """Each key point and what it is about; a bare feeling is about nothing, it is another part's matter."""
    return ((point, heard(point, content, limits).content) for point in card.key_points)


def taken_apart(back: str, content: ParaphraseContent, limits: Limits) -> tuple[Heard, Answer]:
    """An answer ready to be scored, prepared once where it meets many statements."""
    back = mended(back, content.feelings.single)
    return heard(back, content, limits), answer(back, content.additions, content.lexicon, limits.words)


def scored(
    said: Statement, back: Heard, apart: Answer, others: Others, limits: Limits, waited_s: float | None = None
) -> Paraphrase:
    own = limits.paraphrase
    kept = meaning(said, back, others, own, limits.meaning)
    parts = [
        kept,
        feeling(said, back, own),
        own_words(said, back, kept.score, own),
        short(said, back, apart, own),
        nothing_added(said, back, apart, kept.score, own),
        check(apart),
    ]
    if waited_s is not None:
        parts.append(waited(waited_s, limits.silence.wait_s))
    return Paraphrase(score=_total(parts, back, own), parts=tuple(parts))


def _total(parts: list[Part], back: Heard, limits: ParaphraseLimits) -> float:
    """The weighted sum of the parts, held down by those without which nothing was said back."""
    if not back.words:
        return 0.0
    weight = sum(limits.weights[part.name] for part in parts if part.name != "check")  # a check is a bonus
    total = sum(limits.weights[part.name] * part.score for part in parts) / weight
    for part in parts:
        total *= part.holds
    return min(1.0, total)
