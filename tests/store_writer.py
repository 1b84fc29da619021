"""A coach that writes sessions until it is killed, and says on standard output what was committed.

python -m tests.store_writer FOLDER SEED
"""

from __future__ import annotations

import os
import random
import sys
from contextlib import suppress
from pathlib import Path

from audio.types import Span, Word
from coach.conversation import Conversation, Turn
from coach.errors import StoreError
from coach.session.log import Rated
from coach.store import open_store

STARTED, ENDED = "2026-05-04T19:30:00+02:00", "2026-05-04T19:50:00+02:00"


def main(folder: Path, seed: int) -> None:
    chance = random.Random(seed)
    with open_store(folder) as store:
        while True:
            session = store.begin(kind="talk", plan="daily_check_in", names=("Kim", "Sam"), started_at=STARTED)
            tell("begun", session.id)
            for at in range(chance.randint(1, 12)):
                store.hear(session.id, (turn(at),))
                tell("turn", session.id, at)
                if chance.random() < 0.3:
                    store.keep(session.id, (Rated(step="r", by="A", of="B", value=at % 11, confirmed=True, at_s=at),))
                    tell("entry", session.id)
            (store.folder_of(session.id) / "recording.wav").write_bytes(b"sound")
            fate = chance.random()
            if fate < 0.5:
                store.end(session.id, facts(session.id), '{"caveats": []}', ended_at=ENDED)
                tell("ended", session.id)
            elif fate < 0.6:
                tell("dropping", session.id)
                with suppress(StoreError):  # it is dropped; only its traces stay while another coach reads
                    store.drop(session.id)
                tell("dropped", session.id)


def turn(at: int) -> Turn:
    span = Span(speaker="AB"[at % 2], start_s=at * 4.0, end_s=at * 4 + 3.5)
    words = tuple(
        Word(speaker=span.speaker, start_s=span.start_s + n / 10, end_s=span.start_s + n / 10 + 0.1, text=f"word{n}")
        for n in range(30)
    )
    return Turn(index=at, speaker=span.speaker, start_s=span.start_s, end_s=span.end_s, spans=(span,), words=words)


def facts(id_: str) -> Conversation:
    turns = [turn(at) for at in range(20)]
    return Conversation(
        id=id_, duration_s=80.0, speakers=("A", "B"), speech=tuple(turn.spans[0] for turn in turns),
        words=tuple(word for turn in turns for word in turn.words), word_times="exact",
    )  # fmt: skip


def tell(*said: object) -> None:
    os.write(1, (" ".join(map(str, said)) + "\n").encode())  # past every buffer: it must not die with us


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]))
