"""How near the paraphrase score is to what people marked: similarity of sentences, and strategies of supporters.

    python benchmarks/paraphrase.py [SHARED]      or COACH_SHARED; ../shared where neither is given

Prints, for all rows and for two halves that were not tuned on together: Pearson of the meaning part with the human
similarity (plain word overlap beside it), and the area under the curve of the total, telling paraphrases and
reflections of feeling from advice and own stories. Both go through the verb's way: no card, no times.
"""

from __future__ import annotations

import os
import re
import sys
import time
from collections.abc import Sequence
from pathlib import Path

from coach.measures.paraphrase import Paraphrase, paraphrase
from coach.practice.content import cards, paraphrase_content
from coach.thresholds import Limits

SIMILARITY = ("belief", "answers-forums")
REFLECTS = ("Restatement or Paraphrasing", "Reflection of feelings")
DOES_NOT = ("Providing Suggestions", "Self-disclosure")
BLOCK = 200  # lines: neighbouring rows come from one conversation and stay in one half

Row = tuple[float, str, str, int]  # gold, said, back, half


def similarity_rows(shared: Path) -> list[Row]:
    rows = []
    for name in SIMILARITY:
        for number, line in enumerate((shared / f"data/text/sts-2015/{name}.test.tsv").read_text("utf-8").splitlines()):
            gold, first, second = line.split("\t")[:3]
            if gold.strip():
                rows.append((float(gold), first, second, number % 2))
    return rows


def strategy_rows(shared: Path) -> list[Row]:
    rows = []
    text = (shared / "data/text/esconv-dev.tsv").read_text("utf-8", errors="replace")
    for number, line in enumerate(text.splitlines()):
        turns = [re.match(r"\s*\d\.\d (\d) \d+ ?(.*)", piece) for piece in line.split(" EOS ")]
        told = [(turn[1], turn[2].strip()) for turn in turns if turn]
        answer = re.match(r"\[(.*?)\] ?(.*)", told[-1][1]) if told else None
        said = next((words for who, words in reversed(told[:-1]) if who == "0"), None)
        if answer and said is not None and answer[1] in REFLECTS + DOES_NOT:
            rows.append((float(answer[1] in REFLECTS), said, answer[2], number // BLOCK % 2))
    return rows


def pearson(gold: Sequence[float], found: Sequence[float]) -> float:
    mean_gold, mean_found = sum(gold) / len(gold), sum(found) / len(found)
    both = sum((a - mean_gold) * (b - mean_found) for a, b in zip(gold, found, strict=True))
    spread = sum((a - mean_gold) ** 2 for a in gold) * sum((b - mean_found) ** 2 for b in found)
    return float(both / spread**0.5)


def auc(gold: Sequence[float], found: Sequence[float]) -> float:
    """The chance that one that reflects scores over one that does not; equal scores count half."""
    yes = [score for mark, score in zip(gold, found, strict=True) if mark]
    no = [score for mark, score in zip(gold, found, strict=True) if not mark]
    return sum((a > b) + (a == b) / 2 for a in yes for b in no) / (len(yes) * len(no))


def overlap(said: str, back: str) -> float:
    a, b = set(said.lower().split()), set(back.lower().split())
    return 2 * len(a & b) / (len(a) + len(b))


def report(name: str, measure: str, rows: Sequence[Row], found: Sequence[float]) -> None:
    of = pearson if measure == "Pearson" else auc
    parts = []
    for label, kept in (("all", (0, 1)), ("first half", (0,)), ("second half", (1,))):
        chosen = [(row[0], score) for row, score in zip(rows, found, strict=True) if row[3] in kept]
        parts.append(f"{label} {of([gold for gold, _ in chosen], [score for _, score in chosen]):.3f}")
    print(f"{name}: {measure} {', '.join(parts)} ({len(rows)} rows)")


def main() -> None:
    project = Path(__file__).resolve().parent.parent
    shared = Path(sys.argv[1] if len(sys.argv) > 1 else os.environ.get("COACH_SHARED", project.parent / "shared"))
    if not shared.is_dir():
        sys.exit(f"There is no folder {shared}. Name the folder of shared recordings and labels as an argument.")
    run(shared)


def run(shared: Path) -> None:
    content, limits = paraphrase_content(), Limits()

    def score(said: str, back: str) -> Paraphrase:
        return paraphrase(said, back, content, limits)

    pairs = similarity_rows(shared)
    report("plain word overlap", "Pearson", pairs, [overlap(said, back) for _, said, back, _ in pairs])
    report("meaning part", "Pearson", pairs, [score(said, back).part("meaning") for _, said, back, _ in pairs])
    answers = strategy_rows(shared)
    began_s = time.perf_counter()
    found = [score(said, back) for _, said, back, _ in answers]
    took_s = time.perf_counter() - began_s
    report("total score", "AUC", answers, [one.score for one in found])
    report("nothing added", "AUC", answers, [one.part("nothing_added") for one in found])
    print(f"cost: {1000 * took_s / len(answers):.2f} ms a pair")
    models = [paraphrase(card.statement, card.model, content, limits, card).score for card in cards()]
    weak = [paraphrase(card.statement, card.weak, content, limits, card).score for card in cards()]
    print(f"cards: {len(models)}, model answers at least {min(models):.2f}, weak ones at most {max(weak):.2f}")


if __name__ == "__main__":
    main()
