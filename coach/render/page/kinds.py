"""The kinds of remark and of overlap that the page marks: their letter, their name, and why they matter."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    letter: str  # on the timeline and in the transcript: colour is never the only sign
    one: str
    many: str
    why: str
    opens: bool = True  # a round mark; else a square one


REMARKS: dict[str, Kind] = {
    "feeling": Kind(
        letter="F", one="feeling", many="own feelings named",
        why="Says how it feels from inside. That is easy to listen to.",
    ),
    "need_request": Kind(
        letter="N", one="need or wish", many="needs and wishes",
        why="Says plainly what is needed or wished for, so that nobody has to guess.",
    ),
    "appreciation": Kind(
        letter="T", one="thanks", many="thanks and praise", why="Says something good about the other, out loud."
    ),
    "question_open": Kind(
        letter="Q", one="open question", many="open questions", why="Leaves room for any answer."
    ),
    "reflection": Kind(
        letter="S", one="said back", many="said back",
        why="Says back what the other meant. So the other can tell whether it arrived.",
    ),
    "validation": Kind(
        letter="U", one="understanding", many="understanding shown",
        why="Shows that the side of the other makes sense. There is room for both sides.",
    ),
    "check": Kind(letter="C", one="check", many="checks", why="Asks whether it was understood rightly."),
    "repair": Kind(
        letter="R", one="repair", many="repairs", why="Notices that something went wrong and puts it right."
    ),
    "blame": Kind(
        letter="B", one="blame", many="blame", opens=False,
        why="Points at the other. The wish behind it is then hard to hear.",
    ),
    "criticism": Kind(
        letter="B", one="criticism", many="criticism", opens=False,
        why="Speaks of how the other is, instead of what happened.",
    ),
    "contempt": Kind(
        letter="B", one="contempt", many="contempt", opens=False, why="Looks down on the other. That hurts most of all."
    ),
    "defensiveness": Kind(
        letter="D", one="defending", many="defending", opens=False,
        why="Turns a complaint away before it could be heard.",
    ),
    "stonewalling": Kind(
        letter="W", one="closing off", many="closing off", opens=False,
        why="Ends the talk without a time to come back to it.",
    ),
    "pseudo_feeling": Kind(
        letter="V", one="verdict as feeling", many="verdicts as feelings", opens=False,
        why="Begins like a feeling, and says what the other does.",
    ),
    "advice": Kind(
        letter="A", one="advice unasked", many="advice unasked", opens=False,
        why="Offers an idea before asking whether one is wanted.",
    ),
}  # fmt: skip
"""The kinds that are marked, in the order in which they are listed. Others (we-talk ...) are not shown."""

ONSETS = {
    "held_floor": "spoke in the turn of the other",
    "floor_taking": "came in and took over",
    "attempt": "began to come in",
    "continued": "went on with an own sentence",
    "turn_end": "came in as the other was ending",
    "yes_then_turn": "agreed, then spoke",
    "cooperative": "joined in with agreement or a question",
    "cut_in": "likely came in during a pause",
    "other": "both spoke",
}
"""What happened at an onset of speech inside the speech of the other, after "Name ..."."""


def sureness(confidence: float) -> str:
    return "sure" if confidence >= 0.85 else "fairly sure" if confidence >= 0.6 else "a guess"
