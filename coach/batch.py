"""Many recordings at once: each is analysed in a worker process of its own, and its results appear in one folder.

    files --plan--> jobs --(those that are done left out)--> workers --> FOLDER/talk.json, talk.html ...
                                                                         FOLDER/.talk.coach

The hidden mark claims the name before the work and tells after it what the results were made from: whatever is killed
is begun again, what is done stays, and no file of somebody else is written over. A worker that dies (out of memory, a
broken library) costs its own file only.
"""

from __future__ import annotations

import hashlib
import json
import multiprocessing
import re
import signal
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass
from importlib import metadata
from itertools import count
from multiprocessing.connection import Connection, wait
from pathlib import Path
from typing import TYPE_CHECKING, Any

from audio.errors import AudioError
from coach import output
from coach.config import Config
from coach.errors import CoachError, OutputError
from coach.plain import one_line, sentence

if TYPE_CHECKING:
    from multiprocessing.process import BaseProcess

    from coach.analysis import Progress
    from coach.summary import Summary

MARK, MARK_FORMAT = ".coach", 1
STAGES = 2  # telling the voices apart, writing down the words
MOST_NAME_BYTES = 120
"""File systems take 255 bytes; endings and the names of unfinished files need some of them."""
DIED = "The analysis of it ended suddenly, perhaps for want of memory. Try it alone, or with fewer --jobs."


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """What the results depend on, besides the recording."""

    names: tuple[str, ...]
    config: Config
    recogniser: str | None
    formats: tuple[str, ...]
    audio: bool  # a copy of the recording inside the page

    @property
    def fingerprint(self) -> str:
        version = metadata.version("active-listening-coach")
        made = (version, self.names, asdict(self.config), self.recogniser, self.audio)
        told = json.dumps(made, sort_keys=True, default=sorted)  # sets have no order of their own
        return hashlib.sha256(told.encode()).hexdigest()[:16]


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    file: Path
    folder: Path
    name: str  # of the results, without ending

    def target(self, format_: str) -> Path:
        return self.folder / f"{self.name}.{ENDINGS.get(format_, format_)}"

    @property
    def mark(self) -> Path:
        return self.folder / f".{self.name}{MARK}"


