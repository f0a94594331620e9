"""A PyTorch encoder → 8-bit ONNX: products with int8 weights and inputs scaled as they come, embeddings row by row.

Measured for the trained encoder against float32 over 600 texts, on one thread with AVX-512 VNNI, 65 tokens:
these products cosine .9948, the first 20 passages agree by .950, 14.3 ms; blocks of 64 weights with their own scales
(MatMulNBits) .9916, .930, 24.0 ms; these products without what `index.lean` does .986, .88, 13 ms.

Needs the extra `[train]`; knows nothing of tokenizers, documents or questions.
"""

from __future__ import annotations

import json
import tempfile
import warnings
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import nn
from transformers import BertModel

from index.lean import Lean

SATURATED = 128  # the largest sum of two neighbouring weights of one sign: 255 times it just fits 16 bits


class Network(nn.Module):
    """Token ids of texts of one length → what `head` makes of the last layer's token vectors; without a head, these."""

    def __init__(self, encoder: Lean, head: nn.Module | None) -> None:
        super().__init__()
        self.encoder, self.head = encoder, head

    def forward(self, input_ids: torch.Tensor) -> torch.Tensor | tuple[torch.Tensor, ...]:
        states: torch.Tensor = self.encoder(input_ids)
        return self.head(states) if self.head else states


def export_int8(
    encoder: BertModel,
    path: Path,
    samples: Sequence[Sequence[int]],
    head: nn.Module | None = None,
    outputs: tuple[str, ...] = ("token_embeddings",),
) -> None:
    """Write `encoder` with `head` over its token vectors to `path` as one 8-bit ONNX file.

    `samples`: token ids of some hundred texts of the kind it will be given; `outputs`: names of what `head` gives.
    """
    import onnx  # in the extra, while `quantized` needs nothing of it
    from onnxruntime.quantization import QuantType, quantize_dynamic

    network = Network(Lean(encoder, samples), head).eval()
    ids = torch.ones(2, 8, dtype=torch.long)
    axes = {name: {0: "batch", 1: "length"} for name in ("input_ids", *outputs)}
    with tempfile.TemporaryDirectory() as folder, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        plain = Path(folder) / "plain.onnx"
        torch.onnx.export(
            network,
            (ids,),
            str(plain),
            input_names=["input_ids"],
            output_names=list(outputs),
            dynamic_axes=axes,
            opset_version=17,
            dynamo=False,
        )
        quantize_dynamic(
            plain,
            path,
            weight_type=QuantType.QInt8,
            per_channel=True,
            op_types_to_quantize=["MatMul"],
            nodes_to_exclude=_head_nodes(onnx.load(str(plain))),
            extra_options={"MatMulConstBOnly": True},
        )
        onnx.save(_unsaturated(onnx.load(str(path)), onnx.load(str(plain))), str(path))


def quantized(weight: NDArray[np.float32]) -> tuple[NDArray[np.int8], NDArray[np.float32]]:
    """A matrix (inputs, outputs) as int8, and the scale of each output: weight ≈ int8 · scale.

    Processors without VNNI add two neighbouring products of a column in 16 bits and cut off what does not fit. A scale
    is therefore a sixth wider than 127 steps need (measured, mean): no pair of one sign then sums to more than
    SATURATED, and all processors come to the same whole numbers.
    """
    pairs = np.pad(weight, ((0, len(weight) % 2), (0, 0))).reshape(-1, 2, weight.shape[1])
    sums = np.maximum(np.clip(pairs, 0, None).sum(1).max(0), np.clip(-pairs, 0, None).sum(1).max(0))
    # Rounding may add half a step to each of the two.
    scale = np.maximum(np.abs(weight).max(0) / 127, sums / (SATURATED - 1)).clip(1e-12).astype(np.float32)
    return np.rint(weight / scale).astype(np.int8), scale


def _head_nodes(plain: Any) -> list[str]:
    """Names of the head's products, which stay in float32; one that also adds is taken apart by the quantizer first."""
    names = [node.name for node in plain.graph.node if node.name.startswith("/head/")]
    return names + [f"{name}_MatMul" for name in names]


def _unsaturated(model: Any, plain: Any) -> Any:
    """The graph `model` with the weights of the graph `plain` quantized by `quantized`."""
    from onnx import numpy_helper

    weights = {tensor.name: tensor for tensor in plain.graph.initializer}
    parts = {tensor.name: tensor for tensor in model.graph.initializer}
    for name in [name for name in parts if name.endswith("_quantized")]:
        base = name.removesuffix("_quantized")
        weight, scale = quantized(numpy_helper.to_array(weights[base]))
        parts[name].CopyFrom(numpy_helper.from_array(weight, name))
        parts[f"{base}_scale"].CopyFrom(numpy_helper.from_array(scale, f"{base}_scale"))
    return model


def save_module_files(folder: Path, prompts: dict[str, str]) -> None:
    """The files with which `SentenceTransformer(folder)` loads: our token module, mean pooling, unit norm."""
    modules = [
        {"idx": 0, "name": "0", "path": "", "type": "index.modules.OnnxTokens"},
        {"idx": 1, "name": "1", "path": "1_Pooling", "type": "sentence_transformers.models.Pooling"},
        {"idx": 2, "name": "2", "path": "2_Normalize", "type": "sentence_transformers.models.Normalize"},
    ]
    settings = {"prompts": prompts, "default_prompt_name": None, "similarity_fn_name": "cosine"}
    pooling = {"word_embedding_dimension": 384, "pooling_mode_mean_tokens": True, "pooling_mode_cls_token": False}
    (folder / "1_Pooling").mkdir(exist_ok=True)
    (folder / "2_Normalize").mkdir(exist_ok=True)
    for name, value in (
        ("modules.json", modules),
        ("config_sentence_transformers.json", settings),
        ("1_Pooling/config.json", pooling),
        ("2_Normalize/config.json", {}),
    ):
        (folder / name).write_text(json.dumps(value, indent=2) + "\n", encoding="utf-8")
