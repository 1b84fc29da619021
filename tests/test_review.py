"""coach review: the same session on screen, page and aloud; what is put right is measured anew; own halves."""

from __future__ import annotations

import io
import json
import re
import subprocess
import sys
from html import unescape
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from coach.cli import main
from coach.conversation import Conversation
from coach.corrections import Fine, Given, LeftOut, Reworded, Swapped, apply, put_right
from coach.halves import closed_to, open_part
from coach.render import html, kept, speech, text
from coach.render import json as json_form
from coach.store import Store, open_store
from coach.store.summaries import summary_of
from coach.summary import Summary
from coach.thresholds import Limits
from tests.stored import ENDED, NAMES, STARTED, ended, measured, record, talk
from tests.talks import conversations

LIMITS = Limits()
LINES = (
    ("A", 0.0, 22.0, "you always leave the kitchen to me when i come home and i am so tired of it that i could cry"),
    ("B", 21.0, 44.0, "so you are saying that the kitchen is too much for you after work is that right what i heard"),
    ("A", 45.0, 62.0, "yes and i feel lonely in the evening when we do not talk about anything at all any more"),
    ("B", 62.5, 80.0, "you should just write a list then and stop worrying about it every single evening my dear"),
    (
        "A",
        79.2,
        99.0,
        "i would like us to cook together on tuesdays please would that be something you would enjoy too",
    ),
    (
        "B",
        100.0,
        119.0,
        "that makes sense and i would love that thank you for telling me so openly what it is you need",
    ),
)


@pytest.fixture
def store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Store:
    monkeypatch.setenv("COACH_DATA", str(tmp_path / "data"))
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    monkeypatch.setenv("COLUMNS", "100")
    with open_store(tmp_path / "data") as opened:
        yield opened


@pytest.fixture
def id_(store: Store) -> str:
    conversation = talk(lines=LINES)
    return ended(store, conversation).id


def said(summary: Summary) -> list[str]:
    return [" ".join(turn.text.split()[:3]) for turn in summary.turns]


# Corrections, as values


def test_a_line_given_to_the_other_takes_its_speech_and_words_along() -> None:
    before = talk(lines=LINES)
    after = apply(before, [Given(speaker="A", to="B", start_s=45.0, end_s=62.0)]).conversation
    assert [span.speaker for span in after.speech] == ["A", "B", "B", "B", "A", "B"]
    assert {word.speaker for word in after.words if 45 <= word.start_s < 62} == {"B"}
    assert len(after.words) == len(before.words)


def test_part_of_a_span_can_be_given_and_what_overlaps_is_joined() -> None:
    before = talk(lines=(("A", 0.0, 10.0, "one two three four five"), ("B", 3.0, 5.0, "six")))
    after = apply(before, [Given(speaker="A", to="B", start_s=4.0, end_s=6.0)]).conversation
    assert [(span.speaker, span.start_s, span.end_s) for span in after.speech] == [
        ("A", 0.0, 4.0), ("B", 3.0, 6.0), ("A", 6.0, 10.0),
    ]  # fmt: skip


def test_swapped_voices_keep_the_floors_of_the_people() -> None:
    from coach.conversation import HeldFloor

    held = (HeldFloor(speaker="A", start_s=0.0, end_s=22.0),)
    before = talk(lines=LINES, held=held)
    after = apply(before, [Swapped(one="A", other="B")]).conversation
    assert [span.speaker for span in after.speech] == ["B", "A", "B", "A", "B", "A"]
    assert after.speakers == ("B", "A")
    assert after.held == held


def test_a_word_is_corrected_to_several_or_none() -> None:
    before = talk(lines=LINES)
    word = before.words[2]
    several = apply(before, [Reworded(speaker="A", start_s=word.start_s, text="did not leave")]).conversation
    assert [one.text for one in several.words[:6]] == ["you", "always", "did", "not", "leave", "the"]
    assert several.words[2].start_s == word.start_s
    assert several.words[4].end_s == pytest.approx(word.end_s)
    none = apply(before, [Reworded(speaker="A", start_s=word.start_s, text="")]).conversation
    assert [one.text for one in none.words[:3]] == ["you", "always", "the"]


