"""A talk that was broken off, finished from its recording and log: the coach was killed, or the power went out."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from audio.microphone import FILE_NAME
from audio.tail import Tail
from audio.unheard import Muted, own_voice
from audio.wavfile import repair
from coach.analysis import hear
from coach.errors import StoreError
from coach.live import hellos
from coach.live.ending import Outcome, Telling, facts
from coach.live.keeping import write_page

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    from audio.types import Clip, SpeakerTracker, Transcriber
    from coach.analysis import Progress
    from coach.store import Session, Store

    Floats = npt.NDArray[np.float32]


@dataclass(frozen=True, slots=True, kw_only=True)
class Listener:
    """The engines that a recording is heard with."""

    tracker: Callable[[Mapping[str, Floats]], SpeakerTracker]
    enrol: Callable[[Clip], Floats]
    reader: Transcriber


def finish(store: Store, session: Session, listener: Listener, telling: Telling, progress: Progress) -> Outcome:
    """What the talk would have come to. Raises StoreError where another coach is in it; AudioError of the recording."""
    if not store.take_up(session.id):
        raise StoreError(f"The session {session.id} is going on in another coach. End it there first.")
    log = store.entries(session.id)
    recording = store.folder_of(session.id) / FILE_NAME
    repair(recording)
    own = own_voice(recording)
    source = Muted(Tail(recording), lambda: own)
    known = _known(store, session) or hellos.voices(source, log, listener.enrol)
    heard = hear(
        source, listener.tracker(known), listener.reader, id=session.id, unheard=own, progress=progress
    )  # fmt: skip
    talk = facts(heard, log, own, enrolled=bool(known))
    summary = telling.summary(heard, talk, dict(zip("AB", session.names, strict=False)), log)
    ended_at = datetime.now().astimezone().isoformat(timespec="seconds")
    store.end(session.id, talk, telling.json(summary), ended_at=ended_at)
    page = write_page(store.folder_of(session.id), telling.page(summary))
    return Outcome(reason="lost", id=session.id, summary=summary, page=page)


def _known(store: Store, session: Session) -> dict[str, Floats]:
    """The voices of both, where both were learned before."""
    voices = store.voices()
    known = {id_: voices[name] for id_, name in zip("AB", session.names, strict=False) if name in voices}
    return known if len(known) == 2 else {}
