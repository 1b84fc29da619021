"""Practice by voice in a room with an acting person: how answers are judged, how quick the feedback is, what errors of
the recogniser cost.

    python -m benchmarks.practice        about ten minutes; needs pulseaudio, espeak-ng and flite

1. Twenty cards answered aloud with model, weak, echo, advice and silent answers; then answers with a pause of 1.2 s.
2. From the end of a complete answer to the first sound of feedback, by stage.
3. Good answers in words of their own, typed and spoken: what the recogniser's errors cost.
"""

from __future__ import annotations

import re
import statistics
import tempfile
from collections.abc import Sequence
from pathlib import Path

from audio.readings import again
from audio.transcribe import Moonshine
from audio.types import Clip
from coach.practice import kit
from coach.practice.content import Card, cards, drills
from coach.practice.engine import WAYS
from coach.practice.judging import Given, Judge, Judged
from coach.thresholds import Limits
from tests.acting import Spoke
from tests.lines import Act, Line, rendered
from tests.practising import Practised, practise
from tests.room import room

KINDS = ("model", "weak", "echo", "advice", "silent")
ROUNDS, PAUSED, EVERY = 4, 4, 5
"""Of each kind so many cards, then so many answers with a pause, from every fifth card."""
ADVICE = "You should really talk to somebody about that, and you could try to sleep more."
TOLD = {
    "advice": "advice", "blame": "blam", "own_story": "own story|story|theirs", "minimising": "smaller|big",
    "why": "why", "question": "question", "echo": "same|echo|own words", "no_feeling": "feel",
    "missed_point": "left out|out:", "too_long": "shorter|long",
}  # fmt: skip
"""How feedback names what went wrong."""
SPOKEN_BY = ("slt", "rms")
NOISE = 0.0005
SAY_BACK = next(drill for drill in drills() if drill.id == "say_back")


def run(shared: Path) -> None:
    _fair()
    chosen = [card for card in cards() if card.reason != "echo"][::EVERY]
    practised, paused = chosen[: len(KINDS) * ROUNDS], chosen[len(KINDS) * ROUNDS :][:PAUSED]
    with tempfile.TemporaryDirectory() as folder, room(Path(folder)) as home:
        done = practise(home, practised, _script(practised), limit_s=90)
        _in_the_room(done, practised)
        _latency(done)
        _paused(practise(home, paused, _pauses(paused), limit_s=90))


def _script(chosen: Sequence[Card]) -> list[Line | Act]:
    """What is answered to each card; after an answer that is not good, the model answer at the second try."""
    script: list[Line | Act] = []
    for at, card in enumerate(chosen):
        kind, voice = KINDS[at % len(KINDS)], SPOKEN_BY[at % 2]
        first = {"weak": card.weak, "echo": card.statement, "advice": ADVICE}.get(kind)
        script += [Line(voice, first)] if first else [Act(lambda: None)] if kind == "silent" else []
        script.append(Line(voice, card.model))
    return script


def _in_the_room(done: Practised, chosen: Sequence[Card]) -> None:
    by_kind: dict[str, list[float]] = {kind: [] for kind in KINDS}
    named = wrong = 0
    lines = {spoke.line.text: spoke for spoke in done.spoke}
    for at, card in enumerate(chosen):
        kind = KINDS[at % len(KINDS)]
        first = next((one for one in done.results if one.card == card.id and one.attempt == 1), None)
        if first is None:
            print(f"  no answer was heard: {kind} {card.id}")
            continue
        by_kind[kind].append(first.score)
        said = {"weak": card.weak, "echo": card.statement, "advice": ADVICE}.get(kind)
        if said and said in lines:
            reason = card.reason if kind == "weak" else kind
            wrong += 1
            told = _told_after(done, [spoke for spoke in done.spoke if spoke.line.text == said])
            named += (ok := bool(re.search(TOLD[reason], told, re.IGNORECASE)))
            if not ok:
                print(f"  {kind} {card.id} ({reason}; found {first.reasons}) was told: {told}")
    print(f"practice ended: {done.reason}; {len(done.results)} results")
    for kind, scores in by_kind.items():
        label = f"{kind}, after the offer" if kind == "silent" else kind
        print(
            f"  {label:26} {len(scores)} cards, score {min(scores):.2f}-{max(scores):.2f}"
            if scores
            else f"  {label}: none"
        )
    print(f"  the reason is named in the spoken feedback: {named} of {wrong}")
    offers = sum(
        bool(re.search("hurry|take your time|repeat|say again", said.text, re.IGNORECASE)) for said in done.said
    )
    print(f"  kind offers heard: {offers} (silent: {ROUNDS})")


def _told_after(done: Practised, spoke: Sequence[Spoke]) -> str:
    """What the coach said next; of an answer that was given to several cards, all that was said after it."""
    return " ".join(next((said.text for said in done.said if said.start_s > one.end_s - 0.5), "") for one in spoke)


