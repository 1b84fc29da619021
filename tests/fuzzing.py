"""Mutated inputs, read in a process of their own: python -m tests.fuzzing KIND FIRST COUNT FOLDER

FOLDER holds the sound files that the mutations start from. Input number n of a kind is always the same bytes. One JSON
line on standard output tells what happened; a line before each input on standard error names it, should all end there.
"""

from __future__ import annotations

import copy
import json
import os
import random
import resource
import signal
import sys
import tomllib
from collections.abc import Callable, Mapping
from importlib import resources
from pathlib import Path
from types import FrameType
from typing import Any

from audio.errors import AudioError
from coach.errors import CoachError
from coach.plain import sentence
from coach.wording import Wording
from tests import page_talks

MOST_S = 10.0
"""Of computing; a machine with other work may take longer by the clock."""
MOST_WAITING_S = 60
SOUNDS = ("wav", "flac", "mp3", "ogg", "opus", "m4a")
ANNOTATIONS = ("words.json", "summary.json", "spans.rttm", "talk.TextGrid")
TABLES = (
    "lexicon/cues", "lexicon/classes", "lexicon/blame", "lexicon/first_person", "lexicon/feelings", "lexicon/coaching",
    "lexicon/synonyms", "lexicon/additions", "feedback/tries", "feedback/phrases", "practice/drills", "practice/anger",
)  # fmt: skip
CONFIG = """\
names = ["Kim", "Sam"]
recogniser = "auto"

[limits.turns]
silence_within_turn_s = 1.5

[limits.silence]
wait_s = 3.0

[limits.floor]
least_events = 5
"""
NASTY = (
    b"\x00", b"\xff\xff\xff\xff", b"\x00\x00\x00\x00", b"\xff\xff\xff\x7f", b"\x00\x00\x00\x80", b"\r\n", b'"', b"\\",
    b"{", b"}", b"[" * 2000, b"{" * 500, b"-1", b"1e999", b"9" * 5000, b"NaN", b"null", b"true", b"[]", b"{}", b"''",
    b"\xc3", b"\xed\xa0\x80", b"\xe2\x80\xae", b"\x1b[2J", b"~9999999999", b"\xc2\xb2", b"{0.__class__}",
    b"{name!r:>999999999}", b"1979-05-27", b"0x7fffffff", b"\n", b"=", b",", b" ", b"0", b"'''", b"#", b"?", b"|", b"!",
    b"A" * 70_000,
)  # fmt: skip
VALUES = (
    None, True, -1, 0, 0.0, 3, 86_400, 86_401.5, 1e308, float("nan"), float("inf"), 10**400, "", " ", "A", "B", "\x00",
    "\ud800", "\x1b[2J", "\u202e", "=1+1", "x" * 20_000, "a b " * 5_000, [], {}, [[]], [None],
    [{"speaker": "A", "start_s": 0, "end_s": 9}],
)  # fmt: skip


VALUES_ONLY = b"\x00parsed:"


class TooSlow(BaseException):
    pass


def original(kind: str, folder: Path) -> bytes:
    if kind in SOUNDS:
        return (folder / f"a.{kind}").read_bytes()
    if kind == "config":
        return CONFIG.encode()
    if "/" in kind:
        return resources.files("prompts").joinpath(*f"{kind}.toml".split("/")).read_bytes()
    from coach.render import json as json_format
    from coach.render import rttm, textgrid

    summary = page_talks.demo()
    text = {
        "words.json": lambda: (page_talks.FIXTURES / "demo.json").read_text(),
        "summary.json": lambda: json_format.render(summary),
        "spans.rttm": lambda: rttm.render(summary),
        "talk.TextGrid": lambda: textgrid.render(summary),
    }[kind]()
    return text.encode()


def mutated(data: bytes, kind: str, number: int) -> bytes:
    """Changed in its bytes; of JSON and TOML, each second input in its values only, and then given as JSON."""
    chance = random.Random(f"{kind} {number}")
    if kind not in (*SOUNDS, "spans.rttm", "talk.TextGrid") and number % 2:
        table = json.loads(data) if kind.endswith(".json") else tomllib.loads(data.decode())
        for _ in range(chance.choice((1, 1, 3, 30))):
            _change_value(table, chance)
        return (b"" if kind.endswith(".json") else VALUES_ONLY) + json.dumps(table).encode()
    changed = bytearray(data)
    for _ in range(chance.choice((1, 1, 2, 4, 16))):
        end = len(changed) if chance.random() < 0.5 else min(len(changed), 200)  # headers are where it hurts
        at = chance.randrange(end + 1) if end else 0
        span = chance.choice((1, 2, 4, 16, 256))
        match chance.randrange(7):
            case 0:
                changed[at : at + 1] = bytes((chance.randrange(256),))
            case 1:
                changed[at : at + span] = chance.randbytes(span)
            case 2:
                del changed[at : at + span]
            case 3:
                changed[at:at] = chance.choice(NASTY)
            case 4:
                nasty = chance.choice(NASTY)
                changed[at : at + len(nasty)] = nasty
            case 5:
                other = chance.randrange(len(changed) + 1)
                changed[at:at] = changed[other : other + span * 8]
            case 6:
                del changed[at:]
    return bytes(changed)


def _change_value(table: Any, chance: random.Random) -> None:
    """One value, anywhere in the table, becomes another or goes."""
    keys = list(table) if isinstance(table, dict) else list(range(len(table)))
    if not keys:
        return
    key = chance.choice(keys)
    if isinstance(table[key], dict | list) and chance.random() < 0.9:
        _change_value(table[key], chance)
    elif chance.random() < 0.2:
        del table[key]
    else:
        table[key] = copy.deepcopy(chance.choice(VALUES))


