"""Who interrupts, against what people marked on telephone talks; and what an hour of turns costs.

python -m benchmarks.floor FOLDER       the folder that holds data/calls and eval/score.py
"""

from __future__ import annotations

import json
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

from audio.types import Word
from benchmarks.scoring import scored
from coach import content
from coach.annotations import read
from coach.conversation import Conversation, spans_from_words, turns
from coach.measures.floor import floor
from coach.measures.silence import silence
from coach.thresholds import Limits

LIMITS = Limits()
HOUR_S = 3600.0


def run(shared: Path) -> None:
    calls = sorted(path for path in (shared / "data" / "calls").glob("*.json") if ".truth" not in path.name)
    if not calls:
        sys.exit(f"{shared}/data/calls holds no conversations; give the folder of the measuring data.")
    talks = [read(path, LIMITS.turns) for path in calls]
    halves = {"even ids": 0, "odd ids": 1}  # rows of both were read while the rules were written
    with tempfile.TemporaryDirectory() as folder:
        hypotheses = [written(talk, Path(folder)) for talk in talks]
        pairs = [(path.with_suffix(".truth.json"), found) for path, found in zip(calls, hypotheses, strict=True)]
        for name, odd in halves.items():
            half = [pair for pair, path in zip(pairs, calls, strict=True) if int(path.stem) % 2 == odd]
            print(f"interruptions, {name}: {told(_total(shared, half))}")
        print(f"interruptions, all {len(pairs)} talks: {told(_total(shared, pairs))}")
    hour = an_hour_of(talks)
    talks.clear()  # an hour is measured alone: the rest would only be in the garbage collector's way
    said = turns(hour, LIMITS.turns)
    print(f"one hour: {len(hour.speech)} spans, {len(said)} turns, {len(hour.words)} words")
    print(f"  turns   {milliseconds(lambda: turns(hour, LIMITS.turns)):5.1f} ms")
    print(f"  floor   {milliseconds(lambda: floor(hour, said, content.cues(), LIMITS.floor)):5.1f} ms")
    print(f"  silence {milliseconds(lambda: silence(hour, said, LIMITS.silence)):5.1f} ms   (target: both 20 ms)")


def written(talk: Conversation, folder: Path) -> Path:
    """What was measured, as the scorer reads it."""
    found = floor(talk, turns(talk, LIMITS.turns), content.cues(), LIMITS.floor)
    path = folder / f"{talk.id}.json"
    events = [{"by": e.by, "of": e.of, "start_s": e.start_s, "kind": e.kind} for e in found.interruptions]
    path.write_text(json.dumps({"interruptions": events}))
    return path


def _total(shared: Path, pairs: Sequence[tuple[Path, Path]]) -> dict[str, float]:
    return scored(shared, "overlaps", *(path for pair in pairs for path in pair))[1]


def told(score: dict[str, float]) -> str:
    share = score["on_backchannel"] / score["reported"] if score["reported"] else 0.0
    return (
        f"F1 {score['f1']:.3f}, precision {score['precision']:.3f}, recall {score['recall']:.3f}, "
        f"{share:.1%} of {score['reported']} reported are listening sounds or agreement"
    )


def an_hour_of(talks: Sequence[Conversation]) -> Conversation:
    """Talks one after the other, an hour in all."""
    words: list[Word] = []
    at_s = 0.0
    for talk in talks:
        if at_s >= HOUR_S:
            break
        words.extend(replace(w, start_s=w.start_s + at_s, end_s=w.end_s + at_s) for w in talk.words)
        at_s += talk.duration_s
    speech = spans_from_words(words, LIMITS.turns)
    speakers = tuple(dict.fromkeys(span.speaker for span in speech))
    return Conversation(
        id="hour", duration_s=at_s, speakers=speakers, speech=speech, words=tuple(words), word_times="exact"
    )


def milliseconds(work: Callable[[], object], times: int = 20) -> float:
    """The best of several: the machine may be busy with other things."""
    taken_s = []
    for _ in range(times):
        begin_s = time.perf_counter()
        work()
        taken_s.append(time.perf_counter() - begin_s)
    return min(taken_s) * 1000


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    run(Path(sys.argv[1]))
