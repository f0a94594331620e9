"""Turns an Answer into what people see: plain text and the chat's bubble, everything escaped.

Knows the answer's nouns and the table of messages; it must not know documents, retrieval, or the web framework.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from html import escape
from urllib.parse import quote

from qa.answer import Answer, AnswerItem, Citation
from qa.messages import CHINESE, Messages

_PERIOD = re.compile(r"(\d{4})(?:\s*[-–—]\s*(\d{4}))?\s+(result|plan)")
# Names of the words for a calibrated confidence, surest first: (at least, name).
_CONFIDENCE = ((0.8, "sure"), (0.6, "fairly"), (0.0, "unsure"))

# Frequent characters of any report that differ between the scripts, pairwise.
_SIMPLIFIED, _TRADITIONAL = set("们国会发经济业务区产实个设"), set("們國會發經濟業務區產實個設")

_HEADLINE = 30
"""Characters that an answer may have to be set in headline size."""


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
        lines.append(f"{bullet}{name}{item.text} [{item.citation}]")
    lines += [f"（{confidence_label(answer.confidence)}，{answer.confidence:.2f}）", ""]
    for citation in answer.citations:
        lines += _source_lines(citation, f"[{citation.n}] ")
    return "\n".join(lines).rstrip("\n")


def bubble(answer: Answer, say: Messages = CHINESE, turn: str = "") -> str:
    """The answer for the chat: one line of HTML (a blank line would hand the rest to a Markdown parser).

    `turn` names the turn to the page's script; without it the bubble has no actions.
    """
    parts: list[str] = []
    if answer.resolved_question and answer.resolved_question != answer.question:
        edit = f' <button type="button" class="wb-act wb-act-anew">{say("edit_resolved")}</button>' if turn else ""
        parts.append(resolved_line(answer.resolved_question, say, edit))
    if answer.refused:
        parts.append(f'<p class="wb-short"><strong>{say("refusal")}</strong></p>')
        if answer.message.strip().rstrip("。") not in ("", CHINESE("refusal")):
            parts.append(f'<p class="wb-message">{text_html(answer.message)}</p>')
        if answer.related:
            parts.append(f'<p class="wb-message">{say("see_related")}</p>')
    else:
        parts += _answered(answer, say, turn)
    if turn:
        parts.append(_actions(answer, say))
    classes = "wb-answer wb-refused" if answer.refused else "wb-answer"
    return _block(classes, parts, f"wb-turn-{turn}" if turn else "")


def resolved_line(resolved: str, say: Messages = CHINESE, after: str = "") -> str:
    """The line that shows how a follow-up question was understood, with the HTML `after` behind it."""
    words = f'<span class="wb-resolved-words">{text_html(resolved)}</span>'
    return f'<p class="wb-resolved">{text_html(say("understood", question=chr(0))).replace(chr(0), words)}{after}</p>'


def waiting(resolved: str, say: Messages = CHINESE) -> str:
    """What stands in the answer's place until it comes: the question as it is understood, where that says more."""
    line = resolved_line(resolved, say) if resolved else ""
    return _block("wb-answer wb-notice wb-waiting", [line, f"<p>{say('searching')}</p>"])


def question_bubble(question: str) -> str:
    """The reader's own words for the chat: text, never markup."""
    return _block("wb-question", [text_html(question)])


def notice(message: str) -> str:
    """A short message of ours for the chat."""
    return _block("wb-answer wb-notice", [f"<p>{text_html(message)}</p>"])


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


def _block(classes: str, parts: Iterable[str], identifier: str = "") -> str:
    name = f' id="{escape(identifier, quote=True)}"' if identifier else ""
    return f'<div class="{classes}"{name}>{"".join(parts)}</div>'


def by_document(answer: Answer) -> bool:
    """Whether the answer compares documents, one item or more for each."""
    return len({item.document for item in answer.answers}) > 1


