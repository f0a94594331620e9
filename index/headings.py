"""The lines of a report and which of them are headings, numbered, unnumbered or run into a paragraph. Knows no periods.

Matching is done on a folded copy of each line, character for character, so that positions stay those of the text.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from index.leads import LONG, ends, leads, narrative, ordinal
from index.lines import ARTICLE, CHAPTER, ITEM, LEAD, MAIN, PART, SUBITEM, Heading, Line, title_of

_NUMERALS = "一二三四五六七八九十"
_NUMBERED = (
    (PART, re.compile(rf"第[{_NUMERALS}百]{{1,3}}(?:部分|篇|章|编)|[壹贰叁肆伍陆柒捌玖拾]{{1,2}}、"), 60),
    (CHAPTER, re.compile(rf"[{_NUMERALS}]{{1,3}} ?[、.] ?(?![{_NUMERALS}]+(?:[、产次批期]|$))"), 60),
    (ARTICLE, re.compile(rf"\([{_NUMERALS}]{{1,3}}\)[、 ]?"), 60),
    (ITEM, re.compile(r"\d{1,2} ?[.、](?!\d)"), 36),
    (SUBITEM, re.compile(r"\(\d{1,2}\)"), 36),
)
CONTENTS = re.compile(r"[.…·]{5,}|…{2,}")
_BACK = re.compile(
    r"(?:附件?|附录|附表)[\d一二三四五六七八九十]{0,2}[: ]?.{0,40}$"
    r"|.{0,24}(?:名词|术语|用语|词语)(?:解释|注释|释义|说明).{0,6}$|注释$"
)
_MAIN = re.compile(
    r"(?:回顾|总结|成就|成效|完成情况|目标|任务|重点工作|工作安排|工作打算|工作部署|总体要求|主要工作|自身建设|主要考虑|建议)$"
)
_MAIN_SUBJECT = re.compile(r"\d{4}年|[一二三四五六七八九十]+五|过去|去年|今年|今后|未来|[五一]年|工作|政府")
_LEAD_IN = re.compile(r"以下|如下|[方个]面|几点|主要做了|重点抓|各位代表|[:,;]$")
ADDRESS = re.compile(r"各位(?:代表|委员|议员)|同志们")
_STOP = re.compile(r"[。!？?]")
_DATE_END = re.compile(r"\d{1,4} ?[年月日]$|^[一二三四五六七八九十]+月$|年底$")
_MARK_RANKS = (PART, MAIN, ARTICLE, ITEM, SUBITEM, LEAD)
_PAIR = re.compile(r"[^,。]{4,14},[^,。]{4,14}")
_CAPTION = re.compile(r"[图表照] ?\d")
_LABEL = re.compile(r"[\u4e00-\u9fff]{2,6}:")
_ENDS = "。!?;:”」)"


def headings(text: str, lines: Sequence[Line]) -> list[Heading]:
    """The headings of `text` in order, with the sentences that head paragraphs where they make a pattern."""
    found: list[Heading] = []
    stretch: list[int] = []
    back = addressed = False
    for at, line in enumerate(lines):
        heading = _numbered(text, at, lines, back) or _unnumbered(text, at, lines, bool(found), back)
        if heading is not None:
            found += [*leads(text, lines, stretch), heading]
            stretch.clear()
            back = heading.back or (back and heading.rank > CHAPTER)
            addressed = False
        elif ADDRESS.match(line.text):
            addressed = True  # what follows an address to the audience no longer belongs to the headings above it
        elif found and not back and not addressed:
            stretch.append(at)
    found += leads(text, lines, stretch)
    size = next((heading.line for heading in found if heading.back), len(lines))
    stops = [at for at in range(size) if ADDRESS.match(lines[at].text)]
    closed = ends([heading for heading in found if heading.line < size], [*stops, size])
    return sorted([*found, *closed], key=lambda heading: heading.line)


def numbered(words: str) -> bool:
    """Whether folded `words` begin with the number of a heading or item."""
    return _number(words)[0] >= 0


def _numbered(text: str, at: int, lines: Sequence[Line], back: bool) -> Heading | None:
    line = lines[at]
    rank, begin, limit = _number(line.text)
    if rank < 0 or (back and rank >= ITEM) or CONTENTS.search(line.text):
        return None
    stop = _STOP.search(line.text, begin)
    colon = line.text.find(":", begin, begin + 24)
    if rank >= ARTICLE and colon > begin and (stop is None or colon < stop.start()):
        length, run_in = colon, True
    else:
        length = stop.start() if stop else len(line.text)
        run_in = bool(stop and len(line.text) > stop.end() + 1)
    if length <= begin or length > limit or line.text[length - 1] in ":,;":
        return None
    if rank >= ITEM and not _heads_a_list(lines, at, line.text[begin:length].strip(), run_in):
        return None
    return Heading(at, rank, title_of(text, line, length), run_in)


def _number(words: str) -> tuple[int, int, int]:
    """The rank, the end of the number and the longest heading for `words` that begin with one; rank -1 otherwise."""
    for rank, pattern, limit in _NUMBERED:
        mark = pattern.match(words)
        if mark:
            return rank, mark.end(), limit
    return -1, 0, 0


def _heads_a_list(lines: Sequence[Line], at: int, title: str, run_in: bool) -> bool:
    """Whether an item with an Arabic number is a heading: it is words, and not one of a list of bare items."""
    if not "\u4e00" <= title[0] <= "\u9fff" or _DATE_END.search(title):
        return False
    follower = lines[at + 1].text if at + 1 < len(lines) else ""
    alike = _number(follower)[0] == _number(lines[at].text)[0]
    return run_in or not (alike or lines[at].text.endswith("。"))


def _unnumbered(text: str, at: int, lines: Sequence[Line], inside: bool, back: bool) -> Heading | None:
    line = lines[at]
    size = len(line.text)
    follower = lines[at + 1] if at + 1 < len(lines) else None
    if size <= 48 and inside and _BACK.match(line.text) and line.text[-1] not in "。;":
        return Heading(at, PART, title_of(text, line, size), False, back=True)
    if line.mark and size <= 60 and (inside or not _istitle_of(line, lines)):
        return Heading(
            at, _MARK_RANKS[line.mark - 1], title_of(text, line, size), False, back=bool(_BACK.match(line.text))
        )
    if follower is None or back or size > 45 or CONTENTS.search(line.text):
        return None
    followed = len(follower.text) >= LONG or 0 <= _number(follower.text)[0] <= ARTICLE
    if not followed or _LEAD_IN.search(line.text):
        return None
    before = lines[at - 1].text if at else ""
    under = numbered(before) and line.text.endswith("。")  # a sentence alone under a heading
    if size < 4 or (len(before) > 20 and before[-1] not in _ENDS and not under):
        return None  # the rest of a broken line
    if _CAPTION.match(line.text) or _LABEL.match(line.text):
        return None
    bare = line.text.rstrip("。")
    if _MAIN.search(bare) and _MAIN_SUBJECT.search(bare) and "。" not in bare and "," not in bare:
        return Heading(at, MAIN, title_of(text, line, len(bare)), False)
    if not inside or (narrative(line.text) and not ordinal(line.text)) or _STOP.search(bare):
        return None
    closed = line.text.endswith("。")
    if ordinal(line.text):
        return Heading(at, ITEM, title_of(text, line, len(bare)), False)
    if (size <= 22 and "," not in bare) or (not closed and _PAIR.fullmatch(bare)):
        return Heading(at, LEAD, title_of(text, line, len(bare)), False)
    return None


def _istitle_of(line: Line, lines: Sequence[Line]) -> bool:
    """Whether the first marked line is the report's title: it says so, or no other line has its level."""
    return line.mark == 1 and (line.text.endswith("报告") or sum(other.mark == 1 for other in lines) == 1)


def paths(found: Sequence[Heading]) -> Iterator[tuple[Heading, tuple[str, ...]]]:
    """Each heading with its path, from the outermost open heading to itself."""
    open_: list[Heading] = []
    for heading in found:
        while open_ and open_[-1].rank >= heading.rank:
            open_.pop()
        open_ += [heading] if heading.title else []
        yield heading, tuple(h.title for h in open_)
