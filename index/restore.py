"""A file that `index.export` wrote → the encoder in float32, to train on from where only the 8-bit form is at hand.

The same function, not the same numbers: how inputs were evened out stays in the weights where nothing tells it apart.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from transformers import BertConfig, BertModel

Array = NDArray[np.float32]
State = dict[str, torch.Tensor]


def restored(path: Path, config: BertConfig) -> tuple[BertModel, State]:
    """The encoder, and the tensors of its head by name; layers and their width are the file's, the rest `config`'s."""
    import onnx
    from onnx import numpy_helper

    graph = onnx.load(str(path)).graph
    parts = {tensor.name: numpy_helper.to_array(tensor) for tensor in graph.initializer}
    layers = sum(name.endswith(".qkv.inverse") for name in parts)
    width = len(parts["encoder.layers.0.up.bias"])
    sizes = {"num_hidden_layers": layers, "intermediate_size": width, "vocab_size": len(parts["encoder.words.rows"])}
    encoder = BertModel(BertConfig(**{**config.to_dict(), **sizes}), add_pooling_layer=False)
    state = {
        "embeddings.word_embeddings.weight": parts["encoder.words.rows"] * parts["encoder.words.scale"],
        "embeddings.position_embeddings.weight": parts["encoder.places"],
        "embeddings.token_type_embeddings.weight": np.zeros((config.type_vocab_size, config.hidden_size), np.float32),
        "embeddings.LayerNorm.weight": parts["encoder.norm.weight"],
        "embeddings.LayerNorm.bias": parts["encoder.norm.bias"],
    }
    root = (config.hidden_size // config.num_attention_heads) ** 0.5
    for layer in range(layers):
        for name, value in _layer(parts, f"encoder.layers.{layer}", root).items():
            state[f"encoder.layer.{layer}.{name}"] = value
    encoder.load_state_dict({name: torch.from_numpy(np.array(value, np.float32)) for name, value in state.items()})
    return encoder, _head(graph.node, parts)


def _layer(parts: dict[str, Array], at: str, root: float) -> dict[str, Array]:
    """One layer's tensors under the names they have in an encoder; `root` had gone into the queries."""
    out: dict[str, Array] = {}
    queries, keys, values = np.split(_weight(parts, f"{at}.qkv"), 3)
    biases = np.split(parts[f"{at}.qkv.bias"], 3)
    for name, weight, bias, factor in zip(
        ("query", "key", "value"), (queries, keys, values), biases, (root, 1, 1), strict=True
    ):
        out[f"attention.self.{name}.weight"], out[f"attention.self.{name}.bias"] = weight * factor, bias * factor
    for name, part in (("attention.output", "out"), ("intermediate", "up"), ("output", "down")):
        out[f"{name}.dense.weight"] = _weight(parts, f"{at}.{part}")
        out[f"{name}.dense.bias"] = parts[f"{at}.{part}.bias"]
    for name, part in (("attention.output", "attended"), ("output", "fed")):
        for kind in ("weight", "bias"):
            out[f"{name}.LayerNorm.{kind}"] = parts[f"{at}.{part}.{kind}"]
    return out


def _weight(parts: dict[str, Array], name: str) -> Array:
    """A linear layer's weight (outputs, inputs) from its 8-bit slices, what evened out its input in it."""
    slices, at = [], 0
    while f"{name}.slices.{at}_quantized" in parts:
        slices.append(parts[f"{name}.slices.{at}_quantized"] * parts[f"{name}.slices.{at}_scale"])
        at += 1
    weight = np.concatenate(slices)
    inverse = parts.get(f"{name}.inverse")
    return (weight if inverse is None else weight * inverse[:, None]).T


def _head(nodes: Any, parts: dict[str, Array]) -> State:
    """The tensors of the head's linear layers, `NAME.weight` and `NAME.bias`; their products stayed in float32."""
    state: State = {}
    for node in nodes:
        if node.op_type == "MatMul" and node.name.startswith("/head/"):
            name = node.name.split("/")[2]
            state[f"{name}.weight"] = torch.from_numpy(parts[node.input[1]].T.copy())
            state[f"{name}.bias"] = torch.from_numpy(parts[f"head.{name}.bias"].copy())
    return state