def test_what_is_left_out_counts_for_nothing_not_even_as_silence() -> None:
    before = measured(talk(lines=LINES))
    after = measured(apply(talk(lines=LINES), [LeftOut(start_s=44.5, end_s=79.0)]).conversation)
    assert len(before.silence.lapses) == len(after.silence.lapses) == 0
    assert not any("lonely" in turn.text or "list" in turn.text for turn in after.turns)
    assert all(gap.end_s <= 44.5 or gap.start_s >= 79.0 for gap in after.silence.gaps)


@given(conversations(), st.data())
@settings(max_examples=60, deadline=None)
def test_any_corrections_leave_a_conversation(conversation: Conversation, data: st.DataObject) -> None:
    times = st.floats(0, max(1.0, conversation.duration_s))
    one = st.one_of(
        st.builds(lambda a, b, who, to: Given(speaker=who, to=to, start_s=min(a, b), end_s=max(a, b)),
                  times, times, st.sampled_from("ABX"), st.sampled_from("AB")),
        st.just(Swapped(one="A", other="B")),
        st.builds(lambda a, b: LeftOut(start_s=min(a, b), end_s=max(a, b)), times, times),
        st.builds(lambda word, text: Reworded(speaker=word.speaker, start_s=word.start_s, text=text),
                  st.sampled_from(conversation.words), st.sampled_from(["", "a", "a b"]))
        if conversation.words else st.nothing(),
    )  # fmt: skip
    corrections = data.draw(st.lists(one, max_size=5))
    after = apply(conversation, corrections).conversation
    for who in after.speakers:
        own = [span for span in after.speech if span.speaker == who]
        assert all(a.end_s <= b.start_s for a, b in pairwise(own))
    assert all(span.start_s < span.end_s for span in after.speech)
    assert list(after.speech) == sorted(after.speech, key=lambda span: (span.start_s, span.end_s, span.speaker))
    assert set(after.speakers) == {span.speaker for span in after.speech}
    measured(after)


def test_what_was_fine_is_an_overlap_that_helped_and_no_remark() -> None:
    summary = measured(talk(lines=LINES))
    (interruption, *rest) = summary.floor.interruptions
    fine = (
        Fine(what="interruption", kind=interruption.kind, start_s=interruption.start_s, by=interruption.of),
        Fine(what="remark", kind="blame", start_s=0.0, by="B"),
    )
    from coach.grounds import Findings

    findings = Findings(
        conversation=summary.conversation, names=summary.names, turns=summary.turns, floor=summary.floor,
        silence=summary.silence, remarks=summary.remarks,
    )  # fmt: skip
    after = put_right(findings, fine)
    assert after.floor.interruptions == tuple(rest)
    freed = next(event for event in after.floor.overlaps if event.start_s == interruption.start_s)
    assert (freed.kind, freed.reason) == ("cooperative", f"{summary.name(interruption.of)} said that this was fine.")
    for rate in after.floor.rates:
        assert rate.interruptions == sum(event.by == rate.by for event in rest)
    faults = {"blame", "criticism"}
    assert {r.kind for r in summary.remarks if r.start_s == 0.0} & faults
    assert not {r.kind for r in after.remarks if r.start_s == 0.0} & faults


# Stored


def test_a_stored_session_says_what_was_told_that_day(store: Store, id_: str) -> None:
    today = json_form.table(summary_of(store, id_, LIMITS))
    that_day = json.loads(store.told(id_))
    for key in ("speakers", "turns", "interruptions", "pauses", "gaps", "remarks", "feedback", "caveats", "engines"):
        assert today[key] == that_day[key], key


def test_everything_is_measured_again_at_once_and_undone(store: Store, id_: str) -> None:
    before = summary_of(store, id_, LIMITS)
    store.correct(id_, Given(speaker="B", to="A", start_s=62.5, end_s=80.0))
    after = summary_of(store, id_, LIMITS)
    assert after.floor.shares[0].share > before.floor.shares[0].share
    assert not any(r.speaker == "B" and r.kind == "advice" for r in after.remarks)
    assert after.feedback != before.feedback
    store.undo(id_)
    assert summary_of(store, id_, LIMITS) == before


