"""A thousand kept sessions of real length: what the list, the trends and one talk cost, and how large the file is.

python -m benchmarks.store FOLDER       the folder of the measuring data; its telephone talks are the sessions
"""

from __future__ import annotations

import json
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, replace
from datetime import datetime, timedelta, timezone
from pathlib import Path

from audio.types import Span, Word
from benchmarks.web import pages
from coach import content
from coach.annotations import read
from coach.conversation import Conversation
from coach.figures import figures
from coach.render import json as json_form
from coach.render import kept
from coach.store import Store, open_store
from coach.store.summaries import comparable_figures, made_with, summary_of
from coach.summary import Engines, SourceFacts, Summary, summarise
from coach.thresholds import Limits
from coach.trends import trends

LIMITS = Limits()
SESSIONS = 1000
LENGTH_S = 20 * 60.0
"""A weekly talk; a daily check-in takes twelve minutes."""
DISTINCT = 20
"""Talks that are measured; the thousand are these, each with times of its own."""
NAMES = ("Kim", "Sam")


def run(shared: Path) -> None:
    calls = sorted(path for path in (shared / "data" / "calls").glob("*.json") if ".truth" not in path.name)
    if not calls:
        sys.exit(f"{shared}/data/calls holds no conversations; give the folder of the measuring data.")
    talks = _of_length([read(path, LIMITS.turns) for path in calls])
    words = sum(len(talk.words) for talk in talks) / len(talks)
    spans = sum(len(talk.speech) for talk in talks) / len(talks)
    print(f"{SESSIONS} sessions of {LENGTH_S / 60:.0f} min: {words:.0f} words and {spans:.0f} spans each")
    with tempfile.TemporaryDirectory() as folder, open_store(Path(folder)) as store:
        begun_s = time.perf_counter()
        _fill(store, talks)
        print(f"kept in                      {time.perf_counter() - begun_s:7.1f} s")
        store.database.wipe()
        size = sum(path.stat().st_size for path in Path(folder).rglob("*") if path.is_file())
        print(f"the data folder, no sound    {size / 1e6:7.1f} MB   (target: 200 MB)")
        _ask(store)


def _ask(store: Store) -> None:
    last = store.sessions()[-1].id
    list_ms = _milliseconds(lambda: kept.sessions(store.sessions()))
    print(f"list, to the last letter     {list_ms:7.1f} ms   (target: 100 ms)")
    print(f"  of it the store            {_milliseconds(store.sessions):7.1f} ms")
    trends_ms = _milliseconds(lambda: kept.trends(trends(comparable_figures(store, LIMITS), LIMITS.trends)))
    print(f"trends, to the last letter   {trends_ms:7.1f} ms   (target: 100 ms)")
    print(f"  of it the store            {_milliseconds(lambda: comparable_figures(store, LIMITS)):7.1f} ms")
    page = pages(store)
    for name, path in (("the list", "/talks"), ("the trends", "/trends")):
        print(f"page of {name:<20} {_milliseconds(lambda path=path: page(path)):7.1f} ms   (target: 100 ms)")
    print(f"one talk measured again      {_milliseconds(lambda: summary_of(store, last, LIMITS)):7.1f} ms")
    print(f"one turn kept                {_milliseconds(lambda: _one_turn(store), 20):7.1f} ms")
    print(f"one session forgotten        {_milliseconds(lambda: store.drop(store.sessions()[0].id), 1):7.1f} ms")


def _one_turn(store: Store) -> None:
    store.practised(card="c", drill="d", at="2026-01-01T00:00:00+00:00", score=1.0, result={})


def _of_length(talks: Sequence[Conversation]) -> list[Conversation]:
    """Talks laid end to end until each is as long as a session, the two voices called A and B."""
    found: list[Conversation] = []
    waiting = list(talks)
    while len(found) < DISTINCT:
        speech: list[Span] = []
        words: list[Word] = []
        at_s = 0.0
        while at_s < LENGTH_S:
            talk = waiting.pop(0)
            waiting.append(talk)
            name = dict(zip(talk.speakers, "AB", strict=False))
            for span in talk.speech:
                if at_s + span.end_s <= LENGTH_S and span.speaker in name:
                    times = {"start_s": at_s + span.start_s, "end_s": at_s + span.end_s}
                    speech.append(replace(span, speaker=name[span.speaker], **times))
            for word in talk.words:
                if at_s + word.end_s <= LENGTH_S and word.speaker in name:
                    times = {"start_s": at_s + word.start_s, "end_s": at_s + word.end_s}
                    words.append(replace(word, speaker=name[word.speaker], **times))
            at_s += talk.duration_s
        found.append(
            Conversation(
                id=f"talk{len(found)}", duration_s=LENGTH_S, speakers=("A", "B"), speech=tuple(speech),
                words=tuple(words), word_times="exact",
            )
        )  # fmt: skip
    return found


def _fill(store: Store, talks: Sequence[Conversation]) -> None:
    """As `coach talk` keeps them; figures are kept, as after a first look at the trends."""
    summaries = [_measured(talk) for talk in talks]
    tables = [json_form.table(summary) for summary in summaries]
    first = datetime(2023, 1, 1, 19, 30, tzinfo=timezone(timedelta(hours=1)))
    for number in range(SESSIONS):
        which = number % len(talks)
        shift_s = number * 1e-4 / 3  # nobody says the same thing at the same time twice: no page is like another
        talk = talks[which]
        own = replace(
            talk,
            speech=tuple(replace(s, start_s=s.start_s + shift_s, end_s=s.end_s + shift_s) for s in talk.speech),
            words=tuple(replace(w, start_s=w.start_s + shift_s, end_s=w.end_s + shift_s) for w in talk.words),
        )
        began = first + timedelta(days=number)
        session = store.begin(
            kind="talk", plan="state_of_us", names=NAMES, started_at=began.isoformat(timespec="seconds")
        )
        told = json.dumps(tables[which] | {"id": session.id}, ensure_ascii=False, indent=1)
        ended = (began + timedelta(seconds=LENGTH_S)).isoformat(timespec="seconds")
        store.end(session.id, own, told, ended_at=ended)
    _keep_figures(store, summaries)


def _keep_figures(store: Store, summaries: Sequence[Summary]) -> None:
    for number, session in enumerate(store.sessions()):
        summary = summaries[number % len(summaries)]
        found = figures(session.id, session.started_at, session.plan or session.kind, summary, ())
        store.keep_figures(session.id, made_with(LIMITS), asdict(found), 0)


def _measured(talk: Conversation) -> Summary:
    return summarise(
        talk, names=dict(zip("AB", NAMES, strict=True)), source=SourceFacts(path=None, channels=1), engines=Engines(),
        cues=content.cues(), lexicon=content.lexicon(), wording=content.wording(), limits=LIMITS,
    )  # fmt: skip


def _milliseconds(do: Callable[[], object], times: int = 5) -> float:
    """The middle one of so many."""
    taken = []
    for _ in range(times):
        begun_s = time.perf_counter()
        do()
        taken.append((time.perf_counter() - begun_s) * 1000)
    return sorted(taken)[len(taken) // 2]


if __name__ == "__main__":
    run(Path(sys.argv[1]))
