"""The two voices of a talk, out of its hellos: from the recording and the log alone, live as well as afterwards."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING

from audio.errors import EngineError
from audio.recording import Stretch, cut
from coach.session.log import Entry, StepTaken

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    from audio.types import Clip, Samples, Source

    Floats = npt.NDArray[np.float32]

OPENING = ("consent", "hello")


def begun(log: Iterable[Entry]) -> bool:
    """Whether the hellos are over: both were said, or a step of the plan has been taken."""
    steps = [entry for entry in log if isinstance(entry, StepTaken)]
    said = {step.speaker for step in steps if step.step == "hello" and step.outcome == "done"}
    return len(said) == 2 or any(step.step not in OPENING for step in steps)


def voices(source: Source, log: Iterable[Entry], enrol: Callable[[Clip], Floats]) -> dict[str, Floats]:
    """A and B, the one on the first channel first; empty where not both are known. Raises AudioError of the source."""
    hellos = {
        entry.speaker: (entry.start_s, entry.end_s)
        for entry in log
        if isinstance(entry, StepTaken) and entry.step == "hello" and entry.outcome == "done"
    }
    if len(hellos) < 2:
        return {}
    heard = {name: _channels(source, *times) for name, times in hellos.items()}
    if source.channels == 2 and _leans(heard["A"]) > _leans(heard["B"]):
        heard = {name: heard[name] for name in ("B", "A")}
    else:
        heard = {name: heard[name] for name in ("A", "B")}
    try:
        return {name: enrol(max(clips, key=_power)) for name, clips in heard.items()}
    except EngineError:  # nothing that sounds like a voice: the talk is told apart without
        return {}


def _channels(source: Source, start_s: float, end_s: float) -> list[Clip]:
    channels = (0, 1) if source.channels == 2 else (None,)
    return [next(cut(source, [Stretch(start_s=start_s, end_s=end_s, channel=channel)])) for channel in channels]


def _power(clip: Clip) -> float:
    samples: Samples = clip.samples
    return float((samples * samples).mean()) if len(samples) else 0.0


def _leans(clips: list[Clip]) -> float:
    """How far to the second channel: 0 to 1."""
    first, second = map(_power, clips)
    return second / max(first + second, 1e-12)
