"""The lines of a report and which of them are headings, numbered, unnumbered or run into a paragraph. Knows no periods.

Matching is done on a folded copy of each line, character for character, so that positions stay those of the text.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
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
_ENDS = "。!?;:”」)"
_LONG = 60


@dataclass(frozen=True, slots=True)
class Line:
    """A line that is not blank: `[start, end)` with its line break, `[first, last)` without blanks around it."""

    start: int
    end: int
    first: int
    last: int
    text: str


@dataclass(frozen=True, slots=True)
class Heading:
    """`line` is an index into the lines. `back` marks annexes and glossaries; `run_in` goes on as a paragraph."""

    line: int
    rank: int
    title: str
    run_in: bool
    back: bool = False


def lines_of(text: str) -> list[Line]:
    """The lines of `text` that hold anything, in order; `Line.text` is folded."""
    found: list[Line] = []
    at = 0
    for raw in text.splitlines(keepends=True):
        body = raw.strip("\u200b\ufeff \t\r\n\f\v\u3000\xa0")
        if body:
            first = at + raw.index(body)
            found.append(Line(at, at + len(raw), first, first + len(body), fold(body)))
        at += len(raw)
    return found


def headings(text: str, lines: Sequence[Line]) -> list[Heading]:
    """The headings of `text` in order. Lead sentences count only where two or more follow under one heading."""
    found: list[Heading] = []
    leads: list[Heading] = []
    back = addressed = False
    for at, line in enumerate(lines):
        heading = _numbered(text, at, line, back) or _unnumbered(text, at, lines, bool(found), back)
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
    return any(pattern.match(words) for _, pattern, _ in _NUMBERED)


def _if_several(leads: list[Heading]) -> list[Heading]:
    """Empties `leads`. One short sentence that opens a paragraph is style; two are a pattern."""
    kept = leads[:] if len(leads) > 1 else []
    leads.clear()
    return kept


def _numbered(text: str, at: int, line: Line, back: bool) -> Heading | None:
    if CONTENTS.search(line.text):
        return None
    for rank, pattern, limit in _NUMBERED:
        mark = pattern.match(line.text)
        if mark is None:
            continue
        if back and rank >= ITEM:
            return None
        stop = _STOP.search(line.text, mark.end())
        colon = line.text.find(":", mark.end(), mark.end() + 24)
        if rank >= ARTICLE and colon > 0 and (stop is None or colon < stop.start()):
            return Heading(at, rank, _title(text, line, colon), True)
        length = stop.start() if stop else len(line.text)
        if length <= mark.end() or length > limit or line.text[length - 1] in ":,;":
            return None
        run_in = bool(stop and len(line.text) > stop.end() + 1)
        return Heading(at, rank, _title(text, line, length), run_in)
    return None


def _unnumbered(text: str, at: int, lines: Sequence[Line], inside: bool, back: bool) -> Heading | None:
    line = lines[at]
    size = len(line.text)
    follower = lines[at + 1] if at + 1 < len(lines) else None
    if size <= 48 and inside and _BACK.match(line.text) and line.text[-1] not in "。;":
        return Heading(at, PART, _title(text, line, size), False, back=True)
    if follower is None or back or size > 45 or CONTENTS.search(line.text):
        return None
    followed = len(follower.text) >= _LONG or any(p.match(follower.text) for r, p, _ in _NUMBERED if r <= ARTICLE)
    if not followed or _LEAD_IN.search(line.text):
        return None
    if size < 4 or (at and lines[at - 1].text[-1] not in _ENDS and len(lines[at - 1].text) > 20):
        return None  # the rest of a broken line
    bare = line.text.rstrip("。")
    if _MAIN.search(bare) and _MAIN_SUBJECT.search(bare) and "。" not in bare and "," not in bare:
        return Heading(at, MAIN, _title(text, line, len(bare)), False)
    if not inside or (_NARRATIVE.match(line.text) and not _ORDINAL.match(line.text)) or _STOP.search(bare):
        return None
    closed = line.text.endswith("。")
    if _ORDINAL.match(line.text) or (size <= 22 and "," not in bare) or (size <= 30 and not closed):
        return Heading(at, LEAD, _title(text, line, len(bare)), False)
    return None


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
