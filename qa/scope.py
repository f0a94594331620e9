"""Which of the loaded reports a question is put to: those it names by place or year, each on its own or all together.

Knows documents' places and years and a question's words; searches and reads nothing.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from index.records import Document
from qa.places import level, named
from qa.question import Query, reports_named

_EACH = re.compile(
    r"(?:各|每个?|哪一?个?|哪些个?|哪几个?|所有|这些|[一二三四五六七八九十两几\d]+个?)"
    r"(?:(?P<province>省区市|省市|省区|省份?|直辖市|自治区)|(?P<city>市)|(?P<county>县|区|旗)|地方?|家|份?报告)"
    r"|各[地自]|谁|which (?:province|city|county|report)|each|compare|对比|比较"
)


# 全国 and 国家 beside another place name it in a comparison; else they say whose list or rank it is (国家水产种业阵型).
_COMPARED = re.compile(r"[和与跟同及、]|比|较|分别|高于|低于|差距|compare|than")


@dataclass(frozen=True, slots=True)
class Scope:
    """The documents to ask, in the index's order; `each` when every place of them is to answer for itself.

    `groups` are then the documents that answer together: one, or those of one place where years are asked. `carried`
    where the question names no place, and is put to those that were named before it.
    """

    documents: tuple[str, ...]
    each: bool
    groups: tuple[tuple[str, ...], ...] = ()
    carried: bool = False


def scope_of(query: Query, documents: Mapping[str, Document]) -> Scope:
    """The scope of `query` among `documents`: those it was told to ask, narrowed to the places and years it names.

    Each answers for itself where two or more places are named, where wording such as 各省 or 哪个市 asks for places of
    the documents' kind, and where reports of several places were chosen. A question that names no place is put to
    those of the question before it.
    """
    asked = query.documents or tuple(documents)
    if len(asked) < 2:
        return Scope(asked, False)
    wanted = _named(query, _places(asked, documents))
    levels = _asked_levels(query)
    before = None if wanted or levels is not None else carried(query, documents)
    if before is None:
        return _narrowed(query, asked, documents, wanted, levels)
    if _dated(query):
        wanted = _places(before.documents, documents)
        before = _narrowed(query, asked, documents, wanted, None)
    return replace(before, carried=True)


def _narrowed(
    query: Query,
    asked: Sequence[str],
    documents: Mapping[str, Document],
    wanted: frozenset[str],
    levels: frozenset[str] | None,
) -> Scope:
    """Those of `asked` of the `wanted` places, or of all places of the kinds `levels`, that tell of the years asked."""
    among = [name for name in asked if name in documents and documents[name].place in wanted]
    if levels is not None and not wanted:
        kind = [name for name in asked if name in documents and level(documents[name].place) in levels]
        among, levels = (kind, levels) if len({documents[name].place for name in kind}) > 1 else ([], None)
    chosen = _of_years(query, among or list(asked), documents)
    if not query.documents and not _dated(query):
        chosen = _latest(chosen, documents)
    if len(wanted) > 1 or query.documents or levels is not None:
        scope = each_of(query, chosen, documents)
        if len(scope.groups) > 1:
            return scope
    return Scope(tuple(chosen), False)


def carried(query: Query, documents: Mapping[str, Document]) -> Scope | None:
    """The scope of the last question before `query` that named places; None where one since then asked for all."""
    before = query.earlier
    if before is None:
        return None
    if _named(before, _places(before.documents or tuple(documents), documents)):
        return scope_of(before, documents)
    return carried(before, documents) if _asked_levels(before) is None else None


def moved_on(query: Query, documents: Mapping[str, Document]) -> bool:
    """Whether `query` names a place that the question before it, which names others, does not: it then stands alone."""
    places = _places(query.documents or tuple(documents), documents)
    before = _named(query.earlier, places) if query.earlier else frozenset()
    return bool(before) and not _named(query, places) <= before


def each_of(query: Query, names: Sequence[str], documents: Mapping[str, Document]) -> Scope:
    """The scope in which each of `names` answers.

    Several reports of one place answer together, by year, where the query asks for years, and each for itself where
    they were chosen; else the latest answers.
    """
    groups: dict[str, list[str]] = {}
    together = any(part.years_in(documents[name].year) for part in query.parts for name in names)
    for name in names:
        groups.setdefault(documents[name].place or name if together or not query.documents else name, []).append(name)
    if not together and not query.documents:
        groups = {place: [max(group, key=lambda name: documents[name].year)] for place, group in groups.items()}
    kept = {name for group in groups.values() for name in group}
    return Scope(tuple(name for name in names if name in kept), True, tuple(map(tuple, groups.values())))


def _places(names: Sequence[str], documents: Mapping[str, Document]) -> frozenset[str]:
    return frozenset(documents[name].place for name in names if name in documents)


def _named(query: Query, places: frozenset[str]) -> frozenset[str]:
    """The places that the question names itself, else those of what it leans on."""
    for words in (" ".join(part.asked for part in query.parts), " ".join(part.words for part in query.parts)):
        found = named(words, places)
        if len(found) > 1 and "全国" in found and not _COMPARED.search(words):
            found -= {"全国"}
        if found:
            return found
    return frozenset()


def _dated(query: Query) -> bool:
    """Whether a year is named by its number; 今年 and 去年 are those of the latest report."""
    years = [year for part in query.parts for year in part.years_in(0)]
    return any(year > 1000 for year in years) or bool(_reports(query))


def _reports(query: Query) -> frozenset[int]:
    """The years of the reports that the question names."""
    return frozenset(year for part in query.parts for year in reports_named(part.words))


def _latest(names: Sequence[str], documents: Mapping[str, Document]) -> list[str]:
    """`names` without the reports of a place of which a later one is among them; other papers stay."""
    newest: dict[str, int] = {}
    for document in (documents[name] for name in names if name in documents):
        if "报告" in document.title and document.place:
            newest[document.place] = max(newest.get(document.place, 0), document.year)
    return [
        name
        for name in names
        if name not in documents
        or "报告" not in documents[name].title
        or documents[name].year >= newest.get(documents[name].place, 0)
    ]


def _asked_levels(query: Query) -> frozenset[str] | None:
    """The kinds of places that wording such as 各省 asks for, every one but the nation for 各地; None without it."""
    found: set[str] = set()
    for match in _EACH.finditer(" ".join(part.words for part in query.parts)):
        found |= {match.lastgroup} if match.lastgroup else {"province", "city", "county", ""}
    return frozenset(found) or None


def _of_years(query: Query, names: Sequence[str], documents: Mapping[str, Document]) -> list[str]:
    """Those of `names` that are named by year, or tell of the years asked: given in that year, or in the one after it.

    What was reached in a year stands in the next year's report, what was planned for it in its own, where one of that
    place is there.
    """
    asked = [name for name in names if documents[name].year in _reports(query)]
    if asked:
        return asked
    latest = max(documents[name].year for name in names)
    tense = {part.tense for part in query.parts}
    years = {year for part in query.parts for year in part.years_in(latest)}
    kept = [name for name in names if documents[name].year in {*years, *(year + 1 for year in years)}]
    best = {year + 1 for year in years} if tense == {"result"} else years if tense == {"plan"} else set()
    told = {documents[name].place for name in kept if documents[name].year in best}
    kept = [name for name in kept if documents[name].place not in told or documents[name].year in best]
    return kept or list(names)
