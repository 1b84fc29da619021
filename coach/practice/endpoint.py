"""When an answer is over: from whether somebody speaks, and from what they have said so far. No sound, clock or thread.

speech ....... silence 0.15 s: recognise what there is ... 0.5 s: over, if the text reads complete ... 1.6 s: over
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from coach.measures.tokens import words_of

Moment = Literal["began", "pause", "went_on", "over"]


@dataclass(frozen=True, slots=True, kw_only=True)
class EndpointLimits:
    onset_s: float = 0.1  # so much speech within `onset_within_s` is somebody's; a click is less
    onset_within_s: float = 0.2
    ahead_s: float = 0.15  # of silence: recognition begins; what is spoken on over it is read anew
    complete_s: float = 0.5  # of silence after a text that reads complete
    open_s: float = 1.6  # of silence after any other


class Endpoint:
    """Fed with every step of voice activity, in order."""

    def __init__(self, limits: EndpointLimits) -> None:
        self._limits = limits
        self.start_s: float | None = None  # of the utterance; None: nobody has spoken
        self.end_s = 0.0  # of its last speech
        self._recent: list[tuple[float, float]] = []  # start and end of speech lately, before the onset
        self._asked = False  # recognition of this silence has begun
        self._complete = False  # and its text reads complete

    def step(self, start_s: float, end_s: float, speaking: bool, onset_s: float | None = None) -> Moment | None:
        """One step of voice activity; `onset_s`: how much speech is an onset here, if not as usual."""
        if self.start_s is None:
            return self._onset(start_s, end_s, speaking, self._limits.onset_s if onset_s is None else onset_s)
        if speaking:
            paused, self._asked, self._complete = self._asked, False, False
            self.end_s = end_s
            return "went_on" if paused else None
        silence_s = end_s - self.end_s
        if silence_s >= self._needed_s():
            return "over"
        if not self._asked and silence_s >= self._limits.ahead_s:
            self._asked = True
            return "pause"
        return None

    def read(self, text: str) -> None:
        """What was said up to the silence that lasts."""
        self._complete = self._asked and reads_complete(text)

    def reset(self) -> None:
        """For the next utterance."""
        self.start_s, self._asked, self._complete = None, False, False
        self._recent.clear()

    def _needed_s(self) -> float:
        return self._limits.complete_s if self._complete else self._limits.open_s

    def _onset(self, start_s: float, end_s: float, speaking: bool, onset_s: float) -> Moment | None:
        within_s = max(self._limits.onset_within_s, 1.5 * onset_s)
        self._recent = [(first, last) for first, last in self._recent if first > end_s - within_s]
        if not speaking:
            return None
        self._recent.append((start_s, end_s))
        if sum(last - first for first, last in self._recent) + 1e-9 < onset_s:
            return None
        self.start_s, self.end_s = self._recent[0][0], end_s
        return "began"


def reads_complete(text: str) -> bool:
    """Whether nothing seems to be missing at the end: no joining word, no "the", no comma, no "because you".

    Recognisers end any piece with a full stop: only their other marks mean something.
    """
    words = words_of(text).words
    if not words or text.rstrip().endswith((",", "-", "–", "—", "...", "…", ":", ";")):
        return False
    last, before = words[-1], words[-2:-1]
    if last in _JOINS or last in _GOES_ON:
        return text.rstrip().endswith("?") and last not in _JOINS
    if last in _PERSONS:  # "because it hurt you" is whole, "because you" is not
        return bool(before) and (before[0] not in _BEGINS or text.rstrip().endswith("?"))
    if last in _IS:  # "how sad you are"
        return not _OPENS.isdisjoint(words[-_REACH:-1])
    return words[-2:] not in _PAIRS


_REACH = 7
_JOINS = frozenset(
    """
    and or but so because cause since although though while when whenever if unless until after before than that's
    which whose where why how what whether also plus with without of for from to at into onto a an the
    """.split()
)
_BEGINS = frozenset("and but or so because cause since although though while when if unless until that".split())
_GOES_ON = frozenset(
    """
    my your his its our their not very really just even um uh er erm hmm well actually basically maybe perhaps kind sort
    feel feels felt sound sounds sounded seem seems seemed like as about have has had do does did will would can could
    shall should may might must get gets getting make makes made making want wants wanted says think mean every each
    """.split()
)
_PERSONS = frozenset("i you he she we they it him her them us me that this these those there then".split())
_IS = frozenset("is are was were am be been being".split())
_OPENS = frozenset("how what who where why that than".split())
_PAIRS = frozenset({("a", "bit"), ("a", "little"), ("you", "know")})
