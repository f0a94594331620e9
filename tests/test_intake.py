"""Files taken in while an index is in use: previews, additions, duplicates, originals, several writers at once."""

from __future__ import annotations

import json
import subprocess
import sys
import threading
from dataclasses import replace
from pathlib import Path

import docx
import pytest
from files import COUNTY, PROVINCE
from hypothesis import given, settings
from hypothesis import strategies as st

from index import disk
from index.document import load_document
from index.duplicates import likeness, same, sketch
from index.errors import UserError
from index.fold import fold
from index.intake import Intake, admit, original, preview, remove
from index.records import Document, Hit
from index.store import open_index
from index.take import take
from index.worker import Worker

ROOT = Path(__file__).parents[1]
QUESTIONS = ["2022年的生产总值是多少", "幼儿园学位", "What is the growth target?", "主要预期目标"]


def _answers(folder: Path) -> list[tuple[Hit, ...]]:
    index = open_index(folder)
    return [index.search(question, 10) for question in QUESTIONS]


def test_a_preview_is_what_the_readers_make_of_the_file_and_stores_nothing(tmp_path: Path) -> None:
    found = preview(PROVINCE)
    document = load_document(PROVINCE)
    assert found == take(PROVINCE)
    assert found.document == document
    raw = PROVINCE.read_text(encoding="utf-8")
    letters = sum(map(len, document.text.split()))
    assert (found.kind, found.encoding, found.characters) == ("text", "utf-8", letters)
    assert found.characters + found.dropped == sum(map(len, raw.split()))
    assert found.headings == len({s.path for s in document.sections if s.path})
    assert (found.suspicious, found.duplicate_of, found.error) == ((), "", "")
    missing = tmp_path / "x.pdf"
    assert preview(missing) == Intake(missing, None, error=f"{missing} does not exist; wanted a file. Check the path.")


def test_admitted_and_removed_leaves_every_answer_as_it_was(county_index: Path, tmp_path: Path) -> None:
    before = repr(_answers(county_index))
    bad = tmp_path / "坏.docx"
    bad.write_bytes(b"PK\x03\x04nonsense")
    good, broken = admit(county_index, [PROVINCE, bad])
    assert (good.document, good.error) == (load_document(PROVINCE), "")
    assert broken.document is None
    assert broken.error.startswith(f"{bad} is damaged (")
    assert sorted(open_index(county_index).documents) == ["report-county", "report-province"]
    assert repr(_answers(county_index)) != before
    kept = original(county_index, "report-province")
    assert kept is not None
    assert kept.read_bytes() == PROVINCE.read_bytes()
    remove(county_index, ["report-province"])
    assert repr(_answers(county_index)) == before
    assert not kept.exists()
    assert original(county_index, "report-province") is None
    county = original(county_index, "report-county")
    assert county is not None
    assert county.read_bytes() == COUNTY.read_bytes()


def test_an_id_that_is_there_is_kept_unless_it_is_to_be_replaced(county_index: Path, tmp_path: Path) -> None:
    newer = tmp_path / "report-county.txt"
    newer.write_text("全县新建公路十二公里。", encoding="utf-8")
    written = (county_index / disk.MANIFEST).read_bytes()
    (refused,) = admit(county_index, [newer])
    assert refused.error == (
        "the index has a document 'report-county'; wanted a new name. Replace it, or rename the file."
    )
    (again,) = admit(county_index, [COUNTY])
    assert (again.duplicate_of, again.error) == ("report-county", "")
    assert (county_index / disk.MANIFEST).read_bytes() == written
    (taken,) = admit(county_index, [newer], replace=True)
    assert taken.document == open_index(county_index).documents["report-county"] == load_document(newer)
    kept = original(county_index, "report-county")
    assert kept is not None
    assert kept.read_bytes() == newer.read_bytes()
    assert sorted(p.name for p in (county_index / disk.ORIGINALS).iterdir()) == [kept.name]


def test_nothing_that_can_be_read_changes_nothing_and_no_index_is_told(county_index: Path, tmp_path: Path) -> None:
    written = (county_index / disk.MANIFEST).read_bytes()
    (refused,) = admit(county_index, [tmp_path])
    assert refused.error.startswith(f"{tmp_path} is a folder; wanted a file.")
    assert (county_index / disk.MANIFEST).read_bytes() == written
    with pytest.raises(UserError, match=r"^no index in .*nowhere; wanted a folder with manifest\.json"):
        admit(tmp_path / "nowhere", [COUNTY])
    with pytest.raises(UserError, match=r"^no document '没有' in "):
        remove(county_index, ["report-county", "没有"])
    assert (county_index / disk.MANIFEST).read_bytes() == written


