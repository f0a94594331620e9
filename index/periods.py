"""What time a heading or a paragraph speaks of, told from its words and the report's year. Knows strings only.

A report of year Y reviews Y-1 and plans Y. Five-year plans run by the calendar: the sixth began in 1981.
"""

from __future__ import annotations

import re

_NUMERALS = {c: i for i, c in enumerate("零一二三四五六七八九十")}
_PLAN_NAME = re.compile(
    r"[“\"「'‘]?([一二三四五六七八九]?十?[一二三四五六七八九])五[”\"」'’]?(?=时期|规划|期间|以来|这五年|的?发展|经济|主要|目标|的|。|$)"
)
_QUOTED_PLAN = re.compile(r"[“\"「'‘]([一二三四五六七八九]?十?[一二三四五六七八九])五[”\"」'’]")
_PAST_FIVE = re.compile(r"(?:过去|这|近|本届政府).{0,3}五年|五年(?:来|间|的|,|里)|以来的五年")
_NEXT_FIVE = re.compile(r"(?:今后|未来|下一个|接下来).{0,2}五年")
_PAST_ONE = re.compile(r"过去的?一年|一年来|去年|刚刚过去的|上年")
_THIS = re.compile(r"今年|新的一年|本年度")
_YEAR = re.compile(r"(?<!\d)(\d{4})年")
_ROC_YEAR = re.compile(r"(?<!\d)(1[0-4]\d|[89]\d) ?年度?")
_RESULT = re.compile(r"回顾|总结|成就|成绩|成效|取得|完成情况|施政成果|进展|迈出")
_PLAN = re.compile(r"目标|任务|安排|重点|要求|考虑|建议|举措|打算|部署|展望|规划|说明|主要工作|开好局|篇章")
RESULT, PLAN = "result", "plan"


def five_years(number: int) -> tuple[int, int]:
    """First and last year of the five-year plan of that ordinal: 14 gives 2021 and 2025."""
    first = 1953 + 5 * (number - 1) if number < 3 else 1966 + 5 * (number - 3)
    return first, first + 4


def plan_number(name: str) -> int:
    """The ordinal in the name of a five-year plan: 十四 (of 十四五) gives 14, 一 (of 一五) gives 1."""
    tens, _, units = name.rpartition("十") if "十" in name else ("", "", name)
    if "十" not in name:
        return _NUMERALS[units]
    return _NUMERALS.get(tens, 1) * 10 + _NUMERALS.get(units, 0)


def heading_periods(title: str, year: int) -> list[str]:
    """The periods a heading names, in its order; empty where it names none. `title` is folded."""
    if not year:
        return []
    spans = _named(title, year)
    if not spans:
        return []
    periods = []
    for at, first, last in spans:
        after = title[at:]
        sense = _sense(after, first, last, year)
        periods.append(_period(first, last, sense))
    return list(dict.fromkeys(periods))


def heading_sense(title: str) -> str:
    """Whether a heading without a date speaks of results or plans; "" where its words do not tell."""
    result, plan = bool(_RESULT.search(title)), bool(_PLAN.search(title))
    return "" if result == plan else RESULT if result else PLAN


def lead_period(lead: str, year: int, sense: str) -> str:
    """The period that the opening words of a paragraph turn to, or "". `sense` is the section's, result or plan."""
    if not year:
        return ""
    spans = _named(lead, year)
    if not spans:
        return ""
    _, first, last = spans[0]
    if first == last:
        if first == year - 1:
            return _period(first, last, RESULT)
        return _period(first, last, PLAN) if first == year and sense == PLAN else ""
    if last < year:
        return _period(first, last, RESULT)
    if first >= year:
        return _period(first, last, PLAN)
    return ""


def _named(words: str, year: int) -> list[tuple[int, int, int]]:
    """Places of `words` that name a time: position, first and last year, in order of position."""
    found: list[tuple[int, int, int]] = []
    for match in [*_QUOTED_PLAN.finditer(words), *_PLAN_NAME.finditer(words)]:
        found.append((match.start(), *five_years(plan_number(match[1]))))
    found += [(m.start(), year - 5, year - 1) for m in _PAST_FIVE.finditer(words) if not found]
    found += [(m.start(), year, year + 4) for m in _NEXT_FIVE.finditer(words)]
    found += [(m.start(), year - 1, year - 1) for m in _PAST_ONE.finditer(words)]
    found += [(m.start(), year, year) for m in _THIS.finditer(words)]
    found += [(m.start(), int(m[1]), int(m[1])) for m in _YEAR.finditer(words)]
    found += [(m.start(), int(m[1]) + 1911, int(m[1]) + 1911) for m in _ROC_YEAR.finditer(words)]
    return sorted(set(found))


def _sense(after: str, first: int, last: int, year: int) -> str:
    if last < year:
        return RESULT
    if first >= year:
        return PLAN
    # A plan under way is reviewed or outlined as the words behind its name say.
    result, plan = _RESULT.search(after), _PLAN.search(after)
    return RESULT if result and (not plan or result.start() < plan.start()) else PLAN


def _period(first: int, last: int, sense: str) -> str:
    return f"{first} {sense}" if first == last else f"{first}-{last} {sense}"
