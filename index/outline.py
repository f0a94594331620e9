"""A report's text becomes its section tree, with the period of each section, and its glossary. Knows strings only.

Headings cut sections, and so do paragraphs that turn to another period, name the problems or close the speech.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from index.facts import facts
from index.fold import fold
from index.headings import ADDRESS, headings, paths
from index.lines import CHAPTER, Heading, Line, lines_of
from index.periods import RESULT, Clock, heading_periods
from index.records import GlossaryEntry, Section

_GLOSSARY = re.compile(r"名词|术语|用语|词语|注释")
_PROBLEMS = re.compile(
    r"^.{0,30}(?:清醒|认识到|看到|正视|深知|感到|面临|存在).{0,60}(?:困难|问题|不足|短板|挑战|差距|矛盾|缺点)"
)
_PROBLEMS_CUE = re.compile(
    r"清醒|也要看到|也看到|必须看到|应当看到|同时|成绩的同时|我们[也还]?(?:深知|认识到)|正视|要看到|成绩.{0,12}问题"
)
_CLOSING = re.compile(r"让我们|胜利。|周围|团结奋斗|努力奋斗|不懈奋斗|再创|支持与策勉")
_CLOSING_CALL = re.compile(r"(?:让我们|我们要)更?加?紧密")
_ENTRY = re.compile(
    r"(?:\d{1,3} ?[.、:]|[(\[【]\d{1,3}[)\]】][.、:]?|[①-⑳]|注 ?\d{1,3}[.、:]?)?"
    r" *([^:。;]{1,40}?) *(?::|,?(?=是指|指的是|系指))"
)
_NUMBER = re.compile(r"(?:\d{1,3} ?[.、:]|[(\[【]\d{1,3}[)\]】]|[①-⑳]|注 ?\d{1,3})")


@dataclass(frozen=True, slots=True)
class Outline:
    """What `outline` finds; the fields are those of `Document`."""

    title: str
    year: int
    date: str
    place: str
    speaker: str
    sections: tuple[Section, ...]
    glossary: tuple[GlossaryEntry, ...]


@dataclass(frozen=True, slots=True)
class _Part:
    """A stretch of lines `[first, last)` under one heading, before it is cut by period."""

    first: int
    last: int
    path: tuple[str, ...]
    kind: str
    chapter: int  # the line of the outermost heading, -1 before the first
    major: bool  # whether the heading is of a chapter's rank
    headed: bool = True  # whether its first line is the heading


def outline(text: str, stem: str, marked: Mapping[int, int] | None = None) -> Outline:
    """The outline of `text`. Sections are in order, touch each other and cover the text.

    `stem` may tell the place; `marked` the lines that the file marks as headings, as `lines_of` takes them.
    """
    lines = lines_of(text, marked)
    found = headings(text, lines)
    marked_title = next((text[line.first : line.last] for line in lines[:3] if line.mark == 1), "")
    told = facts(text, lines, found, stem, marked_title)
    parts = _parts(lines, found)
    sections = _sections(text, lines, parts, told.year)
    return Outline(told.title, told.year, told.date, told.place, told.speaker, sections, _glossary(text, lines, parts))


def _parts(lines: Sequence[Line], found: Sequence[Heading]) -> list[_Part]:
    if not lines:
        return []
    starts = [h.line for h in found] + [len(lines)]
    parts = [_Part(0, starts[0], (), "preamble" if found else "body", -1, False)] if starts[0] else []
    chapter = kind_chapter = -1
    kind = "body"
    outermost = ""
    for (heading, path), last in zip(paths(found), starts[1:], strict=True):
        if heading.title and (path[0] != outermost or len(path) == 1):
            outermost, chapter = path[0], heading.line
        if heading.back:
            kind = "glossary" if _GLOSSARY.search(fold(heading.title)) else "annex"
            kind_chapter = chapter
        elif chapter != kind_chapter:
            kind = "body"
        parts.append(_Part(heading.line, last, path, kind, chapter, heading.rank <= CHAPTER, bool(heading.title)))
    return _annex_titles(lines, parts)


def _annex_titles(lines: Sequence[Line], parts: Sequence[_Part]) -> list[_Part]:
    """附件 on a line of its own, and the annex's title on the next one, make one path, that of all its headings."""
    merged: list[_Part] = []
    title: tuple[str, ...] = ()
    for part in parts:
        before = merged[-1] if merged else None
        if before and part.chapter == before.chapter and part.kind == "annex" and title:
            merged.append(replace(part, path=(part.path[0], *title, *part.path[1:])))
            continue
        title = ()
        if before and before.kind == "annex" and part.kind in ("annex", "glossary") and before.last - before.first == 1:
            merged[-1] = replace(part, first=before.first, path=(*before.path, *part.path), chapter=before.chapter)
        elif part.kind == "annex" and part.last - part.first > 1 and len(lines[part.first].text) <= 4:
            words = lines[part.first + 1].text
            title = (words,) if len(words) <= 40 and not re.search(r"[。;:,]$", words) else ()
            merged.append(replace(part, path=(*part.path, *title)))
        else:
            merged.append(part)
    return merged


