"""The parts of the recorder by values, and its file under a disk that fails."""

from __future__ import annotations

import os
import random
import stat
import subprocess
import sys
import wave
from pathlib import Path

import numpy as np
import pytest
import soundfile
from hypothesis import given
from hypothesis import strategies as st

from audio import capture_events as events
from audio.capture import Conversion, Start
from audio.capture_process import form_for
from audio.continuity import GAP_MARGIN_S, LOST_S, MutedWatch, Punctuality, SampleClock, Watchdog
from audio.errors import RecordingError
from audio.lost import LostStretch, list_of, lost_stretches, mark
from audio.tail import Tail, next_edge
from audio.types import RATE_HZ
from audio.wavfile import HEADER_BYTES, WavFile, repair

BLOCK_S = 0.02
BLOCK = round(BLOCK_S * RATE_HZ)


def fed(clock: SampleClock, arrivals_s: list[float], *, broken_off: bool = False) -> int:
    return sum(clock.lost_before(arrived_s, BLOCK, broken_off=broken_off) for arrived_s in arrivals_s)


def even(first: int, blocks: int) -> list[float]:
    return [100 + BLOCK_S * index for index in range(first, first + blocks)]


def test_nothing_is_lost_while_blocks_come_evenly() -> None:
    assert fed(SampleClock(), even(0, 5000)) == 0


def test_late_blocks_that_catch_up_are_not_lost() -> None:
    clock = SampleClock()
    fed(clock, even(0, 100))
    stall = [at_s if at_s > 104.5 else 104.5 for at_s in even(100, 400)]  # 2.5 s of nothing, then all of it at once
    assert fed(clock, stall) == 0


@pytest.mark.parametrize("parts_per_million", [-300, 300])
def test_a_sound_card_with_a_clock_of_its_own_loses_nothing(parts_per_million: int) -> None:
    stretch = 1 + parts_per_million / 1e6
    assert fed(SampleClock(), [100 + BLOCK_S * stretch * index for index in range(180_000)]) == 0  # an hour


def test_lost_blocks_are_found_without_a_word_from_the_driver() -> None:
    clock = SampleClock()
    fed(clock, even(0, 500))
    lost = fed(clock, even(510, 500))  # ten blocks never came
    assert lost == 10 * BLOCK
    assert clock.samples == 1010 * BLOCK


def test_the_driver_says_that_it_lost_sound() -> None:
    clock = SampleClock()
    fed(clock, even(0, 10))
    assert clock.lost_before(100 + BLOCK_S * 12, BLOCK, broken_off=True) == 2 * BLOCK
    assert clock.lost_before(100 + BLOCK_S * 13, BLOCK, broken_off=True) == 0


def test_a_gap_is_filled_as_time_goes_on_and_ends_exactly() -> None:
    clock = SampleClock()
    fed(clock, even(0, 50))
    last_s = even(49, 1)[0]
    assert clock.lost_until(last_s + GAP_MARGIN_S) == 0
    first = clock.lost_until(last_s + 1)
    assert first == round((1 - GAP_MARGIN_S) * RATE_HZ)
    rest = clock.lost_before(last_s + 2 + BLOCK_S, BLOCK, broken_off=True)
    assert first + rest == 2 * RATE_HZ


def test_before_the_first_block_nothing_is_missing() -> None:
    assert SampleClock().lost_until(1e6) == 0


@given(st.lists(st.floats(0, LOST_S * 0.9), min_size=10, max_size=300))
def test_any_small_lateness_is_no_loss(late_s: list[float]) -> None:
    clock = SampleClock()
    assert clock.lost_before(100, BLOCK) == 0
    assert fed(clock, [at_s + late for at_s, late in zip(even(1, len(late_s)), late_s, strict=True)]) == 0


def test_the_watchdog_is_patient_until_the_first_block() -> None:
    watchdog = Watchdog(6.0, 1.0)
    assert not watchdog.gone(5.9)
    watchdog.block()
    assert not watchdog.gone(0.9)
    watchdog.block()
    assert not watchdog.gone(0.5)
    assert watchdog.gone(0.5)
    watchdog.restarted()
    assert not watchdog.gone(5.9)


def test_muted_is_told_once_and_so_is_its_end() -> None:
    watch = MutedWatch(1.0)
    told = [watch.hears(0.25, zeros=zeros) for zeros in (True, True, False, *[True] * 6, False, False)]
    assert told == [None] * 6 + ["muted", None, None, "heard", None]


