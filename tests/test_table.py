"""Questions × reports over real excerpts with the shipped weights, and the files that are made of the table."""

from __future__ import annotations

import csv
import io
import json
import re
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from python_calamine import CalamineWorkbook

from index.build import build
from qa.assistant import Assistant, open_assistant
from qa.chat.desk import Desk, Sent, Visitor
from qa.export import Value
from qa.service.desk import add_desk
from qa.site import Site
from qa.table import Table, as_csv, as_markdown, as_xlsx, sheets, tabulate

ROOT = Path(__file__).parent.parent
REPORTS = ROOT / "tests" / "data" / "compare"
LATEST = ("云南省", "山东省", "江苏省", "西藏自治区", "重庆市")
GROWTH, JOBS = "今年的地区生产总值增长目标是多少？", "今年城镇新增就业的目标是多少人？"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("compare") / "index"
    build([REPORTS], out)
    return out


@pytest.fixture(scope="module")
def assistant(folder: Path) -> Assistant:
    return open_assistant(folder)


@pytest.fixture(scope="module")
def table(assistant: Assistant) -> Table:
    return tabulate(assistant, [GROWTH, JOBS, "今年的粮食产量目标是多少"], LATEST)


def values(assistant: Assistant, question: str, *documents: str) -> dict[str, str]:
    return {item.document: item.text for item in assistant.ask(question, (), documents).answers}


def test_every_cell_is_a_slice_with_its_quote(table: Table, assistant: Assistant) -> None:
    for name, row in zip(table.documents, table.cells, strict=True):
        text = assistant.index.documents[name].text
        for cell in row:
            assert cell.missing is (cell.text == "") is (cell.confidence == 0)
            for citation in cell.citations:
                assert citation.document == name
                assert citation.quote == text[citation.start : citation.end]
                assert cell.text in citation.quote


def test_the_matrix(table: Table) -> None:
    assert table.names == LATEST
    assert [row[1].text for row in table.cells] == ["50万人以上", "110万人以上", "120万人", "5万人", "65万人以上"]
    growth = [row[0].text for row in table.cells]
    assert [growth[at] for at in (0, 1, 3, 4)] == ["4.5%左右", "5%以上", "7%以上", "5%以上"]
    assert growth[2].startswith("5%")
    assert table.cells[4][2].missing  # Chongqing's excerpt names no harvest


def test_a_comparison_stays_one_whatever_was_asked_before(assistant: Assistant) -> None:
    compared = assistant.ask("各省的城镇调查失业率目标是多少？")
    after = assistant.ask("各省的城镇调查失业率目标是多少？", ["江苏省去年的旅游收入是多少？"])
    assert len(compared.answers) > 1
    assert (after.resolved_question, after.answer) == (compared.resolved_question, compared.answer)


def test_rows_in_the_order_of_a_column(table: Table) -> None:
    assert table.ordered(1, 1).documents == ("江苏省", "山东省", "重庆市", "云南省", "西藏自治区")
    least = table.ordered(1, -1)
    assert least.documents == ("西藏自治区", "云南省", "重庆市", "山东省", "江苏省")
    assert [row[0] for row in least.cells] == [table.cells[LATEST.index(name)][0] for name in least.documents]
    assert table.ordered(2, 1).documents[-1] == "重庆市"  # without a figure: last


def test_an_answer_does_not_depend_on_the_other_columns(assistant: Assistant, table: Table) -> None:
    assert tabulate(assistant, [JOBS], LATEST).cells == tuple((row[1],) for row in table.cells)


@pytest.mark.parametrize(
    ("question", "told"),
    [
        ("各省今年城镇新增就业目标是多少人", ["50万人以上", "110万人以上", "120万人", "5万人", "65万人以上"]),
        ("苏鲁今年城镇新增就业目标分别是多少", ["110万人以上", "120万人"]),
        ("哪个省今年城镇新增就业目标最多？", ["120万人", "110万人以上", "65万人以上", "50万人以上", "5万人"]),
        ("江苏和重庆今年一般公共预算收入增长目标谁更低", ["2%", "3%"]),
    ],
)
def test_comparisons_by_asking(assistant: Assistant, question: str, told: list[str]) -> None:
    answer = assistant.ask(question)
    assert [item.text for item in answer.answers] == told
    assert answer.answer == "；".join(told)
    assert "云南省2025" not in {item.document for item in answer.answers}
    for item in answer.answers:
        assert item.text in answer.citations[item.citation - 1].quote
        assert 0.3 < item.confidence <= 1


def test_who_is_first_is_named(assistant: Assistant) -> None:
    assert assistant.ask("哪个省今年城镇新增就业目标最多？").message == "所引数值最大：江苏省（120万人）"
    assert assistant.ask("江苏和重庆今年一般公共预算收入增长目标谁更低").message == "所引数值最小：江苏省（2%）"


def test_two_reports_of_one_place_answer_by_year(assistant: Assistant) -> None:
    both = ("云南省", "云南省2025")
    assert values(assistant, "地区生产总值增长目标是多少", *both) == {"云南省": "4.5%左右", "云南省2025": "5%左右"}
    assert tabulate(assistant, [GROWTH], both).names == ("云南省（2026年）", "云南省（2025年）")
    told = values(assistant, "各省2025年的城镇新增就业目标")
    assert told == {"云南省2025": "50万人以上"}  # a later report's result is no target


def test_a_follow_up_asks_the_new_place_alone(assistant: Assistant) -> None:
    answer = assistant.ask("西藏呢？", ["江苏今年的地区生产总值增长目标是多少"])
    assert {item.document for item in answer.answers} <= {"西藏自治区"}


