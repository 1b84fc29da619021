"""The parts of live listening that need no microphone: where utterances end, whose they are, what is not heard."""

from __future__ import annotations

import threading
from functools import cache
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from audio.echo import delay_s
from audio.endpoints import STEP_S, EndpointLimits, Endpoints, Heard
from audio.evidence import Evidence
from audio.mixed import MixedOptions, tell_apart
from audio.recording import Stretch, cut, open_recording
from audio.types import RATE_HZ, UNKNOWN, Clip, Span, Voices
from audio.unheard import own_voice
from audio.whose import whose
from coach.analysis import audible
from coach.live.company import Company
from coach.live.own_voice import ECHO_S, OwnVoice

FIXTURES = Path(__file__).parent.parent / "fixtures"


def utterances(told: str, limits: EndpointLimits | None = None) -> list[tuple[float, float]]:
    """One sign is 100 ms: # speech, . silence."""
    endpoints = Endpoints(limits or EndpointLimits())
    found = [endpoints.process(sign == "#") for sign in told for _ in range(10)]
    found.append(endpoints.end())
    return [(round(one.start_s, 2), round(one.end_s, 2)) for one in found if one]


def test_an_utterance_ends_with_half_a_second_of_silence() -> None:
    assert utterances("..####...##......##.....") == [(0.2, 1.1), (1.7, 1.9)]


def test_a_click_is_no_utterance() -> None:
    endpoints = Endpoints(EndpointLimits())
    steps = [False] * 20 + [True] * 5 + [False] * 80
    assert [one for one in map(endpoints.process, steps) if one] == []
    assert endpoints.speaking_since_s is None


def test_long_talk_is_told_in_parts() -> None:
    parts = utterances("#" * 200, EndpointLimits(longest_s=6.0))
    assert parts[0] == (0.0, 6.0)
    assert parts[-1][1] == 20.0
    assert all(end <= start for (_, end), (start, _) in pairwise(parts))


def test_what_is_begun_ends_where_the_coach_begins() -> None:
    endpoints = Endpoints(EndpointLimits())
    for _ in range(100):
        endpoints.process(speech=True)
    assert endpoints.end() == Heard(start_s=0.0, end_s=1.0)
    assert endpoints.end() is None


@given(st.lists(st.booleans(), max_size=600))
def test_utterances_follow_each_other(steps: list[bool]) -> None:
    endpoints = Endpoints(EndpointLimits(longest_s=2.0))
    found = [one for one in map(endpoints.process, steps) if one]
    last_s = 0.0
    for one in found:
        assert last_s <= one.start_s < one.end_s <= len(steps) * STEP_S
        last_s = one.end_s


def test_the_nearest_of_two_voices_speaks() -> None:
    known = {"A": np.array([1, 0, 0], np.float32), "B": np.array([0, 1, 0], np.float32)}
    assert whose(np.array([0.9, 0.3, 0.3], np.float32), known) == "A"
    assert whose(np.array([0.2, 0.7, 0.7], np.float32), known) == "B"
    assert whose(np.array([0.7, 0.7, 0], np.float32), known) == UNKNOWN, "as near to both"
    assert whose(np.array([0.1, 0, 1], np.float32), known) == UNKNOWN, "near to neither"


@cache
def spoken(start_s: float, end_s: float) -> np.ndarray:
    (clip,) = cut(open_recording(FIXTURES / "demo.flac"), [Stretch(start_s=start_s, end_s=end_s)])
    return clip.samples[:, None]


FIRST, SECOND = (0.8, 4.9), (5.4, 8.3)
FIRST_LATER, SECOND_LATER, SECOND_SHORT = (19.4, 23.5), (53.0, 56.7), (17.3, 18.7)


