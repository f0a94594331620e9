"""The chat's bubbles as HTML: a question, an answer as words, list or table, what can be done with it, a notice.

Knows the answer's nouns and the table of messages; it must not know documents, retrieval, or the chat's framework.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from html import escape
from urllib.parse import quote

from qa.answer import Answer, AnswerItem, Citation
from qa.messages import CHINESE, Messages
from qa.render import (
    UNSURE,
    by_document,
    confidence_label,
    language,
    marked_html,
    period_label,
    place_link,
    section_label,
    text_html,
)

_HEADLINE = 30
"""Characters that an answer may have to be set in headline size."""


def bubble(answer: Answer, say: Messages = CHINESE, turn: str = "", names: Mapping[str, str] | None = None) -> str:
    """The answer for the chat: one line of HTML (a blank line would hand the rest to a Markdown parser).

    `turn` names the turn to the page's script; without it the bubble has no actions. `names` says by id how a report
    is called beside others; without it by its title.
    """
    parts: list[str] = []
    if answer.resolved_question and answer.resolved_question != answer.question:
        parts.append(resolved_line(answer.resolved_question, say, _rewording(answer, say) if turn else ""))
    parts += _refused(answer, say) if answer.refused else _answered(answer, say, turn, names or {})
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


def _block(classes: str, parts: Iterable[str], identifier: str = "") -> str:
    name = f' id="{escape(identifier, quote=True)}"' if identifier else ""
    return f'<div class="{classes}"{name}>{"".join(parts)}</div>'


def _rewording(answer: Answer, say: Messages) -> str:
    """What can be done with how a follow-up was understood: reword it, or ask it without what went before."""
    buttons = [("anew", "edit_resolved")]
    if answer.resolved_question.endswith(answer.question):
        buttons.append(("alone", "ask_alone"))
    return "".join(
        f' <button type="button" class="wb-act wb-act-{name}">{text_html(say(message))}</button>'
        for name, message in buttons
    )


def _refused(answer: Answer, say: Messages) -> list[str]:
    parts = [f'<p class="wb-short"><strong>{say("refusal")}</strong></p>']
    told = answer.message.strip().removeprefix(CHINESE("refusal")).lstrip("。")
    if told:
        parts.append(_message(told))
    if answer.instead:
        button = f'<button type="button" class="wb-example" lang="zh">{text_html(answer.instead)}</button>'
        parts.append(f'<div class="wb-instead"><p class="wb-message">{say("instead")}</p>{button}</div>')
    if answer.related:
        parts.append(f'<p class="wb-message wb-see">{say("see_related")}</p>')
    return parts


def _message(told: str) -> str:
    return f'<p class="wb-message" lang="zh">{text_html(told)}</p>'


def _answered(answer: Answer, say: Messages, turn: str, names: Mapping[str, str]) -> list[str]:
    citations = {citation.n: citation for citation in answer.citations}
    parts: list[str] = []
    if by_document(answer):
        parts.append(_table(answer.answers, citations, say, turn, names))
    elif len(answer.answers) > 1:
        items = "".join(f"<li>{_item(item, citations, say)}</li>" for item in answer.answers)
        parts.append(f'<ol class="wb-list">{items}</ol>')
    else:
        parts += _single(answer, citations, say)
    if answer.message:
        parts.append(_message(answer.message))
    word, number = confidence_label(answer.confidence, say), f"{answer.confidence:.2f}"
    periods = dict.fromkeys(period_label(citation.period, say) for citation in answer.citations if citation.period)
    if by_document(answer) and len(periods) > 1:
        periods = {}
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


def _item(item: AnswerItem, citations: Mapping[int, Citation], say: Messages) -> str:
    """One item's words with its citation, behind what tells it from the others."""
    label = f'<span class="wb-label" lang="zh">{text_html(item.label)}</span> ' if item.label else ""
    return f'{label}<strong lang="zh">{text_html(item.text)}</strong>{_cite(citations.get(item.citation), say)}'


def _single(answer: Answer, citations: dict[int, Citation], say: Messages) -> list[str]:
    """The short answer in bold, then the sentence it stands in where that says more."""
    item = answer.answers[0] if answer.answers else AnswerItem(answer.answer, "", 0)
    citation = citations.get(item.citation)
    size = "wb-short" if len(item.text) <= _HEADLINE else "wb-short wb-passage"
    lead = f'<strong class="wb-lead" lang="zh">{text_html(answer.lead)}。</strong>' if answer.lead else ""
    parts = [f'<p class="{size}">{lead}{_item(item, citations, say)}</p>']
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


def _table(
    items: Iterable[AnswerItem], citations: dict[int, Citation], say: Messages, turn: str, names: Mapping[str, str]
) -> str:
    """A row for each item; the period has a column of its own only where it is not the same for all."""
    items = tuple(items)
    told = [citations[item.citation].period if item.citation in citations else "" for item in items]
    with_period = len(set(told)) > 1
    rows = "".join(
        _table_row(item, citations, say, names, period if with_period else None)
        for item, period in zip(items, told, strict=True)
    )
    hint = say("sort_hint")
    columns = ("report", "answer", "period") if with_period else ("report", "answer")
    head = "".join(
        f'<th scope="col"><button type="button" class="wb-sort" title="{hint}">{say(f"column_{name}")}</button></th>'
        for name in columns
    )
    links = "".join(
        f' <a class="wb-download" href="desk/turn/{quote(turn, safe="")}/table.{kind}" download>{kind.upper()}</a>'
        for kind in ("csv", "xlsx")
    )
    download = f'<p class="wb-downloads">{say("download_table")}{links}</p>' if turn else ""
    return f'<table class="wb-table"><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table>{download}'


def _table_row(
    item: AnswerItem, citations: Mapping[int, Citation], say: Messages, names: Mapping[str, str], period: str | None
) -> str:
    citation = citations.get(item.citation)
    title = text_html(names.get(item.document) or (citation.title if citation else item.document))
    size = "" if len(item.text) <= _HEADLINE else ' class="wb-passage"'
    unsure = f'<span class="wb-doubt">{say("doubtful")}</span>' if 0 < item.confidence < UNSURE else ""
    last = "" if period is None else f"<td>{escape(period_label(period, say))}</td>"
    words = _item(item, citations, say)
    return f'<tr><th scope="row" lang="zh">{title}</th><td{size}>{words}{unsure}</td>{last}</tr>'
