"""Values told one after the other for names told one after the other: 城乡居民收入分别达到5.71万元、3.27万元.

Knows strings and positions only; every function gives spans of the folded text it was given.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from qa.wording import items

_EACH = re.compile(
    # 人次、花费增长5%、7% has no 分别.
    r"分别|各自|依次|(?:增长|下降|提高|减少|达到?|[约至到为])(?=\d[\d.,]*[^\d、，,；;。]{0,8}[、和]\d)"
)
EACH_ASKED = re.compile("分别|各自?(?![类地市县省区级界国项族方行业民种单个])")
"""Wording that asks something of each of several things."""
_APIECE = re.compile("分别|各自|依次")
_FITS = 0.15  # of a name's characters that the question must have: 年 alone is no sign of 全年完成国有建设用地供地
_SAID = re.compile("同比|比上年|较上年|比去年|各")
_CLAUSE = re.compile("[，,；;。]")
JOINED = re.compile("、|以及|(?<![普波涉顾])及(?![格时其早])|(?<![共饱缓温总])和(?![谐平睦])|(?<!参)与(?!会)|跟")
"""What stands between the things of an enumeration."""
_TOWN, _COUNTRY = "城镇城市", "农村乡村"  # the names that 城乡 stands for
_VALUE = re.compile(r"(?:[+-]?\d[\d.,]*|第[一二三四五六七八九十\d]+)[^、，,；;。和\s]{0,8}")


def aligned(
    text: str, span: tuple[int, int], sentence: tuple[int, int], asked: str, words: str = ""
) -> tuple[int, int]:
    """The value that belongs to what is asked in "A、B分别为x、y": `span`, or the value at the asked name's place.

    Only where the names before 分别 and the values after it are as many, and one name alone fits `asked` (folded) best,
    or, where none does, `words`, which hold the question before as well. A second 分别 of the sentence goes with the
    names of the first: 增速分别居全市第二、第三.
    """
    for names, values in _told_each(text, span, sentence):
        if len(names) != len(values):
            continue
        for told in (asked, words):
            shared = [_shared(name, told) for name in _alone(names)]
            best = max(shared)
            at = shared.index(best)
            if best[0] >= _FITS and shared.count(best) == 1:
                return values[at]
    return span


def aligned_items(text: str, span: tuple[int, int], sentence: tuple[int, int], asked: str) -> tuple[int, int]:
    """The item of "盲、聋儿童分别到甲校、乙校就读" that belongs to the name folded `asked` asks for; else `span`.

    Only where `span` is an enumeration behind 分别 with as many items as there are names, and one name alone fits.
    """
    told = items(text, *span)
    each = list(_APIECE.finditer(text, sentence[0], span[0]))
    if len(told) < 2 or not each or EACH_ASKED.search(asked) or _CLAUSE.search(text, each[-1].end(), span[0]):
        return span
    names = _names(text, sentence[0], each[-1].start(), len(told))
    shared = [_shared(name, asked) for name in _alone(names)] if len(names) == len(told) else []
    best = max(shared, default=(0.0, 0))
    return told[shared.index(best)] if best[0] and shared.count(best) == 1 else span


def _alone(names: list[str]) -> list[str]:
    """The names, the last one cut: it ends with what all of them share (食品、药品抽检合格率, 汽车、新能源汽车产量)."""
    *before, last = names
    ends = [last.find(name) + len(name) for name in before if name in last]
    return [*before, last[: max([*ends, *map(len, before)])]]


def _shared(name: str, told: str) -> tuple[float, int]:
    """How well a name fits: the share of its characters that `told` has, then the longest run of them there."""
    return sum(c in told for c in set(name)) / len(set(name)), longest_run(name, told)


def longest_run(name: str, told: str) -> int:
    """How many characters the longest piece of `name` has that stands in `told`."""
    return max(n for n in range(len(name) + 1) if any(name[a : a + n] in told for a in range(len(name) - n + 1)))


def each_value(text: str, span: tuple[int, int], sentence: tuple[int, int], asked: str) -> tuple[int, int]:
    """The values of "城乡居民收入分别达到x、y", where folded `asked` asks what each is and `span` is one of them.

    Of more than are asked for, those from the first to the last that `asked` names; `span` itself where it names fewer
    than two of as many names as there are values. Who asks for 居民收入 and names neither town nor country gets both.
    """
    each = EACH_ASKED.search(asked)
    for names, values in _told_each(text, span, sentence):
        if not each:
            if len(names) == len(values) and _asked_of_all(names, asked):
                return values[0][0], values[-1][1]
            continue
        meant = [at for at, name in enumerate(_alone(names)) if _shared(name, asked)[0] > 0.5]
        both = "城乡" in asked and names[:1] == [_TOWN]
        if both or len(names) != len(values):
            return values[0][0], values[-1][1]
        if len(meant) > 1:
            return values[meant[0]][0], values[meant[-1]][1]
    return span


def _asked_of_all(names: list[str], asked: str) -> bool:
    """Whether `asked` has what the names share at their end, and nothing by which they differ."""
    alone = _alone(names)
    first = alone[0]
    end = max(n for n in range(len(first) + 1) if all(name.endswith(first[len(first) - n :]) for name in alone))
    shared = names[-1][len(alone[-1]) - end :]
    return longest_run(shared, asked) > 1 and not any(longest_run(name[: len(name) - end], asked) for name in alone)


def _told_each(
    text: str, span: tuple[int, int], sentence: tuple[int, int]
) -> Iterator[tuple[list[str], list[tuple[int, int]]]]:
    """Names and values of each 分别 of the sentence that has `span` among its values; names of the one before where
    its own are not as many."""
    names: list[str] = []
    for match in _EACH.finditer(text, *sentence):
        values = values_behind(text, match.end(), sentence[1])
        own = _names(text, sentence[0], match.start(), len(values))
        names = own if len(own) == len(values) else names
        if len(values) > 1 and any(a <= span[0] < b for a, b in values):
            yield names, values


def values_behind(text: str, start: int, end: int) -> list[tuple[int, int]]:
    """The spans of the figures that stand one after the other behind 分别."""
    found: list[tuple[int, int]] = []
    for match in _VALUE.finditer(text, start, end):
        between = text[found[-1][1] if found else start : match.start()]
        if found and between not in ("、", "和", "，", ","):
            break
        if not found and re.search(r"[，,；;。]", between):
            break
        found.append(match.span())
    return found


def _names(text: str, start: int, end: int, count: int) -> list[str]:
    """The last `count` names of the enumeration that ends before 分别, without what they share at their end."""
    *before, clause = re.split(r"[，,；;。：:]", text[start:end])
    if not _SAID.sub("", clause) and len(before) >= count:
        # 供地5342亩,出让用地1227亩,分别增长545.2%、267.4%: the names stand in the clauses before, each with its value.
        told = [re.match(r"([^\d]{2,})\d", part) for part in before[-count:]]
        if all(told):
            return [name[1] for name in told if name]
    names = [name for name in JOINED.split(clause) if name]
    if len(names) != count and count == 2 and "城乡" in clause:
        return [_TOWN, _COUNTRY + clause.rpartition("城乡")[2]]
    return names[-count:]
