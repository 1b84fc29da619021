"""Labels and acts of sentences against what people marked; false accusations on neutral talk; what a sentence costs.

python -m benchmarks.words FOLDER     the folder with data/text and eval/score.py (or COACH_SHARED, or ../shared)
"""

from __future__ import annotations

import csv
import hashlib
import os
import re
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from benchmarks.scoring import scored
from coach import content
from coach.measures.sentences import sentences
from coach.measures.words import Labelled, label
from coach.thresholds import WordLimits

Row = dict[str, str]
LITERATURE = {"question_open": 0.857, "question_closed": 0.898, "reflection": 0.485, "validation": 0.803}
"""F1 of a published neural classifier on counselling sentences: other data, the same acts."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    text: str
    previous: str | None  # what the other said last
    tags: frozenset[str]


def run(shared: Path) -> None:
    _labels(shared)
    calls = list(_phone_talk(shared / "data" / "text" / "swda-val"))
    _false_accusations(calls)
    _acts("phone talk, marked by dialogue act", calls, {
        "question_open": {"qw", "qo"}, "question_closed": {"qy", "qy^d", "qrr"}, "reflection": {"bf"},
        "backchannel": {"b", "aa", "ba", "bk", "bh", "ny", "nn"},
    })  # fmt: skip
    bare = [Said(text=_bare(said.text), previous=said.previous, tags=said.tags) for said in calls]
    _acts("the same, lower case without punctuation", bare, {
        "question_open": {"qw", "qo"}, "question_closed": {"qy", "qrr"},
        "backchannel": {"b", "aa", "ba", "bk", "bh", "ny", "nn"},
    })  # fmt: skip
    _acts("support chat, marked by strategy, a whole turn", list(_support_chat(shared / "data" / "text")), {
        "question": {"Questions"}, "reflection": {"Restatement or Paraphrasing", "Reflection of feelings"},
        "validation": {"Affirmation and Reassurance"}, "advice": {"Providing Suggestions"},
    })  # fmt: skip
    _cost([said.text for said in calls])


def _label(text: str, previous: str | None = None) -> Labelled:
    return label(text, previous, content.lexicon(), WordLimits())


def _bare(text: str) -> str:
    return " ".join(re.sub(r"[^\w\s']", " ", text.lower()).split())


def _labels(shared: Path) -> None:
    with (shared / "data" / "text" / "phrasing-dev.csv").open(newline="") as file:
        rows = list(csv.DictReader(file))
    first = [row for row in rows if hashlib.sha256(row["id"].encode()).digest()[0] % 2 == 0]
    halves = {"first half": first, "second half": [row for row in rows if row not in first], "both": rows}
    print("labels (of the second half, before its rows were read: macro F1 0.864, blame 0.732, blame precision 0.94)")
    for name, half in halves.items():
        for way, change in (("as written", str), ("lower case, no punctuation", _bare)):
            print(f"  {name:12} {way:27} {_scored(shared, half, change)}")


def _scored(shared: Path, rows: Sequence[Row], change: Callable[[str], str]) -> str:
    found = {row["id"]: _label(change(row["text"])).label for row in rows}
    accused = [row["label"] for row in rows if found[row["id"]] == "blame"]
    with tempfile.TemporaryDirectory() as folder:
        gold, ours = Path(folder) / "gold.csv", Path(folder) / "ours.csv"
        _write(gold, [(row["id"], row["label"]) for row in rows])
        _write(ours, list(found.items()))
        _, total = scored(shared, "labels", gold, ours)
    precision = accused.count("blame") / len(accused) if accused else 1.0
    return f"macro F1 {total['macro_f1']:.3f}, blame F1 {total['f1']['blame']:.3f}, blame precision {precision:.2f}"


def _write(path: Path, rows: Sequence[tuple[str, str]]) -> None:
    with path.open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(("id", "label"))
        writer.writerows(rows)


def _phone_talk(folder: Path) -> Iterator[Said]:
    for path in sorted(folder.glob("*.txt")):
        last = {"A": "", "B": ""}
        for line in path.read_text().splitlines():
            speaker, _, rest = line.partition("|")
            text, _, tag = rest.rpartition("|")
            if speaker in last and text and tag != "%":  # % is talk that was broken off
                yield Said(text=text, previous=last["B" if speaker == "A" else "A"] or None, tags=frozenset({tag}))
                last[speaker] = text


def _support_chat(folder: Path) -> Iterator[Said]:
    """The last turn of every row that is a supporter's, with its strategy."""
    for line in (folder / "esconv-dev.tsv").read_text().splitlines():
        turns = [re.sub(r"^[\d.]+ \d \d+ ", "", turn.strip()) for turn in line.split(" EOS ")]
        marked = re.match(r"\[([^\]]+)\] (.*)", turns[-1])
        if marked:
            previous = re.sub(r"^\[[^\]]+\] ", "", turns[-2]) if len(turns) > 1 else None
            yield Said(text=marked[2], previous=previous, tags=frozenset({marked[1]}))


def _false_accusations(calls: Sequence[Said]) -> None:
    accused = [said.text for said in calls if _label(said.text).label == "blame"]
    print(f"blame found in {len(calls)} utterances of neutral phone talk: {len(accused)}", end="")
    print(f" ({1000 * len(accused) / len(calls):.1f} in a thousand)")


def _acts(name: str, said: Sequence[Said], truth: dict[str, set[str]]) -> None:
    found = [{act for part in sentences(one.text) for act in _label(part, one.previous).acts} for one in said]
    for acts in found:
        if acts & {"question_open", "question_closed"}:
            acts.add("question")
    print(f"{name} ({len(said)})")
    for act, tags in truth.items():
        pairs = [(bool(one.tags & tags), act in acts) for one, acts in zip(said, found, strict=True)]
        hits, ours, theirs = pairs.count((True, True)), sum(b for _, b in pairs), sum(a for a, _ in pairs)
        f1 = 2 * hits / (ours + theirs) if ours + theirs else 0.0
        beside = f"   (literature, other data: {LITERATURE[act]:.3f})" if act in LITERATURE else ""
        print(f"  {act:16} F1 {f1:.3f}: {hits} right of {ours} found and {theirs} marked{beside}")


def _cost(texts: Sequence[str]) -> None:
    best = min(_seconds(texts) for _ in range(3))
    print(f"cost of a sentence: {1000 * best / len(texts):.2f} ms over {len(texts)} (target: 0.5 ms)")


def _seconds(texts: Sequence[str]) -> float:
    start = time.perf_counter()
    for text in texts:
        _label(text)
    return time.perf_counter() - start


if __name__ == "__main__":
    run(Path(sys.argv[1] if len(sys.argv) > 1 else os.environ.get("COACH_SHARED", "../shared")).resolve())
