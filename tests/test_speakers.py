"""Who speaks when, with the real models, on the bundled conversation of two synthetic voices."""

from __future__ import annotations

from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pytest
import soundfile

from audio import embedded
from audio.channels import ChannelOptions, one_person_each
from audio.errors import EngineError, ModelError
from audio.mixed import likeliest
from audio.spans import SpanLimits, runs, tidy
from audio.speakers import enrol, tracker
from audio.types import RATE_HZ, Clip, Frame

if TYPE_CHECKING:
    from audio.types import Samples, Voices

FIXTURES = Path(__file__).parent.parent / "fixtures"
SECONDS = 30.0


@cache
def demo() -> Samples:
    samples, rate_hz = soundfile.read(
        FIXTURES / "demo.flac", frames=round(SECONDS * RATE_HZ), dtype="float32", always_2d=True
    )
    assert rate_hz == RATE_HZ
    mixed: Samples = samples.mean(axis=1)
    return mixed


@cache
def truth() -> np.ndarray:
    """Shape (frames, 2), in the order of the speakers' first words."""
    rows = [line.split() for line in (FIXTURES / "demo.rttm").read_text().splitlines() if line.startswith("SPEAKER")]
    names = list(dict.fromkeys(row[7] for row in sorted(rows, key=lambda row: float(row[3]))))
    active = np.zeros((round(SECONDS * 100), 2), np.bool_)
    for row in rows:
        start = float(row[3])
        active[round(start * 100) : round((start + float(row[4])) * 100), names.index(row[7])] = True
    return active


