"""The evidence of an answer as HTML: one card for each passage, with its words marked and its place told.

Knows the answer's nouns and documents; it must not know how a passage was found, nor the web framework.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from html import escape
from urllib.parse import quote

from index.records import Document
from qa.answer import Answer, Citation
from qa.messages import CHINESE, Messages
from qa.reading import name_of
from qa.render import language, marked_html, period_label, place_link, section_label, text_html, to_text

_AROUND = 90
"""Characters shown on each side of a quote, at most."""

_CLAUSE_END = re.compile(r"[。！？；!?;]|(?<!\d)[,，]")


def cards(answer: Answer, documents: Mapping[str, Document], say: Messages = CHINESE) -> str:
    """The evidence: a card for each citation; for a refusal, the related passages under a heading of their own.

    `documents`, by id, add the words around each quote and its page; one that is gone since adds nothing.
    """
    parts: list[str] = []
    if answer.citations:
        parts.append(f'<h2 class="wb-head">{say("sources")}</h2>' + _cards(answer.citations, documents, say, True))
    if answer.related:
        parts.append(
            f'<h2 class="wb-head">{say("related")}</h2><p class="wb-hint">{say("related_hint")}</p>'
            + _cards(answer.related, documents, say, False)
        )
    if not parts:
        parts.append(f'<p class="wb-hint">{say("no_sources")}</p>')
    copy = f'<textarea class="wb-copy-text" hidden readonly aria-hidden="true">{escape(to_text(answer))}</textarea>'
    return f'<div class="wb-cards">{"".join(parts)}{copy}</div>'


def catalogue(documents: Mapping[str, Document], say: Messages = CHINESE) -> str:
    """The documents as a list of cards, each with its facts and a link to its whole text."""
    items = []
    for identifier, document in documents.items():
        facts = escape(" · ".join(fact for fact in (document.place, document.date, document.speaker) if fact))
        items.append(
            f'<li class="wb-card"><h3 lang="zh">{escape(name_of(document))}</h3>'
            f'<p class="wb-path" lang="zh">{facts}</p><p class="wb-more">'
            f'<a class="wb-open" href="doc/{quote(identifier, safe="")}">{say("read_report")}</a></p></li>'
        )
    return (
        f'<div class="wb-cards"><h2 class="wb-head">{say("catalogue")}</h2>'
        f'<p class="wb-hint">{say("catalogue_hint")}</p><ul class="wb-card-list">{"".join(items)}</ul></div>'
    )


def _cards(citations: Iterable[Citation], documents: Mapping[str, Document], say: Messages, numbered: bool) -> str:
    items = (_card(citation, documents.get(citation.document), say, numbered) for citation in citations)
    return f'<ol class="wb-card-list">{"".join(items)}</ol>'


def _card(citation: Citation, document: Document | None, say: Messages, numbered: bool) -> str:
    badge = f'<span class="wb-n" aria-hidden="true">{citation.n}</span>' if numbered else ""
    period = f'<span class="wb-period">{escape(period_label(citation.period, say))}</span>' if citation.period else ""
    page = document.page_at(citation.start) if document else 0
    place = [escape(section_label(citation.section)), say("page_n", n=page) if page else ""]
    told = " · ".join(part for part in place if part)
    path = f'<p class="wb-path" lang="zh">{told}</p>' if told else ""
    quoted = f"<span>{marked_html(citation.quote, citation.start, citation.marks)}</span>"
    before, after = (_around(part) for part in _context(citation, document.text if document else ""))
    link = escape(place_link(citation))
    title = text_html(name_of(document) if document else citation.title)
    return (
        f'<li class="wb-card"><div class="wb-card-head">{badge}<h3 lang="zh">{title}</h3>{period}</div>{path}'
        f'<blockquote lang="{language(citation.quote)}">{before}{quoted}{after}</blockquote>'
        f'<p class="wb-more"><a class="wb-open" href="{link}">{say("open_in_report")}</a> '
        f'<a class="wb-place" href="{link}" target="_blank" rel="noopener">{say("print_place")}</a></p></li>'
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
