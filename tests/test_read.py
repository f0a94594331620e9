"""Text files in the encodings they come in, and the one line that a file that is none ends in."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.errors import UserError
from index.read import READERS, RawText, decode, read

DATA = Path(__file__).parent / "data"
SIMPLIFIED = (DATA / "report-county.txt").read_text(encoding="utf-8")
TRADITIONAL = (DATA / "report-printed.txt").read_text(encoding="utf-8")


MHT = (
    b"From: <Saved by a browser>\r\nSubject: a\r\nMIME-Version: 1.0\r\nContent-Type: multipart/related;\r\n"
    b' boundary="x"\r\n\r\n--x\r\nContent-Type: text/html\r\n\r\n<html></html>'
)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "gb18030"])
@pytest.mark.parametrize("length", [40, 400, 4000])
def test_simplified_text_is_read_from_every_encoding(encoding: str, length: int) -> None:
    text = SIMPLIFIED[:length]
    assert decode(text.encode(encoding), "a.txt")[0] == text


@pytest.mark.parametrize("encoding", ["utf-8", "big5", "utf-16", "gb18030"])
def test_traditional_text_is_read_from_every_encoding(encoding: str) -> None:
    text = "".join(c for c in TRADITIONAL if c.encode("big5", "ignore"))
    assert decode(text.encode(encoding), "a.txt")[0] == text


def test_the_record_states_encoding_kind_and_digest(tmp_path: Path) -> None:
    path = tmp_path / "报告.TXT"
    data = SIMPLIFIED.encode("gb18030")
    path.write_bytes(data)
    assert read(path) == RawText(SIMPLIFIED, "gb18030", "text", hashlib.sha256(data).hexdigest())


def test_markdown_is_text_of_another_kind(tmp_path: Path) -> None:
    path = tmp_path / "a.md"
    path.write_bytes(b"\xef\xbb\xbf# \xe6\x8a\xa5\xe5\x91\x8a\n")
    assert (read(path).text, read(path).encoding, read(path).kind) == ("# 报告\n", "utf-8-sig", "markdown")


@given(st.text(st.characters(min_codepoint=32, exclude_categories=["Cs"]), min_size=1))
def test_utf8_and_utf16_with_a_mark_give_back_every_text(text: str) -> None:
    assert decode(text.encode("utf-8"), "a.txt")[0] == text.removeprefix("\ufeff")
    assert decode(text.encode("utf-16"), "a.txt")[0] == text


@pytest.mark.parametrize(
    ("name", "data", "found"),
    [
        ("none.txt", None, "none.txt does not exist"),
        ("empty.txt", b"", "empty.txt is empty"),
        ("blank.txt", b" \r\n\t", "blank.txt is empty"),
        ("wide.txt", "\u3000\n".encode(), "wide.txt holds only blanks"),
        ("scan.txt", b"%PDF-1.7 ...", "scan.txt is a PDF file"),
        ("book.txt", b"PK\x03\x04....", "book.txt is a ZIP archive"),
        ("raw.txt", bytes(range(256)) * 20, "raw.txt is"),
        (
            "page.txt",
            b"\xef\xbb\xbf\n<!DOCTYPE html><html>",
            "page.txt is a web page; wanted a text file. Rename it to .html.",
        ),
        ("page.docx", b"<html lang=zh>", "page.docx is a web page; wanted a DOCX file."),
        (
            "old.md",
            b"\xd0\xcf\x11\xe0" + b"\0" * 80,
            "old.md is an old Office file; wanted a text file. Save it as DOCX",
        ),
        ("holes.txt", "生产总值\0\0增长。".encode() * 9, "holes.txt holds 18 NUL characters; wanted a text file."),
        ("saved.html", MHT, "saved.html is a web archive (MHT); wanted a page or a text. Open it and save it as HTML"),
        ("report.ofd", b"PK\x03\x04", "report.ofd is of kind '.ofd'"),
        ("report.doc", b"\xd0\xcf\x11\xe0", "report.doc is of kind '.doc'"),
        ("zero.txt", b"abc\0\1\2\3" * 40, "zero.txt holds 40 NUL characters"),
        ("song.mp3", b"ID3", "song.mp3 is of kind '.mp3'"),
        ("README", b"text", "README has no suffix"),
    ],
)
def test_a_file_that_cannot_be_read_ends_in_one_line(tmp_path: Path, name: str, data: bytes | None, found: str) -> None:
    path = tmp_path / name
    if data is not None:
        path.write_bytes(data)
    with pytest.raises(UserError) as caught:
        read(path)
    message = str(caught.value)
    assert found in message
    assert "wanted" in message
    assert "\n" not in message


def test_a_folder_is_not_a_file(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="is a folder; wanted a file"):
        read(tmp_path)


def test_suffixes_are_lower_case_with_a_dot() -> None:
    assert all(suffix == suffix.lower() and suffix.startswith(".") for suffix in READERS)
