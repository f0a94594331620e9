"""Questions to offer, drawn from the loaded reports, and whether the assistant answers them well enough for that.

Knows documents and Assistant.ask; it must not know the page, nor any one report.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice, zip_longest
from typing import TYPE_CHECKING

from index.records import Document, GlossaryEntry

if TYPE_CHECKING:
    from qa.assistant import Assistant

# A clause that says how much of something there is: 固定资产投资增长28.8%. The name must be all of the clause before
# the verb and free of the characters that show it to be more than a noun.
_CLAUSE = re.compile(r"[^,，;；。!！?？:：\n、]+")
_MEASURE = re.compile(
    r"(?:全[国省区市州县旗年]|全自治区|全区)?(?P<name>[\u4e00-\u9fff]{4,12}?)(?P<verb>达到|增长|完成|突破)"
    r"\d+(?:\.\d+)?(?P<unit>[%％]|[万亿]{0,2}(?:元|吨|户|家|人|亩|辆|个|项|公里))(?:以上|左右)?"
)
_NOT_A_NAME = re.compile(
    r"[的了和与及将各分再均比同较为从其]|新增|预计|实现|力争|确保|年均|累计|以来|增速|突破|达到|保持|完成"
    r"|首次|逆势|连续|持续|大幅|稳定|率先|总体|^(?:带动|拉动|推动|引进|引导|建成|培育|转化|接待|规划|帮助|支持)"
)
# What can grow, or stand at a sum or a share; anything else is only counted (有多少家).
_GROWS = re.compile(
    r"(?:值|额|量|数|收入|支出|投资|投入|贷款|存款|利润|规模|游客|消费|营收|人次|面积|总产|进出口|出口|进口)$"
)
_STANDS_AT = re.compile(r"(?:值|额|量|数|收入|支出|投资|投入|贷款|存款|利润|规模|营收|资金|面积|里程|率|比重|占比)$")
_DEEDS = re.compile(r"[^。！？\n]{0,40}民生实事[^。！？\n]*")

FROM = 40
"""Reports that questions are drawn from, at most: the first of the index."""

SURE = 0.6
"""Confidence from which an answer is good enough for its question to be offered."""

ALIKE = 3
"""Reports that must tell the same measure before all of them are asked for it together."""


@dataclass(frozen=True, slots=True)
class Example:
    """A question and the words of the report that its answer must cite.

    `about` is the measure that it asks for, "" where it asks for none; `others` are further reports that must answer
    too, for a question to several.
    """

    question: str
    document: str
    start: int
    end: int
    about: str = ""
    others: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class _Measure:
    name: str
    asks: str
    year: str
    start: int
    end: int


def candidates(assistant: Assistant) -> Iterator[Example]:
    """Questions that the loaded reports should answer, reports taken in turn, each once. Same index, same questions."""
    documents = list(islice(assistant.index.documents.values(), FROM))
    drawn = [iter(_in_turn(_kinds(document, len(documents) > 1), at)) for at, document in enumerate(documents)]
    seen: set[str] = set()
    together = _together(documents) if len(assistant.index.documents) <= FROM else iter(())
    for example in (item for turn in zip_longest(together, *drawn) for item in turn if item):
        if example.question not in seen:
            seen.add(example.question)
            yield example


def candidates_of(assistant: Assistant, document: str) -> Iterator[Example]:
    """Questions that one report should answer."""
    several = len(assistant.index.documents) > 1
    return _in_turn(_kinds(assistant.index.documents[document], several), 0)


def answered(assistant: Assistant, example: Example) -> bool:
    """Whether the assistant answers it with the words it was drawn from, and is sure enough to offer it."""
    answer = assistant.ask(example.question)
    if answer.refused or answer.confidence < SURE:
        return False
    if example.others:
        return {example.document, *example.others} <= {item.document for item in answer.answers}
    return any(
        citation.document == example.document and citation.start < example.end and example.start < citation.end
        for citation in answer.citations
    )


def _kinds(document: Document, several: bool) -> list[Iterator[Example]]:
    """Results, terms, plans and lists; `several`: the question must then name the place."""
    place = document.place if several else ""
    return [
        _asked(document, _measures(document, "result"), place),
        _terms(document),
        _asked(document, _measures(document, "plan"), place),
        _lists(document, place),
    ]


def _in_turn(kinds: Sequence[Iterator[Example]], first: int) -> Iterator[Example]:
    """One of each kind after the other; another kind first for each report, so that the first questions differ."""
    at = first % len(kinds)
    for turn in zip_longest(*kinds[at:], *kinds[:at]):
        yield from (example for example in turn if example)


def _together(documents: Sequence[Document]) -> Iterator[Example]:
    """A measure that several places tell for the same year, asked of all of them at once; what most tell first."""
    told: dict[tuple[str, str], dict[str, tuple[Document, _Measure]]] = defaultdict(dict)
    for document in documents:
        for kind in ("plan", "result"):
            for measure in _measures(document, kind):
                told[measure.asks, measure.year].setdefault(document.place, (document, measure))
    for (asks, year), places in sorted(told.items(), key=lambda item: (-len(item[1]), item[0])):
        if len(places) >= ALIKE:
            (first, measure), *rest = places.values()
            others = tuple(document.id for document, _ in rest)
            yield Example(f"各地{year}年{asks}？", first.id, measure.start, measure.end, measure.name, others)


def _asked(document: Document, measures: Iterable[_Measure], place: str) -> Iterator[Example]:
    for one in measures:
        yield Example(f"{place}{one.year}年{one.asks}？", document.id, one.start, one.end, one.name)


def _terms(document: Document) -> Iterator[Example]:
    for entry in sorted(document.glossary, key=lambda entry: (len(entry.term), entry.start)):
        term = entry.term.strip()
        if 3 <= len(term) <= 14 and not _damaged(document, entry):
            named = term if re.search('[“”"《]', term) else f"“{term}”"
            yield Example(f"什么是{named}？", document.id, entry.start, entry.end)


def _damaged(document: Document, entry: GlossaryEntry) -> bool:
    return any(spot.start < entry.end and entry.start < spot.end for spot in document.spots if not spot.repaired)


def _lists(document: Document, place: str) -> Iterator[Example]:
    """What a report counts up rather than measures: the problems it names, the deeds it promises."""
    problems = [section for section in document.sections if section.kind == "problems"]
    for section in problems[:1]:
        of = f"{place}{document.year}年的" if place and document.year else place
        yield Example(f"{of}报告指出了哪些困难和问题？", document.id, section.start, section.end)
    for section in document.sections:
        found = re.fullmatch(r"(\d{4}) plan", section.period)
        deeds = _DEEDS.search(document.text, section.start, section.end) if found else None
        if found and deeds:
            yield Example(f"{place}{found[1]}年要办哪些民生实事？", document.id, deeds.start(), section.end)
            return


def _measures(document: Document, kind: str) -> Iterator[_Measure]:
    seen: set[str] = set()
    for section in document.sections:
        found = re.fullmatch(rf"(\d{{4}}) {kind}", section.period)
        if not found or section.kind not in ("body", "preamble"):
            continue
        for clause in _CLAUSE.finditer(document.text, section.start, section.end):
            measure = _MEASURE.fullmatch(clause.group())
            asks = _wording(measure, kind) if measure else ""
            if measure and asks and measure["name"] not in seen:
                seen.add(measure["name"])
                yield _Measure(measure["name"], asks, found[1], clause.start(), clause.end())


def _wording(measure: re.Match[str], kind: str) -> str:
    """How people ask for a measure: 固定资产投资增长了多少, 退税商店有多少家; "" where its words name none."""
    name, unit = measure["name"], measure["unit"].lstrip("万亿")
    if _NOT_A_NAME.search(name):
        return ""
    if measure["verb"] == "增长":
        if unit not in "%％" or not _GROWS.search(name):
            return ""
        return f"{name}的增长目标是多少" if kind == "plan" else f"{name}增长了多少"
    if _STANDS_AT.search(name):
        return f"{name}的目标是多少" if kind == "plan" else f"{name}是多少"
    if kind == "plan" or measure["verb"] == "完成" or unit not in ("家", "户", "个", "辆"):
        return ""
    return f"{name}有多少{unit}"
