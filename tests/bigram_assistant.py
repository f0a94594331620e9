"""A tiny extractive assistant for the harness's tests: real documents, passages and citations, bigrams for a brain.

Deterministic, and wrong often enough that every measure has something to tell apart.
"""

from __future__ import annotations

import re
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from index.errors import UserError
from index.records import Document, Hit, Passage, Section
from index.textmap import identity
from qa.answer import Answer, AnswerItem, Citation, Trace, cite

_HEADING = re.compile(r"^[一二三四五六七八九十]+、.*$", re.M)
_SENTENCE = re.compile(r"[^。\n]+。?")
_NUMBER = re.compile(r"\d[\d.]*(?:%|个百分点|[万亿]*[元吨亩户家个项名人米公里]*)")


def document(ident: str, text: str, year: int = 2023) -> Document:
    """A document whose sections begin at headings such as 一、2022年工作回顾."""
    starts = [(0, ())] + [(m.start(), (m.group().strip(),)) for m in _HEADING.finditer(text)]
    ends = [start for start, _ in starts[1:]] + [len(text)]
    sections = []
    for (start, path), end in zip(starts, ends, strict=True):
        named = re.search(r"(20\d\d)年(.*)", path[0]) if path else None
        period = f"{named[1]} {'result' if '回顾' in named[2] else 'plan'}" if named else ""
        sections.append(Section(path, start, end, "body" if path else "preamble", period))
    return Document(
        ident, f"{ident}政府工作报告", text, year, "", ident, "", tuple(sections), (), (), identity(text),
        f"{ident}.txt", "utf-8", "0" * 64,
    )  # fmt: skip


@dataclass(frozen=True)
class Reports:
    documents: Mapping[str, Document]
    manifest: Mapping[str, Any]


class BigramAssistant:
    """Reads the sentence that shares most bigrams with the question, and answers with its first number or itself."""

    def __init__(self, *documents: Document, refuse_below: float = 0.25) -> None:
        digests = {d.id: d.digest for d in documents}
        self.index = Reports(
            {d.id: d for d in documents}, {"format": 1, "reader": {"digest": "b1" * 32}, "of": digests}
        )
        self.thresholds = {"refuse_below": refuse_below}

    def trace(self, question: str, history: Sequence[str] = (), documents: Sequence[str] = ()) -> Trace:
        started = time.perf_counter()
        for name in documents:
            if name not in self.index.documents:
                raise UserError(f"no document {name}", "one of the index", "See the list.")
        resolved = (history[-1] + question) if history else question
        hits = self._search(resolved, documents or tuple(self.index.documents))
        found = (time.perf_counter() - started) * 1000
        answer = self._answer(question, resolved, hits, found)
        return Trace(answer, tuple(hits[:20]), (("search", found), ("read", 0.5)))

    def _search(self, words: str, names: Sequence[str]) -> list[Hit]:
        wanted = {words[i : i + 2] for i in range(len(words) - 1)}
        hits = []
        for name in names:
            text = self.index.documents[name].text
            for match in _SENTENCE.finditer(text):
                shared = sum(pair in match.group() for pair in wanted) / max(len(wanted), 1)
                hits.append(Hit(Passage(name, match.start(), match.end()), shared))
        return sorted(hits, key=lambda hit: (-hit.score, hit.passage.document, hit.passage.start))

    def _answer(self, question: str, resolved: str, hits: Sequence[Hit], spent: float) -> Answer:
        best = hits[0]
        report = self.index.documents[best.passage.document]
        start, end = best.passage.start, best.passage.end
        if best.score < self.thresholds["refuse_below"]:
            related = (cite(1, report, start, end),)
            return Answer(question, resolved, True, "", best.score, (), (), related, "报告中没有答案", spent)
        span = self._span(report.text, start, end, question)
        quoted: Citation = cite(1, report, start, end, (span,))
        text = report.text[slice(*span)]
        sure = min(1.0, best.score + 0.2)
        return Answer(
            question, resolved, False, text, sure, (AnswerItem(text, report.id, 1),), (quoted,), (), "", spent
        )

    def _span(self, text: str, start: int, end: int, question: str) -> tuple[int, int]:
        clauses = list(re.compile(r"[^,，;；。]+").finditer(text, start, end))
        wanted = {question[i : i + 2] for i in range(len(question) - 1)}
        clause = max(clauses, key=lambda c: sum(pair in c.group() for pair in wanted))
        number = _NUMBER.search(text, clause.start(), clause.end()) if re.search("多少|几|How", question) else None
        return (number or clause).span()
