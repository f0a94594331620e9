"""Parts of an Answer as people see them: plain text, labels, links and marked words, everything escaped.

Knows the answer's nouns and the table of messages; it must not know documents, retrieval, or the web framework.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from html import escape
from urllib.parse import quote

from qa.answer import Answer, Citation
from qa.messages import CHINESE, Messages

_PERIOD = re.compile(r"(\d{4})(?:\s*[-–—]\s*(\d{4}))?\s+(result|plan)")
UNSURE = 0.6
"""Calibrated confidence below which an answer is called unsure, a row of a table too."""

# Names of the words for a calibrated confidence, surest first: (at least, name).
_CONFIDENCE = ((0.8, "sure"), (UNSURE, "fairly"), (0.0, "unsure"))

# Frequent characters of any report that differ between the scripts, pairwise.
_SIMPLIFIED, _TRADITIONAL = set("们国会发经济业务区产实个设"), set("們國會發經濟業務區產實個設")


def period_label(period: str, say: Messages = CHINESE) -> str:
    """The period in words: "2022 result" is 2022年结果, "2026-2030 plan" is 2026—2030年计划; others as they are."""
    found = _PERIOD.fullmatch(period.strip())
    if not found:
        return period
    first, last, kind = found.groups()
    return say(kind, year=f"{first}—{last}" if last else first)


def confidence_label(confidence: float, say: Messages = CHINESE) -> str:
    """The confidence (0 to 1, calibrated) in words."""
    return say(next(word for least, word in _CONFIDENCE if confidence >= least or least == 0.0))


def language(text: str) -> str:
    """zh-TW where the text is written in Traditional characters, else zh-CN."""
    traditional = sum(char in _TRADITIONAL for char in text)
    return "zh-TW" if traditional > sum(char in _SIMPLIFIED for char in text) else "zh-CN"


def section_label(path: Iterable[str]) -> str:
    """The headings from the outermost to the innermost, in one line."""
    return " \u203a ".join(part.strip() for part in path)


def place_link(citation: Citation) -> str:
    """The citation's place on the reading page, relative to the chat page, so that it holds behind any prefix."""
    return span_link(citation.document, citation.start, citation.end, citation.marks)


def span_link(document: str, start: int, end: int, marks: Iterable[tuple[int, int]] = ()) -> str:
    """As `place_link` for a span of the document of that id."""
    told = ",".join(f"{a}-{b}" for a, b in marks)
    link = f"doc/{quote(document, safe='')}?start={start}&end={end}"
    return f"{link}&marks={told}" if told else link


def source_line(citation: Citation, title: str, page: int = 0, say: Messages = CHINESE) -> str:
    """A citation in one line: report, section, period, page (0 for none), place, and the quote."""
    parts = [
        title,
        section_label(citation.section),
        period_label(citation.period, say),
        say("page_n", n=page) if page else "",
        f"{citation.document}:{citation.start}-{citation.end}",
    ]
    return f"{' · '.join(part for part in parts if part)}：“{' '.join(citation.quote.split())}”"


def to_text(answer: Answer) -> str:
    """The answer for a terminal or the clipboard: short answer with [n], then each source in the report's own words."""
    lines: list[str] = []
    if answer.resolved_question and answer.resolved_question != answer.question:
        lines += [f"理解为：{answer.resolved_question}", ""]
    if answer.refused:
        lines.append(_refusal_line(answer))
        if answer.related:
            lines += ["", "可能相关的段落（没有回答问题）："]
            lines += [line for citation in answer.related for line in _source_lines(citation, "· ")]
        return "\n".join(lines)
    titles = {citation.n: citation.title for citation in answer.citations}
    several = by_document(answer)
    for item in answer.answers:
        name = f"{titles.get(item.citation, item.document)}：" if several else ""
        bullet = "- " if len(answer.answers) > 1 else ""
        label = f"{item.label}：" if item.label else ""
        lines.append(f"{bullet}{name}{label}{item.text} [{item.citation}]")
    if answer.lead:
        lines.insert(len(lines) - len(answer.answers), f"{answer.lead}。")
    lines += [f"{answer.message.rstrip('。')}。"] if answer.message else []
    lines += [f"（{confidence_label(answer.confidence)}，{answer.confidence:.2f}）", ""]
    for citation in answer.citations:
        lines += _source_lines(citation, f"[{citation.n}] ")
    return "\n".join(lines).rstrip("\n")


def marked_html(text: str, offset: int, marks: Iterable[tuple[int, int]]) -> str:
    """`text`, which stands at `offset` of its document, escaped, with `marks` (positions of the document) marked."""
    out: list[str] = []
    at = 0
    for start, end in sorted(marks):
        here, there = max(start - offset, at), min(end - offset, len(text))
        if there > here:
            out += [text_html(text[at:here]), "<mark>", text_html(text[here:there]), "</mark>"]
            at = there
    return "".join([*out, text_html(text[at:])])


def text_html(text: str) -> str:
    """`text` as HTML that shows exactly it; line ends become <br>, so that the result is one line."""
    return "<br>".join(escape(line) for line in text.split("\n"))


def by_document(answer: Answer) -> bool:
    """Whether the answer compares documents, one item or more for each."""
    return len({item.document for item in answer.answers}) > 1


def _refusal_line(answer: Answer) -> str:
    message, refusal = answer.message.strip(), CHINESE("refusal")
    if not message or message.rstrip("。") == refusal:
        return f"{refusal}。"
    return message if refusal in message else f"{refusal}。{message}"


def _source_lines(citation: Citation, lead: str) -> list[str]:
    parts = [citation.title, section_label(citation.section), period_label(citation.period)]
    place = f"（{citation.document}，{citation.start}—{citation.end}）"
    return [lead + " · ".join(part for part in parts if part) + place, *_indented(citation.quote)]


def _indented(text: str) -> list[str]:
    return [f"    {line}" for line in text.split("\n")]
