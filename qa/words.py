"""Chinese words, and spans that begin or end inside one, widened to it. The only file that knows the segmenter.

The reader's pieces do not follow words: it may mark 蔡新石器遗址 in 发现上蔡新石器遗址.
"""

from __future__ import annotations

import re

import rjieba

from qa.wording import UNIT

Word = tuple[int, int, str]  # start, end, part of speech as jieba names it
NAMES = ("nr", "nrt", "nrfg")  # parts of speech of a person's name

_COUNTED = re.compile(rf"\d(?:{UNIT.pattern})$")  # whole already: 389个|省重点项目
_NUMERAL = re.compile("[一二三四五六七八九十百千万亿两几]")  # a count begins there: 工业城|三大版块


def tagged(text: str) -> list[Word]:
    """The words of `text` with their parts of speech; a name of several parts (奥图·普莱明杰) is one word."""
    out: list[Word] = []
    at, joined = 0, False
    for word, part in rjieba.tag(text):
        start, at = at, at + len(word)
        if out and (joined or word in "·•・") and out[-1][2] in NAMES:
            out[-1] = (out[-1][0], at, "nr")
            joined = word in "·•・"
        else:
            out.append((start, at, part))
            joined = False
    return out


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
