"""The answer of several reports as rows to take away, every cell the report's own words or their place.

Knows the answer's nouns; it must not know who asks for it or over which route.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping

from index.records import Document
from qa.answer import Answer
from qa.messages import CHINESE, Messages
from qa.reading import name_of
from qa.render import period_label, section_label

# A spreadsheet takes a cell that begins so for a formula.
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


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
    out = io.StringIO(newline="")
    csv.writer(out).writerows([[_plain(cell) for cell in row] for row in rows(answer, documents, say)])
    return b"\xef\xbb\xbf" + out.getvalue().encode()


def _plain(cell: str) -> str:
    return f"'{cell}" if cell.startswith(_FORMULA) and not _number(cell) else cell


def _number(cell: str) -> bool:
    return cell[1:].replace(".", "", 1).isdigit()
