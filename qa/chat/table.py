"""The answer of several reports to take away, as files for spreadsheet programs.

Knows the answer's nouns; it must not know who asks for it or over which route.
"""

from __future__ import annotations

from collections.abc import Mapping

from index.records import Document
from qa import table
from qa.answer import Answer
from qa.messages import CHINESE, Messages


def as_csv(answer: Answer, documents: Mapping[str, Document], say: Messages = CHINESE) -> bytes:
    """A row for each cited sentence: report, answer, confidence, period, section, place, quote."""
    return table.csv_of(table.sheets(_told(answer, documents), say)[1])


def as_xlsx(answer: Answer, documents: Mapping[str, Document], say: Messages = CHINESE) -> bytes:
    """A workbook: a row for each report that answers, its figure as a number; on a second sheet the quotes."""
    return table.as_xlsx(_told(answer, documents), say)


def _told(answer: Answer, documents: Mapping[str, Document]) -> table.Table:
    names = dict.fromkeys(item.document for item in answer.answers if item.document in documents)
    return table.table_of(answer, tuple(names), documents)
