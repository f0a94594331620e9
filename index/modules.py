"""The token module that lets sentence-transformers load `index/model/`: tokenizer and ONNX session, nothing else.

`modules.json` of the folder names it, so that evaluation and other tools of that library work with our weights.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import torch
from sentence_transformers.base.modules.input_module import InputModule

from index.runtime import Runtime

MAX_TOKENS = 512


class OnnxTokens(InputModule):  # type: ignore[misc]  # mypy does not follow the library
    """First module of a sentence-transformers model: texts → token vectors, int8 on the CPU."""

    save_in_root = True

    def __init__(self, folder: str) -> None:
        super().__init__()
        self.runtime = Runtime(Path(folder), MAX_TOKENS)
        self.max_seq_length = MAX_TOKENS

    def preprocess(self, inputs: Sequence[Any], prompt: str | None = None, **_: Any) -> dict[str, Any]:
        """Token ids and mask, padded to the longest input; `prompt` goes in front of every text."""
        encodings = self.runtime.encode([(prompt or "") + str(text) for text in inputs])
        length = max((len(e.ids) for e in encodings), default=1)
        ids = torch.ones(len(encodings), length, dtype=torch.long)
        mask = torch.zeros(len(encodings), length, dtype=torch.long)
        for row, encoding in enumerate(encodings):
            ids[row, : len(encoding.ids)] = torch.tensor(encoding.ids)
            mask[row, : len(encoding.ids)] = 1
        return {"input_ids": ids, "attention_mask": mask, "encodings": encodings}

    def forward(self, features: dict[str, Any], **_: Any) -> dict[str, Any]:
        """Adds `token_embeddings`, (n, length, 384); rows behind a text's end are zero."""
        ids: torch.Tensor = features["input_ids"]
        encodings = features.pop("encodings")
        vectors = self.runtime.map(lambda encoding: self.runtime.run(encoding.ids)[0], encodings)
        states = torch.zeros(*ids.shape, vectors[0].shape[-1])
        for row, vector in enumerate(vectors):
            states[row, : len(vector)] = torch.from_numpy(vector)
        features["token_embeddings"] = states
        return features

    def save(self, output_path: str, *_: Any, **__: Any) -> None:
        """Copies the two files."""
        for name in ("tokenizer.json", "model.onnx"):
            (Path(output_path) / name).write_bytes((self.runtime.folder / name).read_bytes())

    @classmethod
    def load(cls, model_name_or_path: str, *_: Any, **__: Any) -> OnnxTokens:
        """From a folder; this module is never fetched from a hub."""
        return cls(model_name_or_path)
