"""Tokenizer and onnxruntime session of a model folder: texts → token ids → the network's outputs.

The only importer of onnxruntime and tokenizers outside the training scripts. Knows no documents and no questions.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TypeVar

# Its published builds send what runs where to their maker, by native code, unless this stands before it is loaded.
os.environ["ORT_DISABLE_TELEMETRY"] = "1"

import numpy as np
import onnxruntime
from numpy.typing import NDArray
from tokenizers import Encoding, Tokenizer

from index.errors import UserError

Array = NDArray[np.float32]
S = TypeVar("S")
T = TypeVar("T")
_ANEW = "Install the project anew."
_SLOWER = ["SkipLayerNormFusion"]  # on a CPU the sum and the norm apart take a quarter of what the two in one take
_HALVES = re.compile("[\ud800-\udfff]")


class Runtime:
    """A folder with `tokenizer.json` and `model.onnx`, ready to run.

    Inputs run one at a time, several threads side by side: int8 activations are scaled over a whole batch, so a text's
    vector would depend on its neighbours; and on a CPU a batch gains nothing.
    """

    def __init__(self, folder: Path, max_tokens: int, threads: int | None = None) -> None:
        for name in ("tokenizer.json", "model.onnx"):
            if not (folder / name).is_file():
                raise UserError(f"{folder} has no {name}", "a model folder as shipped", _ANEW)
        self.folder = folder
        try:
            self._tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
            self._session = _session(folder / "model.onnx")
        except Exception as error:  # both libraries raise kinds of their own, and plain Exception
            raise UserError(
                f"the model in {folder} is damaged ({type(error).__name__})", "the files as shipped", _ANEW
            ) from error
        self._tokenizer.enable_truncation(max_tokens, strategy="longest_first")
        # It would keep the pieces of 10,000 words: without spaces, each Chinese text is a word that never comes again.
        if resize := getattr(self._tokenizer.model, "_resize_cache", None):
            resize(0)
        self._threads = threads or max(1, len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else 2)
        self._pool = ThreadPoolExecutor(self._threads, thread_name_prefix="model")

    def encode(self, texts: Sequence[str] | Sequence[tuple[str, str]]) -> list[Encoding]:
        """Token ids, offsets and parts of texts or pairs of texts, truncated to the folder's limit."""
        encodings: list[Encoding] = self._tokenizer.encode_batch([_whole(text) for text in texts])
        return encodings

    def run(self, ids: Sequence[int]) -> list[Array]:
        """The network's outputs for one input's token ids, without the leading axis of length 1."""
        outputs = self._session.run(None, {"input_ids": np.array([ids], dtype=np.int64)})
        return [np.asarray(output[0], dtype=np.float32) for output in outputs]

    def map(self, function: Callable[[S], T], inputs: Sequence[S]) -> list[T]:
        """`function` of every input, in order, on this runtime's threads."""
        if len(inputs) < 2:
            return [function(one) for one in inputs]
        return list(self._pool.map(function, inputs))


def _session(path: Path) -> onnxruntime.InferenceSession:
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    options.log_severity_level = 3
    options.enable_mem_pattern = False  # a plan would be kept for every length of input
    options.enable_cpu_mem_arena = False  # an arena keeps what the longest inputs needed; no slower without
    return onnxruntime.InferenceSession(
        str(path), options, providers=["CPUExecutionProvider"], disabled_optimizers=_SLOWER
    )


def _whole(text: str | tuple[str, str]) -> str | tuple[str, str]:
    """Half surrogate pairs, which JSON may smuggle in and the tokenizer cannot take, as U+FFFD; lengths stay."""
    if isinstance(text, tuple):
        return (_HALVES.sub("\ufffd", text[0]), _HALVES.sub("\ufffd", text[1]))
    return _HALVES.sub("\ufffd", text)
