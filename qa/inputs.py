"""What the reader is shown: the question with its years told from the report's, a heading that says whose words these
are and of when, then the passage's words.

The heading is used alike for training and for answering, the years before every passage for training, and by
`asked_before` for answering; knows wording, documents and passages only.
"""

from __future__ import annotations

import re

from index.records import Document, Passage
from index.split import lead
from qa.english import is_english
from qa.question import HAN_DIGITS

_RELATIVE = {0: "今年", -1: "去年", 1: "明年"}
_TENSE = {"result": "结果", "plan": "计划"}
HEADING = 18  # characters of a section's heading that are shown

_YEAR = re.compile(
    r"(?:[今去明本]年[(]?)?(?<![\d\-~–—])(?<![年\d][至到])"
    r"(?P<year>(?:19|20)\d\d(?=年(?!度?[至到\-~–—]))|(?:19|20)\d\d(?![\d.,\-~至到–—年个人家户名亩项条座所套件公米吨次%万亿元])"
    r"|[一二][〇零○一二三四五六七八九]{3}(?=年))(?:年度?)?[)]?"
)
_ENGLISH = re.compile(r"(?:\b(?:in|for|during) (?:the year )?)?(?<![\d\-–])\b((?:19|20)\d\d)(?![\d\-–a-z])")
_ENGLISH_RELATIVE = {0: "this year", -1: "last year", 1: "next year"}


def asked_of(words: str, year: int) -> str:
    """Folded `words` as they are put to a report of `year`: 2022年 is 去年2022年 in one of 2023; 0 changes nothing.

    The reader matches 今年 with a heading's 今年2023年 far better than a number with a number.
    """
    if not year:
        return words
    if is_english(words):
        return _ENGLISH.sub(lambda m: _ENGLISH_RELATIVE.get(int(m[1]) - year, m[0]), words)
    return _YEAR.sub(lambda m: _told(m, year), words)


def asked_before(words: str, document: Document, passage: Passage) -> str:
    """Folded `words` as they are put to a passage: by `asked_of` where its period is one year, else as they are.

    The heading of a stretch of years, 2021至2025年, shows the years alone, and so must the question.
    """
    period = document.section_at(passage.start).period
    return asked_of(words, document.year) if period and "-" not in period else words


def _told(found: re.Match[str], year: int) -> str:
    told = int(found["year"].translate(HAN_DIGITS))
    return f"{_RELATIVE[told - year]}{told}年" if told - year in _RELATIVE else found[0]


def heading(document: Document, passage: Passage) -> str:
    """Such as `三门县|去年2022年结果|政策要素集成落地|`: place, period (relative to the report too), section.

    Behind them stands the passage's lead, where it has one: its words then go on.
    """
    section = document.section_at(passage.start)
    title = section.path[-1][:HEADING] if section.path else ""
    parts = (document.place, period_words(section.period, document.year), title)
    begin, end = lead(document.text, section.start, passage.start)
    return "".join(f"{part}|" for part in parts if part) + document.text[begin:end]


def period_words(period: str, year: int) -> str:
    """`2022 result` in a report of 2023 is `去年2022年结果`; `2021-2025 result` is `2021至2025年结果`; "" stays."""
    if not period:
        return ""
    years, tense = period.rsplit(" ", 1)
    relative = _RELATIVE.get(int(years) - year, "") if years.isdigit() and year else ""
    return f"{relative}{years.replace('-', '至')}年{_TENSE.get(tense, tense)}"
