"""Examples → tensors of one batch for the reader's training: token ids, places a span may take, targets."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import torch
from tokenizers import Tokenizer

from index.fold import fold
from qa.examples import Example

UNKNOWN = 3  # the token id of a piece that is hidden; the special tokens are 0 to 3


@dataclass(frozen=True)
class Batch:
    """Tensors of some examples, flattened over their candidates; `groups` are slices of rows, one per example.

    `labelled` says of every row whether its targets are known, `taught` whether a teacher is asked.
    """

    ids: torch.Tensor
    mask: torch.Tensor
    allowed: torch.Tensor
    start: torch.Tensor
    end: torch.Tensor
    gold: torch.Tensor
    labelled: torch.Tensor
    taught: torch.Tensor
    groups: list[slice]


def encode(examples: Sequence[Example], tokenizer: Tokenizer) -> Batch:
    """Token ids, the positions a span may take (the passage, and 0 for none) and the targets."""
    pairs = [(fold(e.question), fold(c.heading + c.text)) for e in examples for c in e.candidates]
    encodings = tokenizer.encode_batch(pairs)
    candidates = [c for e in examples for c in e.candidates]
    length = max(len(e.ids) for e in encodings)
    n = len(encodings)
    ids = torch.ones(n, length, dtype=torch.long)
    mask = torch.zeros(n, length, dtype=torch.long)
    allowed = torch.zeros(n, length, dtype=torch.bool)
    start, end = torch.zeros(n, dtype=torch.long), torch.zeros(n, dtype=torch.long)
    for row, (encoding, candidate) in enumerate(zip(encodings, candidates, strict=True)):
        ids[row, : len(encoding.ids)] = torch.tensor(encoding.ids)
        mask[row, : len(encoding.ids)] = 1
        allowed[row, 0] = True
        shift = len(candidate.heading)
        inside = [
            (at, a - shift, b - shift)
            for at, ((a, b), part) in enumerate(zip(encoding.offsets, encoding.sequence_ids, strict=True))
            if part == 1 and b > shift
        ]
        for at, _, _ in inside:
            allowed[row, at] = True
        if candidate.span is not None:
            first = [at for at, a, b in inside if a <= candidate.span[0] < b]
            last = [at for at, a, b in inside if a < candidate.span[1] <= b]
            if first and last:
                start[row], end[row] = first[0], last[0]
        elif candidate.gold:
            start[row] = end[row] = -100
    gold = torch.tensor([c.gold for c in candidates])
    labelled = torch.tensor([e.labelled for e in examples for _ in e.candidates])
    taught = torch.tensor([e.taught for e in examples for _ in e.candidates])
    groups, at = [], 0
    for example in examples:
        groups.append(slice(at, at + len(example.candidates)))
        at += len(example.candidates)
    return Batch(ids, mask, allowed, start, end, gold, labelled, taught, groups)


def hidden(batch: Batch, share: float, generator: torch.Generator) -> Batch:
    """The batch with `share` of the pieces of about every other pair unknown; never special tokens or the answer.

    What was seen often is not learnt by heart so soon.
    """
    some = torch.rand(batch.ids.shape, generator=generator) < share
    pairs = torch.rand(len(batch.ids), 1, generator=generator) < 0.5
    places = torch.arange(batch.ids.shape[1])
    answer = (places >= batch.start[:, None]) & (places <= batch.end[:, None])
    return replace(batch, ids=batch.ids.masked_fill(some & pairs & ~answer & (batch.ids > UNKNOWN), UNKNOWN))
