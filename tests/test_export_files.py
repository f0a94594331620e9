"""Files made of cells: no cell becomes a formula, and what is read back is what was written."""

from __future__ import annotations

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st
from python_calamine import CalamineWorkbook

from qa.export import Sheet, Value, to_csv, to_markdown, to_xlsx

NASTY = [
    "=1+1",
    "+cmd|'/c calc'!A0",
    "-2+3",
    "@SUM(A1)",
    "\t=1",
    "\r=1",
    " =1",
    "\uff1d1+1",
    '=HYPERLINK("http://x")',
    "\n=1",
]


@pytest.mark.parametrize("words", NASTY)
def test_no_cell_is_a_formula(words: str) -> None:
    cell = next(csv.reader(io.StringIO(to_csv([[words]]).decode("utf-8-sig"), newline="")))[0]
    assert cell == f"'{words}"
    sheet = Sheet("表[1]", (words,), ((Value(words),),))
    read = CalamineWorkbook.from_filelike(io.BytesIO(to_xlsx([sheet]))).get_sheet_by_index(0).to_python()
    assert [[str(row[0]).strip() for row in read]] == [[words.strip(), words.strip()]]


@given(st.lists(st.text(max_size=20), min_size=1, max_size=4))
def test_csv_gives_back_what_is_no_formula(words: list[str]) -> None:
    row = next(csv.reader(io.StringIO(to_csv([words]).decode("utf-8-sig"), newline="")), [""])
    assert [cell.removeprefix("'") for cell in row] == [word.removeprefix("'") for word in words]


def test_numbers_below_zero_stay_numbers_in_csv() -> None:
    assert to_csv([["-3.5", "+2", "-3.5%"]]).decode("utf-8-sig") == "-3.5,+2,'-3.5%\r\n"


def test_markdown_shows_the_words() -> None:
    sheet = Sheet("表", ("报告", "a|b"), ((Value("甲"), Value("<b>*5%* [x](y)", None, ("引|文",))),), ("说明",))
    assert to_markdown(sheet) == (
        "| 报告 | a\\|b |\n| --- | --- |\n| 甲 | \\<b\\>\\*5%\\* \\[x\\](y)[^1] |\n\n说明\n\n[^1]: 引\\|文\n"
    )