def _sections(text: str, lines: Sequence[Line], parts: Sequence[_Part], year: int) -> tuple[Section, ...]:
    clock = Clock(year)
    closing = _closing(lines, parts)
    chapter: int | None = None
    cut: list[Section] = []
    for part in parts:
        title = fold(part.path[-1]) if part.path else ""
        if part.chapter != chapter:
            chapter = part.chapter
            clock.chapter(title)
        elif part.path and part.kind == "body" and part.headed:
            clock.heading(title, part.major)
        top = False  # after an address or the problems, the words belong to the chapter, not to its last heading
        problems = False
        for at in range(part.first, part.last):
            line = lines[at]
            kind, path, period = part.kind, part.path, ""
            if kind == "body" and at >= closing:
                kind, path = "closing", ()
            elif kind == "body":
                headed = at == part.first and part.headed
                period = clock.now if headed else clock.paragraph(_words(lines, at, part.last))
                period = period if path else ""
                problems = _is_problems(line.text, problems) and period.endswith(RESULT)
                top = top or problems or bool(at > part.first and ADDRESS.match(line.text))
                kind, path = "problems" if problems else kind, path[:1] if top else path
            elif kind == "annex":
                period = next(iter(heading_periods(fold(" ".join(path)), year)), "")
            cut.append(Section(path, line.start, line.end, kind, period))
            turn = clock.turn(line.text) if kind == "body" and period.endswith(RESULT) else 0
            if turn:  # a paragraph that looks back and then goes on with the plan
                cut[-1] = replace(cut[-1], end=line.first + turn)
                cut.append(Section(path, line.first + turn, line.end, kind, clock.now))
    return _joined(cut, len(text))


def _words(lines: Sequence[Line], at: int, last: int) -> str:
    """The folded words of a paragraph; an address on a line of its own goes with the paragraph after it."""
    alone = len(lines[at].text) < 8 and ADDRESS.match(lines[at].text) and at + 1 < last
    return lines[at + 1].text if alone else lines[at].text


def _is_problems(line: str, before: bool) -> bool:
    """Whether a paragraph names the problems; dashes after such a paragraph go on with them."""
    if before and re.match(r"[-—―]{2}|[二三四五六七八九]是", line):
        return True
    return bool(len(line) > 20 and _PROBLEMS.match(line[:110]) and _PROBLEMS_CUE.search(line[:45]))


def _closing(lines: Sequence[Line], parts: Sequence[_Part]) -> int:
    """The line at which the closing address begins, or the number of lines where there is none."""
    headed = any(part.path for part in parts)
    body = [at for p in parts if p.kind == "body" and (p.path or not headed) for at in range(p.first, p.last)]
    for at in reversed(body[-4:]):
        last_call = at == body[-1] and _CLOSING_CALL.search(lines[at].text)
        if last_call and not any(ADDRESS.match(lines[i].text) for i in body[-4:]):
            return at
        if ADDRESS.match(lines[at].text):
            rest = "".join(lines[i].text for i in body if i >= at)
            return at if _CLOSING.search(rest) else len(lines)
    return len(lines)


def _joined(cut: Sequence[Section], size: int) -> tuple[Section, ...]:
    """Neighbours that differ in nothing become one; blank lines belong to the section before them."""
    joined: list[Section] = []
    for section in cut:
        last = joined[-1] if joined else None
        if last and (last.path, last.kind, last.period) == (section.path, section.kind, section.period):
            joined[-1] = replace(last, end=section.end)
        else:
            joined.append(section)
    if not joined:
        return (Section((), 0, size, "body", ""),) if size else ()
    ends = [section.start for section in joined[1:]] + [size]
    starts = [0, *ends[:-1]]
    return tuple(replace(s, start=a, end=b) for s, a, b in zip(joined, starts, ends, strict=True))


def _glossary(text: str, lines: Sequence[Line], parts: Sequence[_Part]) -> tuple[GlossaryEntry, ...]:
    entries: list[GlossaryEntry] = []
    for part in parts:
        if part.kind != "glossary":
            continue
        inside = range(part.first + 1, part.last)
        numbered = sum(1 for at in inside if _NUMBER.match(lines[at].text)) * 2 > len(inside)
        for at in inside:
            line = lines[at]
            match = _ENTRY.match(line.text)
            if match is None or (numbered and not _NUMBER.match(line.text)) or not match[1].strip():
                if entries and entries[-1].end <= line.first:
                    entries[-1] = replace(entries[-1], end=line.last)
                continue
            term = text[line.first + match.start(1) : line.first + match.end(1)]
            entries.append(GlossaryEntry(term.strip(), line.first, line.last))
    return tuple(entries)
