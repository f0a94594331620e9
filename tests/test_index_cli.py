"""`python -m index` as the contract has it: exact output, exit statuses, one line for a mistake."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from files import BUNDLED_REPORT, COUNTY, PROVINCE

from index import disk
from index.__main__ import main
from index.document import load_document
from index.records import Document
from index.store import open_index

ROOT = Path(__file__).parents[1]


def _listed(document: Document) -> str:
    fields = [document.id, document.title, document.place, str(document.year or ""), str(len(document.text))]
    return "\t".join(fields) + "\n"


def test_build_add_list_remove(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    out = str(tmp_path / "index")
    county, province = load_document(COUNTY), load_document(PROVINCE)
    assert main(["build", str(COUNTY), "--out", out]) == 0
    built = capfd.readouterr().out
    assert built.startswith(f"report-county\t{county.title}\t{county.place}\t{county.year or ''}\tutf-8\t")
    assert built.count("\n") == 1
    assert f"\ttext\t{sum(map(len, county.text.split()))} characters kept, 0 dropped\t" in built
    assert main(["add", str(PROVINCE), "--out", out]) == 0
    assert capfd.readouterr().out.startswith(f"report-province\t{province.title}\t")
    assert main(["list", "--out", out]) == 0
    assert capfd.readouterr() == (_listed(county) + _listed(province), "")
    assert main(["remove", "report-county", "--out", out]) == 0
    assert capfd.readouterr() == ("", "")
    assert main(["list", "--out", out]) == 0
    assert capfd.readouterr() == (_listed(province), "")


def test_text_is_the_stored_text_byte_for_byte(bundled_index: Path, capfdbinary: pytest.CaptureFixture[bytes]) -> None:
    assert main(["text", "sanmen-2023", "--out", str(bundled_index)]) == 0
    printed = capfdbinary.readouterr()
    stored = open_index(bundled_index).documents["sanmen-2023"].text
    assert printed == (stored.encode("utf-8"), b"")
    assert stored == load_document(BUNDLED_REPORT).text


def test_verify_lists_the_damaged_spots_of_the_sources(bundled_index: Path, capfd: pytest.CaptureFixture[str]) -> None:
    assert main(["verify", "--out", str(bundled_index)]) == 0
    lines = capfd.readouterr().out.splitlines()
    index = open_index(bundled_index)
    spots = index.documents["sanmen-2023"].spots
    assert lines[-1] == f"whole: 1 documents, {len(index.passages)} passages"
    assert [line.split("\t")[:3] for line in lines[:-1]] == [
        ["sanmen-2023", f"{spot.start}-{spot.end}", repr(spot.raw)] for spot in spots
    ]


def test_verify_names_what_is_damaged_and_what_to_do(county_index: Path, capfd: pytest.CaptureFixture[str]) -> None:
    vectors = county_index / "g1" / "vectors.faiss"
    vectors.write_bytes(vectors.read_bytes()[:-4] + b"abcd")
    (county_index / "g1" / "passages.jsonl").unlink()
    assert main(["verify", "--out", str(county_index)]) == 1
    assert capfd.readouterr() == (
        "passages.jsonl: missing\nvectors.faiss: damaged (its bytes differ from the manifest's digest)\n",
        "index: 2 damaged files; Build it again: python -m index build PATH...\n",
    )


def test_a_file_that_cannot_be_taken_is_told_and_the_rest_is_built(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    folder = tmp_path / "in"
    folder.mkdir()
    shutil.copy(COUNTY, folder)
    (folder / "x.pdf").write_bytes(b"%PDF-1.7")
    assert main(["build", str(folder), "--out", str(tmp_path / "index")]) == 1
    out, err = capfd.readouterr()
    assert [line.split("\t")[0] for line in out.splitlines()] == ["report-county"]
    assert err.splitlines()[-1].startswith(f"index: not taken: {folder}/x.pdf is ")


def _mistakes(index: Path, tmp_path: Path) -> list[tuple[list[str], str]]:
    empty, nowhere = tmp_path / "empty.txt", tmp_path / "nowhere"
    empty.write_text("")
    remedy = f"wanted a folder with manifest.json. Build one: python -m index build PATH --out {nowhere}"
    no_index = f"no index in {nowhere}; {remedy}"
    no_document = f"no document '没有' in {index}; wanted an id as listed. See: python -m index list"
    return [
        (["build", str(tmp_path / "x.txt"), "--out", str(nowhere)], f"no file or folder {tmp_path / 'x.txt'}; wanted"),
        (["build", str(empty), "--out", str(index)], f"{empty} is empty; wanted a file with text. Check the file"),
        (["build", str(COUNTY), "--out", str(index), "--model", str(nowhere)], f"no model {str(nowhere)!r} could be"),
        (["add", str(COUNTY), "--out", str(nowhere)], no_index),
        (["add", str(empty), "--out", str(index)], f"{empty} is empty; wanted a file with text."),
        (["remove", "没有", "--out", str(index)], no_document),
        (["remove", "report-county", "没有", "--out", str(index)], no_document),
        (["remove", "a", "--out", str(nowhere)], no_index),
        (["list", "--out", str(nowhere)], no_index),
        (["verify", "--out", str(nowhere)], no_index),
        (["text", "没有", "--out", str(index)], no_document),
        (["text", "a", "--out", str(nowhere)], no_index),
        (["build", str(COUNTY), "--out", str(COUNTY)], f"{COUNTY} cannot be written (File exists); wanted"),
    ]


def test_a_mistake_is_one_line_and_status_2_and_changes_nothing(
    county_index: Path, tmp_path: Path, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    before = (county_index / disk.MANIFEST).read_bytes()
    for arguments, line in _mistakes(county_index, tmp_path):
        assert main(arguments) == 2, arguments
        out, err = capfd.readouterr()
        assert (out, err.count("\n"), err[: len(line) + 7]) == ("", 1, f"index: {line}")
        assert (county_index / disk.MANIFEST).read_bytes() == before
    assert not (tmp_path / "nowhere").exists()
    assert open_index(county_index).search("目标", 1)


def _run(*arguments: str | bytes | Path, **environment: str) -> subprocess.CompletedProcess[bytes]:
    command = [sys.executable, "-m", "index", *arguments]
    return subprocess.run(command, cwd=ROOT, capture_output=True, check=False, env={**os.environ, **environment})


def test_as_a_process_in_an_ascii_locale(county_index: Path) -> None:
    document = open_index(county_index).documents["report-county"]
    done = _run("list", "--out", county_index, LC_ALL="C", PYTHONUTF8="0", PYTHONIOENCODING="")
    assert (done.returncode, done.stdout, done.stderr) == (0, _listed(document).encode(), b"")
    done = _run("text", b"\xce\xc4", "--out", county_index)
    assert (done.returncode, done.stdout) == (2, b"")
    assert done.stderr.startswith(b"index: no document '\\udcce")
    assert done.stderr.count(b"\n") == 1


def test_a_reader_that_closes_early_is_no_mistake(county_index: Path) -> None:
    for command in ("list", "text report-county"):
        script = f'"{sys.executable}" -m index {command} --out "{county_index}"; echo $? >&2'
        done = subprocess.run(
            ["bash", "-c", f"({script}) | true"], cwd=ROOT, capture_output=True, text=True, check=False
        )
        assert done.stderr in {"0\n"}


@pytest.mark.parametrize("arguments", [[], ["build"], ["nonsense"], ["text"], ["remove"]])
def test_a_wrong_command_line_is_status_2(arguments: list[str], capfd: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as caught:
        main(arguments)
    out, err = capfd.readouterr()
    assert (caught.value.code, out) == (2, "")
    assert err.splitlines()[-1].startswith("python -m index")