def test_files_of_a_table(table: Table) -> None:
    rows = list(csv.reader(io.StringIO(as_csv(table).decode("utf-8-sig"))))
    assert rows[0] == ["报告", *table.questions]
    assert rows[4][:3] == ["西藏自治区", "7%以上", "5万人"]
    assert rows[5][3] == "报告中没有答案"
    book = CalamineWorkbook.from_filelike(io.BytesIO(as_xlsx(table)))
    assert book.sheet_names == ["表", "出处"]
    first, second = (book.get_sheet_by_name(name).to_python() for name in book.sheet_names)
    assert [row[2] for row in first[1:6]] == [500_000, 1_100_000, 1_200_000, 50_000, 650_000]
    assert second[0] == ["报告", "问题", "答案", "把握", "时期", "章节", "位置", "原文"]
    cited = [row for row in second[1:] if row[:2] == ["西藏自治区", JOBS]]
    assert [row[2] for row in cited] == ["5万人"]
    assert "城镇新增就业5万人" in cited[0][7]
    assert as_xlsx(table) == as_xlsx(table)
    text = as_markdown(table)
    assert text.startswith("| 报告 |")
    assert text.count("[^1]") == 2
    assert json.loads(json.dumps(table.to_json()))["rows"][3]["cells"][1]["text"] == "5万人"


def test_a_number_keeps_its_words_as_its_format(table: Table) -> None:
    sheet = sheets(table)[0]
    assert sheet.rows[0][2] == Value("50万人以上", 500_000, sheet.rows[0][2].notes)
    mixed = replace(table, cells=tuple((row[0], row[0], row[2]) for row in table.cells[:1]) + table.cells[1:])
    assert all(row[2].number is None for row in sheets(mixed)[0].rows)  # 人 and % do not compare


def test_the_page_gives_the_answer_of_several_reports_away(folder: Path, tmp_path: Path) -> None:
    desk = Desk(Site(folder, tmp_path))
    sent = Sent("苏鲁今年城镇新增就业目标分别是多少", "talk", nonce="n", owner="me")
    desk.begin(sent)
    shown = desk.finish(sent, Visitor("", False))
    app = FastAPI()
    add_desk(app, desk)
    link = re.search(r'href="(desk/turn/[^"/]+/table\.xlsx)"', str(shown))
    assert link
    with TestClient(app) as client:
        answer = client.get(f"/{link[1]}?lang=en")
        assert client.get("/desk/turn/none/table.xlsx").status_code == 404
    assert answer.headers["content-type"].endswith("spreadsheetml.sheet")
    book = CalamineWorkbook.from_filelike(io.BytesIO(answer.content))
    assert book.sheet_names == ["Table", "Sources"]
    first, second = (book.get_sheet_by_name(name).to_python() for name in book.sheet_names)
    assert first == [["Report", sent.question], ["山东省", 1_100_000], ["江苏省", 1_200_000]]
    assert [row[2] for row in second] == ["Answer", "110万人以上", "120万人"]
    assert all(float(row[3]) > 0.5 for row in second[1:])


def run(*arguments: str, text: str = "") -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", *arguments], input=text, capture_output=True, text=True, cwd=ROOT, timeout=120
    )


def test_the_command_writes_the_table(folder: Path, tmp_path: Path) -> None:
    asked, out = tmp_path / "问题.txt", tmp_path / "out.csv"
    asked.write_text(f"\ufeff# 就业\n{JOBS}\n\n", encoding="utf-8")
    done = run(
        "qa", "table", str(asked), "--index", str(folder), "--documents", "江苏省", "西藏自治区",
        "--csv", str(out), "--sort", "-1",
    )  # fmt: skip
    assert (done.returncode, done.stdout) == (0, "")
    assert out.read_text(encoding="utf-8-sig") == f"报告,{JOBS}\n西藏自治区,5万人\n江苏省,120万人\n"


@pytest.mark.parametrize(
    ("arguments", "text", "told"),
    [
        (("-",), "", "no question in -"),
        (("missing.txt",), "", "missing.txt cannot be read"),
        (("-", "--documents", "海南省"), JOBS, "海南省"),
        (("-", "--sort", "2"), JOBS, "--sort 2"),
        (("-", "--csv", "/no/such/folder/x.csv"), "……\n", "no question"),
    ],
)
def test_mistakes_end_in_a_line(folder: Path, arguments: tuple[str, ...], text: str, told: str) -> None:
    done = run("qa", "table", *arguments, "--index", str(folder), text=text)
    assert (done.returncode, done.stdout) == (2, "")
    assert told in done.stderr
    assert "Traceback" not in done.stderr


def test_the_measure_by_its_command(folder: Path, tmp_path: Path) -> None:
    file = tmp_path / "rows.jsonl"
    cells = {
        "江苏省": {"answers": ["120万人"], "evidence": ["城镇新增就业120万人"]},
        "西藏自治区": {"answers": ["6万人"], "evidence": ["城镇新增就业6万人"]},
    }
    row = {"id": "c1", "question": JOBS, "documents": list(cells), "cells": cells}
    file.write_text(json.dumps(row, ensure_ascii=False), encoding="utf-8")
    done = run("eval", "compare-set", str(file), "--index", str(folder))
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout) == {
        "rows": 1, "cells": 2, "cell_accuracy": 0.5, "row_mean": 0.5, "rows_whole": 0, "said": 0.5, "missing": 0.0,
        "first": 0.0, "wrong": [{"id": "c1", "document": "西藏自治区", "told": "5万人", "gold": ["6万人"]}],
    }  # fmt: skip
