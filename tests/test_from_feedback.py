"""Readers' words become rows that the evaluation's own check finds nothing wrong with, or a reason is told."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from stand_in import StandIn, document

from eval.__main__ import main
from eval.check import check
from eval.feedback import from_feedback
from eval.questions import QuestionFile, read_questions
from index.store import open_index
from qa.ledger import Ledger, Marked, Policy, open_ledger

SECOND = (
    "一、2022年工作回顾\n固定资产投资增长9.1%,社会消费品零售总额增长7%。"
    "新建公园3个、学校2所、医院1家。\n因为抓得早,所以粮食丰收。\n"
)
TWO = StandIn(document(), document("乙县", SECOND, "乙县2023年政府工作报告"))
DOCUMENTS = TWO.index.documents


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[Ledger]:
    opened = open_ledger(tmp_path / "wenbao.sqlite")
    yield opened
    opened.close()


def _ask(ledger: Ledger, name: str, question: str, documents: tuple[str, ...] = (), **more: Any) -> dict[str, Any]:
    answer = TWO.ask(question, documents=documents).to_json()
    assert ledger.audit.record(name, question, answer, documents=documents, **more)
    return answer


def _mark(words: str, name: str = "乙县") -> Marked:
    at = DOCUMENTS[name].text.index(words)
    return Marked(name, at, at + len(words))


def _rows(ledger: Ledger) -> list[dict[str, Any]]:
    harvest = from_feedback(ledger, DOCUMENTS)
    assert check(QuestionFile(Path("x"), harvest.questions, ()), DOCUMENTS) == []
    for question in harvest.questions:
        texts = [DOCUMENTS[name].text for name in question.documents or DOCUMENTS]
        assert all(any(evidence in text for text in texts) for evidence in question.evidence)
    return [question.to_json() for question in harvest.questions]


def _reason(ledger: Ledger) -> str:
    """Why the only word gave no row."""
    harvest = from_feedback(ledger, DOCUMENTS)
    assert harvest.questions == ()
    return re.sub(r'^feedback \d+, ".*?": ', "", harvest.left_out[-1])


def test_an_answer_that_helped_is_a_row(ledger: Ledger) -> None:
    _ask(ledger, "r1", "乙县固定资产投资增长多少？", ("乙县",))
    ledger.feedback.give("r1", True)
    assert _rows(ledger) == [
        {"id": "fb1", "doc": "乙县", "question": "乙县固定资产投资增长多少？", "type": "number", "answers": ["9.1%"],
         "evidence": ["固定资产投资增长9.1%"]}
    ]  # fmt: skip


def test_a_comparison_and_a_right_refusal(ledger: Ledger) -> None:
    _ask(ledger, "r1", "固定资产投资增长多少？")
    _ask(ledger, "r2", "地铁有几条？", history=["那里通什么车？"])
    ledger.feedback.give("r1", True)
    ledger.feedback.give("r2", True)
    first, second = _rows(ledger)
    assert (first["type"], first["doc"]) == ("comparison", "*")
    assert first["answers_by_doc"] == {"sanmen-2023": ["28.8%"], "乙县": ["9.1%"]}
    assert second == {
        "id": "fb2", "doc": "*", "question": "地铁有几条？", "type": "unanswerable", "answers": [], "evidence": [],
        "history": ["那里通什么车？"],
    }  # fmt: skip


@pytest.mark.parametrize(
    ("question", "reason", "marked", "want"),
    [
        ("社会消费品零售总额多少？", "应答未答", "7%。", {"type": "number", "answers": ["7%"], "wrong": None}),
        ("固定资产投资增长多少？", "错误", "7%", {"type": "number", "answers": ["7%"], "wrong": ["9.1%"]}),
        ("固定资产投资增长多少？", "出处不对", "固定资产投资增长9.1%,", {"type": "number", "answers": ["9.1%"]}),
        ("新建了哪些？", "不全", "公园3个、学校2所、医院1家", {"answers_all": ["公园3个", "学校2所", "医院1家"]}),
        ("粮食为什么丰收？", "错误", "因为抓得早", {"type": "how_why", "answers": ["因为抓得早"]}),
    ],
)
def test_a_marked_passage_corrects_an_answer(
    ledger: Ledger, question: str, reason: str, marked: str, want: dict[str, Any]
) -> None:
    _ask(ledger, "r1", question, ("乙县",))
    ledger.feedback.give("r1", False, reason=reason, marked=_mark(marked), comment="不是证据")
    (row,) = _rows(ledger)
    assert {name: row.get(name) for name in want} == want
    (evidence,) = row["evidence"]
    assert evidence in SECOND
    assert marked.rstrip("。,") in evidence


@pytest.mark.parametrize(
    ("question", "give", "reason"),
    [
        ("固定资产投资增长多少？", {"helpful": False, "reason": "错误"}, "no right passage was marked"),
        (
            "固定资产投资增长多少？",
            {"helpful": False, "marked": _mark("固定资产投资增长9.1%,社会消费品零售总额增长7%")},
            "the marked passage has 26 characters; the words that answer were not marked alone",
        ),
        ("新建了哪些？", {"helpful": False, "marked": _mark("公园3个")},
         "the items of the list cannot be told from the marked passage"),
        ("固定资产投资多少？", {"helpful": False, "marked": Marked("丙县", 1, 2)}, "the index holds no document 丙县"),
        ("固定资产投资多少？", {"helpful": False, "marked": Marked("乙县", 1, 9999)},
         "the place 1:9999 does not lie in 乙县"),
        ("固定资产投资多少？", {"helpful": False, "marked": _mark("。\n因")}, ""),
        ("固定资产投资多少？", {"helpful": False, "marked": _mark("。\n")}, "nothing but blanks and marks was marked"),
    ],
)  # fmt: skip
def test_what_gives_no_row_is_told(ledger: Ledger, question: str, give: dict[str, Any], reason: str) -> None:
    _ask(ledger, "r1", question, ("乙县",))
    ledger.feedback.give("r1", **give)
    if reason:
        assert _reason(ledger) == reason
    else:
        assert [row["answers"] for row in _rows(ledger)] == [["因"]]


def test_digests_changed_texts_and_failures_give_no_row(ledger: Ledger) -> None:
    answer = _ask(ledger, "r1", "固定资产投资增长多少？", ("乙县",))
    citation = {**answer["citations"][0], "quote": "固定资产投资增长9.2%"}
    ledger.audit.record("r2", "投资增长多少？", {**answer, "citations": [citation]}, documents=["乙县"])
    ledger.audit.record("r3", "出错的问题", None, error="X")
    ledger.set_policy(Policy(texts=False))
    ledger.audit.record("r4", "秘密", answer)
    for name in ("r2", "r3", "r4"):
        ledger.feedback.give(name, True)
    assert from_feedback(ledger, DOCUMENTS).left_out == (
        'feedback 1, "投资增长多少？": 乙县 has changed since it was quoted',
        'feedback 2, "出错的问题": the question was not answered but failed',
        'feedback 3, "": only a digest of the question was kept',
    )


def test_readers_who_agree_give_one_row_and_who_disagree_none(ledger: Ledger) -> None:
    for name in ("r1", "r2"):
        _ask(ledger, name, "固定资产投资增长多少？", ("乙县",))
        ledger.feedback.give(name, True, who=name)
    assert [row["id"] for row in _rows(ledger)] == ["fb1"]
    assert from_feedback(ledger, DOCUMENTS).left_out == (
        'feedback 2, "固定资产投资增长多少？": says the same as feedback 1',
    )
    _ask(ledger, "r3", "固定资产投资增长多少？", ("乙县",))
    ledger.feedback.give("r3", False, reason="错误", who="r3")
    harvest = from_feedback(ledger, DOCUMENTS)
    assert harvest.questions == ()
    assert [line.rpartition(": ")[2] for line in harvest.left_out] == [
        "readers disagree about this question", "readers disagree about this question", "no right passage was marked",
    ]  # fmt: skip


def test_the_command_over_a_real_index(
    ledger: Ledger, county_index: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    text = next(iter(open_index(county_index).documents.values())).text
    number = re.search(r"[一-龥]{4}(\d[\d.]*%)", text)
    assert number
    for name in ("r1", "r2"):
        ledger.audit.record(name, f"{name[1]}增长了多少？", {"refused": True, "answer": "", "citations": []})
    ledger.feedback.give("r1", False, reason="应答未答", marked=Marked("report-county", *number.span(1)))
    ledger.feedback.give("r2", False, reason="应答未答")
    out = tmp_path / "rows.jsonl"
    command = ["from-feedback", "--ledger", str(ledger.path), "--index", str(county_index), "--out", str(out)]
    assert main(command) == 0
    assert capsys.readouterr() == (
        "1 rows, 1 left out\n", 'no row from feedback 2, "2增长了多少？": no right passage was marked\n'
    )  # fmt: skip
    (question,) = read_questions(out).questions
    assert (question.answers, question.evidence[0] in text) == ((number[1],), True)
    assert json.loads(out.read_text(encoding="utf-8"))["id"] == "fb1"
    assert main(["check", str(out), "--index", str(county_index)]) == 0
    assert main([*command[:2], str(tmp_path / "none.sqlite"), *command[3:]]) == 2
    assert capsys.readouterr().err.startswith(f"eval: no ledger at {tmp_path / 'none.sqlite'}; wanted ")
