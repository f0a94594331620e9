"""Bootstrap intervals and paired tests over questions. Knows arrays only; the same data give the same interval.

Efron and Tibshirani 1993 (percentile interval), Noreen 1989 (paired randomisation).
"""

from __future__ import annotations

from math import comb

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
RESAMPLES = 2000
SEED = 20230118


def draws(n: int, resamples: int = RESAMPLES) -> Floats:
    """How often each of `n` questions is drawn, one row a resample: (resamples, n), each row summing to n."""
    rng = np.random.default_rng(SEED)
    return rng.multinomial(n, np.full(n, 1.0 / n), size=resamples).astype(np.float64)


def interval(samples: Floats) -> tuple[float, float]:
    """The 2.5th and 97.5th percentile of `samples`, leaving NaN out; NaN when nothing is left."""
    kept = samples[~np.isnan(samples)]
    if not len(kept):
        return float("nan"), float("nan")
    low, high = np.percentile(kept, [2.5, 97.5])
    return float(low), float(high)


def mean_samples(values: Floats, weights: Floats) -> Floats:
    """The mean of each column of `values` (N, M) in each resample `weights` (B, N), over the rows that are not NaN.

    (B, M); NaN where a resample drew none. Questions are drawn, not values: N of a measure varies as it does in life.
    """
    there = ~np.isnan(values)
    total = weights @ np.where(there, values, 0.0)
    count = weights @ there.astype(np.float64)
    out: Floats = np.divide(total, count, out=np.full_like(total, np.nan), where=count > 0)
    return out


def randomisation(a: Floats, b: Floats, rounds: int = 10_000) -> Floats:
    """Two-sided p for each column of the paired values `a` and `b` (N, M): do the two systems differ?

    Under "no difference" each question's two values could as well be swapped; p is `(1 + as large) / (1 + rounds)`, the
    share of random swaps whose means differ at least as much as they do. NaN stays "does not apply" and moves along.
    """
    rng = np.random.default_rng(SEED)
    observed = np.abs(_difference(a, b, np.ones((1, len(a)))))
    as_large = np.zeros(a.shape[1])
    for start in range(0, rounds, 500):  # in parts: all rounds of thousands of questions would fill the memory
        kept = rng.integers(0, 2, size=(min(500, rounds - start), len(a))).astype(np.float64)
        as_large += (np.abs(_difference(a, b, kept)) >= observed - 1e-12).sum(axis=0)
    out: Floats = (1 + as_large) / (1 + rounds)
    return out


def _difference(a: Floats, b: Floats, kept: Floats) -> Floats:
    """mean(b) - mean(a) of each column, where rows with `kept` 0 have changed sides; 0 where a side has no value."""
    means = []
    for one, other in ((a, b), (b, a)):
        total = kept @ np.nan_to_num(one) + (1 - kept) @ np.nan_to_num(other)
        count = kept @ (~np.isnan(one)).astype(float) + (1 - kept) @ (~np.isnan(other)).astype(float)
        means.append(np.divide(total, count, out=np.zeros_like(total), where=count > 0))
    out: Floats = means[1] - means[0]
    return out


def mcnemar(wins: int, losses: int) -> float:
    """Two-sided exact p of McNemar's test (1947): binomial, at one half, of the pairs that differ. 1.0 without any."""
    n, k = wins + losses, min(wins, losses)
    return min(1.0, float(2 * sum(comb(n, i) for i in range(k + 1)) / 2**n))
