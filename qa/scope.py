"""Which of the loaded reports a question is put to: those it names by place or year, each on its own or all together.

Knows documents' places and years and a question's words; searches and reads nothing.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from index.fold import fold
from index.records import Document
from qa.question import Query

_PEOPLES = (
    "蒙古 回 藏 维吾尔 苗 彝 壮 布依 朝鲜 满 侗 瑶 白 土家 哈尼 哈萨克 傣 黎 傈僳 佤 畲 高山 拉祜 水 东乡 "
    "纳西 景颇 柯尔克孜 土 达斡尔 仫佬 羌 布朗 撒拉 毛南 仡佬 锡伯 阿昌 普米 塔吉克 怒 乌孜别克 俄罗斯 "
    "鄂温克 德昂 保安 裕固 京 塔塔尔 独龙 鄂伦春 赫哲 门巴 珞巴 基诺"
)
_PEOPLE = "|".join(sorted(_PEOPLES.split(), key=len, reverse=True))
_SUFFIX = re.compile(rf"(?:(?:(?:{_PEOPLE})族|维吾尔)*自治[区州县旗]|特别行政区|[省市县区州旗])$")
_NATION = re.compile(r"全国|国家|我国|中国|国务院|中央政府")
_EACH = re.compile(
    r"(?:各|每个?|哪个?|哪些|哪几个?|所有|这些|[一二三四五六七八九十两几\d]+个?)(?:省份?|市|县|区|旗|地方?|报告|年份?)"
    r"|各[地自]|谁|which (?:province|city|county|report)|each|compare|对比|比较"
)


@dataclass(frozen=True, slots=True)
class Scope:
    """The documents to ask, in the index's order; `each` when every one of them is to answer for itself."""

    documents: tuple[str, ...]
    each: bool


def scope_of(query: Query, documents: Mapping[str, Document]) -> Scope:
    """The scope of `query` among `documents`: those it was told to ask, narrowed to the places and years it names.

    Two or more places named, or wording such as 各省 or 哪个市, ask each document for itself.
    """
    asked = query.documents or tuple(documents)
    if len(asked) < 2:
        return Scope(asked, False)
    words = " ".join(part.words for part in query.parts)
    named = [name for name in asked if name in documents and _names(words, documents[name].place)]
    places = {documents[name].place for name in named}
    chosen = _of_years(query, named or list(asked), documents)
    each = len(places) > 1 or (bool(_EACH.search(words)) and len({documents[n].place for n in chosen}) > 1)
    return Scope(tuple(_latest(chosen, documents) if each else chosen), each)


def short_name(place: str) -> str:
    """The place as people say it: 三门 of 三门县, 广西 of 广西壮族自治区; whole where one character would remain."""
    name = _SUFFIX.sub("", place)
    return name if len(name) >= 2 else place


def _names(words: str, place: str) -> bool:
    if not place:
        return False
    if place == "全国":
        return bool(_NATION.search(words))
    return fold(short_name(place)) in words


def _of_years(query: Query, names: Sequence[str], documents: Mapping[str, Document]) -> list[str]:
    """Those of `names` whose report tells of the years asked: given in the year itself, or in the one after it."""
    kept = [
        name
        for name in names
        if any(
            documents[name].year in (year, year + 1)
            for part in query.parts
            for year in part.years_in(max(documents[n].year for n in names))
        )
    ]
    return kept or list(names)


def _latest(names: Sequence[str], documents: Mapping[str, Document]) -> list[str]:
    """One document a place, the latest, in the order given."""
    latest: dict[str, str] = {}
    for name in names:
        place = documents[name].place or name
        if place not in latest or documents[name].year > documents[latest[place]].year:
            latest[place] = name
    return [name for name in names if name in latest.values()]