def test_cautions_that_follow_from_the_facts_go_when_the_facts_do(store: Store) -> None:
    lines = tuple(("A", start_s, end_s, words) for _, start_s, end_s, words in LINES[::2])
    id_ = ended(store, talk(lines=lines)).id
    alone = "Only one voice was heard, so nothing can be said about turns, gaps and interruptions."
    assert alone in summary_of(store, id_, LIMITS).caveats
    store.correct(id_, Given(speaker="A", to="B", start_s=45.0, end_s=62.0))
    summary = summary_of(store, id_, LIMITS)
    assert alone not in summary.caveats
    assert summary.names == {"A": "Kim", "B": "Sam"}


def test_screen_page_and_voice_say_the_same(store: Store, id_: str) -> None:
    store.correct(id_, Fine(what="remark", kind="blame", start_s=0.0, by="B"))
    summary = summary_of(store, id_, LIMITS)
    assert len(summary.feedback) >= 3
    shown = " ".join(text.render(summary, width=100).split())
    page = " ".join(unescape(re.sub(r"<[^>]+>", " ", html.render(summary))).split())
    for item in summary.feedback:
        assert " ".join(item.text.split()) in shown
        assert " ".join(item.text.split()) in page
    assert speech.render(summary).splitlines() == [item.say for item in summary.feedback]
    told = json_form.table(summary)["feedback"]
    assert [(row["text"], row["say"]) for row in told] == [(item.text, item.say) for item in summary.feedback]


# The verb


def run(capsys: pytest.CaptureFixture[str], *words: str) -> tuple[int, str, str]:
    code = main(["review", *words])
    captured = capsys.readouterr()
    return code, captured.out, captured.err


def test_a_session_is_found_by_id_letters_date_and_last(
    store: Store, id_: str, capsys: pytest.CaptureFixture[str]
) -> None:
    later = ended(store, talk(lines=LINES), started_at="2026-05-06T08:00:00+02:00").id
    for wanted in (id_, id_[-4:], "2026-05-04"):
        code, out, _ = run(capsys, wanted)
        assert (code, out.splitlines()[0]) == (0, f"{id_}, 2026-05-04 19:30, Kim and Sam")
    assert run(capsys)[1].startswith(later)
    assert run(capsys, "last")[1].startswith(later)
    third = ended(store, talk(lines=LINES), started_at="2026-05-06T09:00:00+02:00").id
    code, _, err = run(capsys, "2026-05-06")
    assert (code, err.count("\n")) == (1, 1)
    assert f"2026-05-06 was 2 sessions: choose {later}, {third}." in err
    assert "no session '1999-01-01'" in run(capsys, "1999-01-01")[2]
    assert "Compare with your own usual" in run(capsys, "--trends")[1]
    assert "With 1 more talk of you two" in run(capsys, "--trends", later)[1]


