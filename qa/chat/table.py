"""The answer of several reports as rows to take away, every cell the report's own words or their place.

Knows the answer's nouns; it must not know who asks for it or over which route.
"""

from __future__ import annotations

from collections.abc import Mapping

from index.records import Document
from qa.answer import Answer
from qa.export import to_csv
from qa.messages import CHINESE, Messages
from qa.reading import name_of
from qa.render import period_label, section_label
from qa.table import as_xlsx as workbook
from qa.table import table_of


def rows(answer: Answer, documents: Mapping[str, Document], say: Messages = CHINESE) -> list[list[str]]:
    """The head and one row for each item: report, answer, period, section, the quoted sentence, its place."""
    citations = {citation.n: citation for citation in answer.citations}
    names = ("column_report", "column_answer", "column_period", "column_section", "column_quote", "column_place")
    out = [[say(name) for name in names]]
    for item in answer.answers:
        citation, document = citations.get(item.citation), documents.get(item.document)
        title = name_of(document) if document else citation.title if citation else item.document
        row = [title, item.text, "", "", "", ""]
        if citation:
            row[2:] = [
                period_label(citation.period, say),
                section_label(citation.section),
                citation.quote,
                f"{citation.document}:{citation.start}-{citation.end}",
            ]
        out.append(row)
    return out


def as_csv(answer: Answer, documents: Mapping[str, Document], say: Messages = CHINESE) -> bytes:
    """The rows as CSV in UTF-8 with the mark that spreadsheets need to see it; no cell is a formula."""
    return to_csv(rows(answer, documents, say))


def as_xlsx(answer: Answer, documents: Mapping[str, Document], say: Messages = CHINESE) -> bytes:
    """A workbook: a row for each report that answers, its figure as a number; on a second sheet the quotes."""
    names = dict.fromkeys(item.document for item in answer.answers if item.document in documents)
    return workbook(table_of(answer, tuple(names), documents), say)
