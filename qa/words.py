"""Spans that begin or end inside a Chinese word, widened to the word. The only file that knows the segmenter.

The reader's pieces do not follow words: it may mark 蔡新石器遗址 in 发现上蔡新石器遗址.
"""

from __future__ import annotations

import re

import rjieba

from qa.wording import UNIT

_COUNTED = re.compile(rf"\d(?:{UNIT.pattern})$")  # whole already: 389个|省重点项目
_NUMERAL = re.compile("[一二三四五六七八九十百千万亿两几]")  # a count begins there: 工业城|三大版块


def whole_words(text: str, span: tuple[int, int], sentence: tuple[int, int]) -> tuple[int, int]:
    """`span` widened within `sentence` so that neither of its edges lies inside a word of Chinese characters."""
    start, end = span
    at = sentence[0]
    for word in rjieba.cut(text[slice(*sentence)]):
        after = at + len(word)
        if len(word) > 1 and word.isalpha() and not word.isascii():
            if at < start < after:
                start = at
            if at < end < after and not _NUMERAL.search(text, end, after) and not _COUNTED.search(text, start, end):
                end = after
        at = after
    return start, end
