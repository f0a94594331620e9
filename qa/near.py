"""Why a report does not answer a question about another year or a smaller place, and what to ask instead.

Knows a part's wording, a document's periods and names of places; searches and reads nothing.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from index.fold import fold
from index.records import Document
from qa.moved import LEANS_ON
from qa.places import PROVINCES, other_place
from qa.question import Part, Query

_AROUND = 100  # characters before a span, and after it, in which a place must be named
_COMPARED_WITH = re.compile(r"[比较]((?:19|20)\d\d)")
_COMPARED = r"(?<![较比])(?<!与)(?<!和)"


@dataclass(frozen=True, slots=True)
class Miss:
    """Why nothing is answered, in words for the reader, and a question that the report may answer ("" for none)."""

    words: str
    instead: str


def misses(part: Part, document: Document, span: tuple[int, int]) -> bool:
    """Whether the words at `span` tell of other years, or of a larger place, than `part` asks for."""
    return bool(missing_years(part, document, span[0]) or _elsewhere(part, document, span))


def miss(query: Query, part: Part, document: Document, span: tuple[int, int]) -> Miss | None:
    """What keeps the words at `span` from answering `part`, for the reader; None where nothing does.

    The question to ask instead names what the report has in the place of what it has not.
    """
    years = missing_years(part, document, span[0])
    plain = LEANS_ON not in query.resolved
    if years:
        covered = _covered(document)
        said = f"报告给出的是{'、'.join(covered)}，没有{'、'.join(f'{year}年' for year in years)}"
        period = document.section_at(span[0]).period.split(" ")[0]
        year = f"{years[0]}"
        asked = query.resolved
        instead = asked.replace(year, period, 1) if plain and period.isdigit() and year in asked else ""
        return Miss(said, instead)
    place = _elsewhere(part, document, span)
    if place:
        below = plain and document.place and place not in PROVINCES
        instead = fold(query.resolved).replace(place, document.place, 1) if below else ""
        return Miss(f"报告没有单独说{place}", instead)
    return None


def missing_years(part: Part, document: Document, position: int) -> tuple[int, ...]:
    """The years that `part` names, where neither the report nor the words around `position` tell of one; else ().

    A year that something is only compared with (较2021年) is not told of.
    """
    asked = part.years_in(document.year) - {int(year) for year in _COMPARED_WITH.findall(part.asked)}
    around = document.text[max(position - 60, 0) : position + 60]
    if not asked or any(re.search(f"{_COMPARED}{year}", around) for year in asked):
        return ()
    periods = [section.period.split(" ")[0] for section in document.sections if section.period]
    if not periods or any(int(p[:4]) <= year <= int(p[-4:]) for p in periods for year in asked):
        return ()
    return tuple(sorted(asked))


def _elsewhere(part: Part, document: Document, span: tuple[int, int]) -> str:
    around = document.text[max(span[0] - _AROUND, 0) : span[1] + _AROUND]
    heads = "".join(document.section_at(span[0]).path)
    return other_place(part.asked, document.place, heads + around)


def _covered(document: Document) -> Sequence[str]:
    """The years of the report's sections as people say them, in their order: 2022年, 2023年, 2021至2025年."""
    periods = {section.period.split(" ")[0] for section in document.sections if section.period}
    return [f"{period.replace('-', '至')}年" for period in sorted(periods, key=lambda p: (len(p), p))]
