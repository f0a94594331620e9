"""What time a heading or a paragraph speaks of, told from its words and the report's year. Knows strings only.

A report of year Y reviews Y-1 and plans Y. Five-year plans run by the calendar: the sixth began in 1981.
"""

from __future__ import annotations

import re

_NUMERALS = {c: i for i, c in enumerate("零一二三四五六七八九十")}
_TURN_OF_PLAN = re.compile(r"[”\"」'’]?(?:规划)?的?(?:圆满)?(?:开好?局|起好?步|收官|第一年|首年|最后一年)")
_PLAN_NAME = re.compile(
    r"[“\"「'‘]?([一二三四五六七八九]?十?[一二三四五六七八九])五[”\"」'’]?(?=时期|规划|期间|以来|这五年|的?发展|经济|主要|目标|的|。|$)"
)
_PLAN_IN_FULL = re.compile(r"第([一二三四五六七八九十]{1,3})个五年(?:规划|计划)")
_QUOTED_PLAN = re.compile(r"[“\"「'‘]([一二三四五六七八九]?十?[一二三四五六七八九])五[”\"」'’]")
_PAST_FIVE = re.compile(r"(?:过去|这|近|本届政府).{0,3}五年|五年[来间]|以来的五年|这是.{2,24}的五年")
_NEXT_FIVE = re.compile(r"(?:今后|未来|下一个|接下来).{0,2}五年")
_PAST_ONE = re.compile(r"过去的?一年|一年来|去年|刚刚过去的|上年")
_THIS = re.compile(r"今年|新的一年|本年度")
_PLAN_WORD = re.compile(r"^.{2,6}?五.?(?:规划|计划)")
_YEAR = re.compile(r"(?<!\d)(\d{4})年")
_ROC_YEAR = re.compile(r"(?<!\d)(1[0-4]\d|[89]\d) ?年度?")
_RESULT = re.compile(r"回顾|总结|成就|成绩|成效|取得|完成情况|施政成果|已实施|进展|迈出")
_PLAN = re.compile(r"目标|任务|安排|重点|要求|考虑|建议|举措|打算|部署|展望|规划|说明|主要工作|开好局|篇章")
_DATED = re.compile(r".{0,6}\d{4}年")
_DASHES = re.compile(r"[-—―]{2}")
_ADDRESS = re.compile(r"^(?:各位(?:代表|委员|议员)|同志们)[!,: ]?")
_TURN_OF_YEAR = re.compile(r"\d{4}年(?:,?是.{0,12}(?:收官|开局|关键)之年|[^。]{0,24}标志着)")
_DRAFTED = re.compile(r"(?:编制|制定|谋划|起草|研究)[^,。;]{0,4}$")  # a plan yet to be written is no time spoken of
_AHEAD = re.compile(r"(?<=。)(?:新的一年|今年)[,，]?")
_NEAR, _FAR = 7, 60  # characters within which a paragraph tells its time
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


class Clock:
    """Follows a report from heading to heading and tells what period each paragraph speaks of; "" without a year.

    A paragraph that opens with another period turns the clock, until the next heading where it looked back from a plan.
    """

    def __init__(self, year: int) -> None:
        self._year = year
        self._period = self._plan = ""
        self._named: list[str] = []
        self._reviewed = False

    @property
    def now(self) -> str:
        """The period that the last heading or paragraph left."""
        return self._period

    def chapter(self, title: str) -> None:
        """An outermost heading begins; without a date, the first speaks of the last year and the others of plans."""
        self._named = heading_periods(title, self._year)
        sense = heading_sense(title) or (PLAN if self._reviewed else RESULT)
        default = f"{self._year} {PLAN}" if sense == PLAN else f"{self._year - 1} {RESULT}"
        self._period = self._named[0] if self._named else default if self._year else ""
        self._plan = self._period if self._period.endswith(PLAN) else ""
        self._reviewed = True

    def heading(self, title: str, major: bool) -> None:
        """A heading inside the chapter begins; a `major` one may turn from results to plans without a date."""
        named = heading_periods(title, self._year)
        sense = heading_sense(title) if major else ""
        if major and (sense and not self._period.endswith(sense)):
            self.chapter(title)
        elif named and ("-" in named[0] or _DATED.match(title)):
            self._period = named[0]
        elif self._plan:
            self._period = self._plan

    def paragraph(self, words: str) -> str:
        """The period of the folded paragraph `words`, and what it turns to.

        A period has to be named close to the start. Where the chapter's heading names one period, a plan besides it
        holds for its paragraph only.
        """
        if not self._year:
            return ""
        turns = self._turns(_ADDRESS.sub("", words, count=1)[:_FAR])
        turned = next((p for at, p in turns if at <= self._reach(p)), "")
        if not turned:
            return self._period
        keeps = len(self._named) != 1 or (turned.endswith(RESULT) and not self._plan)
        if keeps and not _DASHES.match(words) and (turned.endswith(PLAN) or not self._plan or "-" in turned):
            self._period = turned
            self._plan = turned if self._plan and turned.endswith(PLAN) else self._plan
        return turned

    def turn(self, words: str) -> int:
        """Where a paragraph that looks back inside a plan turns to the plan again, in `words`; 0 where it does not."""
        match = _AHEAD.search(words) if self._plan else None
        return match.start() if match else 0

    def _reach(self, period: str) -> int:
        """How far into a paragraph a period may be named and still turn it, in characters."""
        if len(self._named) < 2 or period not in self._named:
            return _NEAR
        return _FAR if period.endswith(PLAN) and not self._plan else 2 * _NEAR

    def _turns(self, words: str) -> list[tuple[int, str]]:
        """Positions and periods of the times that `words` name and a report may turn to."""
        turns = []
        for at, first, last in _named(words, self._year):
            if first == last == self._year and self._plan:
                turns.append((at, _period(first, last, PLAN)))
            elif first == last == self._year - 1 or (first < last < self._year):
                turns.append((at, _period(first, last, RESULT)))
            elif first < last and first >= self._year:
                turns.append((at, _period(first, last, PLAN)))
        if len(turns) > 1 and _TURN_OF_YEAR.match(words, turns[0][0]):
            return [(0, turns[1][1]), *turns[2:]]  # what the year was is told, then what the paragraph is about
        return turns


def _named(words: str, year: int) -> list[tuple[int, int, int]]:
    """Places of `words` that name a time: position, first and last year, in order of position."""
    found: list[tuple[int, int, int]] = []
    for match in [*_QUOTED_PLAN.finditer(words), *_PLAN_NAME.finditer(words), *_PLAN_IN_FULL.finditer(words)]:
        # The opening or the last year of a plan is a year, not the plan.
        if not _TURN_OF_PLAN.match(words, match.end(1) + 1) and not _DRAFTED.search(words[: match.start()]):
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
    after = _PLAN_WORD.sub("", after, count=1)
    result, plan = _RESULT.search(after), _PLAN.search(after)
    return RESULT if result and (not plan or result.start() < plan.start()) else PLAN


def _period(first: int, last: int, sense: str) -> str:
    return f"{first} {sense}" if first == last else f"{first}-{last} {sense}"