def separate() -> Samples:
    """The same talk with a microphone each, and each heard faintly in the other's."""
    gates = np.repeat(truth(), RATE_HZ // 100, axis=0)[: len(demo())]
    own = demo()[:, None] * gates
    return (own + 0.1 * own[:, ::-1]).astype(np.float32)


@cache
def heard() -> Voices:
    return listen(demo())


def listen(sound: Samples, enrolled: dict[str, np.ndarray] | None = None) -> Voices:
    listener, block = tracker(enrolled=enrolled), 8_000
    sound = sound.reshape(len(sound), -1)
    for first in range(0, len(sound), block):
        listener.feed(Frame(first_sample=first, samples=sound[first : first + block]))
    return listener.voices()


def frames(voices: Voices, names: tuple[str, str] = ("A", "B")) -> np.ndarray:
    active = np.zeros_like(truth())
    for span in voices.spans:
        active[round(span.start_s * 100) : round(span.end_s * 100), names.index(span.speaker)] = True
    return active


def error(active: np.ndarray) -> float:
    """Frames of each speaker that are wrong, over frames of speech."""
    return float((active != truth()).sum() / truth().sum())


def test_two_voices_in_one_channel_are_told_apart() -> None:
    voices = heard()
    assert voices.voices_found == 2
    assert error(frames(voices)) < 0.15
    assert voices.channels == ()
    for speaker in "AB":
        own = [span for span in voices.spans if span.speaker == speaker]
        assert min(b.start_s - a.end_s for a, b in pairwise(own)) > 0.179
        assert min(span.duration_s for span in own) > 0.119
        assert all(0 < span.probability <= 1 for span in own)


def test_blocks_and_questions_in_between_change_nothing() -> None:
    listener = tracker()
    for first in range(0, len(demo()), 190_001):
        listener.feed(Frame(first_sample=first, samples=demo()[first : first + 190_001, None]))
        listener.voices()
    assert listener.voices() == heard()


def test_one_voice_is_not_split() -> None:
    alone = demo()[np.repeat(truth()[:, 0] & ~truth()[:, 1], RATE_HZ // 100)[: len(demo())]]
    voices = listen(alone)
    assert voices.voices_found == 1
    assert {span.speaker for span in voices.spans} == {"A"}
    assert voices.cautions


def test_enrolled_voices_give_their_names() -> None:
    masks = np.repeat(truth(), RATE_HZ // 100, axis=0)[: len(demo())]
    known = {
        "second": enrol(Clip(samples=demo()[masks[:, 1] & ~masks[:, 0]])),
        "first": enrol(Clip(samples=demo()[masks[:, 0] & ~masks[:, 1]])),
    }
    assert error(frames(listen(demo(), enrolled=known), ("first", "second"))) < 0.15
    with pytest.raises(EngineError, match="Speak"):
        enrol(Clip(samples=np.zeros(RATE_HZ, np.float32)))


def test_a_microphone_each_decides_by_channel() -> None:
    voices = listen(separate())
    assert voices.channels == ("A", "B")
    assert error(frames(voices)) < 0.15


def test_silence_before_the_talk_does_not_decide() -> None:
    silence = np.zeros((35 * RATE_HZ, 2), np.float32)
    voices = listen(np.concatenate([silence, separate()]))
    assert voices.channels == ("A", "B")


def test_a_mix_on_both_channels_is_a_mix() -> None:
    same = np.stack([demo(), 0.8 * demo()], axis=1)
    assert not one_person_each(same, ChannelOptions())
    assert one_person_each(separate(), ChannelOptions())
    assert listen(same[: 10 * RATE_HZ]).channels == ()


def test_nothing_and_silence_have_no_speakers() -> None:
    assert tracker().voices().spans == ()
    silent = listen(np.zeros(3 * RATE_HZ, np.float32))
    assert (silent.spans, silent.voices_found, silent.duration_s) == ((), 0, 3.0)


def test_short_silences_are_filled_before_clicks_are_dropped() -> None:
    mask = np.array([c == "x" for c in "xxxxx" + "." * 17 + "xxxxxxx" + "." * 18 + "x" * 11])
    assert runs(tidy(mask, SpanLimits())) == [(0, 29)]


def test_the_likeliest_path_pays_for_its_switches() -> None:
    towards = np.array([1.0] * 5 + [-1.0] * 2 + [1.0] * 5 + [-1.0] * 9)
    cost = np.full(len(towards), 3.0)
    assert runs(likeliest(towards, cost)) == [(0, 12)]
    assert runs(likeliest(towards, np.zeros(len(towards)))) == [(0, 5), (7, 12)]


def test_models_are_cached_whole_and_a_missing_one_names_its_path(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    data = embedded.weights(embedded.SEGMENTATION, tmp_path / "models", tmp_path / "cache")
    assert (tmp_path / "cache/segmentation.ort").read_bytes() == data
    (tmp_path / "cache/segmentation.ort").write_bytes(data[:-1])
    monkeypatch.setattr(embedded, "_from_library", lambda model: None)
    with pytest.raises(ModelError, match=str(tmp_path / "models/segmentation.ort")):
        embedded.weights(embedded.SEGMENTATION, tmp_path / "models", tmp_path / "cache")
    (tmp_path / "models").mkdir()
    (tmp_path / "models/segmentation.ort").write_bytes(data)
    assert embedded.weights(embedded.SEGMENTATION, tmp_path / "models", tmp_path / "cache") == data


def test_digital_silence_around_short_turns_does_not_change_a_voice() -> None:
    """Where the coach spoke there are zeros: they once were part of how a room sounds, and voices were mixed up."""
    alone = np.where(truth().sum(axis=1) == 1, truth().argmax(axis=1), -1)
    pieces, names, first = [], [], 0
    for end in [*(np.flatnonzero(np.diff(alone)) + 1), len(alone)]:
        if alone[first] >= 0 and end - first >= 60:
            pieces += [demo()[first * 160 : min(end, first + 150) * 160], np.zeros(4 * RATE_HZ, np.float32)]
            names.append("AB"[alone[first]])
        first = end
    starts_s = np.cumsum([0, *(len(piece) / RATE_HZ for piece in pieces)])[::2]
    spans = listen(np.concatenate(pieces)).spans
    found = [
        {span.speaker for span in spans if start_s <= span.start_s + 0.1 < start_s + 1.5} for start_s in starts_s[:-1]
    ]
    assert len(names) > 6
    assert found == [{name} for name in names]
