"""A chosen span → the words that are given: whole figures, the value that is asked for, whole enumerations and clauses.

Knows documents' words and the parts of a question, no models; every function gives spans of the document.
"""

from __future__ import annotations

from dataclasses import dataclass

from index.fold import fold
from index.records import Document
from index.split import sentences
from qa.english import is_english
from qa.figures import with_fall
from qa.question import Part
from qa.respectively import aligned, aligned_items, each_value
from qa.typed import count_told, unit_fit
from qa.values import (
    both_ends,
    came_from,
    growth_beside,
    named_beside,
    one_figure,
    one_time,
    reached,
    total_beside,
    twin,
    whole_range,
)
from qa.wording import (
    REST,
    bare,
    items,
    of_its_kind,
    of_kind,
    own_item,
    trimmed,
    whole_clauses,
    whole_enumeration,
    whole_figure,
)
from qa.words import whole_words

NEAR = 3  # characters between an item and the mark before it that are not the item's: 、到2035年
SEMICOLONS = "；;"
WHOLE = {"why_how": 80, "yes_no": 24}  # characters of a sentence that is given whole; of a longer one, whole clauses
AROUND = 100  # characters before a sentence, and after it, that are folded as well


@dataclass(frozen=True, slots=True)
class Choice:
    """The span of a document that answers a part of a question, and how sure that is."""

    document: str
    start: int
    end: int
    part: Part
    confidence: float


def quote_of(document: Document, span: tuple[int, int], longest: int = 0) -> tuple[int, int]:
    """What `span` stands in, from one full stop or semicolon to the next, as one span that stays within its section.

    Up to the full stops on both sides where that is at most `longest` characters.
    """
    section = document.section_at(span[0])
    low = max(section.start, document.text.rfind("\n", 0, span[0]) + 1)
    high = document.text.find("\n", span[1])
    high = min(section.end, high if high >= 0 else section.end)
    told = list(sentences(document.text, low, max(high, span[1])))
    touched = [at for at, (a, b) in enumerate(told) if a < span[1] and b > span[0]]
    if not touched:
        return span
    first, last = touched[0], touched[-1]
    whole, end = first, last
    while whole > 0 and document.text[told[whole - 1][1] - 1] in SEMICOLONS:
        whole -= 1
    while end + 1 < len(told) and document.text[told[end][1] - 1] in SEMICOLONS:
        end += 1
    if told[end][1] - told[whole][0] <= longest:
        first, last = whole, end
    return min(told[first][0], span[0]), max(told[last][1], span[1])


def plain(document: Document, span: tuple[int, int]) -> str:
    """The document's text, folded in and around the sentence of `span`: what rules of wording look at.

    Position by position, so that Traditional text reads as Simplified. The whole text would take milliseconds.
    """
    start, end = quote_of(document, span)
    low, high = max(start - AROUND, 0), end + AROUND
    return document.text[:low] + fold(document.text[low:high]) + document.text[high:]


def finished(document: Document, choice: Choice) -> tuple[int, int]:
    """The chosen span with whole figures, the value that goes with the name asked for, and whole enumerations."""
    span = (choice.start, choice.end)
    text = plain(document, span)
    if choice.part.kind != "meaning":
        span = whole_words(text, span, quote_of(document, span))
    span = trimmed(text, *span)
    if choice.part.kind in ("meaning", "list"):
        span = bare(text, *span)
    if choice.part.kind == "list":
        span = _as_many(text, _enumeration(text, *span), choice.part.asked)
    if choice.part.kind == "meaning":
        span = own_item(text, span, choice.part.asked)
    if choice.part.kind == "when":
        span = one_time(text, *span, choice.part.asked)
    if choice.part.kind == "number":
        return _number(text, choice, span, quote_of(document, span))
    if choice.part.kind == "other":
        span = of_kind(text, items(text, *span), choice.part.asked) or span
        span = aligned_items(text, span, quote_of(document, span), choice.part.asked)
        span = of_its_kind(text, span, choice.part.asked)
    if choice.part.kind in WHOLE:
        return whole_clauses(text, span, quote_of(document, span), WHOLE[choice.part.kind])
    return whole_figure(text, *span)


def _number(text: str, choice: Choice, span: tuple[int, int], sentence: tuple[int, int]) -> tuple[int, int]:
    """The number, or the numbers, of the sentence that the choice is asked for."""
    every = each_value(text, span, sentence, choice.part.asked)
    if every != span:
        return every
    span = aligned(text, span, sentence, choice.part.asked, choice.part.words)
    if choice.part.measured != choice.part.asked:
        span = named_beside(text, span, sentence, choice.part.asked)
    span = twin(text, span, sentence, choice.part.asked)
    span = total_beside(text, span, sentence, choice.part.measured)
    step = both_ends(text, span, sentence, choice.part.asked)
    if step != span:
        return step
    span = came_from(text, span, sentence, choice.part.asked)
    span = reached(text, span, sentence, choice.part.asked)
    first = one_figure(text, *span, choice.part.asked)
    fits = is_english(choice.part.asked) or unit_fit(choice.part.measured, text[slice(*first)]) > 0
    span = first if fits else span
    span = growth_beside(text, span, sentence, choice.part.asked)
    span = whole_range(text, whole_figure(text, *span), sentence, choice.part.asked)
    return with_fall(text, span, choice.part.asked)


def _enumeration(text: str, start: int, end: int) -> tuple[int, int]:
    return bare(text, *trimmed(text, *whole_enumeration(text, start, end)))


def _as_many(text: str, span: tuple[int, int], asked: str) -> tuple[int, int]:
    """`span` widened to the whole enumeration where it then has as many items as folded `asked` says, and had not."""
    further, before = text.find("、", span[1], span[1] + REST), text.rfind("、", max(span[0] - NEAR, 0), span[0])
    if not count_told(asked, len(items(text, *span))):
        return span
    ends = [(span[0], further)] * (further >= 0) + [(before, span[1])] * (before >= 0)
    wider = [_enumeration(text, *end) for end in ends]
    return next((one for one in wider if not count_told(asked, len(items(text, *one)))), span)
