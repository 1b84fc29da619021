"""Wires the engines: the only place that names concrete ones. Everything it calls takes them as values."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from coach import content
from coach.config import FILE_NAME, Config, load
from coach.summary import Engines, SourceFacts, Summary, named, summarise

if TYPE_CHECKING:
    from coach.analysis import Progress
    from coach.conversation import Conversation


def config_path() -> Path:
    from platformdirs import user_config_path

    return user_config_path("coach", appauthor=False) / FILE_NAME


def config() -> Config:
    return load(config_path())


def analyze(
    path: Path,
    *,
    names: Sequence[str] = (),
    config: Config,
    recogniser: str | None = None,
    progress: Progress = lambda stage, share: None,
) -> Summary:
    """Listen to a recording. Raises AudioError."""
    from audio.errors import RecordingError
    from audio.recording import open_recording
    from audio.speakers import tracker
    from audio.transcribe import transcriber
    from coach.analysis import hear

    recording = open_recording(path)
    wanted = recogniser or config.recogniser
    reader = transcriber(wanted=None if wanted == "auto" else wanted)
    listener = tracker()
    heard = hear(recording, listener, reader, id=path.stem, progress=progress)
    if not heard.conversation.speech:
        raise RecordingError(f"Nobody is heard speaking in {path}. Choose another recording, or check the microphone.")
    return _summarised(
        heard.conversation,
        names=names,
        config=config,
        source=SourceFacts(path=str(path), channels=recording.channels, dropped_s=heard.dropped_s),
        engines=Engines(vad=listener.vad_name, speakers=heard.voices.engine, transcriber=reader.name),
        cautions=heard.cautions,
    )


def measure(path: Path, *, names: Sequence[str] = (), config: Config) -> Summary:
    """Measure an annotated conversation. Raises AnnotationError."""
    from coach.annotations import read

    conversation = read(path, config.limits.turns)
    source = SourceFacts(path=str(path), channels=0)
    return _summarised(conversation, names=names, config=config, source=source, engines=Engines())


def _summarised(
    conversation: Conversation,
    *,
    names: Sequence[str],
    config: Config,
    source: SourceFacts,
    engines: Engines,
    cautions: Sequence[str] = (),
) -> Summary:
    return summarise(
        conversation,
        names=named(conversation.speakers, names),
        source=source,
        engines=engines,
        cues=content.cues(),
        lexicon=content.lexicon(),
        wording=content.wording(),
        limits=config.limits,
        cautions=cautions,
    )
