"""A question to several reports → the question that each of them is asked: the measure, without the other places.

Knows Chinese wording and names of places; it must not know documents, search, or what is answered.
"""

from __future__ import annotations

import re
from collections.abc import Collection

from index.fold import fold
from qa.moved import LEANS_ON
from qa.places import name_patterns
from qa.question import ASKING, RELATIVE_YEARS, REPORT, part_of, years_named

COUNT = r"[一二三四五六七八九十两几\d]+"
_KIND = (
    r"(?:省区市|省市区|省市|省区|省份|省级|省|直辖市|自治区|市县|区县|县区|县市|市|县|区|旗"
    r"|地方|地区|地|家|份报告|报告)"
)
_GROUP = re.compile(
    rf"(?:在|这|那|以上|上述|其中|全部|所有|全国)*(?:(?:各|每个?|哪一?个|哪些个?|哪{COUNT}个?|哪|所有|这些|{COUNT})个?(?:{_KIND}(?!\w?标))"
    r"|各自|彼此)(?:政府)?(?:的?报告)?(?:里面?|中间?|之中|当中|之间)?(?:的(?=[^的]{2}))?[,:]?"
)
_WHO = re.compile(r"(?:是|数)?(?:谁|哪个|哪家|哪里|哪儿|哪些?)(?:的|家)?")
_MORE = r"(?:最|更|比较|相对更?)"
_LARGE, _SMALL = "高|多|大|快|长|强|好|久|贵|宽|深", "低|少|小|慢|短|弱|差"
_MOST = re.compile(
    rf"(?:是不是)?(?:排名?在?|排在|位居|位列|居)?(?:{_MORE}(?:{_LARGE}|{_SMALL})|第一位?|首位|末位|倒数第一|最?靠前|领先)的?(?:是|有)?"
)
_LARGEST = re.compile(rf"{_MORE}(?:{_LARGE})|第一|首位|靠前|领先|(?:从|由)[高大多快]到|排名|排序|排行|排个?[名序]")
_SMALLEST = re.compile(rf"{_MORE}(?:{_SMALL})|倒数|末位|(?:从|由)[低小少慢]到")
_ORDER = re.compile(
    r",?(?:请|并)?(?:(?:从|由)[高大多快低小少慢]到[高大多快低小少慢])?(?:进行)?(?:排名|排序|排行|排列|排个?[名序]|排一?下)(?:如何|怎样|怎么样|是怎样的)?$"
    r"|(?:从|由)[高大多快低小少慢]到[高大多快低小少慢]"
)
_SIDE_BY_SIDE = re.compile(
    r"(?:对比|比较|相比较?|比一?比)(?:一下|起来|来看)?(?:怎么样|怎样|如何|的?话)?[,的]?|有(?:什么|啥)(?:不同|差别|区别)$"
)
_APART = re.compile(
    r"分别|各自|依次|(?<=[^\w])各(?=[是为有达在])|各(?=是多|为多|有多|达多|增长|要|将|定|怎么|是怎)|都(?=是多|有多|是什么|有哪)"
)
MENTIONED = 0.5
_OUT_OF = re.compile(
    rf"(?:在|按照?|根据)?{REPORT.pattern}[里中上]?面?(?:提出|指出|说到?|提到|写)?的?[:,]?(?=[^:,?。!]{{4}})"
)
SHORTEST = 4  # characters that must be left of a question without the place that it names
_SAYING = re.compile(r"是不是|是否|有没有|提出|提到|明确|准备|计划|打算|已经|[了吗的要将会有,。?!]")
_LEFT = re.compile(r"^(?:[\s,、和与及跟同的在是]|请|按照?)+|(?:[\s,、;]|的|是|那|呢|吗|[?。!])+$")


def direction(words: str) -> int:
    """1 where folded `words` ask which is the largest or for an order from it, -1 for the smallest, 0 for neither."""
    if _SMALLEST.search(words):
        return -1
    return 1 if _LARGEST.search(words) else 0


