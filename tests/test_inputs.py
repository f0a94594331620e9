"""What the reader is shown: years told from the report's year, and whose words a passage holds, of when."""

from __future__ import annotations

import pytest

from index.fold import fold
from index.records import Document, Passage, Section
from index.textmap import identity
from qa.inputs import asked_of, heading, period_words


@pytest.mark.parametrize(
    ("asked", "shown"),
    [
        ("2023年城镇新增就业目标人数是多少？", "今年2023年城镇新增就业目标人数是多少?"),
        ("三门2022年GDP", "三门去年2022年gdp"),
        ("三门2022 GDP", "三门去年2022年 gdp"),
        ("到2024年底要建成多少", "到明年2024年底要建成多少"),
        ("截至2022年末有多少户", "截至去年2022年末有多少户"),
        ("二〇二二年的产值", "去年2022年的产值"),
        ("２０２３年度预算", "今年2023年预算"),
        ("2022年和2023年分别多少", "去年2022年和今年2023年分别多少"),
        ("建了多少？ → 那2022年呢", "建了多少? → 那去年2022年呢"),
        # Told from the report already: once is enough.
        ("今年(2023年)的目标", "今年2023年的目标"),
        ("去年2022年的结果", "去年2022年的结果"),
        # A stretch of years, another year, a number that is no year.
        ("2021-2023年投资多少", "2021-2023年投资多少"),
        ("2021年至2023年投资多少", "2021年至2023年投资多少"),
        ("从2022年到2023年涨了多少", "从2022年到2023年涨了多少"),
        ("2019年的产值", "2019年的产值"),
        ("1978年以来", "1978年以来"),
        ("建设2023个车位了吗", "建设2023个车位了吗"),
        ("投入2023万元了吗", "投入2023万元了吗"),
        ("编号12023年", "编号12023年"),
        # English has the year by its words alone.
        ("How many jobs in 2023?", "how many jobs this year?"),
        ("What was the 2022 GDP?", "what was the last year gdp?"),
        ("the target for 2024", "the target next year"),
        ("between 2021-2023", "between 2021-2023"),
        ("more than 12022 people", "more than 12022 people"),
    ],
)
def test_years_are_told_from_the_year_of_the_report(asked: str, shown: str) -> None:
    assert asked_of(fold(asked), 2023) == shown


def test_another_report_another_year_and_without_one_nothing_changes() -> None:
    assert asked_of("2022年的产值", 2022) == "今年2022年的产值"
    assert asked_of("2022年的产值", 0) == "2022年的产值"


@pytest.mark.parametrize(
    ("period", "words"),
    [
        ("2022 result", "去年2022年结果"),
        ("2023 plan", "今年2023年计划"),
        ("2024 plan", "明年2024年计划"),
        ("2021-2025 result", "2021至2025年结果"),
        ("2019 result", "2019年结果"),
        ("", ""),
    ],
)
def test_a_period_is_told_from_the_same_year(period: str, words: str) -> None:
    assert period_words(period, 2023) == words


def test_a_heading_tells_place_period_section_and_the_lead_of_a_passage_cut_out_of_its_item() -> None:
    text = "二是建设法治型政府。坚决依法办事。规范决策程序。"
    section = Section(("三、加强自身建设",), 0, len(text), "body", "2023 plan")
    report = Document(
        "x", "x", text, 2023, "", "三门县", "", (section,), (), (), identity(text), "x.txt", "utf-8", "0" * 64
    )
    assert heading(report, Passage("x", 0, 17)) == "三门县|今年2023年计划|三、加强自身建设|"
    assert heading(report, Passage("x", 17, 24)) == "三门县|今年2023年计划|三、加强自身建设|二是建设法治型政府。"
