from __future__ import annotations

import json
import os
import shutil
import signal
import stat
import subprocess
import sys
import time
import wave
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from random import Random

import numpy as np
import pytest
import soundfile

from audio import capture_events as events
from audio.capture import Wanted
from audio.devices import SERVER_DEVICE, find_input, inputs
from audio.errors import DeviceError, RecordingError
from audio.level import SILENT_DB
from audio.lost import LostStretch, lost_stretches
from audio.microphone import CaptureLimits, Microphone, open_microphone
from audio.recording import open_recording
from audio.types import RATE_HZ
from audio.wavfile import HEADER_BYTES
from tests.parts import need, wait_until
from tests.sound_server import pactl
from tests.virtual_microphone import (
    begun_s,
    children,
    lost_by_us,
    playing,
    plug_in,
    samples_of,
    sounding,
    start_server,
    stop_server,
    unplug,
    virtual_microphone,
    write_ramp,
)


@pytest.fixture(scope="module")
def room() -> Iterator[dict[str, str]]:
    with virtual_microphone() as environment:
        yield environment


def test_what_is_played_is_what_is_recorded_and_heard_while_it_is(room: dict[str, str], tmp_path: Path) -> None:
    ramp = write_ramp(tmp_path / "ramp.wav", 2)
    microphone = open_microphone(tmp_path / "session")
    live = []
    with playing(ramp) as player:
        for frame in microphone.frames():
            live.append(frame)
            if player.poll() is not None:
                break
    stopped = microphone.stop()
    assert not microphone.recording
    assert stopped.reason == "asked"
    assert (stopped.lost_samples, stopped.overflows) == (0, 0)

    saved = samples_of(microphone.path)
    assert len(saved) == stopped.samples
    assert lost_by_us(saved, room) == 0
    assert sounding(saved) > 1.5 * RATE_HZ
    followed = np.concatenate([frame.samples[:, 0] for frame in live])
    assert [frame.first_sample for frame in live] == list(np.cumsum([0, *(len(frame.samples) for frame in live[:-1])]))
    assert np.array_equal(np.round(followed * 32768), saved[: len(followed)])
    again = np.concatenate([frame.samples[:, 0] for frame in open_recording(microphone.path).frames()])
    assert np.array_equal(np.round(again * 32768), saved)
    assert np.array_equal(np.concatenate([f.samples[:, 0] for f in microphone.frames()]), again)


def test_a_busy_coach_costs_no_sound(room: dict[str, str], tmp_path: Path) -> None:
    ramp = write_ramp(tmp_path / "ramp.wav", 20)
    microphone = open_microphone(tmp_path / "session")
    text = json.dumps([{"key": index, "value": [index] * 10} for index in range(160_000)])
    assert len(text) > 10_000_000
    with playing(ramp) as player:
        while player.poll() is None:
            json.loads(text)
    stopped = microphone.stop()
    saved = samples_of(microphone.path)
    assert sounding(saved) > 19 * RATE_HZ
    assert lost_by_us(saved, room) == 0
    assert (stopped.lost_samples, stopped.overflows) == (0, 0)
    late_reader = np.concatenate([frame.samples[:, 0] for frame in microphone.frames()])
    assert len(late_reader) == stopped.samples


def test_the_recorder_killed_at_any_moment_loses_next_to_nothing(room: dict[str, str], tmp_path: Path) -> None:
    killed_recorders(room, tmp_path, times=10)


@pytest.mark.slow
def test_the_recorder_killed_at_fifty_moments(room: dict[str, str], tmp_path: Path) -> None:
    killed_recorders(room, tmp_path, times=50)


def killed_recorders(room: dict[str, str], folder: Path, times: int) -> None:
    need("ffmpeg")
    with playing(write_ramp(folder / "ramp.wav", 60 + times)), ThreadPoolExecutor(5) as together:
        done = [together.submit(killed_recorder, room, folder / str(number), Random(number)) for number in range(times)]
        for one in done:
            one.result()
    wait_until(lambda: not children("audio.capture_process"))


