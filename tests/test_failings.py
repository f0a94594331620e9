"""Who asks for all that a report admits, where it admits it, and the items of that, in the report's own words."""

from __future__ import annotations

from pathlib import Path

import pytest
from short_report import report

from qa.assistant import Assistant, open_assistant
from qa.failings import asks_failings, failings

REVIEW = "一、2023年工作回顾"
PLAN = "二、2024年工作安排"


@pytest.mark.parametrize(
    ("question", "all_of_them"),
    [
        ("存在哪些困难和问题?", True),
        ("三门县存在哪些困难和问题?", True),
        ("浙江省三门县有什么短板", True),
        ("县里目前还有哪些问题?", True),
        ("当前面临的主要困难是什么?", True),
        ("报告承认还存在什么问题?", True),
        ("县政府承认自己哪些地方没做好?", True),
        ("工作中还有哪些不足之处?", True),
        ("国务院2023年报告承认发展中有哪些困难和挑战?", True),
        ("what problems does the county face?", True),
        ("what are the main challenges?", True),
        ("医疗有哪些短板?", False),
        ("企业面临什么困难?", False),
        ("政府自身建设存在哪些问题?", False),
        ("社区有哪些问题?", False),
        ("去年解决了哪些问题?", False),
        ("还有什么问题没解决?", False),
        ("what challenges does education face?", False),
        ("what problems did it solve?", False),
    ],
)
def test_who_asks_for_all_that_a_report_admits(question: str, all_of_them: bool) -> None:
    assert asks_failings(question) is all_of_them


def _told(folder: Path, *lines: str) -> list[str]:
    document = report(folder, REVIEW, "经济稳中有进。", *lines, PLAN, "我们要高度重视问题和挑战。")
    found = failings(document)
    return [document.text[a:b] for a, b in found.items] if found else []


def test_items_are_parted_by_semicolons_up_to_what_will_be_done(tmp_path: Path) -> None:
    told = (
        "同时，我们也清醒认识到，发展还面临不少困难和问题。主要是：产业能级不高、结构不优；财政压力较大；隐患不容忽视。"
    )
    assert _told(tmp_path, told + "对此，我们将采取有效措施；切实解决。") == [
        "产业能级不高、结构不优",
        "财政压力较大",
        "隐患不容忽视",
    ]


def test_what_is_told_one_by_one_loses_its_numbers(tmp_path: Path) -> None:
    told = "我们也看到面临的困难和挑战。一是内需不足；二是企业经营困难。三是作风不实，等等。"
    assert _told(tmp_path, told) == ["内需不足", "企业经营困难", "作风不实，等等"]


def test_commas_part_what_nothing_else_does(tmp_path: Path) -> None:
    told = "同时，我省发展还面临一些困难和挑战，主要是：有效需求不足，转型任务艰巨，作风不实。我们一定直面问题。"
    assert _told(tmp_path, told) == ["有效需求不足", "转型任务艰巨", "作风不实"]


@pytest.mark.parametrize(
    "told",
    [
        "我们深刻认识到克服重大困难的宝贵经验，坚持稳中求进；坚持改革；坚持开放。",
        "我们也看到，发展还面临不少困难和问题。主要是：内需不足。对此，我们将采取措施；切实解决；绝不松懈。",
        "群众反映的问题件件有着落；困难家庭都有人帮；不足之处都改了。",
    ],
)
def test_what_was_overcome_or_is_no_list_is_not_admitted(tmp_path: Path, told: str) -> None:
    assert _told(tmp_path, told) == []


@pytest.fixture
def assistant(bundled_index: Path) -> Assistant:
    return open_assistant(bundled_index)


def test_the_whole_of_it_is_answered_and_cited_in_any_wording(assistant: Assistant) -> None:
    document = next(iter(assistant.index.documents.values()))
    for question in ("存在哪些困难和问题？", "县政府承认自己哪些地方没做好？", "What problems does the county face?"):
        told = assistant.ask(question)
        assert [item.text for item in told.answers] == [
            "产业能级不高、结构不优,支撑性大企业、大项目不多,带动能力不够强",
            "科技创新支撑不足,新兴产业占比不高,动能转换还需进一步加快",
            "城市能级品质有待提升,重大平台功能配套存在明显短板,产业、人才集聚困难",
            "财政收支平衡压力较大",
            "优质公共服务供给与群众期盼还有差距",
            "道路交通、生态保护等领域风险隐患不容忽视,精准识别、防范化解风险的能力还需加强",
            "干部队伍的创新思维、专业素养和变革能力有待提升",
        ]
        (citation,) = told.citations
        assert all(document.text[a:b] in citation.quote for a, b in citation.marks)
