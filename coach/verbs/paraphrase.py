"""coach paraphrase: how well one text says back another, with the parts of the score and their evidence."""

from __future__ import annotations

import argparse
import json
import sys
from typing import TYPE_CHECKING, Any

from coach.errors import AnnotationError
from coach.verbs import add_verb

if TYPE_CHECKING:
    from coach.measures.paraphrase import Paraphrase
    from coach.verbs import Verbs

LONGEST_TEXT = 20_000
"""Letters; a turn of ten minutes has fewer."""

EXAMPLES = """\
  coach paraphrase --said "I cooked, and you came at eight." --back "You waited with dinner, and that hurt."
  coach paraphrase --said "I passed!" --back "You made it, how happy you must be." --json -
  echo '{"id": "1", "said": "I miss her.", "back": "You long for her."}' | coach paraphrase --jsonl
"""


def add(verbs: Verbs) -> None:
    parser = add_verb(verbs, "paraphrase", "tell how well one text says back another, part by part", EXAMPLES)
    parser.add_argument("--said", metavar="TEXT", help="what the partner said")
    parser.add_argument("--back", metavar="TEXT", help="what the listener said back")
    parser.add_argument("--json", metavar="PATH", help="write the result as JSON; - is the screen")
    parser.add_argument(
        "--jsonl", action="store_true", help='read {"id", "said", "back"} lines, write one result a line'
    )
    parser.set_defaults(run=run, parser=parser)


def run(args: argparse.Namespace) -> int:
    if args.jsonl:
        if args.said is not None or args.back is not None or args.json is not None:
            args.parser.error("--jsonl reads standard input: leave out --said, --back and --json")
        return _lines()
    if args.said is None or args.back is None:
        args.parser.error("give --said and --back, or --jsonl with lines on standard input")
    return _pair(args.said, args.back, args.json)


def _pair(said: str, back: str, target: str | None) -> int:
    from coach import output

    if target is not None:
        output.check([target])
    for name, text in (("--said", said), ("--back", back)):
        if len(text) > LONGEST_TEXT:
            raise AnnotationError(f"{name} holds {len(text)} letters. Give one turn, at most {LONGEST_TEXT} letters.")
    result = _scorer()(said, back)
    if target != output.STDOUT:
        print(_text(result))
    if target is not None:
        output.write(target, json.dumps(_row(None, result), ensure_ascii=False, indent=2))
    return 0


def _lines() -> int:
    if sys.stdin.isatty():
        print('Type lines like {"id": 1, "said": "...", "back": "..."}; Ctrl-D ends.', file=sys.stderr)
    score = _scorer()
    for number, raw in enumerate(sys.stdin.buffer, start=1):
        line = raw.decode("utf-8", errors="replace").strip()
        if line:
            given = _given(line, number)
            print(
                json.dumps(_row(given, score(given["said"], given["back"])), ensure_ascii=False),
                flush=sys.stdin.isatty(),
            )
    return 0


def _scorer() -> Any:
    from coach.measures.paraphrase import paraphrase
    from coach.practice.content import paraphrase_content
    from coach.thresholds import Limits

    content, limits = paraphrase_content(), Limits()
    return lambda said, back: paraphrase(said, back, content, limits)


def _given(line: str, number: int) -> dict[str, Any]:
    shape = '{"id": 1, "said": "...", "back": "..."}'
    if len(line) > 2 * LONGEST_TEXT:
        raise AnnotationError(f"Line {number} holds {len(line)} letters. Give one pair of turns a line.")
    try:
        given = json.loads(line)
    except (json.JSONDecodeError, RecursionError) as error:
        raise AnnotationError(f"Line {number} is no JSON ({error}). Write each line as {shape}.") from error
    if not isinstance(given, dict) or not all(isinstance(given.get(key), str) for key in ("said", "back")):
        raise AnnotationError(f'Line {number} needs "said" and "back" as texts: {shape}.')
    return {"id": number} | given


def _row(given: dict[str, Any] | None, result: Paraphrase) -> dict[str, Any]:
    identity = {} if given is None else {"id": given["id"]}
    return identity | {
        "score": round(result.score, 4),
        "parts": {part.name: round(part.score, 4) for part in result.parts},
        "evidence": {part.name: part.evidence for part in result.parts},
        "reasons": list(result.reasons),
    }


def _text(result: Paraphrase) -> str:
    rows = [f"Score {result.score:.2f} of 1"]
    rows += [f"  {part.name.replace('_', ' '):14} {part.score:.2f}  {part.evidence}" for part in result.parts]
    return "\n".join(rows)
