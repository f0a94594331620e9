"""Two runs side by side, the gates, and the disturbed copies: whole values on runs small enough to work out."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from bigram_assistant import BigramAssistant, document

from eval.__main__ import main
from eval.compare import Run, compare_runs, read_run
from eval.disturb import SLIPS, full_width, one_typo, to_traditional, year_swapped
from eval.gate import ALWAYS, Gate, broken, figure, read_gates
from eval.measures import BY_KEY
from eval.perturb import YearSwap, run_perturbed, text_of, year_swap
from eval.questions import Question, QuestionFile
from index.errors import UserError


def _row(ident: str, right: bool, confidence: float = 0.9, answerable: bool = True, **more: Any) -> dict[str, Any]:
    values = {"overall_right": float(right), "coverage": 1.0, "answer_right" if answerable else "noans": float(right)}
    return {
        "id": ident, "question": f"{ident}？", "gold": ["5%"] if answerable else [], "answer": "5%" if right else "6%",
        "refused": False, "answer_right": right, "citation_right": right, "confidence": confidence, "values": values,
    } | more  # fmt: skip


def _run(name: str, rows: Sequence[dict[str, Any]], **figures: float) -> Run:
    metrics = {"figures": {key: {"value": value, "n": len(rows)} for key, value in figures.items()}}
    return Run(name, metrics, {row["id"]: row for row in rows})


A = _run("a", [_row("q1", True), _row("q2", False), _row("q3", False), _row("q4", True), _row("only", True)])
B = _run("b", [_row("q1", True), _row("q2", True), _row("q3", True, 0.8), _row("q4", False), _row("new", True)])


def test_wins_ties_losses_and_flips() -> None:
    c = compare_runs(A, B)
    assert (c.n, c.only_a, c.only_b, c.wins, c.ties, c.losses, c.mcnemar_p) == (4, 1, 1, 2, 1, 1, 1.0)
    assert [(f.id, f.better, f.gold, f.a, f.b) for f in c.flips] == [
        ("q4", False, ("5%",), "5%", "6%"),
        ("q2", True, ("5%",), "6%", "5%"),
        ("q3", True, ("5%",), "6%", "5%"),
    ]
    deltas = {delta.measure: delta for delta in c.deltas}
    right = deltas["answer_right"]
    assert (right.a, right.b, right.difference, right.n) == (0.5, 0.75, 0.25, 4)
    assert right.low == -0.5
    assert right.high == 1.0
    assert deltas["coverage"].p == 1.0
    # A: right 0.9, 0.9, wrong 0.9, 0.9: every risk is 1/2. B: of the three at 0.9 one is wrong, the fourth is right.
    assert deltas["aurc"].a == pytest.approx(0.5)
    assert deltas["aurc"].b == pytest.approx((3 * (1 / 3) + 1 / 4) / 4)
    assert deltas["aurc"].p is None
    assert "noans" not in deltas


def test_a_run_against_itself_differs_in_nothing() -> None:
    c = compare_runs(A, A)
    assert (c.wins, c.ties, c.losses, c.flips) == (0, 5, 0, ())
    assert {(d.difference, d.low, d.high) for d in c.deltas} == {(0.0, 0.0, 0.0)}


def test_runs_without_a_common_question_are_refused() -> None:
    with pytest.raises(UserError, match="share no question"):
        compare_runs(A, _run("c", [_row("z", True)]))


def test_gates_break_on_bounds_and_margins_in_the_measures_own_direction() -> None:
    before = _run("a", [], answer_right=0.80, false_answer=0.10, quote_integrity=1.0)
    after = _run("b", [], answer_right=0.77, false_answer=0.13, quote_integrity=0.999)
    gates = [
        *ALWAYS,
        Gate("answer_right", at_least=0.77, margin=0.031),
        Gate("answer_right", margin=0.02),
        Gate("false_answer", at_most=0.12, margin=0.031),
        Gate("false_answer", margin=0.02),
        Gate("cmrc_f1", at_least=0.1),
    ]
    assert broken(gates, before, after) == [
        "quote_integrity is 0.999, wanted at least 1",
        "answer_right went from 0.8 to 0.77, beyond its margin of 0.02",
        "false_answer is 0.13, wanted at most 0.12",
        "false_answer went from 0.1 to 0.13, beyond its margin of 0.02",
        "cmrc_f1 was not measured",
    ]
    assert broken(gates[:4], after, before) == []


def test_figures_are_found_by_key_and_by_path() -> None:
    metrics = {
        "figures": {"recall@5": {"value": 0.5, "n": 2}},
        "latency_ms": {"total": {"p95": {"value": 81.5}}},
        "slices": {"type": {"number": {"noans": {"value": None}}}},
        "size": {"index_mb": 3},
    }
    keys = ("recall@5", "latency_ms.total.p95", "size.index_mb", "slices.type.number.noans", "nothing.there")
    assert [figure(metrics, key) for key in keys] == [0.5, 81.5, 3.0, None, None]


def test_gate_files(tmp_path: Path) -> None:
    path = tmp_path / "gate.json"
    path.write_text(json.dumps({"gates": [{"measure": "em", "at_least": 0.5}]}), encoding="utf-8")
    assert read_gates(path) == (*ALWAYS, Gate("em", at_least=0.5))
    for bad in ("{", "[]", "{}", '{"gates": [{"measure": "em"}]}', '{"gates": [{"measure": "em", "over": 1}]}'):
        path.write_text(bad, encoding="utf-8")
        with pytest.raises(UserError, match="is not a gate file"):
            read_gates(path)


def test_the_shipped_gate_file_can_be_read() -> None:
    gates = read_gates(Path(__file__).parent.parent / "eval" / "gate.json")
    assert {gate.measure for gate in gates} >= {"quote_integrity", "citation_contains_answer", "answer_right"}
    assert all(gate.measure in BY_KEY for gate in gates)


def test_compare_command_prints_and_gates(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for run in (A, B):
        folder = tmp_path / run.name
        folder.mkdir()
        metrics = {"figures": {"answer_right": {"value": 0.5 if run is A else 0.75, "n": 4}}}
        (folder / "metrics.json").write_text(json.dumps(metrics), encoding="utf-8")
        lines = "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in run.rows.values())
        (folder / "per_question.jsonl").write_text(lines, encoding="utf-8")
    a, b = str(tmp_path / "a"), str(tmp_path / "b")
    assert main(["compare", a, b]) == 0
    printed = capsys.readouterr().out
    assert "b against a: 4 questions in common (1 only in a, 1 only in b)" in printed
    assert "win 2, tie 1, loss 1" in printed
    assert main(["compare", a, b, "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["wins"] == 2
    gate = tmp_path / "gate.json"
    gate.write_text('{"gates": [{"measure": "answer_right", "margin": 0.1}]}', encoding="utf-8")
    assert main(["compare", a, b, "--gate", str(gate)]) == 0
    assert main(["compare", b, a, "--gate", str(gate)]) == 1
    assert "gate: answer_right went from 0.75 to 0.5, beyond its margin of 0.1" in capsys.readouterr().err
    assert main(["compare", a, str(tmp_path / "none")]) == 2
    said = capsys.readouterr().err
    assert said.startswith(f"eval: no finished run at {tmp_path / 'none'}; wanted")
    assert said.count("\n") == 1
    assert read_run(tmp_path / "a").rows == A.rows


# ---- disturbed copies ----

ASKED = Question(
    "d1", "2022年三门农村有多少个镇？", "number", "甲", ("10个",), evidence=("全县有10个镇",), history=("12年呢",)
)


def test_copies_change_only_what_they_say() -> None:
    assert to_traditional(ASKED) == Question(
        "d1", "2022年三門農村有多少個鎮？", "number", "甲", ("10个",), evidence=("全县有10个镇",), history=("12年呢",)
    )
    wide = full_width(ASKED)
    assert wide is not None
    assert (wide.question, wide.history) == ("\uff12\uff10\uff12\uff12年三门农村有多少个镇？", ("\uff11\uff12年呢",))
    assert full_width(Question("d", "有几个镇？")) is None
    typo = one_typo(ASKED)
    assert typo is not None
    changed = [(a, b) for a, b in zip(ASKED.question, typo.question, strict=True) if a != b]
    assert len(changed) == 1
    assert SLIPS[changed[0][0]] == changed[0][1]
    assert one_typo(ASKED) == typo
    assert one_typo(Question("d", "GDP?")) is None


def test_a_swapped_year_loses_its_gold() -> None:
    swapped = year_swapped(ASKED)
    assert swapped == Question("d1", "2021年三门农村有多少个镇?", "number", "甲", history=("12年呢",))
    assert year_swapped(Question("d", "2022年和2023年各多少？", answers=("1",), evidence=("1",))) is None
    assert year_swapped(Question("d", "2022年多少？", "unanswerable")) is None
    assert year_swapped(Question("d", "投资2022万元吗？", answers=("1",), evidence=("1",))) is None


def test_every_slip_is_another_single_character() -> None:
    assert len(SLIPS) > 100
    assert all(len(a) == len(b) == 1 and a != b for a, b in SLIPS.items())


def test_year_swap_counts_refused_changed_and_kept() -> None:
    def row(ident: str, answer: str) -> dict[str, Any]:
        return {"id": ident, "answer": answer, "answers": [], "refused": not answer}

    base = [row("a", "5%"), row("b", "6%"), row("c", "7%"), row("d", ""), row("e", "8%")]
    swapped = [row("a", ""), row("b", "6.1%"), row("c", "\uff17%"), row("d", "9%"), row("e", "8%") | {"error": "x"}]
    found = year_swap(base, swapped)
    assert found == YearSwap(3, 1, 1, 1, ("c",))
    assert found.right == pytest.approx(2 / 3)


def test_a_disturbed_run_reports_paired_deltas(tmp_path: Path) -> None:
    text = "一、2022年工作回顾\n全县有10个镇。农村道路里程120公里。\n"
    asked = QuestionFile(
        Path("q.jsonl"),
        (
            Question("d1", "全县有多少个镇？", "number", "甲", ("10个",), evidence=("全县有10个镇",)),
            Question(
                "d2", "2022年农村道路里程多少公里？", "number", "甲", ("120公里",), evidence=("农村道路里程120公里",)
            ),
        ),
        (),
    )
    result = run_perturbed(asked, BigramAssistant(document("甲", text)), tmp_path, lambda _: None)
    right = {kind: next(d for d in c.deltas if d.measure == "answer_right") for kind, c in result.comparisons.items()}
    # The stand-in knows bigrams only: of 全縣有多少個鎮 and of 全现有多少个镇 it recognises too little, and refuses.
    assert {kind: (d.a, d.b, d.n) for kind, d in right.items()} == {
        "traditional": (1.0, 0.5, 2), "full_width": (1.0, 1.0, 1), "typo": (1.0, 0.5, 2),
    }  # fmt: skip
    assert result.year == YearSwap(1, 0, 0, 1, ("d2",))
    stored = json.loads((tmp_path / "perturb.json").read_text(encoding="utf-8"))
    assert stored["year"]["kept_ids"] == ["d2"]
    assert stored["kinds"]["traditional"]["deltas"]["answer_right"]["difference"] == -0.5
    assert "traditional  answer_right" in text_of(result)
    assert "答案照旧（错）1" in (tmp_path / "base" / "report.html").read_text(encoding="utf-8")
