"""What happened in a talk as CSV (RFC 4180): one row an event, for a spreadsheet or statistics.

A cell that begins like a formula would be run by the spreadsheet that opens it: an apostrophe before it makes it text.
Some spreadsheets part cells at semicolons, so the same holds behind one.
"""

from __future__ import annotations

import csv
import re
from io import StringIO

from coach.plain import one_line
from coach.render.events import called, events
from coach.summary import Summary

COLUMNS = ("event", "kind", "by", "of", "start_s", "end_s", "text", "reason", "confidence", "rewrite")
FORMULA = re.compile(r"(^|;)(\s*)(?=[=+\-@＝＋－＠])")  # the wide signs count as well


def render(summary: Summary) -> str:
    names = called(summary)
    out = StringIO()
    rows = csv.writer(out, quoting=csv.QUOTE_NONNUMERIC)
    rows.writerow(COLUMNS)
    for one in events(summary):
        texts = (one.event, one.kind, names.get(one.by, one.by), names.get(one.of, one.of))
        rest = (one.text, one.reason, _number(one.confidence), one.rewrite)
        rows.writerow([_cell(value) for value in (*texts, _number(one.start_s), _number(one.end_s), *rest)])
    return out.getvalue()


def _number(value: float | None) -> float | str:
    return "" if value is None else round(value, 3)


def _cell(value: float | str) -> float | str:
    return FORMULA.sub(r"\1\2'", one_line(value)) if isinstance(value, str) else value
