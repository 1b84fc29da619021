"""Annotated conversations: what is read, and that whatever cannot be is refused with the file and the place."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coach.annotations import parse, read
from coach.conversation import turns
from coach.errors import AnnotationError
from coach.thresholds import Limits

LIMITS = Limits().turns

LONG = '''File type = "ooTextFile"
Object class = "TextGrid"

xmin = 0
xmax = 5.0
tiers? <exists>
size = 3
item []:
    item [1]:
        class = "IntervalTier"
        name = "ann"
        xmin = 0
        xmax = 5.0
        intervals: size = 3
        intervals [1]:
            xmin = 0
            xmax = 1.0
            text = "did you call 1.5 ""them"""
        intervals [2]:
            xmin = 1.0
            xmax = 3.0
            text = ""
        intervals [3]:
            xmin = 3.0
            xmax = 5.0
            text = "so
they do"
    item [2]:
        class = "IntervalTier"
        name = "bob"
        xmin = 0
        xmax = 5.0
        intervals: size = 1
        intervals [1]:
            xmin = 1.4
            xmax = 2.4
            text = "yes"
    item [3]:
        class = "TextTier"
        name = "clicks"
        xmin = 0
        xmax = 5.0
        points: size = 1
        points [1]:
            number = 2.5
            mark = "x"
'''

SHORT = '''File type = "ooTextFile"
Object class = "TextGrid"