def killed_recorder(room: dict[str, str], folder: Path, moments: Random) -> None:
    microphone = open_microphone(folder)
    began_s = begun_s(microphone)
    time.sleep(moments.uniform(0, 1))
    (recorder,) = children("audio.recorder_process", of=folder)
    killed_s = time.monotonic()  # before the kill: this test itself may have to wait for a core after it
    os.kill(recorder, signal.SIGKILL)
    wait_until(lambda: not children("audio.recorder_process", of=folder))  # it ends once its last write is through
    playable = samples_by_all(microphone.path)
    stopped = microphone.stop()
    assert stopped.reason == "recorder failed"
    assert microphone.news()[-1] == stopped
    assert playable <= len(samples_of(microphone.path)) == stopped.samples
    assert killed_s - began_s - playable / RATE_HZ < 0.5
    assert lost_by_us(samples_of(microphone.path), room) == 0


def test_the_coach_killed_leaves_a_finished_recording(room: dict[str, str], tmp_path: Path) -> None:
    killed_coaches(room, tmp_path, times=2)


@pytest.mark.slow
def test_the_coach_killed_at_fifty_moments(room: dict[str, str], tmp_path: Path) -> None:
    killed_coaches(room, tmp_path, times=50)


COACH = """
import sys
from pathlib import Path
from audio.microphone import open_microphone
from tests.virtual_microphone import begun_s
microphone = open_microphone(Path(sys.argv[1]))
print(begun_s(microphone), flush=True)
for frame in microphone.frames():
    pass
"""


def killed_coaches(room: dict[str, str], folder: Path, times: int) -> None:
    need("ffmpeg")
    with playing(write_ramp(folder / "ramp.wav", 60 + times)), ThreadPoolExecutor(5) as together:
        done = [together.submit(killed_coach, room, folder / str(number), Random(number)) for number in range(times)]
        for one in done:
            one.result()
    wait_until(lambda: not children("audio.capture_process"))


def killed_coach(room: dict[str, str], folder: Path, moments: Random) -> None:
    with subprocess.Popen([sys.executable, "-c", COACH, str(folder)], stdout=subprocess.PIPE) as coach:
        assert coach.stdout is not None
        began_s = float(coach.stdout.readline())
        time.sleep(moments.uniform(0, 1))
        killed_s = time.monotonic()
        coach.kill()
    wait_until(lambda: not children("audio.recorder_process", of=folder))
    path = folder / "recording.wav"
    samples = samples_by_all(path)
    assert samples == (path.stat().st_size - HEADER_BYTES) // 2
    assert killed_s - began_s - samples / RATE_HZ < 0.5
    assert lost_by_us(samples_of(path), room) == 0


def test_a_coach_that_stands_still_holds_nothing_up(room: dict[str, str], tmp_path: Path) -> None:
    path = tmp_path / "session" / "recording.wav"
    with subprocess.Popen([sys.executable, "-c", COACH, str(path.parent)], stdout=subprocess.PIPE) as coach:
        assert coach.stdout is not None
        coach.stdout.readline()
        coach.send_signal(signal.SIGSTOP)
        before = len(samples_of(path))
        time.sleep(1)
        grown = len(samples_of(path)) - before
        coach.kill()
    assert grown > 0.7 * RATE_HZ
    wait_until(lambda: not children("audio.recorder_process", of=path.parent))


@pytest.mark.parametrize("comes_back", ["mic", "other"])
def test_the_sound_server_dies_and_comes_back(tmp_path: Path, comes_back: str) -> None:
    with virtual_microphone() as environment:
        ramp = write_ramp(tmp_path / "ramp.wav", 20)
        wanted = find_input("mic.monitor").wanted()
        microphone = open_microphone(tmp_path / "session", wanted=wanted, limits=CaptureLimits(other_device_s=0.5))
        began_s = begun_s(microphone)
        news = told(microphone)
        with playing(ramp):
            opened = until(news, events.Opened)[-1]
            time.sleep(0.6)
            stop_server(environment)
            until(news, events.Away)
            start_server(environment)
            plug_in(environment, comes_back)
        with playing(ramp, into=comes_back):
            *_, lost, back = until(news, events.Opened)
            time.sleep(0.3)
        stopped = microphone.stop()
        ended_s = time.monotonic()
    assert isinstance(opened, events.Opened)
    assert isinstance(lost, events.Lost)
    assert isinstance(back, events.Opened)
    assert opened.device == "mic.monitor"
    assert (back.device == "mic.monitor") is (comes_back == "mic")
    assert lost_stretches(microphone.path) == (LostStretch(first_sample=lost.first_sample, samples=lost.samples),)
    assert back.first_sample == lost.first_sample + lost.samples

    saved = samples_of(microphone.path)
    assert not saved[lost.first_sample : back.first_sample].any()
    assert sounding(saved[: lost.first_sample]) > 0.2 * RATE_HZ
    assert saved[back.first_sample :].any()
    assert len(saved) == stopped.samples
    assert stopped.samples / RATE_HZ == pytest.approx(ended_s - began_s, abs=0.5)  # one clock, the gap counted
    marked = [frame for frame in microphone.frames() if frame.lost]
    assert marked[0].first_sample == lost.first_sample
    assert sum(len(frame.samples) for frame in marked) == lost.samples


