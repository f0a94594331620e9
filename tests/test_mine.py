"""A question's own passages and the hard ones around it; put to another report, nobody knows what answers it there."""

from __future__ import annotations

import random

import pytest

from index.build import build
from index.store import Index, open_index
from qa.mine import mine, mine_elsewhere, sample

REPORTS = {
    "海安市": ("2023", "全市粮食产量达到50万吨。", "今年粮食产量力争达到52万吨。"),
    "江口县": ("2024", "全县粮食产量达到9万吨。", "今年粮食产量力争达到10万吨。"),
}
ROW = {
    "id": "a1", "doc": "海安市", "type": "number", "question": "海安市2022年粮食产量是多少？",
    "answers": ["50万吨"], "evidence": ["全市粮食产量达到50万吨。"],
}  # fmt: skip
OTHER = {
    "id": "b1", "doc": "江口县", "type": "number", "question": "粮食产量是多少？",
    "answers": ["9万吨"], "evidence": ["全县粮食产量达到9万吨。"],
}  # fmt: skip


@pytest.fixture(scope="module")
def index(tmp_path_factory: pytest.TempPathFactory) -> Index:
    folder = tmp_path_factory.mktemp("mine")
    for place, (year, result, plan) in REPORTS.items():
        lines = (f"{year}年{place}政府工作报告", f"——{year}年1月8日", f"一、{int(year) - 1}年工作回顾", result)
        text = "\n".join((*lines, f"二、{year}年工作安排", plan))
        (folder / f"{place}.txt").write_text(text, encoding="utf-8")
    build([folder / f"{place}.txt" for place in REPORTS], folder / "index")
    return open_index(folder / "index")


def test_the_answer_is_gold_and_the_plan_beside_it_is_not(index: Index) -> None:
    (found,) = mine([ROW], index)
    assert found["words"] == "海安市去年2022年粮食产量是多少?"
    ((_, text, (start, end)),) = found["gold"]
    assert text[start:end] == "50万吨"
    assert [text for _, text in found["negatives"] if "52万吨" in text]
    example = sample(found, 4, random.Random(1))
    assert (example.labelled, [candidate.gold for candidate in example.candidates].count(True)) == (True, 1)


def test_elsewhere_place_and_years_are_told_as_that_report_tells_them(index: Index) -> None:
    first, _ = mine_elsewhere([ROW, OTHER], index, random.Random(1))
    assert (first["doc"], first["of"], first["words"]) == ("江口县", "海安市", "2022年粮食产量是多少?")
    assert first["gold"] == []
    assert {"9万吨", "10万吨"} <= {
        word for _, text in first["negatives"] for word in ("9万吨", "10万吨") if word in text
    }
    example = sample(first, 4, random.Random(1))
    assert (example.labelled, [candidate.gold for candidate in example.candidates].count(True)) == (False, 0)
