"""The items that a report tells one by one, each in a sentence or under a heading of its own: 一是…。二是…。三是….

Knows a document's text, its sections and wording, and neither questions nor models; every function gives spans.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from index.records import Document
from qa.wording import bare

_ENDING = 2  # characters in which the clauses of a list end alike
LONGEST = 48  # characters of an item; of a longer one its first clause
_NUMERALS = {name: number for number, name in enumerate("一二三四五六七八九十", 1)}
_NUMERALS |= {f"十{name}": 10 + number for name, number in list(_NUMERALS.items())[:9]}
_ONE = rf"(?P<number>{'|'.join(sorted(_NUMERALS, key=len, reverse=True))}|\d{{1,2}})"
_STYLES = tuple(
    re.compile(rf"(?:(?<=[。；;：:！!\n\s])|^){style}")
    for style in (
        rf"{_ONE}(?:是要?|要|则)(?!否|求)[，,]?",
        rf"第{_ONE}(?:[，,、]|是)",
        rf"[（(]{_ONE}[）)][、 ]?",
        rf"{_ONE}[、.．](?!\d)\s?",
    )
)
_ENDS = re.compile(r"[。；;：:！!？?\n]")
_AIMS = re.compile("(?:预期|主要|发展)[^，,。；;：:]{0,10}目标(?:任务)?(?:[是为]|[：:])+")
_REASON_TOLD = re.compile(r"考虑|原因|理由|因为|由于|依据|意义|在于")


@dataclass(frozen=True, slots=True)
class _Item:
    """The `number` that stands before an item, at `mark`; the item's own words are `start` to `end`."""

    number: int
    mark: int
    start: int
    end: int


def series(document: Document, span: tuple[int, int], reasons: bool = False) -> list[tuple[int, int]]:
    """The items of the series of which `span` is one, or which the clause that holds `span` announces with a colon.

    In the text's order, without what all of them share with what stands around `span`; [] where there is no series,
    or where `span` is an enumeration itself. With `reasons`, only of a series that is introduced as such.
    """
    text = document.text
    if "、" in text[slice(*span)]:
        return []
    for style in _STYLES:
        found = [_item(text, match) for match in style.finditer(text)]
        own = next((at for at, item in enumerate(found) if item.start <= span[0] and span[1] <= item.end), None)
        announced = own is None
        if own is None:
            own = _announced(text, span, found)
        if own is None:
            continue
        run = _run(document, found, own)
        if len(run) < 2 or (reasons and not _REASON_TOLD.search(text, max(run[0].mark - 12, 0), run[0].mark)):
            continue
        return [(item.start, item.end) for item in run] if announced else _like(text, span, found[own], run)
    return []


def aims(document: Document, span: tuple[int, int]) -> list[tuple[int, int]]:
    """The aims that a sentence tells one after the other behind 主要预期目标是, where `span` is among them; else []."""
    text, section = document.text, document.section_at(span[0])
    low = max(section.start, *(text.rfind(mark, 0, span[0]) + 1 for mark in "。\n"))
    stop = re.compile(r"[。\n]").search(text, span[1], section.end)
    high = stop.start() if stop else section.end
    lead = _AIMS.search(text, low, span[0])
    if not lead:
        return []
    between = "；;" if len(re.findall("[；;]", text[lead.end() : high])) > 1 else "，,；;"
    found = [m.span() for m in re.compile(rf"[^{between}]+").finditer(text, lead.end(), high)]
    return found if len(found) > 2 else []


def ending_alike(text: str, span: tuple[int, int], sentence: tuple[int, int]) -> list[tuple[int, int]]:
    """The clauses around `span` that end alike: 调查研究下基层，信访接待下基层，现场办公下基层; [] where none do."""
    told = [match.span() for match in re.compile(r"[^，,；;。]+").finditer(text, *sentence)]
    own = next((at for at, (a, b) in enumerate(told) if a <= span[0] < b), None)
    if own is None:
        return []
    ending = text[told[own][1] - _ENDING : told[own][1]]
    low = high = own
    while low and text.endswith(ending, 0, told[low - 1][1]):
        low -= 1
    while high + 1 < len(told) and text.endswith(ending, 0, told[high + 1][1]):
        high += 1
    return [bare(text, *piece) for piece in told[low : high + 1]] if high > low else []


def _item(text: str, match: re.Match[str]) -> _Item:
    told = match["number"]
    stop = _ENDS.search(text, match.end())
    end = stop.start() if stop else len(text)
    if end - match.end() > LONGEST:
        comma = re.compile("[，,]").search(text, match.end(), end)
        end = comma.start() if comma else end
    return _Item(_NUMERALS.get(told) or int(told), match.start(), match.end(), end)


def _announced(text: str, span: tuple[int, int], found: Sequence[_Item]) -> int | None:
    """The place in `found` of the first item that follows the colon behind `span`'s clause."""
    stop = _ENDS.search(text, span[1])
    if not stop or stop[0] not in "：:":
        return None
    first = re.compile(r"\s*").match(text, stop.end())
    return next((at for at, item in enumerate(found) if first and item.mark == first.end() and item.number == 1), None)


def _run(document: Document, found: Sequence[_Item], own: int) -> list[_Item]:
    """The items around `found[own]` numbered one after the other: all in one section, or each at a section's head."""
    low = high = own
    while low and _next(document, found[low - 1], found[low]):
        low -= 1
    while high + 1 < len(found) and _next(document, found[high], found[high + 1]):
        high += 1
    return list(found[low : high + 1]) if found[low].number == 1 else []


def _next(document: Document, one: _Item, other: _Item) -> bool:
    if other.number != one.number + 1:
        return False
    first, second = document.section_at(one.mark), document.section_at(other.mark)
    heads = [not document.text[s.start : i.mark].strip() for s, i in ((first, one), (second, other))]
    return first is second or (all(heads) and first.path[:-1] == second.path[:-1])


def _like(text: str, span: tuple[int, int], own: _Item, run: Sequence[_Item]) -> list[tuple[int, int]]:
    """Each item without the words before and behind `span` in its own, where all items have them."""
    before, behind = text[own.start : span[0]], text[span[1] : own.end]
    words = [text[item.start : item.end] for item in run]
    if not all(told.startswith(before) and told.endswith(behind) for told in words):
        before = behind = ""
    return [(item.start + len(before), item.end - len(behind)) for item in run]