def asks_most(words: str) -> bool:
    """Whether folded `words` ask which one is first, and not only for an order."""
    return bool(re.search(rf"{_MORE}(?:{_LARGE}|{_SMALL})|第一|首位|末位", words)) and direction(words) != 0


def of_one(question: str, places: Collection[str]) -> str:
    """The question that one report is asked, folded, of a resolved question to several that name `places`.

    各省2026年的增长目标分别是多少? and 哪个省2026年的增长目标最高? both ask 2026年的增长目标是多少. Of what was asked
    before only what is left of it is kept: 山东的增长目标 → 河北呢? asks 增长目标.
    """
    pieces = []
    for piece in fold(question).split(LEANS_ON):
        measure = _measure(piece, places)
        if len(measure) >= 2:
            pieces.append(measure)
    if not pieces:
        return fold(question)
    last = pieces[-1]
    if not ASKING.search(last):
        pieces[-1] = last + _question_word(fold(question))
    return LEANS_ON.join(pieces)


def without_place(question: str, places: Collection[str]) -> str:
    """Folded resolved `question` without the full names of `places` that its pieces open with.

    三门县今年的目标是多少? asks 今年的目标是多少?: whose report is asked is settled, and the report itself says 全县.
    A name in short stays: it may belong to what follows (三门湾, 上海博物馆). What names the report goes wherever it
    stands: 2013年国务院报告里就业多少? asks 就业多少?
    """
    full = "|".join(re.escape(fold(place)) for place in sorted(places) if place)
    front = re.compile(rf"^(?:请问|在)?(?:{full})(?:的(?=[^的]{{2}})|里)?[\s,:]*(?=.{{{SHORTEST}}})")
    return LEANS_ON.join(_without(front, piece) for piece in fold(question).split(LEANS_ON))


def _without(front: re.Pattern[str], words: str) -> str:
    """`words` without the name of a report and the place in front; what a report plans, it plans for 今年."""
    out = _OUT_OF.sub("", words)
    left = front.sub("", out)
    planned = out != words and part_of("", left).tense == "plan" and not years_named(left, 0)
    return f"今年{left}" if planned else left


def in_years(asked: str, year: int) -> str:
    """Folded `asked` with the years that 今年, 去年 and the like mean in `year`."""
    for pattern, shift in RELATIVE_YEARS if year else ():
        asked = pattern.sub(f"{year + shift}年", asked)
    return asked


def mentions(asked: str, text: str) -> bool:
    """Whether `text` has so many of the words of folded `asked`, MENTIONED of its pairs, that it speaks of that."""
    words = _SAYING.sub("", asked)
    pairs = {words[at : at + 2] for at in range(len(words) - 1)}
    told = fold(text)
    return sum(pair in told for pair in pairs) >= MENTIONED * len(pairs)


def _measure(words: str, places: Collection[str]) -> str:
    names = name_patterns(words, places)
    if names:
        one = f"(?:{'|'.join(names)})"
        more = rf"(?:(?:和|与|及|以及|跟|同|、|,|比|相比)*{one})*"
        words = re.sub(
            rf"(?:在|对比|比较)?{one}{more}等?(?:{COUNT}个?{_KIND})?(?:里|中|之间|当中|之中)?(?:的(?=[^的]{{2}}))?[,:]?",
            "",
            words,
        )
    words = _ORDER.sub("", words.rstrip("?。! "))
    words = _GROUP.sub("", words)
    words = _SIDE_BY_SIDE.sub("", words)
    if _MOST.search(words):
        words = _WHO.sub("", words)
        rest = _MOST.sub("", words)
        words = rest if ASKING.search(rest) else _MOST.sub("多少", words, count=1)
    words = _APART.sub("", words)
    return _LEFT.sub("", _LEFT.sub("", words))


def _question_word(words: str) -> str:
    """What turns a measure that asks nothing any more into a question."""
    if re.search(
        r"哪(?:些|几|[两三四五六七八九十]).{0,6}(?:提出|提到|要|将|计划|已|有|实现|创|建|入选|没)|(?:提出|提到|明确|入选|创.{0,3})了?",
        words,
    ):
        return "吗"
    return "是多少"
