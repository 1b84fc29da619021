"""Which models are on this machine, where, under which licence; and fetching one, only when asked.

<models folder>/faster-whisper/base.en/       model.bin config.json tokenizer.json vocabulary.txt  (+ sha256.json)
<models folder>/faster-whisper/base.en.part/  a fetch under way or broken off: never a model
"""

from __future__ import annotations

import errno
import hashlib
import json
import logging
import os
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Literal

from audio.errors import ModelError

State = Literal["embedded", "present", "missing", "damaged"]
Progress = Callable[[int, int], None]
"""Called with the bytes fetched so far and the bytes in all."""

DISK_ERRORS = (errno.ENOSPC, errno.EDQUOT, errno.EACCES, errno.EPERM, errno.EROFS, errno.ENOTDIR)
NEEDED = ("model.bin", "config.json", "tokenizer.json")  # and a vocabulary: .txt or .json
HASHES = "sha256.json"
WHISPER_LICENCE = "MIT (OpenAI Whisper, converted by SYSTRAN)"
WHISPER_BYTES = {
    "tiny.en": 78_000_000,
    "base.en": 148_000_000,
    "small.en": 486_000_000,
    "medium.en": 1_530_000_000,
}
"""The sizes on offer, best last, about what each fetches."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Model:
    name: str
    use: str
    path: Path
    size_bytes: int  # about, where it is missing
    licence: str
    state: State


def models_folder() -> Path:
    """COACH_MODELS, or `models` in the user's data folder. It need not exist."""
    named = os.environ.get("COACH_MODELS")
    if named:
        return Path(named).expanduser()
    from platformdirs import user_data_path

    return user_data_path("coach", appauthor=False) / "models"


def installed(folder: Path | None = None) -> tuple[Model, ...]:
    """Everything the coach can listen with: what is embedded, what was fetched, and what could be."""
    names = dict.fromkeys((*WHISPER_BYTES, *_folders_in(_whisper_folder(folder))))
    return (*_embedded(), *(_whisper(name, folder) for name in names))


def best_whisper(folder: Path | None = None) -> Model | None:
    """The largest faster-whisper model on the disk."""
    present = [model for model in installed(folder) if model.use == "recogniser" and model.state == "present"]
    return max(present, key=lambda model: model.size_bytes, default=None)


def whisper(name: str, folder: Path | None = None) -> Model:
    """The faster-whisper model `name`, whole and on the disk. Raises ModelError that says what to do."""
    model = _whisper(name, folder)
    step = f"Fetch it: coach models fetch {name}" if name in WHISPER_BYTES else _offer()
    if model.state == "missing":
        raise ModelError(f"The recogniser {name} is not in {model.path}. {step}")
    if model.state == "damaged":
        raise ModelError(f"The recogniser in {model.path} lacks files. {step}")
    return model


def moonshine_folder() -> Path:
    """The weights inside the moonshine_voice package. Raises ModelError where they are not."""
    folder = _package_folder("moonshine_voice") / "assets" / "tiny-en"
    if not (folder / "encoder_model.ort").is_file():
        raise ModelError(
            f"The embedded recogniser's weights are not in {folder}. "
            "Install the release that carries them: pip install moonshine-voice==0.0.73"
        )
    return folder


def fetch(name: str, folder: Path | None = None, progress: Progress | None = None) -> Model:
    """Fetch a faster-whisper model from the Hugging Face hub, check it, and only then give it its name.

    Raises ModelError: an unknown name, no way to the hub, a damaged download, no room.
    """
    if name not in WHISPER_BYTES:
        raise ModelError(f"There is no recogniser called {name}. {_offer()}")
    model = _whisper(name, folder)
    if model.state == "present":
        return model
    part = model.path.with_name(f"{name}.part")
    try:
        hashes = _download(name, part, progress)
        _check(part, hashes)
        (part / HASHES).write_text(json.dumps(hashes, indent=1) + "\n", encoding="utf-8")
        shutil.rmtree(part / ".cache", ignore_errors=True)
        if model.path.exists():
            shutil.rmtree(model.path)
        part.replace(model.path)
    except OSError as error:
        raise ModelError(
            f"{name} could not be stored in {part} ({error.strerror or error}). Make room there."
        ) from error
    return _whisper(name, folder)


def _download(name: str, part: Path, progress: Progress | None) -> dict[str, str]:
    """The files of the model into `part`; their SHA-256, as the hub states it where it does, else as they came."""
    os.environ.setdefault("HF_HUB_DISABLE_TELEMETRY", "1")
    from huggingface_hub import HfApi, hf_hub_download

    logging.getLogger("huggingface_hub").setLevel(logging.ERROR)  # it writes its retries to the terminal
    hashes: dict[str, str] = {}
    try:
        listed = HfApi().model_info(_repository(name), files_metadata=True, timeout=15).siblings or []
        wanted = [file for file in listed if file.rfilename in NEEDED or file.rfilename.startswith("vocabulary.")]
        meter = _meter(sum(file.size or 0 for file in wanted), progress)
        for file in wanted:
            path = hf_hub_download(_repository(name), file.rfilename, local_dir=part, tqdm_class=meter)
            hashes[file.rfilename] = file.lfs.sha256 if file.lfs else _sha256(Path(path))
    except Exception as error:
        reason = str(error).splitlines()[0] if str(error) else type(error).__name__
        raise ModelError(_by_hand(name, part.with_name(name), reason)) from error
    return hashes


