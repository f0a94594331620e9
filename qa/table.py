"""Questions × reports → a table with a value and its citations in every cell; `python -m qa table` writes it.

Knows the assistant and answers; it must not know file formats, which are `qa.export`'s.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from index.errors import UserError
from index.records import Document
from qa.answer import Answer, Citation
from qa.assistant import Assistant, open_assistant
from qa.compose import NOT_ANSWERED, labels
from qa.export import Sheet, Value, to_csv, to_markdown, to_xlsx
from qa.figures import Figure, figure
from qa.messages import CHINESE, Messages
from qa.render import period_label, section_label, source_line


@dataclass(frozen=True, slots=True)
class Cell:
    """What one report answers to one question: its words, their quotes, and how sure in [0, 1]; empty if missing."""

    text: str = ""
    citations: tuple[Citation, ...] = ()
    confidence: float = 0.0

    @property
    def missing(self) -> bool:
        return not self.citations


@dataclass(frozen=True, slots=True)
class Table:
    """`cells[row][column]` is what `documents[row]` answers to `questions[column]`.

    `names` say how each document is called; `notes` hold, for a question, what its values tell together, or "".
    """

    questions: tuple[str, ...]
    documents: tuple[str, ...]
    names: tuple[str, ...]
    cells: tuple[tuple[Cell, ...], ...]
    notes: tuple[str, ...]

    def ordered(self, column: int, way: int) -> Table:
        """The rows by the figures of one question from the largest (`way` 1) or smallest (-1); those without, last."""

        def key(row: int) -> tuple[bool, float]:
            value = figure(self.cells[row][column].text)
            return value is None, -way * value.low if value else 0.0

        rows = sorted(range(len(self.documents)), key=key)
        return replace(
            self,
            documents=tuple(self.documents[row] for row in rows),
            names=tuple(self.names[row] for row in rows),
            cells=tuple(self.cells[row] for row in rows),
        )

    def to_json(self) -> dict[str, Any]:
        """Ready for `json.dumps`; a citation as in the answer object."""
        return {
            "questions": list(self.questions),
            "notes": list(self.notes),
            "rows": [
                {"document": document, "name": name, "cells": [_cell_json(cell) for cell in row]}
                for document, name, row in zip(self.documents, self.names, self.cells, strict=True)
            ],
        }


def tabulate(
    assistant: Assistant,
    questions: Sequence[str],
    documents: Sequence[str] = (),
    told: Callable[[int], None] = lambda _: None,
) -> Table:
    """Every question put to every document (all of the index by default); `told` hears how many questions are done.

    UserError for a document that is not there, and for a question that is none.
    """
    names = tuple(dict.fromkeys(documents)) or tuple(assistant.index.documents)
    columns = []
    for done, question in enumerate(questions, 1):
        columns.append(table_of(assistant.each(question, names), names, assistant.index.documents))
        told(done)
    called = labels(names, assistant.index.documents)
    return Table(
        tuple(questions),
        names,
        tuple(called[name] for name in names),
        tuple(tuple(column.cells[row][0] for column in columns) for row in range(len(names))),
        tuple(column.notes[0] for column in columns),
    )


def table_of(answer: Answer, names: Sequence[str], documents: Mapping[str, Document]) -> Table:
    """One answer as a table of one column, a row for each of `names`."""
    cells = []
    for name in names:
        own = [item for item in answer.answers if item.document == name]
        cited = {item.citation for item in own}
        citations = tuple(citation for citation in answer.citations if citation.n in cited)
        # Answers that were kept know only how sure they are as a whole.
        sure = min((item.confidence or answer.confidence for item in own), default=0.0)
        cells.append((Cell("；".join(item.text for item in own), citations, sure),))
    called = labels(names, documents)
    note = "" if answer.refused else answer.message
    return Table((answer.question,), tuple(names), tuple(called[name] for name in names), tuple(cells), (note,))


def sheets(table: Table, say: Messages = CHINESE) -> tuple[Sheet, Sheet]:
    """The table, and its citations one a row: report, question, answer, confidence, period, section, place, quote."""
    units = [_unit(table, column) for column in range(len(table.questions))]
    rows, cited = [], []
    for document, name, row in zip(table.documents, table.names, table.cells, strict=True):
        values = [Value(name)]
        for question, unit, cell in zip(table.questions, units, row, strict=True):
            notes = tuple(source_line(citation, citation.title) for citation in cell.citations)
            values.append(Value(cell.text or NOT_ANSWERED, _number(cell.text, unit), notes))
            for citation in cell.citations:
                place = f"{document}:{citation.start}-{citation.end}"
                words = (
                    name, question, cell.text, f"{cell.confidence:.2f}", period_label(citation.period, say),
                    section_label(citation.section), place, citation.quote,
                )  # fmt: skip
                cited.append(tuple(map(Value, words)))
        rows.append(tuple(values))
    below = tuple(f"{question} {note}" for question, note in zip(table.questions, table.notes, strict=True) if note)
    columns = ("report", "question", "answer", "sure", "period", "section", "place", "quote")
    head = tuple(say(f"column_{name}") for name in columns)
    return (
        Sheet(say("sheet_table"), (head[0], *table.questions), tuple(rows), below),
        Sheet(say("sheet_sources"), head, tuple(cited)),
    )


def as_csv(table: Table) -> bytes:
    """The table alone, without its citations."""
    return csv_of(sheets(table)[0])


def csv_of(sheet: Sheet) -> bytes:
    """A sheet's words as CSV."""
    return to_csv([sheet.head, *([cell.words for cell in row] for row in sheet.rows)])


