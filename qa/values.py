"""Which of the values of a sentence is the one asked for: of things side by side, of before and after, of growth.

Knows strings and positions only; every function gives a span of the folded text it was given.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from qa.respectively import longest_run, values_behind
from qa.wording import FIGURE, QUOTES, REST, UNIT, whole_figure

NAMED = 2  # characters that a name and a question share at least, and by how many more than another name
_APART = re.compile(r"[^、]+")
_EARLIER = r"第?\d[\d.]*[^\d、，,；;。]{0,5}?"
_STEPPED = (
    r"[，,]?(?:大幅|逐步|快速|迅速|稳步)?"
    r"(?:增加|增长|提高|提升|上升|扩大|壮大|扩增|拓展|跃升|上涨|攀升|增|升|下降|减少|降低|缩短|压缩|压减|精简|缩小|降|减|调整|整合)"
    "[至到为]"
)
_STEP = re.compile(rf"[从由](?:全[国省市县球]|世界)?(?P<earlier>{_EARLIER}(?:、{_EARLIER})*){_STEPPED}")
_WHOLE_STEP = re.compile(
    rf"[从由](?:(?P<year>(?:19|20)\d\d)年的?)?[^，,；;。、\d]{{0,8}}(?P<earlier>\d[^，,；;。、]{{0,16}}?)"
    rf"{_STEPPED}(?:(?P<later>(?:19|20)\d\d)年的?)?[^，,；;。、\d]{{0,8}}"
    rf"\d[\d.,]*(?:{UNIT.pattern}|[\d.,多余万亿千百十]*)"
)
_BOTH_ASKED = re.compile(r"从(?:多少|几|哪)[^,;。]*?[到成为至了](?:多少|几|哪)")
_BEFORE_ASKED = re.compile(
    r"(?<!不是)(?:从多少|从几|由多少|由几|原来|原先|年初|起步|起初|最初|以前|之前|此前|本来|过去是|增长前|提高前|五年前)"
)
_GROWTH_ASKED = re.compile(
    r"(?:增长|增加|提高|下降|减少|增幅|增速|涨)(?:了|到)?(?:多少|几)?[?。]*$|增速|增幅|涨幅|百分之几"
)
_RISE = re.compile(r"(?:增长|增加|提高|下降|减少|增)(?P<rate>[\d.]+(?:%|％|个百分点))")
_GROWTH = re.compile(
    r"[^，,、。；;]{0,6}[，,、]?(?:同比|比上年|较上年|比去年|年均|名义|实际)?(?:增长|增加|提高|下降|减少|增)(?P<rate>[\d.]+(?:%|％|个百分点))"
)

_TOTAL_ASKED = re.compile(r"一共|总共|共有|累计|总[数量]|[目现][前在]有|[现已]有")
_NEW = re.compile(r"(?<!高)新(?!能源|材料|一代|兴|型|质|业态|三样|城|区|药|媒体)")
_TOTAL = re.compile(r"[，,、](?:[^，,；;。、\d]{0,8})?(?:累计|总[数量]|总共|共)[^，,；;。、\d]{0,8}(?=\d)")
_VALUE = re.compile(rf"\d[\d.,]* ?(?P<unit>{UNIT.pattern}|[%％])")
_WHEN = re.compile("哪一?年|什么时候|啥时候|何时|几[年月]|哪[天日]")
_MONTH = r"\d{1,2} ?月(?: ?\d{1,2} ?[日号])?"
_DATE = re.compile(rf"(?:(?:\d{{2,4}} ?年|[今明去]年)(?: ?{_MONTH})?|{_MONTH})[底初末前内中]?")
_TWIN = 2  # characters, at most, in which the names of two values of one kind differ: 女性 and 男性, 小学 and 初中

_RANGE = re.compile(
    rf"\d[\d.,]*(?P<unit>{UNIT.pattern})(?:[（(]含[^（()）]{{0,6}}[）)])?以上[、，,]?(?:且|并)?"
    rf"\d[\d.,]*(?P=unit)(?:[（(]含[^（()）]{{0,6}}[）)])?以[下内]"
)
_BOUND_ASKED = re.compile("最[大高多低少小晚早]|[上下]限|至少|超过|以[上下内]|起码|顶多|不[满到足]")


def one_figure(text: str, start: int, end: int, asked: str) -> tuple[int, int]:
    """Of `text[start:end]`, a value and another thing's behind it (2项、浙江制造标准3项), the one that is asked for.

    That is the second where folded `asked` holds most of its name, else the first. Of counts before their names
    (250件建议、286件提案) that whose name fits best. The span itself where only values follow (3个、5个), where none
    fits, or where it does not begin with one.
    """
    counts = _counts(text, start, end)
    if len(counts) > 1:
        fits = [longest_run(text[b:c], asked) for _, b, c in counts]
        best = max(fits)
        return counts[fits.index(best)][:2] if best > 1 and fits.count(best) == 1 else (start, end)
    pieces = list(re.finditer(r"[^、，,]+", text[start:end]))
    first = FIGURE.match(pieces[0][0]) if pieces else None
    second = re.match(r"(?P<name>[^\d%％]{2,}?)(?P<value>\d.*)", pieces[1][0]) if len(pieces) > 1 else None
    if not first or not second:
        return start, end
    name, asked = (QUOTES.sub("", words) for words in (second["name"], asked))
    pairs = {name[at : at + 2] for at in range(len(name) - 1)}
    if 2 * sum(pair in asked for pair in pairs) > len(pairs):
        at = start + pieces[1].start() + second.start("value")
        return at, at + len(second["value"])
    return start, start + len(pieces[0][0])


def one_time(text: str, start: int, end: int, asked: str) -> tuple[int, int]:
    """Of `text[start:end]`, times of several things (第二期105年完工、第三期108年完工), the one that is asked for.

    That whose piece fits folded `asked` best; the span itself where none does alone, or where it holds one time only.
    """
    asked = _WHEN.sub("/", asked)  # another mark than in the piece: no run goes over it
    told = []
    for piece in re.compile(r"[^、，,；;。\n]+").finditer(text, start, end):
        time = _DATE.search(text, *piece.span())
        if time:
            told.append((longest_run(_DATE.sub("|", piece[0]), asked), time.span()))
    best = max((fit for fit, _ in told), default=0)
    fitting = [time for fit, time in told if fit == best]
    return fitting[0] if len(told) > 1 and len(fitting) == 1 and best >= NAMED else (start, end)


def named_beside(text: str, span: tuple[int, int], sentence: tuple[int, int], asked: str) -> tuple[int, int]:
    """The value behind the name that folded `asked` asks for: 116个 of 航线483条、通航城市116个 for 那通航的城市呢?

    `span` itself where the name in front of it has to do with `asked`, or where no other, or more than one, has.
    """
    told = []
    for piece in re.compile(r"[^、，,；;。]+").finditer(text, *sentence):
        value = FIGURE.search(text, *piece.span())
        name = text[piece.start() : value.start()] if value else ""
        own = piece.start() <= span[0] < piece.end()
        if own and (len(name) < NAMED or "分别" in name):  # values told side by side stand without their names
            return span
        if value and "分别" not in name:
            told.append((len({*name[-REST:]} & {*asked}), own, value.span(), longest_run(name, asked)))
    best = max((fit for fit, *_ in told), default=0)
    fitting = [(value, run) for fit, _, value, run in told if fit == best]
    here = max((fit for fit, own, *_ in told if own), default=best)
    surely = best >= here + NAMED and len(fitting) == 1 and fitting[0][1] >= NAMED
    return whole_figure(text, *fitting[0][0]) if surely else span


def _counts(text: str, start: int, end: int) -> list[tuple[int, int, int]]:
    """Of `text[start:end]`, counts of things side by side (250件建议、286件提案): where each, and its name, ends."""
    found = []
    for piece in re.finditer(r"[^、，,；;。（()）]+", text[start : end + REST]):
        count = re.match(rf"[约近超]?\d[\d.,]* ?(?:{UNIT.pattern})", piece[0])
        if start + piece.start() >= end or not count:
            break
        found.append((start + piece.start(), start + piece.start() + count.end(), start + piece.end()))
    return found if all(c > b for _, b, c in found) else []


def growth_beside(text: str, span: tuple[int, int], sentence: tuple[int, int], asked: str) -> tuple[int, int]:
    """The rate in "X达到332亿元,同比增长2.6%" where `span` is the total and folded `asked` asks for the growth.

    Of a longer `span` that holds one rise the rate of that. `span` itself where it is a rate already, where growth is
    not asked, or where no rate follows in the next clause.
    """
    if not _GROWTH_ASKED.search(asked):
        return span
    if re.search("[%％]|百分点|倍", text[slice(*span)]):
        within = [match.span("rate") for match in _RISE.finditer(text, *span)]
        return within[0] if len(within) == 1 and within[0][0] - span[0] > REST else span
    beside = _GROWTH.match(text, span[1], sentence[1])
    return beside.span("rate") if beside else span


def reached(text: str, span: tuple[int, int], sentence: tuple[int, int], asked: str) -> tuple[int, int]:
    """The value that was come to, where `span` is the one it came from: 从771家、481家增加到1076家、636家.

    `span` itself where folded `asked` asks for the earlier value, or where the two are not as many.
    """
    if _BEFORE_ASKED.search(asked):
        return span
    for match in _STEP.finditer(text, *sentence):
        earlier = [
            (match.start("earlier") + m.start(), match.start("earlier") + m.end())
            for m in _APART.finditer(match["earlier"])
        ]
        later = values_behind(text, match.end(), sentence[1])
        at = [n for n, (a, b) in enumerate(earlier) if a <= span[0] and span[1] <= b]
        if at and len(later) == len(earlier):
            return later[at[0]]
    return span


def came_from(text: str, span: tuple[int, int], sentence: tuple[int, int], asked: str) -> tuple[int, int]:
    """The first value of 从2002年1288亿元增加到3664亿元, where folded `asked` asks for what was before or for its year.

    `span` itself where it does not lie in such a step, or where the later value's year is asked as well.
    """
    for match in _WHOLE_STEP.finditer(text, *sentence):
        years = [year for year in (match["year"], match["later"]) if year and year in asked]
        before = years == [match["year"]] if years else _BEFORE_ASKED.search(asked)
        if before and match.start() <= span[0] < match.end():
            return match.span("earlier")
    return span


def both_ends(text: str, span: tuple[int, int], sentence: tuple[int, int], asked: str) -> tuple[int, int]:
    """The whole step 由20元提高到40元 where `span` is one of its ends and folded `asked` asks for both."""
    if _BOTH_ASKED.search(asked):
        for match in _WHOLE_STEP.finditer(text, *sentence):
            if match.start() <= span[0] < match.end():
                return whole_figure(text, *match.span())
    return span


def total_beside(text: str, span: tuple[int, int], sentence: tuple[int, int], asked: str) -> tuple[int, int]:
    """The total in 新增国家高新技术企业1200家，总量达到1.8万家 where `span` is what was new of it.

    Of values side by side (累计分别达到1016家和591家) that at the place of `span` among its own. `span` itself where
    folded `asked` does not ask for a total.
    """
    clause = max((text.rfind(mark, sentence[0], span[0]) for mark in "，,；;"), default=-1)
    new = list(_NEW.finditer(text, max(clause, sentence[0]), span[0]))
    if not new or not _TOTAL_ASKED.search(asked) or _NEW.search(asked):
        return span
    own = values_behind(text, new[-1].end(), sentence[1])
    at = [n for n, (a, b) in enumerate(own) if a <= span[0] < b]
    behind = _TOTAL.match(text, own[-1][1], sentence[1]) if at else None
    total = values_behind(text, behind.end(), sentence[1]) if behind else []
    return total[at[0]] if len(total) == len(own) else span


def twin(text: str, span: tuple[int, int], sentence: tuple[int, int], asked: str) -> tuple[int, int]:
    """The value of 男性不超过60周岁 for 男的多少岁 where `span` is that of 女性不超过55周岁 beside it.

    The two names must be alike but for _TWIN characters, of which folded `asked` has the other's and not its own.
    """
    told = list(_named_values(text, sentence))
    own = next((one for one in told if one[1][0] <= span[0] < one[1][1]), None)
    if own is None:
        return span
    for name, value, unit in told:
        size = min(len(name), len(own[0]))
        mine, other = {*own[0][-size:]} - {*name[-size:]}, {*name[-size:]} - {*own[0][-size:]}
        alike = size and len(mine) <= _TWIN and 0 < len(other) <= min(_TWIN, size // 2)
        if alike and unit == own[2] and other & {*asked} and not mine & {*asked}:
            return whole_figure(text, *value)
    return span


def _named_values(text: str, sentence: tuple[int, int]) -> Iterator[tuple[str, tuple[int, int], str]]:
    """The first value of each piece of the sentence: the folded name before it, its span, its unit."""
    for piece in re.compile(r"[^、，,；;。（()）]+").finditer(text, *sentence):
        value = _VALUE.search(text, *piece.span())
        if value:
            yield text[piece.start() : value.start()], value.span(), value["unit"]


def whole_range(text: str, span: tuple[int, int], sentence: tuple[int, int], asked: str) -> tuple[int, int]:
    """18周岁以上，35周岁以下 where `span` is one of its ends and folded `asked` does not ask for that end alone."""
    if not _BOUND_ASKED.search(asked):
        for match in _RANGE.finditer(text, *sentence):
            if match.start() <= span[0] and span[1] <= match.end():
                return match.span()
    return span
