"""Who speaks when: error and speed on the shared recordings, beside the library's own pipeline and webrtcvad."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np

from audio.models import moonshine_folder
from audio.recording import open_recording
from audio.speakers import tracker
from audio.types import RATE_HZ, Span
from audio.vad import WebRtc
from benchmarks.scoring import paired, rttm, scored

MIXED = ("MUL1423.mono.flac", "SNG0072.mono.flac", "SNG0480.mono.flac", "dev00.mono.flac")
APART = ("MUL1423.stereo.flac", "SNG0072.stereo.flac", "SNG0480.stereo.flac")
Listen = Callable[[Path], tuple[Sequence[Span], float]]
"""A recording in, the spans and the seconds of sound out."""


def run(shared: Path) -> None:
    talks = shared / "data" / "conversations"
    mixed, apart = ([talks / name for name in names] for names in (MIXED, APART))
    ours, spent = _speakers(shared, "two voices in a mix", mixed, ours_of)
    print("  to reach: DER 0.12 (aim 0.09), RTF 0.06")
    _speakers(shared, "one microphone each", apart, ours_of)
    print("  to reach: 0.06 with 0.1 s left out at edges")
    _speakers(shared, "katiesteve", [talks / "katiesteve.wav"], ours_of)
    print("  to reach: DER 0.12")
    theirs, theirs_spent = _speakers(shared, "the library's own pipeline", mixed, library_of)
    print(
        f"  ours has {ours / theirs:.2f} times its error and is {theirs_spent / spent:.1f} times faster (12 to reach)"
    )
    clips = sorted((shared / "data" / "speech").glob("*.flac"))
    _speech(shared, "what the measures use", clips, ours_of)
    print("  to reach: F1 0.92, 12 % of pauses missed (aim 5 %)")
    _speech(shared, "webrtcvad", clips, webrtc_of)


def ours_of(path: Path) -> tuple[Sequence[Span], float]:
    listener = tracker()
    for frame in open_recording(path).frames():
        listener.feed(frame)
    voices = listener.voices()
    return voices.spans, voices.duration_s


def library_of(path: Path) -> tuple[Sequence[Span], float]:
    from moonshine_voice.moonshine_api import ModelArch
    from moonshine_voice.transcriber import Transcriber

    sound = np.concatenate([frame.samples.mean(axis=1) for frame in open_recording(path).frames()])
    engine = Transcriber(moonshine_folder(), ModelArch.TINY, options={"identify_speakers": "true"})
    lines = engine.transcribe_without_streaming(sound.tolist(), RATE_HZ).lines
    engine.close()
    return [
        Span(speaker=str(s.speaker_index), start_s=s.start_time, end_s=s.start_time + s.duration)
        for line in lines
        for s in line.speaker_spans or ()
    ], len(sound) / RATE_HZ


def webrtc_of(path: Path) -> tuple[Sequence[Span], float]:
    sound = np.concatenate([frame.samples.mean(axis=1) for frame in open_recording(path).frames()])
    detector = WebRtc()
    active = np.r_[0, detector.probabilities(sound) > 0.5, 0].astype(int)
    edges = np.flatnonzero(np.diff(active)) * detector.step_s
    return [Span(speaker="A", start_s=a, end_s=b) for a, b in zip(edges[::2], edges[1::2], strict=True)], 0.0


def _speakers(shared: Path, title: str, recordings: Sequence[Path], listen: Listen) -> tuple[float, float]:
    """Print what the scorer says; returns the pooled error and the seconds spent a second of sound."""
    with tempfile.TemporaryDirectory() as folder:
        listen(recordings[-1])  # engines load once, and are not what is measured
        found, spent_s, lasted_s = _listened(Path(folder), recordings, listen)
        truth = [path.with_name(path.name.split(".")[0] + ".rttm") for path in recordings]
        lines, total = scored(shared, "speakers", *paired(truth, found))
    print(f"{title}: DER {total['der']:.3f}, {total['der_collar']:.3f} with 0.1 s left out at edges, ", end="")
    print(f"talk share off by {total['share_off_points_mean']:.1f} points, RTF {spent_s / lasted_s:.3f}")
    for line in lines:
        print(f"    {line.rsplit('/', 1)[-1]}")
    return total["der"], spent_s / lasted_s


def _speech(shared: Path, title: str, clips: Sequence[Path], listen: Listen) -> None:
    with tempfile.TemporaryDirectory() as folder:
        found, _, _ = _listened(Path(folder), clips, listen)
        _, total = scored(shared, "speech", *paired([clip.with_suffix(".csv") for clip in clips], found))
    missed, pauses = total["pauses_missed"], total["pauses"]
    print(
        f"speech by {title}: F1 {total['f1']:.3f}, {missed} of {pauses} pauses >= 0.3 s missed ({missed / pauses:.0%})"
    )


def _listened(folder: Path, recordings: Sequence[Path], listen: Listen) -> tuple[list[Path], float, float]:
    found, spent_s, lasted_s = [], 0.0, 0.0
    for path in recordings:
        begun = time.perf_counter()
        spans, length_s = listen(path)
        spent_s += time.perf_counter() - begun
        lasted_s += length_s
        found.append(folder / f"{path.stem}.rttm")
        found[-1].write_text(rttm(path.stem, spans), encoding="utf-8")
    return found, spent_s, lasted_s or 1.0
