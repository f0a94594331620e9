"""What a report does not tell of is named: a year that it does not cover, a smaller place; with what to ask instead."""

import pytest
from bigram_assistant import document

from qa.near import Miss, miss, misses
from qa.places import other_place
from qa.question import understand

TEXT = (
    "一、2025年工作回顾\n全省生产总值增长5.2%，较2022年提高0.3个百分点。南昌新增3座场馆。\n"
    "二、2026年安排\n生产总值增长5%左右。\n"
)
REPORT = document("江西省", TEXT, 2026)


def _miss(question: str, words: str) -> Miss | None:
    query = understand(question)
    start = TEXT.index(words)
    found = miss(query, query.parts[0], REPORT, (start, start + len(words)))
    assert misses(query.parts[0], REPORT, (start, start + len(words))) is (found is not None)
    return found


@pytest.mark.parametrize(
    ("question", "words", "found"),
    [
        ("2025年全省生产总值增长多少？", "5.2%", None),
        ("2026年全省生产总值增长多少？", "5%左右", None),
        (
            "2022年全省生产总值增长多少？",
            "5.2%",
            Miss("报告给出的是2025年、2026年，没有2022年", "2025年全省生产总值增长多少？"),
        ),
        ("南昌市新增几座场馆？", "3座", None),
        ("2025年赣州市生产总值增长多少？", "5.2%", Miss("报告没有单独说赣州市", "2025年江西省生产总值增长多少?")),
        ("江西省生产总值增长多少？", "5.2%", None),
    ],
)
def test_what_is_missed(question: str, words: str, found: Miss | None) -> None:
    assert _miss(question, words) == found


def test_a_follow_up_is_told_what_is_missed_without_another_question() -> None:
    query = understand("那2021年的城市更新呢？", ["江西做了哪些改造？"])
    start = TEXT.index("5.2%")
    found = miss(query, query.parts[0], REPORT, (start, start + 4))
    assert found == Miss("报告给出的是2025年、2026年，没有2021年", "")


@pytest.mark.parametrize(
    ("asked", "place", "named"),
    [
        ("昆明市2024年gdp多少亿元", "云南省", "昆明市"),
        ("那兰州市呢,全市是多少亿?", "甘肃省", "兰州市"),
        ("隔壁宁海县2022年生产总值多少?", "三门县", "宁海县"),
        ("在台州市排第几", "三门县", ""),
        ("三门县的生产总值", "三门县", ""),
        ("今年我们县要建几所学校", "云南省", ""),
        ("哪个市的空气最好", "河南省", ""),
        ("打造哪几类强县?", "云南省", ""),
        ("去年云南有几个贫困县摘帽?", "全国", "云南"),
        ("从北京疏解来的资源引进多少投资?", "天津市", ""),
        ("在广东看病能不能刷卡", "河南省", ""),
        ("城市更新投资多少", "江西省", ""),
        ("浙江今年gdp要增长多少", "重庆市", "浙江"),
        ("how much foreign capital did tianjin use?", "辽宁省", "天津"),
        ("浙江的港口吞吐量", "三门县", ""),
        ("重庆轨道交通通车多少公里", "重庆市", ""),
    ],
)
def test_other_places(asked: str, place: str, named: str) -> None:
    assert other_place(asked, place, "全面推进") == named
    assert other_place(asked, place, f"其中{named}增长") == ""
