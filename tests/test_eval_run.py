"""A run writes the same answers whether it was cut off or not, and no question ever leaves it."""

from __future__ import annotations

import io
import json
from collections.abc import Sequence
from hashlib import sha256
from pathlib import Path

import pytest
from bigram_assistant import BigramAssistant, document

from eval.journal import Journal, dump, load
from eval.places import Atlas
from eval.questions import Question, QuestionFile
from eval.results import measure, write_results
from eval.run import Progress, answer_all
from qa.answer import Trace

TOKENIZER = Path(__file__).parent.parent / "index" / "model" / "tokenizer.json"
TEXT = """一、2022年工作回顾
全县生产总值332.63亿元,增长2.6%。农村居民人均可支配收入3.27万元。港口吞吐量900万吨。
新增市场主体9229户。完成老旧小区改造12个。
二、2023年主要工作
全县生产总值增长6%以上。港口吞吐量突破1000万吨。新增农创客200名以上。
"""


def _number(ident: str, text: str, answer: str, evidence: str) -> Question:
    return Question(ident, text, "number", "甲", (answer,), evidence=(evidence,))


QUESTIONS = (
    _number("d1", "2022年全县生产总值是多少？", "332.63亿元", "全县生产总值332.63亿元"),
    _number("d2", "农村居民人均可支配收入多少？", "3.27万元", "农村居民人均可支配收入3.27万元"),
    _number("d3", "新增市场主体多少户？", "9229户", "新增市场主体9229户"),
    Question("d4", "全县有几条地铁？", "unanswerable", "甲"),
    _number("d5", "要新增农创客多少名？", "200名", "新增农创客200名以上"),
    _number("d6", "改造老旧小区多少个？", "12个", "完成老旧小区改造12个"),
)
FILE = QuestionFile(Path("q.jsonl"), QUESTIONS, ())


def _assistant() -> BigramAssistant:
    return BigramAssistant(document("甲", TEXT))


class Failing(BigramAssistant):
    """Fails where told: on the question with `crash` in it by an error, on the one with `stop` as by Ctrl-C."""

    def __init__(self, crash: str = "", stop: str = "") -> None:
        super().__init__(document("甲", TEXT))
        self.crash, self.stop, self.asked = crash, stop, [""][:0]

    def trace(self, question: str, history: Sequence[str] = (), documents: Sequence[str] = ()) -> Trace:
        self.asked.append(question)
        if self.stop and self.stop in question:
            raise KeyboardInterrupt
        if self.crash and self.crash in question:
            raise ValueError(f"broken at {self!r}\n and so on")
        return super().trace(question, history, documents)

    def __repr__(self) -> str:
        return f"<Failing at {hex(id(self))}>"


def _timeless(out: Path, name: str = "predictions.jsonl") -> list[bytes]:
    return [dump({k: v for k, v in row.items() if k not in {"latency_ms", "timings"}}) for row in load(out / name)]


def _silent(_: str) -> None:
    return None


def test_a_row_is_the_answer_object_with_its_id_first(tmp_path: Path) -> None:
    answer_all(QUESTIONS, _assistant(), tmp_path, _silent)
    row = json.loads((tmp_path / "predictions.jsonl").read_text(encoding="utf-8").splitlines()[0])
    want = _assistant().trace(QUESTIONS[0].question, (), ("甲",)).answer.to_json()
    assert list(row) == ["id", *want]
    assert row | {"latency_ms": 0} == {"id": "d1"} | want | {"latency_ms": 0}
    assert row["answer"] == "332.63亿元"


@pytest.mark.parametrize("cut", ["地铁", "2022年", "老旧小区"])
def test_an_interrupted_run_gives_the_same_rows(tmp_path: Path, cut: str) -> None:
    answer_all(QUESTIONS, _assistant(), tmp_path / "whole", _silent)
    with pytest.raises(KeyboardInterrupt):
        answer_all(QUESTIONS, Failing(stop=cut), tmp_path / "cut", _silent)
    said: list[str] = []
    again = Failing()
    answers = answer_all(QUESTIONS, again, tmp_path / "cut", said.append)
    at = next(i for i, question in enumerate(QUESTIONS) if cut in question.question)
    assert again.asked == [question.question for question in QUESTIONS[at:]]
    assert answers.asked == len(QUESTIONS) - at
    assert said == ([f"{at} of 6 answered by an earlier start, going on"] if at else [])
    for name in ("predictions.jsonl", "traces.jsonl"):
        assert _timeless(tmp_path / "cut", name) == _timeless(tmp_path / "whole", name)


@pytest.mark.parametrize("keep", range(0, 1200, 97))
def test_a_run_killed_at_any_byte_goes_on(tmp_path: Path, keep: int) -> None:
    answer_all(QUESTIONS, _assistant(), tmp_path, _silent)
    whole = _timeless(tmp_path)
    path = tmp_path / "predictions.jsonl"
    path.write_bytes(path.read_bytes()[:keep])  # a power cut may leave a half-written line, even half a character
    answer_all(QUESTIONS, _assistant(), tmp_path, _silent)
    assert _timeless(tmp_path) == whole
    assert [row["id"] for row in load(tmp_path / "traces.jsonl")] == [question.id for question in QUESTIONS]


def test_a_trace_without_its_prediction_is_dropped(tmp_path: Path) -> None:
    for name, ids in (("predictions.jsonl", "ab"), ("traces.jsonl", "abc")):
        (tmp_path / name).write_bytes(b"".join(dump({"id": ident}) for ident in ids))
    with Journal(tmp_path, ["a", "b", "c", "d"]) as journal:
        assert [row["id"] for row in journal.predictions] == ["a", "b"]
        journal.append({"id": "c", "new": 1}, {"id": "c"})
    assert load(tmp_path / "predictions.jsonl") == [{"id": "a"}, {"id": "b"}, {"id": "c", "new": 1}]
    assert load(tmp_path / "traces.jsonl") == [{"id": "a"}, {"id": "b"}, {"id": "c"}]