def _meter(total_bytes: int, progress: Progress | None) -> type:
    """The hub's client reports through a class in tqdm's manner."""
    from tqdm import tqdm

    done = 0

    class Meter(tqdm):  # type: ignore[misc]  # it ships no types
        def __init__(self, *arguments: object, **options: object) -> None:
            options.pop("name", None)
            super().__init__(*arguments, **options | {"disable": True})

        def update(self, n: float | None = 1) -> None:
            nonlocal done
            done += int(n or 0)
            if progress:
                progress(min(done, total_bytes), total_bytes)

    return Meter


def _embedded() -> tuple[Model, ...]:
    """What comes inside the installed packages, by package version."""
    return (
        _inside("moonshine tiny-en", "recogniser", "moonshine_voice", "assets/tiny-en/*", "MIT (Moonshine AI)"),
        _inside(
            "pyannote community-1",
            "speakers",
            "moonshine_voice",
            "libmoonshine.*",
            "CC BY 4.0 (pyannote segmentation and embedding, by Herve Bredin and others)",
        ),
        _inside("silero v6", "voice activity", "faster_whisper", "assets/silero_vad*.onnx", "MIT (Silero Team)"),
    )


def _inside(name: str, use: str, package: str, pattern: str, licence: str) -> Model:
    folder = _package_folder(package)
    files = sorted(folder.glob(pattern))
    return Model(
        name=f"{name} ({package} {_version(package)})",
        use=use,
        path=files[0].parent if len(files) > 1 else (files or [folder])[0],
        size_bytes=sum(file.stat().st_size for file in files),
        licence=licence,
        state="embedded" if files else "missing",
    )


def _package_folder(package: str) -> Path:
    """Where a package is, without importing it."""
    found = find_spec(package)
    if found is None or found.origin is None:
        raise ModelError(f"The package {package} is not installed. Install it: pip install {package.replace('_', '-')}")
    return Path(found.origin).parent


def _version(package: str) -> str:
    from importlib.metadata import version

    return version(package.replace("_", "-"))


def _check(folder: Path, hashes: dict[str, str]) -> None:
    if not _complete(folder):
        raise ModelError(f"The hub did not give all files of the model in {folder}. Try again later.")
    for name, expected in hashes.items():
        if _sha256(folder / name) != expected:
            (folder / name).unlink()
            raise ModelError(f"{name} came damaged and was deleted. Try again: what came whole is kept in {folder}.")


def _by_hand(name: str, path: Path, reason: str) -> str:
    return (
        f"{name} cannot be fetched from huggingface.co ({reason}). Connect this machine and try again, or on another "
        f"one open https://huggingface.co/{_repository(name)}/tree/main and copy model.bin, config.json, "
        f"tokenizer.json and vocabulary.txt into {path}"
    )


def _offer() -> str:
    return "There are: " + ", ".join(WHISPER_BYTES)


def _repository(name: str) -> str:
    return f"Systran/faster-whisper-{name}"


def _whisper_folder(folder: Path | None) -> Path:
    return (folder or models_folder()) / "faster-whisper"


def _folders_in(folder: Path) -> list[str]:
    if not folder.is_dir():
        return []
    return sorted(path.name for path in folder.iterdir() if path.is_dir() and not path.name.endswith(".part"))


def _whisper(name: str, folder: Path | None) -> Model:
    path = _whisper_folder(folder) / name
    state: State = "missing"
    size_bytes = WHISPER_BYTES.get(name, 0)
    if path.is_dir():
        state = "present" if _complete(path) else "damaged"
        size_bytes = sum(file.stat().st_size for file in path.iterdir() if file.is_file())
    return Model(name=name, use="recogniser", path=path, size_bytes=size_bytes, licence=WHISPER_LICENCE, state=state)


def _complete(folder: Path) -> bool:
    """Every needed file is there and not empty: a copy by hand has no hashes to check."""
    files = [folder / name for name in NEEDED]
    vocabulary = [path for path in folder.glob("vocabulary.*") if path.stat().st_size]
    return bool(vocabulary) and all(path.is_file() and path.stat().st_size for path in files)


def checked(model: Model) -> bool:
    """Whether the files are as they were fetched. Reads all of them; True where there are no hashes to compare."""
    hashes = model.path / HASHES
    if not hashes.is_file():
        return model.state in ("present", "embedded")
    expected: dict[str, str] = json.loads(hashes.read_text(encoding="utf-8"))
    return all(
        (model.path / name).is_file() and _sha256(model.path / name) == value for name, value in expected.items()
    )


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
