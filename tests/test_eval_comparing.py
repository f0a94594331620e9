"""Comparisons are judged cell by cell, and the shipped set of them is whole."""

from __future__ import annotations

from pathlib import Path

import pytest

from eval.comparing import Cell as Gold
from eval.comparing import Comparison, judge_cells, read_comparisons, score
from index.errors import UserError

ROOT = Path(__file__).parent.parent


def test_cells_are_judged_one_by_one() -> None:
    row = Comparison(
        "c1", "?", (), (
            Gold("甲", ("5%",), ("增长5%左右",)), Gold("乙", ("6%",), ("增长6%",)), Gold("丙"), Gold("丁"),
            Gold("戊", ("7%",), ("增长7%",)),
        ),
        ("甲",),
    )  # fmt: skip
    told = {"甲": ("5%左右", "增长5%左右。"), "乙": ("6%", "别的话都在这里"), "丁": ("3%", "x"), "己": ("1%", "y")}
    prediction = {
        "answers": [{"document": name, "text": text} for name, (text, _) in told.items()],
        "citations": [{"document": name, "quote": quote} for name, (_, quote) in told.items()],
    }
    verdicts = judge_cells(row, prediction)
    assert [(v.document, v.missing, v.right) for v in verdicts] == [
        ("甲", False, True),
        ("乙", False, False),  # not cited by its evidence
        ("丙", True, True),
        ("丁", True, False),
        ("戊", False, False),
        ("己", True, False),  # a document too many
    ]
    result = score([row], lambda question, documents: prediction).to_json()
    figures = {name: result[name] for name in ("rows", "cells", "cell_accuracy", "said", "missing", "first")}
    assert figures == {
        "rows": 1, "cells": 6, "cell_accuracy": 0.3333, "said": 0.3333, "missing": 0.3333, "first": 1.0,
    }  # fmt: skip
    assert [wrong["document"] for wrong in result["wrong"]] == ["乙", "丁", "戊", "己"]


def test_the_shipped_set_is_whole() -> None:
    rows = read_comparisons(ROOT / "eval" / "questions" / "provinces-compare.jsonl")
    assert len(rows) == len({row.id for row in rows}) == 40
    assert sum(len(row.cells) for row in rows) == 434
    for row in rows:
        cells = {cell.document for cell in row.cells}
        assert set(row.first) <= cells
        assert not row.documents or set(row.documents) == cells
        for cell in row.cells:
            assert not cell.answers or any(answer in text for answer in cell.answers for text in cell.evidence)


@pytest.mark.parametrize(
    "line", ["{", '{"id": "a"}', '{"id": "a", "question": "?", "cells": {"d": {"answers": ["x"]}}}']
)
def test_a_row_of_another_form_is_told(tmp_path: Path, line: str) -> None:
    file = tmp_path / "rows.jsonl"
    file.write_text(line, encoding="utf-8")
    with pytest.raises(UserError, match="line 1 of"):
        read_comparisons(file)
