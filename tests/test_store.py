"""The index as a whole: searching, changing, and what a damaged file leads to."""

from __future__ import annotations

import shutil
from pathlib import Path

import numpy as np
import pytest
from files import COUNTY, PROVINCE

from index import disk
from index.build import add, build, remove
from index.document import load_document
from index.embed import open_encoder
from index.errors import UserError
from index.files import find_files
from index.records import Hit
from index.split import split
from index.store import Index, open_index, passage_input

QUESTIONS = ["2022年的生产总值是多少", "幼儿园学位", "What is the growth target?", "🙂", "", "海" * 3000]


def _answers(folder: Path) -> list[tuple[Hit, ...]]:
    index = open_index(folder)
    return [index.search(question, 10) for question in QUESTIONS]


def _names(folder: Path) -> list[str]:
    return sorted(p.relative_to(folder).as_posix() for p in folder.rglob("*") if p.is_file())


def test_the_index_holds_the_document_and_its_passages(county_index: Path) -> None:
    index, document = open_index(county_index), load_document(COUNTY)
    assert index.documents == {"report-county": document}
    assert index.passages == split(document, 120)
    assert [index.text(p) for p in index.passages] == [document.text[p.start : p.end] for p in index.passages]
    rows = open_encoder().passages([passage_input(document, p) for p in index.passages])
    np.testing.assert_array_equal(index.vectors.rows(index.numbers(["report-county"])), rows)


def test_a_passage_is_read_behind_its_heading() -> None:
    document = load_document(COUNTY)
    passage = next(p for p in split(document, 120) if document.section_at(p.start).path)
    heading, words = document.section_at(passage.start).path[-1], document.text[passage.start : passage.end]
    assert passage_input(document, passage) == (words if words.startswith(heading) else f"{heading}\n{words}")


def test_a_search_returns_the_same_bytes_every_time(county_index: Path) -> None:
    assert repr(_answers(county_index)) == repr(_answers(county_index))


def test_a_hit_carries_both_channels_and_the_best_comes_first(county_index: Path) -> None:
    index = open_index(county_index)
    question = index.text(index.passages[11])[:40]
    hits = index.search(question, 10)
    assert hits[0].passage == index.passages[11]
    assert [hit.score for hit in hits] == sorted((hit.score for hit in hits), reverse=True)
    row = index.encoder.queries([question])[0]
    for hit in hits:
        number = np.array([index.passages.index(hit.passage)])
        assert hit.dense == pytest.approx(float(index.vectors.rows(number)[0] @ row), abs=1e-6)
    assert {hit.passage: hit.lexical for hit in hits if hit.lexical} == {
        index.passages[n]: score
        for n, score in index.lexical.search(question, 50)
        if index.passages[n] in {hit.passage for hit in hits}
    }


def test_two_documents_can_be_asked_apart(county_index: Path) -> None:
    add([PROVINCE], county_index)
    index = open_index(county_index)
    assert list(index.documents) == ["report-county", "report-province"]
    for name in index.documents:
        hits = index.search("主要预期目标", 200, [name])
        assert {hit.passage.document for hit in hits} == {name}
    assert index.search("目标", 9, ["report-county", "report-county"]) == index.search("目标", 9, ["report-county"])
    with pytest.raises(UserError) as caught:
        index.search("目标", 9, ["report-county", "没有"])
    assert str(caught.value) == (
        "no document '没有' in the index; wanted one of report-county、report-province…. See: python -m index list"
    )


def test_adding_and_removing_leaves_no_trace_in_the_answers(county_index: Path) -> None:
    before = _answers(county_index)
    add([PROVINCE], county_index)
    assert _answers(county_index) != before
    remove(["report-province", "report-province"], county_index)
    assert repr(_answers(county_index)) == repr(before)


def test_added_one_by_one_is_the_same_as_built_at_once(county_index: Path, tmp_path: Path) -> None:
    add([PROVINCE], county_index)
    build([PROVINCE, COUNTY], tmp_path / "at-once")
    assert repr(_answers(county_index)) == repr(_answers(tmp_path / "at-once"))


def test_a_document_added_again_is_replaced(county_index: Path, tmp_path: Path) -> None:
    newer = tmp_path / "report-county.txt"
    newer.write_text("全县新建公路十二公里。", encoding="utf-8")
    assert add([newer], county_index).added == (load_document(newer),)
    index = open_index(county_index)
    assert [index.text(p) for p in index.passages] == ["全县新建公路十二公里。"]


def test_an_index_may_be_emptied_and_filled_again(county_index: Path) -> None:
    before = _answers(county_index)
    remove(["report-county"], county_index)
    assert _answers(county_index) == [()] * len(QUESTIONS)
    add([COUNTY], county_index)
    assert repr(_answers(county_index)) == repr(before)


def test_an_index_is_opened_from_a_copy_and_while_it_changes(county_index: Path, tmp_path: Path) -> None:
    held, before = open_index(county_index), _answers(county_index)
    for _ in range(2):  # the second write removes the files that `held` was opened from
        add([PROVINCE], county_index)
    assert not (county_index / "g1").exists()
    assert [held.search(question, 10) for question in QUESTIONS] == before
    assert _answers(Path(shutil.copytree(county_index, tmp_path / "copy"))) == _answers(county_index)


