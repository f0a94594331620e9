"""Backup and restore: what comes back is what was there, and a damaged archive changes nothing."""

from __future__ import annotations

import io
import json
import shutil
import sqlite3
import subprocess
import sys
import tarfile
from pathlib import Path

import pytest
from files import COUNTY

from index.build import add
from index.errors import UserError
from index.store import open_index
from qa.backup import backup, restore
from qa.ledger import Policy, open_ledger

ACCESS = {"format": 1, "secret": "s", "keys": [], "users": [], "roles": {"reader": ["三门"]}}


def _ledger(path: Path, rows: int) -> sqlite3.Connection:
    """A database in WAL mode whose rows are not in its main file yet, as a running server has it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    connection = sqlite3.connect(path, isolation_level=None)
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("PRAGMA wal_autocheckpoint = 0")
    connection.execute("CREATE TABLE audit (id INTEGER PRIMARY KEY, question TEXT)")
    connection.executemany("INSERT INTO audit (question) VALUES (?)", [(f"问题{n}",) for n in range(rows)])
    return connection


def _rows(path: Path) -> list[tuple[int, str]]:
    with sqlite3.connect(path) as connection:
        return connection.execute("SELECT id, question FROM audit ORDER BY id").fetchall()


def _state(folder: Path) -> dict[str, bytes]:
    return {
        p.relative_to(folder).as_posix(): p.read_bytes()
        for p in sorted(folder.rglob("*"))
        if p.is_file() and not p.name.startswith(".")
    }


@pytest.fixture
def place(tmp_path: Path, county_index: Path) -> tuple[Path, Path, Path]:
    """An index, a data folder with a live database and an access file, and a backup of them."""
    data = tmp_path / "data"
    connection = _ledger(data / "wenbao.sqlite", 50)
    (data / "access.json").write_text(json.dumps(ACCESS), encoding="utf-8")
    (data / "notes.txt").write_text("not the server's", encoding="utf-8")
    archive = tmp_path / "b.tar.gz"
    backup(archive, county_index, data)
    connection.close()
    return county_index, data, archive


def test_a_backup_comes_back_whole(place: tuple[Path, Path, Path], tmp_path: Path) -> None:
    index, data, archive = place
    assert archive.stat().st_mode & 0o777 == 0o600
    told = restore(archive, tmp_path / "new" / "index", tmp_path / "new" / "data")
    assert {name.split("/")[0] for name in told} == {"index", "data"}
    assert _rows(tmp_path / "new" / "data" / "wenbao.sqlite") == _rows(data / "wenbao.sqlite")
    assert len(_rows(data / "wenbao.sqlite")) == 50
    assert json.loads((tmp_path / "new" / "data" / "access.json").read_text()) == ACCESS
    assert (tmp_path / "new" / "data" / "access.json").stat().st_mode & 0o777 == 0o600
    assert not (tmp_path / "new" / "data" / "notes.txt").exists()
    before, after = open_index(index), open_index(tmp_path / "new" / "index")
    assert after.documents == before.documents
    assert after.search("全区地区生产总值", 10) == before.search("全区地区生产总值", 10)
    originals = sorted(p.name for p in (index / "originals").glob("*"))
    assert sorted(p.name for p in (tmp_path / "new" / "index" / "originals").glob("*")) == originals
    assert [p.name for p in tmp_path.rglob(".restore-*")] == []


def test_what_is_there_is_replaced_only_when_asked_for(
    place: tuple[Path, Path, Path], bundled_index: Path, tmp_path: Path
) -> None:
    index, _, archive = place
    other = tmp_path / "other"
    connection = _ledger(other / "wenbao.sqlite", 3)
    before = _state(bundled_index)
    with pytest.raises(UserError, match="--replace"):
        restore(archive, bundled_index, other)
    assert _state(bundled_index) == before
    restore(archive, bundled_index, other, replace=True)
    # A connection that was open all the time, as a running server's, sees the restored rows.
    assert connection.execute("SELECT count(*) FROM audit").fetchone() == (50,)
    connection.close()
    assert open_index(bundled_index).documents == open_index(index).documents


@pytest.mark.parametrize("kept", [0, 1, 20, 600, 0.3, 0.7, 0.99, -9, -1])
def test_a_truncated_archive_changes_nothing(
    place: tuple[Path, Path, Path], bundled_index: Path, tmp_path: Path, kept: float
) -> None:
    _, _, archive = place
    whole = archive.read_bytes()
    cut = tmp_path / "cut.tar.gz"
    cut.write_bytes(whole[: int(kept * len(whole)) if isinstance(kept, float) else kept])
    data = tmp_path / "standing"
    _ledger(data / "wenbao.sqlite", 2).close()
    before = (_state(bundled_index), _state(data))
    with pytest.raises(UserError, match="damaged"):
        restore(cut, bundled_index, data, replace=True)
    assert (_state(bundled_index), _state(data)) == before


def _edited(archive: Path, out: Path, edit: dict[str, bytes | None], extra: tuple[str, ...] = ()) -> None:
    """A copy of `archive` with members replaced (None: left out) and files added."""
    with tarfile.open(archive) as old, tarfile.open(out, "w:gz") as new:
        for member in old:
            source = old.extractfile(member)
            assert source
            body = edit.get(member.name, source.read())
            if body is not None:
                member.size = len(body)
                new.addfile(member, io.BytesIO(body))
        for name in extra:
            told = tarfile.TarInfo(name)
            told.size = 1
            new.addfile(told, io.BytesIO(b"x"))


@pytest.mark.parametrize("name", ["../outside", "/tmp/outside", "data/stranger.json", "index/../../outside"])
def test_a_file_that_the_list_does_not_name_is_refused(
    place: tuple[Path, Path, Path], tmp_path: Path, name: str
) -> None:
    _edited(place[2], tmp_path / "e.tar.gz", {}, (name,))
    with pytest.raises(UserError, match="does not belong"):
        restore(tmp_path / "e.tar.gz", tmp_path / "i", tmp_path / "d")
    assert not (tmp_path / "i").exists()
    assert [p.name for p in (tmp_path / "d").iterdir()] == []
    assert not (tmp_path / "outside").exists()


def test_a_list_that_leads_outside_is_refused(place: tuple[Path, Path, Path], tmp_path: Path) -> None:
    with tarfile.open(place[2]) as tar:
        source = tar.extractfile("backup.json")
        assert source
        told = json.loads(source.read())
    told["files"]["data/../../outside"] = {"bytes": 1, "sha256": "0" * 64}
    _edited(place[2], tmp_path / "e.tar.gz", {"backup.json": json.dumps(told).encode()}, ("data/../../outside",))
    with pytest.raises(UserError, match="names"):
        restore(tmp_path / "e.tar.gz", tmp_path / "i", tmp_path / "d")
    assert not (tmp_path / "outside").exists()


@pytest.mark.parametrize("body", [None, b"{}"])
def test_a_missing_or_changed_file_is_refused(
    place: tuple[Path, Path, Path], tmp_path: Path, body: bytes | None
) -> None:
    _edited(place[2], tmp_path / "e.tar.gz", {"data/access.json": body})
    with pytest.raises(UserError, match=r"data/access\.json (is missing|differs from its digest)"):
        restore(tmp_path / "e.tar.gz", tmp_path / "i", tmp_path / "d")
    assert not (tmp_path / "i").exists()


def test_a_damaged_index_is_not_backed_up(county_index: Path, tmp_path: Path) -> None:
    file = next(county_index.rglob("vectors.faiss"))
    file.write_bytes(file.read_bytes()[:-1] + b"x")
    with pytest.raises(UserError, match="damaged"):
        backup(tmp_path / "b.tar.gz", county_index, tmp_path / "data")
    assert not (tmp_path / "b.tar.gz").exists()


def test_a_backup_keeps_what_was_removed_since(county_index: Path, tmp_path: Path) -> None:
    backup(tmp_path / "b.tar.gz", county_index, tmp_path / "data")
    add([shutil.copyfile(COUNTY, tmp_path / "另一份.txt")], county_index)
    restore(tmp_path / "b.tar.gz", county_index, tmp_path / "data", replace=True)
    assert list(open_index(county_index).documents) == ["report-county"]


def test_the_commands(county_index: Path, tmp_path: Path) -> None:
    def run(*words: str) -> tuple[int, str]:
        places = ["--index", str(county_index), "--data", str(tmp_path / "data")]
        done = subprocess.run([sys.executable, "-m", "qa", *words, *places], capture_output=True, text=True)
        assert "Traceback" not in done.stderr
        return done.returncode, done.stderr

    archive = str(tmp_path / "b.tar.gz")
    assert run("backup", archive)[0] == 0
    status, line = run("backup", archive)
    assert (status, line.count("\n")) == (2, 1)
    assert "is there already" in line
    assert run("restore", archive)[0] == 2
    assert run("restore", archive, "--replace")[0] == 0
    assert run("restore", str(tmp_path / "none.tar.gz"), "--replace")[0] == 2


def test_digests_mean_the_same_after_a_restore(county_index: Path, tmp_path: Path) -> None:
    """Their key lies beside the ledger; without it nobody could tell that a question is asked again."""
    ledger = open_ledger(tmp_path / "data" / "wenbao.sqlite")
    ledger.set_policy(Policy(texts=False))
    ledger.audit.record("r1", "人口是多少？", None)
    backup(tmp_path / "b.tar.gz", county_index, tmp_path / "data")
    ledger.close()
    restore(tmp_path / "b.tar.gz", tmp_path / "new" / "index", tmp_path / "new" / "data")
    again = open_ledger(tmp_path / "new" / "data" / "wenbao.sqlite")
    again.audit.record("r2", "人口是多少?", None)
    first, second = again.audit.rows()
    again.close()
    assert (first.question, second.question) == ("", "")
    assert first.wording == second.wording
    assert len(first.wording) == 64
    assert (tmp_path / "new" / "data" / "wenbao.key").stat().st_mode & 0o777 == 0o600
