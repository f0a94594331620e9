"""An index in step with a folder: what comes, changes, goes or is renamed, over restarts, until it is stopped."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import httpx
import pytest
from files import COUNTY, PROVINCE
from running import ROOT, running

from index import disk
from index.__main__ import main
from index.build import add
from index.errors import UserError
from index.store import open_index
from index.watch import Change, Watch

ROAD, SCHOOL = "全县新建公路十二公里。", "全县新建学校三所，增加学位九百个。"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with one report; the index goes to `index` beside it."""
    made = tmp_path / "报告"
    made.mkdir()
    shutil.copy(COUNTY, made / "三门.txt")
    return made


def _looks(watch: Watch) -> Change:
    """Two looks, after which a file that does not change any more counts."""
    first = watch.look()
    second = watch.look()
    assert (first is None) != (second is None)
    change = first or second
    assert change is not None
    return change


def _documents(watch: Watch) -> dict[str, str]:
    index = open_index(watch.out)
    return {name: document.text for name, document in index.documents.items()}


def test_files_that_come_change_and_go(folder: Path) -> None:
    watch = Watch(folder, folder.with_name("index"))
    assert watch.look() is None  # who knows whether it is complete
    change = watch.look()
    assert change is not None
    assert [document.id for document in change.outcome.added] == ["三门"]
    assert watch.look() is None
    (folder / "路.txt").write_text(ROAD, encoding="utf-8")
    assert [document.id for document in _looks(watch).outcome.added] == ["路"]
    (folder / "路.txt").write_text(SCHOOL, encoding="utf-8")
    assert [document.text for document in _looks(watch).outcome.added] == [SCHOOL]
    (folder / "三门.txt").unlink()
    assert _looks(watch).removed == ("三门",)
    assert _documents(watch) == {"路": SCHOOL}
    (folder / "路.txt").unlink()  # the last one
    assert _looks(watch).removed == ("路",)
    assert _documents(watch) == {}


def test_a_renamed_file_is_renamed_in_one_change_and_not_embedded_again(folder: Path) -> None:
    embedded: list[str] = []
    watch = Watch(folder, folder.with_name("index"), lambda stage, done, of: embedded.append(stage))
    _looks(watch)
    assert "embed" in embedded
    embedded.clear()
    (folder / "sub").mkdir()
    (folder / "三门.txt").rename(folder / "sub" / "三门县2023.txt")
    change = watch.look()  # at once: it is no new file
    assert change is not None
    assert ([document.id for document in change.outcome.added], change.removed) == (["三门县2023"], ("三门",))
    assert "embed" not in embedded
    assert list(_documents(watch)) == ["三门县2023"]
    (folder / "sub" / "三门县2023.txt").rename(folder / "三门县2023.txt")  # the same id at another place
    change = watch.look()
    assert change is not None
    assert change.removed == ()
    assert list(_documents(watch)) == ["三门县2023"]


def test_a_file_half_written_is_waited_for(folder: Path) -> None:
    watch = Watch(folder, folder.with_name("index"))
    _looks(watch)
    growing = folder / "路.txt"
    for n in range(1, 4):
        growing.write_text(ROAD * n, encoding="utf-8")
        assert watch.look() is None
    change = watch.look()
    assert change is not None
    assert [document.text for document in change.outcome.added] == [ROAD * 3]
    (folder / ".~lock.docx").write_bytes(b"x")
    (folder / "~$报告.docx").write_bytes(b"x")
    (folder / "图.jpg").write_bytes(b"x")
    assert (watch.look(), watch.look()) == (None, None)


def test_a_bad_file_is_told_once_and_the_others_go_on_over_restarts(folder: Path) -> None:
    out = folder.with_name("index")
    bad = folder / "坏.docx"
    bad.write_bytes(b"PK\x03\x04nonsense")
    change = _looks(Watch(folder, out))
    assert [document.id for document in change.outcome.added] == ["三门"]
    assert len(change.outcome.refused) == 1
    assert change.outcome.refused[0].startswith(f"{bad} is damaged (")
    again = Watch(folder, out)
    assert (again.look(), again.look()) == (None, None)
    (folder / "三门.txt").write_text("", encoding="utf-8")  # what it was stays until it can be read
    assert [line.split("; ")[0] for line in _looks(again).outcome.refused] == [f"{folder / '三门.txt'} is empty"]
    assert list(_documents(again)) == ["三门"]
    assert (again.look(), again.look()) == (None, None)
    (folder / "三门.txt").unlink()
    bad.unlink()
    (folder / "路.txt").write_text(ROAD, encoding="utf-8")
    third = Watch(folder, out)
    removed = third.look()
    added = third.look()
    assert removed is not None
    assert added is not None
    assert (removed.removed, [document.id for document in added.outcome.added]) == (("三门",), ["路"])


