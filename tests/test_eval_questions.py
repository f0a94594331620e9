"""Question files in every accepted shape become the same rows, and a bad row is named without stopping the rest."""

from __future__ import annotations

import json
import zipfile
from pathlib import Path

import pytest
from bigram_assistant import document

from eval.check import check
from eval.questions import Problem, Question, read_questions, write_questions
from eval.squad import sentence_around
from index.errors import UserError

GDP = Question(
    "d1", "GDP是多少？", "number", "甲", ("332亿元",), evidence=("生产总值达到332亿元",), wrong=("300亿元",), line=1
)


def _write(path: Path, *rows: object) -> Path:
    text = "".join((row if isinstance(row, str) else json.dumps(row, ensure_ascii=False)) + "\n" for row in rows)
    path.write_text(text, encoding="utf-8")
    return path


def test_json_lines_and_back(tmp_path: Path) -> None:
    rows = (
        GDP,
        Question("d2", "哪三项？", "list", answers_all=("子", "丑", "寅"), evidence=("子、丑、寅",), line=2),
        Question("d3", "比一比", "comparison", answers_by_doc=(("甲", ("5%",)), ("乙", ("6%", "6.0%"))), line=3),
        Question("d4", "那明年呢？", "unanswerable", "甲", history=("今年呢？",), line=4),
    )
    write_questions(tmp_path / "q.jsonl", rows)
    read = read_questions(tmp_path / "q.jsonl")
    assert read.questions == rows
    assert read.problems == ()
    assert [q.answerable for q in rows] == [True, True, True, False]
    assert [q.documents for q in rows] == [("甲",), (), (), ("甲",)]


def test_malformed_lines_are_named_and_the_rest_runs(tmp_path: Path) -> None:
    good = GDP.to_json()
    path = _write(
        tmp_path / "q.jsonl",
        good,
        "{not json",
        "",
        good,
        ["a", "list"],
        {"id": "d5", "question": " "},
        {"question": "没有编号"},
        {"id": "d6", "question": "问", "answers": "一个", "evidence": []},
        {"id": "d7", "question": "问", "answers": [], "evidence": ["文"]},
        {"id": "d8", "question": "问", "answers": [3], "evidence": ["文"]},
        {"id": "d9", "question": "问\u2028行", "answers": "一个", "evidence": "有一个"},
    )
    read = read_questions(path)
    assert [q.id for q in read.questions] == ["d1", "d9"]
    assert read.questions[1].answers == ("一个",)
    assert read.problems == (
        Problem(2, "not JSON: Expecting property name enclosed in double quotes at column 2"),
        Problem(4, "id d1 was already used on line 1"),
        Problem(5, "wanted a JSON object in braces"),
        Problem(6, "no `question`: wanted the words of the question"),
        Problem(7, "no `id`: wanted a unique string"),
        Problem(8, "an accepted answer without `evidence`: fill `evidence` with the words of the document"),
        Problem(9, "`evidence` without an accepted answer: fill `answers` or `answers_all`"),
        Problem(10, "`answers` must be a list of strings"),
    )


CONTEXT = "三门县位于浙江。2022年生产总值332亿元，增长2.6%。全县有10个镇。"


def test_squad_drcd_and_cmrc_shapes_give_one_row(tmp_path: Path) -> None:
    qas = [
        {"id": "q1", "question": "增长多少？", "answers": [{"text": "2.6%", "answer_start": CONTEXT.index("2.6%")}]},
        {"id": "q2", "question": "人口多少？", "is_impossible": True, "answers": []},
        {"id": "q3", "question": "几个镇？", "answers": [{"text": "11个", "answer_start": 3}]},
    ]
    squad = {"version": "2", "data": [{"title": "甲", "paragraphs": [{"context": CONTEXT, "qas": qas}]}]}
    cmrc = [
        {
            "title": "甲",
            "context_text": CONTEXT,
            "qas": [
                {"query_id": "q1", "query_text": "增长多少？", "answers": ["2.6%"]},
                {"query_id": "q3", "query_text": "几个镇？", "answers": ["11个"]},
            ],
        }
    ]
    want = Question(
        "q1", "增长多少？", "reading", "甲", ("2.6%",), evidence=("2022年生产总值332亿元，增长2.6%。",), line=1
    )
    for name, data, n in (("squad", squad, 3), ("cmrc", cmrc, 2)):
        path = _write(tmp_path / f"{name}.json", data)
        read = read_questions(path)
        assert read.questions[0] == want
        assert read.problems == (Problem(n, "the answer 11个 does not stand in its paragraph"),)
    assert read_questions(tmp_path / "squad.json").questions[1] == Question(
        "q2", "人口多少？", "unanswerable", "甲", line=2
    )


def test_the_sentence_around_an_answer() -> None:
    text = "甲。乙丙！\n丁"
    assert [sentence_around(text, i, i + 1) for i in (0, 2, 3, 6)] == ["甲。", "乙丙！", "乙丙！", "丁"]
    assert sentence_around(text, 0, 4) == "甲。乙丙！"


HEADINGS = ["编号", "问题", "文档", "答案", "依据", "备注"]
ROWS = [
    ["7", "GDP是多少？", "甲", "332亿元|332.6亿元", "生产总值达到332亿元", "忽略"],
    ["", "有没有地铁？", "甲", "", "", ""],
]
CLERKS = (
    Question("7", "GDP是多少？", "other", "甲", ("332亿元", "332.6亿元"), evidence=("生产总值达到332亿元",), line=3),
    Question("row4", "有没有地铁？", "other", "甲", line=4),
)


