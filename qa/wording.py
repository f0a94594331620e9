"""What the wording of a span tells: whole figures with their units, trimmed edges, the items of an enumeration.

Knows strings and positions only; every function gives spans of the text it was given, never new words.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from index.split import clauses

# The last are the numerals of water classes, Ⅲ, and their folded form.
FIGURE = re.compile(
    r"第[一二三四五六七八九十百\d]+(?:[位名])?"
    r"|\d+(?:[,.．:：∶]\d+)*(?:[多余]?[万亿千百十]+)*(?:个百分点|[%％‰]|多)?"
    r"|[一二三四五六七八九十百千万亿两零〇]+(?:分之[一二三四五六七八九十百两]+)?(?=[个家项名条人年座次倍成种类大届套户所辆连元吨亩斤])"
    r"|[百千万亿]+(?=级)|[\u2160-\u2165\u2170-\u2175]"
)
UNIT = re.compile(
    r"个?百分点|个?工作日|个(?:月|自然日)|周[岁年]|[万亿]*(?:亿元|万元|美元|元|人次|平方公里|平方米|立方米|千瓦时|公里|千米|公斤|方面|个|项|家|名|人|户|亩|米|吨|千瓦|度"
    r"|座|条|所|处|套|辆|台|件|次|批|篇|天|年|月|岁|倍|成|位|类|种|级|届|期|张|场|只|头|株|斤|分钟|小时|艘|架|栋|幢|宗|起|例|部|本|门|支|对)"
)
_TAIL = re.compile(r"(?:以上|以下|左右|以内|上下|多|余)")
_RANK = re.compile(r"第[一二三四五六七八九十\d]|首位")
_AMONG = re.compile(r"(?:[稳位跃]?居|[位排]列|排名?)?(?:全(?:[国球省市县区旗州盟]|自治区)|世界|国内|[东中西]部)$")
_INTRODUCTION = re.compile(r"(?:“[^“”]{1,20}”)?(?:具体|主要)?(?:即|是指|指的是|指)(?=[“《\u4e00-\u9fff])[：:]?")
QUOTES = re.compile('[“”"‘’「」『』《》]')
REST = 12  # characters of an item that are left behind a span that ends within it, at most
_EDGE = "，,。.；;：:、！!？? \n\t"
_PAIRS = {"“": "”", "《": "》", "（": "）", "(": ")", "‘": "’", "「": "」"}


def trimmed(text: str, start: int, end: int) -> tuple[int, int]:
    """`text[start:end]` without marks at its edges, and with the partner of a quotation mark or bracket it has."""
    while start < end and text[start] in _EDGE:
        start += 1
    while end > start and text[end - 1] in _EDGE:
        end -= 1
    for left, right in _PAIRS.items():
        inside = text[start:end]
        if left in inside and right not in inside and text[end : end + 1] == right:
            end += 1
        elif right in inside and left not in inside and start and text[start - 1] == left:
            start -= 1
    inside = text[start:end]
    if len(inside) > 2 and _PAIRS.get(inside[0]) == inside[-1] and inside[0] in "（(":
        start, end = start + 1, end - 1
    return start, end


def has_figure(text: str, start: int, end: int) -> bool:
    """Whether a figure stands in `text[start:end]`, in digits or in Chinese numerals before a measure word."""
    return bool(FIGURE.search(text, start, min(end + 1, len(text))))


def bare(text: str, start: int, end: int) -> tuple[int, int]:
    """`text[start:end]` without the 即, 是指 or “…”指 that introduces it."""
    lead = _INTRODUCTION.match(text, start, end)
    return (lead.end(), end) if lead and lead.end() < end else (start, end)


def whole_figure(text: str, start: int, end: int) -> tuple[int, int]:
    """`text[start:end]` widened so that no figure at its edges is cut.

    Its unit, 以上 and 左右 stay with it, and with a rank those among whom it is one: 全市第二.
    """
    low = max(start - 12, 0)
    for match in FIGURE.finditer(text, low, min(end + 24, len(text))):
        a, b = match.span()
        if a < start < b:
            start = a
        if a < end < b:
            end = b
    blank = text.startswith(" ", end)  # 17 輛 in the text of a PDF file
    unit = UNIT.match(text, end + blank) if text[start:end][-1:].isdigit() else None
    end = unit.end() if unit else end
    tail = _TAIL.match(text, end)
    if tail and has_figure(text, max(start, end - 14), end):
        end = tail.end()
    among = _AMONG.search(text, max(start - 6, 0), start) if _RANK.match(text, start) else None
    return (among.start() if among else start), end


def items(text: str, start: int, end: int) -> list[tuple[int, int]]:
    """The items of the enumeration `text[start:end]`, cut at 、 and ； and the last 和; itself where it is none."""
    cuts = [m.span() for m in re.finditer(r"、|；|;", text[start:end]) if not _within(text, start, start + m.start())]
    if not cuts:
        return [(start, end)]
    edges = [0, *(edge for cut in cuts for edge in cut), end - start]
    pieces = [(start + a, start + b) for a, b in zip(edges[::2], edges[1::2], strict=True)]
    a, b = pieces[-1]
    joined = re.search(r"(?<=[\w”》])(?:以及|及|和)(?=[\w“《])", text[a:b])
    if joined and joined.start() > 1 and b - a - joined.end() > 1:
        pieces[-1:] = [(a, a + joined.start()), (a + joined.end(), b)]
    spans = [trimmed(text, *piece) for piece in pieces]
    return [(a, b) for a, b in spans if b > a]


def whole_enumeration(text: str, start: int, end: int) -> tuple[int, int]:
    """`text[start:end]` widened over the neighbours that 、 joins to it, up to the marks that end their clause."""
    clause = "，,。；;：:！!？?\n"
    low, high = start, end
    while low > 0 and text[low - 1] not in clause:
        low -= 1
    while high < len(text) and text[high] not in clause:
        high += 1
    left = text.rfind("、", low, start)
    inside = text[start:end].split("、")
    # An item that is nothing but what the others end with was cut: 攻坚 of 建设攻坚、整治攻坚.
    cut = len(inside) > 1 and len(inside[0]) <= _SHARED and any(item.endswith(inside[0]) for item in inside[1:])
    if (left >= 0 and "、" in text[start - 1 : end]) or cut:
        start = low
    further = text.find("、", end, high)
    # So is one that is nothing but a quoted name where the others have words before theirs: “甲” of “甲”提升“乙工程”.
    named = [bool(_NAME.fullmatch(item)) for item in inside]
    if len(inside) > 1 and named[-1] and not any(named[:-1]) and all("“" in item for item in inside):
        end = high if further < 0 else further
    if further == end or (len(inside) > 1 and 0 <= further - end <= REST):
        end = high
    return start, end


def whole_last(text: str, spans: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """The items of an enumeration, the last one widened to the end that it shares with others or to a 等 near by.

    倡议 goes with the last of 全球发展倡议、全球安全倡议、全球文明 when it stands behind it.
    """
    if len(spans) < 2:
        return spans
    start, end = spans[-1]
    others = [text[a:b] for a, b in spans[:-1]]
    rest = re.match(r"[\w”》]{1,6}", text[end:])
    for size in range(len(rest[0]) if rest else 0, 0, -1):
        more, last = text[end : end + size], text[start : end + size][-2:]
        shared = any(other.endswith(more if size > 1 else last) for other in others)
        if shared or text[end + size : end + size + 1] == "等":
            return [*spans[:-1], (start, end + size)]
    return spans


def whole_clauses(text: str, span: tuple[int, int], sentence: tuple[int, int], longest: int) -> tuple[int, int]:
    """The whole sentence where it has at most `longest` characters, else the clauses that `span` touches.

    The number in front of it, （三） or 2., is left out.
    """
    if sentence[1] - sentence[0] > longest:
        touched = [(a, b) for a, b in clauses(text, *sentence) if a < span[1] and b > span[0]]
        if not touched:
            return span
        sentence = touched[0][0], touched[-1][1]
    number = _NUMBERED.match(text, *trimmed(text, *sentence))
    return trimmed(text, number.end() if number and number.end() <= span[0] else sentence[0], sentence[1])


def of_kind(text: str, spans: Sequence[tuple[int, int]], asked: str) -> tuple[int, int] | None:
    """Of several items the only one of the kind that folded `asked` names: a 小学 for 哪所小学; None else."""
    wanted = _ONE_OF.search(asked)
    if len(spans) < 2 or not wanted:
        return None
    fitting = [(a, b) for a, b in spans if text[a:b].endswith(wanted["kind"])]
    return fitting[0] if len(fitting) == 1 else None


def own_item(text: str, span: tuple[int, int], asked: str) -> tuple[int, int]:
    """Of several quoted terms told side by side (强服务“甲工程”、促改革“乙工程”) the item with that of folded `asked`.

    `span` itself where it is no such enumeration, or where not one item alone has a term that `asked` quotes.
    """
    told = items(text, *whole_enumeration(text, *span))
    terms = [term for pair in _QUOTED.findall(asked) for term in pair if term]
    own = [(a, b) for a, b in told if any(term in text[a:b] for term in terms)]
    return own[0] if len(told) > 1 and len(own) == 1 and all("“" in text[a:b] for a, b in told) else span


def of_its_kind(text: str, span: tuple[int, int], asked: str) -> tuple[int, int]:
    """`span` with the kind behind it that folded `asked` names: 玛不错遗址 for 哪个遗址 where 玛不错 was marked."""
    wanted = _WHICH.search(asked)
    for size in range(len(wanted["kind"]) if wanted else 0, 1, -1):
        if wanted and text.startswith(wanted["kind"][:size], span[1]):
            return span[0], span[1] + size
    return span


_ONE_OF = re.compile(r"哪(?:一?[所个家座条种类只位项支])(?P<kind>[\u4e00-\u9fff]{2,4})[?。!]*$")
_NAME = re.compile("“[^“”]+”")
_QUOTED = re.compile('“([^“”]+)”|"([^"]+)"')
_NUMBERED = re.compile(
    r"(?:[（(][一二三四五六七八九十\d]{1,3}[）)]|\d{1,2}[.．、](?!\d)|第[一二三四五六七八九十百\d]+条)\s*"
)
_SHARED = 3  # characters that the items of an enumeration share at their ends, at most
_WHICH = re.compile(r"哪一?[所个家座条种类只位项支处片](?P<kind>[\u4e00-\u9fff]{2,4})")


def _within(text: str, start: int, at: int) -> bool:
    """Whether `at` lies inside brackets or quotation marks that opened after `start`."""
    return any(text.count(left, start, at) > text.count(right, start, at) for left, right in _PAIRS.items())
