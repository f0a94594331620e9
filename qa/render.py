"""Turns an Answer into what people see: plain text, the chat's bubble and the evidence cards, everything escaped.

Knows the answer's nouns and Chinese wording; it must not know documents, retrieval, or the web framework.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from html import escape
from urllib.parse import quote

from qa.answer import Answer, AnswerItem, Citation

REFUSAL = "报告中没有答案"
_PERIOD = re.compile(r"(\d{4})(?:\s*[-–—]\s*(\d{4}))?\s+(result|plan)")
_KINDS = {"result": "结果", "plan": "计划"}
# Words for a calibrated confidence, surest first: (at least, word).
_CONFIDENCE = ((0.8, "很有把握"), (0.6, "较有把握"), (0.0, "把握不大，请以原文为准"))

_AROUND = 90
"""Characters shown on each side of a quote, at most."""

_CLAUSE_END = re.compile(r"[。！？；!?;]|(?<!\d)[,，]")

_HEADLINE = 30
"""Characters that an answer may have to be set in headline size."""


def period_label(period: str) -> str:
    """The period in Chinese: "2022 result" is 2022年结果, "2026-2030 plan" is 2026—2030年计划; others as they are."""
    found = _PERIOD.fullmatch(period.strip())
    if not found:
        return period
    first, last, kind = found.groups()
    return f"{first}—{last}年{_KINDS[kind]}" if last else f"{first}年{_KINDS[kind]}"


def confidence_label(confidence: float) -> str:
    """The confidence (0 to 1, calibrated) in words."""
    return next(word for least, word in _CONFIDENCE if confidence >= least or least == 0.0)


def section_label(path: Iterable[str]) -> str:
    """The headings from the outermost to the innermost, in one line."""
    return " \u203a ".join(part.strip() for part in path)


def place_link(citation: Citation) -> str:
    """The citation's place on the reading page, relative to the chat page, so that it holds behind any prefix."""
    marks = ",".join(f"{start}-{end}" for start, end in citation.marks)
    link = f"doc/{quote(citation.document, safe='')}?start={citation.start}&end={citation.end}"
    return f"{link}&marks={marks}" if marks else link


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
    several = _by_document(answer)
    for item in answer.answers:
        name = f"{titles.get(item.citation, item.document)}：" if several else ""
        bullet = "- " if len(answer.answers) > 1 else ""
        lines.append(f"{bullet}{name}{item.text} [{item.citation}]")
    lines += [f"（{confidence_label(answer.confidence)}，{answer.confidence:.2f}）", ""]
    for citation in answer.citations:
        lines += _source_lines(citation, f"[{citation.n}] ")
    return "\n".join(lines).rstrip("\n")


def bubble(answer: Answer) -> str:
    """The answer for the chat: one line of HTML (a blank line would hand the rest to a Markdown parser)."""
    parts: list[str] = []
    if answer.resolved_question and answer.resolved_question != answer.question:
        parts.append(f'<p class="wb-resolved">理解为：{text_html(answer.resolved_question)}</p>')
    if answer.refused:
        parts.append(f'<p class="wb-short"><strong>{REFUSAL}</strong></p>')
        if answer.message.strip().rstrip("。") not in ("", REFUSAL):
            parts.append(f'<p class="wb-message">{text_html(answer.message)}</p>')
        if answer.related:
            parts.append('<p class="wb-message">“出处”一栏列出了可能相关的段落，供参考。</p>')
        return _block("wb-answer wb-refused", parts)
    citations = {citation.n: citation for citation in answer.citations}
    if _by_document(answer):
        parts.append(_table(answer.answers, citations))
    elif len(answer.answers) > 1:
        items = "".join(
            f"<li><strong>{text_html(item.text)}</strong>{_cite(citations.get(item.citation))}</li>"
            for item in answer.answers
        )
        parts.append(f'<ol class="wb-list">{items}</ol>')
    else:
        parts += _single(answer, citations)
    word, number = confidence_label(answer.confidence), f"{answer.confidence:.2f}"
    shown = () if _by_document(answer) else answer.citations
    periods = dict.fromkeys(period_label(citation.period) for citation in shown if citation.period)
    chips = "".join(f'<span class="wb-period">{escape(period)}</span> ' for period in periods)
    parts.append(f'<p class="wb-note">{chips}<span class="wb-sure" title="把握程度 {number}">{word}</span></p>')
    return _block("wb-answer", parts)


def question_bubble(question: str) -> str:
    """The reader's own words for the chat: text, never markup."""
    return _block("wb-question", [text_html(question)])


def notice(message: str) -> str:
    """A short message of ours for the chat."""
    return _block("wb-answer wb-notice", [f"<p>{text_html(message)}</p>"])