def test_the_same_report_from_another_site_is_kept_once(county_index: Path, tmp_path: Path) -> None:
    lines = COUNTY.read_text(encoding="utf-8").splitlines()
    page = tmp_path / "另一网站.html"
    body = "".join(f"<p>{line}</p>" for line in lines)
    page.write_text(f"<html><body><nav>首页 > 政务公开</nav><article>{body}</article></body></html>", encoding="utf-8")
    word = docx.Document()
    for line in lines:
        word.add_paragraph(line)
    word.save(str(tmp_path / "办公室.docx"))
    (tmp_path / "旧盘.txt").write_bytes(COUNTY.read_text(encoding="utf-8").encode("gb18030"))
    written = (county_index / disk.MANIFEST).read_bytes()
    found = admit(county_index, [page, tmp_path / "办公室.docx", tmp_path / "旧盘.txt"])
    assert [(intake.duplicate_of, intake.error) for intake in found] == [("report-county", "")] * 3
    assert (county_index / disk.MANIFEST).read_bytes() == written


def _document(text: str, year: int = 2023, place: str = "三门县") -> Document:
    return replace(load_document(COUNTY), text=text, year=year, place=place)


def test_papers_of_one_form_are_told_apart_by_figures_year_and_place() -> None:
    text = load_document(COUNTY).text
    own = sketch(_document(text))
    assert same(own, sketch(_document(text.replace("\n", "\n\n").replace("，", ","))))
    assert same(own, sketch(_document("首页>政务公开\n" + text[:-40], year=0)))
    assert not same(own, sketch(_document(text, year=2024)))
    assert not same(own, sketch(_document(text, place="天台县")))
    assert not same(own, sketch(_document(text.translate({ord(a): b for a, b in zip("12345", "23456", strict=True)}))))
    assert not same(sketch(_document("新建公路十二公里。")), sketch(_document("新建公路十三公里。")))
    assert same(sketch(_document("新建公路十二公里。")), sketch(_document("新建公路十二公里")))


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 2000), st.integers(0, 2000))
def test_likeness_is_near_the_share_of_pieces_that_two_texts_have_in_common(start: int, cut: int) -> None:
    text = "".join(load_document(PROVINCE).text.split())
    other = text[start:] + "".join(load_document(COUNTY).text.split())[:cut]

    def pieces(words: str) -> set[str]:
        plain = "".join(c for c in fold(words) if c.isalnum())
        return {plain[i : i + 8] for i in range(len(plain) - 7)}

    a, b = pieces(text), pieces(other)
    found = likeness(sketch(_document(text)).pieces, sketch(_document(other)).pieces)
    assert found == pytest.approx(len(a & b) / len(a | b), abs=0.13)  # four deviations of 256 hashes


def test_several_writers_at_once_lose_nothing(county_index: Path, tmp_path: Path) -> None:
    """Threads of one process and another process admit, each a file of its own, while a reader keeps its version."""
    held, before = open_index(county_index), _answers(county_index)
    names = [f"路{number}" for number in range(4)]
    for name in names:
        (tmp_path / f"{name}.txt").write_text(f"{name}：全县新建公路{name[1]}公里。", encoding="utf-8")
    errors: list[str] = []

    def put(name: str) -> None:
        errors.extend(intake.error for intake in admit(county_index, [tmp_path / f"{name}.txt"]))

    threads = [threading.Thread(target=put, args=(name,)) for name in names[:3]]
    script = (
        "import sys; from pathlib import Path; from index.intake import admit; "
        "print([i.error for i in admit(Path(sys.argv[1]), [Path(sys.argv[2])])])"
    )
    command = [sys.executable, "-c", script, str(county_index), str(tmp_path / f"{names[3]}.txt")]
    other = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True)
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (other.communicate()[0], errors) == ("['']\n", [""] * 3)
    assert list(open_index(county_index).documents) == sorted(["report-county", *names])
    assert [held.search(question, 10) for question in QUESTIONS] == before


def test_a_file_that_takes_too_long_or_breaks_its_reader_costs_only_itself(tmp_path: Path) -> None:
    with Worker(seconds=0.0) as worker:
        late = worker.take(COUNTY)
        assert late.error == (
            f"{COUNTY} takes more than 0 s to read; wanted a file that can be read. "
            "Save it again, as plain text if nothing else helps."
        )
    with Worker() as worker:
        assert worker.take(COUNTY) == take(COUNTY)
        process = worker._process
        assert process is not None
        process.stdin.write(b"nonsense\n")  # type: ignore[union-attr]  # what breaks the process before it reads ours
        assert worker.take(COUNTY).error.startswith(f"{COUNTY} breaks its reader, or takes more than ")
        assert worker.take(COUNTY) == take(COUNTY)
        assert worker._process is not process
    assert worker._process is None


def test_an_index_of_an_earlier_version_without_originals_is_taken_on(county_index: Path) -> None:
    manifest = disk.read_manifest(county_index)
    del manifest["documents"]["report-county"]["original"]
    del manifest["files"]["sketches.json"]
    (county_index / manifest["generation"] / "sketches.json").unlink()
    (county_index / disk.MANIFEST).write_text(json.dumps(manifest), encoding="utf-8")
    assert original(county_index, "report-county") is None
    copy = county_index.parent / "copy.txt"
    copy.write_bytes(COUNTY.read_bytes() + b"\n")
    taken, twin = admit(county_index, [PROVINCE, copy])
    assert (taken.error, twin.duplicate_of) == ("", "report-county")
    assert original(county_index, "report-county") is None
    assert original(county_index, "report-province") is not None
