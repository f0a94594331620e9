"""The 8-bit form of the weights: the lean network says what BERT says, and no sum of its products is cut off."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from transformers import BertConfig, BertModel

from index.export import SATURATED, quantized
from index.lean import Lean

IDS = torch.tensor([[5, 9, 2, 7, 11, 3], [4, 4, 8, 1, 6, 10]])


@pytest.fixture
def encoder() -> BertModel:
    torch.manual_seed(3)
    config = BertConfig(
        vocab_size=12, hidden_size=24, num_hidden_layers=3, num_attention_heads=4, intermediate_size=48,
        max_position_embeddings=16, hidden_dropout_prob=0.0, attention_probs_dropout_prob=0.0,
    )  # fmt: skip
    return BertModel(config, add_pooling_layer=False).eval()


def test_the_lean_network_gives_the_vectors_of_the_encoder(encoder: BertModel) -> None:
    with torch.no_grad():
        wanted = encoder(input_ids=IDS).last_hidden_state
        lean = Lean(encoder, [[5, 9, 2], [4, 4, 8, 10]])(IDS)
    # What is left between them is the embeddings' rounding to 8 bits: half of 1/127 of the largest of a row.
    assert (lean - wanted).abs().max() < 0.02
    assert torch.cosine_similarity(lean, wanted, dim=-1).min() > 0.9999


def test_samples_only_move_the_scales(encoder: BertModel) -> None:
    with torch.no_grad():
        one, other = (Lean(encoder, samples)(IDS) for samples in ([[5, 9, 2]], [[1] * 9, [7, 3]]))
    assert torch.allclose(one, other, atol=1e-5)


@given(
    arrays(
        np.float32,
        st.tuples(st.integers(1, 9), st.integers(1, 4)),
        elements=st.floats(-8, 8, width=32, allow_subnormal=False),
    )
)
def test_no_pair_of_weights_can_be_cut_off(weight: np.ndarray) -> None:
    whole, scale = quantized(weight)
    assert whole.dtype == np.int8
    assert whole.shape == weight.shape
    assert scale.shape == weight.shape[1:]
    assert np.abs(whole * scale.astype(np.float64) - weight).max() <= scale.max() * 0.5001
    pairs = np.pad(whole.astype(int), ((0, len(whole) % 2), (0, 0))).reshape(-1, 2, whole.shape[1])
    for sign in (1, -1):
        sums = np.clip(sign * pairs, 0, None).sum(1)
        assert sums.max() <= SATURATED
        assert sums.max() * 255 <= np.iinfo(np.int16).max
