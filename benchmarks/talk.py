"""Whole talks on a private sound server, with an acting program for the people: what they wait for at the end, and
whether what is saved of real speech is what `coach analyze` finds in the same file.

python -m benchmarks.talk [MINUTES]
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import soundfile

from audio.recording import open_recording
from audio.types import RATE_HZ
from tests.acting import Actor, Spoke
from tests.lines import Line, rendered
from tests.room import room

TALK_S = 600.0
TARGET_S = 2.0
NEAR_S, NEAR_SHARE = 0.15, 0.95
GAP_S = 0.7
HELLO = "hello|morning|voice|sentence"
CONVERSATION = (
    ("slt", "I came home late again, and the first thing I saw was the pile of letters on the table."),
    ("rms", "I had put them there so that we would not forget the one from the school."),
    ("slt", "When I see them I feel tired, because I know that the evening will be about money."),
    ("rms", "Yes."),
    ("slt", "I would like to have dinner first, and to talk about the letters on Saturday morning."),
    ("rms", "So you want the evening to be quiet, and the money to have its own time. Is that right?"),
    ("slt", "That is it. And I am glad that you opened them at all."),
    ("rms", "I was worried about the bill for the heating, and I did not want to be alone with it."),
    ("slt", "What was it that worried you most?"),
    ("rms", "That we would have to ask my parents once more. I do not want to need them for that."),
    ("slt", "You would rather that we manage it by ourselves, even if it takes longer."),
    ("rms", "Exactly. And I think that we can, if we look at it together, one thing at a time."),
)


def run(shared: Path, talk_s: float = TALK_S) -> None:
    _stop_to_sound(talk_s)
    _real_speech(shared / "data" / "conversations" / "MUL1423.stereo.flac")


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Talk:
    """One that is over."""

    told: Mapping[str, Any]  # what the process that led it printed
    summary: Mapping[str, Any]
    recording: Path
    spoke: Sequence[Spoke]
    sounds: Sequence[tuple[float, float]]  # start and end of what the coach said


def _stop_to_sound(talk_s: float) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "talk.wav"
        soundfile.write(path, _conversation(talk_s), RATE_HZ)
        talk = _led(Path(folder) / "home", path, channels=1)
    stop_s = talk.spoke[-1].end_s
    first_s = next(start_s for start_s, _ in talk.sounds if start_s > stop_s)
    print(f'"stop now" after {talk_s / 60:.0f} min to the first sound of the summary: {first_s - stop_s:.2f} s'
          f"   target {TARGET_S} s")  # fmt: skip
    stages_s = talk.told["stages_s"]
    command_s = first_s - stop_s - stages_s["first sound"]
    print(f"  {'the words heard, and the sound out':<36}  {command_s:6.2f} s")
    for stage, until_s in stages_s.items():
        print(f"  {stage:<36}  {command_s + until_s:6.2f} s")


def _conversation(length_s: float) -> np.ndarray[Any, np.dtype[np.float32]]:
    gap = np.zeros(round(GAP_S * RATE_HZ), np.float32)
    once = [part for voice, text in CONVERSATION for part in (rendered(Line(voice, text), 1)[:, 0], gap)]
    sound = np.concatenate(once)
    return np.tile(sound, -(-round(length_s * RATE_HZ) // len(sound)))[: round(length_s * RATE_HZ)]


def _real_speech(path: Path) -> None:
    with tempfile.TemporaryDirectory() as folder:
        talk = _led(Path(folder), path, channels=2)
        offset_s = _found_at(path, talk.recording)
        command = [sys.executable, "-m", "coach.cli", "analyze", str(path), "--json", "-"]
        done = subprocess.run(command, check=True, capture_output=True, text=True)
    wanted = json.loads(done.stdout)["turns"]
    saved = [(turn["speaker"], turn["start_s"] - offset_s, turn["end_s"] - offset_s) for turn in talk.summary["turns"]]
    missed = [turn for turn in wanted if not any(_near(turn, one) for one in saved)]
    share = 1 - len(missed) / len(wanted)
    print(f"{path.name} played into two microphones: {share:.1%} of its {len(wanted)} turns within "
          f"{1000 * NEAR_S:.0f} ms, same speaker   target {NEAR_SHARE:.0%}")  # fmt: skip
    for turn in missed:
        nearest = min(saved, key=lambda one: abs(one[1] - turn["start_s"]) + abs(one[2] - turn["end_s"]))
        print(f"  missed: {_told(turn['speaker'], turn['start_s'], turn['end_s'])}   nearest: {_told(*nearest)}")


def _told(speaker: str, start_s: float, end_s: float) -> str:
    return f"{speaker} {start_s:7.2f}-{end_s:7.2f}"


def _near(turn: Mapping[str, Any], saved: tuple[str, float, float]) -> bool:
    speaker, start_s, end_s = saved
    apart_s = max(abs(start_s - float(turn["start_s"])), abs(end_s - float(turn["end_s"])))
    return speaker == str(turn["speaker"]) and apart_s <= NEAR_S


def _found_at(sound: Path, recording: Path) -> float:
    """Where the file begins in the recording, in seconds."""
    wanted, heard = (
        np.concatenate([frame.samples.mean(axis=1) for frame in open_recording(path).frames()])
        for path in (sound, recording)
    )
    size = 1 << (len(heard) + len(wanted)).bit_length()
    match = np.fft.irfft(np.fft.rfft(heard, size) * np.conj(np.fft.rfft(wanted, size)), size)
    return int(match[: len(heard)].argmax()) / RATE_HZ


def _led(folder: Path, sound: Path, channels: int) -> _Talk:
    """A talk of silent slots, in which this is what is said; ended by "stop now"."""
    first, second = (0, 1) if channels == 2 else (None, None)
    script = (
        Line("slt", "Yes please.", when="no thanks", channel=first),
        Line("rms", "Yes please.", when="no thanks", channel=second),
        Line("slt", "Good evening. I slept well, and then I took the bus into town.", when=HELLO, channel=first),
        Line("rms", "Good evening. I had tea in the garden, and wrote two letters.", when=HELLO, channel=second),
        Line("", "", sound=sound, when="yours|minute"),
        Line("slt", "Stop now.", after="line", delay_s=2.0, channel=first),
    )
    with room(folder, channels) as home, Actor(home, script, limit_s=120) as actor:
        minutes_s = soundfile.info(sound).duration + 60
        command = [sys.executable, "-m", "benchmarks.talk", "--lead", str(minutes_s)]
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as leader:
            try:
                actor.finished(minutes_s + 300)
                printed, _ = leader.communicate(timeout=120)
            finally:
                leader.kill()
        told = json.loads(printed)
        spoke, sounds = actor.spoke(), tuple((said.start_s, said.end_s) for said in actor.coach_said())
        kept = folder / f"kept{sound.suffix}.wav"
        kept.write_bytes(Path(told["recording"]).read_bytes())
    return _Talk(told=told, summary=told["summary"], recording=kept, spoke=spoke, sounds=sounds)


def _lead(slot_s: float) -> None:
    """In a process of its own, as for people: leads one talk, and prints what it came to."""
    from coach import app
    from coach.live.request import Request
    from coach.live.talk import Talk
    from coach.store import open_store
    from coach.store.place import data_folder

    talks: list[Talk] = []
    request = Request(session="silent_slots", names=("Kim", "Sam"), times_s={"slot": slot_s}, keep_days=1)
    with open_store(data_folder()) as store:
        outcome = app.talk(request, store, config=app.config(), started=talks.append)
        assert outcome.id is not None, outcome.reason
        print(
            json.dumps(
                {
                    "stages_s": talks[0].stages_s,
                    "summary": json.loads(store.told(outcome.id)),
                    "recording": str(store.folder_of(outcome.id) / "recording.wav"),
                }
            )
        )


if __name__ == "__main__":
    if sys.argv[1:2] == ["--lead"]:
        _lead(float(sys.argv[2]))
    else:
        run(Path("../shared").resolve(), 60 * float(sys.argv[1]) if len(sys.argv) > 1 else TALK_S)
