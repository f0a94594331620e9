"""What the reader is trained on: pieces that are hidden are never the answer's, nor special tokens."""

from __future__ import annotations

import torch

from qa.batch import UNKNOWN, Batch, hidden


def _batch(rows: int, length: int) -> Batch:
    ids = torch.arange(4, 4 + length).repeat(rows, 1)
    ids[:, 0], ids[:, -1] = 0, 2
    whole = torch.ones(rows, length, dtype=torch.long)
    start, end = torch.full((rows,), 10), torch.full((rows,), 14)
    return Batch(ids, whole, whole.bool(), start, end, *torch.ones(3, rows, dtype=torch.bool), [slice(0, rows)])


def test_about_every_other_pair_loses_a_share_of_its_pieces() -> None:
    batch = _batch(400, 120)
    changed = hidden(batch, 0.1, torch.Generator().manual_seed(1))
    lost = changed.ids != batch.ids
    assert (changed.ids[lost] == UNKNOWN).all()
    assert not lost[:, [0, -1]].any()
    assert not lost[:, 10:15].any()
    touched = lost.any(1)
    assert 160 <= int(touched.sum()) <= 240
    assert 0.09 <= float(lost[touched].float().mean()) * 120 / 113 <= 0.11


def test_nothing_is_hidden_where_no_share_is_asked() -> None:
    batch = _batch(20, 30)
    assert torch.equal(hidden(batch, 0.0, torch.Generator().manual_seed(1)).ids, batch.ids)