def test_the_same_report_twice_is_told_once_and_takes_the_place_of_the_one_that_goes(folder: Path) -> None:
    watch = Watch(folder, folder.with_name("index"))
    _looks(watch)
    shutil.copy(COUNTY, folder / "另一份.txt")
    (intake,) = _looks(watch).outcome.intakes
    assert (intake.path.name, intake.duplicate_of) == ("另一份.txt", "三门")
    (folder / "sub").mkdir()
    (folder / "sub" / "三门.txt").write_text(ROAD, encoding="utf-8")
    # A file of the same name elsewhere replaces nothing silently: both are named, and the first stays.
    (folder / "三门.txt").unlink()
    changes = [change for change in (watch.look(), watch.look(), watch.look()) if change]
    assert {document.id for change in changes for document in change.outcome.added} == {"三门", "另一份"}
    assert sorted(_documents(watch)) == ["三门", "另一份"]


def test_documents_of_others_stay_and_what_is_removed_elsewhere_comes_back(county_index: Path, folder: Path) -> None:
    watch = Watch(folder, county_index)
    (folder / "路.txt").write_text(ROAD, encoding="utf-8")
    change = _looks(watch)
    assert [(i.path.name, i.duplicate_of) for i in change.outcome.intakes] == [
        ("三门.txt", "report-county"),
        ("路.txt", ""),
    ]
    assert main(["remove", "路", "report-county", "--out", str(county_index)]) == 0
    change = watch.look()
    assert change is not None
    assert {document.id for document in change.outcome.added} == {"三门", "路"}
    add([PROVINCE], county_index)
    for file in folder.iterdir():
        file.unlink()
    assert _looks(watch).removed == ("三门", "路")
    assert list(_documents(watch)) == ["report-province"]


def test_a_folder_that_is_gone_or_another_one_and_empty_removes_nothing(folder: Path) -> None:
    """As when a share is not mounted: then there is the empty folder on which it is mounted else."""
    watch = Watch(folder, folder.with_name("index"))
    _looks(watch)
    folder.rename(folder.with_name("aside"))
    with pytest.raises(UserError, match=r"^the folder .* cannot be read \(No such file or directory\); "):
        watch.look()
    folder.mkdir()
    with pytest.raises(UserError, match="is another folder than before, and empty; wanted the folder that was watched"):
        watch.look()
    with pytest.raises(UserError, match="is another folder than before, and empty"):
        Watch(folder, watch.out).look()
    assert list(_documents(watch)) == ["三门"]
    folder.rmdir()
    folder.with_name("aside").rename(folder)
    assert watch.look() is None


def test_an_index_inside_the_folder_is_not_read(folder: Path) -> None:
    watch = Watch(folder, folder / "index")
    assert [document.id for document in _looks(watch).outcome.added] == ["三门"]
    assert (watch.look(), watch.look()) == (None, None)


def test_no_folder_is_a_mistake(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    assert main(["--watch", str(tmp_path / "x"), "--out", str(tmp_path / "index")]) == 2
    assert capfd.readouterr() == (
        "",
        f"index: no folder {tmp_path / 'x'}; wanted a folder to watch. Check the path.\n",
    )


def _until(there: object, wanted: object, seconds: float = 60.0) -> None:
    end = time.monotonic() + seconds
    while (found := there()) != wanted:  # type: ignore[operator]
        assert time.monotonic() < end, found
        time.sleep(0.1)


def test_what_comes_to_the_folder_is_answered_by_a_server_that_runs(county_index: Path, folder: Path) -> None:
    """Real processes: the watching one stops on SIGTERM, and is started again where it was."""
    (folder / "三门.txt").unlink()
    command = [sys.executable, "-m", "index", "--watch", str(folder), "--out", str(county_index), "--every", "0.2"]
    question = {"question": "青山水库加固工程总投资多少亿元？", "documents": ["青山"]}
    with running(county_index, folder.parent / "data") as server, httpx.Client(base_url=server.address) as client:

        def answer() -> tuple[int, str]:
            reply = client.post("/api/v1/ask", json=question, timeout=60)
            return reply.status_code, reply.json().get("answer", "")

        assert answer()[0] == 404
        watching = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        text = "青山县2024年政府工作报告\n一、2023年工作回顾\n青山水库加固工程开工，总投资{}亿元。\n"
        (folder / "青山.txt").write_text(text.format("3.25"), encoding="utf-8")
        _until(answer, (200, "3.25亿元"))
        watching.send_signal(signal.SIGTERM)
        out, err = watching.communicate(timeout=30)
        assert (watching.returncode, out.split("\t")[0]) == (0, "青山")
        assert err.splitlines()[0] == f"index: watching {folder} for {county_index}"
        assert err.splitlines()[-1] == "index: stopped watching; the index is whole"
        (folder / "青山.txt").write_text(text.format("4.5"), encoding="utf-8")
        again = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        _until(answer, (200, "4.5亿元"))
        (folder / "青山.txt").unlink()
        _until(lambda: answer()[0], 404)
        os.kill(again.pid, signal.SIGTERM)
        assert again.wait(timeout=30) == 0
    assert disk.damage(county_index, disk.read_manifest(county_index)) == []
