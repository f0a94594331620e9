"""From a file to a Document: the steps put together, and the map back to the raw text."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest

from index.document import load_document
from index.errors import UserError

DATA = Path(__file__).parent / "data"


def test_a_page_of_a_report_becomes_a_document(tmp_path: Path) -> None:
    raw = (DATA / "report-province.txt").read_text(encoding="utf-8")
    path = tmp_path / "某省.txt"
    path.write_bytes(raw.replace("\n", "\r\n").encode("gb18030"))
    document = load_document(path)
    assert (document.id, document.filename, document.encoding) == ("某省", "某省.txt", "gb18030")
    assert (document.title, document.year, document.date) == ("2026年四川省人民政府工作报告", 2026, "2026-02-03")
    assert (document.place, document.speaker) == ("四川省", "施小琳")
    assert [entry.term for entry in document.glossary] == ["“两重”", "“两新”", "稳增长“21”条", "“双向揭榜挂帅”"]
    assert document.digest == hashlib.sha256(path.read_bytes()).hexdigest()
    assert "".join(document.text[s.start : s.end] for s in document.sections) == document.text
    assert document.spots == ()


def test_every_character_leads_back_to_its_place_in_the_file(tmp_path: Path) -> None:
    raw = (DATA / "report-national.txt").read_text(encoding="utf-8").replace("\n", "\r\n")
    path = tmp_path / "a.txt"
    path.write_bytes(raw.encode("utf-8"))
    document = load_document(path)
    for at, character in enumerate(document.text):
        start, end = document.map.source_span(at, at + 1)
        assert raw[start:end] in (character, "\r\n")


def test_a_missing_file_is_the_user_s_mistake(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="does not exist"):
        load_document(tmp_path / "none.txt")