def test_the_list_has_the_last_one_first(store: Store, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(capsys, "--list")[0] == 1
    ended(store, keep_days=9)
    broken = store.begin(kind="talk", names=NAMES, started_at="2026-05-07T08:00:00+02:00")
    rows = run(capsys, "--list")[1].splitlines()
    assert rows[0].split() == ["Session", "Began", "Length", "What", "Sound", "Who"]
    assert broken.id in rows[1]
    assert "not finished" in rows[1]
    assert "2026-05-04 19:30" in rows[2]
    assert "Kim and Sam" in rows[2]
    assert "daily check in" in rows[2]


def test_before_any_session_it_says_how_to_begin(store: Store, capsys: pytest.CaptureFixture[str]) -> None:
    code, out, err = run(capsys)
    assert (code, out) == (1, "")
    assert "Nothing is kept yet. Begin with: coach talk" in err
    store.begin(kind="talk", names=NAMES, started_at=STARTED)
    assert "No session was ended properly yet" in run(capsys)[2]


def test_corrections_by_the_command_line(store: Store, id_: str, capsys: pytest.CaptureFixture[str]) -> None:
    lines = run(capsys, "--lines")[1]
    assert re.search(r"^ +4 +1:02 +Sam +you should just write", lines, re.MULTILINE)
    moment = re.search(r"^ +(\d+) +1:02 Sam \(to Kim\): advice unasked", lines, re.MULTILINE)
    assert moment is not None
    code, _, err = run(capsys, "--fine", moment[1])
    assert (code, err) == (0, f"Kim says that 1:02 was fine. Take it back with: coach review {id_} --undo\n")
    assert store.corrections(id_) == (Fine(what="remark", kind="advice", start_s=62.5, by="A"),)
    assert "advice unasked" not in run(capsys, "--lines")[1]
    assert run(capsys, "--undo")[0] == 0
    assert run(capsys, "--give", "4", "kim")[0] == 0
    assert said(summary_of(store, id_, LIMITS))[2] == "yes and i"
    assert run(capsys, "--swap")[0] == 0
    assert run(capsys, "--word", "1", "ALWAYS", "often")[0] == 0
    assert "you often leave" in run(capsys, "--transcript")[1]
    assert run(capsys, "--leave-out", "1:40", "1:59")[0] == 0
    assert "thank you for telling" not in run(capsys, "--transcript")[1]
    for _ in range(4):
        assert run(capsys, "--undo")[0] == 0
    assert store.corrections(id_) == ()
    assert "nothing to take back" in run(capsys, "--undo")[2]


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["--give", "99", "Sam"], "no line '99'"),
        (["--give", "one", "Sam"], "no line 'one'"),
        (["--give", "1", "Zoe"], "'Zoe' is nobody in this session. Choose one of: Kim, Sam"),
        (["--give", "1", "Kim"], "Line 1 is Kim's already"),
        (["--word", "1", "zebra", "x"], "Line 1 has no word 'zebra'"),
        (["--fine", "99"], "no moment '99'"),
        (["--leave-out", "1:00", "0:30"], "no stretch of a talk"),
        (["--leave-out", "soon", "1:00"], "'soon' is no time"),
    ],
)
def test_corrections_that_fit_nothing_are_told(
    store: Store, id_: str, capsys: pytest.CaptureFixture[str], words: list[str], says: str
) -> None:
    code, out, err = run(capsys, *words)
    assert (code, out) == (1, "")
    assert says in err
    assert store.corrections(id_) == ()


