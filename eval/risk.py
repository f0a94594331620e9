"""Refusing and confidence: how wrong the answers are, and whether the confidence knows it. Plain arrays only.

Every function takes the resamples' counts as rows: `weights` (B, N) says how often each question was drawn, so that a
whole bootstrap is one call; a single row of ones gives the figure itself. Results are arrays (B,).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
BINS = 15


@dataclass(frozen=True, slots=True)
class Groups:
    """Questions by falling confidence, equal confidences together: a threshold cannot part what ties.

    `first` holds the index in `order` at which each group begins.
    """

    order: NDArray[np.intp]
    first: NDArray[np.intp]


def groups(confidence: Floats) -> Groups:
    """The groups of `confidence` (N,), surest first; N must not be 0."""
    order = np.argsort(-confidence, kind="stable")
    ranked = confidence[order]
    return Groups(order, np.flatnonzero(np.r_[True, ranked[1:] != ranked[:-1]]))


def _by_group(values: Floats, g: Groups) -> Floats:
    out: Floats = np.add.reduceat(values[:, g.order], g.first, axis=1)
    return out


def aurc(confidence: Floats, loss: Floats, weights: Floats) -> Floats:
    """Area under the risk-coverage curve: the mean over k = 1..n of the loss among the k surest. Lower is better.

    El-Yaniv and Wiener 2010, Geifman et al. 2019. Within ties each question carries the ties' mean loss, so the figure
    does not hang on their order. Refused questions must come with the lowest confidence and loss 1: nothing vanishes.
    """
    g = groups(confidence)
    n, lost = _by_group(weights, g), _by_group(weights * loss, g)
    before, lost_before = np.cumsum(n, axis=1) - n, np.cumsum(lost, axis=1) - lost
    mean = np.divide(lost, n, out=np.zeros_like(lost), where=n > 0)
    # Sum over j = 1..n of (L + j m) / (W + j) = m n + (L - m W) (H(W + n) - H(W)), H the harmonic numbers.
    total = weights.sum(axis=1)
    harmonic = np.r_[0.0, np.cumsum(1.0 / np.arange(1, int(total.max()) + 1))]
    start, stop = before.round().astype(int), (before + n).round().astype(int)
    area = (mean * n + (lost_before - mean * before) * (harmonic[stop] - harmonic[start])).sum(axis=1)
    out: Floats = area / total
    return out


def excess_aurc(confidence: Floats, loss: Floats, weights: Floats) -> Floats:
    """E-AURC: AURC less that of the best possible order of the same losses (Geifman et al. 2019)."""
    return aurc(confidence, loss, weights) - aurc(-loss, loss, weights)


def coverage_at_risk(confidence: Floats, loss: Floats, answered: Floats, weights: Floats, risk: float = 0.05) -> Floats:
    """The largest share of all questions that a threshold answers with at most `risk` of the answers wrong.

    Kamath et al. 2020. Only answers that were given count as coverage; 0 when even the surest are too often wrong.
    """
    g = groups(np.where(answered > 0, confidence, -1.0))
    n, lost = _by_group(weights * answered, g).cumsum(axis=1), _by_group(weights * answered * loss, g).cumsum(axis=1)
    fits = lost <= risk * n + 1e-12
    out: Floats = np.where(fits, n, 0.0).max(axis=1) / weights.sum(axis=1)
    return out


def auroc(score: Floats, positive: Floats, weights: Floats) -> Floats:
    """The chance that a positive has a higher `score` than a negative, ties half (Hanley and McNeil 1982).

    NaN in a resample that holds only one kind.
    """
    g = groups(score)
    pos, neg = _by_group(weights * positive, g), _by_group(weights * (1 - positive), g)
    below = neg.sum(axis=1, keepdims=True) - neg.cumsum(axis=1)
    wins, pairs = (pos * (below + neg / 2)).sum(axis=1), pos.sum(axis=1) * neg.sum(axis=1)
    out: Floats = np.divide(wins, pairs, out=np.full_like(wins, np.nan), where=pairs > 0)
    return out


def ece(confidence: Floats, right: Floats, weights: Floats) -> Floats:
    """Expected calibration error over 15 bins of equal width (Naeini et al. 2015, Guo et al. 2017).

    The mean, by number of answers, of |share right - mean confidence| in each bin ((i-1)/15, i/15]; 0 joins the first.
    """
    onehot = np.eye(BINS)[bins(confidence)]
    gap = (weights * (right - confidence)) @ onehot
    out: Floats = np.abs(gap).sum(axis=1) / np.maximum(weights.sum(axis=1), 1)
    return out


def bins(confidence: Floats) -> NDArray[np.intp]:
    """The bin 0..14 of each confidence, bins closed on the right."""
    return np.clip(np.ceil(confidence * BINS - 1e-9).astype(np.intp) - 1, 0, BINS - 1)


def reliability(confidence: Floats, right: Floats) -> list[dict[str, float]]:
    """The reliability table: for each bin that holds answers its borders, N, mean confidence and share right."""
    which = bins(confidence)
    return [
        {
            "from": b / BINS,
            "to": (b + 1) / BINS,
            "n": int((which == b).sum()),
            "confidence": float(confidence[which == b].mean()),
            "right": float(right[which == b].mean()),
        }
        for b in range(BINS)
        if (which == b).any()
    ]


def curve(confidence: Floats, loss: Floats, total: int) -> list[tuple[float, float, float]]:
    """The risk-coverage curve of given answers: `(threshold, coverage of `total`, risk)`, surest first, one per tie."""
    if not len(confidence):
        return []
    g = groups(confidence)
    ones = np.ones((1, len(confidence)))
    n, lost = _by_group(ones, g)[0].cumsum(), _by_group(ones * loss, g)[0].cumsum()
    thresholds = confidence[g.order][g.first]
    return [(float(t), float(k / total), float(e / k)) for t, k, e in zip(thresholds, n, lost, strict=True)]
