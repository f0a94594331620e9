"""The harness's verdicts are the contract's: against stored verdicts of the reference scorer, and against it itself."""

from __future__ import annotations

import importlib.util
import json
import os
from pathlib import Path
from typing import Any

import pytest
from bigram_assistant import BigramAssistant, document
from hypothesis import given
from hypothesis import strategies as st

from eval.judge import Verdict, judge
from eval.matching import contains, longest_run, overlap
from eval.questions import question_from, read_questions
from eval.run import ask

JUDGED = [
    json.loads(line)
    for line in (Path(__file__).parent / "data" / "eval" / "judged.jsonl").read_text(encoding="utf-8").splitlines()
]
SHARED = os.environ.get("WENBAO_SHARED", "")


def test_verdicts_equal_those_of_the_reference_scorer() -> None:
    # The file holds what score.py said of 163 rows: real questions of every type with right, wrong, cut, overlong and
    # refused answers, and the corners of each rule.
    said = [row["verdict"] for row in JUDGED]
    found = []
    for row in JUDGED:
        verdict = judge(question_from(row["question"], 1), row["prediction"])
        found.append([verdict.answer, verdict.citation, verdict.refused])
    assert found == said
    assert len({tuple(verdict) for verdict in said}) == 6


@pytest.mark.skipif(not SHARED, reason="WENBAO_SHARED does not name the folder with score.py and the dev sets")
def test_verdicts_equal_the_reference_scorer_on_the_development_sets(tmp_path: Path) -> None:
    shared = Path(SHARED)
    spec = importlib.util.spec_from_file_location("score", shared / "score.py")
    assert spec is not None
    assert spec.loader is not None
    score = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(score)
    reports = [
        document(path.stem, path.read_text(encoding="utf-8", errors="replace"))
        for path in sorted((shared / "data" / "reports").glob("*.txt"))
    ]
    assistant = BigramAssistant(*reports)
    compared = 0
    for path in sorted((shared / "data" / "questions" / "dev").glob("*.jsonl")):
        rows = {(row := json.loads(line))["id"]: row for line in path.read_text(encoding="utf-8").splitlines()}
        asked = read_questions(path)
        assert not asked.problems
        for question in asked.questions:
            given_row, _ = ask(question, assistant, tmp_path / "errors.log", lambda _: None)
            for prediction in (given_row, _golden(rows[question.id]), given_row | {"error": "E", **EMPTY_ITEM}):
                want = score.judge(rows[question.id], prediction)
                verdict = judge(question, prediction)
                assert (verdict.answer, verdict.citation, verdict.refused) == tuple(map(bool, want)), question.id
                compared += 1
    assert compared >= 3 * 245


EMPTY_ITEM: dict[str, Any] = {
    "refused": False, "answer": "", "answers": [{"text": "", "document": "", "citation": 0}], "citations": [],
}  # fmt: skip


def _golden(row: dict[str, Any]) -> dict[str, Any]:
    answer = (row.get("answers") or ["；".join(row.get("answers_all", []))])[0]
    return {
        "refused": not row["evidence"],
        "answer": answer,
        "answers": [],
        "citations": [{"quote": e} for e in row["evidence"]],
    }


def test_a_crashed_or_missing_answer_is_never_a_refusal() -> None:
    unanswerable = question_from({"id": "u", "question": "问", "type": "unanswerable", "evidence": []}, 1)
    assert judge(unanswerable, None) == Verdict(False, False, False)
    assert judge(unanswerable, {"error": "ValueError: x", "refused": True}) == Verdict(False, False, False)
    assert judge(unanswerable, {"refused": True, "answer": ""}) == Verdict(True, True, True)


def _table_run(a: str, b: str) -> int:
    best, previous = 0, [0] * (len(b) + 1)
    for x in a:
        current = [0] + [previous[j] + 1 if x == y else 0 for j, y in enumerate(b)]
        best, previous = max(best, *current), current
    return best


@given(st.text("ab甲1", max_size=30), st.text("ab甲1", max_size=30))
def test_longest_run_equals_the_table(a: str, b: str) -> None:
    assert longest_run(a, b) == _table_run(a, b)


@given(st.text("甲乙1.% ，", max_size=12), st.text("甲乙1.%", min_size=1, max_size=4))
def test_containment_agrees_with_trying_every_place(hay: str, needle: str) -> None:
    whole = hay.replace(" ", "").replace("，", "")
    places = [i for i in range(len(whole)) if whole.startswith(needle, i)]
    free = [
        i
        for i in places
        if not (needle[0] == "1" and whole[:i].endswith(("1", ".")))
        and not (needle[-1] == "1" and whole[i + len(needle) :].startswith(("1", ".", "%")))
    ]
    assert contains(hay, needle) == bool(free)


def test_overlap_counts_the_shorter_text() -> None:
    assert overlap("全县生产总值达到", "生产总值") == 1.0
    assert overlap("生产总额很大", "生产总值达到") == pytest.approx(3 / 6)
    assert overlap("", "生产") == 0.0
