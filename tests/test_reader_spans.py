"""The reader's likeliest spans against all of them, counted out one by one; what a span's logit is in training."""

from __future__ import annotations

import itertools
import random

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from tiny_reader import examples, letters, network

from index.runtime import Runtime
from qa.batch import encode
from qa.cycle import outputs_of, span_targets
from qa.reader import BUNDLED, MAX_TOKENS, SPAN_TOKENS, Reader
from qa.reader import _spans as likeliest

QUESTION, HEAD = "今年的经济增长目标是多少?", "三门县|今年2023年目标|"


@pytest.fixture(scope="module")
def reader() -> Reader:
    return Reader()


@given(text=st.text("今年增长6%,。、1万人A ", min_size=1, max_size=30), seed=st.integers(0, 99))
@settings(max_examples=60, deadline=None)
def test_the_spans_are_the_likeliest_of_all(reader: Reader, text: str, seed: int) -> None:
    (encoding,) = Runtime(BUNDLED, MAX_TOKENS).encode([(QUESTION, HEAD + text)])
    rng = np.random.default_rng(seed)
    start, end = rng.normal(size=(2, len(encoding.ids)))
    opens, closes = rng.normal(size=(2, len(encoding.ids), 4))
    logits = start[:, None] + end[None] + opens @ closes.T
    own = [
        (at, max(a - len(HEAD), 0), b - len(HEAD))
        for at, ((a, b), part) in enumerate(zip(encoding.offsets, encoding.sequence_ids, strict=True))
        if part == 1 and b > len(HEAD) and b > a
    ]
    every = [
        (logits[i, j] - logits[0, 0], low, high)
        for (i, low, _), (j, _, high) in itertools.combinations_with_replacement(own, 2)
    ]
    found = likeliest(encoding, [start, end, opens, closes], len(HEAD), len(text))
    expected = sorted(every, reverse=True)[:5] or [(-1e3, 0, len(text))]
    assert [(span.start, span.end) for span in found] == [(low, high) for _, low, high in expected]
    assert [span.score for span in found] == pytest.approx([score for score, *_ in expected])


def test_no_span_is_longer_than_an_answer_may_be(reader: Reader) -> None:
    text = "增长" * 150
    (encoding,) = Runtime(BUNDLED, MAX_TOKENS).encode([(QUESTION, text)])
    length = len(encoding.ids)
    own = [at for at, part in enumerate(encoding.sequence_ids) if part == 1]
    start, end = np.full((2, length), -9.0)
    start[own[0]], end[own[-1]] = 9.0, 9.0
    longest = likeliest(encoding, [start, end, *np.zeros((2, length, 4))], 0, len(text), best=2000)
    assert {encoding.tokens[at] for at in own[1:]} == {"增长"}
    assert max(span.end - span.start for span in longest) == SPAN_TOKENS * len("增长")


def test_a_span_of_training_is_a_span_of_the_reader() -> None:
    """The logits of a batch, one by one; targets stand where the answer's logit does."""
    batch, reader = encode(examples(random.Random(2)), letters()), network()
    with torch.no_grad():
        said = outputs_of(reader, batch).spans.reshape(len(batch.ids), batch.ids.shape[1], -1)
        with torch.autocast("cpu", dtype=torch.bfloat16):
            _, *made = reader(batch.ids, batch.mask)
    start, end, opens, closes = (value.float() for value in made)
    for row in range(len(batch.ids)):
        for i, j in itertools.product(range(batch.ids.shape[1]), repeat=2):
            allowed = bool(batch.allowed[row, i] and batch.allowed[row, j]) and (i == j == 0 or 0 < i <= j)
            expected = start[row, i] + end[row, j] + opens[row, i] @ closes[row, j] if allowed else -1e4
            assert float(said[row, i, j]) == pytest.approx(float(expected), abs=1e-5)
        at = divmod(int(span_targets(batch)[row]), batch.ids.shape[1])
        assert at == (int(batch.start[row]), int(batch.end[row]))
