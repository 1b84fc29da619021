"""Files of every kind as frames, and clips cut out of them and written back."""

from __future__ import annotations

import os
import resource
import signal
import subprocess
import sys
import tempfile
import wave
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
import soundfile

from audio.errors import RecordingError
from audio.recording import Stretch, cut, open_recording, write_wav
from audio.types import RATE_HZ, Clip, Frame
from tests.parts import need


def tone(length_s: float, rate_hz: int, *, hz: float = 440.0, channels: int = 1, level: float = 0.3) -> np.ndarray:
    times = np.arange(round(length_s * rate_hz)) / rate_hz
    rows = [level * np.sin(2 * np.pi * hz * (index + 1) * times) for index in range(channels)]
    return np.stack(rows, axis=1).astype(np.float32)


def strongest_hz(samples: np.ndarray) -> float:
    return float(np.abs(np.fft.rfft(samples)).argmax() * RATE_HZ / len(samples))


def heard(path: Path) -> np.ndarray:
    return np.concatenate([frame.samples for frame in open_recording(path).frames()])


@pytest.fixture(scope="session")
def originals(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Three seconds of 440 Hz left and 880 Hz right, in every format."""
    folder = tmp_path_factory.mktemp("originals")
    sound = tone(3, 44_100, channels=2)
    soundfile.write(folder / "a.wav", sound, 44_100)
    soundfile.write(folder / "a.flac", sound, 44_100)
    soundfile.write(folder / "a.mp3", sound, 44_100)
    soundfile.write(folder / "a.ogg", sound, 44_100)
    soundfile.write(folder / "a.opus", tone(3, 48_000, channels=2), 48_000, format="OGG", subtype="OPUS")
    return folder


@pytest.fixture(scope="session")
def m4a(originals: Path) -> Path:
    path = originals / "a.m4a"
    command = [need("ffmpeg"), "-loglevel", "error", "-y", "-i", str(originals / "a.wav")]
    subprocess.run([*command, "-c:a", "aac", "-movflags", "+faststart", str(path)], check=True, timeout=60)
    return path


def check_is_the_original(path: Path) -> None:
    sound = heard(path)
    assert sound.dtype == np.float32
    assert sound.shape[1] == 2
    assert len(sound) / RATE_HZ == pytest.approx(3.0, abs=0.06)  # lossy formats pad to their blocks
    middle = sound[RATE_HZ : 2 * RATE_HZ]
    assert strongest_hz(middle[:, 0]) == pytest.approx(440, abs=2)
    assert strongest_hz(middle[:, 1]) == pytest.approx(880, abs=2)
    assert np.abs(middle).max() == pytest.approx(0.3, abs=0.05)


@pytest.mark.parametrize("name", ["a.wav", "a.flac", "a.mp3", "a.ogg", "a.opus"])
def test_reads(originals: Path, name: str) -> None:
    check_is_the_original(originals / name)


def test_reads_m4a(m4a: Path) -> None:
    check_is_the_original(m4a)


@pytest.mark.parametrize(("rate_hz", "channels"), [(8_000, 1), (11_025, 2), (16_000, 1), (48_000, 4), (96_000, 1)])
def test_any_rate_and_channel_count(tmp_path: Path, rate_hz: int, channels: int) -> None:
    path = tmp_path / "a.wav"
    soundfile.write(path, tone(2.5, rate_hz, channels=channels), rate_hz)
    sound = heard(path)
    assert sound.shape[1] == channels
    assert len(sound) == pytest.approx(2.5 * RATE_HZ, abs=1)
    assert strongest_hz(sound[:RATE_HZ, channels - 1]) == pytest.approx(440 * channels, abs=2)


def test_can_be_heard_again_and_frames_follow_each_other(originals: Path) -> None:
    source = open_recording(originals / "a.flac")
    first, second = list(source.frames()), list(source.frames())
    assert len(first) > 2
    ends = [frame.first_sample + len(frame.samples) for frame in first]
    assert [frame.first_sample for frame in first] == [0, *ends[:-1]]
    assert all(np.array_equal(a.samples, b.samples) for a, b in zip(first, second, strict=True))
    assert source.cautions == ()
    assert source.duration_s == pytest.approx(3.0)


def test_resampled_in_blocks_as_if_at_once(tmp_path: Path) -> None:
    import soxr

    noise = np.random.default_rng(1).normal(0, 0.1, 5 * 44_100).astype(np.float32)
    soundfile.write(tmp_path / "a.wav", noise, 44_100, subtype="FLOAT")
    assert np.allclose(heard(tmp_path / "a.wav")[:, 0], soxr.resample(noise, 44_100, RATE_HZ), atol=1e-4)


@pytest.mark.parametrize("name", ["a.wav", "a.flac", "a.mp3"])
def test_a_truncated_file_gives_what_is_there_and_says_so(
    originals: Path, tmp_path: Path, name: str, capfd: pytest.CaptureFixture[str]
) -> None:
    whole = (originals / name).read_bytes()
    check_truncated(tmp_path / name, whole[: len(whole) // 2])
    assert capfd.readouterr().err == ""


def test_a_truncated_m4a(m4a: Path, tmp_path: Path) -> None:
    whole = m4a.read_bytes()
    check_truncated(tmp_path / "a.m4a", whole[: len(whole) // 2])


def check_truncated(path: Path, content: bytes) -> None:
    path.write_bytes(content)
    source = open_recording(path)
    length_s = sum(len(frame.samples) for frame in source.frames()) / RATE_HZ
    assert 0.5 < length_s < 2.0
    assert source.duration_s == pytest.approx(length_s, abs=0.01)
    assert len(source.cautions) == 1
    assert "cut off" in source.cautions[0]


def test_clipped_and_quiet_sound_is_said(tmp_path: Path) -> None:
    soundfile.write(tmp_path / "loud.wav", np.clip(tone(1, RATE_HZ, level=3), -1, 1), RATE_HZ)
    soundfile.write(tmp_path / "faint.wav", tone(1, RATE_HZ, level=0.004), RATE_HZ)
    for name, word in (("loud.wav", "distorted"), ("faint.wav", "quiet")):
        source = open_recording(tmp_path / name)
        list(source.frames())
        assert len(source.cautions) == 1
        assert word in source.cautions[0]


def test_damaged_samples_are_silence(tmp_path: Path) -> None:
    sound = tone(1, RATE_HZ)
    sound[100], sound[200], sound[300] = np.nan, np.inf, 5.0
    soundfile.write(tmp_path / "a.wav", sound, RATE_HZ, subtype="FLOAT")
    source = open_recording(tmp_path / "a.wav")
    samples = np.concatenate([frame.samples for frame in source.frames()])
    assert samples[100] == samples[200] == 0
    assert samples[300] == 1
    assert any("damaged" in caution for caution in source.cautions)


def test_digital_silence_is_sound_without_a_caution(tmp_path: Path) -> None:
    soundfile.write(tmp_path / "a.wav", np.zeros(RATE_HZ), RATE_HZ)
    source = open_recording(tmp_path / "a.wav")
    assert sum(len(frame.samples) for frame in source.frames()) == RATE_HZ
    assert source.cautions == ()


def test_what_is_no_recording(tmp_path: Path, originals: Path) -> None:
    (tmp_path / "empty.wav").touch()
    (tmp_path / "text.wav").write_text("Dear diary, today we talked.\n" * 50, encoding="utf-8")
    (tmp_path / "text.m4a").write_text("Dear diary, today we talked.\n" * 50, encoding="utf-8")
    os.mkfifo(tmp_path / "pipe.wav")
    soundfile.write(tmp_path / "none.wav", np.zeros(0), RATE_HZ)
    # a playlist is read by ffmpeg; it must not lead to any other file
    (tmp_path / "list.m3u8").write_text(f"#EXTM3U\n#EXTINF:3,\n{originals / 'a.mp3'}\n", encoding="utf-8")
    for name, word in {
        "nothing.wav": "no file",
        ".": "folder",
        "empty.wav": "empty",
        "text.wav": "cannot be read as sound",
        "text.m4a": "cannot be read as sound",
        "pipe.wav": "not a file",
        "none.wav": "0 samples",
        "list.m3u8": "cannot be read as sound",
        "null\0.wav": "cannot be opened",
    }.items():
        with pytest.raises(RecordingError, match=word) as raised:
            open_recording(tmp_path / name)
        assert "\n" not in str(raised.value)
        assert str(raised.value).count(". ") >= 1, "a sentence, then the next step"


def test_a_file_that_may_not_be_read() -> None:
    with tempfile.TemporaryDirectory() as folder:  # not tmp_path, which only its owner may enter
        os.chmod(folder, 0o755)
        path = Path(folder) / "a.wav"
        soundfile.write(path, tone(1, RATE_HZ), RATE_HZ)
        path.chmod(0)
        pid = os.fork()
        if pid == 0:
            try:
                if os.geteuid() == 0:  # the administrator may read everything: ask as nobody
                    os.setuid(65_534)
                open_recording(path)
            except RecordingError as error:
                os._exit(0 if "may not be read" in str(error) else 1)
            finally:
                os._exit(1)
        assert os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) == 0


class Counted:
    """A source of ramps that remembers how far it was heard."""

    def __init__(self) -> None:
        self.name = "ramp"
        self.channels = 2
        self.duration_s: float | None = 100.0
        self.frames_given = 0

    def frames(self) -> Iterator[Frame]:
        for second in range(100):
            self.frames_given += 1
            ramp = np.full(RATE_HZ, second / 100, np.float32)
            yield Frame(first_sample=second * RATE_HZ, samples=np.stack([ramp, -ramp / 2], axis=1))


def test_cut_in_one_pass_in_order_of_start_with_overlap() -> None:
    source = Counted()
    clips = cut(
        source,
        [
            Stretch(start_s=50.5, end_s=52.5, channel=0),
            Stretch(start_s=10.0, end_s=40.0, channel=1),
            Stretch(start_s=12.0, end_s=12.25),
            Stretch(start_s=99.5, end_s=101.0, channel=0),
            Stretch(start_s=200.0, end_s=201.0),
        ],
    )
    first = next(clips)
    assert source.frames_given == 40, "no more is read than the first stretch needs"
    assert first.duration_s == 30
    assert first.samples[0] == pytest.approx(-0.05)
    assert first.samples[-1] == pytest.approx(-0.195)
    mixed, later, over_the_end, beyond = clips
    assert mixed.duration_s == 0.25
    assert mixed.samples[0] == pytest.approx((0.12 - 0.06) / 2)
    assert later.samples[[0, -1]] == pytest.approx([0.50, 0.52])
    assert later.duration_s == 2
    assert over_the_end.duration_s == 0.5
    assert beyond.duration_s == 0
    assert source.frames_given == 100, "one pass"


def test_written_and_read_back(tmp_path: Path) -> None:
    sound = tone(1, 22_050)[:, 0]
    write_wav(tmp_path / "a.wav", Clip(samples=sound, rate_hz=22_050))
    with wave.open(str(tmp_path / "a.wav")) as file:
        assert (file.getframerate(), file.getsampwidth(), file.getnchannels()) == (22_050, 2, 1)
    assert np.allclose(soundfile.read(tmp_path / "a.wav")[0], sound, atol=1e-4)
    assert [path.name for path in tmp_path.iterdir()] == ["a.wav"]


def test_a_full_disk_leaves_the_old_file_and_nothing_else(tmp_path: Path) -> None:
    path = tmp_path / "a.wav"
    path.write_bytes(b"what was there")
    pid = os.fork()
    if pid == 0:
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (8_000, 8_000))
        try:
            write_wav(path, Clip(samples=np.zeros(RATE_HZ, np.float32)))
        except RecordingError:
            os._exit(0)
        finally:
            os._exit(1)
    assert os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) == 0
    assert path.read_bytes() == b"what was there"
    assert [one.name for one in tmp_path.iterdir()] == ["a.wav"]


def test_a_folder_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(RecordingError, match="could not be written"):
        write_wav(tmp_path / "no" / "a.wav", Clip(samples=np.zeros(10, np.float32)))


MEASURE = """
import resource, sys
from audio.recording import open_recording
for _ in open_recording(sys.argv[1]).frames():
    pass
print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)
"""


def test_memory_does_not_grow_with_length(tmp_path: Path) -> None:
    peaks = []
    for minutes in (1, 20):
        path = tmp_path / f"{minutes}.flac"
        with soundfile.SoundFile(path, "w", samplerate=8_000, channels=1) as file:
            for _ in range(minutes):
                file.write(tone(60, 8_000))
        done = subprocess.run(
            [sys.executable, "-c", MEASURE, str(path)], capture_output=True, text=True, check=True, timeout=120
        )
        peaks.append(int(done.stdout))
    assert peaks[1] < peaks[0] + 20_000, "kilobytes: 20 minutes at 16 kHz would be 77 000"
