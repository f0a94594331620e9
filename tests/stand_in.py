"""A small assistant for the page's tests: a real Document, and answers by plain pattern search over its text.

It has the interface of the real one (`ask`, `index.documents`) and none of its parts.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from index.errors import UserError
from index.records import Document, GlossaryEntry, Passage, Section
from index.textmap import identity
from qa.answer import Answer, AnswerItem, cite

REPORT = Path(__file__).parent / "data" / "page" / "report.txt"
_HEADING = re.compile(
    r"^(?:[一二三四五六七八九十]+、.*|《.*名词解释.*|[(（][一二三四五六七八九十]+[)）][^。\n]*。)", re.M
)


def document(identifier: str = "sanmen-2023", text: str = "", title: str = "三门县2023年政府工作报告") -> Document:
    text = text or REPORT.read_text(encoding="utf-8")
    starts = [(0, "", ())]
    top: tuple[str, ...] = ()
    for found in _HEADING.finditer(text):
        heading = found.group()
        top = top if heading[0] in "(（" else (heading,)
        starts.append((found.start(), heading, (*top, heading) if heading[0] in "(（" else top))
    sections = []
    for (start, heading, path), (end, *_) in zip(starts, [*starts[1:], (len(text),)], strict=True):
        kind = "glossary" if "名词解释" in heading else "body" if path else "preamble"
        year = re.search(r"(20\d\d)年(.*)", path[0]) if path else None
        period = f"{year[1]} {'result' if '回顾' in year[2] else 'plan'}" if year else ""
        sections.append(Section(path, start, end, kind, period))
    glossary = tuple(
        GlossaryEntry(found[1], found.start(), found.end()) for found in re.finditer(r"^\d+\.(.+?):.+$", text, re.M)
    )
    return Document(
        identifier, title, text, 2023, "2023-02-10", "三门县", "陈晨", tuple(sections), glossary, (),
        identity(text), f"{identifier}.txt", "utf-8", "0" * 64,
    )  # fmt: skip


@dataclass(frozen=True)
class Documents:
    documents: Mapping[str, Document]
    manifest: Mapping[str, str] = field(default_factory=lambda: {"generation": "g1"})
    passages: tuple[Passage, ...] = ()


class StandIn:
    """Finds the clause that holds the question's longest run of words, and a number with its unit in it."""

    def __init__(self, *documents: Document) -> None:
        self.index = Documents({item.id: item for item in documents or (document(),)})

    def ask(self, question: str, history: Sequence[str] = (), documents: Sequence[str] = ()) -> Answer:
        unknown = [name for name in documents if name not in self.index.documents]
        if unknown:
            raise UserError(f"no document {unknown[0]}", "one of the index", "See `python -m index list`.")
        resolved = history[-1][:4] + question if history and question.startswith("那") else question
        asked = [self.index.documents[name] for name in documents or self.index.documents]
        found = [(item, *span) for item in asked if (span := _find(item.text, resolved))]
        if not found:
            near = cite(1, asked[0], asked[0].sections[-1].start, asked[0].sections[-1].start + 20)
            return Answer(question, resolved, True, "", 0.1, (), (), (near,), "报告中没有答案", 1.0)
        citations = tuple(cite(n, item, start, end, marks) for n, (item, start, end, marks) in enumerate(found, 1))
        answers = []
        for n, (item, _, _, marks) in enumerate(found, 1):
            answers += [AnswerItem(item.text[slice(*mark)], item.id, n) for mark in marks]
        text = "；".join(answer.text for answer in answers)
        return Answer(question, resolved, False, text, 0.9, tuple(answers), citations, (), "", 1.0)


def _find(text: str, question: str) -> tuple[int, int, tuple[tuple[int, int], ...]] | None:
    for size in range(min(12, len(question)), 3, -1):
        for at in range(len(question) - size + 1):
            hit = text.find(question[at : at + size])
            if hit < 0:
                continue
            start = max(text.rfind(mark, 0, hit) for mark in ",。;\n") + 1
            end = min(position for mark in ",。;\n" if (position := text.find(mark, hit + size)) >= 0)
            number = re.search(r"\d[\d.]*(?:%|[万亿]?元|[户家个亩])?", text[start:end])
            if number:
                return start, end, ((start + number.start(), start + number.end()),)
            return start, end, ((start, end),)
    return None
