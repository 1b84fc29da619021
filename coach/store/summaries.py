"""A stored session measured anew: facts as heard, put right by the people, through the same summary as on its day."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from coach import content
from coach.annotation_values import MOST_LABEL, MOST_S
from coach.corrections import apply
from coach.figures import VERSION, Figures, figures, figures_from
from coach.measures.saying_back import Understood
from coach.session.log import Entry, Rated
from coach.store.recordings import sound_of
from coach.summary import Engines, SourceFacts, Summary, doubts, summarise

if TYPE_CHECKING:
    from coach.conversation import Conversation
    from coach.corrections import Fine
    from coach.store.store import Store
    from coach.store.values import Session
    from coach.thresholds import Limits


def summary_of(store: Store, id_: str, limits: Limits) -> Summary:
    """With all corrections. Raises StoreError where the session has not ended."""
    session, corrections = store.session(id_), store.corrections(id_)
    as_heard, day = store.recorded(id_), _table(store.told(id_))
    applied = apply(as_heard, corrections)
    cautions = _texts(day.get("caveats"))
    if corrections:  # what follows from the facts may follow no more
        derived = doubts(as_heard, content.cues(), limits)
        cautions = tuple(one for one in cautions if one not in derived)
    return _summarised(store, session, applied.conversation, day, limits, cautions, applied.fine)


def _summarised(
    store: Store,
    session: Session,
    conversation: Conversation,
    day: Mapping[str, Any],
    limits: Limits,
    cautions: tuple[str, ...],
    fine: tuple[Fine, ...],
) -> Summary:
    from coach.practice.content import paraphrase_content

    source, engines = _mapping(day.get("source")), _mapping(day.get("engines"))
    sound = sound_of(store, session)
    return summarise(
        conversation,
        names=names_of(session, day),
        source=SourceFacts(
            path=None if sound is None else str(sound),
            channels=int(_number(source.get("channels"))), dropped_s=_number(source.get("dropped_s")),
        ),
        engines=Engines(**{name: str(engines.get(name, "")) for name in Engines.__dataclass_fields__}),
        cues=content.cues(), lexicon=content.lexicon(), wording=content.wording(), limits=limits,
        cautions=cautions, fine=fine, paraphrasing=paraphrase_content,
        understood=tuple(understood_in(store.entries(session.id))),
    )  # fmt: skip


def figures_of(store: Store, session: Session, limits: Limits) -> Figures:
    """Raises StoreError."""
    summary, entries = summary_of(store, session.id, limits), store.entries(session.id)
    return figures(session.id, session.started_at, session.plan or session.kind, summary, entries)


def comparable_figures(
    store: Store,
    limits: Limits,
    progress: Callable[[int, int], None] = lambda done, of: None,
    upto: str | None = None,
) -> tuple[Figures, ...]:
    """Of one talk (`upto` its id; else the last that ended) and those it may be compared with, by start.

    Kept ones where the facts are the same; the others are made and kept now. Demos are left out: nobody's talk.
    """
    wanted = _comparable(store.sessions(), limits.trends.most_talks + 1, upto)
    made = made_with(limits)
    kept = store.figures(made, [session.id for session in wanted])
    found: list[Figures] = []
    for done, session in enumerate(wanted):
        form = kept.get(session.id)
        if form is not None:
            found.append(figures_from(form))
            continue
        progress(done, len(wanted))
        corrections = len(store.corrections(session.id))
        one = figures_of(store, session, limits)
        store.keep_figures(session.id, made, asdict(one), corrections)
        found.append(one)
    return tuple(found)


def _comparable(sessions: Sequence[Session], most: int, upto: str | None) -> tuple[Session, ...]:
    """The last talks of the same two people, and of those of the same kind."""
    ended = [one for one in sessions if one.state == "ended" and one.kind != "demo"]
    if upto is not None:
        ended = ended[: [one.id for one in ended].index(upto) + 1]
    if not ended:
        return ()
    last = ended[-1]
    pair = [one for one in ended if _pair(one) == _pair(last)]
    alike = [one.id for one in pair if (one.kind, one.plan) == (last.kind, last.plan)]
    chosen = {*(one.id for one in pair[-most:]), *alike[-most:]}
    return tuple(one for one in pair if one.id in chosen)


def _pair(session: Session) -> frozenset[str]:
    return frozenset(name.casefold() for name in session.names)


def made_with(limits: Limits) -> str:
    """What kept figures depend on besides the facts."""
    measuring = {name: value for name, value in asdict(limits).items() if name not in _NOT_MEASURING}
    made = json.dumps([VERSION, measuring], sort_keys=True, default=sorted)  # sets have no order of their own
    return hashlib.sha256(made.encode()).hexdigest()[:16]


_NOT_MEASURING = ("trends", "feedback", "commands")


def names_of(session: Session, day: Mapping[str, Any]) -> dict[str, str]:
    """What each speaker is called: as on that day; a voice that was found only since, by the session's own names."""
    given = dict(zip("AB", session.names, strict=False))
    rows = day.get("speakers")
    for row in rows if isinstance(rows, list) else ():
        if isinstance(row, dict) and isinstance(row.get("id"), str) and isinstance(row.get("name"), str):
            given[row["id"]] = row["name"][:MOST_LABEL]
    return given


def understood_in(entries: Sequence[Entry]) -> Iterator[Understood]:
    """The numbers that were confirmed."""
    for entry in entries:
        if isinstance(entry, Rated) and entry.confirmed:
            yield Understood(by=entry.by, of=entry.of, value=entry.value, at_s=entry.at_s)


def _table(told: str) -> Mapping[str, Any]:
    try:
        return _mapping(json.loads(told))
    except ValueError:
        return {}


def _mapping(value: object) -> Mapping[str, Any]:
    return value if isinstance(value, dict) else {}


def _number(value: object) -> float:
    """0 where an archive from elsewhere holds none."""
    return float(value) if isinstance(value, int | float) and 0 <= value <= MOST_S else 0.0


def _texts(value: object) -> tuple[str, ...]:
    return tuple(text for text in value if isinstance(text, str)) if isinstance(value, list) else ()
