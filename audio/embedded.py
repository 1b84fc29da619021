"""The speaker models that ride inside moonshine-voice's shared library, as onnxruntime sessions.

    libmoonshine --symbols--> segmentation.ort, embedding.ort in the cache --session(..., output=)--> onnxruntime

Weights: pyannote/speaker-diarization-community-1, CC BY 4.0. The library carries them as exported constants; they are
read once and kept in the user's cache. Both are plain graphs, and what who-speaks-when needs lies one step before
their ends: the class probabilities before the segmentation's hard choice, and the frames before the embedding's
pooling. A session may therefore be asked to end at an inner tensor.
"""

from __future__ import annotations

import ctypes
import hashlib
import importlib.util
import os
import struct
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from audio.errors import ModelError
from audio.models import models_folder

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

THREADS = 2
"""At once, each with a run of its own: that is a third quicker than one run shared by two. The other cores of a talk's
machine are left to the recogniser and the recorder."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Weights:
    """One model: its symbol in the library, and what its bytes must be."""

    name: str
    bytes: int
    sha256: str

    @property
    def file(self) -> str:
        return f"{self.name}.ort"


SEGMENTATION = Weights(
    name="segmentation", bytes=1_594_080, sha256="9715e3996ef181252aa1cc0c9398060f42b2c984c2fb65e3604262555e2efb1a"
)
EMBEDDING = Weights(
    name="embedding", bytes=6_975_920, sha256="6e4af7d49562e6e7042672e444d6394935cb2c23c3a7dd4919da45922b91735b"
)


def weights(model: Weights, folder: Path | None = None, cache_folder: Path | None = None) -> bytes:
    """The model's bytes: from the cache, else out of the library (and into the cache), else from the models folder.

    Raises ModelError, naming the path where the file is looked for, when no place has the right bytes.
    """
    from platformdirs import user_cache_path

    cached = (cache_folder or user_cache_path("coach", appauthor=False)) / model.file
    fetched = (folder or models_folder()) / model.file
    for path in (cached, fetched):
        if (data := _read(path)) is not None and _is(model, data):
            return data
    if (data := _from_library(model)) is None or not _is(model, data):
        raise ModelError(
            f"The {model.name} model is not in the installed moonshine-voice: "
            f"install moonshine-voice==0.0.73, or put the file at {fetched}."
        )
    _keep(cached, data)
    return data


def session(data: bytes, *, output: str | None = None, optimised: bool = False) -> Any:
    """An onnxruntime session of the model, ending at the inner tensor `output` where one is named.

    onnxruntime runs its own .ort format as it stands. `optimised` has it written as ONNX first, which it rearranges for
    this processor: a quarter faster for a network of convolutions, for a quarter of a second at the start.
    """
    if output is not None:
        data = _ending_at(data, output)
    if not optimised:
        return _open(data)
    with tempfile.TemporaryDirectory() as folder:
        path = str(Path(folder) / "model.onnx")
        _open(data, write_to=path)
        return _open(path)


def _open(model: bytes | str, write_to: str | None = None) -> Any:
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    options.log_severity_level = 3
    if write_to is not None:
        options.optimized_model_filepath = write_to
        options.add_session_config_entry("session.save_model_format", "ONNX")
        options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_DISABLE_ALL
    return onnxruntime.InferenceSession(model, options, providers=["CPUExecutionProvider"])


def constant(data: bytes, name: str) -> npt.NDArray[np.float32]:
    """A constant of the model's graph, as floats. Weights named `x` may be stored as 8-bit `x_quantized`."""
    import numpy as np

    graph = _graph(data)
    held = {}
    for index in range(graph.InitializersLength()):
        tensor = graph.Initializers(index)
        held[tensor.Name().decode()] = tensor
    if name not in held:
        scale, zero = (constant(data, f"{name}_{part}") for part in ("scale", "zero_point"))
        return constant(data, f"{name}_quantized") * scale + zero
    tensor = held[name]
    kind = {1: np.float32, 2: np.uint8, 3: np.int8}[tensor.DataType()]
    shape = [tensor.Dims(axis) for axis in range(tensor.DimsLength())]
    return np.frombuffer(tensor.RawDataAsNumpy().tobytes(), kind).reshape(shape).astype(np.float32)


def _read(path: Path) -> bytes | None:
    try:
        return path.read_bytes()
    except OSError:
        return None


def _is(model: Weights, data: bytes) -> bool:
    return len(data) == model.bytes and hashlib.sha256(data).hexdigest() == model.sha256


def _keep(path: Path, data: bytes) -> None:
    """Write whole or not at all. A cache that cannot be written costs a second at each start, nothing more."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile(dir=path.parent, delete=False) as file:
            file.write(data)
        os.replace(file.name, path)
    except OSError:
        return


def _from_library(model: Weights) -> bytes | None:
    """The bytes behind `cppannote::embedded_community1::<name>_ort_data`, through the system's own loader."""
    spec = importlib.util.find_spec("moonshine_voice")
    folders = spec.submodule_search_locations if spec else None
    found = [path for folder in folders or () for path in sorted(Path(folder).glob("libmoonshine.*"))]
    for path in found:
        try:
            library = ctypes.CDLL(str(path))
            size = ctypes.c_size_t.in_dll(library, _symbol(f"{model.name}_ort_data_size")).value
            if size == model.bytes:
                return bytes((ctypes.c_char * size).in_dll(library, _symbol(f"{model.name}_ort_data")))
        except (OSError, ValueError):  # another platform's library, or another release's symbols
            continue
    return None


def _symbol(name: str) -> str:
    """The C++ name as compilers of the Itanium ABI write it."""
    return "_ZN" + "".join(f"{len(part)}{part}" for part in ("cppannote", "embedded_community1", name)) + "E"


def _graph(data: bytes | bytearray) -> Any:
    from onnxruntime.tools.ort_format_model.ort_flatbuffers_py.fbs.InferenceSession import InferenceSession

    return InferenceSession.GetRootAs(bytearray(data), 0).Model().Graph()


_OUTPUTS_FIELD = 16
"""Of the table Graph in onnxruntime's ort.fbs: the offset of `outputs` in its vtable."""


def _ending_at(data: bytes, tensor: str) -> bytes:
    """The same graph with `tensor` as its one output: the name is appended, and the output's reference set to it."""
    graph = _graph(data)
    table = graph._tab
    slot = table.Vector(table.Offset(_OUTPUTS_FIELD))
    changed = bytearray(data)
    changed += b"\0" * (-len(changed) % 4)
    struct.pack_into("<I", changed, slot, len(changed) - slot)
    changed += struct.pack("<I", len(tensor)) + tensor.encode() + b"\0"
    changed += b"\0" * (-len(changed) % 8)
    return bytes(changed)
