"""The summary for a terminal: what was said when, what happened, and the same feedback as page and voice."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from io import StringIO
from typing import TYPE_CHECKING

from coach.measures.lexicon import LABELS
from coach.plain import clock, one_line, percent
from coach.summary import Summary

if TYPE_CHECKING:
    from rich.console import Console

MARKS = {"strength": ("+", "green"), "try": (">", "yellow"), "aim": ("=", "cyan")}
TIMELINE_LETTERS = 60
SHOWN_EVENTS = 12
SHOWN_CAVEATS = 6


def render(summary: Summary, *, transcript: bool = False, width: int = 80, colour: bool = False) -> str:
    from rich.console import Console

    out = StringIO()
    console = Console(
        file=out, width=width, force_terminal=colour, no_color=not colour, highlight=False, emoji=False, markup=False,
        legacy_windows=False,
    )  # fmt: skip
    if transcript:
        _transcript(console, summary)
    _who_spoke(console, summary)
    _timeline(console, summary, width)
    _events(console, summary)
    _words(console, summary)
    _feedback(console, summary)
    _caveats(console, summary)
    return "\n".join(line.rstrip() for line in out.getvalue().splitlines()) + "\n"


def _title(console: Console, text: str) -> None:
    console.print()
    console.print(text, style="bold")


def _entry(console: Console, left: str, text: str, *, style: str = "", indent: int = 2, column: int = 9) -> None:
    """A line with something in its left column, folded under its own text."""
    from rich.padding import Padding
    from rich.table import Table
    from rich.text import Text

    grid = Table.grid(padding=(0, 1, 0, 0))
    grid.add_column(width=column, no_wrap=True)
    grid.add_column(ratio=1)
    grid.add_row(Text(left, style=style), Text(text))
    console.print(Padding(grid, (0, 0, 0, indent)))


def _name(summary: Summary, speaker: str) -> str:
    return one_line(summary.name(speaker))


def _transcript(console: Console, summary: Summary) -> None:
    _title(console, "What was said")
    column = min(16, max((len(_name(summary, s)) for s in summary.conversation.speakers), default=0)) + 8
    listening = {sound.start_s for sound in summary.floor.backchannels}
    for turn in summary.turns:
        name = _name(summary, turn.speaker)[:16]
        said = one_line(turn.text) or ("(a sound of listening)" if turn.start_s in listening else "(no words made out)")
        _entry(console, f"{clock(turn.start_s):>6}  {name}", said, column=column, indent=0)


def _who_spoke(console: Console, summary: Summary) -> None:
    _title(console, f"Who spoke  ({clock(summary.conversation.duration_s)} in all)")
    responses = {item.by: item for item in summary.silence.responsiveness}
    for share in summary.floor.shares:
        bar = "█" * round(share.share * 20)
        longest = f"longest {share.longest_turn_s:.0f} s" if share.turns else "no turn"
        console.print(
            f"  {_name(summary, share.speaker)[:16]:<16} {percent(share.share):>5} {bar:<20} "
            f"{clock(share.speech_s)} in {_count(share.turns, 'turn')}, {longest}"
        )
        answer = responses.get(share.speaker)
        if answer and answer.replies:
            usual = f"usually after {answer.median_s:.1f} s, " if answer.median_s is not None else ""
            console.print(
                f"  {'':<16} {_count(answer.replies, 'reply', 'replies')}: {usual}{answer.immediate} at once, "
                f"{answer.waited} after 3 s"
            )


def _timeline(console: Console, summary: Summary, width: int) -> None:
    """One lane a person: each letter is a stretch of the talk, filled where they spoke for most of it."""
    duration_s = summary.conversation.duration_s
    if not duration_s or not summary.conversation.speech:
        return
    letters = max(10, min(TIMELINE_LETTERS, width - 20))
    step_s = duration_s / letters
    marks = Counter((event.by, int(event.start_s / step_s)) for event in summary.floor.interruptions)
    _title(console, f"The talk in time  (each mark is {step_s:.1f} s; ! came in on the other)")
    for speaker in summary.conversation.speakers:
        filled = [0.0] * (letters + 1)
        for span in summary.conversation.speech:
            if span.speaker == speaker:
                for at in range(int(span.start_s / step_s), min(letters, int(span.end_s / step_s) + 1)):
                    filled[at] += max(0.0, min(span.end_s, (at + 1) * step_s) - max(span.start_s, at * step_s))
        lane = "".join(
            "!" if marks[speaker, at] else "█" if filled[at] > step_s / 2 else "▄" if filled[at] > 0 else "·"
            for at in range(letters)
        )
        console.print(f"  {_name(summary, speaker)[:16]:<16} {lane}")


def _events(console: Console, summary: Summary) -> None:
    floor = summary.floor
    _title(console, "Interruptions")
    if not floor.interruptions:
        console.print("  None were heard.")
    for event in floor.interruptions[:SHOWN_EVENTS]:
        words = f': "{one_line(event.text)}"' if event.text else ""
        _entry(
            console,
            f"{clock(event.start_s):>6}",
            f"{_name(summary, event.by)} came in on {_name(summary, event.of)}{words}  ({event.reason})",
            column=6,
        )
    if len(floor.interruptions) > SHOWN_EVENTS:
        console.print(f"  ... and {len(floor.interruptions) - SHOWN_EVENTS} more.")
    for rate in floor.rates:
        if len(floor.rates) > 1:
            often = (
                f" ({rate.interruptions_per_min:.1f} a minute of the other's speech)"
                if rate.interruptions_per_min
                else ""
            )
            console.print(
                f"  {_name(summary, rate.by)[:16]}: {_heard(summary, rate.interruptions, 'interruption')}{often}, "
                f"{_heard(summary, rate.backchannels, 'sign of listening', 'signs of listening')}"
            )
    silence = summary.silence
    console.print(
        f"  Silence: {_count(len(silence.pauses), 'pause')}, {_count(len(silence.gaps), 'gap')} between speakers, "
        f"{_count(len(silence.lapses), 'lapse')} of 5 s or more"
    )


def _words(console: Console, summary: Summary) -> None:
    kinds = Counter((remark.speaker, remark.kind) for remark in summary.remarks)
    shown = (  # the order of the codebook, then the acts of listening
        ("feeling", "own feeling", "own feelings"),
        ("pseudo_feeling", "verdict as feeling", "verdicts as feelings"),
        ("blame", "blame", "blames"),
        ("need_request", "need or wish", "needs or wishes"),
        ("appreciation", "appreciation", "appreciations"),
        ("question_open", "open question", "open questions"),
        ("reflection", "paraphrase", "paraphrases"),
        ("validation", "validation", "validations"),
        ("advice", "advice unasked", "advice unasked"),
    )
    if not summary.conversation.words:
        return
    _title(console, "Words")
    for speaker in summary.conversation.speakers:
        found = [
            f"{count} {one if count == 1 else many}" for kind, one, many in shown if (count := kinds[speaker, kind])
        ]
        _entry(console, _name(summary, speaker)[:16], ", ".join(found) or "nothing that stands out", column=16)
    for one in summary.paraphrases:
        felt = "" if one.felt_understood is None else f", felt understood: {one.felt_understood} of 10"
        told = f"{_name(summary, one.by)} said it back, {one.paraphrase.score:.0%} close{felt}"
        _entry(console, f"{clock(summary.turns[one.turn].start_s):>6}", told, column=6)
    for remark in summary.remarks:
        if remark.rewrite and remark.kind in LABELS:
            _entry(
                console,
                f"{clock(remark.start_s):>6}",
                f'{_name(summary, remark.speaker)}: "{one_line(remark.quote)}"\n-> {one_line(remark.rewrite)}',
                column=6,
            )


def _feedback(console: Console, summary: Summary) -> None:
    for to, title in _addressees(summary):
        items = [item for item in summary.feedback if item.to == to]
        if items:
            _title(console, title)
        for item in items:
            mark, style = MARKS[item.kind]
            _entry(console, mark, one_line(item.text), style=style, column=1)


def _addressees(summary: Summary) -> Iterator[tuple[str, str]]:
    for speaker in summary.conversation.speakers:
        yield speaker, f"For {_name(summary, speaker)}"
    yield "both", "For you both"


def _caveats(console: Console, summary: Summary) -> None:
    if summary.caveats:
        _title(console, "Good to know")
    for caveat in summary.caveats[:SHOWN_CAVEATS]:
        _entry(console, "-", one_line(caveat), column=1)
    engines = summary.engines
    if engines.speakers or engines.transcriber:
        _entry(console, "-", f"Heard with {engines.speakers} and {engines.transcriber}.", column=1)


def _heard(summary: Summary, number: int, one: str, many: str = "") -> str:
    """A count of what one microphone may have missed."""
    return f"{'at least ' if summary.floor.at_least and number else ''}{_count(number, one, many)}"


def _count(number: int, one: str, many: str = "") -> str:
    return f"{number} {one if number == 1 else many or one + 's'}"
