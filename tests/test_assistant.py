"""The whole pipeline over the bundled report with the shipped weights: citations hold, bytes repeat."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from index.build import build
from index.errors import UserError
from qa.assistant import Assistant, open_assistant

ROOT = Path(__file__).parent.parent
QUESTIONS = [
    "2022年全县生产总值是多少？",
    "今年经济增长的目标呢？",
    "“千万工程”是什么意思？",
    "三門縣的港口貨物吞吐量目標",
    "How much did exports grow?",
    "临海市的财政收入是多少？",
    "<script>alert(1)</script>",
    "`${7*7}` {{7*7}}",
]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("assistant") / "index"
    build([ROOT / "index" / "reports"], out)
    return out


@pytest.fixture(scope="module")
def assistant(folder: Path) -> Assistant:
    return open_assistant(folder)


@pytest.mark.parametrize("question", QUESTIONS)
def test_citations_hold_and_bytes_repeat(assistant: Assistant, question: str) -> None:
    first, again = (assistant.ask(question, ["去年呢？"]).to_json() for _ in range(2))
    first.pop("latency_ms"), again.pop("latency_ms")
    assert json.dumps(first) == json.dumps(again)
    text = assistant.index.documents["sanmen-2023"].text
    for citation in [*first["citations"], *first["related"]]:
        assert citation["quote"] == text[citation["start"] : citation["end"]]
    quotes = {citation["n"]: citation["quote"] for citation in first["citations"]}
    for item in first["answers"]:
        assert item["text"] in quotes[item["citation"]]
    assert first["refused"] is (first["answer"] == "")
    assert not (first["refused"] and first["citations"])
    assert 0.0 <= first["confidence"] <= 1.0


def test_result_and_target_of_one_measure(assistant: Assistant) -> None:
    done = assistant.ask("2022年全县生产总值增长了多少？")
    planned = assistant.ask("2023年全县生产总值计划增长多少？")
    assert (done.answer, [c.period for c in done.citations]) == ("2.6%", ["2022 result"])
    assert (planned.answer, [c.period for c in planned.citations]) == ("6.0%以上", ["2023 plan"])


def test_an_unsure_follow_up_is_read_with_what_it_follows(assistant: Assistant) -> None:
    """今年还要改造多少 could stand alone, and then finds firms; after a question about estates it asks for those."""
    question, before = "今年还要改造多少？", "去年改造老旧小区多少个？"
    alone = assistant.ask(question)
    following = assistant.ask(question, [before])
    assert (alone.resolved_question, alone.answer) == (question, "60家")
    assert (following.resolved_question, following.answer) == (f"{before} → {question}", "9个")


def test_a_sure_follow_up_stands_as_it_is(assistant: Assistant) -> None:
    question = "今年要修多少公里公路？"
    alone = assistant.ask(question)
    following = assistant.ask(question, ["去年引进了多少人才？"])
    assert following.resolved_question == question
    assert (following.answer, following.confidence) == (alone.answer, alone.confidence)


def test_each_of_two_things_is_answered_in_turn(assistant: Assistant) -> None:
    told = assistant.ask("去年新增停车位和充电桩各多少个？")
    assert (told.answer, [item.text for item in told.answers]) == ("600个；41个", ["600个", "41个"])
    assert [c.quote for c in told.citations] == ["新增公共停车位600个、公共充电桩41个。"]
    assert len(told.citations[0].marks) == 2


def test_of_two_things_the_one_without_an_answer_is_named(assistant: Assistant) -> None:
    told = assistant.ask("去年新增停车位和飞机各多少？")
    assert (told.answer, told.message) == ("600个", "没有答案的问题：去年飞机多少?")


def test_a_part_is_answered_surely_where_the_whole_is_not(assistant: Assistant) -> None:
    told = assistant.ask("三门县2022年GDP和常住人口各多少")
    assert [(item.label, item.text) for item in told.answers] == [("GDP", "332.63亿元")]
    assert told.message == "没有答案的问题：2022年常住人口多少"


def test_a_list_far_shorter_than_asked_for_is_no_answer(assistant: Assistant) -> None:
    told = assistant.ask("今年民生实事有哪十件")
    assert (told.refused, told.citations, len(told.related)) == (True, (), 3)


def test_what_stands_within_another_part_s_answer_is_not_told_again(assistant: Assistant) -> None:
    assert assistant.ask("金融上有什么打算？").answer == "确保不发生区域性、系统性金融风险"
    told = assistant.ask("怎么防范风险，金融上有什么打算？")
    assert (len(told.answers), told.message) == (1, "")
    assert told.answer == "完善企业“两链”风险联防联控机制,确保不发生区域性、系统性金融风险"


OTHER_REPORT = """2024年仙居县政府工作报告
——2024年1月8日在仙居县第十七届人民代表大会第三次会议上
仙居县县长 张三
各位代表：
现在，我代表县人民政府，向大会报告工作，请予审议。
一、2023年工作回顾
全县生产总值增长5.1%。新增公共停车位320个、公共充电桩96个。
二、2024年工作安排
全县生产总值增长6%左右。新增公共停车位400个。
"""


@pytest.fixture(scope="module")
def two(tmp_path_factory: pytest.TempPathFactory) -> Assistant:
    """Over two counties' reports."""
    folder = tmp_path_factory.mktemp("two")
    (folder / "xianju.txt").write_text(OTHER_REPORT, encoding="utf-8")
    build([ROOT / "index" / "reports", folder / "xianju.txt"], folder / "index")
    return open_assistant(folder / "index")