def test_punctuality_counts_long_waits_and_forgets_the_wait_for_a_new_device() -> None:
    punctuality = Punctuality(0.06)
    for arrived_s in (1.0, 1.04, 1.2):
        punctuality.block(arrived_s)
    punctuality.restarted()
    punctuality.block(9.0)
    assert (punctuality.blocks, punctuality.late_blocks) == (4, 1)
    assert punctuality.longest_wait_s == pytest.approx(0.16)


def test_events_survive_the_way_to_the_coach() -> None:
    for event in (
        events.Opened(first_sample=0, device="Mikrofon “é”", rate_hz=48000, channels=2),
        events.Lost(first_sample=5, samples=7),
        events.Stopped(reason="disk full", samples=9, detail="No space left"),
    ):
        line = events.to_line(event)
        assert line.count(b"\n") == 1
        assert events.from_line(line) == event


class OnlySome:
    """A sounddevice whose device takes certain forms only."""

    class PortAudioError(Exception):
        pass

    def __init__(self, *forms: tuple[int, int]) -> None:
        self._forms = forms

    def check_input_settings(self, device: object, *, channels: int, dtype: str, samplerate: int) -> None:
        assert dtype == "int16"
        if (samplerate, channels) not in self._forms:
            raise self.PortAudioError


@pytest.mark.parametrize(
    ("forms", "wanted", "opened"),
    [
        ([(16000, 1), (48000, 2)], 1, (16000, 1)),
        ([(48000, 1), (48000, 2)], 1, (48000, 1)),
        ([(16000, 2), (48000, 2)], 1, (16000, 2)),
        ([(48000, 2)], 1, (48000, 2)),
        ([(16000, 1), (16000, 2)], 2, (16000, 2)),
    ],
)
def test_the_form_nearest_to_ours_is_opened(forms: list[tuple[int, int]], wanted: int, opened: tuple[int, int]) -> None:
    facts = {"default_samplerate": 48000.0, "max_input_channels": 2}
    assert form_for(OnlySome(*forms), None, facts, wanted) == opened


def tone(rate_hz: int, channels: int) -> np.ndarray:
    sine = 8000 * np.sin(2 * np.pi * 440 * np.arange(rate_hz) / rate_hz)
    return np.repeat(np.round(sine).astype("<i2")[:, None], channels, axis=1)


