"""The directions between the parts, read from the imports themselves."""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
PURE = (
    "conversation.py",
    "corrections.py",
    "figures.py",
    "halves.py",
    "summary.py",
    "trends.py",
    "feedback.py",
    "thresholds.py",
    "plain.py",
    "session/*.py",
    "practice/answers.py",
    "practice/content.py",
    "practice/end*.py",
    "practice/engine.py",
    "measures/*.py",
    "render/*.py",
)
ENGINES = {
    "faster_whisper",
    "kaldi_native_fbank",
    "moonshine_voice",
    "onnxruntime",
    "pyttsx3",
    "sounddevice",
    "soundfile",
    "soxr",
    "av",
    "webrtcvad",
}
OUTSIDE_WORLD = {
    "asyncio",
    "io",
    "os",
    "pathlib",
    "random",
    "socket",
    "sqlite3",
    "subprocess",
    "threading",
    "time",
    "datetime",
}
CONCRETE = {"Moonshine", "FasterWhisper", "transcriber", "tracker", "Silero", "WebRtc"}


def imports(path: Path, *, top_level_only: bool = False) -> Iterator[tuple[str, set[str]]]:
    """Modules that a file imports, and the names it takes from each; what only the type checker sees is left out."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    skipped = {
        id(node)
        for block in ast.walk(tree)
        if isinstance(block, ast.If) and "TYPE_CHECKING" in ast.dump(block.test)
        for inner in block.body
        for node in ast.walk(inner)
    }
    for node in tree.body if top_level_only else ast.walk(tree):
        if id(node) in skipped:
            continue
        if isinstance(node, ast.Import):
            for alias in node.names:
                yield alias.name, set()
        elif isinstance(node, ast.ImportFrom):
            yield node.module or "", {alias.name for alias in node.names}


def files(*patterns: str) -> list[Path]:
    return sorted({path for pattern in patterns for path in ROOT.glob(pattern)})


def top(module: str) -> str:
    return module.split(".")[0]


@pytest.mark.parametrize("path", files("audio/**/*.py"), ids=lambda path: path.name)
def test_audio_knows_nothing_of_coach_or_prompts(path: Path) -> None:
    assert not {top(module) for module, _ in imports(path)} & {"coach", "prompts"}


@pytest.mark.parametrize("path", files(*(f"coach/{pattern}" for pattern in PURE)), ids=lambda path: path.name)
def test_pure_modules_reach_no_engine_and_no_outside_world(path: Path) -> None:
    found = list(imports(path))
    modules = {top(module) for module, _ in found}
    assert not modules & ENGINES
    allowed = {"io"} if path.parent.name == "render" else set()  # StringIO for rich
    assert not modules & (OUTSIDE_WORLD - allowed)
    audio = {module for module, _ in found if top(module) == "audio"}
    assert audio <= {"audio.types", "audio.errors"}


@pytest.mark.parametrize("path", files("coach/**/*.py"), ids=lambda path: path.name)
def test_only_app_and_checkup_name_concrete_engines(path: Path) -> None:
    named = {name for module, names in imports(path) if top(module) == "audio" for name in names}
    if path.name in ("app.py", "checkup.py"):
        return
    assert not named & CONCRETE


@pytest.mark.parametrize("path", files("audio/**/*.py", "coach/**/*.py"), ids=lambda path: path.name)
def test_heavy_packages_are_imported_where_they_are_used(path: Path) -> None:
    modules = {top(module) for module, _ in imports(path, top_level_only=True)}
    started_alone = path.name.endswith("_process.py")  # a child process of its own
    assert started_alone or not modules & (ENGINES | {"numpy", "rich", "platformdirs", "huggingface_hub"})


def test_types_hold_no_logic() -> None:
    allowed = {"__future__", "collections.abc", "dataclasses", "typing", "numpy", "numpy.typing"}
    assert {module for module, _ in imports(ROOT / "audio/types.py")} <= allowed


def test_help_loads_nothing_heavy() -> None:
    shown = subprocess.run(
        [sys.executable, "-X", "importtime", "-m", "coach.cli", "--help"], capture_output=True, text=True, check=True
    )
    assert "examples:" in shown.stdout
    loaded = {line.rsplit("|", 1)[-1].strip().split(".")[0] for line in shown.stderr.splitlines() if "|" in line}
    assert "argparse" in loaded, "the list of loaded modules was not read"
    assert not loaded & (ENGINES | {"numpy", "rich", "platformdirs", "huggingface_hub", "tomllib"})