def as_xlsx(table: Table, say: Messages = CHINESE) -> bytes:
    """Two sheets: the table, its figures as numbers shown in the report's words, and the citations."""
    return to_xlsx(sheets(table, say))


def as_markdown(table: Table) -> str:
    """The table, its citations as footnotes."""
    return to_markdown(sheets(table)[0])


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The command's arguments."""
    parser.add_argument("questions", metavar="QUESTIONS.txt", help="one question a line; - for standard input")
    parser.add_argument("--documents", nargs="+", default=[], metavar="ID", help="the reports to ask (all)")
    parser.add_argument("--index", type=Path, default=Path("data/index"), metavar="DIR")
    parser.add_argument("--model", help="the encoder's name or folder, where the index was built with another")
    parser.add_argument("--sort", type=int, default=0, metavar="N", help="by question N, largest first; -N smallest")
    for kind in ("csv", "xlsx", "json", "markdown"):
        parser.add_argument(f"--{kind}", type=Path, metavar="OUT", help=f"write {kind.upper()}; Markdown if none")


def main(options: argparse.Namespace) -> int:
    """0 when the table is written."""
    questions = _questions(options.questions)
    if abs(options.sort) > len(questions):
        raise UserError(f"--sort {options.sort}", f"a question's number, 1 to {len(questions)}", "Count the questions.")
    assistant = open_assistant(options.index, options.model)
    table = tabulate(assistant, questions, options.documents, lambda done: _say(f"{done}/{len(questions)}"))
    if options.sort:
        table = table.ordered(abs(options.sort) - 1, 1 if options.sort > 0 else -1)
    made: dict[str, Callable[[], bytes]] = {
        "csv": lambda: as_csv(table),
        "xlsx": lambda: as_xlsx(table),
        "json": lambda: (json.dumps(table.to_json(), ensure_ascii=False, indent=1) + "\n").encode(),
        "markdown": lambda: as_markdown(table).encode(),
    }
    wanted = {kind: path for kind in made if (path := getattr(options, kind))}
    for kind, path in wanted.items():
        try:
            path.write_bytes(made[kind]())
        except OSError as error:
            raise UserError(f"{path} cannot be written ({error.strerror})", "a file", "Name another.") from None
    if not wanted:
        sys.stdout.write(as_markdown(table))
    return 0


def _questions(name: str) -> list[str]:
    try:
        text = sys.stdin.read() if name == "-" else Path(name).read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise UserError(f"{name} cannot be read ({error})", "a text file in UTF-8", "Check the path.") from None
    lines = [line.strip() for line in text.split("\n")]
    found = [line for line in lines if line and not line.startswith("#")]
    if not found:
        raise UserError(f"no question in {name}", "one question a line", "Write some.")
    return found


def _unit(table: Table, column: int) -> str | None:
    """The unit of all figures of a column; None where they have several, so that numbers would not compare."""
    figures = [figure(row[column].text) for row in table.cells]
    units = {value.unit for value in figures if value}
    return units.pop() if len(units) == 1 else None


def _number(words: str, unit: str | None) -> float | None:
    value: Figure | None = figure(words)
    if value is None or value.unit != unit or value.low != value.high:
        return None
    return value.low / 100 if unit == "%" else value.low


def _cell_json(cell: Cell) -> dict[str, Any]:
    return {
        "text": cell.text,
        "missing": cell.missing,
        "confidence": cell.confidence,
        "citations": [citation.to_json() for citation in cell.citations],
    }


def _say(message: str) -> None:
    print(message, file=sys.stderr, flush=True)
