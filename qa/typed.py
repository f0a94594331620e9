"""Whether a value is of the type that a question asks for: a count in its unit, a share, a sum of money, a time.

Knows strings only: neither documents nor what was read in them.
"""

from __future__ import annotations

import re

from index import numerals
from qa.wording import has_figure

_NUMBER_WORD = re.compile(r"首位|倒数|并列|同步|持平|翻一?番|一半|过半|半数|全部|全覆盖|清零|归零")
_TIME = re.compile(
    r"\d{2,4} ?年|[一二三四五六七八九十\d]+ ?[月日号]"
    r"|[年月季]度?[底初末前内中]|[上下]半年|[今明去前]年|季度|期间|时期|当年|年底|春节|国庆"
    r"|[〇一二三四五六七八九]{4}年|[”五]期?末|近期|早日|尽快|即将"
)
_COUNTED = re.compile(r"(?:多少|几)(?P<tens>[万亿千百十]*)(?P<unit>[\u4e00-\u9fff]+)")
_SHARE = re.compile(
    r"百分之几|几成|比例|占比|比重|率.{0,4}(?:多少|多高|几)|增速|增幅|涨幅|(?:增长|增加|提高|下降|减少|降低).{0,3}多少"
    r"|percent|share|\brate\b"
)
_STRICT_SHARE = re.compile(
    r"(?<![汇频])率(?:具体|大约|大概)?(?:[是为有]|达到?)?(?:多少|多高)"
    r"|百分之几|几成|占比|比重|占[^,。]{0,8}(?:多少|几)|增速|增幅|涨幅|百分点|几个点|percent|growth rate|what share"
)
_PLAIN_SHARE = re.compile(r"\D*[\d.]+(?:%|％|个百分点|‰)\D*")
_AMOUNT = re.compile(
    r"(?:人口|人数|户数|面积|产量|里程|数量|总量|gdp|生产总值|收入|产值|总额|余额)"
    r"(?:具体|大约|大概|总共|一共)?(?:[是有为]|达到?)?多少[?。! ]*$"
)
_AIMED = re.compile(r"目标|预期|预计|计划|力争|今年|明年")
_MORE = re.compile(r"(?:增长|增加|提高|提升|下降|减少|降低|上涨|涨|升|降)了?(?:多少|几何)[?。!]*$")
_RISE_ASKED = re.compile("(?:增长|增加|提高|提升|涨|升|多|下降|减少|降|少)了(?:多少|几|百分之几)")
_BESIDE_OTHERS = re.compile("(?:全[国省市县区]|平均)[^，,；;。]{0,4}[高低](?:出|于)?$")
_RANK = re.compile(
    r"第几|(?:排名|名次|位次)(?:是|在|为|到)?(?:多少|几|如何|怎么?样?|什么)?[?。!]*$|排(?:在|到)?老?几|where .*\brank"
)
_MONEY = re.compile(
    r"多少钱|多少资金|(?:投资|投入|资金|收入|产值|金额|规模|成交|生产总值|gdp|盘子)[^,。]{0,6}(?:多少|有多大)$"
)
_IS_SHARE = re.compile(
    r"[%％‰]|百分|倍|成|番|[:：∶]|分之|同步|持平|一半|过半|半数|全部|全覆盖|首位|第(?![一二三四五六七八九十\d]+[届次])"
)
_IS_RANK = re.compile(r"第|首位|前|末|倒数|[位名]|并列|领先|榜")
_CHANGE = re.compile(r"[增减升降涨多少]|提高|回落|下滑")
_AMOUNTS = "元钱人名家户个亩吨辆套座所条项张台次位头只栋件公平立千岁"
_NO_AMOUNTS = ("元", "钱", "人民币", "个百分", "个点")
_HOW_MANY = re.compile(
    r"(?<=哪)(?P<which>[两二三四五六七八九十\d]+)(?=[\u4e00-\u9fff])"
    r"|(?<![a-z\d])(?P<count>[两二三四五六七八九十\d]+)(?:个|项|大|类|方面|种|条|家|张|所|座|处)"
)
_LISTED = re.compile("[、，,；;]")
_NEGATION = re.compile(
    r"没有|尚未|未能|[并还仍]未|未(?=[完实达造出发开建])|不再|不得|停止|取消|禁止"
    r"|无(?!障碍|人机|缝|废)"
)
_ALL = re.compile(r"全都|都(?!市)|全部|所有|全覆盖|一律|完全")
_PART = re.compile(r"(?<!\d)\d{1,2}(?:\.\d+)?[%％]|[三四五六七八九]成|大部分|多数|部分")
_STILL = re.compile(r"还是|仍然?|还(?=在|有|要|能|会)|(?<!是)不是|没有?.{2,}吗|不(?=[再能会用]).{2,}吗")
_NO_UNIT = "是呢吗了的在和就才来能要会可有"


def tells_number(text: str, start: int, end: int) -> bool:
    """Whether `text[start:end]` answers how many or in which place: a figure, or a word that stands for one."""
    return has_figure(text, start, end) or bool(_NUMBER_WORD.search(text, start, end))