@pytest.mark.parametrize(
    ("rate_hz", "given_channels", "wanted"), [(48000, 2, 1), (44100, 1, 1), (8000, 1, 2), (16000, 4, 2)]
)
def test_any_rate_and_channels_become_ours(rate_hz: int, given_channels: int, wanted: int) -> None:
    conversion = Conversion(Start(device="x", rate_hz=rate_hz, channels=given_channels), wanted)
    sound = tone(rate_hz, given_channels)
    blocks = np.array_split(sound, 50)
    out = np.frombuffer(b"".join(conversion.converted(block.tobytes()) for block in blocks), "<i2").reshape(-1, wanted)
    assert 0.9 * RATE_HZ < len(out) <= RATE_HZ
    middle = out[RATE_HZ // 4 : 3 * RATE_HZ // 4].astype(float)
    assert np.sqrt((middle**2).mean(axis=0)) == pytest.approx(8000 / np.sqrt(2), rel=0.02)
    spectrum = np.abs(np.fft.rfft(middle[:, 0]))
    assert spectrum.argmax() * RATE_HZ / len(middle) == pytest.approx(440, abs=2)


def test_our_own_form_passes_bit_for_bit() -> None:
    content = random.Random(1).randbytes(640)
    assert Conversion(Start(device="x", rate_hz=RATE_HZ, channels=1), 1).converted(content) == content


def test_two_channels_stay_apart() -> None:
    sound = np.array([[1, -1, 9], [2, -2, 9]], "<i2")
    out = Conversion(Start(device="x", rate_hz=RATE_HZ, channels=3), 2).converted(sound.tobytes())
    assert np.frombuffer(out, "<i2").tolist() == [1, -1, 2, -2]


def readable(path: Path) -> int:
    """Samples, as all three say."""
    with wave.open(str(path)) as file:
        samples = file.getnframes()
        assert len(file.readframes(samples)) == samples * file.getnchannels() * 2
    assert soundfile.info(path).frames == samples
    return samples


@pytest.mark.parametrize("channels", [1, 2])
def test_the_file_is_whole_after_every_block(tmp_path: Path, channels: int) -> None:
    path = tmp_path / "recording.wav"
    file = WavFile(path, channels)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    for blocks in range(1, 5):
        file.append(bytes(range(160)) * channels)
        assert readable(path) == file.samples == 80 * blocks
    file.close()
    assert readable(path) == 320
    assert repair(path) == 320


def test_killed_between_block_and_header(tmp_path: Path) -> None:
    path = tmp_path / "recording.wav"
    file = WavFile(path, 2)
    file.append(bytes(400))
    file.close()
    with path.open("ab") as torn:
        torn.write(bytes(402))  # a block whose header never came, and half a sample
    assert readable(path) == 100
    assert repair(path) == 200
    assert readable(path) == 200


def test_a_header_that_states_more_than_there_is(tmp_path: Path) -> None:
    path = tmp_path / "recording.wav"
    file = WavFile(path, 1)
    file.append(bytes(1000))
    file.close()
    os.truncate(path, HEADER_BYTES + 100)  # the power went before the disk had it all
    assert repair(path) == 50
    assert readable(path) == 50


@pytest.mark.parametrize("content", [b"", b"RIFF", bytes(44), b"RIFF" + bytes(100)])
def test_what_is_no_recording_is_not_mended(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "recording.wav"
    path.write_bytes(content)
    with pytest.raises(RecordingError, match="no recording of the coach"):
        repair(path)
    assert path.read_bytes() == content


def test_a_disk_that_takes_only_a_part(tmp_path: Path) -> None:
    """A limit on the size of files: the first write past it is a short count without an error, the next an error."""
    script = """
import resource, sys
from pathlib import Path
from audio.wavfile import WavFile
resource.setrlimit(resource.RLIMIT_FSIZE, (1001, 1001))
file = WavFile(Path(sys.argv[1]), 1)
file.append(bytes(900))
try:
    file.append(b"\\1" * 900)
except OSError as error:
    print(file.samples, error.strerror)
file.close()
"""
    path = tmp_path / "recording.wav"
    done = subprocess.run([sys.executable, "-c", script, str(path)], capture_output=True, text=True, check=True)
    assert done.stdout.split(maxsplit=1) == ["478", "File too large\n"]
    assert readable(path) == (1001 - HEADER_BYTES) // 2
    assert path.read_bytes()[-56:] == b"\1" * 56


def test_lost_stretches_are_kept_beside_the_recording(tmp_path: Path) -> None:
    recording = tmp_path / "recording.wav"
    assert lost_stretches(recording) == ()
    for first_sample, samples in ((100, 50), (150, 50), (400, 10)):
        mark(recording, LostStretch(first_sample=first_sample, samples=samples))
    with list_of(recording).open("a") as torn:
        torn.write("50")  # of "5000 20": the writer was killed
    assert lost_stretches(recording) == (
        LostStretch(first_sample=100, samples=100),
        LostStretch(first_sample=400, samples=10),
    )
    assert stat.S_IMODE(list_of(recording).stat().st_mode) == 0o600


def test_a_damaged_line_hides_no_other(tmp_path: Path) -> None:
    recording = tmp_path / "recording.wav"
    list_of(recording).write_bytes(b"1 2 3\n\xff\n\n10 5\n")
    assert lost_stretches(recording) == (LostStretch(first_sample=10, samples=5),)


def test_edges_of_lost_stretches() -> None:
    lost = (LostStretch(first_sample=10, samples=5),)
    assert next_edge(0, 100, lost) == (10, False)
    assert next_edge(10, 100, lost) == (15, True)
    assert next_edge(10, 12, lost) == (12, True)
    assert next_edge(15, 100, lost) == (100, False)


def test_a_saved_recording_is_heard_again_with_its_lost_stretches(tmp_path: Path) -> None:
    path = tmp_path / "recording.wav"
    file = WavFile(path, 1)
    sound = (np.arange(3 * RATE_HZ) % 1000).astype("<i2")
    sound[RATE_HZ : RATE_HZ + 5000] = 0
    mark(path, LostStretch(first_sample=RATE_HZ, samples=5000))
    file.append(sound.tobytes())
    file.close()
    frames = list(Tail(path).frames())
    assert [(frame.first_sample, len(frame.samples)) for frame in frames if frame.lost] == [(RATE_HZ, 5000)]
    assert np.array_equal(np.concatenate([frame.samples[:, 0] for frame in frames]) * 32768, sound)
    assert Tail(path).duration_s == 3.0
