"""What the wording of a span tells: whole figures with their units, trimmed edges, the items of an enumeration.

Knows strings and positions only; every function gives spans of the text it was given, never new words.
"""

from __future__ import annotations

import re

FIGURE = re.compile(
    r"第[一二三四五六七八九十百\d]+(?:[位名])?"
    r"|\d+(?:[,.．:：∶]\d+)*(?:[多余]?[万亿千百十]+)*(?:个百分点|[%％‰]|多)?"
    r"|[一二三四五六七八九十百千万亿两零〇]+(?:分之[一二三四五六七八九十百两]+)?(?=[个家项名条人年座次倍成种类大届套户所辆])"
)
_TAIL = re.compile(r"(?:以上|以下|左右|以内|上下|多|余)")
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


def whole_figure(text: str, start: int, end: int) -> tuple[int, int]:
    """`text[start:end]` widened so that no figure at its edges is cut, and 以上, 左右 and the like stay with it."""
    low = max(start - 12, 0)
    for match in FIGURE.finditer(text, low, min(end + 24, len(text))):
        a, b = match.span()
        if a < start < b:
            start = a
        if a < end < b:
            end = b
    tail = _TAIL.match(text, end)
    if tail and has_figure(text, max(start, end - 14), end):
        end = tail.end()
    return start, end


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


def _within(text: str, start: int, at: int) -> bool:
    """Whether `at` lies inside brackets or quotation marks that opened after `start`."""
    return any(text.count(left, start, at) > text.count(right, start, at) for left, right in _PAIRS.items())
