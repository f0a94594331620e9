"""The folder of an index: records there and back, one writer, other people's files, manifests that are not ours."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest
from files import BUNDLED_REPORT, COUNTY

from index import disk
from index.document import load_document
from index.errors import UserError
from index.records import Document, Passage
from index.textmap import identity


@pytest.mark.parametrize("report", [BUNDLED_REPORT, COUNTY])
def test_a_document_comes_back_with_every_field(report: Path, tmp_path: Path) -> None:
    document = load_document(report)
    disk.write_document(tmp_path / "d.json", document)
    again = disk.read_document(tmp_path / "d.json")
    assert again == document
    assert again.map.source_span(100, 120) == document.map.source_span(100, 120)


def test_an_empty_document_comes_back(tmp_path: Path) -> None:
    empty = Document("空", "", "", 0, "", "", "", (), (), (), identity(""), "空.txt", "utf-8", "00")
    disk.write_document(tmp_path / "d.json", empty)
    assert disk.read_document(tmp_path / "d.json") == empty


@pytest.mark.parametrize(
    "name", ["a", "浙江省", 'with "quotes" and \\', "line\u2028separator\u0085", "-x", "𠮷🙂", "a/b"]
)
def test_passages_come_back_whatever_the_id(name: str, tmp_path: Path) -> None:
    passages = (Passage(name, 0, 12), Passage(name, 13, 99))
    disk.write_passages(tmp_path / "p.jsonl", passages)
    assert disk.read_passages(tmp_path / "p.jsonl") == passages


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b'{"id": "a"}', b"\xff\xfe", b'{"sections": 3}'])
def test_a_file_that_is_not_ours_is_a_users_error(content: bytes, tmp_path: Path) -> None:
    (tmp_path / "d.json").write_bytes(content)
    with pytest.raises(UserError, match=r"^d\.json of the index cannot be read \(\w+\); wanted a whole file\. "):
        disk.read_document(tmp_path / "d.json")
    (tmp_path / "p.jsonl").write_bytes(b'["a", 1]\n')
    with pytest.raises(UserError, match=r"^p\.jsonl of the index cannot be read"):
        disk.read_passages(tmp_path / "p.jsonl")


def test_a_second_writer_is_refused_and_the_first_goes_on(tmp_path: Path) -> None:
    with disk.writing(tmp_path / "i"):
        with pytest.raises(UserError, match="is being written by another process"), disk.writing(tmp_path / "i"):
            pass
        assert (tmp_path / "i").is_dir()
    with disk.writing(tmp_path / "i"):  # free again
        pass


@pytest.mark.parametrize("name", ["games/chess.txt", "manifest.json", "index.html", "g1x/a"])
def test_a_folder_with_other_files_is_left_alone(name: str, tmp_path: Path) -> None:
    file = tmp_path / name
    file.parent.mkdir(exist_ok=True)
    file.write_text("{}")
    line = r"holds other files \(.*\); wanted an index or an empty folder\. "
    with pytest.raises(UserError, match=line), disk.writing(tmp_path):
        pass
    assert [p for p in tmp_path.rglob("*") if p.is_file()] == [file]


def test_a_place_that_is_no_folder_is_a_users_error(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(UserError, match=r"file cannot be written \(File exists\)"), disk.writing(tmp_path / "file"):
        pass
    line = r"sub cannot be written \(Not a directory\)"
    with pytest.raises(UserError, match=line), disk.writing(tmp_path / "file" / "sub"):
        pass


def _commit(folder: Path, text: str) -> Path:
    with disk.writing(folder):
        generation = disk.new_generation(folder)
        (generation / "a.txt").write_text(text)
        disk.commit(folder, generation, {"encoder": {}, "documents": {}})
    return generation


def test_a_commit_names_the_new_generation_and_the_next_write_removes_the_old_one(tmp_path: Path) -> None:
    first, second = _commit(tmp_path, "one"), _commit(tmp_path, "two")
    assert (first.name, second.name) == ("g1", "g2")
    assert disk.read_manifest(tmp_path) == {
        "format": 1,
        "generation": "g2",
        "encoder": {},
        "documents": {},
        "files": {"a.txt": {"bytes": 3, "sha256": "3fc4ccfe745870e2c0d99f71f30ff0656c8dedd41cc1d7d3d376b0dbe685e2f3"}},
    }
    assert first.is_dir()  # a reader may still be opening it
    (tmp_path / "g7").mkdir()  # a writer that was killed
    assert _commit(tmp_path, "three").name == "g3"
    assert sorted(p.name for p in tmp_path.iterdir()) == [".lock", "g2", "g3", "manifest.json"]


def test_only_an_unfinished_generation_is_discarded(tmp_path: Path) -> None:
    current = _commit(tmp_path, "one")
    unfinished = disk.new_generation(tmp_path)
    disk.discard(tmp_path, unfinished)
    disk.discard(tmp_path, current)
    assert (current.is_dir(), unfinished.is_dir()) == (True, False)


BAD_MANIFESTS = {
    b"": "cannot be read",
    b'{"format": 1, "gener': "cannot be read",
    b"\xff": "cannot be read",
    b"[]": "has format None; wanted format 1",
    b'{"format": 2, "generation": "g1"}': "has format 2; wanted format 1",
    b'{"format": 1, "generation": "g1"}': r"lacks \['encoder', 'documents', 'files'\]; wanted a whole manifest",
    b'{"format": 1, "generation": "../x", "encoder": {}, "documents": {}, "files": {}}': "lacks a generation",
}


@pytest.mark.parametrize("content", BAD_MANIFESTS)
def test_a_manifest_of_another_kind_is_told_and_can_be_written_over(content: bytes, tmp_path: Path) -> None:
    old = _commit(tmp_path, "old")
    (tmp_path / "manifest.json").write_bytes(content)
    with pytest.raises(UserError, match=BAD_MANIFESTS[content]) as caught:
        disk.read_manifest(tmp_path)
    assert caught.value.remedy == "Build it again: python -m index build PATH..."
    new = _commit(tmp_path, "new")
    assert (old.name, new.name, (old / "a.txt").read_text()) == ("g1", "g2", "old")
    assert disk.damage(tmp_path, disk.read_manifest(tmp_path)) == []


def test_damage_is_one_line_a_file(tmp_path: Path) -> None:
    generation = _commit(tmp_path, "one")
    manifest = disk.read_manifest(tmp_path)
    (generation / "a.txt").write_text("eno")  # the same length
    assert disk.damage(tmp_path, manifest) == ["a.txt: damaged (its bytes differ from the manifest's digest)"]
    (generation / "a.txt").unlink()
    assert disk.damage(tmp_path, manifest) == ["a.txt: missing"]
    (generation / "a.txt").mkdir()
    assert disk.damage(tmp_path, manifest) == ["a.txt: cannot be read (Is a directory)"]


def test_the_manifest_is_readable_utf8(tmp_path: Path) -> None:
    with disk.writing(tmp_path):
        disk.commit(tmp_path, disk.new_generation(tmp_path), {"encoder": {}, "documents": {"浙江省": {}}})
    text = (tmp_path / "manifest.json").read_text(encoding="utf-8")
    assert '"浙江省": {}' in text
    assert json.loads(text)["documents"] == {"浙江省": {}}


def test_equal_documents_are_equal_files(tmp_path: Path) -> None:
    document = load_document(COUNTY)
    disk.write_document(tmp_path / "a.json", document)
    disk.write_document(tmp_path / "b.json", replace(document))
    assert (tmp_path / "a.json").read_bytes() == (tmp_path / "b.json").read_bytes()
