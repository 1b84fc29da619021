"""Short dialogues as text files, with what must be measured in them.

# a comment
words none                          no words, only who spoke when (else: exact, or `words estimated`)
held A 0.0-9.0                      the coach had given the floor to A
coach 3.0-4.0                       the coach itself spoke
A 0.0-3.0 so then we went out       A said this; its words are spread evenly over the stretch
---
floor_taking B of A 2.2-5.0         one line an event, times to 0.1 s, in any order, none left out
backchannel B 1.2-1.5
pause A 3.0-3.5
gap A to B 5.0-5.5
lapse A to B 5.0-11.0
wait B after A 5.0-8.5 replied      `replied` or `left`, and `more` where it earned more
turn A 0.0-3.0                      turns are compared only where at least one is named
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from audio.types import Span
from coach import content
from coach.annotation_values import spread
from coach.conversation import Conversation, HeldFloor, WordTimes, joined, spans_from_words, turns
from coach.measures.floor import Floor, floor
from coach.measures.silence import Silence, silence
from coach.thresholds import Limits

FOLDER = Path(__file__).parent / "dialogues"
FILES = sorted(FOLDER.glob("*.txt"))

SILENCES = frozenset({"pause", "gap", "lapse", "wait"})

_SAID = re.compile(r"(\w+) ([\d.]+)-([\d.]+) ?(.*)")


@dataclass(frozen=True, slots=True, kw_only=True)
class Dialogue:
    conversation: Conversation
    expected: tuple[str, ...]

    def expected_of(self, kinds: frozenset[str] | None) -> list[str]:
        """The expected lines of some kinds; None: of the floor (all that is neither silence nor turn)."""
        others = SILENCES | {"turn"}
        return sorted(
            line
            for line in self.expected
            if (line.split()[0] in kinds if kinds is not None else line.split()[0] not in others)
        )


def load(path: Path) -> Dialogue:
    limits = Limits().turns
    above, _, below = path.read_text(encoding="utf-8").partition("---\n")
    spans: list[Span] = []
    words, held, coach = [], [], []
    times: WordTimes = "exact"
    for line in _lines(above):
        if line in ("words none", "words estimated"):
            times = "none" if line.endswith("none") else "estimated"
            continue
        given = line.startswith("held ")
        match = _SAID.fullmatch(line.removeprefix("held "))
        assert match is not None, f"{path.name}: {line}"
        who, start_s, end_s, text = match[1], float(match[2]), float(match[3]), match[4]
        if given:
            held.append(HeldFloor(speaker=who, start_s=start_s, end_s=end_s))
        elif who == "coach":
            coach.append(Span(speaker=who, start_s=start_s, end_s=end_s))
        else:
            spans.append(Span(speaker=who, start_s=start_s, end_s=end_s))
            words.extend(spread(text, who, [(start_s, end_s)]))
    speech = joined(spans, limits) if times == "none" else spans_from_words(words, limits)
    conversation = Conversation(
        id=path.stem,
        duration_s=max(span.end_s for span in spans),
        speakers=tuple(dict.fromkeys(span.speaker for span in speech)),
        speech=speech,
        words=() if times == "none" else tuple(sorted(words, key=lambda word: word.start_s)),
        word_times=times,
        held=tuple(held),
        coach=tuple(coach),
    )
    return Dialogue(conversation=conversation, expected=tuple(_lines(below)))


def measured(conversation: Conversation) -> tuple[Floor, Silence]:
    limits = Limits()
    said = turns(conversation, limits.turns)
    return floor(conversation, said, content.cues(), limits.floor), silence(conversation, said, limits.silence)


def floor_lines(found: Floor) -> list[str]:
    events = [f"{e.kind} {e.by} of {e.of} {_times(e)}" for e in (*found.interruptions, *found.overlaps)]
    return sorted(events + [f"backchannel {b.by} {_times(b)}" for b in found.backchannels])


def silence_lines(found: Silence) -> list[str]:
    waits = [
        f"wait {w.by} after {w.after} {_times(w)} {'replied' if w.replied else 'left'}{' more' * w.earned_more}"
        for w in found.waits
    ]
    return sorted(
        [f"pause {p.speaker} {_times(p)}" for p in found.pauses]
        + [f"gap {g.from_speaker} to {g.to_speaker} {_times(g)}" for g in found.gaps]
        + [f"lapse {g.from_speaker} to {g.to_speaker} {_times(g)}" for g in found.lapses]
        + waits
    )


def turn_lines(conversation: Conversation) -> list[str]:
    return sorted(f"turn {turn.speaker} {_times(turn)}" for turn in turns(conversation, Limits().turns))


def _times(event: object) -> str:
    return f"{event.start_s:.1f}-{event.end_s:.1f}"  # type: ignore[attr-defined]


def _lines(text: str) -> list[str]:
    return [line.strip() for line in text.splitlines() if line.strip() and not line.startswith("#")]