def cards(answer: Answer, texts: Mapping[str, str] | None = None) -> str:
    """The evidence: a card for each citation; for a refusal, the related passages under a heading of their own.

    `texts`, the documents' texts by id, adds the words around each quote.
    """
    parts: list[str] = []
    if answer.citations:
        parts.append('<h2 class="wb-head">出处</h2>' + _cards(answer.citations, texts or {}, numbered=True))
    if answer.related:
        parts.append(
            '<h2 class="wb-head">可能相关的段落</h2><p class="wb-hint">这些段落没有直接回答问题，仅供参考。</p>'
            + _cards(answer.related, texts or {}, numbered=False)
        )
    if not parts:
        parts.append('<p class="wb-hint">没有可以引用的段落。</p>')
    copy = f'<textarea class="wb-copy-text" hidden readonly aria-hidden="true">{escape(to_text(answer))}</textarea>'
    return _block("wb-cards", [*parts, copy])


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


def _block(classes: str, parts: Iterable[str]) -> str:
    return f'<div class="{classes}">{"".join(parts)}</div>'


def _by_document(answer: Answer) -> bool:
    return len({item.document for item in answer.answers}) > 1


def _refusal_line(answer: Answer) -> str:
    message = answer.message.strip()
    if not message or message.rstrip("。") == REFUSAL:
        return f"{REFUSAL}。"
    return message if REFUSAL in message else f"{REFUSAL}。{message}"


def _source_lines(citation: Citation, lead: str) -> list[str]:
    parts = [citation.title, section_label(citation.section), period_label(citation.period)]
    place = f"（{citation.document}，{citation.start}—{citation.end}）"
    return [lead + " · ".join(part for part in parts if part) + place, *_indented(citation.quote)]


def _indented(text: str) -> list[str]:
    return [f"    {line}" for line in text.split("\n")]


def _single(answer: Answer, citations: dict[int, Citation]) -> list[str]:
    """The short answer in bold, then the sentence it stands in where that says more."""
    item = answer.answers[0] if answer.answers else AnswerItem(answer.answer, "", 0)
    citation = citations.get(item.citation)
    size = "wb-short" if len(item.text) <= _HEADLINE else "wb-short wb-passage"
    parts = [f'<p class="{size}"><strong>{text_html(item.text)}</strong>{_cite(citation)}</p>']
    if citation and citation.quote.strip() != item.text.strip():
        parts.append(f'<p class="wb-sentence">{marked_html(citation.quote, citation.start, citation.marks)}</p>')
    return parts


def _cite(citation: Citation | None) -> str:
    if citation is None:
        return ""
    where = escape(f"出处{citation.n}：{citation.title}，{section_label(citation.section)}", quote=True)
    return f' <a class="wb-cite" href="{escape(place_link(citation))}" title="{where}">[{citation.n}]</a>'


def _table(items: Iterable[AnswerItem], citations: dict[int, Citation]) -> str:
    rows = []
    for item in items:
        citation = citations.get(item.citation)
        period = period_label(citation.period) if citation else ""
        title = text_html(citation.title if citation else item.document)
        rows.append(
            f'<tr><th scope="row">{title}</th><td><strong>{text_html(item.text)}</strong>{_cite(citation)}</td>'
            f"<td>{escape(period)}</td></tr>"
        )
    head = '<tr><th scope="col">报告</th><th scope="col">答案</th><th scope="col">时期</th></tr>'
    return f'<table class="wb-table"><thead>{head}</thead><tbody>{"".join(rows)}</tbody></table>'


def _cards(citations: Iterable[Citation], texts: Mapping[str, str], *, numbered: bool) -> str:
    items = (_card(citation, texts.get(citation.document, ""), numbered) for citation in citations)
    return f'<ol class="wb-card-list">{"".join(items)}</ol>'


def _card(citation: Citation, text: str, numbered: bool) -> str:
    badge = f'<span class="wb-n" aria-hidden="true">{citation.n}</span>' if numbered else ""
    period = f'<span class="wb-period">{escape(period_label(citation.period))}</span>' if citation.period else ""
    section = section_label(citation.section)
    path = f'<p class="wb-path">{escape(section)}</p>' if section else ""
    quoted = f"<span>{marked_html(citation.quote, citation.start, citation.marks)}</span>"
    before, after = (_around(part) for part in _context(citation, text))
    link = escape(place_link(citation))
    return (
        f'<li class="wb-card"><div class="wb-card-head">{badge}<h3>{text_html(citation.title)}</h3>{period}</div>{path}'
        f'<blockquote lang="zh-CN">{before}{quoted}{after}</blockquote>'
        f'<p class="wb-more"><a class="wb-open" href="{link}">在报告全文中查看</a></p></li>'
    )


def _around(text: str) -> str:
    return f'<span class="wb-around">{text_html(text)}</span>' if text.strip() else ""


def _context(citation: Citation, text: str) -> tuple[str, str]:
    """The words before and after the quote: its own paragraph's, from and to the end of a clause, at most _AROUND."""
    opening = text[max(citation.start - _AROUND, 0) : citation.start].rsplit("\n", 1)[-1]
    closing = text[citation.end : citation.end + _AROUND].split("\n", 1)[0]
    if len(opening) == _AROUND:
        found = _CLAUSE_END.search(opening)
        opening = opening[found.end() :] if found else ""
    if len(closing) == _AROUND:
        closing = closing[: max((found.end() for found in _CLAUSE_END.finditer(closing)), default=0)]
    return opening, closing
