"""Which candidate answers a part of a question beside the other parts: what is told for one is not told for another.

Knows parts, candidates and documents; no searching, no reading, no threshold.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from index.records import Document
from qa.confidence import Candidate
from qa.finish import Choice, finished
from qa.question import Part


def choice_of(part: Part, candidate: Candidate, sure: float) -> Choice:
    """The candidate's span as the answer to `part`, given with the confidence `sure`."""
    return Choice(candidate.document, candidate.span.start, candidate.span.end, part, sure)


def fresh(
    part: Part, found: Sequence[Candidate], given: Sequence[Choice], documents: Mapping[str, Document]
) -> Sequence[Candidate]:
    """The best of `found`, and only that, whose words are in no part those of another part's answer.

    A number may stand within the words that answer another part.
    """
    taken = [choice for choice in given if (choice.part.kind == "number") == (part.kind == "number")]
    return next(((c,) for c in found if not any(_overlap(part, c, choice, documents) for choice in taken)), ())


def told_already(
    part: Part, found: Sequence[Candidate], given: Sequence[Choice], documents: Mapping[str, Document]
) -> bool:
    """Whether the likeliest answer to `part`, no number, is among the `given`, as where one asks twice over."""
    return part.kind != "number" and any(_overlap(part, c, choice, documents) for c in found[:1] for choice in given)


def _overlap(part: Part, candidate: Candidate, choice: Choice, documents: Mapping[str, Document]) -> bool:
    if candidate.document != choice.document:
        return False
    start, end = _place(choice_of(part, candidate, 0.0), documents)
    low, high = _place(choice, documents)
    return start < high and low < end


def _place(choice: Choice, documents: Mapping[str, Document]) -> tuple[int, int]:
    """The span chosen; of a number, the one that is told: 26.6万亿元 and 51.9万亿元 may lie in one chosen span."""
    return finished(documents[choice.document], choice) if choice.part.kind == "number" else (choice.start, choice.end)
