"""The commands as a user types them: exit statuses, one line for a mistake, and a run that survives being killed."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from bigram_assistant import BigramAssistant, document

import qa.assistant
from eval.__main__ import main
from eval.journal import load

ROOT = Path(__file__).parent.parent
NAMES = [chr(0x5000 + n) * 2 for n in range(41)]
TEXT = "一、2022年工作回顾\n" + "".join(f"全县{NAMES[n]}工程投资{n * 7}万元。\n" for n in range(1, 25))
ROWS = [
    {"id": f"d{n}", "doc": "甲", "question": f"全县{NAMES[n]}工程投资多少万元？", "type": "number",
     "answers": [f"{n * 7}万元"], "evidence": [f"全县{NAMES[n]}工程投资{n * 7}万元"]}
    for n in range(1, 25)
]  # fmt: skip


@pytest.fixture
def questions(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A file of 24 rows and a broken one; the commands open the stand-in in the place of an index with models."""
    monkeypatch.setattr(qa.assistant, "open_assistant", lambda path: BigramAssistant(document("甲", TEXT)))
    path = tmp_path / "q.jsonl"
    path.write_text("{\n" + "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in ROWS), encoding="utf-8")
    return path


def test_run_reports_figures_and_names_the_bad_line(
    questions: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "run"
    assert main(["run", str(questions), "--out", str(out)]) == 0
    printed = capsys.readouterr()
    assert "answer_right               1.000  [1.000, 1.000]   N=24" in printed.out
    assert f"{questions}, line 1: not JSON" in printed.err
    assert printed.err.splitlines()[-1] == f"report: {out / 'report.html'}"
    names = {path.name for path in out.iterdir()}
    assert names >= {
        "predictions.jsonl", "per_question.jsonl", "metrics.json", "report.html", "run.trec", "qrels.trec",
    }  # fmt: skip
    assert not [name for name in names if name.endswith(".part")]


def test_check_command(questions: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check", str(questions)]) == 1  # for the broken line
    assert capsys.readouterr().out == "24 questions, 1 problems\n"
    lines = questions.read_text(encoding="utf-8").splitlines(keepends=True)
    questions.write_text("".join(lines[1:]), encoding="utf-8")
    assert main(["check", str(questions)]) == 0
    questions.write_text(lines[1].replace("投资7万元", "投资8万元"), encoding="utf-8")
    assert main(["check", str(questions)]) == 1
    assert f"line 1, d1: evidence stands in no document asked: 全县{NAMES[1]}工程投资8万元" in capsys.readouterr().out


def test_perturb_command(questions: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["perturb", str(questions), "--out", str(tmp_path / "p")]) == 0
    assert "typo         answer_right" in capsys.readouterr().out
    assert (tmp_path / "p" / "perturb.json").exists()


def test_a_document_that_the_index_lacks_is_named_and_its_questions_count(
    questions: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    row = ROWS[0] | {"id": "x", "doc": "乙"}
    with questions.open("a", encoding="utf-8") as file:
        file.write(json.dumps(row, ensure_ascii=False) + "\n")
    assert main(["run", str(questions), "--out", str(tmp_path / "run")]) == 0
    printed = capsys.readouterr()
    assert "the index holds no document 乙; its questions will count as wrong" in printed.err
    assert "answer_right               0.960" in printed.out


def test_squad_titles_that_are_no_documents_ask_all(
    questions: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    qa_row = {"id": "s1", "question": ROWS[2]["question"], "answers": [{"text": "21万元", "answer_start": 8}]}
    context = f"全县{NAMES[3]}工程投资21万元。"
    data = {"data": [{"title": "某文", "paragraphs": [{"context": context, "qas": [qa_row]}]}]}
    path = tmp_path / "squad.json"
    path.write_text(json.dumps(data, ensure_ascii=False), encoding="utf-8")
    assert main(["run", str(path), "--out", str(tmp_path / "run")]) == 0
    assert "answer_right               1.000" in capsys.readouterr().out


def test_a_mistake_ends_in_one_line_and_status_2(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "eval", "run", "none.jsonl", "--out", str(tmp_path)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith("eval: no question file at none.jsonl; wanted a file of kind .jsonl")
    assert done.stderr.count("\n") == 1


SLOW = """
import sys, time
from pathlib import Path
sys.path[:0] = [{root!r}, {tests!r}]
from bigram_assistant import BigramAssistant, document
from eval.questions import read_questions
from eval.run import answer_all
class Slow(BigramAssistant):
    def trace(self, *asked):
        time.sleep({pause})
        return super().trace(*asked)
asked = read_questions(Path({questions!r}))
answer_all(asked.questions, Slow(document("甲", Path({text!r}).read_text(encoding="utf-8"))), Path({out!r}), print)
"""


def test_a_run_killed_half_way_gives_the_same_predictions(questions: Path, tmp_path: Path) -> None:
    (tmp_path / "text.txt").write_text(TEXT, encoding="utf-8")

    def script(out: str, pause: float) -> list[str]:
        values = {"root": str(ROOT), "tests": str(ROOT / "tests"), "questions": str(questions), "pause": pause}
        return [sys.executable, "-c", SLOW.format(**values, text=str(tmp_path / "text.txt"), out=str(tmp_path / out))]

    environment = os.environ | {"PYTHONUTF8": "1"}
    subprocess.run(script("whole", 0), check=True, capture_output=True, env=environment)
    killed = subprocess.Popen(script("cut", 0.05), stdout=subprocess.DEVNULL, env=environment)
    predictions = tmp_path / "cut" / "predictions.jsonl"
    deadline = time.monotonic() + 60
    while len(load(predictions)) < 8 and time.monotonic() < deadline:
        time.sleep(0.02)
    killed.send_signal(signal.SIGKILL)
    killed.wait()
    done = len(load(predictions))
    assert 8 <= done < len(ROWS)
    again = subprocess.run(script("cut", 0), check=True, capture_output=True, text=True, env=environment)
    assert again.stdout == f"{done} of 24 answered by an earlier start, going on\n"
    rows = [[row | {"latency_ms": 0} for row in load(tmp_path / out / "predictions.jsonl")] for out in ("whole", "cut")]
    assert rows[0] == rows[1]
    assert len(rows[0]) == len(ROWS)