def test_page_json_and_what_was_told(
    store: Store, id_: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    page, table = tmp_path / "talk.html", tmp_path / "talk.json"
    code, out, _ = run(capsys, id_, "--html", str(page), "--json", str(table))
    assert code == 0
    assert "For Kim" in out
    assert "<html" in page.read_text(encoding="utf-8")
    assert json.loads(table.read_text(encoding="utf-8"))["source"] == {
        "live": True, "duration_s": 119.333, "channels": 1, "dropped_s": 0.0,
    }  # fmt: skip
    assert json.loads(run(capsys, "--json", "-")[1])["format"] == 1
    assert run(capsys, "--told")[1] == store.told(id_)


def test_kept_sound_goes_into_the_page(store: Store, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    ended(store, keep_days=36_000, ended_at=ENDED)
    page = tmp_path / "talk.html"
    assert run(capsys, "--html", str(page), "--audio")[0] == 0
    assert "data:audio" in page.read_text(encoding="utf-8")


# Own halves


def typed(monkeypatch: pytest.MonkeyPatch, *lines: str) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO("".join(f"{line}\n" for line in lines)))


def test_a_half_stands_behind_its_own_code(
    store: Store, id_: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    summary = summary_of(store, id_, LIMITS)
    own = {who: [item.text for item in summary.feedback if item.to == who] for who in ("A", "B", "both")}
    assert all(own.values())

    def shows(out: str) -> set[str]:
        flat = " ".join(out.split())
        return {who for who, items in own.items() if all(" ".join(one.split()) in flat for one in items)}

    assert shows(run(capsys)[1]) == {"A", "B", "both"}
    typed(monkeypatch, "1234", "12345")
    assert "not the same" in run(capsys, "--set-code", "sam")[2]
    typed(monkeypatch, "12", "12")
    assert "4 to 40" in run(capsys, "--set-code", "sam")[2]
    typed(monkeypatch, "1234", "1234")
    assert run(capsys, "--set-code", "sam")[0] == 0
    assert shows(run(capsys)[1]) == {"A", "both"}
    assert "What is for Sam alone stands behind their own code." in run(capsys)[1]
    assert shows(run(capsys, "--code", "1234")[1]) == {"A", "B", "both"}
    assert "nobody's code" in run(capsys, "--code", "9999")[2]
    typed(monkeypatch, "1234")
    assert shows(run(capsys, "--code", "-")[1]) == {"A", "B", "both"}
    table = json.loads(run(capsys, "--json", "-")[1])
    assert {row["for"] for row in table["feedback"]} == {"A", "both"}
    page = tmp_path / "talk.html"
    run(capsys, "--html", str(page))
    assert not any(" ".join(one.split()) in unescape(page.read_text(encoding="utf-8")) for one in own["B"])
    assert "has a code" in run(capsys, "--told")[2]
    assert main(["export", "--json", "-"]) == 0
    assert {row["for"] for row in json.loads(capsys.readouterr().out)["feedback"]} == {"A", "both"}
    moments = kept.countable(summary)
    to_sam = next(number for number, one in enumerate(moments, start=1) if one.of == "B")
    assert "Only Sam can say that this was fine" in run(capsys, "--fine", str(to_sam))[2]
    assert run(capsys, "--fine", str(to_sam), "--code", "1234")[0] == 0
    typed(monkeypatch, "4321")
    assert "not the code of sam" in run(capsys, "--clear-code", "sam")[2]
    typed(monkeypatch, "1234")
    assert run(capsys, "--clear-code", "sam")[0] == 0
    assert "B" in shows(run(capsys)[1])


def test_a_code_is_not_kept_as_it_was_typed(store: Store) -> None:
    store.set_code("Kim", "purple-42")
    store.database.wipe()
    assert b"purple-42" not in b"".join(path.read_bytes() for path in store.folder.iterdir() if path.is_file())
    assert store.opened_by("purple-42") == {"kim"}
    assert store.opened_by("purple-43") == frozenset()


def test_the_open_part_holds_no_rewrite_for_who_is_closed(store: Store, id_: str) -> None:
    summary = summary_of(store, id_, LIMITS)
    assert any(remark.rewrite for remark in summary.remarks if remark.speaker == "A")
    shown = open_part(summary, closed_to(summary, {"kim"}))
    assert not any(remark.rewrite for remark in shown.remarks if remark.speaker == "A")
    assert open_part(summary, ()) is summary


# Recordings


def test_a_recording_is_kept_and_found_again(
    store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    from coach.store import recordings

    recording = tmp_path / "talk.wav"
    record(recording, 120.0)
    session = recordings.keep(store, measured(talk(lines=LINES)), recording, 36_000)
    assert (session.kind, session.names, session.state) == ("recording", NAMES, "ended")
    assert (store.folder_of(session.id) / "recording.wav").read_bytes() == recording.read_bytes()
    assert run(capsys)[1].startswith(session.id)
    with pytest.raises(SystemExit):
        main(["analyze", str(recording), "--keep-sound", "3"])
    monkeypatch.setattr("coach.store.store.Store.end", lambda *args, **more: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        recordings.keep(store, measured(talk(lines=LINES)), recording, 36_000)
    assert store.sessions() == (session,)


@pytest.mark.parametrize("verb", ["review", "export", "import", "forget"])
def test_each_verb_has_help_with_an_example(verb: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ending:
        main([verb, "--help"])
    assert ending.value.code == 0
    assert f"examples:\n  coach {verb} " in capsys.readouterr().out


def test_help_measures_nothing() -> None:
    shown = subprocess.run(
        [sys.executable, "-X", "importtime", "-m", "coach.cli", "--help"], capture_output=True, text=True, check=True
    )
    assert "coach.verbs.review" in shown.stderr
    assert "coach.measures" not in shown.stderr