def test_every_file_truncated_or_gone_is_one_line_at_opening(county_index: Path) -> None:
    generation = county_index / "g1"
    told = disk.read_manifest(county_index)["files"]
    assert set(told) == {name for name in _names(generation) if not name.endswith(".lock")}
    assert {"passages.jsonl", "vectors.faiss", "lexical/numbers.npy"} < set(told)
    for name in told:
        whole = (generation / name).read_bytes()
        for left in (whole[:-1], whole[: len(whole) // 2], b"", None):
            if left is None:
                (generation / name).unlink()
            else:
                (generation / name).write_bytes(left)
            found = "is missing" if left is None else f"has {len(left):,} bytes"
            with pytest.raises(UserError) as caught:
                open_index(county_index)
            assert str(caught.value) == (
                f"{name} of the index in {county_index} {found}; wanted {len(whole):,} bytes. {disk.REBUILD}"
            )
        (generation / name).write_bytes(whole)
    assert open_index(county_index).search("目标", 1)


@pytest.mark.parametrize("name", ["passages.jsonl", "vectors.faiss"])
def test_damage_of_the_same_length_stops_a_change(name: str, county_index: Path) -> None:
    file = county_index / "g1" / name
    whole = bytearray(file.read_bytes())
    whole[-2] ^= 1
    file.write_bytes(whole)
    line = rf"is damaged: {name}: damaged \(its bytes differ from the manifest's digest\); wanted whole files\. "
    with pytest.raises(UserError, match=line):
        add([PROVINCE], county_index)
    with pytest.raises(UserError, match=line):
        remove(["report-county"], county_index)
    build([COUNTY], county_index)
    assert disk.damage(county_index, disk.read_manifest(county_index)) == []


def test_parts_that_do_not_belong_together_are_refused(county_index: Path) -> None:
    index = open_index(county_index)
    parts = (index.documents, index.passages[1:], index.vectors, index.lexical, index.encoder, index.manifest)
    count = len(index.passages)
    with pytest.raises(UserError, match=f"^{count} vectors; wanted one for each of {count - 1} passages"):
        Index(*parts)


def test_files_that_cannot_be_taken_are_told_and_the_others_are_taken(tmp_path: Path) -> None:
    folder = tmp_path / "in"
    (folder / ".git").mkdir(parents=True)
    (folder / "sub").mkdir()
    shutil.copy(COUNTY, folder / "a.txt")
    shutil.copy(PROVINCE, folder / "sub" / "a.txt")
    shutil.copy(COUNTY, folder / "sub" / "b.txt")
    shutil.copy(COUNTY, folder / ".git" / "b.txt")
    shutil.copy(COUNTY, folder / "~$c.txt")
    (folder / "d.jpg").write_bytes(b"\xff\xd8\xff\xe0")
    (folder / "e\u2028f.txt").write_text("文")
    (folder / "g.txt").write_text(" \n")
    outcome = build([folder, folder / "a.txt", folder], tmp_path / "out")
    assert [document.id for document in outcome.added] == ["a"]
    assert [(i.path, i.duplicate_of) for i in outcome.intakes if i.duplicate_of] == [(folder / "sub" / "b.txt", "a")]
    assert outcome.skipped == (folder / "d.jpg",)
    assert outcome.refused == (
        f"{folder}/e\\u2028f.txt: the name is not UTF-8 or holds control characters; wanted a plain name. Rename it.",
        f"{folder}/g.txt is empty; wanted a file with text. Check the file, or leave it out.",
        f"{folder}/sub/a.txt would be a second document 'a'; wanted one of each name. Rename the file.",
    )


def test_a_file_name_that_is_not_utf8_is_refused(tmp_path: Path) -> None:
    odd = Path(str(tmp_path / "out")).with_name(b"\xce\xc4\xfe.txt".decode("utf-8", "surrogateescape"))
    try:
        odd.write_text("全县新建公路十二公里。", encoding="utf-8")
    except OSError:
        pytest.skip("this file system takes only UTF-8 names")
    with pytest.raises(UserError) as caught:
        build([odd], tmp_path / "out")
    assert str(caught.value) == (
        f"{tmp_path}/\\udcce\\udcc4\\udcfe.txt: the name is not UTF-8 or holds control characters; "
        "wanted a plain name. Rename it."
    )


def test_paths_that_lead_nowhere(tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    with pytest.raises(UserError, match=r"^no file or folder .*x\.txt; wanted reports to read"):
        find_files([tmp_path / "x.txt"])
    with pytest.raises(UserError, match=r"^no file in the folders given; "):
        find_files([tmp_path / "empty"])
    with pytest.raises(UserError, match=r"cannot be read \(File name too long\)"):
        find_files([tmp_path / ("x" * 5000)])
    with pytest.raises(UserError, match="no file or folder"):
        build([tmp_path / "x.txt"], tmp_path / "out")
    assert not (tmp_path / "out").exists()


def test_odd_ids_are_kept(tmp_path: Path) -> None:
    names = ["-x", "a  b", "全　角", "𠮷🙂", 'q"uote', "g1", "长" * 80]
    for name in names:
        (tmp_path / f"{name}.txt").write_text(f"{name}新建公路十二公里。", encoding="utf-8")
    build(sorted(tmp_path.glob("*.txt")), tmp_path / "out")
    index = open_index(tmp_path / "out")
    assert list(index.documents) == sorted(names)
    assert [hit.passage.document for hit in index.search("公路", 9, ["全　角"])] == ["全　角"]
    remove(names[:-1], tmp_path / "out")
    assert list(open_index(tmp_path / "out").documents) == names[-1:]
