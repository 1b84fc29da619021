"""Which turns say back which, by values."""

from __future__ import annotations

import json
from pathlib import Path

from audio.types import Word
from coach import app, content
from coach.annotation_values import spread
from coach.config import Config
from coach.conversation import turns
from coach.measures.saying_back import SaidBack, Understood, said_back
from coach.measures.words import remarks
from coach.practice.content import paraphrase_content
from coach.thresholds import Limits
from tests.talks import of_spans

LIMITS = Limits()
STORY = "my boss shouted at me in front of everybody and i was so ashamed that i wanted to leave"
TALK = (
    ("A", 0, 8, STORY),
    ("B", 8.4, 8.8, "mm-hm"),
    ("A", 9, 12, "and nobody said a word for me"),
    ("B", 13, 19, "so you felt ashamed because he shouted at you and nobody stood up for you"),
    ("A", 20, 22, "yes that is it"),
    ("B", 23, 26, "what shall we eat tonight"),
)


def found(*understood: Understood, talk: tuple[tuple[str, float, float, str], ...] = TALK) -> tuple[SaidBack, ...]:
    words: list[Word] = [word for who, a, b, text in talk for word in spread(text, who, [(a, b)])]
    conversation = of_spans(*((who, a, b) for who, a, b, _ in talk), words=tuple(words), word_times="exact")
    said = turns(conversation, LIMITS.turns)
    return said_back(said, remarks(said, content.lexicon(), LIMITS.words), understood, paraphrase_content, LIMITS)


def test_a_reflection_is_scored_against_all_that_the_partner_had_said() -> None:
    (one,) = found()
    assert (one.by, one.felt_understood) == ("B", None)
    assert one.of_turn < one.turn
    assert one.paraphrase.score > 0.6
    assert one.paraphrase.part("feeling") == 1


def test_a_rating_goes_to_the_last_turn_of_the_listener_before_it() -> None:
    (one,) = found(Understood(by="A", of="B", value=8, at_s=21))
    assert one.felt_understood == 8
    early, late = found(Understood(by="A", of="B", value=3, at_s=27))
    assert (early.felt_understood, late.felt_understood) == (None, 3)
    assert late.paraphrase.score < 0.5 < early.paraphrase.score


def test_every_form_tells_the_same(tmp_path: Path) -> None:
    turns = [{"speaker": who, "start_s": a, "end_s": b, "text": text} for who, a, b, text in TALK]
    (tmp_path / "talk.json").write_text(json.dumps({"turns": turns}))
    summary = app.measure(tmp_path / "talk.json", names=("Ana", "Ben"), config=Config())
    (row,) = json.loads(app.rendered(summary, "json"))["paraphrases"]
    (one,) = summary.paraphrases
    assert (row["turn"], row["of_turn"], row["felt_understood"]) == (one.turn, one.of_turn, None)
    assert row["score"] == round(one.paraphrase.score, 3)
    assert row["parts"].keys() == {"meaning", "feeling", "own_words", "short", "nothing_added", "check"}
    close = f"{one.paraphrase.score:.0%}"
    assert f"Ben said it back, {close} close" in app.rendered(summary, "text")
    assert f"How close: {close.replace('%', ' %')}" in app.rendered(summary, "html").replace("\N{NO-BREAK SPACE}", " ")


def test_where_nobody_had_spoken_before_there_is_nothing_to_say_back() -> None:
    assert found(talk=(("B", 0, 6, TALK[3][3]),)) == ()
    assert found(Understood(by="A", of="B", value=8, at_s=0), talk=TALK[:1]) == ()
