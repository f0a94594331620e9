"""The lines of a report and which of them are headings, numbered, unnumbered or run into a paragraph. Knows no periods.

Matching is done on a folded copy of each line, character for character, so that positions stay those of the text.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from index.fold import fold

# Ranks, outermost first; a heading closes every open heading of its own rank or deeper.
PART, MAIN, CHAPTER, ARTICLE, ITEM, SUBITEM, LEAD = range(7)

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
_ORDINAL = re.compile(rf"[{_NUMERALS}]{{1,2}}是")
_NARRATIVE = re.compile(
    rf"各位|同时|我们|——|――|--|过去|今年|去年|一年|五年|这[一五几]|对此|此外|当前|首先|其次|总之|[{_NUMERALS}]{{1,2}}[是要]|第[{_NUMERALS}]"
    r"|同志们|[女先]|总体|回顾|展望|主要是|\(|《|[“\"][一二三四五六七八九十]+五"
)
ADDRESS = re.compile(r"各位(?:代表|委员|议员)|同志们")
_STOP = re.compile(r"[。!？?]")
_DATE_END = re.compile(r"\d{1,4} ?[年月日]$|^[一二三四五六七八九十]+月$|年底$")
_MARK_RANKS = (PART, MAIN, ARTICLE, ITEM, SUBITEM, LEAD)
_MARKDOWN = re.compile(r"(#{1,6})[ \t]+(?=\S)")
_PAIR = re.compile(r"[^,。]{4,14},[^,。]{4,14}")
_CAPTION = re.compile(r"[图表照] ?\d")
_ENDS = "。!?;:”」)"
# Every blank of Unicode and the marks without width that pages leave at the ends of lines.
_BLANKS = "".join(chr(code) for code in range(0x3001) if chr(code).isspace()) + "\u200b\u200c\u200d\u2060\ufeff"
_LONG = 60


@dataclass(frozen=True, slots=True)
class Line:
    """A line that is not blank: `[start, end)` with its line break, `[first, last)` without blanks around it.

    `mark` is the level of a line that the file marks as a heading, 0 for other lines; the number signs of Markdown lie
    before `first`.
    """

    start: int
    end: int
    first: int
    last: int
    text: str
    mark: int = 0


@dataclass(frozen=True, slots=True)
class Heading:
    """`line` is an index into the lines. `back` marks annexes and glossaries; `run_in` goes on as a paragraph."""

    line: int
    rank: int
    title: str
    run_in: bool
    back: bool = False


def lines_of(text: str, marked: Mapping[int, int] | None = None) -> list[Line]:
    """The lines of `text` that hold anything, in order; `Line.text` is folded.

    `marked` tells the levels of the lines that the file itself marks as headings, by the offset of a line's first
    character that is not blank.
    """
    found: list[Line] = []
    marked = marked or {}
    at = 0
    for raw in text.splitlines(keepends=True):
        body = raw.strip(_BLANKS)
        if body:
            mark = _MARKDOWN.match(body)
            last = at + raw.index(body) + len(body)
            body = body[mark.end() :] if mark else body
            level = len(mark[1]) if mark else min(marked.get(last - len(body), 0), len(_MARK_RANKS))
            found.append(Line(at, at + len(raw), last - len(body), last, fold(body), level))
        at += len(raw)
    return found


def headings(text: str, lines: Sequence[Line]) -> list[Heading]:
    """The headings of `text` in order. Lead sentences count only where two or more follow under one heading."""
    found: list[Heading] = []
    leads: list[Heading] = []
    back = addressed = False
    for at, line in enumerate(lines):
        heading = _numbered(text, at, lines, back) or _unnumbered(text, at, lines, bool(found), back)
        if heading is not None:
            found += _if_several(leads)
            found.append(heading)
            back = heading.back or (back and heading.rank > CHAPTER)
            addressed = False
        elif ADDRESS.match(line.text):
            addressed = True  # what follows an address to the audience no longer belongs to the headings above it
        elif found and not back and not addressed and (lead := _lead(text, at, line)):
            leads.append(lead)
    found += _if_several(leads)
    return sorted(found, key=lambda h: h.line)


def numbered(words: str) -> bool:
    """Whether folded `words` begin with the number of a heading or item."""
    return _number(words)[0] >= 0


def _if_several(leads: list[Heading]) -> list[Heading]:
    """Empties `leads`. One short sentence that opens a paragraph is style; two are a pattern."""
    kept = leads[:] if len(leads) > 1 else []
    leads.clear()
    return kept


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
    return Heading(at, rank, _title(text, line, length), run_in)


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
        return Heading(at, PART, _title(text, line, size), False, back=True)
    if line.mark and size <= 60 and (inside or not _is_title(line, lines)):
        return Heading(
            at, _MARK_RANKS[line.mark - 1], _title(text, line, size), False, back=bool(_BACK.match(line.text))
        )
    if follower is None or back or size > 45 or CONTENTS.search(line.text):
        return None
    followed = len(follower.text) >= _LONG or 0 <= _number(follower.text)[0] <= ARTICLE
    if not followed or _LEAD_IN.search(line.text):
        return None
    if size < 4 or (at and lines[at - 1].text[-1] not in _ENDS and len(lines[at - 1].text) > 20):
        return None  # the rest of a broken line
    if _CAPTION.match(line.text):
        return None
    bare = line.text.rstrip("。")
    if _MAIN.search(bare) and _MAIN_SUBJECT.search(bare) and "。" not in bare and "," not in bare:
        return Heading(at, MAIN, _title(text, line, len(bare)), False)
    if not inside or (_NARRATIVE.match(line.text) and not _ORDINAL.match(line.text)) or _STOP.search(bare):
        return None
    closed = line.text.endswith("。")
    if _ORDINAL.match(line.text) or (size <= 22 and "," not in bare) or (not closed and _PAIR.fullmatch(bare)):
        return Heading(at, LEAD, _title(text, line, len(bare)), False)
    return None


def _is_title(line: Line, lines: Sequence[Line]) -> bool:
    """Whether the first marked line is the report's title: it says so, or no other line has its level."""
    return line.mark == 1 and (line.text.endswith("报告") or sum(other.mark == 1 for other in lines) == 1)


def _lead(text: str, at: int, line: Line) -> Heading | None:
    stop = line.text.find("。")
    sentence = line.text[: max(stop, 0)]
    if (
        not 4 <= stop <= 16
        or len(line.text) < _LONG
        or any(c.isdigit() for c in sentence)
        or _NARRATIVE.match(sentence)
    ):
        return None
    if any(c in sentence for c in ":;!?？"):
        return None
    return Heading(at, LEAD, _title(text, line, stop), True)


def _title(text: str, line: Line, length: int) -> str:
    return " ".join(text[line.first : line.first + length].rstrip("。. ").split())


def paths(found: Sequence[Heading]) -> Iterator[tuple[Heading, tuple[str, ...]]]:
    """Each heading with its path, from the outermost open heading to itself."""
    open_: list[Heading] = []
    for heading in found:
        while open_ and open_[-1].rank >= heading.rank:
            open_.pop()
        open_.append(heading)
        yield heading, tuple(h.title for h in open_)
