"""Example questions come from the reports' own words, and only those that are answered are shown."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from stand_in import StandIn, document

from index.records import Document, Section
from index.textmap import identity
from qa.answer import Answer
from qa.suggest import answered, candidates

REPORT = document()


def report(identifier: str, place: str, text: str, period: str) -> Document:
    sections = (Section(("一、" + text[:4],), 0, len(text), "body", period),)
    return replace(
        REPORT, id=identifier, place=place, text=text, sections=sections, glossary=(), spots=(), map=identity(text)
    )


class Refusing(StandIn):
    def ask(self, question: str, history: Sequence[str] = (), documents: Sequence[str] = ()) -> Answer:
        return super().ask("xyzw", history, documents)


def example_questions(assistant: StandIn) -> tuple[str, ...]:
    kept = (one.question for one in candidates(assistant) if answered(assistant, one))  # type: ignore[arg-type]
    return tuple(kept)[:6]


def test_questions_of_the_reports_own_results_plans_and_terms() -> None:
    assert example_questions(StandIn(REPORT)) == (
        "什么是“e本账”？",
        "2022年固定资产投资增长了多少？",
        "什么是“三品一标”？",
        "2022年冲锋衣行业产值是多少？",
        "2022年规上工业企业研发投入增长了多少？",
        "什么是“千万工程”？",
    )


def test_what_is_not_answered_is_not_suggested() -> None:
    assert example_questions(Refusing(REPORT)) == ()


def test_with_several_reports_the_question_names_the_place() -> None:
    one = report("a", "甲县", "全年完成各项任务。固定资产投资增长5.5%,居全市第一。", "2024 result")
    two = report("b", "乙市", "全市工业总产值达到300亿元,比上年增长3%。", "2024 result")
    assert example_questions(StandIn(one, two)) == (
        "甲县2024年固定资产投资增长了多少？",
        "乙市2024年工业总产值是多少？",
    )


def test_a_plan_is_asked_as_a_plan_and_sentences_are_no_measures() -> None:
    text = "固定资产投资增长8%以上。我们的收入增长了5%。力争财政收入增长6%。各类投资保持增长9%。"
    assert example_questions(StandIn(report("a", "甲县", text, "2025 plan"))) == (
        "2025年固定资产投资的增长目标是多少？",
    )


def test_a_measure_that_several_places_tell_is_asked_of_all_of_them_once() -> None:
    text = "固定资产投资增长{}%,居全市前列。"
    reports = [report(name, name, text.format(n), "2024 result") for n, name in enumerate(("甲县", "乙县", "丙县"), 5)]
    first, *rest = candidates(StandIn(*reports))  # type: ignore[arg-type]
    assert (first.question, first.document, first.about) == (
        "各地2024年固定资产投资增长了多少？",
        "甲县",
        "固定资产投资",
    )
    assert first.others == ("乙县", "丙县")
    assert [one.question for one in rest] == [
        f"{name}2024年固定资产投资增长了多少？" for name in ("甲县", "乙县", "丙县")
    ]
    assert all(one.question[:2] != "各地" for one in candidates(StandIn(*reports[:2])))  # type: ignore[arg-type]


def test_questions_are_worded_as_people_ask() -> None:
    told = {
        "全市离境退税商店达到1837家": "2024年离境退税商店有多少家？",
        "一般公共预算收入突破300亿元": "2024年一般公共预算收入是多少？",
        "森林覆盖面积达到12万亩": "2024年森林覆盖面积是多少？",
        "快递业务量增长20.8%": "2024年快递业务量增长了多少？",
        # No measure of their own: an adverb, a verb, a product that grows in what is not said, a length of works.
        "绿色铝产值首次突破2000亿元": "",
        "带动制造业投资增长8%": "",
        "集成电路圆片增长19.2%": "",
        "海塘安澜工程完成10.34公里": "",
    }
    for clause, question in told.items():
        found = [one.question for one in candidates(StandIn(report("a", "甲市", f"{clause}。", "2024 result")))]  # type: ignore[arg-type]
        assert found == ([question] if question else [])