ENDINGS = {"textgrid": "TextGrid"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    name: str
    share: float
    interruptions: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """A line of the table at the end: what was found, or the error."""

    length_s: float = 0.0
    people: tuple[Person, ...] = ()
    error: str = ""


Report = Callable[[Job, "float | Row"], None]
"""Called with the share of a job that is done, and at its end with its row."""


def plan(files: Sequence[Path], folder: Path, formats: Sequence[str]) -> tuple[Job, ...]:
    """A name in the folder for each file: the one it had before, else its own, numbered where something has it."""
    sources = {_source(file): file for file in files}
    owners = dict(_owners(folder))
    jobs = {
        source: Job(file=sources[source], folder=folder, name=name)
        for name, source in owners.items()
        if source in sources
    }
    taken = {name.casefold() for name in owners}
    for source, file in sources.items():
        if source not in jobs:
            wanted = (Job(file=file, folder=folder, name=name) for name in _numbered(_tidy(file.stem)))
            jobs[source] = next(
                job
                for job in wanted
                if job.name.casefold() not in taken and not any(job.target(one).exists() for one in formats)
            )
            taken.add(jobs[source].name.casefold())
    return tuple(jobs[source] for source in sources)


def done(job: Job, settings: Settings) -> Row | None:
    """The row of a job whose results are there, made from this very file with these settings."""
    mark = _mark(job.mark)
    current = _made_from(job, settings)
    there = all(job.target(format_).is_file() for format_ in settings.formats)
    if not there or {key: mark.get(key) for key in current} != current:
        return None
    if not set(settings.formats) <= set(mark.get("formats", ())):
        return None
    try:
        people = tuple(Person(**person) for person in mark["people"])
        return Row(length_s=float(mark["length_s"]), people=people)
    except (KeyError, TypeError, ValueError):
        return None


def run(jobs: Sequence[Job], settings: Settings, workers: int, report: Report) -> None:
    """Analyse all jobs, so many at a time; `report` hears of each. Leaves no process behind."""
    context = multiprocessing.get_context("spawn")
    waiting = deque(jobs)
    busy: dict[Connection, tuple[BaseProcess, Job]] = {}
    try:
        while waiting or busy:
            while waiting and len(busy) < workers:
                job = waiting.popleft()
                ours, theirs = context.Pipe(duplex=False)
                process: BaseProcess = context.Process(target=_work, args=(theirs, job, settings), daemon=True)
                process.start()
                theirs.close()
                busy[ours] = process, job
            for pipe in set(busy) & set(wait(list(busy))):
                process, job = busy[pipe]
                told: float | Row
                try:
                    told = pipe.recv()
                except (EOFError, OSError):
                    told = Row(error=one_line(f"{job.file}: {DIED}"))
                if isinstance(told, Row):
                    del busy[pipe]
                    pipe.close()
                    process.join()
                report(job, told)
    finally:
        for worker, _ in busy.values():
            worker.kill()
            worker.join()


def _work(pipe: Connection, job: Job, settings: Settings) -> None:
    """The worker: shares of the work and a row go out; where nobody reads them any more, it ends."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the parent hears it too, and ends us
    with suppress(BrokenPipeError):
        pipe.send(_row(job, settings, pipe))


def _row(job: Job, settings: Settings, pipe: Connection) -> Row:
    stages: list[str] = []

    def progress(stage: str, share: float) -> None:
        if stage not in stages:
            stages.append(stage)
        pipe.send(min(1.0, (len(stages) - 1 + share) / STAGES))

    try:
        return _analysed(job, settings, progress)
    except (AudioError, CoachError) as error:
        says = sentence(error)
    except (OSError, MemoryError) as error:
        says = one_line(f"{job.file}: {error or DIED}")
    if not any(job.target(format_).exists() for format_ in settings.formats):
        with suppress(OSError):
            job.mark.unlink()
    return Row(error=says)


def _analysed(job: Job, settings: Settings, progress: Progress) -> Row:
    from coach import app

    made_from = _made_from(job, settings)
    output.write(str(job.mark), json.dumps(made_from | {"formats": ()}))
    summary = app.analyze(
        job.file, names=settings.names, config=settings.config, recogniser=settings.recogniser, progress=progress
    )
    texts = {format_: app.rendered(summary, format_, audio=settings.audio) for format_ in settings.formats}
    row = _row_of(summary)
    for format_, text in texts.items():
        output.write(str(job.target(format_)), text)
    output.write(str(job.mark), json.dumps(made_from | {"formats": settings.formats} | asdict(row)))
    return row


def _row_of(summary: Summary) -> Row:
    came_in = {rate.by: rate.interruptions for rate in summary.floor.rates}
    people = tuple(
        Person(name=summary.name(one.speaker), share=one.share, interruptions=came_in.get(one.speaker, 0))
        for one in summary.floor.shares
    )
    return Row(length_s=summary.conversation.duration_s, people=people)


def _made_from(job: Job, settings: Settings) -> dict[str, Any]:
    try:
        state = job.file.stat()
        size, mtime_ns = state.st_size, state.st_mtime_ns
    except (OSError, ValueError):  # the analysis says what is wrong with the file
        size, mtime_ns = -1, -1
    return {
        "format": MARK_FORMAT,
        "source": _source(job.file),
        "size": size,
        "mtime_ns": mtime_ns,
        "settings": settings.fingerprint,
    }


def _mark(path: Path) -> dict[str, Any]:
    """What a mark tells; nothing where there is none, or none of ours."""
    try:
        mark = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError):
        return {}
    return mark if isinstance(mark, dict) else {}


def _owners(folder: Path) -> Iterator[tuple[str, str]]:
    try:
        for path in sorted(folder.glob(f".*{MARK}")):
            yield path.name[1 : -len(MARK)], str(_mark(path).get("source", ""))
    except OSError as error:
        raise OutputError(f"{folder} cannot be read ({error.strerror}). Name another folder.") from error


def _numbered(name: str) -> Iterator[str]:
    yield name
    for number in count(2):
        yield f"{name}-{number}"


def _tidy(stem: str) -> str:
    """A name for files on any system: one line, no letters with a meaning to shells and file systems."""
    name = re.sub(r'[<>:"/\\|?*\ufffd]+', "_", one_line(stem)).strip(" .")
    while len(name.encode()) > MOST_NAME_BYTES:
        name = name[:-1]
    return f"_{name}" if not name or name.startswith("-") else name


def _source(file: Path) -> str:
    """Where a file is, as UTF-8: names on disk may hold any bytes."""
    try:
        place = str(file.resolve())
    except (OSError, RuntimeError):  # links in a ring
        place = str(file.absolute())
    return place.encode("utf-8", errors="backslashreplace").decode()
