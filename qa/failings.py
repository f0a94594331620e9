"""What a report admits: the difficulties and shortcomings that nearly every work report tells behind its results.

Knows a document's text and sections, and folded questions; neither models nor the index.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from index.records import Document
from qa.wording import trimmed

AS_REPORTS_ASK = "存在哪些困难和问题?"  # how the reader is asked: in the words that reports use for it
LONGEST = 1200  # characters of what is admitted; more is no such passage
FEWEST = 3  # items that semicolons and full stops part; fewer are parted by commas
_WHAT = "(?:困难|问题|不足|短板|弱项|差距|挑战|矛盾|缺点)"
_AND = f"(?:{_WHAT}(?:之处)?[和与、及]?)+"
_PLACE = re.compile(
    r"^(?:\d{4}年)?(?!社区|学区|[园景片城老山库牧郊]区|城市|都市)(?:[\u4e00-\u9fff]{1,7}?[省市县区旗州]){1,2}|^国务院"
)
# Words that leave it the report's: what is left of a question without them asks for no one subject's.
_GENERAL = re.compile(
    "请问|报告|文件|政府|工作|经济|社会|国家|国民|自己|目前|当前|现在|如今|今年|去年|[0-9]{4}年?|前进道路|方面|地方"
    "|主要|突出|明显|遇到|存在|面临|面对|承认|认识到|指出|提到|提出|讲到|列出|[全我本]?[省市县区国旗州]里?|过程|发展"
    "|[都还仍有了着的到里中上在对讲说是?。呢啊]"
)
_ASKED = "(?:哪些|什么|啥|哪几个)"
_LEFT = re.compile(f"{_ASKED}{_AND}|{_AND}(?:包括)?{_ASKED}|{_ASKED}(?:没|不)(?:做好|够好|足|够|位)")
_ENGLISH = re.compile(
    r"what (?:(?:are|is|main|major|biggest|the|other|kind|of) ){0,5}"
    r"(?:problems?|difficult(?:y|ies)|challenges?|shortcomings?|weaknesses)(?: and \w+)?"
    r"(?: (?:do|does|did|has|have|are|is|the|county|city|province|district|country|government|report|it|itself|there"
    r"|still|face|faces|faced|facing|admit|admits|admitted|acknowledge|acknowledges|mention|mentions|remain|exist|in|of|by|to))*"
    r" ?\??",
    re.IGNORECASE,
)
_SEEN = r"(?:认识|看到|意识)"
_ADMITS = re.compile(
    rf"{_SEEN}[^。；;]{{0,60}}?{_WHAT}[^。：:；;]{{0,14}}[。：:，,]"
    rf"|(?:面临|存在)[^。；;，,]{{0,20}}{_WHAT}[^。；;，,]{{0,8}}[。，,](?=主要(?:是|表现))"
)
_STANDS = re.compile("面临|存在|还有|不少|一些|诸多|许多|仍|依然|突出|并存")
_OVERCOME = re.compile("克服|应对|战胜|形势下")
_MAINLY = re.compile(r"主要(?:是|表现(?:在|为)|有|包括)[：:，,]?")
_THEN = re.compile(
    r"(?<=[。；;！!\n])\s*(?:对此|[对针][对于]*(?:以上|上述|这些)|这些(?:困难|问题)|必须直面|要增强忧患"
    r"|我们(?:将|要|一定|必须|会|务必|坚信))"
)
_BEFORE = re.compile(
    r"\s*(?:[一二三四五六七八九十]{1,2}是要?|——|其[一二三四五六七八九十][，,]|同时[，,]|此外[，,])?\s*"
)


@dataclass(frozen=True, slots=True)
class Failings:
    """Where a document admits what it does, `start` to `end`, and its `items` one by one, spans in their order."""

    start: int
    end: int
    items: tuple[tuple[int, int], ...]


def asks_failings(words: str) -> bool:
    """Whether folded `words` ask for all that a report admits (存在哪些困难和问题), and not for one subject's."""
    if _ENGLISH.fullmatch(words.strip()):
        return True
    return bool(_LEFT.fullmatch(_GENERAL.sub("", _PLACE.sub("", words.strip()))))


def failings(document: Document) -> Failings | None:
    """What the document admits; None where it has no such passage, or it cannot be told where that ends."""
    text = document.text
    for lead in _ADMITS.finditer(text):
        if not _STANDS.search(lead.group()) or _OVERCOME.search(lead.group()):
            continue
        then = _THEN.search(text, lead.end())
        end = min(then.start() if then else len(text), document.section_at(lead.start()).end)
        mainly = _MAINLY.search(text, lead.end(), min(lead.end() + 60, end))
        items = _parted(text, mainly.end() if mainly else lead.end(), end)
        if len(items) >= FEWEST and end - lead.start() <= LONGEST:
            return Failings(lead.start(), end, tuple(items))
    return None


def _parted(text: str, start: int, end: int) -> list[tuple[int, int]]:
    for marks in ("；;。\n", "，,；;。\n"):
        found = []
        for match in re.compile(rf"[^{marks}]+").finditer(text, start, end):
            before = _BEFORE.match(text, match.start(), match.end())
            item = trimmed(text, before.end() if before else match.start(), match.end())
            if item[1] - item[0] > len("等等"):
                found.append(item)
        if len(found) >= FEWEST:
            return found
    return []
