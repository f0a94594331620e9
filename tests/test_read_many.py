"""Many files in one command: each bad one named with its reason, the rest taken, nothing left half done."""

from __future__ import annotations

import os
import re
import resource
import subprocess
import sys
import threading
from pathlib import Path
from zipfile import ZipFile

import pytest
from files import COUNTY, PROVINCE

from index import disk
from index.__main__ import main
from index.store import open_index
from index.take import take
from index.worker import take_all

ROOT = Path(__file__).parents[1]
PLACES = ["青山", "白云", "临江", "安平", "长宁", "永定", "新丰", "大田", "石城", "金溪"]


def _reports(folder: Path, count: int) -> list[str]:
    """Openings of one real report as of many counties and years, in files of their ids; the ids in order."""
    words = "".join(COUNTY.read_text(encoding="utf-8").split())
    opening = words[words.index("各位代表") :][:60]
    folder.mkdir()
    names = []
    for n in range(count):
        place, year = f"{PLACES[n % 10]}县", 1900 + n // 10
        names.append(f"{place}{year}")
        text = f"{place}{year}年政府工作报告\n{opening}，{year}年新建公路{n}公里。\n"
        (folder / f"{names[-1]}.txt").write_text(text, encoding="utf-8")
    return sorted(names)


def _bad(folder: Path) -> dict[str, str]:
    """Files that cannot be taken, each of its kind, and how the line about it begins."""
    (folder / "空.txt").write_bytes(b"")
    (folder / "坏.docx").write_bytes(b"PK\x03\x04" + os.urandom(2000))
    (folder / "错名.txt").write_bytes(b"%PDF-1.7 " + b"x" * 500)
    (folder / "加密.docx").write_bytes(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 4096)
    with ZipFile(folder / "炸弹.docx", "w", compression=8) as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
        archive.writestr("word/document.xml", b" " * (300 << 20))
    with (folder / "巨大.txt").open("wb") as stream:
        stream.truncate(200 << 20)  # takes no room on the disk
    return {
        "空.txt": "is empty; ",
        "坏.docx": "is damaged (",
        "错名.txt": "is a PDF file; ",
        "加密.docx": "",
        "炸弹.docx": "",
        "巨大.txt": "has 200 MiB; ",
    }


def test_a_folder_of_a_thousand_files_with_bad_ones(tmp_path: Path) -> None:
    folder, out = tmp_path / "in", tmp_path / "index"
    good = _reports(folder, 1000)
    bad = _bad(folder)
    command = [sys.executable, "-m", "index", "build", str(folder), "--out", str(out)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    refused = [line.removeprefix("index: not taken: ") for line in done.stderr.splitlines() if "not taken" in line]
    assert done.returncode == 1
    assert sorted(line.split("\t")[0] for line in done.stdout.splitlines()) == good
    assert {Path(re.split(r" (?:is|has|unpacks|breaks|takes) ", line)[0]).name for line in refused} == set(bad)
    for line in refused:
        name = Path(re.split(r" (?:is|has|unpacks|breaks|takes) ", line)[0]).name
        assert line.startswith(f"{folder / name} {bad[name]}")
        assert line.count("; wanted ") == 1
    # Which stages are slow enough to be told is the machine's to say; embedding 1,000 passages always is.
    assert re.search(r"^embed \d+/1000, \d+ s left$", done.stderr, re.M)
    assert "Traceback" not in done.stderr
    index = open_index(out)
    assert list(index.documents) == good
    assert index.search("1957年新建公路", 1)[0].passage.document[-4:] == "1957"


def test_where_no_file_can_be_taken_or_the_disk_is_full_the_old_index_stays(
    county_index: Path, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    folder = tmp_path / "in"
    folder.mkdir()
    bad = _bad(folder)
    before = (county_index / disk.MANIFEST).read_bytes()
    for command in ("build", "add"):
        assert main([command, str(folder), "--out", str(county_index)]) == 2
        err = capfd.readouterr().err.splitlines()
        assert err[-1].startswith(f"index: none of {len(bad)} files can be taken; the first: {folder}/")
    limited = subprocess.run(
        [sys.executable, "-m", "index", "add", str(PROVINCE), str(folder), "--out", str(county_index)],
        cwd=ROOT, capture_output=True, text=True, check=False,
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (20_000, 20_000)),
    )  # fmt: skip
    assert (limited.returncode, limited.stdout) == (2, "")
    assert limited.stderr.splitlines()[-1].startswith(f"index: {county_index} could not be written (")
    assert (county_index / disk.MANIFEST).read_bytes() == before
    assert disk.damage(county_index, disk.read_manifest(county_index)) == []


def test_files_are_read_by_several_processes_and_told_in_their_order(tmp_path: Path) -> None:
    paths = [COUNTY, tmp_path / "没有.txt", PROVINCE, tmp_path, COUNTY.with_name("report-national.txt")]
    seen: list[tuple[str, int, int]] = []
    assert take_all(paths, lambda *told: seen.append(told)) == [take(path) for path in paths]
    assert seen == [("read", done, 5) for done in range(1, 6)]
    assert take_all([]) == []


@pytest.mark.parametrize("at", [0, 1])
def test_interrupted_while_a_thread_is_started(at: int, monkeypatch: pytest.MonkeyPatch) -> None:
    started: list[threading.Thread] = []
    start = threading.Thread.start

    def interrupted(thread: threading.Thread) -> None:
        if len(started) == at:
            raise KeyboardInterrupt
        started.append(thread)
        start(thread)

    monkeypatch.setattr("os.cpu_count", lambda: 2)
    monkeypatch.setattr(threading.Thread, "start", interrupted)
    with pytest.raises(KeyboardInterrupt):
        take_all([COUNTY, PROVINCE])
    assert not any(thread.is_alive() for thread in started)


def test_files_that_take_too_long_or_too_much_memory_cost_only_themselves(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    late = take_all([COUNTY, PROVINCE], seconds=0.0)
    assert [intake.error.split(";")[0] for intake in late] == [
        f"{path} takes more than 0 s to read" for path in (COUNTY, PROVINCE)
    ]
    heavy = tmp_path / "重.txt"
    heavy.write_text("全县新建公路十二公里。\n" * 600_000, encoding="utf-8")
    taken = take_all([heavy, COUNTY, heavy, PROVINCE], memory=280 << 20)
    remedy = "wanted a file that can be read. Save it again, as plain text if nothing else helps."
    assert [intake.error for intake in taken[::2]] == [
        f"{heavy} breaks its reader, or takes more than 280 MiB of memory; {remedy}"
    ] * 2
    assert taken[1::2] == [take(COUNTY), take(PROVINCE)]
    assert capfd.readouterr() == ("", "")
