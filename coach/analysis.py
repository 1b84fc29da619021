"""From sound to the facts of a conversation, with whatever engines it is given.

    source --Frames--> tracker --Voices--> pieces --Clips--> transcriber --> Conversation

The pieces are a pure function of the spans, and a transcript is a pure function of its piece: what was recognised while
people talked is used again at the end wherever the piece is still the same.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, MutableMapping, Sequence
from dataclasses import dataclass, replace

from audio.errors import EngineError
from audio.recording import Stretch, cut
from audio.types import RATE_HZ, Source, Span, SpeakerTracker, Transcriber, Transcript, Voices, Word
from coach.annotation_values import spread
from coach.conversation import Conversation, Talk, WordTimes, without

SILENCE_WITHIN_PIECE_S = 0.7  # the recogniser reads a sentence better whole; longer silence ends most sentences
LONGEST_PIECE_S = 28.0  # faster-whisper's window is 30 s
MARGIN_S = 0.15  # soft first and last sounds lie outside what activity detection finds
LEAST_LEFT_S = 0.12  # as short as a click
BURST_S = 0.7  # shorter than this inside the other's speech, one microphone gives nothing that can be read

Progress = Callable[[str, float], None]
"""Called with what is being done and the share of it that is done, 0-1."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Piece:
    """Spans of one speaker that are recognised together."""

    spans: tuple[Span, ...]
    channel: int | None = None

    @property
    def stretch(self) -> Stretch:
        start_s, end_s = self.spans[0].start_s - MARGIN_S, self.spans[-1].end_s + MARGIN_S
        return Stretch(start_s=max(0.0, start_s), end_s=end_s, channel=self.channel)


@dataclass(frozen=True, slots=True, kw_only=True)
class Heard:
    """A conversation, how it was heard, and what was doubtful about it."""

    conversation: Conversation
    voices: Voices
    dropped_s: float
    cautions: tuple[str, ...]


def hear(
    source: Source,
    tracker: SpeakerTracker,
    transcriber: Transcriber,
    *,
    id: str,
    unheard: Sequence[tuple[float, float]] = (),
    known: MutableMapping[Stretch, Transcript] | None = None,
    progress: Progress = lambda stage, share: None,
) -> Heard:
    """Listen to a whole source. `known` holds what was recognised already and takes what is recognised now.

    `unheard`: stretches in which nobody counts as speaking, by start; the source has silence there.
    Raises AudioError where the source or the tracker fails; a piece that the transcriber fails on stays without words.
    """
    dropped_s = follow(source, tracker, progress)
    voices = audible(tracker.voices(), unheard)
    return read(source, voices, transcriber, id=id, dropped_s=dropped_s, known=known, progress=progress)


def audible(voices: Voices, unheard: Sequence[tuple[float, float]]) -> Voices:
    """The voices without what lies in these stretches, nor what is left of a word at their edges."""
    spans = tuple(
        replace(span, start_s=start_s, end_s=end_s)
        for span in voices.spans
        for start_s, end_s in without(span.start_s, span.end_s, unheard)
        if (start_s, end_s) == (span.start_s, span.end_s) or end_s - start_s >= LEAST_LEFT_S
    )
    return replace(voices, spans=spans) if spans != voices.spans else voices


def read(
    source: Source,
    voices: Voices,
    transcriber: Transcriber,
    *,
    id: str,
    dropped_s: float = 0.0,
    known: MutableMapping[Stretch, Transcript] | None = None,
    progress: Progress = lambda stage, share: None,
) -> Heard:
    """The words of voices that were told apart already. Raises AudioError where the source fails."""
    known = {} if known is None else known
    pieces = pieces_of(voices)
    unread = transcribe(source, pieces, transcriber, known, progress)
    words = tuple(word for piece in pieces if piece.stretch in known for word in words_of(piece, known[piece.stretch]))
    exact = any(transcript.words for transcript in known.values())
    times: WordTimes = "none" if not words else "exact" if exact else "estimated"
    conversation = Conversation(
        id=id, duration_s=voices.duration_s, speakers=tuple(dict.fromkeys(span.speaker for span in voices.spans)),
        speech=voices.spans, words=words, word_times=times, mixed=not voices.channels,
    )  # fmt: skip
    cautions = (*getattr(source, "cautions", ()), *voices.cautions)
    if unread:
        cautions += (f"{unread} of {len(pieces)} stretches of speech could not be recognised and have no words.",)
    return Heard(conversation=conversation, voices=voices, dropped_s=dropped_s, cautions=cautions)


