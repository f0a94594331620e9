"""The ledger's file: every write reaches the disk, and older files are brought up to date or left alone."""

from __future__ import annotations

import sqlite3
import threading
from contextlib import closing
from pathlib import Path

import pytest
from ledger_told import ANSWER, sql

from index.errors import UserError
from qa.ledger import Marked, Policy, open_ledger
from qa.ledger.database import open_database
from qa.ledger.schema import STEPS

FROZEN = Path(__file__).parent / "data" / "ledger-1.sql"


def test_every_write_is_flushed_to_the_disk(tmp_path: Path) -> None:
    database = open_database(tmp_path / "l.sqlite")
    pragmas = ("synchronous", "journal_mode", "foreign_keys", "secure_delete", "auto_vacuum")
    told = database.write(lambda c: [c.execute(f"PRAGMA {name}").fetchone()[0] for name in pragmas])
    assert told == [2, "wal", 1, 1, 2]  # FULL, …, INCREMENTAL
    database.close()


def test_one_job_that_fails_undoes_itself_and_nothing_else(tmp_path: Path) -> None:
    database = open_database(tmp_path / "l.sqlite")

    def half(connection: sqlite3.Connection) -> None:
        connection.execute("INSERT INTO setting VALUES ('half', '')")
        raise KeyError("half")

    insert = "INSERT INTO setting VALUES (?, '')"
    jobs = [database.submit(lambda c, n=n: c.execute(insert, (str(n),))) for n in range(3)]
    with pytest.raises(KeyError, match="half"):
        database.write(half)
    with pytest.raises(sqlite3.IntegrityError):
        database.write(lambda c: c.execute(insert, ("1",)))
    for job in jobs:
        job.result(10)
    with database.read() as connection:
        assert connection.execute("SELECT name FROM setting ORDER BY name").fetchall() == [("0",), ("1",), ("2",)]
        with pytest.raises(sqlite3.OperationalError, match="readonly"):
            connection.execute("DELETE FROM setting")
    database.close()


def test_a_file_of_the_first_version_is_brought_up_to_date(tmp_path: Path) -> None:
    path = tmp_path / "old.sqlite"
    with closing(sqlite3.connect(path)) as connection:
        connection.executescript(FROZEN.read_text(encoding="utf-8"))
    ledger = open_ledger(path)
    (word,) = ledger.feedback.words()
    assert word.row == ledger.audit.find("r1")
    assert (word.row.question, word.row.answer, word.reason, word.marked) == (
        "人口呢？",
        ANSWER,
        "错误",
        Marked("甲", 3, 9),
    )
    assert [item.title for item in ledger.conversations.recent("张三")] == ["人口呢？"]
    assert [item.wording for item in ledger.review.done()] == ["全县人口是多少"]
    assert ledger.policy == Policy(days=3650)
    ledger.close()


def test_steps_are_taken_once_in_order_by_whoever_comes_first(tmp_path: Path) -> None:
    path = tmp_path / "l.sqlite"
    ledger = open_ledger(path)
    ledger.audit.record("r1", "问题", ANSWER)
    ledger.close()
    more = (*STEPS, ("ALTER TABLE audit ADD COLUMN extra TEXT NOT NULL DEFAULT 'x'", "CREATE TABLE new (a)"))
    opened = []
    threads = [threading.Thread(target=lambda: opened.append(open_database(path, more))) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(opened) == 6
    with opened[0].read() as connection:
        assert connection.execute("SELECT request_id, extra FROM audit").fetchall() == [("r1", "x")]
        assert connection.execute("PRAGMA user_version").fetchone() == (len(more),)
    for database in opened:
        database.close()
    with pytest.raises(UserError, match=f"has version {len(more)}; wanted at most {len(STEPS)}"):
        open_ledger(path)


def test_a_step_that_fails_leaves_the_file_as_it_was(tmp_path: Path) -> None:
    path = tmp_path / "l.sqlite"
    open_database(path).close()
    with pytest.raises(UserError, match="cannot be opened"):
        open_database(path, (*STEPS, ("CREATE TABLE new (a)", "CREATE TABLE audit (a)")))
    ledger = open_ledger(path)
    assert sql(ledger, "SELECT count(*) FROM sqlite_master WHERE name = 'new'") == [(0,)]
    ledger.close()


def test_what_is_no_ledger_is_left_alone(tmp_path: Path) -> None:
    foreign, text, folder = tmp_path / "foreign.sqlite", tmp_path / "text.sqlite", tmp_path / "folder.sqlite"
    with closing(sqlite3.connect(foreign)) as connection, connection:
        connection.execute("CREATE TABLE theirs (a)")
    text.write_bytes(b"not a database at all, and longer than a header of one hundred bytes " * 3)
    folder.mkdir()
    before = foreign.read_bytes(), text.read_bytes()
    for path, words in ((foreign, "another program's"), (text, "not a database"), (folder, "cannot be opened")):
        with pytest.raises(UserError, match=words):
            open_ledger(path)
    assert (foreign.read_bytes(), text.read_bytes()) == before
