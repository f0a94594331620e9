"""The panel that tells why an answer is what it is: how the question was read, which passages, what decided.

Knows Trace and HTML; it must not know how any of the figures comes about.
"""

from __future__ import annotations

from collections.abc import Mapping
from html import escape

from index.records import Document
from qa.answer import Considered, Trace
from qa.messages import CHINESE, Messages
from qa.reading import name_of
from qa.render import language, marked_html, section_label, text_html

SHOWN = 6
"""Passages listed."""

_EXCERPT = 60
"""Characters shown on each side of a passage's best span."""


def why(trace: Trace, documents: Mapping[str, Document], say: Messages = CHINESE) -> str:
    """The panel's HTML. Passages of documents that are not in `documents` are left out."""
    answer = trace.answer
    decided = "why_refused" if answer.refused else "why_answered"
    told = say(decided, confidence=f"{answer.confidence:.2f}", threshold=f"{trace.threshold:.2f}")
    names = [name_of(documents[name]) for name in trace.documents if name in documents]
    seen = [item for item in trace.considered if item.hit.passage.document in documents]
    listed = "".join(_passage(item, documents[item.hit.passage.document], say) for item in seen[:SHOWN])
    head = say("why_head_refused" if answer.refused else "why_head")
    times = dict(trace.timings)
    foot = say(
        "why_time",
        ms=f"{answer.latency_ms:.0f}",
        search=f"{times.get('search', 0):.0f}",
        read=f"{times.get('read', 0):.0f}",
    )
    version = f" · {escape(say('why_index', version=trace.index_version[:12]))}" if trace.index_version else ""
    return (
        f'<div class="wb-cards wb-why"><h2 class="wb-head">{head}</h2><dl class="wb-facts">'
        f"<dt>{say('why_understood')}</dt>"
        f'<dd lang="{language(answer.question)}">{text_html(answer.resolved_question)}</dd>'
        f"<dt>{say('why_documents')}</dt><dd>{_names(names)}</dd>"
        f"<dt>{say('why_decision')}</dt><dd>{told}</dd></dl>"
        f'<h3 class="wb-subhead">{say("why_considered")}</h3>'
        f'<p class="wb-hint">{say("why_considered_hint", n=len(seen), shown=min(len(seen), SHOWN))}</p>'
        f'<ol class="wb-card-list">{listed}</ol><p class="wb-hint">{foot}{version}</p></div>'
    )


def _names(names: list[str]) -> str:
    shown = "、".join(names[:12])
    return f'<span lang="zh">{escape(shown)}{"……" if len(names) > 12 else ""}</span>'


def _passage(item: Considered, document: Document, say: Messages) -> str:
    start, end = item.start, item.end
    if end <= start:
        start = end = item.hit.passage.start
    low, high = max(item.hit.passage.start, start - _EXCERPT), min(item.hit.passage.end, end + _EXCERPT)
    text = document.text[low:high].strip("\n")
    low = document.text.index(text, low)
    marked = marked_html(text, low, [(start, end)])
    if item.period < 0:
        verdict = "why_verdict_period"
    else:
        verdict = "why_verdict_answer" if item.relevance > 0 and item.span > 0 else "why_verdict_not"
    figures = {name: f"{getattr(item, name):.2f}" for name in ("score", "relevance", "span", "period")}
    figures |= {"dense": f"{item.hit.dense:.2f}", "lexical": f"{item.hit.lexical:.1f}"}
    section = section_label(document.section_at(start).path) if document.sections else ""
    return (
        f'<li class="wb-card"><p class="wb-path"><span class="wb-period">{say(verdict)}</span> '
        f'<span lang="zh">{escape(document.place or name_of(document))} · {escape(section)}</span></p>'
        f'<blockquote lang="{language(text)}">{marked}</blockquote>'
        f'<details class="wb-scores"><summary>{say("why_scores_head")}</summary>'
        f"<p>{say('why_scores', **figures)}</p></details></li>"
    )
