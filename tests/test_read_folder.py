"""A folder as offices keep it: reports of several kinds are taken, pictures skipped, bad files named."""

from __future__ import annotations

import shutil
from pathlib import Path

import docx
import pytest
from files import COUNTY
from pdf_file import paragraph, pdf

from index.__main__ import main
from index.store import open_index

WORDS = "过去一年，全县生产总值达到332.63亿元，同比增长2.6%，规模以上工业增加值增长8.1%，财政总收入35亿元。"


def test_reports_are_taken_pictures_skipped_and_bad_files_named(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    folder, out = tmp_path / "files", tmp_path / "index"
    folder.mkdir()
    document = docx.Document()
    document.add_paragraph(WORDS)
    document.save(str(folder / "文.docx"))
    (folder / "版.pdf").write_bytes(pdf([paragraph(WORDS, 700), paragraph(WORDS * 2, 700)]))
    (folder / "图.png").write_bytes(b"\x89PNG")
    assert main(["build", str(folder), "--out", str(out)]) == 0
    told = capfd.readouterr()
    assert [line.split("\t")[0] for line in told.out.splitlines()] == ["文", "版"]
    assert f"index: skipped, of another kind: {folder / '图.png'}\n" in told.err

    (folder / "错.txt").write_bytes(b"%PDF-1.7")
    assert main(["add", str(folder), "--out", str(out)]) == 1
    told = capfd.readouterr()
    assert f"index: not taken: {folder / '错.txt'} is a PDF file; wanted a text file. Rename it to .pdf.\n" in told.err

    documents = open_index(out).documents
    assert {name: (d.text, d.pages, d.encoding) for name, d in documents.items()} == {
        "文": (f"{WORDS}\n", (), ""),
        "版": (f"{WORDS}\n{WORDS * 2}\n", (0, len(WORDS) + 1), ""),
    }


def test_a_picture_that_is_named_is_refused_and_a_folder_of_pictures_too(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    picture = tmp_path / "files" / "图.png"
    picture.parent.mkdir()
    picture.write_bytes(b"\x89PNG")
    shutil.copy(COUNTY, tmp_path / "县.txt")
    out = str(tmp_path / "index")
    assert main(["build", str(picture.parent), "--out", out]) == 2
    assert f"no report among 1 files, such as {picture}; wanted one of .docx" in capfd.readouterr().err
    assert main(["build", str(tmp_path / "县.txt"), str(picture), "--out", out]) == 1
    assert f"not taken: {picture} is of kind '.png'" in capfd.readouterr().err
