"""Wires the engines: the only place that names concrete ones. Everything it calls takes them as values."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING

from coach import content
from coach.annotation_values import MOST_LABEL
from coach.config import FILE_NAME, Config, load
from coach.errors import CoachError
from coach.plain import printable
from coach.summary import Engines, SourceFacts, Summary, named, summarise

if TYPE_CHECKING:
    from audio.speak import SpokenVoice
    from audio.types import Clip, Transcriber, VoiceActivity
    from coach.analysis import Heard, Progress
    from coach.conversation import Conversation
    from coach.live.ending import Outcome, Telling
    from coach.live.request import Request
    from coach.live.screen import ScreenState
    from coach.live.talk import Kit, Talk, Wish
    from coach.measures.saying_back import Understood
    from coach.session.log import Entry
    from coach.session.understanding import Rules
    from coach.store import Session, Store
    from coach.thresholds import Limits


ENGLISH = "Words are read as English: of a talk in another language, trust only who spoke when."
MUTED_S = 8.0
"""Digital silence for so long is told in a talk: some microphones give it between sentences."""


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
    from audio.unheard import Muted, own_voice
    from coach.analysis import hear
    from coach.conversation import coach_speech

    recording = open_recording(path)
    own = own_voice(path)  # of a talk of ours: the coach's own lines are nobody's
    reader = reader_of(recogniser or config.recogniser)
    listener = tracker()
    source = Muted(recording, lambda: own) if own else recording
    id_ = printable(path.stem, MOST_LABEL)
    heard = hear(source, listener, reader, id=id_, unheard=own, progress=progress)
    if not heard.conversation.speech:
        raise RecordingError(f"Nobody is heard speaking in {path}. Choose another recording, or check the microphone.")
    return _summarised(
        replace(heard.conversation, coach=coach_speech(own)),
        names=names,
        config=config,
        source=SourceFacts(path=str(path), channels=recording.channels, dropped_s=heard.dropped_s),
        engines=Engines(vad=listener.vad_name, speakers=heard.voices.engine, transcriber=reader.name),
        cautions=(*heard.cautions, *((ENGLISH,) if heard.conversation.words else ())),
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
    names: Sequence[str] | Mapping[str, str],
    config: Config,
    source: SourceFacts,
    engines: Engines,
    cautions: Sequence[str] = (),
    understood: Sequence[Understood] = (),
) -> Summary:
    from coach.practice.content import paraphrase_content

    return summarise(
        conversation,
        names=names if isinstance(names, Mapping) else named(conversation.speakers, names),
        source=source,
        engines=engines,
        cues=content.cues(),
        lexicon=content.lexicon(),
        wording=content.wording(),
        limits=config.limits,
        cautions=cautions,
        paraphrasing=paraphrase_content,
        understood=understood,
    )


def rendered(summary: Summary, format_: str, *, audio: bool = False) -> str:
    """The summary as one of the formats of coach/render; `audio`: the page carries a copy of its recording.

    Raises RecordingError where the recording can no longer be read.
    """
    if format_ == "html" and audio and summary.source.path is not None:
        from audio.compressed import MIME, compressed
        from audio.recording import open_recording
        from coach.render import html

        copy = html.AudioCopy(data=compressed(open_recording(summary.source.path)), mime=MIME)
        return html.render(summary, copy)
    render: Callable[[Summary], str] = import_module(f"coach.render.{format_}").render
    return render(summary)


def reader_of(wanted: str) -> Transcriber:
    """The recogniser that is set; "auto": the best that is here. Raises EngineError."""
    from audio.transcribe import transcriber

    return transcriber(wanted=None if wanted == "auto" else wanted)


def voice_activity() -> VoiceActivity:
    from audio.vad import Silero

    return Silero()


def rules(limits: Limits) -> Rules:
    """What an utterance in a session is understood by."""
    from coach.session.understanding import Rules

    return Rules(grammar=content.commands(), cues=content.cues(), commands=limits.commands, floor=limits.floor)


def spoken_voice(config: Config) -> SpokenVoice:
    """The voice that is set, warm; its owner closes it. Raises EngineError."""
    from audio.speak import SpokenVoice

    return SpokenVoice(None if config.voice == "auto" else config.voice, config.words_per_minute)


@contextmanager
def voice() -> Iterator[SpokenVoice]:
    """The voice of this machine, warm. Raises EngineError where there is none."""
    spoken = spoken_voice(config())
    try:
        yield spoken
    finally:
        spoken.close()


def speak(summary: Summary, path: Path) -> tuple[Summary, Clip]:
    """The feedback as sound, written to `path`; and the summary with the voice among its engines."""
    from audio.recording import write_wav
    from coach.render import speech

    with voice() as spoken:
        clip = spoken.render(speech.render(summary))
        write_wav(path, clip)
        return replace(summary, engines=replace(summary.engines, voice=spoken.name)), clip


def demo(progress: Progress = lambda stage, share: None) -> Summary:
    """The bundled conversation, analysed with the settings as they come: everybody sees the same demo."""
    path = Path(__file__).parent.parent / "fixtures" / "demo.flac"
    if not path.is_file():
        raise CoachError(f"The demo conversation is not in {path.parent}. Run the demo from a clone: make demo")
    return analyze(path, names=("Daniel", "Sarah"), config=Config(), progress=progress)


def talk(
    request: Request,
    store: Store,
    *,
    config: Config,
    listeners: Sequence[Callable[[ScreenState], None]] = (),
    started: Callable[[Talk], None] = lambda talk: None,
) -> Outcome:
    """A guided talk, from the open microphone to the spoken summary. `started` gets it, to press keys on.

    Raises AudioError: no microphone, or an engine is missing; CoachError: another talk, or nothing can be kept.
    """
    from audio.microphone import CaptureLimits, open_microphone
    from coach import chosen
    from coach.live.keeping import place_for
    from coach.live.lock import only_talk
    from coach.live.talk import Talk

    with only_talk(store.folder), place_for(store.folder) as place:
        wanted = chosen.wanted_for_talk(config_path().parent)
        with (
            open_microphone(place, wanted=wanted, limits=CaptureLimits(muted_s=MUTED_S)) as microphone,
            talk_kit(config) as kit,
        ):
            one = Talk(_wish(request, store, config), kit, store, microphone, listeners)
            started(one)
            return one.run()


def _wish(request: Request, store: Store, config: Config) -> Wish:
    from coach.live.talk import Wish
    from coach.session.exchange import Setup

    configured = (config.names[0], config.names[1]) if len(config.names) == 2 else Setup().names
    names = request.names or configured
    voices = store.voices()
    known = {speaker: voices[name] for speaker, name in zip("AB", names, strict=True) if name in voices}
    known = known if len(known) == 2 else {}
    setup = Setup(
        names=names, first_ever=not any(one.kind == "talk" for one in store.sessions()), hellos=not known,
        pace=request.pace, times_s=request.times_s, pause_s=request.pause_s, live_cue=request.live_cue,
        keep_days=request.keep_days,
    )  # fmt: skip
    return Wish(
        plan=content.session_plan(request.session), break_plan=content.session_plan("pause_and_reflect"),
        common=content.common_words(), setup=setup, known=known,
        rules=rules(config.limits),
    )  # fmt: skip


def finish_talk(
    store: Store, session: Session, *, config: Config, progress: Progress = lambda stage, share: None
) -> Outcome:
    """A talk that was broken off, summed up from its recording. Raises AudioError or CoachError."""
    from audio.speakers import enrol, tracker
    from coach.live.finishing import Listener, finish

    reader = reader_of(config.recogniser)
    listener = Listener(tracker=lambda known: tracker(enrolled=known), enrol=enrol, reader=reader)
    return finish(store, session, listener, _telling(config, reader.name, voice=""), progress)


def _telling(config: Config, reader: str, voice: str) -> Telling:
    """How what was heard in a talk becomes a summary, a page and a row of the store."""
    from audio.speakers import tracker
    from coach.live.ending import Telling
    from coach.store.summaries import understood_in

    vad = tracker().vad_name

    def summary(heard: Heard, talk: Conversation, names: Mapping[str, str], log: Sequence[Entry]) -> Summary:
        return _summarised(
            talk,
            names=names,
            config=config,
            source=SourceFacts(path=None, channels=len(heard.voices.channels) or 1, dropped_s=heard.dropped_s),
            engines=Engines(vad=vad, speakers=heard.voices.engine, transcriber=reader, voice=voice),
            cautions=(*heard.cautions, *((ENGLISH,) if talk.words else ())),
            understood=tuple(understood_in(log)),
        )

    return Telling(summary=summary, page=lambda told: rendered(told, "html"), json=lambda told: rendered(told, "json"))


def _warm(config: Config) -> None:
    """Sum up a talk of one word: what is read and compiled at first use must not be waited for at the end."""
    from audio.types import Span, Word
    from coach.conversation import Conversation
    from coach.practice.content import paraphrase_content

    words, speech = (Word(speaker="A", start_s=0, end_s=1, text="Well."),), (Span(speaker="A", start_s=0, end_s=1),)
    talk = Conversation(id="", duration_s=1, speakers=("A",), speech=speech, words=words)
    paraphrase_content()
    _summarised(talk, names={}, config=config, source=SourceFacts(path=None, channels=1), engines=Engines())


@contextmanager
def talk_kit(config: Config) -> Iterator[Kit]:
    """The engines of a live talk. Raises AudioError where one is missing; a missing voice is None."""
    from concurrent.futures import ThreadPoolExecutor
    from threading import Thread

    from audio.errors import EngineError
    from audio.loudspeaker import play
    from audio.readings import readings
    from audio.speakers import enrol, tracker
    from audio.transcribe import Moonshine
    from audio.vad import WebRtc
    from coach.live.talk import Kit

    with ThreadPoolExecutor() as together:  # a second each
        speaking = together.submit(spoken_voice, config)
        quick, reader = Moonshine(), reader_of(config.recogniser)  # in turn: its library loads itself only once
    Thread(target=_warm, args=(config,), name="warm", daemon=True).start()
    try:
        spoken: SpokenVoice | None = speaking.result()
    except EngineError:
        spoken = None
    try:
        yield Kit(
            gate=WebRtc(), quick=quick, reader=reader, readings=readings, voice=spoken, play=play,
            tracker=lambda known: tracker(enrolled=known), enrol=enrol,
            telling=_telling(config, reader.name, spoken.name if spoken else ""),
        )  # fmt: skip
    finally:
        if spoken:
            spoken.close()