def test_two_voices_are_learned_from_their_hellos_and_known_again() -> None:
    company = Company()
    assert company.whose(spoken(*FIRST), 4.0) == "A", "the first who answers"
    assert company.whose(spoken(*SECOND), 3.0) == "B", "a voice unlike that one"
    company.learning = "A"
    assert company.whose(spoken(*FIRST), 4.0) == "A"
    company.learning = "B"
    assert company.whose(spoken(*FIRST_LATER), 4.0) == "A", "the one that is known already"
    assert company.whose(spoken(*SECOND), 3.0) == "B"
    company.learning = None
    assert company.whose(spoken(*FIRST_LATER), 4.0) == "A"
    assert company.whose(spoken(*SECOND_LATER), 3.5) == "B"
    assert company.whose(spoken(*SECOND_SHORT), 1.3) == "B"
    assert company.whose(spoken(*SECOND_SHORT)[: RATE_HZ // 10], 0.1) == UNKNOWN


def test_with_a_microphone_each_the_louder_channel_speaks() -> None:
    company = Company()
    company.learning = "A"
    assert company.whose(spoken(*FIRST) * np.array([0.2, 1.0], np.float32), 4.0) == "A"
    company.learning = "B"
    assert company.whose(spoken(*SECOND) * np.array([0.2, 1.0], np.float32), 3.0) == "A", "into the other's microphone"
    assert company.whose(spoken(*SECOND) * np.array([1.0, 0.2], np.float32), 3.0) == "B"
    company.learning = None
    assert company.whose(spoken(*FIRST) * np.array([1.0, 0.2], np.float32), 4.0) == "B", "whatever the voice"


def test_the_times_of_the_coachs_own_voice(tmp_path: Path) -> None:
    recording, now_s = tmp_path / "recording.wav", [1.0]
    own = OwnVoice(recording, lambda: now_s[0])
    own.begin()
    now_s[0] = 3.0
    assert own.settled_s() == 1.0
    assert own.covers(2.0)
    assert not own.covers(0.9)
    assert own.stretches() == ()
    until_s = own.end()
    assert until_s == 3.0 + ECHO_S
    assert own.stretches() == ((1.0, until_s),) == own_voice(recording)
    assert own.covers(until_s - 0.01)
    assert not own.covers(until_s + 0.01)
    now_s[0] = 10.0
    assert own.settled_s() == 10.0
    own.wait_until(5.0, threading.Event())


@pytest.mark.parametrize(
    ("start_s", "heard", "own"),
    [
        (3.42, "No thanks.", True),
        (3.42, "or no thanks", True),
        (3.42, "Yes please.", False),
        (3.9, "No thanks.", False),  # somebody who answers
        (2.9, "No thanks.", False),
        (3.42, "", False),
    ],
)
def test_the_coach_come_late_from_its_loudspeaker_is_no_answer(
    tmp_path: Path, start_s: float, heard: str, own: bool
) -> None:
    now_s = [1.0]
    voice = OwnVoice(tmp_path / "recording.wav", lambda: now_s[0])
    voice.begin()
    now_s[0] = 3.0
    voice.end()
    assert voice.echoes(start_s, "Say yes please, or no thanks.", heard) is own


def test_what_lies_in_the_coachs_speech_is_nobodys() -> None:
    spans = (
        Span(speaker="A", start_s=0.0, end_s=2.0),
        Span(speaker="B", start_s=1.95, end_s=4.0),
        Span(speaker="A", start_s=5.0, end_s=5.1),
    )
    voices = Voices(spans=spans, engine="", duration_s=6.0, voices_found=2)
    left = [(span.speaker, span.start_s, span.end_s) for span in audible(voices, ((1.0, 3.0), (3.9, 4.5))).spans]
    assert left == [("A", 0.0, 1.0), ("B", 3.0, 3.9), ("A", 5.0, 5.1)]
    assert audible(voices, ((4.2, 4.9),)) is voices


def heard_of(voices: dict[int, float]) -> Evidence:
    """So many seconds of each of these directions in a space of voices."""
    pieces = [direction for direction, length_s in voices.items() for _ in range(round(length_s / 0.24))]
    embeddings = np.eye(4, dtype=np.float32)[pieces]
    frames = len(pieces) * 24
    return Evidence(
        activity=np.tile(np.array([0.99, 0.0], np.float32), (frames, 1)),
        silero=np.full(frames, 0.99, np.float32),
        embeddings=embeddings,
        piece_frames=np.arange(len(pieces), dtype=np.float32) * 24,
        piece_units=np.full(len(pieces), 3.0, np.float32),
    )


@pytest.mark.parametrize(("stranger_s", "told"), [(0.0, False), (2.0, False), (12.0, True)])
def test_a_stranger_beside_two_known_voices_is_told(stranger_s: float, told: bool) -> None:
    known = {"A": np.eye(4, dtype=np.float32)[0], "B": np.eye(4, dtype=np.float32)[1]}
    voices = tell_apart(heard_of({0: 60.0, 1: 60.0, 2: stranger_s}), MixedOptions(), known)
    assert any("third voice" in caution for caution in voices.cautions) is told


@pytest.mark.parametrize("late_s", [0.0, 0.13, 0.6])
def test_how_late_the_room_hears_the_coach_is_found_in_what_it_heard(late_s: float) -> None:
    line = Clip(samples=spoken(*FIRST)[:, 0])
    noise = 1e-4 * np.random.default_rng(3).standard_normal(len(line.samples) + RATE_HZ).astype(np.float32)
    first = round(late_s * RATE_HZ)
    heard = noise.copy()
    heard[first : first + len(line.samples)] += 0.1 * line.samples
    found_s = delay_s(line, heard[: len(line.samples) + RATE_HZ // 10])
    assert found_s == pytest.approx(late_s, abs=0.02)
    assert delay_s(line, noise) is None
    assert delay_s(line, spoken(*SECOND_LATER)[:, 0]) is None, "somebody else"
    assert delay_s(line, heard[: RATE_HZ // 100]) is None, "hardly begun"