def reader(kind: str, folder: Path) -> Callable[[bytes], None]:
    if kind in SOUNDS:
        return lambda data: _hear(data, folder / f"mutated.{kind}")
    if kind == "config":
        return _configure
    if "/" in kind:
        return lambda data: _build(kind, data)
    return lambda data: _measure(data, folder / f"mutated.{kind}")


def _hear(data: bytes, path: Path) -> None:
    from audio.recording import open_recording

    path.write_bytes(data)
    recording = open_recording(path)
    end = 0
    for frame in recording.frames():
        assert frame.first_sample == end
        assert abs(frame.samples).max() <= 1.0
        end += len(frame.samples)


def _measure(data: bytes, path: Path) -> None:
    from coach import app
    from coach.config import Config

    path.write_bytes(data)
    summary = app.measure(path, config=Config())
    for format_ in ("json", "rttm", "textgrid", "vtt", "csv", "html"):
        assert app.rendered(summary, format_)


def _configure(data: bytes) -> None:
    from coach import config

    parsed = _values(data)
    if parsed is None:
        config.parse(data.decode("utf-8", errors="replace"), "config.toml")
    else:
        config.checked(parsed, "config.toml")


def _values(data: bytes) -> Any:
    """The table of an input that was mutated in its values."""
    return json.loads(data.removeprefix(VALUES_ONLY)) if data.startswith(VALUES_ONLY) else None


def _build(kind: str, data: bytes) -> None:
    """The content made of a mutated table and the others as they are, and used once."""
    from coach import content
    from coach.conditions import CONDITIONS, JOINT_CONDITIONS
    from coach.measures import additions, cues, lexicon_tables, vocabulary, words
    from coach.practice import content as practice_content
    from coach.thresholds import Limits
    from coach.wording import wording_from

    place = f"prompts/{kind}.toml"
    parsed = _values(data)
    table = content.parsed(data.decode("utf-8", errors="replace"), place) if parsed is None else parsed

    def of(name: str) -> Mapping[str, Any]:
        return table if name == kind else content.table(f"{name}.toml")

    match kind.split("/"):
        case ["lexicon", "cues"]:
            cues.cues_from(table)
        case ["lexicon", "synonyms"]:
            vocabulary.vocabulary_from(table, place, of("lexicon/common"), "common", content.lexicon().feelings)
        case ["lexicon", "additions"]:
            additions.addition_rules(table, place)
        case ["lexicon", _]:
            grammars = {f"prompts/lexicon/{name}.toml": of(f"lexicon/{name}") for name in content.GRAMMARS}
            built = lexicon_tables.lexicon_from(
                grammars, {"feelings": of("lexicon/feelings")}, {"coaching": of("lexicon/coaching")}, content.cues()
            )
            words.remarks(page_talks.demo().turns, built, Limits().words)
        case ["feedback", _]:
            tables = {name: of(f"feedback/{name}") for name in ("strengths", "tries", "aims", "phrases")}
            wording = wording_from(tables, CONDITIONS, JOINT_CONDITIONS)
            _feed_back(wording)
        case ["practice", "drills"]:
            practice_content.drills_from(table, place)
        case _:
            practice_content.cards_from({place: table}, practice_content.families())


def _worked_s() -> float:
    used = os.times()
    return used.user + used.system + used.children_user + used.children_system


def _feed_back(wording: Wording) -> None:
    from coach.feedback import Findings, feedback
    from coach.thresholds import Limits

    talk = page_talks.demo()
    found = Findings(
        conversation=talk.conversation, names=talk.names, turns=talk.turns, floor=talk.floor, silence=talk.silence,
        remarks=talk.remarks,
    )  # fmt: skip
    feedback(found, wording, Limits().feedback)


def main(kind: str, first: int, count: int, folder: Path) -> None:
    def stop(_signal: int, _frame: FrameType | None) -> None:
        raise TooSlow

    signal.signal(signal.SIGPROF, stop)
    signal.signal(signal.SIGALRM, stop)
    data, read = original(kind, folder), reader(kind, folder)
    read(data)  # what is not mutated works
    refused, slowest_s, failures = 0, 0.0, []
    for number in range(first, first + count):
        print(f"{kind} {number}", file=sys.stderr, flush=True)
        given = mutated(data, kind, number)
        begun_s = _worked_s()
        signal.setitimer(signal.ITIMER_PROF, MOST_S)
        signal.alarm(MOST_WAITING_S)
        try:
            read(given)
        except (AudioError, CoachError) as error:
            refused += 1
            if not sentence(error).endswith((".", ")", "]")):
                failures.append(f"{kind} {number}: no sentence: {sentence(error)!r}")
        except TooSlow:
            failures.append(f"{kind} {number}: over {MOST_S:.0f} s of work, or {MOST_WAITING_S} s of waiting")
        except BaseException as error:  # noqa: BLE001  # whatever else it is, it is what is looked for
            failures.append(f"{kind} {number}: {type(error).__name__}: {str(error)[:300]}")
        finally:
            signal.setitimer(signal.ITIMER_PROF, 0)
            signal.alarm(0)
        slowest_s = max(slowest_s, _worked_s() - begun_s)
    peak_mb = max(resource.getrusage(who).ru_maxrss / 1024 for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    told = {"kind": kind, "tried": count, "refused": refused, "slowest_s": slowest_s, "peak_mb": peak_mb}
    print(json.dumps(told | {"failures": failures}))


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]), Path(sys.argv[4]))