@pytest.mark.parametrize(
    ("history", "place", "answer"),
    [
        (["三门县去年的GDP是多少？", "海岸线有多长？"], "三门县", "600个"),
        (["三门县去年的GDP是多少？", "仙居县今年的增长目标呢？"], "仙居县", "320个"),
    ],
)
def test_a_question_without_a_place_stays_with_the_report_before_and_says_so(
    two: Assistant, history: list[str], place: str, answer: str
) -> None:
    told = two.ask("去年新增停车位多少个？", history)
    assert (told.answer, told.resolved_question) == (answer, f"{place} → 去年新增停车位多少个？")


def test_trace_orders_hits_as_read_and_times_every_stage(assistant: Assistant) -> None:
    trace = assistant.trace("2022年全县生产总值是多少？")
    assert [name for name, _ in trace.timings] == ["search", "read", "compose"]
    assert list(trace.hits) == sorted(trace.hits, key=lambda hit: -hit.score)
    assert trace.hits[0].passage.start <= trace.answer.citations[0].marks[0][0] < trace.hits[0].passage.end


@pytest.mark.parametrize("question", ["", "   ", "😀😀", "字" * 100_000])
def test_what_is_no_question_is_told_in_a_line(assistant: Assistant, question: str) -> None:
    with pytest.raises(UserError) as told:
        assistant.ask(question)
    assert "\n" not in str(told.value)
    assert len(str(told.value)) < 200


def test_an_unknown_document_is_told(assistant: Assistant) -> None:
    with pytest.raises(UserError, match="no document 'x'"):
        assistant.ask("多少？", (), ["x"])


def command(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "qa", *arguments], cwd=ROOT, capture_output=True, text=True, check=False
    )


def test_the_command_prints_the_answer_object(folder: Path) -> None:
    done = command("ask", "2022年全县生产总值是多少？", "--document", "sanmen-2023", "--index", str(folder), "--json")
    value = json.loads(done.stdout)
    assert (done.returncode, done.stderr) == (0, "")
    assert (value["refused"], value["answers"][0]["document"]) == (False, "sanmen-2023")


@pytest.mark.parametrize("arguments", [("ask", "", "--index", "{index}"), ("ask", "多少", "--index", "nowhere")])
def test_mistakes_end_in_one_line_and_status_2(folder: Path, arguments: tuple[str, ...]) -> None:
    done = command(*(a.replace("{index}", str(folder)) for a in arguments))
    assert (done.returncode, done.stdout, done.stderr.count("\n")) == (2, "", 1)
    assert "Traceback" not in done.stderr
