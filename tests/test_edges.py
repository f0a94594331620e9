"""What is left at both ends of twenty-six scraped reports: the report, and nothing of the page around it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from index.chrome import chrome_edits
from index.document import load_document
from index.textmap import apply

ROOT = Path(__file__).parent.parent
ROWS = [json.loads(row) for row in (ROOT / "tests/data/report-edges.jsonl").read_text(encoding="utf-8").splitlines()]
FILLER = "坚持稳中求进，扎实推进各项任务，经济社会保持平稳健康发展，人民生活持续改善，城乡面貌有新变化。\n" * 8
SIGNS = (
    "下载",
    "打印",
    "全屏",
    "收藏",
    "字号",
    "字体",
    "来源",
    "责任编辑",
    "相关报道",
    "延伸阅读",
    "记者",
    "摄\n",
    "版权",
)


@pytest.mark.parametrize("row", ROWS, ids=[row["stem"] for row in ROWS])
def test_the_first_and_last_hundred_characters_are_the_reports_own(row: dict[str, str]) -> None:
    raw = f"{row['head']}{FILLER}{row['tail']}"
    text = apply(raw, chrome_edits(raw))[0].rstrip()
    assert (text[:100], text[-100:]) == (row["first"], row["last"])
    assert [sign for sign in SIGNS if sign in text[:150] + text[-150:]] == []


def test_the_bundled_report_begins_and_ends_with_its_own_words() -> None:
    text = load_document(ROOT / "index/reports/sanmen-2023.txt").text.rstrip()
    assert text[:41] == "2月15日,三门县人民政府发布2023年政府工作报告,报告指出,聚力建链未来,项目"
    assert text[-50:] == "工程。\n16.“136”格局:即矛盾纠纷10%化解在县级,30%化解在镇街,60%化解在村社和网格。"
    assert len(ROWS) + 1 == 26
