"""Measures of one short answer against its accepted answers. Knows strings only.

CMRC's F1 and the bag-of-characters F1 are different measures and keep different names: the first wants the common
words in one run, the second in any order.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Sequence

_TOKEN = re.compile(r"\d+(?:\.\d+)?|[a-z]+|\S")
_PUNCTUATION = frozenset("PS")


def exact_match(answer: str, golds: Iterable[str]) -> float:
    """EM: 1.0 when `answer` equals one of `golds` without blanks, punctuation, case and width, else 0.0.

    Rajpurkar et al. 2016 (SQuAD), with the Chinese normalisation of CMRC 2018 (Cui et al. 2019), maximum over golds.
    """
    return max((float(_plain(answer) == _plain(gold)) for gold in golds), default=0.0)


def cmrc_f1(answer: str, golds: Iterable[str]) -> float:
    """F1 of CMRC 2018 (Cui et al. 2019), maximum over `golds`, in [0, 1].

    The longest common run of tokens over the answer's length is precision, over the gold's length recall. Tokens are
    Chinese characters, whole numbers and runs of Latin letters; punctuation is dropped.
    """
    return max((_harmonic(_common_run(a := tokens(answer), g := tokens(gold)), a, g) for gold in golds), default=0.0)


def character_f1(answer: str, golds: Iterable[str]) -> float:
    """F1 over the two bags of characters, maximum over `golds`, in [0, 1].

    SQuAD's token F1 (Rajpurkar et al. 2016) with characters for tokens, blind to their order.
    """
    best = 0.0
    for gold in golds:
        a, g = _plain(answer), _plain(gold)
        best = max(best, _harmonic(sum((Counter(a) & Counter(g)).values()), a, g))
    return best


def tokens(text: str) -> list[str]:
    """`text` as CMRC 2018 counts it: Chinese characters, whole numbers, Latin words; no punctuation."""
    folded = unicodedata.normalize("NFKC", text).lower()
    return [token for token in _TOKEN.findall(folded) if not _is_punctuation(token)]


def _plain(text: str) -> str:
    folded = unicodedata.normalize("NFKC", text).lower()
    return "".join(c for c in folded if not c.isspace() and not _is_punctuation(c))


def _is_punctuation(token: str) -> bool:
    # % is a sign of measure in these texts, and 5 is not 5 %; a full stop inside a number is part of its token.
    return len(token) == 1 and token not in "%.+-" and unicodedata.category(token)[0] in _PUNCTUATION


def _common_run(a: Sequence[str], b: Sequence[str]) -> int:
    best, previous = 0, [0] * (len(b) + 1)
    for x in a:
        current = [0] * (len(b) + 1)
        for j, y in enumerate(b, 1):
            if x == y:
                current[j] = previous[j - 1] + 1
                best = max(best, current[j])
        previous = current
    return best


def _harmonic(common: int, answer: Sequence[str], gold: Sequence[str]) -> float:
    return 2 * common / (len(answer) + len(gold)) if common else 0.0
