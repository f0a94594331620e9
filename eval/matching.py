"""When two strings count as the same words: normal form, containment, longest common run. Knows strings only.

The rules are the contract's, so that a score here is the score of anybody who follows the contract.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

MARKS = re.compile(r"[\s,，。;；:：、!！?？\"'“”‘’《》<>()（）\[\]【】]")


@lru_cache(maxsize=65536)
def norm(text: str) -> str:
    """`text` in NFKC, lower case, without blanks and without the marks that do not change what is said."""
    return MARKS.sub("", unicodedata.normalize("NFKC", text).lower())


def contains(hay: str, needle: str) -> bool:
    """Whether `needle` stands in `hay`, both in normal form; a number at its edge must not run on (2个 not in 12个)."""
    whole, part = norm(hay), norm(needle)
    at = whole.find(part) if part else -1
    while at >= 0:
        before, after = whole[at - 1 : at] if at else "", whole[at + len(part) : at + len(part) + 1]
        runs_in = part[0].isdigit() and (before.isdigit() or before == ".")
        runs_out = part[-1].isdigit() and (after.isdigit() or after in {".", "%"})
        if not runs_in and not runs_out:
            return True
        at = whole.find(part, at + 1)
    return False


def longest_run(a: str, b: str) -> int:
    """Length in characters of the longest common substring of `a` and `b`.

    A common run of length n implies one of every shorter length, so the length is found by bisection over sets of
    n-grams: O((|a| + |b|) log) instead of the table's O(|a| |b|), which matters for whole passages.
    """
    low, high = 0, min(len(a), len(b))
    while low < high:
        n = (low + high + 1) // 2
        grams = {a[i : i + n] for i in range(len(a) - n + 1)}
        if any(b[i : i + n] in grams for i in range(len(b) - n + 1)):
            low = n
        else:
            high = n - 1
    return low


def overlap(quote: str, evidence: str) -> float:
    """Share, in [0, 1], of the shorter text that the longest common run covers, both in normal form; 0 when empty."""
    a, b = norm(quote), norm(evidence)
    return longest_run(a, b) / min(len(a), len(b)) if a and b else 0.0
