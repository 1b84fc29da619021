"""When an utterance comes, and with which words: blocks go in, as from a microphone; loud blocks are speech."""

from __future__ import annotations

from collections.abc import Iterator
from queue import SimpleQueue
from typing import Any

import numpy as np
import pytest

from audio.capture import Block, Start, Wanted
from audio.types import RATE_HZ, Clip
from coach.practice.ears import Ears, Utterance
from coach.practice.echo import STEP, EchoLimits
from coach.practice.endpoint import EndpointLimits
from tests.lines import Samples


class Loudness:
    name, step_s = "loudness", STEP / RATE_HZ

    def probabilities(self, samples: Samples) -> Samples:
        return np.array([float(np.abs(samples).max() > 0.1)], np.float32)


class Microphone:
    """In place of a capture process."""

    def __init__(self, wanted: Wanted, inbox: SimpleQueue[Any]) -> None:
        self._inbox = inbox
        inbox.put((self, Start(device="test", rate_hz=RATE_HZ, channels=1)))

    def hears(self, length_s: float, level: float) -> None:
        samples = np.full(round(length_s * RATE_HZ), level * 32767).astype("<i2")
        self._inbox.put((self, Block(arrived_s=0.0, overflowed=False, content=samples.tobytes())))

    def kill(self) -> None: ...


def loud_s(clip: Clip) -> str:
    """What "is said" in a clip: how long it is loud."""
    return f"{(np.abs(clip.samples) > 0.1).sum() / RATE_HZ:.1f}"


@pytest.fixture
def ears(monkeypatch: pytest.MonkeyPatch) -> Iterator[Ears]:
    monkeypatch.setattr("coach.practice.ears.Capture", Microphone)
    found = Ears(
        Wanted(), Loudness(), lambda clip: (loud_s(clip), ()), lambda clip, way: loud_s(clip), EndpointLimits(),
        EchoLimits(),
    )  # fmt: skip
    yield found
    found.close()


def hear(ears: Ears, *sounds: tuple[float, float]) -> Utterance | None:
    """Length and level of what is heard; the utterance that comes of it."""
    for length_s, level in sounds:
        for _ in range(round(length_s * 10)):
            ears._capture.hears(0.1, level)  # type: ignore[attr-defined]
            found = said(ears)
            if found is not None:
                return found
    return None


def said(ears: Ears, patience: int = 3) -> Utterance | None:
    """What has come; readings are given a moment."""
    while patience:
        happening = ears.next(0.02)
        if isinstance(happening, Utterance):
            return happening
        patience -= happening is None
    return None


def test_who_is_silent_for_long_has_finished(ears: Ears) -> None:
    utterance = hear(ears, (1.0, 0.0), (2.0, 0.5), (2.0, 0.0))
    assert utterance is not None
    assert utterance.text == "2.0"
    assert utterance.over_s - utterance.end_s == pytest.approx(0.5, abs=0.1)


@pytest.mark.parametrize("silence_s", [0.0, 0.1, 0.4])
def test_who_says_that_they_have_finished_is_heard_to_the_last_word(ears: Ears, silence_s: float) -> None:
    """In speech, before anything is read, and where all of it has been read already."""
    assert hear(ears, (1.0, 0.0), (2.0, 0.5), (silence_s, 0.0)) is None
    ears.finish()
    assert ears.hearing
    utterance = said(ears)
    assert utterance is not None
    assert float(utterance.text) == pytest.approx(2.0, abs=0.11)
    assert not ears.hearing


def test_a_long_answer_that_is_cut_off_keeps_all_of_its_words(ears: Ears) -> None:
    """What was read up to a pause stands; what was said since is read with the end."""
    assert hear(ears, (1.0, 0.0), (6.0, 0.5), (0.3, 0.0), (3.0, 0.5)) is None
    ears.finish()
    utterance = said(ears)
    assert utterance is not None
    assert sum(map(float, utterance.text.split())) == pytest.approx(9.0, abs=0.2)
