"""The number that a value tells, and which of several is the largest. Knows strings and numbers only."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeVar

from index.fold import fold

_FALL = re.compile(r"(?:下降|减少|降低|回落|下滑)(?:了)?$")
_SCALES = {"十": 1e1, "百": 1e2, "千": 1e3, "万": 1e4, "百万": 1e6, "千万": 1e7, "亿": 1e8, "千亿": 1e11, "万亿": 1e12}
_NUMBER = re.compile(
    r"(?P<number>(?:(?<![\w.%‰])-)?(?<![\d.])\d+(?:,\d{3})*(?:\.\d+)?)[多余]?"
    r"(?P<scale>万亿|千亿|千万|百万|[亿万千百十])?[多余]?(?P<unit>个?百分点|[%‰]|[\u4e00-\u9fff/∶:a-z]*)"
)
_AFTER = re.compile(r"(?:以上|以下|以内|左右|上下|[多余至到])+$")
SHARES = ("%", "‰", "个百分点", "百分点")
_RANGE = ("-", "—", "——", "~", "")

Item = TypeVar("Item")


@dataclass(frozen=True, slots=True)
class Figure:
    """A number or a range, in `unit` without tens of thousands and the like: 5.67万亿元 is 5.67e12 元."""

    low: float
    high: float
    unit: str


def figure(value: str) -> Figure | None:
    """The one number, or range, that `value` tells, below zero after 下降; None where it tells none or several."""
    words = fold(value).replace("每", "/")
    found = list(_NUMBER.finditer(words))
    if not found or len(found) > 2:
        return None
    first, last = found[0], found[-1]
    if first is not last:
        between = words[first.end() : last.start()]
        joined = between in _RANGE and (between or first["unit"].endswith(("至", "到")))
        units = {_unit(first), _unit(last)} - {""}
        if not joined or len(units) > 1:
            return None
    low, high = (
        float(match["number"].replace(",", "")) * _SCALES.get(match["scale"] or last["scale"] or "", 1.0)
        for match in (first, last)
    )
    if _FALL.search(words, 0, first.start()):
        low, high = -low, -high
    return Figure(min(low, high), max(low, high), _unit(last))


def with_fall(text: str, span: tuple[int, int], asked: str) -> tuple[int, int]:
    """`span` with the 下降 or 减少 right before it, unless folded `asked` asks for that: no growth of 5.4% is told."""
    before = _FALL.search(text, max(span[0] - 4, 0), span[0])
    if not before or re.search("降|减|回落|下滑", asked) or not _NUMBER.match(fold(text[slice(*span)])):
        return span
    return before.start(), span[1]


def _unit(match: re.Match[str]) -> str:
    return _AFTER.sub("", match["unit"])


def ordered(values: Sequence[tuple[Item, Figure | None]], way: int) -> list[tuple[Item, Figure | None]]:
    """`values` from the largest (`way` 1) or the smallest (-1); those of a unit that most have go first, then the rest.

    Equal ones and those without a figure keep their order.
    """
    unit = _common(values)
    return sorted(values, key=lambda pair: (0, -way * pair[1].low) if pair[1] and pair[1].unit == unit else (1, 0.0))


def first_of(values: Sequence[tuple[str, str, Figure | None]], way: int) -> str:
    """The sentence that names the first by its cited value, or says that the values do not tell it.

    `values` hold a name, the cited words and their figure. Named is only what no other can surpass, all in one unit.
    """
    figures = [value for _, _, value in values]
    units = {value.unit for value in figures if value}
    if len(values) < 2 or None in figures or len(units) != 1:
        return "各报告所给数值的单位或口径不同，未比较大小" if len(values) > 1 else ""
    known = [(name, words, value) for name, words, value in values if value]
    best = [
        (name, words)
        for name, words, value in known
        if all(
            value.low >= other.high if way > 0 else value.high <= other.low
            for _, _, other in known
            if other is not value
        )
    ]
    if not best:
        return "各报告所给数值有重叠，未比较大小"
    which = "最大" if way > 0 else "最小"
    return f"所引数值{which}：{'、'.join(f'{name}（{words}）' for name, words in best)}"


def _common(values: Sequence[tuple[Item, Figure | None]]) -> str:
    units = [value.unit for _, value in values if value]
    return max(dict.fromkeys(units), key=units.count, default="")
