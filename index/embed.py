"""Texts → unit float32 rows. The only importer of sentence-transformers, and that only for models not our own.

Knows nothing of documents; what is embedded and under which number is the store's affair.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from functools import lru_cache
from pathlib import Path
from typing import Protocol

import numpy as np
from numpy.typing import NDArray
from tokenizers import Encoding

from index.errors import UserError
from index.runtime import Runtime

Rows = NDArray[np.float32]
BUNDLED = Path(__file__).parent / "model"
MAX_TOKENS = 512
Progress = Callable[[int, int], None]


class Encoder(Protocol):
    """What the store needs of a model: who it is, and two kinds of rows."""

    name: str
    digest: str
    dimension: int

    def queries(self, texts: Sequence[str]) -> Rows:
        """(n, dimension) unit rows for questions."""

    def passages(self, texts: Sequence[str], progress: Progress | None = None) -> Rows:
        """(n, dimension) unit rows for passages; `progress(done, all)` is called now and then."""


def open_encoder(name: str | None = None) -> Encoder:
    """The bundled encoder, or the sentence-transformers model of that name or folder. UserError when there is none."""
    if name is None or name == "bundled":
        return _bundled()
    return OtherEncoder(name)


class BundledEncoder:
    """multilingual-e5-small as shipped in `index/model/`, run without PyTorch: starts in a fraction of a second."""

    name = "bundled"
    dimension = 384

    def __init__(self, folder: Path = BUNDLED) -> None:
        self._runtime = Runtime(folder, MAX_TOKENS)
        self.digest = _folder_digest(folder)

    def queries(self, texts: Sequence[str]) -> Rows:
        """(n, 384) unit rows; the model wants questions behind `query: `."""
        return self._rows([f"query: {text}" for text in texts], None)

    def passages(self, texts: Sequence[str], progress: Progress | None = None) -> Rows:
        """(n, 384) unit rows; the model wants passages behind `passage: `."""
        return self._rows([f"passage: {text}" for text in texts], progress)

    def _rows(self, texts: Sequence[str], progress: Progress | None) -> Rows:
        rows = np.zeros((len(texts), self.dimension), dtype=np.float32)
        for at in range(0, len(texts), 64):
            encodings = self._runtime.encode(texts[at : at + 64])
            rows[at : at + len(encodings)] = self._runtime.map(self._row, encodings)
            if progress:
                progress(at + len(encodings), len(texts))
        return rows

    def _row(self, encoding: Encoding) -> Rows:
        mean = self._runtime.run(encoding.ids)[0].mean(axis=0)
        row: Rows = mean / max(float(np.linalg.norm(mean)), 1e-12)
        return row


@lru_cache(maxsize=1)
def _bundled() -> BundledEncoder:
    """One for the process: an index that is opened again, after a change, needs no second copy of the weights."""
    return BundledEncoder()


class OtherEncoder:
    """Any sentence-transformers model, by name or folder; its own prompts are used where it has them."""

    def __init__(self, name: str) -> None:
        folder = Path(name)
        if (folder.is_absolute() or name.startswith(".")) and not folder.is_dir():
            raise _no_model(name, "no such folder")  # said at once, before the library is imported or a hub is asked
        try:
            from sentence_transformers import SentenceTransformer
        except ImportError as error:
            raise UserError(
                f"the model {name!r} needs sentence-transformers, which is not installed",
                "the bundled encoder, or that library",
                "Leave --model out, or install it: pip install sentence-transformers.",
            ) from error
        try:
            # A folder on this machine was put there by its owner, code included; a name from a hub was not.
            self._model = SentenceTransformer(name, device="cpu", trust_remote_code=folder.is_dir())
        except Exception as error:  # the library raises many kinds here, network errors among them
            raise _no_model(name, type(error).__name__) from error
        # The whole path: the index is opened from other working directories than it was built in.
        self.name = str(folder.resolve()) if folder.is_dir() else name
        self.dimension = int(self._model.encode(["1"]).shape[1])
        self.digest = _folder_digest(folder) if folder.is_dir() else self._weights_digest()

    def queries(self, texts: Sequence[str]) -> Rows:
        """(n, dimension) unit rows by the model's own query prompt."""
        return np.asarray(self._model.encode_query(list(texts), normalize_embeddings=True), dtype=np.float32)

    def passages(self, texts: Sequence[str], progress: Progress | None = None) -> Rows:
        """(n, dimension) unit rows by the model's own passage prompt."""
        rows = np.zeros((len(texts), self.dimension), dtype=np.float32)
        for at in range(0, len(texts), 64):
            part = list(texts[at : at + 64])
            rows[at : at + len(part)] = self._model.encode_document(part, normalize_embeddings=True)
            if progress:
                progress(at + len(part), len(texts))
        return rows

    def _weights_digest(self) -> str:
        digest = hashlib.sha256()
        for name, value in sorted(self._model.state_dict().items()):
            digest.update(name.encode() + value.cpu().float().numpy().tobytes())
        return digest.hexdigest()


def _no_model(name: str, why: str) -> UserError:
    return UserError(
        f"no model {name!r} could be loaded ({why})",
        "a sentence-transformers folder, or a name that this machine can fetch",
        "Copy the model's folder here and give its path with --model.",
    )


def _folder_digest(folder: Path) -> str:
    """SHA-256 over the names and bytes of the folder's model files; notes and cards do not count."""
    digest = hashlib.sha256()
    files = {p.relative_to(folder).as_posix(): p for p in folder.rglob("*") if p.is_file()}
    for name, file in sorted(files.items()):
        if file.suffix in {".md", ".py", ".pyc"} or any(part.startswith(".") for part in name.split("/")):
            continue
        digest.update(name.encode() + b"\0")
        with file.open("rb") as stream:
            digest.update(hashlib.file_digest(stream, "sha256").digest())
    return digest.hexdigest()