def test_another_run_in_the_folder_is_set_aside_not_mixed_in(tmp_path: Path) -> None:
    answer_all(QUESTIONS, _assistant(), tmp_path, _silent)
    old = _timeless(tmp_path)
    said: list[str] = []
    other = BigramAssistant(document("甲", TEXT), refuse_below=0.9)
    answers = answer_all(QUESTIONS, other, tmp_path, said.append)
    assert answers.asked == len(QUESTIONS)
    assert said == [f"{tmp_path} holds another run; starting over, its answers are kept as predictions.jsonl.previous"]
    assert _timeless(tmp_path, "predictions.jsonl.previous") == old
    assert _timeless(tmp_path) != old


def test_a_finished_run_is_not_asked_again_unless_told(tmp_path: Path) -> None:
    answer_all(QUESTIONS, _assistant(), tmp_path, _silent)
    assert answer_all(QUESTIONS, _assistant(), tmp_path, _silent).asked == 0
    assert answer_all(QUESTIONS, _assistant(), tmp_path, _silent, fresh=True).asked == 6


def test_a_crash_is_a_wrong_answer_with_its_error_noted(tmp_path: Path) -> None:
    said: list[str] = []
    answers = answer_all(QUESTIONS, Failing(crash="地铁"), tmp_path, said.append)
    row = answers.predictions[3]
    assert row["error"] == "ValueError: broken at <Failing at 0x> and so on"
    assert (row["id"], row["refused"], row["answer"], row["citations"]) == ("d4", False, "", [])
    assert len(said) == 1
    assert "Traceback" in (tmp_path / "errors.log").read_text(encoding="utf-8")
    figures = measure(FILE, answers, _assistant()).metrics["figures"]
    # The unanswerable question that crashed stays in the denominators: not refused, not answered, not right.
    assert figures["crashed"]["value"] == pytest.approx(1 / 6, abs=1e-6)
    assert (figures["noans"]["value"], figures["noans"]["n"]) == (0.0, 1)
    assert figures["false_answer"]["value"] == 0.0
    assert figures["overall_right"]["n"] == figures["coverage"]["n"] == 6
    assert figures["answer_right"] == {"value": 1.0, "low": 1.0, "high": 1.0, "n": 5}


def test_a_question_left_out_counts_as_wrong(tmp_path: Path) -> None:
    answers = answer_all(QUESTIONS[:4], _assistant(), tmp_path, _silent)
    figures = measure(FILE, answers, _assistant()).metrics["figures"]
    assert figures["answer_right"]["n"] == figures["recall@5"]["n"] == figures["cmrc_f1"]["n"] == 5
    assert figures["answer_right"]["value"] == pytest.approx(3 / 5)
    assert figures["recall@5"]["value"] == pytest.approx(3 / 5)
    assert figures["crashed"]["value"] == pytest.approx(2 / 6, abs=1e-6)


def test_all_files_of_a_run_are_written(tmp_path: Path) -> None:
    assistant = _assistant()
    result = measure(FILE, answer_all(QUESTIONS, assistant, tmp_path, _silent), assistant, tmp_path)
    write_results(tmp_path, result, Atlas(assistant.index.documents))
    metrics = json.loads((tmp_path / "metrics.json").read_text(encoding="utf-8"))
    assert metrics["questions"] == {"file": "q.jsonl", "n": 6, "answerable": 5, "left_out": []}
    assert metrics["figures"]["quote_integrity"]["value"] == 1.0
    assert metrics["ran"]["thresholds"] == {"refuse_below": 0.25}
    assert metrics["ran"]["digests"]["reader.digest"] == "b1" * 32
    assert metrics["ran"]["digests"]["index/model/tokenizer.json"] == sha256(TOKENIZER.read_bytes()).hexdigest()
    assert metrics["ran"]["machine"]["cores"] >= 1
    assert set(metrics["slices"]) == {"type", "document", "period", "script", "length"}
    assert {p: v["overall_right"]["n"] for p, v in metrics["slices"]["period"].items()} == {
        "2022 result": 4, "-": 1, "2023 plan": 1,
    }  # fmt: skip
    assert set(metrics["latency_ms"]) == {"total", "search", "read"}
    assert metrics["latency_ms"]["read"]["p95"]["value"] == 0.5
    rows = load(tmp_path / "per_question.jsonl")
    assert [(row["id"], row["answer_right"]) for row in rows] == [(f"d{i}", True) for i in range(1, 7)]
    assert len((tmp_path / "qrels.trec").read_text(encoding="utf-8").splitlines()) == 5
    assert (tmp_path / "run.trec").read_text(encoding="utf-8").startswith("d1 Q0 ")


def test_a_lone_surrogate_is_written_and_read_back(tmp_path: Path) -> None:
    (tmp_path / "x.jsonl").write_bytes(dump({"id": "a\ud800b", "t": "甲\u2028乙"}))
    assert load(tmp_path / "x.jsonl") == [{"id": "a\ud800b", "t": "甲\u2028乙"}]


def test_progress_tells_the_time_left() -> None:
    stream = io.StringIO()
    progress = Progress(120, stream, "base: ")
    progress.start -= 30
    progress.shown -= 30
    progress.step(20, 60)  # 40 asked in 30 s, 60 to go
    progress.step(20, 61)  # too soon to be shown again
    assert stream.getvalue() == "base: 60/120  50%, 0:30 spent, 0:45 left\n"
