"""PDF files made here: wrapped lines, columns, furniture and pages; and the line that a file without text ends in."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pdf_file import Line, paragraph, pdf

from index.document import load_document
from index.errors import UserError
from index.layout import PageRuns, Run, flow
from index.read import RawText, read

FIRST = (
    "过去一年，全县生产总值达到332.63亿元，同比增长2.6%，规模以上工业增加值增长8.1%，财政总收入35亿元，其中一般公共预算收入"
    "22.4亿元，城乡居民人均可支配收入分别增长4.5%和7.1%。"
)
SECOND = (
    "坚持稳中求进，扎实推进各项任务，经济社会保持平稳健康发展，人民生活持续改善，社会大局和谐稳定，城乡面貌有新变化。"
)


def saved(data: bytes, path: Path) -> RawText:
    path.write_bytes(data)
    return read(path)


def test_wrapped_lines_become_paragraphs(tmp_path: Path) -> None:
    lines = [(240, 780, 18, "政府工作报告"), *paragraph(FIRST, 720), *paragraph(SECOND, 640)]
    raw = saved(pdf([lines]), tmp_path / "a.pdf")
    assert raw.text == f"政府工作报告\n{FIRST}\n{SECOND}\n"
    assert (raw.kind, raw.encoding, raw.pages) == ("pdf", "", (0,))


def test_a_paragraph_goes_on_over_a_page_and_furniture_between_goes(tmp_path: Path) -> None:
    words = FIRST * 3
    lines = paragraph(words, 780)
    head: Line = (200, 810, 9, "某县人民政府文件")
    cut = len(lines) // 2
    rest = [(x, y + 20 * cut, size, line) for x, y, size, line in lines[cut:]]
    pages = [
        [head, *lines[:cut], (280, 40, 9, "— 1 —")],
        [head, *rest, *paragraph(SECOND, 400), (280, 40, 9, "— 2 —")],
        [head, *paragraph(SECOND, 780), (280, 40, 9, "— 3 —")],
    ]
    raw = saved(pdf(pages), tmp_path / "a.pdf")
    assert raw.text == f"{words}\n{SECOND}\n{SECOND}\n"
    first = sum(len(line) for _, _, _, line in lines[:cut])
    assert raw.pages == (0, first, len(words) + len(SECOND) + 2)
    document = load_document(tmp_path / "a.pdf")
    assert document.pages == raw.pages
    assert [document.page_at(at) for at in (0, first - 1, first, len(document.text) - 1)] == [1, 1, 2, 3]


def test_two_columns_are_read_one_after_the_other(tmp_path: Path) -> None:
    left, right = FIRST * 2, SECOND + FIRST
    title: Line = (200, 790, 16, "某县发展概况一览")
    a = paragraph(left, 740, left=60, size=10, width=22)
    b = paragraph(right, 740, left=310, size=10, width=22)
    by_row = [line for pair in zip(a, b, strict=False) for line in pair] + a[len(b) :] + b[len(a) :]
    assert saved(pdf([[title, *by_row]]), tmp_path / "a.pdf").text == f"某县发展概况一览\n{left}\n{right}\n"


def test_the_rows_of_a_table_between_prose_are_read_across_in_whatever_order_they_were_drawn(tmp_path: Path) -> None:
    cells = [(120, 560, 12, "年度"), (120, 540, 12, "2024"), (120, 520, 12, "2025")]
    cells += [(200, 560, 12, "重点"), (200, 540, 12, "开工建设"), (200, 520, 12, "全线通车")]
    items = [(90, 440 - 20 * n, 12, f"第{name}项工程。") for n, name in enumerate("一二三四五六七八")]
    raw = saved(pdf([[*paragraph(FIRST, 720), *cells, *items]]), tmp_path / "a.pdf")
    assert raw.text.split("\n")[:4] == [FIRST, "年度 重点", "2024 开工建设", "2025 全线通车"]


def test_words_under_a_picture_beside_a_paragraph_stand_behind_it(tmp_path: Path) -> None:
    lines = paragraph(FIRST, 720, width=26)
    _, second, _, _ = lines[1]
    raw = saved(
        pdf([[*lines, (470, second + 2, 8, "试运行测试图"), *paragraph(SECOND, 500, width=26)]]), tmp_path / "a.pdf"
    )
    assert raw.text == f"{FIRST}\n试运行测试图\n{SECOND}\n"


def test_spaces_between_script_and_figures_go_and_those_of_names_stay(tmp_path: Path) -> None:
    lines = [(90, 700, 12, "到 2025 年 ， 建成 BIM 5 个"), (90, 660, 12, "县长 张 三"), (90, 620, 12, "Open AI 平台")]
    assert saved(pdf([lines]), tmp_path / "a.pdf").text == "到2025年 ， 建成BIM 5个\n县长 张 三\nOpen AI平台\n"


def test_a_raised_figure_is_the_mark_of_a_note_and_an_exponent_is_not(tmp_path: Path) -> None:
    lines: list[Line] = [
        (90, 700, 12, "增长5"),
        (126, 706, 6, "12"),
        (138, 700, 12, "个"),
        (90, 650, 12, "共6m"),
        (126, 656, 6, "3"),
    ]
    assert saved(pdf([lines]), tmp_path / "a.pdf").text == "增长5[12]个\n共6m3\n"


@pytest.mark.parametrize("rotate", [90, 180, 270])
def test_a_turned_page_is_read_as_it_is_shown(tmp_path: Path, rotate: int) -> None:
    text = saved(pdf([paragraph(FIRST, 700)], rotate=rotate), tmp_path / "a.pdf").text
    assert sorted("".join(text.split())) == sorted("".join(FIRST.split()))


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (pdf([[], []]), "has 2 pages without text (a scan); wanted a PDF file with a text layer. Read it with OCR"),
        (pdf([[(90, 700, 12, "密")]], encrypted=True), "is encrypted; wanted a file without a password."),
        (pdf([[(90, 700, 12, "文")]])[:60], "is damaged"),
        (b"%PDF-1.7\nnothing", "is damaged"),
        ("一段文字".encode(), "is no PDF file; wanted a PDF file"),
        (b"PK\x03\x04" + b"x" * 40, "is a ZIP archive"),
        (pdf([[]] * 3001), "has 3001 pages; wanted at most 3000"),
    ],
    ids=["scan", "encrypted", "cut", "hollow", "text", "zip", "pages"],
)
def test_what_cannot_be_read_ends_in_one_line(tmp_path: Path, data: bytes, message: str) -> None:
    with pytest.raises(UserError) as caught:
        saved(data, tmp_path / "a.pdf")
    assert message in str(caught.value)
    assert "\n" not in str(caught.value)


RUNS = st.builds(
    lambda text, left, bottom, size: Run(text, left, left + size * len(text), bottom, bottom + size, size),
    st.text("一二三，。（）1 2ab— 页", min_size=1, max_size=8).filter(str.strip),
    st.floats(0, 500), st.floats(0, 800), st.sampled_from([9.0, 12.0, 18.0]),
)  # fmt: skip


@given(st.lists(st.lists(RUNS, max_size=25), max_size=4))
def test_every_character_is_kept_but_those_of_furniture_and_pages_ascend(pages: list[list[Run]]) -> None:
    content = flow([PageRuns(595, 842, tuple(runs)) for runs in pages])
    given_ = sorted("".join("".join(run.text for runs in pages for run in runs).split()))
    kept = sorted("".join(content.text.split()))
    assert len(content.pages) == len(pages)
    assert list(content.pages) == sorted(content.pages)
    assert all(0 <= page <= len(content.text) for page in content.pages)
    inner = sorted("".join("".join(r.text for runs in pages for r in runs if 169 < r.bottom < 650).split()))
    for kept_or_more, fewer in ((given_, kept), (kept, inner)):
        assert not _lacking(fewer, kept_or_more)


def _lacking(fewer: list[str], more: list[str]) -> str:
    left = "".join(more)
    for character in fewer:
        if character not in left:
            return character
        left = re.sub(re.escape(character), "", left, count=1)
    return ""