def _answered(answer: Answer, say: Messages, turn: str) -> list[str]:
    citations = {citation.n: citation for citation in answer.citations}
    parts: list[str] = []
    if by_document(answer):
        parts.append(_table(answer.answers, citations, say, turn))
        if answer.message:
            parts.append(f'<p class="wb-message">{text_html(answer.message)}</p>')
    elif len(answer.answers) > 1:
        items = "".join(
            f'<li><strong lang="zh">{text_html(item.text)}</strong>{_cite(citations.get(item.citation), say)}</li>'
            for item in answer.answers
        )
        parts.append(f'<ol class="wb-list">{items}</ol>')
    else:
        parts += _single(answer, citations, say)
    word, number = confidence_label(answer.confidence, say), f"{answer.confidence:.2f}"
    shown = () if by_document(answer) else answer.citations
    periods = dict.fromkeys(period_label(citation.period, say) for citation in shown if citation.period)
    chips = "".join(f'<span class="wb-period">{escape(period)}</span> ' for period in periods)
    hint = escape(say("confidence", number=number), quote=True)
    parts.append(f'<p class="wb-note">{chips}<span class="wb-sure" title="{hint}">{word}</span></p>')
    return parts


def _actions(answer: Answer, say: Messages) -> str:
    """The quiet line of what can be done with an answer."""
    because = "because_refused" if answer.refused else "because"
    named = (("why", because), ("copy", "copy"), ("edit", "edit"), ("retry", "retry"), ("good", "good"), ("bad", "bad"))
    buttons = (
        f'<button type="button" class="wb-act wb-act-{name}">{text_html(say(message))}</button>'
        for name, message in named
    )
    return f'<p class="wb-acts">{" ".join(buttons)}</p>'


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


def _single(answer: Answer, citations: dict[int, Citation], say: Messages) -> list[str]:
    """The short answer in bold, then the sentence it stands in where that says more."""
    item = answer.answers[0] if answer.answers else AnswerItem(answer.answer, "", 0)
    citation = citations.get(item.citation)
    size = "wb-short" if len(item.text) <= _HEADLINE else "wb-short wb-passage"
    parts = [f'<p class="{size}"><strong lang="zh">{text_html(item.text)}</strong>{_cite(citation, say)}</p>']
    if citation and citation.quote.strip() != item.text.strip():
        marked = marked_html(citation.quote, citation.start, citation.marks)
        parts.append(f'<p class="wb-sentence" lang="{language(citation.quote)}">{marked}</p>')
    return parts


def _cite(citation: Citation | None, say: Messages) -> str:
    if citation is None:
        return ""
    where = say("source_n", n=citation.n, title=citation.title, section=section_label(citation.section))
    link, told = escape(place_link(citation)), escape(where, quote=True)
    return f' <a class="wb-cite" href="{link}" title="{told}">[{citation.n}]</a>'


def _table(items: Iterable[AnswerItem], citations: dict[int, Citation], say: Messages, turn: str) -> str:
    rows = []
    for item in items:
        citation = citations.get(item.citation)
        period = period_label(citation.period, say) if citation else ""
        title = text_html(citation.title if citation else item.document)
        rows.append(
            f'<tr><th scope="row" lang="zh">{title}</th><td><strong lang="zh">{text_html(item.text)}</strong>'
            f"{_cite(citation, say)}</td><td>{escape(period)}</td></tr>"
        )
    hint = say("sort_hint")
    head = "".join(
        f'<th scope="col"><button type="button" class="wb-sort" title="{hint}">{say(f"column_{name}")}</button></th>'
        for name in ("report", "answer", "period")
    )
    links = "".join(
        f' <a class="wb-download" href="desk/turn/{quote(turn, safe="")}/table.{kind}" download>{kind.upper()}</a>'
        for kind in ("csv", "xlsx")
    )
    download = f'<p class="wb-downloads">{say("download_table")}{links}</p>' if turn else ""
    return f'<table class="wb-table"><thead><tr>{head}</tr></thead><tbody>{"".join(rows)}</tbody></table>{download}'
