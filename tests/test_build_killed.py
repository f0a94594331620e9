"""A build that does not end well: killed, interrupted, out of disk. The old index stays whole and answers the same."""

from __future__ import annotations

import os
import resource
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from files import COUNTY, PROVINCE

from index import disk
from index.build import add
from index.records import Hit
from index.store import open_index

QUESTION = "三门县2022年的生产总值是多少"
KILLED = Path(__file__).with_name("killed.py")
ROOT = Path(__file__).parents[1]


def _state(folder: Path) -> tuple[dict[str, object], list[str], tuple[Hit, ...]]:
    manifest = disk.read_manifest(folder)
    return manifest, disk.damage(folder, manifest), open_index(folder).search(QUESTION, 20)


def _start(
    *arguments: str | Path, before: Callable[[], None] = lambda: signal.signal(signal.SIGINT, signal.SIG_DFL) and None
) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "index", *map(str, arguments)]
    return subprocess.Popen(
        command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, preexec_fn=before
    )


def _wait_for(there: Callable[[], bool], process: subprocess.Popen[str]) -> None:
    while not there() and process.poll() is None:
        time.sleep(0.001)


def test_killed_at_every_file_event_of_a_change(county_index: Path, tmp_path: Path) -> None:
    note = tmp_path / "note.txt"
    note.write_text("全县新建公路十二公里。", encoding="utf-8")
    before = _state(county_index)
    server = subprocess.Popen(
        [sys.executable, KILLED, county_index, "add", note, "--out", county_index],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert server.stdin is not None
    assert server.stdout is not None
    number = kept = 0
    after = before
    while True:
        number += 1
        print(number, file=server.stdin, flush=True)
        status = int(server.stdout.readline())
        if status == 0:  # there is no event with that number any more
            break
        assert status == -signal.SIGKILL
        after = _state(county_index)
        assert after[1] == []
        if after == before:
            kept += 1
        else:  # the swap has happened: the new index is whole, and later runs change that one
            assert sorted(after[0]["documents"]) == ["note", "report-county"]  # type: ignore[call-overload]
            break
    server.communicate()
    # Openings for reading, the lock, the generation's folders and files, digests, flushes, the manifest beside.
    assert kept >= 40


@pytest.mark.parametrize("delay", [0.0, 0.01])
def test_a_real_build_killed_while_it_writes(bundled_index: Path, delay: float) -> None:
    before = _state(bundled_index)
    process = _start("build", COUNTY, "--out", bundled_index)
    _wait_for((bundled_index / "g2").exists, process)
    time.sleep(delay)
    process.kill()
    process.communicate()
    after = _state(bundled_index)
    if after[0]["generation"] == "g1":
        assert after == before
    else:  # it was quicker than the kill
        assert after[1] == []
        assert list(after[0]["documents"]) == ["report-county"]  # type: ignore[call-overload]
    add([PROVINCE], bundled_index)  # and the next writer is not in the way of what the killed one left
    assert len(sorted(bundled_index.glob("g*"))) == 2


def test_a_real_build_killed_while_it_reads_and_embeds(bundled_index: Path) -> None:
    before = _state(bundled_index)
    for delay in (0.1, 0.4):
        process = _start("build", COUNTY, PROVINCE, "--out", bundled_index)
        written = (bundled_index / ".lock").stat().st_mtime_ns
        _wait_for(lambda told=written: (bundled_index / ".lock").stat().st_mtime_ns != told, process)  # type: ignore[misc]
        time.sleep(delay)
        process.kill()
        process.communicate()
        assert _state(bundled_index) == before


def test_an_interrupted_build_ends_in_one_line(county_index: Path) -> None:
    before = _state(county_index)
    lock = county_index / ".lock"
    lock.unlink()
    process = _start("build", PROVINCE, "--out", county_index)
    _wait_for(lock.exists, process)
    process.send_signal(signal.SIGINT)
    out, err = process.communicate()
    assert (process.returncode, out) == (130, "")
    assert err.splitlines()[-1] == "index: interrupted; an index that was there is whole"
    assert "Traceback" not in err
    assert _state(county_index) == before


@pytest.mark.parametrize("limit", [2_000, 40_000])  # the document's file does not fit; the vectors do not
def test_a_full_disk_leaves_the_old_index_and_no_rest(county_index: Path, limit: int) -> None:
    before = _state(county_index)
    process = _start(
        "add",
        PROVINCE,
        "--out",
        county_index,
        before=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit)),
    )
    out, err = process.communicate()
    assert (process.returncode, out) == (2, "")
    line = err.splitlines()[-1]
    assert line.startswith(f"index: {county_index} could not be written (")
    assert line.endswith("); wanted room on the disk. The index is as it was; try again.")
    assert "Traceback" not in err
    assert _state(county_index) == before
    assert sorted(p.name for p in county_index.iterdir()) == [".lock", "g1", "manifest.json", "originals"]
