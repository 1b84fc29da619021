"""A stored session measured anew: facts as heard, put right by the people, through the same summary as on its day."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from coach import content
from coach.corrections import apply
from coach.store.folders import RECORDING
from coach.summary import Engines, SourceFacts, Summary, summarise

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
        derived = _summarised(store, session, as_heard, day, limits).caveats
        cautions = tuple(one for one in cautions if one not in derived)
    return _summarised(store, session, applied.conversation, day, limits, cautions, applied.fine)


def _summarised(
    store: Store,
    session: Session,
    conversation: Conversation,
    day: Mapping[str, Any],
    limits: Limits,
    cautions: tuple[str, ...] = (),
    fine: tuple[Fine, ...] = (),
) -> Summary:
    source, engines = _mapping(day.get("source")), _mapping(day.get("engines"))
    recording = store.folder_of(session.id) / RECORDING
    return summarise(
        conversation,
        names=names_of(session, day),
        source=SourceFacts(
            path=str(recording) if session.keeps_audio and recording.is_file() else None,
            channels=int(source.get("channels") or 0), dropped_s=float(source.get("dropped_s") or 0.0),
        ),
        engines=Engines(**{name: str(engines.get(name, "")) for name in Engines.__dataclass_fields__}),
        cues=content.cues(), lexicon=content.lexicon(), wording=content.wording(), limits=limits,
        cautions=cautions, fine=fine,
    )  # fmt: skip


def names_of(session: Session, day: Mapping[str, Any]) -> dict[str, str]:
    """What each speaker is called: as on that day; a voice that was found only since, by the session's own names."""
    given = dict(zip("AB", session.names, strict=False))
    for row in day.get("speakers") or ():
        if isinstance(row, dict) and isinstance(row.get("id"), str) and isinstance(row.get("name"), str):
            given[row["id"]] = row["name"]
    return given


def _table(told: str) -> Mapping[str, Any]:
    try:
        return _mapping(json.loads(told))
    except ValueError:
        return {}


def _mapping(value: object) -> Mapping[str, Any]:
    return value if isinstance(value, dict) else {}


def _texts(value: object) -> tuple[str, ...]:
    return tuple(text for text in value if isinstance(text, str)) if isinstance(value, list) else ()
