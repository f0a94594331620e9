"""Whatever bytes stand behind whatever suffix: a text, or the one line of a user's error."""

from __future__ import annotations

import io
import tempfile
import zipfile
from pathlib import Path

import docx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pdf_file import paragraph, pdf
from test_read_xlsx import workbook

from index.content import MAX_BYTES
from index.errors import UserError
from index.read import READERS, read


def _docx() -> bytes:
    document = docx.Document()
    document.add_heading("一、工作回顾", 1)
    document.add_paragraph("全县生产总值达到332.63亿元。")
    document.add_table(2, 2).cell(0, 0).text = "指标"
    stream = io.BytesIO()
    document.save(stream)
    return stream.getvalue()


WHOLE = {
    ".docx": _docx(),
    ".xlsx": workbook({"指标": [["指标", "数额", "增长"], ["税收", 9, (0.1, 1)]]}, merged="A1:A2"),
    ".pdf": pdf(
        [paragraph("过去一年，全县生产总值达到332.63亿元，同比增长2.6%，规模以上工业增加值增长8.1%。" * 2, 700)]
    ),
    ".html": "<html><head><meta charset=gbk></head><body><p>生产总值，增长。</p></body></html>".encode("gb18030"),
    ".txt": "生产总值达到332.63亿元。".encode("gb18030"),
}
STARTS = [
    b"",
    b"%PDF-1.7\n",
    b"PK\x03\x04",
    b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1",
    b"<html>",
    b"\xff\xfe",
    b"\xef\xbb\xbf",
]


def outcome(suffix: str, data: bytes) -> str:
    """The text, or the message of the error; anything else that is raised is a defect."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"a{suffix}"
        path.write_bytes(data)
        try:
            return read(path).text.strip()
        except UserError as error:
            return str(error)


@pytest.mark.parametrize("suffix", sorted(READERS))
@given(start=st.sampled_from(STARTS), rest=st.binary(max_size=300))
@settings(max_examples=60, deadline=None)
def test_any_bytes_end_in_text_or_in_one_line(suffix: str, start: bytes, rest: bytes) -> None:
    assert outcome(suffix, start + rest)


@pytest.mark.parametrize("suffix", sorted(WHOLE))
@given(data=st.data())
@settings(max_examples=60, deadline=None)
def test_damaged_files_end_in_text_or_in_one_line(suffix: str, data: st.DataObject) -> None:
    whole = bytearray(WHOLE[suffix])
    for _ in range(data.draw(st.integers(1, 5))):
        at = data.draw(st.integers(0, len(whole) - 1))
        patch = data.draw(st.binary(min_size=1, max_size=6))
        whole[at : at + len(patch)] = patch
    assert outcome(suffix, bytes(whole[: data.draw(st.integers(1, len(whole)))]))
    assert outcome(suffix, bytes(whole))


@pytest.mark.parametrize("suffix", [".docx", ".xlsx"])
@given(data=st.data())
@settings(max_examples=60, deadline=None)
def test_archives_with_damaged_members_end_in_text_or_in_one_line(suffix: str, data: st.DataObject) -> None:
    source = zipfile.ZipFile(io.BytesIO(WHOLE[suffix]))
    stream = io.BytesIO()
    victim = data.draw(st.sampled_from(source.namelist()))
    with zipfile.ZipFile(stream, "w") as target:
        for name in source.namelist():
            content = bytearray(source.read(name))
            if name == victim and content:
                at = data.draw(st.integers(0, len(content) - 1))
                content[at : at + data.draw(st.integers(1, 40))] = data.draw(st.binary(max_size=20))
            target.writestr(name, bytes(content))
    assert outcome(suffix, stream.getvalue())


def test_whole_files_are_read() -> None:
    assert {suffix: outcome(suffix, data).split("\n")[0] for suffix, data in WHOLE.items()} == {
        ".docx": "一、工作回顾",
        ".xlsx": "指标",
        ".pdf": "过去一年，全县生产总值达到332.63亿元，同比增长2.6%，规模以上工业增加值增长8.1%。" * 2,
        ".html": "生产总值，增长。",
        ".txt": "生产总值达到332.63亿元。",
    }


@pytest.mark.parametrize("suffix", sorted(READERS))
def test_a_huge_file_is_refused_unread(tmp_path: Path, suffix: str) -> None:
    path = tmp_path / f"a{suffix}"
    with path.open("wb") as stream:
        stream.truncate(MAX_BYTES + 1)  # a hole: takes no room on the disk
    with pytest.raises(UserError, match=r"has 100 MiB; wanted at most 100 MiB\. Split it"):
        read(path)
