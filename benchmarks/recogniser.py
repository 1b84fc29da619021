"""What is said, by whom: word error of whole analyses, and of the recogniser on the coach's own voice."""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from pathlib import Path

from benchmarks.scoring import scored
from coach import app
from coach.config import Config
from coach.render import speech
from coach.summary import Summary


def run(shared: Path) -> None:
    talks = shared / "data" / "conversations"
    said = [line.partition(": ") for line in (talks / "katiesteve.txt").read_text().splitlines() if line.strip()]
    summary = app.analyze(talks / "katiesteve.wav", config=Config(), recogniser="moonshine")
    truth = " ".join(text for _, _, text in said)
    read = " ".join(turn.text for turn in summary.turns)
    print(f"katiesteve: word error rate {_word_error(shared, truth, read):.3f} (at most 0.25)")
    print(f"  sentences under the right one of two people: {_right(said, summary)} of {len(said)}")
    demo = app.demo()
    with tempfile.TemporaryDirectory() as folder:
        spoken = Path(folder) / "spoken.wav"
        app.speak(demo, spoken)
        heard = app.analyze(spoken, config=Config(), recogniser="moonshine")
    read = " ".join(turn.text for turn in heard.turns)
    error = _word_error(shared, speech.render(demo), read)
    print(f"the spoken feedback, read back: word error rate {error:.3f} (at most 0.20)")


def _word_error(shared: Path, said: str, read: str) -> float:
    with tempfile.TemporaryDirectory() as folder:
        truth, found = Path(folder) / "said.txt", Path(folder) / "read.txt"
        truth.write_text(" ".join(said.split()))
        found.write_text(" ".join(read.split()))
        return float(scored(shared, "words", truth, found)[1]["wer"])


def _right(said: Sequence[tuple[str, str, str]], summary: Summary) -> int:
    """How many sentences have most of their words under their speaker, the first to speak being the first here."""
    first = said[0][0]
    speakers = {name: summary.conversation.speakers[0 if name == first else 1] for name, _, _ in said}
    pools = {
        s: {_bare(word.text) for word in summary.conversation.words if word.speaker == s} for s in speakers.values()
    }

    def share(text: str, speaker: str) -> float:
        words = [_bare(word) for word in text.split()]
        return sum(word in pools[speaker] for word in words) / len(words)

    return sum(
        share(text, speakers[name]) > max(share(text, other) for other in pools if other != speakers[name])
        for name, _, text in said
    )


def _bare(word: str) -> str:
    return word.lower().strip(".,;:!?\"'")
