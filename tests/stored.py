"""Sessions to keep in tests: a short talk with everything in it that can be kept."""

from __future__ import annotations

from pathlib import Path

from audio.types import Span, Word
from audio.wavfile import WavFile
from coach import content
from coach.annotation_values import spread
from coach.conversation import Conversation, HeldFloor
from coach.render import json as json_form
from coach.session.log import Accepted, Consented, Deleted, Entry, FloorHeld, Paused, Rated, StepTaken, Waited
from coach.store import Session, Store
from coach.summary import Engines, SourceFacts, Summary, named, summarise
from coach.thresholds import Limits

STARTED = "2026-05-04T19:30:00+02:00"
ENDED = "2026-05-04T19:50:00+02:00"
NAMES = ("Kim", "Sam")

ENTRIES: tuple[Entry, ...] = (
    Consented(voice="first", speaker="A", question="May I record?", words="yes please", at_s=1.25),
    FloorHeld(step="share", floor=HeldFloor(speaker="A", start_s=2.0, end_s=9.7)),
    Rated(step="rate", by="A", of="B", value=7, confirmed=True, at_s=30.1),
    Waited(step="answer", by="B", start_s=9.7, length_s=3.3, earned_more=True),
    Accepted(step="back", by="A", of="B", yes=True, at_s=20.0),
    StepTaken(step="share", speaker="A", start_s=2.0, end_s=9.7, outcome="done"),
    Paused(start_s=40.0, end_s=50.0, planned_s=12.0),
    Deleted(start_s=60.0, end_s=61.5),
)

LINES = (
    ("A", 2.0, 6.5, "you always leave the kitchen to me when i come home"),
    ("B", 6.0, 9.1, "so you are saying the kitchen is too much after work"),
    ("A", 9.6, 14.0, "i feel tired and a bit lonely with the evenings"),
    ("B", 14.4, 19.9, "that makes sense what would help you most tomorrow"),
    ("A", 20.3, 24.0, "could you cook on tuesday please that would be lovely"),
    ("B", 24.6, 40.0, "yes i can do that and thank you for telling me so openly about all of this"),
)


def talk(id_: str = "talk", lines: tuple[tuple[str, float, float, str], ...] = LINES, **more: object) -> Conversation:
    """Lines of (speaker, start, end, text); words spread over them."""
    words: list[Word] = []
    for who, start_s, end_s, text in lines:
        words.extend(spread(text, who, [(start_s, end_s)]))
    return Conversation(
        id=id_,
        duration_s=max(line[2] for line in lines) + 1 / 3,
        speakers=tuple(dict.fromkeys(line[0] for line in lines)),
        speech=tuple(Span(speaker=who, start_s=a, end_s=b) for who, a, b, _ in lines),
        words=tuple(sorted(words, key=lambda word: word.start_s)),
        word_times="exact",
        **more,  # type: ignore[arg-type]
    )


def measured(conversation: Conversation, names: tuple[str, ...] = NAMES) -> Summary:
    return summarise(
        conversation, names=named(conversation.speakers, names), source=SourceFacts(path=None, channels=1),
        engines=Engines(vad="none"), cues=content.cues(), lexicon=content.lexicon(), wording=content.wording(),
        limits=Limits(),
    )  # fmt: skip


def told(conversation: Conversation, names: tuple[str, ...] = NAMES) -> str:
    return json_form.render(measured(conversation, names))


def ended(
    store: Store,
    conversation: Conversation | None = None,
    *,
    names: tuple[str, ...] = NAMES,
    started_at: str = STARTED,
    ended_at: str = ENDED,
    keep_days: int = 0,
    told_json: str | None = None,
) -> Session:
    """A session with entries and facts; with sound where it is to be kept."""
    conversation = conversation or talk()
    session = store.begin(kind="talk", plan="daily_check_in", names=names, started_at=started_at, keep_days=keep_days)
    store.keep(session.id, ENTRIES)
    record(store.folder_of(session.id) / "recording.wav", conversation.duration_s)
    store.end(session.id, conversation, told_json or told(conversation, names), ended_at=ended_at)
    return store.session(session.id)


def record(path: Path, length_s: float, value: int = 0x11) -> None:
    file = WavFile(path, 1)
    file.append(bytes([value]) * (int(length_s * 16_000) * 2))
    file.close()


def bytes_of(folder: Path) -> bytes:
    """Every byte of every file in a folder, and the files' names."""
    files = [path for path in sorted(folder.rglob("*")) if path.is_file()]
    return b"".join(str(path.relative_to(folder)).encode() + b"\0" + path.read_bytes() for path in files)
