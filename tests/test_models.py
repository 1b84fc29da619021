"""Where models are, which state they are in, and a fetch from a hub that runs here."""

from __future__ import annotations

import hashlib
import json
import os
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from audio import models
from audio.errors import ModelError
from fixtures.build_tiny_whisper import build

FETCH = """
import json, sys
from pathlib import Path
from audio import models
from audio.errors import ModelError
seen = []
try:
    model = models.fetch("tiny.en", Path(sys.argv[1]), lambda done, total: seen.append((done, total)))
    print(json.dumps({"state": model.state, "path": str(model.path), "checked": models.checked(model), "seen": seen}))
except ModelError as error:
    print(json.dumps({"error": str(error)}))
"""


@pytest.fixture(scope="module")
def weights(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("weights")
    build(folder)
    return folder


class Hub(ThreadingHTTPServer):
    """As much of the hub as a fetch asks for. It may state another hash than a file has."""

    def __init__(self, files: Path) -> None:
        super().__init__(("127.0.0.1", 0), Page)
        self.files = {path.name: path.read_bytes() for path in files.iterdir()}
        self.other_hash = ""


class Page(BaseHTTPRequestHandler):
    server: Hub

    def log_message(self, *_: object) -> None:
        pass

    def do_HEAD(self) -> None:
        self.do_GET()

    def do_GET(self) -> None:
        name = self.path.split("?")[0].rsplit("/", 1)[-1]
        if "/api/models/" in self.path:
            self.answer(json.dumps(self.listing()).encode(), "application/json")
        elif name in self.server.files:
            self.answer(self.server.files[name], "application/octet-stream")
        else:
            self.send_error(404)

    def listing(self) -> dict[str, object]:
        files = []
        for name, content in self.server.files.items():
            stated = b"another" if name == self.server.other_hash else content
            lfs = {"sha256": hashlib.sha256(stated).hexdigest(), "size": len(content), "pointerSize": 130}
            files.append({"rfilename": name, "size": len(content), "lfs": lfs if name == "model.bin" else None})
        return {"_id": "1", "id": "a/b", "modelId": "a/b", "sha": "0" * 40, "siblings": files, "tags": []}

    def answer(self, content: bytes, kind: str) -> None:
        self.send_response(200)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(content)))
        self.send_header("ETag", f'"{hashlib.sha256(content).hexdigest()}"')
        self.send_header("X-Repo-Commit", "0" * 40)
        self.end_headers()
        if self.command == "GET":
            self.wfile.write(content)


@pytest.fixture
def hub(weights: Path) -> Iterator[Hub]:
    server = Hub(weights)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield server
    server.shutdown()
    server.server_close()
    thread.join()


def fetched(folder: Path, port: int) -> dict[str, object]:
    """In a process of its own: the hub's client reads its address once, when it is imported."""
    environment = {key: value for key, value in os.environ.items() if "proxy" not in key.lower()}
    environment |= {"HF_ENDPOINT": f"http://127.0.0.1:{port}", "HF_HOME": str(folder / "home")}
    done = subprocess.run(
        [sys.executable, "-c", FETCH, str(folder)], env=environment, capture_output=True, text=True, timeout=120
    )
    assert done.stderr == ""
    answer: dict[str, object] = json.loads(done.stdout)
    return answer


def test_fetched_checked_and_only_then_named(hub: Hub, tmp_path: Path) -> None:
    answer = fetched(tmp_path, hub.server_port)
    folder = tmp_path / "faster-whisper" / "tiny.en"
    total = sum(len(content) for content in hub.files.values())
    assert answer["state"] == "present"
    assert answer["checked"] is True
    assert answer["seen"][-1] == [total, total]  # type: ignore[index]
    assert sorted(path.name for path in folder.iterdir()) == sorted([*hub.files, "sha256.json"])
    assert [path.name for path in folder.parent.iterdir()] == ["tiny.en"]
    (folder / "config.json").write_text("{}", encoding="utf-8")
    assert not models.checked(models.whisper("tiny.en", tmp_path))


def test_a_damaged_download_never_counts(hub: Hub, tmp_path: Path) -> None:
    hub.other_hash = "model.bin"
    assert "damaged" in str(fetched(tmp_path, hub.server_port)["error"])
    assert models.best_whisper(tmp_path) is None
    hub.other_hash = ""
    assert fetched(tmp_path, hub.server_port)["state"] == "present"


def test_a_hub_without_all_files(hub: Hub, tmp_path: Path) -> None:
    del hub.files["tokenizer.json"]
    assert "did not give all files" in str(fetched(tmp_path, hub.server_port)["error"])
    assert models.best_whisper(tmp_path) is None


def test_no_way_to_the_hub_says_what_to_copy_where(tmp_path: Path) -> None:
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        error = str(fetched(tmp_path, closed.getsockname()[1])["error"])
    assert str(tmp_path / "faster-whisper" / "tiny.en") in error
    for name in ("model.bin", "config.json", "tokenizer.json", "vocabulary.txt"):
        assert name in error
    assert not (tmp_path / "faster-whisper").exists()


def test_an_unknown_name(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match=r"no recogniser called enormous\. There are: tiny\.en, base\.en"):
        models.fetch("enormous", tmp_path)


def test_a_copy_by_hand_counts_once_it_is_whole(weights: Path, tmp_path: Path) -> None:
    folder = tmp_path / "faster-whisper" / "base.en"
    folder.mkdir(parents=True)
    for path in sorted(weights.iterdir()):
        with pytest.raises(ModelError, match="lacks files"):
            models.whisper("base.en", tmp_path)
        (folder / path.name).write_bytes(path.read_bytes())
    assert models.whisper("base.en", tmp_path).state == "present"
    assert models.best_whisper(tmp_path) == models.whisper("base.en", tmp_path)


def test_a_fetch_under_way_is_no_model(weights: Path, tmp_path: Path) -> None:
    (tmp_path / "faster-whisper").mkdir()
    (tmp_path / "faster-whisper" / "base.en.part").symlink_to(weights)
    assert models.best_whisper(tmp_path) is None


def test_the_list_has_what_is_embedded_and_what_could_be(tmp_path: Path) -> None:
    listed = {model.name.split(" (")[0]: model for model in models.installed(tmp_path)}
    assert listed["moonshine tiny-en"].size_bytes > 40_000_000
    for name, licence in {
        "moonshine tiny-en": "MIT",
        "pyannote community-1": "CC BY 4.0",
        "silero v6": "MIT",
    }.items():
        assert listed[name].state == "embedded"
        assert listed[name].path.exists()
        assert listed[name].licence.startswith(licence)
    assert listed["base.en"].state == "missing"
    assert listed["base.en"].path == tmp_path / "faster-whisper" / "base.en"
    assert listed["base.en"].size_bytes > 100_000_000


def test_the_folder_can_be_named(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("COACH_MODELS", str(tmp_path))
    assert models.models_folder() == tmp_path
    monkeypatch.delenv("COACH_MODELS")
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))
    assert models.models_folder().name == "models"
