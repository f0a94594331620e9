"""Two readings of one question: which of both is told. Knows answers and traces only."""

from __future__ import annotations

import re
from dataclasses import replace

from qa.answer import Answer, Trace

ALONE = 0.9  # confidence from which on a follow-up that can stand alone is not read once more with what it follows
UNSURE = 0.5  # below which what it is answered alone gives way to that other reading, be it a refusal
FOLLOWED = 0.8  # confidence that the other reading's answer needs to go before it in all other cases
PARTLY = 0.8  # confidence from which on an answer to some of the parts goes before none at all
_SEVERAL = re.compile("[、；;和]")
_LISTED = re.compile("[、；;]")


def unsure(answer: Answer) -> bool:
    """Whether a follow-up that can stand alone is worth another reading, with what it follows."""
    return answer.confidence < ALONE


def surer(alone: Trace, leaning: Trace) -> Trace:
    """The trace of a follow-up read alone, or of the same read with what it follows; with the milliseconds of both."""
    first, second = alone.answer, leaning.answer
    better = not second.refused and second.confidence >= max(FOLLOWED, first.confidence)
    worse = not first.refused and first.confidence < UNSURE
    return _joined(alone, leaning) if better or worse else _joined(leaning, alone)


def tells_several(answer: Answer, number: bool) -> bool:
    """Whether an answer tells several things, one after the other; in words, 和 may stand within one of them."""
    return bool((_SEVERAL if number else _LISTED).search(answer.answer))


def fuller(whole: Trace, each: Trace, parts: int) -> Trace:
    """The trace of a question read as one, or of its `parts`, one for each thing.

    The second where every part is answered; also where one is as the whole is, or surely where the whole is not: it
    says which are not.
    """
    first, second = whole.answer.answers, each.answer.answers
    same = bool(first) and {item.text for item in first} <= {item.text for item in second}
    partly = not first and bool(second) and each.answer.confidence >= PARTLY
    return _joined(whole, each) if len(second) >= parts or same or partly else _joined(each, whole)


def _joined(spent: Trace, kept: Trace) -> Trace:
    """`kept` with the milliseconds of both."""
    before = dict(spent.timings)
    return replace(kept, timings=tuple((name, before[name] + ms) for name, ms in kept.timings))