def _latency(done: Practised) -> None:
    """In the room: the end of each line to the next sound of the loudspeaker; and where the time went."""
    heard = []
    for spoke in done.spoke:
        after = [said.start_s for said in done.said if spoke.end_s - 0.3 < said.start_s < spoke.end_s + 6]
        if after:
            heard.append(min(after) - spoke.end_s)
    rows = {
        "voice activity ends to 'it is over'": [stage.over_s - stage.end_s for stage in done.stages],
        "'it is over' to its text": [stage.told_s - stage.over_s for stage in done.stages],
        "text to loudspeaker (score, words, voice)": [stage.played_s - stage.told_s for stage in done.stages],
        "all, in the room: end of answer to sound": heard,
    }
    print(f"  {'latency in seconds':44} {'median':>7} {'95 %':>7} {'most':>7}  answers")
    for name, times in rows.items():
        if times:
            print(
                f"  {name:44} {statistics.median(times):7.2f} {_share(times, 0.95):7.2f} {max(times):7.2f}"
                f"  {len(times)}"
            )


def _share(times: Sequence[float], share: float) -> float:
    ordered = sorted(times)
    return ordered[min(len(ordered) - 1, round(share * (len(ordered) - 1)))]


def _pauses(paused: Sequence[Card]) -> list[Line | Act]:
    script: list[Line | Act] = []
    for at, card in enumerate(paused):
        words = card.model.split()
        middle = len(words) // 2
        voice = SPOKEN_BY[at % 2]
        script += [
            Line(voice, " ".join(words[:middle])),
            Line(voice, " ".join(words[middle:]), after="line", delay_s=1.2),
        ]
    return script


def _paused(done: Practised) -> None:
    pieces = done.spoke
    gaps = [b.start_s - a.end_s for a, b in zip(pieces[::2], pieces[1::2], strict=False)]
    stops = [
        said.end_s - piece.start_s
        for piece in pieces[1::2]
        for said in done.said
        if said.start_s < piece.start_s < said.end_s
    ]
    first = [one for one in done.results if one.attempt == 1]
    print(f"answers with a pause in mid-sentence ({', '.join(f'{gap:.1f}' for gap in gaps)} s): {len(first)} results")
    print(f"  scores {', '.join(f'{one.score:.2f}' for one in first)}")
    print(f"  the coach had begun and fell silent after {', '.join(f'{stop:.2f}' for stop in stops) or '-'} s")


def _fair() -> None:
    judge, recogniser = kit.judge(Limits()), Moonshine()
    by_id = {card.id: card for card in cards()}
    seen, unseen = (_answers(name) for name in ("good_answers.tsv", "good_answers_unseen.tsv"))
    models = [(card.id, card.model) for card in cards()]
    for title, rows in (
        ("good answers in own words", seen),
        ("more of them, unseen", unseen),
        ("model answers", models),
    ):
        typed, spoken = [], []
        for at, (name, back) in enumerate(rows):
            typed.append(_judged(judge, by_id[name], back).score)
            spoken.append(_spoken(judge, by_id[name], _voiced(back, SPOKEN_BY[at % 2]), recogniser))
        for way, scores in (("typed", typed), ("spoken", spoken)):
            low = sum(score < 0.6 for score in scores)
            print(
                f"{title}, {way:6} mean {statistics.mean(scores):.3f}, least {min(scores):.2f}, "
                f"under 0.6: {low} of {len(scores)}"
            )
        apart = abs(statistics.mean(typed) - statistics.mean(spoken))
        gap = statistics.mean(abs(a - b) for a, b in zip(typed, spoken, strict=True))
        print(f"  difference of means {apart:.3f}, mean difference {gap:.3f}")


def _answers(file: str) -> list[tuple[str, str]]:
    lines = (Path(__file__).parent / file).read_text("utf-8").splitlines()
    return [(card, text) for card, text in (line.split("\t") for line in lines)]


def _judged(judge: Judge, card: Card, text: str) -> Judged:
    return judge(Given(drill=SAY_BACK, card=card, answers=[text], waited_s=None, swapped=False))


def _spoken(judge: Judge, card: Card, clip: Clip, recogniser: Moonshine) -> float:
    """As in practice: what may have been misheard is read again."""
    judged = _judged(judge, card, recogniser.transcribe(clip).text)
    for way in range(WAYS):
        if not judged.doubtful:
            break
        judged = max(judged, _judged(judge, card, again(clip, recogniser, way)), key=lambda one: one.score)
    return judged.score


def _voiced(text: str, voice: str) -> Clip:
    import numpy as np

    samples = rendered(Line(voice, text), 1)[:, 0]
    samples = np.pad(samples, 4800) + np.random.default_rng(1).normal(0, NOISE, len(samples) + 9600)
    return Clip(samples=samples.astype(np.float32))


if __name__ == "__main__":
    run(Path())