def test_the_microphone_unplugged_while_another_is_there(room: dict[str, str], tmp_path: Path) -> None:
    """The sound server moves the recording to the other one by itself."""
    plug_in(room, "usb")
    pactl(room, "set-default-source", "mic.monitor")
    microphone = open_microphone(tmp_path / "session", wanted=Wanted(device=SERVER_DEVICE, source="usb.monitor"))
    unplug(room, "usb")
    with playing(write_ramp(tmp_path / "ramp.wav", 1.5)) as player:
        player.wait()
    microphone.stop()
    saved = samples_of(microphone.path)
    assert sounding(saved) > RATE_HZ
    assert lost_by_us(saved, room) == 0


def test_the_only_microphone_unplugged_and_plugged_in_again(tmp_path: Path) -> None:
    with virtual_microphone() as environment:
        for name in ("room", "speaker"):
            unplug(environment, name)
        microphone = open_microphone(tmp_path / "session")
        news = told(microphone)
        until(news, events.Opened)
        unplug(environment, "mic")
        until(news, events.Away)
        plug_in(environment)
        until(news, events.Opened)
        stopped = microphone.stop()
    assert stopped.reason == "asked"
    assert stopped.lost_samples == lost_stretches(microphone.path)[0].samples > 0


def test_the_capture_process_killed_is_started_again(room: dict[str, str], tmp_path: Path) -> None:
    """PortAudio can hang or crash; it is alone in its process, so that this costs a moment and not the recording."""
    with open_microphone(tmp_path / "session") as microphone:
        news = told(microphone)
        until(news, events.Opened)
        (capture,) = children("audio.capture_process")
        os.kill(capture, signal.SIGKILL)
        *_, lost, back = until(news, events.Opened)
        stopped = microphone.stop()
    assert isinstance(lost, events.Lost)
    assert isinstance(back, events.Opened)
    assert stopped.reason == "asked"
    assert stopped.lost_samples == lost.samples < 5 * RATE_HZ
    assert back.first_sample == lost.first_sample + lost.samples


def test_a_muted_microphone_is_told_and_so_is_the_first_sound(room: dict[str, str], tmp_path: Path) -> None:
    microphone = open_microphone(tmp_path / "session", limits=CaptureLimits(muted_s=0.5))
    news = told(microphone)
    muted = until(news, events.Muted)[-1]
    assert microphone.level_db == SILENT_DB
    with playing(write_ramp(tmp_path / "ramp.wav", 5)):
        heard = until(news, events.Heard)[-1]
        time.sleep(0.3)
        assert microphone.level_db > -10
    microphone.stop()
    assert muted == events.Muted(first_sample=0)
    assert isinstance(heard, events.Heard)
    saved = samples_of(microphone.path)
    assert not saved[: heard.first_sample].any()
    assert saved[heard.first_sample :].any()


@contextmanager
def small_disk(folder: Path, options: str) -> Iterator[Path]:
    folder.mkdir()
    mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", options, "tmpfs", str(folder)], check=False)
    if mounted.returncode:
        pytest.skip("a small disk cannot be made here: mounting one needs root")
    try:
        yield folder
    finally:
        subprocess.run(["umount", str(folder)], check=True)


@pytest.mark.parametrize(("size", "least_free_bytes"), [("32k", 0), ("80k", 45_000)])
def test_a_full_disk_ends_in_a_playable_recording(
    room: dict[str, str], tmp_path: Path, size: str, least_free_bytes: int
) -> None:
    limits = CaptureLimits(low_free_bytes=1_000_000, least_free_bytes=least_free_bytes)
    ramp = write_ramp(tmp_path / "ramp.wav", 20)
    with small_disk(tmp_path / "disk", f"size={size}") as disk, playing(ramp):
        microphone = open_microphone(disk / "session", limits=limits)
        heard = sum(len(frame.samples) for frame in microphone.frames())  # ends with the recording
        stopped = microphone.stop()
        news = microphone.news()
        assert not microphone.recording
        assert stopped.reason == "disk full"
        assert any(isinstance(one, events.DiskLow) for one in news)
        assert samples_by_all(microphone.path) == stopped.samples == heard
        assert lost_by_us(samples_of(microphone.path), room) == 0
        free_bytes = shutil.disk_usage(disk).free
        assert free_bytes <= least_free_bytes
        assert free_bytes > 10_000 or not least_free_bytes  # room to save the session itself