def tells_time(text: str, start: int, end: int) -> bool:
    """Whether a time, in figures or in words such as 年底, stands in `text[start:end]`."""
    return bool(_TIME.search(text, start, end))


def contradicts(asked: str, value: str, before: str) -> bool:
    """Whether `value` is a share where folded `asked` asks for an amount, or the other way round; no doubt counts.

    `before` is what stands before the value: 增加 in front of a sum makes it an answer to 增加了多少.
    """
    if _RANK.search(asked):
        return not _IS_RANK.search(value)
    lead = before + re.split(r"\d", value, maxsplit=1)[0]
    if _RISE_ASKED.search(asked) and _BESIDE_OTHERS.search(lead) and not re.search("全[国省市]|平均", asked):
        return True
    share = bool(_IS_SHARE.search(value))
    counted = _COUNTED.search(asked)
    if counted and counted["unit"][0] in _AMOUNTS and not counted["unit"].startswith(_NO_AMOUNTS):
        return bool(_PLAIN_SHARE.fullmatch(value))
    if _STRICT_SHARE.search(asked):
        return not share
    if _MORE.search(asked) and not share:
        return not _CHANGE.search(before[-8:])
    if "人民币" in asked:
        return "美元" in value
    if counted and counted["unit"][0] in "钱元":
        return not re.search(r"元|美金|[%％]|免费|全免", value)
    # Targets are often told as a growth; what was reached is not.
    return bool(_AMOUNT.search(asked) and not _AIMED.search(asked) and _PLAIN_SHARE.fullmatch(value))


def unit_fit(asked: str, value: str) -> float:
    """1.0 when `value` has the unit that the folded question asks for, -1.0 when it has another, 0.0 without a sign."""
    counted = _COUNTED.search(asked)
    if _MONEY.search(asked.rstrip("?。! ")) or (counted and counted["unit"][0] in "钱元"):
        return 1.0 if re.search(r"元|美金|%", value) else -1.0
    if counted and counted["unit"][0] not in _NO_UNIT:
        unit = counted["unit"]
        return 1.0 if any(unit.startswith(c) for c in _unit_of(value)) else -0.5
    if _SHARE.search(asked):
        return 1.0 if re.search(r"%|％|百分|倍|‰", value) else -1.0
    return 0.0


def _unit_of(value: str) -> list[str]:
    """The first characters that stand behind the figures of `value`, without tens and 多."""
    return [m[1] for m in re.finditer(r"[\d一二三四五六七八九十百千万亿两零多余.]+ ?([^\d\W])", value)]


def as_counted(text: str, spans: list[tuple[int, int]], asked: str) -> list[tuple[int, int]]:
    """The items, the last two as one where 和 joins them and folded `asked` names one fewer than there are."""
    joined = len(spans) > 2 and re.fullmatch("以及|及|和", text[spans[-2][1] : spans[-1][0]])
    if not joined or not count_told(asked, len(spans)) or count_told(asked, len(spans) - 1):
        return spans
    return [*spans[:-2], (spans[-2][0], spans[-1][1])]


def _count_asked(asked: str) -> str:
    """How many there are as folded `asked` names it, in what it asks (哪五大类) before any other count; "" for none."""
    found = list(_HOW_MANY.finditer(asked))
    return next((m["which"] for m in found if m["which"]), found[0]["count"] if found else "")


def count_told(asked: str, found: int) -> str:
    """What to tell where folded `asked` names how many there are and another number, `found`, was listed; else ""."""
    wanted = _count_asked(asked)
    same = wanted.replace("两", "二") in (str(found), numerals.counted(found, "chineseCounting"))
    return "" if same or wanted in ("", "1", "一") else f"问的是{wanted}项，报告的这一句列出{found}项"


def far_fewer(asked: str, listed: str) -> bool:
    """Whether folded `asked` names how many there are, and `listed` tells less than half of them, however parted."""
    wanted, found = _count_asked(asked), len(_LISTED.split(listed))
    enough = [form for n in range(2 * found + 1) for form in (str(n), numerals.counted(n, "chineseCounting"))]
    return wanted not in ("", "两", *enough)


def yes_or_no(asked: str, quote: str, answer: str) -> str:
    """是 or 否 before the words that prove it; "" where the question or the words leave it open.

    否 needs a negation that the question has not, or a part where it asks for all. A question about what still is, or
    one that denies, is led by neither.
    """
    if _STILL.search(asked) or re.search("还是|怎|什么|哪|多少|几", asked):
        return ""
    told = {asked[at : at + 2] for at in range(len(asked) - 1)} & {quote[at : at + 2] for at in range(len(quote) - 1)}
    if len(told) < 3:
        return ""
    if _NEGATION.search(answer):
        return "" if _NEGATION.search(re.sub("有没有|没有[?。]*$", "", asked)) else "否"
    if _ALL.search(asked) and _PART.search(answer):
        return "否"
    return "是"
