"""coach label: one sentence a line in, one JSON object a line out."""

from __future__ import annotations

import argparse
import json
import sys
from typing import TYPE_CHECKING, Any

from coach.errors import AnnotationError
from coach.verbs import add_verb

if TYPE_CHECKING:
    from coach.verbs import Verbs

LONGEST_LINE = 100_000
"""Letters; a sentence that somebody said is far shorter."""

EXAMPLES = """\
  echo "you never listen to me" | coach label
  coach label < sentences.txt > labels.jsonl
  echo '{"id": "7", "text": "what happened then", "previous": "I came home late"}' | coach label
"""


def add(verbs: Verbs) -> None:
    parser = add_verb(
        verbs, "label", "tell what each sentence on standard input does: its label, rule and quote", EXAMPLES
    )
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    from coach import content
    from coach.measures.words import label
    from coach.thresholds import WordLimits

    if sys.stdin.isatty():
        print("Type a sentence and press Enter; Ctrl-D ends.", file=sys.stderr)
    lexicon, limits = content.lexicon(), WordLimits()
    for number, line in enumerate(_lines(), start=1):
        given = _given(line, number)
        labelled = label(given["text"], given["previous"], lexicon, limits)
        row = {
            "id": given["id"],
            "text": labelled.text,
            "label": labelled.label,
            "acts": list(labelled.acts),
            "rule": labelled.rule,
            "quote": labelled.quote,
            "confidence": round(labelled.confidence, 3),
        }
        print(json.dumps(row, ensure_ascii=False), flush=sys.stdin.isatty())
    return 0


def _lines() -> Any:
    for raw in sys.stdin.buffer:
        yield raw.decode("utf-8", errors="replace").rstrip("\r\n")


def _given(line: str, number: int) -> dict[str, Any]:
    """The sentence of a line, plain or as JSON with an id and the partner's last turn."""
    if len(line) > LONGEST_LINE:
        raise AnnotationError(f"Line {number} holds {len(line)} letters. Give one sentence a line.")
    if not line.lstrip().startswith("{"):
        return {"id": number, "text": line, "previous": None}
    try:
        given = json.loads(line)
    except (json.JSONDecodeError, RecursionError) as error:
        raise AnnotationError(f"Line {number} begins like JSON but is none ({error}). Mend or quote it.") from error
    text, previous = given.get("text"), given.get("previous")
    if not isinstance(text, str) or not (previous is None or isinstance(previous, str)):
        raise AnnotationError(
            f'Line {number} needs "text", and "previous" if any, in quotes: {{"id": 1, "text": "you came late"}}.'
        )
    return {"id": given.get("id", number), "text": text, "previous": previous}