def test_a_folder_that_cannot_be_written(room: dict[str, str], tmp_path: Path) -> None:
    with small_disk(tmp_path / "disk", "ro") as disk:
        with pytest.raises(RecordingError, match=r"cannot be saved .* Choose another folder"):
            open_microphone(disk / "session")
        with pytest.raises(RecordingError, match=r"cannot be saved .* Choose another folder"):
            open_microphone(disk)
    assert not children("audio.recorder_process")


def test_a_recording_is_never_written_over(room: dict[str, str], tmp_path: Path) -> None:
    (tmp_path / "recording.wav").write_bytes(b"kept")
    with pytest.raises(RecordingError, match="exists already"):
        open_microphone(tmp_path)
    assert (tmp_path / "recording.wav").read_bytes() == b"kept"


def test_for_the_eyes_of_its_owner_only(room: dict[str, str], tmp_path: Path) -> None:
    microphone = open_microphone(tmp_path / "session")
    microphone.stop()
    assert stat.S_IMODE((tmp_path / "session").stat().st_mode) == 0o700
    assert stat.S_IMODE(microphone.path.stat().st_mode) == 0o600
    assert microphone.stop() == microphone.stop()


def test_two_microphones_on_one_stereo_device(room: dict[str, str], tmp_path: Path) -> None:
    module = pactl(room, "load-module", "module-null-sink", "sink_name=pair", "rate=48000", "norewinds=1").strip()
    left_only = np.zeros((4 * 48000, 2), np.int16)
    left_only[:, 0] = 8000 * np.sin(2 * np.pi * 440 * np.arange(4 * 48000) / 48000)
    soundfile.write(tmp_path / "left.wav", left_only, 48000)
    try:
        with playing(tmp_path / "left.wav", into="pair"):
            pair = Wanted(device=SERVER_DEVICE, source="pair.monitor", channels=2)
            microphone = open_microphone(tmp_path / "session", wanted=pair)
            time.sleep(1)
            microphone.stop()
    finally:
        pactl(room, "unload-module", module)
    frames = np.concatenate([frame.samples for frame in microphone.frames()])
    assert frames.shape[1] == microphone.channels == 2
    left, right = np.sqrt((frames[RATE_HZ // 4 :] ** 2).mean(axis=0))
    assert left == pytest.approx(8000 / 32768 / np.sqrt(2), rel=0.1)
    assert right < 0.001


def test_no_input_at_all(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PULSE_SERVER", "unix:/nowhere")
    with pytest.raises(DeviceError, match=r"No microphone can be opened .* coach devices"):
        open_microphone(tmp_path / "session")
    assert not list((tmp_path / "session").iterdir())


def test_no_portaudio(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "sounddevice.py").write_text("raise OSError('PortAudio library not found')\n")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    with pytest.raises(DeviceError, match="apt install libportaudio2"):
        open_microphone(tmp_path / "session")
    with pytest.raises(DeviceError, match="apt install libportaudio2"):
        inputs()


def told(microphone: Microphone, limit_s: float = 30) -> Iterator[events.Event]:
    end_s = time.monotonic() + limit_s
    while time.monotonic() < end_s:
        yield from microphone.news()
        time.sleep(0.02)
    raise AssertionError(f"nothing more was told within {limit_s} s")


def until(news: Iterator[events.Event], kind: type[events.Event]) -> list[events.Event]:
    """All up to and with the next of that kind."""
    found: list[events.Event] = []
    for event in news:
        found.append(event)
        if isinstance(event, kind):
            break
    return found


def samples_by_all(path: Path) -> int:
    """The length as wave, soundfile and ffmpeg all read it."""
    with wave.open(str(path)) as file:
        samples = file.getnframes()
    sound, _ = soundfile.read(path, dtype="int16")
    assert len(sound) == samples
    command = ["ffmpeg", "-v", "error", "-i", str(path), "-f", "s16le", "-"]
    decoded = subprocess.run(command, capture_output=True, check=True)
    assert not decoded.stderr
    assert len(decoded.stdout) == sound.nbytes
    return samples
