"""What was acknowledged is on the disk: after SIGKILL in the middle of writing, and where the disk takes no more."""

from __future__ import annotations

import json
import os
import signal
import sqlite3
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from qa.ledger import open_ledger

HERE = Path(__file__).parent
ENVIRONMENT = {**os.environ, "PYTHONPATH": str(HERE.parent)}


def _integrity(path: Path) -> str:
    connection = sqlite3.connect(path)
    try:
        return str(connection.execute("PRAGMA integrity_check").fetchone()[0])
    finally:
        connection.close()


@pytest.mark.parametrize("runs", [3])
def test_a_killed_writer_leaves_everything_that_it_acknowledged(tmp_path: Path, runs: int) -> None:
    path = tmp_path / "data" / "wenbao.sqlite"
    told: list[str] = []
    for run in range(runs):
        command = [sys.executable, str(HERE / "ledger_writer.py"), str(path), str(run)]
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=ENVIRONMENT) as writer:
            assert writer.stdout
            told += [writer.stdout.readline() for _ in range(150 + 37 * run)]
            writer.send_signal(signal.SIGKILL)
            told += writer.stdout.readlines()
            assert writer.wait(20) == -signal.SIGKILL
    lines = [line.split() for line in told if line.endswith("\n")]
    assert len(lines) > 400
    ledger = open_ledger(path)
    rows = {row.request_id for row in ledger.audit.rows()}
    words = {word.row.request_id for word in ledger.feedback.words()}
    assert {line[1] for line in lines if line[0] == "audit"} <= rows
    assert {line[1] for line in lines if line[0] == "feedback"} <= words <= rows
    for _, conversation, count in (line for line in lines if line[0] == "turn"):
        assert len(ledger.conversations.turns(conversation)) >= int(count)
    ledger.close()
    assert _integrity(path) == "ok"


def test_a_full_disk_breaks_no_answer_and_is_counted(tmp_path: Path) -> None:
    path = tmp_path / "wenbao.sqlite"
    command = [sys.executable, str(HERE / "ledger_on_full_disk.py"), str(path), "600000"]
    done = subprocess.run(command, capture_output=True, text=True, env=ENVIRONMENT, timeout=120, check=True)
    told = json.loads(done.stdout)
    assert 50 < len(told["kept"]) < 300
    assert (told["lost"], told["after"], told["feedback_refused"]) == (300 - len(told["kept"]), True, True)
    assert told["conversation"]
    assert told["slowest"] < 8
    # Said once and not for every row: the log may lie on the same disk.
    assert done.stderr.count("cannot be written") == 1
    ledger = open_ledger(path)
    assert [row.request_id for row in ledger.audit.rows()] == [*told["kept"], "after"]
    ledger.close()
    assert _integrity(path) == "ok"


def test_a_disk_that_hangs_holds_up_one_answer_and_the_rows_follow(tmp_path: Path) -> None:
    ledger = open_ledger(tmp_path / "wenbao.sqlite")
    other = sqlite3.connect(ledger.path, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    begun = time.monotonic()
    assert not ledger.audit.record("first", "问题", None)
    waited = time.monotonic() - begun
    assert 1.5 < waited < 4.5
    begun = time.monotonic()
    assert not any(ledger.audit.record(f"later{n}", "问题", None) for n in range(20))
    assert time.monotonic() - begun < 1.5
    other.execute("ROLLBACK")
    other.close()
    end = time.monotonic() + 20
    while len(list(ledger.audit.rows())) < 21 and time.monotonic() < end:
        time.sleep(0.05)
    assert [row.request_id for row in ledger.audit.rows()] == ["first", *(f"later{n}" for n in range(20))]
    assert ledger.audit.record("then", "问题", None)
    assert (ledger.audit.counts.written, ledger.audit.counts.lost) == (1, 21)
    ledger.close()


def test_many_threads_and_two_ledgers_over_one_file(tmp_path: Path) -> None:
    both = [open_ledger(tmp_path / "wenbao.sqlite") for _ in range(2)]
    said: list[bool] = []

    def work(ledger: int, number: int) -> None:
        for n in range(10):
            said.append(both[ledger].audit.record(f"{ledger}-{number}-{n}", "问题", None))
            both[ledger].audit.find(f"{ledger}-{number}-{n}")

    threads = [threading.Thread(target=work, args=(n % 2, n)) for n in range(24)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert said == [True] * 240
    names = [row.request_id for row in both[0].audit.rows()]
    assert sorted(names) == sorted(f"{n % 2}-{n}-{k}" for n in range(24) for k in range(10))
    for ledger in both:
        ledger.close()
