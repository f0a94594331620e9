"""Comparison questions, one gold cell a document, and the measure of what was answered cell by cell.

Knows rows of JSON and the contract's rules of what is right; it must not know how an answer comes about.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from eval.judge import SHORT, Prediction, quote_is_right
from eval.matching import contains, norm
from index.errors import UserError

Asked = Callable[[str, tuple[str, ...]], Prediction]


@dataclass(frozen=True, slots=True)
class Cell:
    """What one document says. Any one of `answers` is enough; without any, the document does not say it."""

    document: str
    answers: tuple[str, ...] = ()
    evidence: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Comparison:
    """One question to several documents. `documents` are those it is put to, empty for all that are loaded.

    Every document that is to be told of has its cell; one told of beyond them is an error. `first`: the documents with
    the value that the question asks for (the largest, the lowest), where it asks for one.
    """

    id: str
    question: str
    documents: tuple[str, ...]
    cells: tuple[Cell, ...]
    first: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Verdict:
    """One cell: what was told (empty for missing) and whether it is right; `gold` is empty for a document too many."""

    row: str
    document: str
    told: str
    gold: tuple[str, ...]
    missing: bool
    right: bool


@dataclass(frozen=True, slots=True)
class Score:
    """The verdicts of all cells in the file's order; of the rows with a `first`, those that lead with it."""

    verdicts: tuple[Verdict, ...]
    firsts: tuple[tuple[str, bool], ...]

    @property
    def accuracy(self) -> float:
        """Right cells among all, missing ones and documents too many included; in [0, 1]."""
        return _share([verdict.right for verdict in self.verdicts])

    def to_json(self) -> dict[str, Any]:
        """The figures, and the cells that are wrong."""
        rows = {verdict.row for verdict in self.verdicts}
        by_row = [_share([v.right for v in self.verdicts if v.row == row]) for row in rows]
        return {
            "rows": len(rows),
            "cells": len(self.verdicts),
            "cell_accuracy": round(self.accuracy, 4),
            "row_mean": round(sum(by_row) / len(by_row), 4),
            "rows_whole": sum(share == 1.0 for share in by_row),
            "said": round(_share([v.right for v in self.verdicts if not v.missing]), 4),
            "missing": round(_share([v.right for v in self.verdicts if v.missing]), 4),
            "first": round(_share([right for _, right in self.firsts]), 4),
            "wrong": [
                {"id": v.row, "document": v.document, "told": v.told, "gold": list(v.gold)}
                for v in self.verdicts
                if not v.right
            ],
        }


def read_comparisons(path: Path) -> tuple[Comparison, ...]:
    """The rows of a JSON Lines file. UserError where it is absent or a row is not of this form."""
    try:
        lines = path.read_text(encoding="utf-8-sig").split("\n")
    except (OSError, UnicodeDecodeError) as error:
        raise UserError(f"{path} cannot be read ({error})", "a JSON Lines file in UTF-8", "Check the path.") from None
    rows: list[Comparison] = []
    for number, line in enumerate(lines, 1):
        if line.strip():
            try:
                rows.append(_comparison(json.loads(line)))
            except (ValueError, KeyError, TypeError, AttributeError) as error:
                raise UserError(
                    f"line {number} of {path} is no comparison ({error!r})",
                    '{"id", "question", "documents": [...], "cells": {document: {"answers", "evidence"}}}',
                    "Mend the row; a document that does not say it has the cell {}.",
                ) from None
    if not rows:
        raise UserError(f"no row in {path}", "at least one comparison", "Name another file.")
    return tuple(rows)


def score(rows: Sequence[Comparison], ask: Asked) -> Score:
    """Ask every row and judge its cells."""
    verdicts: list[Verdict] = []
    firsts: list[tuple[str, bool]] = []
    for row in rows:
        prediction = ask(row.question, row.documents)
        verdicts += judge_cells(row, prediction)
        if row.first:
            told = [item["document"] for item in prediction.get("answers") or []]
            firsts.append((row.id, bool(told) and told[0] in row.first))
    return Score(tuple(verdicts), tuple(firsts))


def judge_cells(row: Comparison, prediction: Prediction) -> list[Verdict]:
    """The verdicts on one row's cells, then on the documents that were told of without having one."""
    quotes: dict[str, list[str]] = {}
    for citation in prediction.get("citations") or []:
        quotes.setdefault(citation["document"], []).append(citation["quote"])
    told: dict[str, list[str]] = {}
    for item in prediction.get("answers") or []:
        told.setdefault(item["document"], []).append(item["text"])
    verdicts = []
    for cell in row.cells:
        words = "；".join(told.pop(cell.document, []))
        right = _is_right(cell, words) and any(
            quote_is_right(quote, cell.evidence) for quote in quotes.get(cell.document, [])
        )
        missing = not cell.answers
        verdicts.append(Verdict(row.id, cell.document, words, cell.answers, missing, not words if missing else right))
    verdicts += [Verdict(row.id, name, "；".join(words), (), True, False) for name, words in told.items()]
    return verdicts


def _is_right(cell: Cell, words: str) -> bool:
    room = max(SHORT, 3 * max(map(len, cell.answers), default=0))
    return len(norm(words)) <= room and any(contains(words, gold) for gold in cell.answers)


def _comparison(row: dict[str, Any]) -> Comparison:
    cells = []
    for document, cell in row["cells"].items():
        answers, evidence = tuple(cell.get("answers", ())), tuple(cell.get("evidence", ()))
        if bool(answers) != bool(evidence):
            raise ValueError(f"the cell of {document} has answers or evidence, but not both")
        cells.append(Cell(document, answers, evidence))
    if not cells:
        raise ValueError("no cell")
    return Comparison(
        str(row["id"]), str(row["question"]), tuple(row.get("documents", ())), tuple(cells), tuple(row.get("first", ()))
    )


def _share(right: Sequence[bool]) -> float:
    return sum(right) / len(right) if right else 0.0
