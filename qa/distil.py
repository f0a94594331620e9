"""A loss that teaches a smaller reader what a larger one says, beside the labels where there are some.

Hinton and others, "Distilling the Knowledge in a Neural Network", 2015. The teacher is a model folder that is run as
the product runs it.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import torch
from torch.nn.functional import log_softmax, softmax

from index.runtime import Runtime
from qa.batch import Batch
from qa.cycle import ELSEWHERE, NOWHERE, NULL_LOGIT, Outputs, by_labels, outputs_of, with_null
from qa.network import ReaderNetwork

TEMPERATURES = (1.0, 2.0)  # at the second more of what the teacher holds possible counts


@dataclass(frozen=True)
class Distilled:
    """A `qa.cycle.Loss`: `share` of it the teacher's word on the whole batch, the rest the labels."""

    teacher: Runtime
    share: float = 0.7

    def __call__(self, network: ReaderNetwork, whole: Batch, seen: Batch) -> tuple[torch.Tensor, float, float]:
        said, told = outputs_of(network, seen), self.told(whole)
        hard, soft = by_labels(seen, said), by_teacher(whole, said, told)
        listwise, span = ((1 - self.share) * h + self.share * s for h, s in zip(hard, soft, strict=True))
        return listwise + span, listwise.item(), span.item()

    def told(self, batch: Batch) -> Outputs:
        """What the teacher makes of every pair of the batch, each run alone as the product does."""
        rows = [ids[mask.bool()].tolist() for ids, mask in zip(batch.ids, batch.mask, strict=True)]
        start, end = (torch.full(batch.ids.shape, NOWHERE) for _ in range(2))
        relevance = torch.empty(len(rows))
        for at, (relevant, starts, ends) in enumerate(self.teacher.map(self.teacher.run, rows)):
            relevance[at] = float(np.asarray(relevant).item())
            start[at, : len(starts)], end[at, : len(ends)] = torch.from_numpy(starts), torch.from_numpy(ends)
        return Outputs(relevance, *(logits.masked_fill(~batch.allowed, NOWHERE) for logits in (start, end)))


def by_teacher(batch: Batch, said: Outputs, told: Outputs) -> tuple[torch.Tensor, torch.Tensor]:
    """Cross entropy of relevance against the null, and of the span's ends, with what the teacher told as the target."""
    terms = [
        temperature
        / 2
        * _cross(
            with_null(said.relevance[group], NULL_LOGIT) / temperature,
            with_null(told.relevance[group], NULL_LOGIT) / temperature,
        )
        for group in batch.groups
        for temperature in TEMPERATURES
    ]
    weight = torch.where(told.relevance > NULL_LOGIT, 1.0, ELSEWHERE)
    spans = _cross(said.start, told.start) + _cross(said.end, told.end)
    return torch.stack(terms).sum() / len(batch.groups), (spans * weight).sum() / weight.sum() / 2


def _cross(said: torch.Tensor, told: torch.Tensor) -> torch.Tensor:
    return -(softmax(told, -1) * log_softmax(said, -1)).sum(-1)