0
5.0
<exists>
3
"IntervalTier"
"ann"
0
5.0
3
0
1.0
"did you call 1.5 ""them"""
1.0
3.0
""
3.0
5.0
"so
they do"
"IntervalTier"
"bob"
0
5.0
1
1.4
2.4
"yes"
"TextTier"
"clicks"
0
5.0
1
2.5
"x"
'''


def rows(**change: object) -> str:
    row = {"speaker": "A", "start_s": 1.0, "end_s": 2.0, "text": "hello"} | change
    return json.dumps({"id": "x", "words": [{"speaker": "B", "start_s": 0, "end_s": 1, "text": "hi"}, row]})


def spans_of(conversation):
    return [(span.speaker, span.start_s, span.end_s) for span in conversation.speech]


def test_words_make_the_spans():
    words = [("A", 0.0, 0.4, "so"), ("A", 0.5, 1.0, "what"), ("B", 0.9, 1.5, "yes"), ("A", 2.0, 2.5, "now")]
    text = json.dumps(
        {"id": "talk", "words": [{"speaker": s, "start_s": a, "end_s": b, "text": t} for s, a, b, t in words]}
    )
    found = parse(text, "talk.json", LIMITS)
    assert spans_of(found) == [("A", 0.0, 1.0), ("B", 0.9, 1.5), ("A", 2.0, 2.5)]
    assert (found.id, found.speakers, found.word_times, found.duration_s) == ("talk", ("A", "B"), "exact", 2.5)
    assert [word.text for word in found.words] == ["so", "what", "yes", "now"]


def test_speech_without_words(tmp_path):
    path = tmp_path / "evening.json"
    path.write_text(json.dumps({"speech": [{"speaker": "ann", "start_s": 1, "end_s": 2.5}]}))
    found = read(path, LIMITS)
    assert (found.id, found.word_times, found.words, spans_of(found)) == ("evening", "none", (), [("ann", 1.0, 2.5)])


def test_a_summary_gives_its_words_over_its_spans():
    summary = {
        "format": 1,
        "id": "s",
        "source": {"path": "x.wav", "duration_s": 9.0, "channels": 1},
        "speech": [{"speaker": "A", "start_s": a, "end_s": b} for a, b in ((0, 1), (2, 4))],
        "turns": [{"speaker": "A", "start_s": 0, "end_s": 4, "text": "one two three four five six"}],
    }
    found = parse(json.dumps(summary), "s.json", LIMITS)
    assert (found.word_times, found.duration_s, found.mixed) == ("estimated", 9.0, True)
    assert [(w.text, w.start_s, w.end_s) for w in found.words] == [
        ("one", 0, 0.5),
        ("two", 0.5, 1),
        ("three", pytest.approx(2), pytest.approx(2.5)),
        ("four", pytest.approx(2.5), pytest.approx(3)),
        ("five", pytest.approx(3), pytest.approx(3.5)),
        ("six", pytest.approx(3.5), pytest.approx(4)),
    ]
    assert turns(found, LIMITS)[0].text == "one two three four five six"


def test_spans_in_any_order_carry_the_words():
    speech = [{"speaker": "A", "start_s": a, "end_s": b} for a, b in ((2, 4), (0, 1.5), (1, 1.2))]
    turn = {"speaker": "A", "start_s": 0, "end_s": 4, "text": "one two three four five six seven"}
    found = parse(json.dumps({"speech": speech, "turns": [turn]}), "s.json", LIMITS)
    assert [w.start_s for w in found.words] == [pytest.approx(at) for at in (0, 0.5, 1.0, 2.0, 2.5, 3.0, 3.5)]


def test_turns_alone_are_speech():
    found = parse('{"turns": [{"speaker": "A", "start_s": 0, "end_s": 1, "text": "a b"}]}', "t.json", LIMITS)
    assert (spans_of(found), [w.text for w in found.words]) == ([("A", 0.0, 1.0)], ["a", "b"])


def test_rttm_keeps_labels_and_passes_over_the_rest():
    text = (
        ";; made by hand\nSPKR-INFO call 1 <NA> <NA> <NA> adult ann <NA> <NA>\n\n"
        "SPEAKER call 1 0.50 1.00 <NA> <NA> ann <NA> <NA>\nSPEAKER call 1 1.20 2.00 <NA> <NA> MEE012 <NA> <NA>\n"
        "SPEAKER call 1 1.60 0.20 <NA> <NA> ann <NA> <NA>\n"
    )
    found = parse(text, "call.rttm", LIMITS)
    assert (found.id, found.speakers) == ("call", ("ann", "MEE012"))
    assert spans_of(found) == [("ann", 0.5, pytest.approx(1.8)), ("MEE012", 1.2, 3.2)]


@pytest.mark.parametrize("text", [LONG, SHORT, LONG.replace("\n", "\r\n")], ids=["long", "short", "windows"])
def test_textgrid(text):
    found = parse(text, "talk.TextGrid", LIMITS)
    assert spans_of(found) == [("ann", 0.0, 1.0), ("bob", 1.4, 2.4), ("ann", 3.0, 5.0)]
    assert (found.speakers, found.word_times) == (("ann", "bob"), "estimated")
    assert " ".join(w.text for w in found.words) == 'did you call 1.5 "them" yes so they do'


def test_textgrid_as_praat_saves_it(tmp_path):
    path = tmp_path / "umlaut.TextGrid"
    path.write_bytes(SHORT.replace("bob", "Jürgen").encode("utf-16"))
    assert read(path, LIMITS).speakers == ("ann", "Jürgen")


def grid(*tiers: tuple[str, list[tuple[float, float, str]]]) -> str:
    head = f'File type = "ooTextFile"\nObject class = "TextGrid"\n0\n9\n<exists>\n{len(tiers)}\n'
    return head + "".join(
        f'"IntervalTier"\n"{name}"\n0\n9\n{len(said)}\n' + "".join(f'{a}\n{b}\n"{text}"\n' for a, b, text in said)
        for name, said in tiers
    )


def test_textgrid_of_an_aligner_has_exact_words():
    words = [(0, 0.4, "so"), (0.4, 0.9, "what"), (0.9, 2, "sil"), (2, 2.4, "now")]
    phones = [(0, 0.2, "S"), (0.2, 0.4, "OW1"), (2, 2.4, "N")]
    found = parse(grid(("ann - words", words), ("ann - phones", phones)), "x.TextGrid", LIMITS)
    assert (found.speakers, found.word_times) == (("ann",), "exact")
    assert [word.text for word in found.words] == ["so", "what", "now"]


def test_textgrid_that_only_marks_speech_has_no_words():
    found = parse(grid(("ann", [(0, 1, "speech"), (2, 3, "speech")]), ("bob", [(4, 5, "speech")])), "x", LIMITS)
    assert (found.words, found.word_times, len(found.speech)) == ((), "none", 3)


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("", "is empty"),
        (" \n ", "is empty"),
        ("hello there", "line 1"),
        ("{", "line 1, column 2"),
        ('{"words": [}', "line 1, column 12"),
        ("[1, 2]", "top is no object"),
        ("{}", 'neither "words" nor "speech"'),
        ('{"words": {}}', "'words' is no list"),
        ('{"words": []}', "holds no speech"),
        ('{"words": [1]}', r"words\[0\]"),
        ("[" * 100_000, "nested too deep"),
        ('{"speech": [{"speaker": "A", "start_s": ' + "9" * 5000 + ', "end_s": 1}]}', "number too long"),
        ('{"id": [1], "speech": [{"speaker": "A", "start_s": 0, "end_s": 1}]}', "'id'"),
        ('{"source": {"duration_s": -1}, "speech": [{"speaker": "A", "start_s": 0, "end_s": 1}]}', "source"),
        (rows(start_s=-0.5), r"words\[1\].*'start_s' is -0.5"),
        (rows(end_s=float("nan")), r"words\[1\].*'end_s' is nan"),
        (rows(end_s=float("inf")), r"words\[1\].*'end_s' is inf"),
        (rows(end_s=1e9), r"words\[1\]"),
        (rows(end_s=10**400), r"words\[1\].*too large"),
        (rows(end_s=0.5), r"words\[1\].*before it starts"),
        (rows(end_s="2.0"), r"words\[1\].*'end_s' is missing or no number"),
        (rows(start_s=True), r"words\[1\].*'start_s' is missing or no number"),
        (rows(start_s=None), r"words\[1\].*'start_s' is missing or no number"),
        (rows(text=5), r"words\[1\].*'text'"),
        (rows(speaker=""), r"words\[1\].*speaker"),
        (rows(speaker="a\x1b[2J"), r"words\[1\].*speaker"),
        (rows(speaker=7), r"words\[1\].*speaker"),
        (
            json.dumps({"turns": [{"speaker": "A", "start_s": a, "end_s": 9, "text": "hi"} for a in (0, 5)]}),
            "turns: A begins one at 5 s inside another",
        ),
        ("SPEAKER a 1 0.0 1.0 <NA> <NA>", "line 1: 7 fields"),
        ("SPEAKER a 1 0.0 1.0 <NA> <NA> ann\nSPEAKER a 1 x 1.0 <NA> <NA> ann", "line 2: 'x'"),
        ("SPEAKER a 1 1.0 -1.0 <NA> <NA> ann <NA>", "line 1: the length is -1"),
        ("SPEAKER a 1 nan 1.0 <NA> <NA> ann <NA>", "line 1: the start is nan"),
        ("SPEAKER a 1 0 1.0 <NA> <NA> ann <NA>\nwhat", "line 2"),
        ("SPEAKER a 1 0 1.0 <NA> <NA> ann\nSPEAKER b 1 0 1.0 <NA> <NA> ann", "2 recordings"),
        ("\n".join(f"SPEAKER a 1 {n} 1.0 <NA> <NA> s{n}" for n in range(21)), "21 speakers"),
        (SHORT.replace("2.4", "1.2"), "line 29.*before it starts"),
        (SHORT.replace("2.4", "-1"), "line 29.*is -1"),
        (SHORT.replace("2.4", "nan"), "line 29.*is nan"),
        (SHORT.replace("2.4", '"2.4"'), "line 29.*end of an interval"),
        (SHORT.replace('"yes"', "3.5"), "line 30.*text of an interval"),
        (SHORT.replace('"IntervalTier"\n"bob"', '"PitchTier"\n"bob"'), "PitchTier"),
        (SHORT.replace("5.0\n3\n0\n", "5.0\n99999999\n0\n"), "99999999|1e\\+08"),
        (SHORT.partition('"bob"')[0], "ends where"),
        ('File type = "ooTextFile"\nObject class = "Sound"\n0', "'Sound'"),
    ],
)  # fmt: skip
def test_bad_input_is_refused_with_file_and_place(text, place):
    with pytest.raises(AnnotationError, match=place) as refused:
        parse(text, "some.file", LIMITS)
    trouble, _, next_step = str(refused.value).partition("; ")
    assert trouble.startswith("some.file")
    assert next_step.endswith(".")


def test_files_that_cannot_be_read_are_refused(tmp_path):
    with pytest.raises(AnnotationError, match=r"nothing\.json: cannot be read"):
        read(tmp_path / "nothing.json", LIMITS)
    with pytest.raises(AnnotationError, match="is a folder"):
        read(tmp_path, LIMITS)
    sound = tmp_path / "sound.json"
    sound.write_bytes(b"RIFF\x24\x80\x00\x00WAVEfmt \x90")
    with pytest.raises(AnnotationError, match=r"sound\.json: byte 5"):
        read(sound, LIMITS)


def test_a_huge_file_is_refused_before_it_is_read(tmp_path):
    huge = tmp_path / "huge.json"
    with huge.open("wb") as file:
        file.truncate(65 * 2**20)
    with pytest.raises(AnnotationError, match="65 MB is too large"):
        read(huge, LIMITS)


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5) | st.sampled_from(["A", "B"]),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["words", "speech", "turns", "speaker", "start_s", "end_s", "text"]), inner)
    ),
    max_leaves=12,
)


def read_or_refused(text: str, name: str) -> None:
    """Neither anything but an AnnotationError, nor a conversation without speech, comes of any text."""
    refusal = f"{name}: "
    try:
        assert parse(text, name, LIMITS).speech
    except AnnotationError as refused:
        refusal = str(refused)
    assert refusal.startswith(name)


@given(st.dictionaries(st.sampled_from(["words", "speech", "turns", "id", "source"]), VALUES, min_size=1))
def test_any_json_is_read_or_refused(table):
    read_or_refused(json.dumps(table), "any.json")


@given(st.integers(0, len(SHORT)), st.integers(0, 30), st.text(alphabet='019.-"<>! \nx', max_size=6))
def test_a_damaged_textgrid_is_read_or_refused(at, length, put):
    read_or_refused(SHORT[:at] + put + SHORT[at + length :], "any.TextGrid")