def follow(source: Source, tracker: SpeakerTracker, progress: Progress) -> float:
    """Feed the tracker with all of the source. Returns the seconds that were lost when it was recorded."""
    lost = 0
    for frame in source.frames():
        tracker.feed(frame)
        lost += len(frame.samples) if frame.lost else 0
        heard_s = (frame.first_sample + len(frame.samples)) / RATE_HZ
        progress("Telling the voices apart", min(1.0, heard_s / source.duration_s) if source.duration_s else 0.0)
    return lost / RATE_HZ


def pieces_of(voices: Voices) -> tuple[Piece, ...]:
    """What is recognised together: own spans over short silences, no longer than the recogniser takes."""
    open_pieces: dict[str, list[Span]] = {}
    done: list[list[Span]] = []
    for span in _readable(voices):
        spans = open_pieces.get(span.speaker)
        if spans and (
            span.start_s - spans[-1].end_s < SILENCE_WITHIN_PIECE_S and span.end_s - spans[0].start_s <= LONGEST_PIECE_S
        ):
            spans.append(span)
            continue
        if spans:
            done.append(spans)
        open_pieces[span.speaker] = [span]
    done.extend(open_pieces.values())
    channels = {speaker: channel for channel, speaker in enumerate(voices.channels)}
    pieces = (Piece(spans=tuple(spans), channel=channels.get(spans[0].speaker)) for spans in done)
    return tuple(sorted(pieces, key=lambda piece: piece.spans[0].start_s))


def _readable(voices: Voices) -> Iterator[Span]:
    """What of the speech is worth a recogniser: from one microphone not where two speak, except for a listening sound.

    A burst under the other's speech gives no words, and takes none from the other; of a longer overlap neither can be
    read, and two half-heard sentences would be quoted as if somebody had said them.
    """
    speakers = {span.speaker for span in voices.spans}
    talks = {speaker: Talk([span for span in voices.spans if span.speaker == speaker]) for speaker in speakers}
    for span in voices.spans:
        both = sorted(
            stretch
            for speaker in speakers - {span.speaker}
            for stretch in talks[speaker].within(span.start_s, span.end_s)
        )
        both_s = sum(end_s - start_s for start_s, end_s in both)
        if not voices.channels and span.duration_s < BURST_S and both_s > span.duration_s / 2:
            continue
        unread = [] if voices.channels else [stretch for stretch in both if stretch[1] - stretch[0] >= BURST_S]
        for start_s, end_s in without(span.start_s, span.end_s, unread):
            yield from _parts(replace(span, start_s=start_s, end_s=end_s))


def _parts(span: Span) -> Iterator[Span]:
    """The span, cut evenly where it is longer than the recogniser takes."""
    parts = int(span.duration_s // LONGEST_PIECE_S) + 1
    part_s = span.duration_s / parts
    for part in range(parts):
        yield replace(span, start_s=span.start_s + part * part_s, end_s=span.start_s + (part + 1) * part_s)


def transcribe(
    source: Source,
    pieces: Sequence[Piece],
    transcriber: Transcriber,
    known: MutableMapping[Stretch, Transcript],
    progress: Progress,
) -> int:
    """Recognise the pieces that are not known yet. Returns how many the transcriber failed on."""
    wanted = sorted({piece.stretch for piece in pieces} - known.keys(), key=lambda stretch: stretch.start_s)
    failed = 0
    for done, (stretch, clip) in enumerate(zip(wanted, cut(source, wanted), strict=True), start=1):
        try:
            known[stretch] = transcriber.transcribe(clip)
        except EngineError:  # one stretch without words is better than no result
            failed += 1
        progress("Writing down the words", done / len(wanted))
    return failed


def words_of(piece: Piece, transcript: Transcript) -> Iterator[Word]:
    """The words with times on the recording's clock; estimated ones are spread over the speech by their letters."""
    speaker = piece.spans[0].speaker
    if transcript.words:
        first_s = piece.stretch.start_s
        for word in transcript.words:
            yield Word(speaker=speaker, start_s=first_s + word.start_s, end_s=first_s + word.end_s, text=word.text)
        return
    yield from spread(transcript.text, speaker, [(span.start_s, span.end_s) for span in piece.spans])
