"""Workbooks written by hand, cell for cell, and the rows that become of them."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

import pytest
import xlsxwriter

from index.errors import UserError
from index.read import RawText, read
from index.tables import table_lines

MAIN = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE = "http://schemas.openxmlformats.org/package/2006"
STYLES = (
    f'<styleSheet {MAIN}><numFmts count="1"><numFmt numFmtId="164" formatCode="0.0%"/></numFmts>'
    '<cellXfs count="3"><xf numFmtId="0"/><xf numFmtId="164"/><xf numFmtId="4"/></cellXfs></styleSheet>'
)
Cell = str | float | tuple[float, int] | None  # a tuple: value and style


def workbook(sheets: dict[str, list[list[Cell]]], merged: str = "", hidden: str = "") -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        overrides = links = listed = ""
        for n, (name, rows) in enumerate(sheets.items(), 1):
            state = ' state="hidden"' if name == hidden else ""
            kind = "application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml"
            overrides += f'<Override PartName="/xl/worksheets/sheet{n}.xml" ContentType="{kind}"/>'
            links += f'<Relationship Id="r{n}" Type="{OFFICE}/worksheet" Target="worksheets/sheet{n}.xml"/>'
            listed += f'<sheet name="{name}" sheetId="{n}"{state} r:id="r{n}"/>'
            archive.writestr(f"xl/worksheets/sheet{n}.xml", _sheet(rows, merged))
        archive.writestr("xl/styles.xml", STYLES)
        kind = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"
        archive.writestr(
            "[Content_Types].xml",
            f'<Types xmlns="{PACKAGE}/content-types"><Default Extension="xml" ContentType="application/xml"/>'
            f'<Override PartName="/xl/workbook.xml" ContentType="{kind}"/>{overrides}</Types>',
        )
        archive.writestr(
            "_rels/.rels",
            f'<Relationships xmlns="{PACKAGE}/relationships">'
            f'<Relationship Id="w" Type="{OFFICE}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
        )
        links += f'<Relationship Id="s" Type="{OFFICE}/styles" Target="styles.xml"/>'
        archive.writestr(
            "xl/_rels/workbook.xml.rels", f'<Relationships xmlns="{PACKAGE}/relationships">{links}</Relationships>'
        )
        archive.writestr("xl/workbook.xml", f'<workbook {MAIN} xmlns:r="{OFFICE}"><sheets>{listed}</sheets></workbook>')
    return stream.getvalue()


def _sheet(rows: list[list[Cell]], merged: str) -> str:
    out = ""
    for r, row in enumerate(rows, 1):
        cells = ""
        for c, cell in enumerate(row):
            place = f'r="{chr(65 + c)}{r}"'
            if isinstance(cell, str):
                cells += f'<c {place} t="inlineStr"><is><t>{cell}</t></is></c>'
            elif cell is not None:
                value, style = cell if isinstance(cell, tuple) else (cell, 0)
                cells += f'<c {place} s="{style}"><v>{value}</v></c>'
        out += f'<row r="{r}">{cells}</row>'
    merge = f'<mergeCells count="1"><mergeCell ref="{merged}"/></mergeCells>' if merged else ""
    return f"<worksheet {MAIN}><sheetData>{out}</sheetData>{merge}</worksheet>"


def saved(data: bytes, path: Path) -> RawText:
    path.write_bytes(data)
    return read(path)


def test_rows_carry_the_headings_of_their_columns_and_units(tmp_path: Path) -> None:
    rows: list[list[Cell]] = [
        ["2023年主要指标", None, None],
        ["指标", "总量（亿元）", "增长"],
        ["生产总值", 332.63, (0.026, 1)],
        ["财政收入", (35, 2), None],
        ["人口", 45.0, (-0.0123, 1)],
    ]
    raw = saved(workbook({"Sheet1": rows}), tmp_path / "a.xlsx")
    assert raw.text == (
        "2023年主要指标\n指标：生产总值；总量：332.63亿元；增长：2.6%。\n指标：财政收入；总量：35.00亿元。\n"
        "指标：人口；总量：45亿元；增长：-1.2%。\n"
    )
    assert (raw.kind, raw.encoding, raw.pages, raw.headings) == ("xlsx", "", (), ())


def test_sheets_in_order_with_their_names_without_the_hidden_ones(tmp_path: Path) -> None:
    sheets: dict[str, list[list[Cell]]] = {
        "工业": [["镇", "产值", "单位"], ["甲镇", 12.5, "万元"]],
        "底稿": [["甲", "乙", "丙"], ["x", 1, 2]],
        "农业": [["镇", "产量", "单位"], ["乙镇", 7, "吨"]],
    }
    raw = saved(workbook(sheets, hidden="底稿"), tmp_path / "a.xlsx")
    assert raw.text == "工业\n镇：甲镇；产值：12.5万元；单位：万元。\n农业\n镇：乙镇；产量：7吨；单位：吨。\n"
    assert [(raw.text[at : at + 2], level) for at, level in raw.headings] == [("工业", 1), ("农业", 1)]


def test_merged_cells_stand_in_every_place_they_cover(tmp_path: Path) -> None:
    rows: list[list[Cell]] = [["片区", "镇", "户数"], ["东片", "甲镇", 3], [None, "乙镇", 4]]
    assert saved(workbook({"Sheet1": rows}, merged="A2:A3"), tmp_path / "a.xlsx").text == (
        "片区：东片；镇：甲镇；户数：3。\n片区：东片；镇：乙镇；户数：4。\n"
    )


def test_formulas_are_the_values_that_were_saved_with_them(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    with xlsxwriter.Workbook(path) as book:
        sheet = book.add_worksheet()
        for column, name in enumerate(("指标", "上年", "本年", "合计（亿元）")):
            sheet.write(0, column, name)
        for row, (name, value) in enumerate((("税收", 12.5), ("收费", ""), ("其他", "#DIV/0!")), 1):
            sheet.write_row(row, 0, [name, 5, 7.5])
            sheet.write_formula(row, 3, f"=B{row + 1}+C{row + 1}", None, value)
    assert read(path).text.splitlines() == [
        "指标：税收；上年：5；本年：7.5；合计：12.5亿元。",
        "指标：收费；上年：5；本年：7.5。",
        "指标：其他；上年：5；本年：7.5。",  # an error is no value
    ]


def test_an_encrypted_workbook_is_named_so(tmp_path: Path) -> None:
    data = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600 + "EncryptedPackage".encode("utf-16-le")
    with pytest.raises(UserError, match="is encrypted; wanted a file without a password"):
        saved(data, tmp_path / "a.xlsx")


@pytest.mark.parametrize(
    ("rows", "lines"),
    [
        ([["姓名", "张三"], ["住址", "某街"]], ["姓名：张三。", "住址：某街。"]),
        ([["项目", "数量"], ["学校", "3"]], ["项目：学校；数量：3。"]),
        ([["甲、乙、丙。"]], ["甲、乙、丙。"]),
        (
            [["（单位：万元）", ""], ["项目", "数额"], ["修路", "1,200"]],
            ["（单位：万元）", "项目：修路；数额：1,200万元。"],
        ),
        ([["2021年", "2022年", "3"], ["1", "2", "4"]], ["2021年；2022年；3。", "1；2；4。"]),
        ([], []),
        ([["", ""], ["", ""]], []),
    ],
)
def test_tables_of_other_shapes(rows: list[list[str]], lines: list[str]) -> None:
    assert table_lines(rows) == lines


def test_two_rows_of_headings_are_told_as_one() -> None:
    rows = [["指标", "2023年", "2023年"], ["指标", "总量（亿元）", "增长（%）"], ["税收", "9", "2.5"]]
    assert table_lines(rows, heads=2) == ["指标：税收；2023年 总量：9亿元；2023年 增长：2.5%。"]


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"a,b\n1,2\n", "is no XLSX file; wanted a XLSX file"),
        (workbook({"Sheet1": [["甲"]]})[:-99], "is damaged"),
        (workbook({"Sheet1": []}), "holds only blanks"),
    ],
    ids=["csv", "cut", "blank"],
)
def test_what_cannot_be_read_ends_in_one_line(tmp_path: Path, data: bytes, message: str) -> None:
    with pytest.raises(UserError) as caught:
        saved(data, tmp_path / "a.xlsx")
    assert message in str(caught.value)


def test_a_lone_cell_at_the_far_corner_does_not_fill_the_memory(tmp_path: Path) -> None:
    whole = workbook({"Sheet1": [["甲"]]})
    stream = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(whole)) as source, zipfile.ZipFile(stream, "w") as target:
        for name in source.namelist():
            target.writestr(name, source.read(name).replace(b'r="A1"', b'r="XFD1048576"'))
    with pytest.raises(UserError, match="1,048,576 rows and 16,384 columns; wanted at most 5,000,000 cells"):
        saved(stream.getvalue(), tmp_path / "a.xlsx")
