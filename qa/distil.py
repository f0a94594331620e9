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
from qa.cycle import ELSEWHERE, NULL_LOGIT, Outputs, Terms, by_labels, outputs_of, span_logits, with_null
from qa.network import FITS, ReaderNetwork

TEMPERATURES = (1.0, 2.0)  # at the second more of what the teacher holds possible counts


@dataclass(frozen=True)
class Distilled:
    """A `qa.cycle.Loss`: `share` of it the teacher's word, the rest the labels; on what is not taught, these alone."""

    teacher: Runtime
    share: float = 0.7

    def __call__(self, network: ReaderNetwork, whole: Batch, seen: Batch) -> tuple[torch.Tensor, float, float]:
        said, told = outputs_of(network, seen), self.told(whole)
        hard, soft = by_labels(seen, said), by_teacher(whole, said, told)
        share = self.share * whole.taught
        of_question = share[[group.start for group in whole.groups]]
        listwise = ((1 - of_question) * hard.listwise + of_question * soft.listwise).mean()
        labels, teacher = (1 - share) * hard.weight, share * soft.weight
        span = (labels * hard.span + teacher * soft.span).sum() / (labels + teacher).sum()
        return listwise + span, listwise.item(), span.item()

    def told(self, batch: Batch) -> Outputs:
        """What the teacher makes of every pair that it is asked, each run alone as the product does; else 0."""
        asked = [int(row) for row in batch.taught.nonzero()]
        rows = [batch.ids[row][batch.mask[row].bool()].tolist() for row in asked]
        ends, fits = ([torch.zeros(*batch.ids.shape, *size) for _ in range(2)] for size in ((), (FITS,)))
        relevance = torch.zeros(len(batch.ids))
        for row, (relevant, *told) in zip(asked, self.teacher.map(self.teacher.run, rows), strict=True):
            relevance[row] = float(np.asarray(relevant).item())
            for of_batch, of_row in zip((*ends, *fits), told, strict=True):
                of_batch[row, : len(of_row)] = torch.from_numpy(of_row)
        return Outputs(relevance, span_logits(batch, *ends, *fits))


def by_teacher(batch: Batch, said: Outputs, told: Outputs) -> Terms:
    """Cross entropy of relevance against the null, and of the span, with what the teacher told as the target."""
    listwise = [_relevance(said.relevance[group], told.relevance[group]) for group in batch.groups]
    weight = torch.where(told.relevance > NULL_LOGIT, 1.0, ELSEWHERE)
    return Terms(torch.stack(listwise), _cross(said.spans, told.spans) / 2, weight)


def _relevance(said: torch.Tensor, told: torch.Tensor) -> torch.Tensor:
    pair = with_null(said, NULL_LOGIT), with_null(told, NULL_LOGIT)
    terms = [temperature / 2 * _cross(*(one / temperature for one in pair)) for temperature in TEMPERATURES]
    return torch.stack(terms).sum()


def _cross(said: torch.Tensor, told: torch.Tensor) -> torch.Tensor:
    return -(softmax(told, -1) * log_softmax(said, -1)).sum(-1)
