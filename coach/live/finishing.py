"""A talk that was broken off, finished from its recording and log: the coach was killed, or the power went out."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from audio.errors import RecordingError
from audio.microphone import FILE_NAME
from audio.tail import Tail
from audio.types import Voices
from audio.unheard import Muted, own_voice
from audio.wavfile import repair
from coach.analysis import Heard, hear
from coach.clock import stamp
from coach.conversation import Conversation
from coach.errors import StoreError
from coach.live import hellos
from coach.live.ending import Outcome, Telling, facts, held_in, shown_to_both
from coach.live.keeping import write_page

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    from audio.types import Clip, SpeakerTracker, Transcriber
    from coach.analysis import Progress
    from coach.session.log import Entry
    from coach.store import Session, Store

    Floats = npt.NDArray[np.float32]


NOTED = "as it was noted while they talked"
NO_RECORDING = "The recording of this talk is gone: it is told from what was noted while you talked."


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
    try:
        heard, talk = _of_the_recording(store, session, log, listener, progress)
    except RecordingError:
        if not store.heard(session.id):
            raise
        heard, talk = _of_the_turns(store, session, log)
    summary = telling.summary(heard, talk, dict(zip("AB", session.names, strict=False)), log)
    ended_at = stamp()
    store.end(session.id, talk, telling.json(summary), ended_at=ended_at)
    page = write_page(store.folder_of(session.id), telling.page(shown_to_both(summary, store)))
    return Outcome(reason="lost", id=session.id, summary=summary, page=page)


def _of_the_recording(
    store: Store, session: Session, log: Sequence[Entry], listener: Listener, progress: Progress
) -> tuple[Heard, Conversation]:
    recording = store.folder_of(session.id) / FILE_NAME
    repair(recording)
    own = own_voice(recording)
    source = Muted(Tail(recording), lambda: own)
    known = _known(store, session) or hellos.voices(source, log, listener.enrol)
    heard = hear(source, listener.tracker(known), listener.reader, id=session.id, unheard=own, progress=progress)
    return heard, facts(heard, log, own, enrolled=bool(known))


def _of_the_turns(store: Store, session: Session, log: Sequence[Entry]) -> tuple[Heard, Conversation]:
    """The recording is gone: what was noted of it while they talked."""
    turns = store.heard(session.id)
    spans = tuple(span for turn in turns for span in turn.spans)
    duration_s = max(span.end_s for span in spans)
    talk = Conversation(
        id=session.id, duration_s=duration_s, speakers=tuple(dict.fromkeys(span.speaker for span in spans)),
        speech=spans, words=tuple(word for turn in turns for word in turn.words), word_times="estimated",
        held=held_in(log), mixed=True,
    )  # fmt: skip
    voices = Voices(spans=spans, engine=NOTED, duration_s=duration_s, voices_found=len(talk.speakers))
    return Heard(conversation=talk, voices=voices, dropped_s=0.0, cautions=(NO_RECORDING,)), talk


def _known(store: Store, session: Session) -> dict[str, Floats]:
    """The voices of both, where both were learned before."""
    voices = store.voices()
    known = {id_: voices[name] for id_, name in zip("AB", session.names, strict=False) if name in voices}
    return known if len(known) == 2 else {}
