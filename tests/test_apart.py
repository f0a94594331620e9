"""A question about each of several things falls into one question for each, with all that the things share."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa.apart import apart
from qa.question import understand


def parts(question: str, *history: str) -> list[str] | None:
    each = apart(understand(question, history))
    return [part.words for part in each.parts] if each else None


@pytest.mark.parametrize(
    ("question", "each"),
    [
        ("煤和原油各产多少？", ["煤产多少?", "原油产多少?"]),
        ("去年桥下空间和背街小巷各整治了多少？", ["去年桥下空间整治了多少?", "去年背街小巷整治了多少?"]),
        ("人大建议和政协提案去年分别办结几件", ["人大建议去年办结几件", "政协提案去年办结几件"]),
        ("三门县去年出口和进口各多少", ["三门县去年出口多少", "三门县去年进口多少"]),
        ("棚改和农村危房，今年各改造多少？", ["棚改今年改造多少?", "农村危房今年改造多少?"]),
        ("五年来，减税与降费各自多少", ["五年来,减税多少", "五年来,降费多少"]),
        ("今年煤、油、气的产量目标各是多少", [f"今年{one}的产量目标是多少" for one in "煤油气"]),
        ("景区去年的客流及收入各涨了几成", ["景区去年的客流涨了几成", "景区去年的收入涨了几成"]),
        ("城镇和农村居民收入各多少元", ["城镇居民收入多少元", "农村居民收入多少元"]),
        ("工业增加值，去年增速和今年目标各多少", ["工业增加值,去年增速多少", "工业增加值,今年目标多少"]),
        ("就业去年实际和今年目标各多少", ["就业去年实际多少", "就业去年实际多少 → 今年目标多少"]),
    ],
)
def test_each_thing_is_asked_with_what_they_share(question: str, each: list[str]) -> None:
    assert parts(question) == each


@pytest.mark.parametrize(
    ("question", "labels"),
    [
        ("2022年GDP和财政收入各是多少", ["GDP", "财政收入"]),
        ("城镇和农村居民收入各多少元", ["城镇", "农村"]),
        ("上海去年新增养老床位和充电桩各多少", ["养老床位", "充电桩"]),
        ("三门县去年出口与进口各多少", ["出口", "进口"]),
        ("去年实际和今年目标各多少", ["去年实际", "今年目标"]),
        ("就业去年实际和今年目标各多少", ["就业去年实际", "今年目标"]),
    ],
)
def test_each_part_bears_the_name_of_its_thing(question: str, labels: list[str]) -> None:
    each = apart(understand(question))
    assert each
    assert [part.label for part in each.parts] == labels


@pytest.mark.parametrize(
    "question",
    [
        "煤和原油产多少？",  # nothing asks for each
        "各地和各部门怎么落实",
        "三个实验室分别管哪几个领域",
        "甲、乙、丙、丁、戊各多少",
        "增速和总量分别提高到5.0%、6.4%",  # asks nothing
        "去年和今年各多少？",  # parts already
        "去年新建多少公里，甲和乙各多少？",
    ],
)
def test_other_questions_stay_whole(question: str) -> None:
    assert parts(question) is None


def test_the_question_before_goes_with_each() -> None:
    before = "去年修了多少公里公路？"
    assert parts("那高速和国道各多少？", before) == [f"{before[:-1]}? → 那高速多少?", f"{before[:-1]}? → 国道多少?"]


@given(st.text(alphabet="去年和、与各分别多少的城镇农村居民,收入?0123456789", max_size=24))
def test_every_part_is_made_of_words_of_the_question(question: str) -> None:
    query = understand(question)
    each = apart(query)
    for part in each.parts if each else ():
        assert part.asked
        assert part.words.endswith(part.asked)
        assert set(part.words) <= {*query.parts[0].words, *" →"}
