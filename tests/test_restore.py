"""A reader in 8 bits, put back into float32, says what the file that ships says."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest
import torch
from transformers import BertConfig

from index.restore import Array, restored
from index.runtime import Runtime
from qa.network import ReaderNetwork, plain
from qa.reader import BUNDLED, MAX_TOKENS

PAIRS = [
    ("今年的经济增长目标是多少?", "三门县|今年2023年目标|地区生产总值增长6%以上,城镇新增就业1万人。"),
    ("谁修了三条路?", "|我们修了三条路,村民都很高兴。"),
    ("What is the target for grain?", "三门县|今年2023年目标|粮食产量稳定在8万吨以上。"),
]


def test_what_is_restored_says_what_the_file_says() -> None:
    heads = {"num_attention_heads": 12, "hidden_size": 384, "layer_norm_eps": 1e-12, "pad_token_id": 1}
    encoder, head = restored(BUNDLED / "model.onnx", BertConfig(**heads))
    runtime, network = Runtime(BUNDLED, MAX_TOKENS), ReaderNetwork(encoder).eval()
    network.heads.load_state_dict(head)
    for encoding in runtime.encode(PAIRS):
        ids = torch.tensor([encoding.ids])
        with torch.no_grad():
            said = network(ids, torch.ones_like(ids))
        relevance, *ends = runtime.run(encoding.ids)
        # What is between them is that the file rounds its inputs to 8 bits: of 98 pairs of a question and a passage .1
        # (standard deviation), .53 at most, with these weights and with those before.
        assert float(said[0]) == pytest.approx(float(relevance), abs=0.6)
        logits, expected = _span_logits([value[0].numpy() for value in said[1:]]), _span_logits(ends)
        assert np.corrcoef(logits, expected)[0, 1] > 0.99
        assert np.abs(logits - expected).max() < 1.5


def _span_logits(ends: Sequence[Array]) -> Array:
    """Of every start and end, as `qa.network.Heads` tells it."""
    start, end, opens, closes = ends
    return np.asarray(start[:, None] + end[None] + opens @ closes.T).ravel()


def test_layers_and_their_width_are_the_files() -> None:
    encoder, _ = restored(BUNDLED / "model.onnx", BertConfig(num_attention_heads=12, hidden_size=384))
    config = encoder.config
    assert (config.num_hidden_layers, config.intermediate_size, config.vocab_size) == (10, 768, 43577)
    # and they are an encoder's as the recipe makes them
    plain(config, 10, 768).load_state_dict(encoder.state_dict())
