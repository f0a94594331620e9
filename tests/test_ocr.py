"""A scan is read where the extra [ocr] is installed, and refused with that hint where it is not."""

from __future__ import annotations

from difflib import SequenceMatcher
from pathlib import Path

import pypdfium2
import pytest

from index import ocr
from index.errors import UserError
from index.read import read

PICTURE = Path(__file__).parent / "data" / "scan.jpg"  # the upper half of a scanned page, 150 pixels an inch
WORDS = (
    "政府工作报告——2019年3月4日在呼伦贝尔市海拉尔区第十五届人民代表大会第三次会议上"
    "呼伦贝尔市海拉尔区人民政府代区长萨国文各位代表："
    "现在，我代表区人民政府向大会报告工作，请予审议，并请区政协委员和其他列席会议的同志提出意见。"
    "一、2018年工作回顾"
)


def scan(path: Path, pages: int) -> Path:
    """A PDF whose pages show the picture and hold no text."""
    document = pypdfium2.PdfDocument.new()
    for _ in range(pages):
        page = document.new_page(538, 216)
        picture = pypdfium2.PdfImage.new(document)
        picture.load_jpeg(PICTURE)
        picture.set_matrix(pypdfium2.PdfMatrix().scale(538, 216))
        page.insert_obj(picture)
        page.gen_content()
    document.save(path)
    return path


@pytest.mark.skipif(not ocr.available(), reason="the extra [ocr] is not installed: reading scans was not tried")
def test_a_scan_is_read_line_by_line_and_its_paragraphs_are_joined(tmp_path: Path) -> None:
    raw = read(scan(tmp_path / "a.pdf", 2))
    assert (raw.kind, len(raw.pages)) == ("pdf (2 pages by OCR)", 2)
    first = "".join(raw.text[: raw.pages[1]].split())[: len(WORDS)]
    same = sum(block.size for block in SequenceMatcher(None, WORDS, first, autojunk=False).get_matching_blocks())
    assert same >= 0.98 * len(WORDS)  # a colon or a dash of another width is no matter
    assert "2019年3月4日在呼伦贝尔市海拉尔区第十五届人民代表大会第三次会议上" in first
    assert "请区政协委员和其他列席会议的同志提出意见。\n" in raw.text


@pytest.mark.skipif(not ocr.available(), reason="the extra [ocr] is not installed: reading scans was not tried")
def test_a_scan_of_too_many_pages_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="has 21 of 21 pages without text"):
        read(scan(tmp_path / "a.pdf", 21))


@pytest.mark.skipif(ocr.available(), reason="the extra [ocr] is installed")
def test_without_the_extra_a_scan_is_refused_with_that_hint(tmp_path: Path) -> None:
    with pytest.raises(UserError, match=r"has 1 pages without text \(a scan\); wanted .*With the extra \[ocr\]"):
        read(scan(tmp_path / "a.pdf", 1))