@pytest.mark.parametrize("encoding", ["utf-8-sig", "gb18030"])
def test_csv_of_clerks_with_chinese_headings(tmp_path: Path, encoding: str) -> None:
    lines = [["", "", "", "", "", ""], HEADINGS, *ROWS]
    (tmp_path / "q.csv").write_bytes("\r\n".join(",".join(line) for line in lines).encode(encoding))
    assert read_questions(tmp_path / "q.csv").questions == CLERKS


def test_xlsx_of_clerks(tmp_path: Path) -> None:
    _xlsx(tmp_path / "q.xlsx", [[""], HEADINGS, [7, *ROWS[0][1:]], ROWS[1]])
    assert read_questions(tmp_path / "q.xlsx").questions == CLERKS


def _xlsx(path: Path, rows: list[list[str | int]]) -> None:
    """The smallest workbook that a reader accepts, written by hand: numbers as numbers, text inline."""
    cells = []
    for r, row in enumerate(rows, 1):
        cells.append(f'<row r="{r}">')
        for c, value in enumerate(row):
            at = f"{chr(65 + c)}{r}"
            cells.append(
                f'<c r="{at}"><v>{value}</v></c>'
                if isinstance(value, int)
                else f'<c r="{at}" t="inlineStr"><is><t>{value}</t></is></c>'
            )
        cells.append("</row>")
    main, rel = "http://schemas.openxmlformats.org/spreadsheetml/2006/main", "http://schemas.openxmlformats.org"
    kinds = "application/vnd.openxmlformats-officedocument.spreadsheetml"
    parts = {
        "[Content_Types].xml": f'<Types xmlns="{rel}/package/2006/content-types"><Default Extension="rels" '
        'ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        f'<Override PartName="/xl/workbook.xml" ContentType="{kinds}.sheet.main+xml"/>'
        f'<Override PartName="/xl/worksheets/sheet1.xml" ContentType="{kinds}.worksheet+xml"/></Types>',
        "_rels/.rels": f'<Relationships xmlns="{rel}/package/2006/relationships"><Relationship Id="r1" '
        f'Type="{rel}/officeDocument/2006/relationships/officeDocument" Target="xl/workbook.xml"/></Relationships>',
        "xl/workbook.xml": f'<workbook xmlns="{main}" xmlns:r="{rel}/officeDocument/2006/relationships">'
        '<sheets><sheet name="题" sheetId="1" r:id="r1"/></sheets></workbook>',
        "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{rel}/package/2006/relationships"><Relationship Id="r1" '
        f'Type="{rel}/officeDocument/2006/relationships/worksheet" Target="worksheets/sheet1.xml"/></Relationships>',
        "xl/worksheets/sheet1.xml": f'<worksheet xmlns="{main}"><sheetData>{"".join(cells)}</sheetData></worksheet>',
    }
    with zipfile.ZipFile(path, "w") as book:
        for name, text in parts.items():
            book.writestr(name, '<?xml version="1.0" encoding="UTF-8"?>' + text)


@pytest.mark.parametrize(
    ("name", "data", "found"),
    [
        ("q.txt", b"x", "a question file of kind .txt"),
        ("q.jsonl", b"\xff\xfe", "is not UTF-8 (byte 0)"),
        ("q.jsonl", b"\n\n", "no usable question"),
        ("q.jsonl", b"{\n", "line 1: not JSON"),
        ("q.json", b"{", "is not JSON"),
        ("q.json", b'{"a": 1}', "JSON of another shape"),
        ("q.csv", "甲,乙\n1,2\n".encode(), "with the headings 甲、乙"),
        ("q.xlsx", b"not a workbook", "cannot be read"),
    ],
)
def test_unusable_files_end_in_one_line(tmp_path: Path, name: str, data: bytes, found: str) -> None:
    (tmp_path / name).write_bytes(data)
    with pytest.raises(UserError) as error:
        read_questions(tmp_path / name)
    assert found in str(error.value)
    assert "\n" not in str(error.value)


def test_an_absent_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(UserError, match=r"no question file at .*q\.jsonl"):
        read_questions(tmp_path / "q.jsonl")


def test_the_checker_names_what_does_not_stand_in_its_document(tmp_path: Path) -> None:
    text = "一、2022年工作回顾\n全县生产总值达到332亿元,增长2.6%。\n"
    rows = [
        GDP.to_json() | {"doc": "甲", "evidence": ["生产总值达到３３２亿元，增长"]},  # width and marks do not matter
        {"id": "a", "doc": "甲", "question": "问", "answers": ["5%"], "evidence": ["增长2.6%"]},
        {"id": "b", "doc": "甲", "question": "问", "answers": ["2.6%"], "evidence": ["增速2.6%"]},
        {"id": "c", "doc": "乙", "question": "问", "answers": ["2.6%"], "evidence": ["增长2.6%"]},
        {"id": "d", "question": "问", "answers_by_doc": {"甲": "2.6%"}, "evidence": []},
        {"id": "e", "question": "问", "answers_by_doc": {"甲": "9%"}, "evidence": []},
        {"id": "f", "doc": "甲", "question": "问", "answers": ["2.6%"], "evidence": ["增长2.6%"], "wrong": ["2.6%"]},
    ]
    asked = read_questions(_write(tmp_path / "q.jsonl", *rows))
    assert check(asked, {"甲": document("甲", text)}) == [
        "line 2, a: answer stands neither in the evidence nor in a document asked: 5%",
        "line 3, b: evidence stands in no document asked: 增速2.6%",
        "line 4, c: the index holds no document 乙",
        "line 6, e: answer does not stand in 甲: 9%",
        "line 7, f: the wrong value is part of every accepted answer: 2.6%",
    ]
