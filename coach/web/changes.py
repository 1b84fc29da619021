"""What people put right on the page of a talk: each form is one change, and every change can be taken back."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from difflib import SequenceMatcher
from typing import TYPE_CHECKING

from coach.corrections import Correction, Fine, Given, LeftOut, Reworded, Swapped
from coach.errors import CoachError
from coach.halves import closed_to
from coach.plain import one_line
from coach.web.desk import desk
from coach.web.pages import form, page, to

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.responses import Response

    from coach.conversation import Turn
    from coach.summary import Summary

MOST_TAKEN_BACK = 200
SAME_S = 1e-3


def put_right(request: Request) -> Response:
    """One of the forms on the page of a talk. Raises CoachError where it does not fit the talk (any more)."""
    at, id_, fields = desk(request), request.path_params["id"], form(request)
    if fields.get("what") == "undo":
        return _undone(request, fields)
    summary = at.summary(id_)
    if fields.get("by") in closed_to(summary, at.halves.closed(at.store)):
        raise CoachError("Only the one who was interrupted or spoken to can say so: open their own part first.")
    done, corrections = _corrections(summary, fields)
    for correction in corrections:
        at.store.correct(id_, correction)
    place = f"#t{int(fields['turn'])}" if fields.get("turn", "").isdecimal() else ""
    return to(f"/talks/{id_}?done={done}&undo={len(corrections)}{place}")


def _undone(request: Request, fields: Mapping[str, str]) -> Response:
    at, id_ = desk(request), request.path_params["id"]
    wanted = int(_number(fields, "count")) if "count" in fields else 1
    taken_back = 0
    while taken_back < min(wanted, MOST_TAKEN_BACK) and at.store.undo(id_) is not None:
        taken_back += 1
    return to(f"/talks/{id_}?done={'undone' if taken_back else 'nothing'}")


def _corrections(summary: Summary, fields: Mapping[str, str]) -> tuple[str, tuple[Correction, ...]]:
    """What was done, and the corrections that do it."""
    match fields.get("what"):
        case "swap":
            if len(summary.conversation.speakers) != 2:
                raise CoachError(
                    "Voices can be swapped where two people speak. Give single lines to the other instead."
                )
            one, other = summary.conversation.speakers
            return "swapped", (Swapped(one=one, other=other),)
        case "give":
            turn = turn_of(summary, fields)
            whom = _speaker(summary, fields, "to")
            return "given", (Given(speaker=turn.speaker, to=whom, start_s=turn.start_s, end_s=turn.end_s),)
        case "leave_out":
            turn = turn_of(summary, fields)
            return "left_out", (LeftOut(start_s=turn.start_s, end_s=turn.end_s),)
        case "words":
            return "worded", tuple(reworded(turn_of(summary, fields), fields.get("text", "")))
        case "fine":
            return "fine", (_fine(summary, fields),)
    raise CoachError("The coach does not know this change. Load the page again.")


def _fine(summary: Summary, fields: Mapping[str, str]) -> Fine:
    kind, start_s, by = fields.get("kind", ""), _number(fields, "start_s"), _speaker(summary, fields, "by")
    if fields.get("which") == "interruption":
        there = any(e.kind == kind and abs(e.start_s - start_s) < SAME_S for e in summary.floor.interruptions)
        if there:
            return Fine(what="interruption", kind=kind, start_s=start_s, by=by)
    elif any(r.kind == kind and abs(r.start_s - start_s) < SAME_S for r in summary.remarks):
        return Fine(what="remark", kind=kind, start_s=start_s, by=by)
    raise _stale()


def reworded(turn: Turn, text: str) -> Iterator[Reworded]:
    """The words of a turn as they should be, as changes of single words: what is the same stays as it was heard."""
    before, after = [word.text for word in turn.words], one_line(text).split() if turn.words else []
    now = [[word] for word in before]
    for tag, a, b, c, d in SequenceMatcher(a=before, b=after, autojunk=False).get_opcodes():
        if tag == "insert":  # what was missing goes with the word before it, or with the first one
            at = max(0, a - 1)
            now[at] = [*now[at], *after[c:d]] if a else [*after[c:d], *now[at]]
        elif tag != "equal":
            now[a:b] = [after[c:d], *([] for _ in range(a + 1, b))]
    for word, texts in zip(turn.words, now, strict=True):
        if texts != [word.text]:
            yield Reworded(speaker=word.speaker, start_s=word.start_s, text=" ".join(texts))


def turn_of(summary: Summary, fields: Mapping[str, str]) -> Turn:
    """The turn that was meant: its number alone may mean another one by now. Raises CoachError."""
    start_s = _number(fields, "start_s")
    for turn in summary.turns:
        if str(turn.index) == fields.get("turn") and abs(turn.start_s - start_s) < SAME_S:
            return turn
    raise _stale()


def delete(request: Request) -> Response:
    """Asks before a moment goes for good."""
    at, id_ = desk(request), request.path_params["id"]
    summary = at.summary(id_)
    turn = turn_of(summary, request.query_params)
    return page(request, "delete.html", session=at.store.session(id_), turn=turn, name=summary.name(turn.speaker))


def deleted(request: Request) -> Response:
    at, id_, fields = desk(request), request.path_params["id"], form(request)
    turn = turn_of(at.summary(id_), fields)
    at.store.delete_span(id_, turn.start_s, turn.end_s)
    at.forget()
    return to(f"/talks/{id_}?done=deleted")


def _speaker(summary: Summary, fields: Mapping[str, str], name: str) -> str:
    if fields.get(name) not in summary.conversation.speakers:
        raise _stale()
    return fields[name]


def _number(fields: Mapping[str, str], name: str) -> float:
    try:
        number = float(fields.get(name, ""))
    except ValueError:
        raise _stale() from None
    if not math.isfinite(number) or not 0 <= number < 1e6:
        raise _stale()
    return number


def _stale() -> CoachError:
    return CoachError("The talk has changed since this page was loaded. Go back, load it again, and repeat the change.")
