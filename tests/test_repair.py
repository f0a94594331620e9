"""The repair of byte-blind replacing, on damage made here from texts the model of the language has not met."""

from __future__ import annotations

from difflib import SequenceMatcher
from pathlib import Path

import opencc
import pytest
from gbk_damage import NARROW, damaged, noted_readings, only_gbk

from index.clean import CleanText, clean
from index.ngrams import Ngrams
from index.repair import Repair, repairs

_DATA = Path(__file__).parent / "data"
_SEED = Path(__file__).parents[1] / "index" / "reports" / "sanmen-2023.txt"
_READINGS = noted_readings(_SEED.read_text("utf-8"))


def _truth(text: str) -> str:
    """What is left of `text` when nothing is lost on the way to Traditional, through the site, and back."""
    there = only_gbk(opencc.OpenCC("s2t").convert(text))
    return str(opencc.OpenCC("tw2s").convert(there.translate(NARROW)))


def _spots_against(truth: str, cleaned: CleanText) -> tuple[int, int, int]:
    """How many damaged stretches came out right, marked, and wrong; AssertionError for a change outside of them."""
    wrong = set()
    inside = [(spot.start, spot.end) for spot in cleaned.spots]
    for tag, start, end, _, _ in SequenceMatcher(None, cleaned.text, truth, autojunk=False).get_opcodes():
        if tag == "equal":
            continue
        hit = [number for number, (low, high) in enumerate(inside) if start <= high and end >= low]
        assert hit, f"changed outside the damage: {cleaned.text[start - 8 : end + 8]!r}"
        wrong.update(hit)
    marked = {number for number, spot in enumerate(cleaned.spots) if not spot.repaired}
    return len(inside) - len(marked | wrong), len(marked), len(wrong - marked)


def test_most_damage_is_restored_and_nothing_else_is_touched() -> None:
    counts = []
    for name in ("yunnan", "jiangsu", "chongqing"):
        text = (_DATA / f"report-{name}-2026.txt").read_text("utf-8")
        counts.append(_spots_against(_truth(text), clean(damaged(text, _READINGS))))
    right, marked, wrong = (sum(column) for column in zip(*counts, strict=True))
    total = right + marked + wrong
    assert total >= 25
    assert right >= 0.7 * total, counts
    assert wrong <= 0.15 * total, counts


def test_the_damage_made_here_is_the_damage_met() -> None:
    """The artefacts of the bundled page come out of the same bytes."""
    page = damaged("不断拓展滨海科技城、临港产业城", _READINGS)
    assert "濱??萍汲恰⑴R港" in page
    assert page[page.index("濱") :] in _SEED.read_text("utf-8")


@pytest.mark.parametrize(
    ("text", "shown", "restored"),
    [
        ("通顺铆钉等项目建成", "?shù)软?xiàng)", "等項"),
        ("不断拓展滨海科技城、临港", "??萍汲恰⑴R", "海科技城、臨"),
        ("燃气管道和供水管道建设", "?xì)夤艿篮凸┧艿澜ㄔO(shè)", "氣管道和供水管道建設"),
    ],
)
def test_a_slip_is_undone(text: str, shown: str, restored: str) -> None:
    page = damaged(text, _READINGS)
    model = Ngrams(["滨海科技城、临港。供水管道。燃气管道和供水管道建设"])
    start = page.index("?")
    assert list(repairs(page, _READINGS, model)) == [Repair(start, start + len(shown), restored)]
    assert page[start : start + len(shown)] == shown


@pytest.mark.parametrize(("page", "marked"), [("骉??h骉", "■縣"), ("龘?!薄爸卮髧A", "■”“重大嘇")])
def test_a_byte_that_nothing_tells_is_marked_not_invented(page: str, marked: str) -> None:
    """What stands before the lost byte was never met, so no byte is likely; the bytes behind it are certain."""
    assert list(repairs(page, {}, Ngrams([]))) == [Repair(1, 1 + len(page.rstrip("骉")[1:]), marked)]


@pytest.mark.parametrize("text", ["何谓发展?发展就是硬道理。", "怎么办?", "真的吗?!", "谁?谁的?", "(问?)"])
def test_a_genuine_question_mark_is_no_damage(text: str) -> None:
    page = damaged(text.replace("?", "？"), _READINGS)
    assert list(repairs(page, _READINGS, Ngrams([text]))) == []
