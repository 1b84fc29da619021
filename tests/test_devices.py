from __future__ import annotations

import argparse
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from audio import devices
from audio.capture import Wanted
from audio.errors import DeviceError
from audio.level import SILENT_DB, level_db
from coach import chosen
from coach.errors import ConfigError
from coach.verbs import devices as verb
from tests.sound_server import pactl
from tests.virtual_microphone import playing, virtual_microphone, write_ramp


@pytest.fixture(scope="module")
def room() -> Iterator[dict[str, str]]:
    with virtual_microphone() as environment:
        for name, says in (("desk", "Desk microphone"), ("lapel", "Lapel microphone")):
            arguments = [f"source_name={name}", f"source_properties=\"device.description='{says}'\""]
            pactl(environment, "load-module", "module-remap-source", "master=mic.monitor", *arguments)
        yield environment


@pytest.fixture
def settings(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    return tmp_path / "coach"


def coach_devices(*words: str) -> int:
    parser = argparse.ArgumentParser()
    verb.add(parser.add_subparsers())
    args = parser.parse_args(["devices", *words])
    code: int = args.run(args)
    return code


def test_microphones_have_the_names_that_people_know(room: dict[str, str]) -> None:
    found = devices.inputs()
    assert [(one.name, one.source) for one in found if not one.default] == [
        ("Desk microphone", "desk"),
        ("Lapel microphone", "lapel"),
    ]
    assert [one.source for one in found if one.default] == ["mic.monitor"]
    assert devices.default_input() == next(one.name for one in found if one.default)
    assert {one.source for one in devices.outputs()} == {"room", "speaker", "mic"}
    assert devices.default_output() == next(one.name for one in devices.outputs() if one.source == "speaker")


def test_one_is_found_by_a_part_of_its_name(room: dict[str, str]) -> None:
    assert devices.find_input("lapel").source == "lapel"
    assert devices.find_input("DESK MIC").source == "desk"
    with pytest.raises(DeviceError, match=r'Several microphones are called "microphone".*"Desk microphone"'):
        devices.find_input("microphone")
    with pytest.raises(DeviceError, match=r'No microphone is called "webcam".*"Lapel microphone"'):
        devices.find_input("webcam")


def test_all_are_metered_at_once(room: dict[str, str], tmp_path: Path) -> None:
    loudest: dict[str, float] = {}
    with playing(write_ramp(tmp_path / "ramp.wav", 10)), devices.metered(devices.inputs()) as meters:
        end_s = time.monotonic() + 9
        while time.monotonic() < end_s and (len(loudest) < 3 or min(loudest.values()) < -10):
            time.sleep(0.05)
            for level in meters.levels():
                assert not level.error
                loudest[level.device.source] = max(level.level_db, loudest.get(level.device.source, SILENT_DB))
    assert loudest.keys() == {"mic.monitor", "desk", "lapel"}
    assert all(-10 <= loudest_db <= 0 for loudest_db in loudest.values())


def test_levels() -> None:
    assert level_db(b"") == level_db(bytes(100)) == SILENT_DB
    assert level_db(b"\x00\x80" * 100) == 0.0
    assert level_db(b"\x00\x40" * 100) == pytest.approx(-6.02, abs=0.01)


def test_choosing_one_and_going_back(room: dict[str, str], settings: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert chosen.wanted(settings) == Wanted()
    assert coach_devices("--use", "lapel", "--seconds", "0") == 0
    assert "From now on: Lapel microphone" in capsys.readouterr().out
    assert chosen.wanted(settings) == Wanted(device=devices.SERVER_DEVICE, source="lapel")
    assert coach_devices("--seconds", "0") == 0
    lines = capsys.readouterr().out.splitlines()
    assert [line for line in lines if line.startswith("*")] == ["* Lapel microphone  (1 channel, 16000 Hz)"]
    assert len(lines) == 3
    with pytest.raises(DeviceError, match="No microphone is called"):
        coach_devices("--use", "gone")
    assert chosen.microphone(settings) == "lapel"
    assert coach_devices("--use", "default", "--seconds", "0") == 0
    assert chosen.wanted(settings) == Wanted()


def test_the_meter_says_what_each_is_worth(
    room: dict[str, str], settings: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert coach_devices("--seconds", "0.3") == 0
    assert capsys.readouterr().out.count("digital silence: switch it on") == 3
    with playing(write_ramp(tmp_path / "ramp.wav", 20)):
        time.sleep(0.5)
        assert coach_devices("--seconds", "0.3") == 0
    assert capsys.readouterr().out.count("works (-") == 3


def test_no_microphone_at_all(
    monkeypatch: pytest.MonkeyPatch, settings: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("PULSE_SERVER", "unix:/nowhere")
    try:
        code = coach_devices("--seconds", "0.2")
    except DeviceError as error:
        assert str(error) == devices.NO_MICROPHONE  # noqa: PT017  both are right: ALSA may list a way to no server
    else:
        assert code == 1
        assert "cannot be used" in capsys.readouterr().out


def test_a_choice_that_cannot_be_kept(tmp_path: Path) -> None:
    (tmp_path / "coach").write_text("a file where the folder should be")
    with pytest.raises(ConfigError, match="could not be written"):
        chosen.remember_microphone(tmp_path / "coach", "lapel")
    with pytest.raises(ConfigError, match="Choose again with: coach devices"):
        chosen.microphone(tmp_path / "coach")
