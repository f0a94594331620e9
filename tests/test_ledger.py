"""The audit over real files: rows come back as they went in, and the policies on keeping them hold."""

from __future__ import annotations

import hashlib
import hmac
import io
import json
import stat
import threading
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from ledger_told import ANSWER, sql

from qa.__main__ import main
from qa.ledger import AuditRow, Ledger, Marked, Policy, Unwritten, open_ledger

TEXTS = st.text(st.characters(exclude_categories=()), max_size=40)
"""Any characters, halves of surrogate pairs among them."""


def _age(ledger: Ledger, request_id: str, days: float) -> None:
    at = (datetime.now(UTC) - timedelta(days=days)).isoformat(timespec="milliseconds").replace("+00:00", "Z")
    sql(ledger, "UPDATE audit SET at = ? WHERE request_id = ?", at, request_id)


def _requests(ledger: Ledger) -> list[str]:
    return [row.request_id for row in ledger.audit.rows()]


def test_a_row_comes_back_as_it_went_in(ledger: Ledger) -> None:
    before = datetime.now(UTC) - timedelta(milliseconds=1)
    told = {"history": ["面积？"], "documents": ["甲"], "who": "user:张三", "channel": "api", "index_version": "g3"}
    assert ledger.audit.record("r1", "人口呢？", ANSWER, **told)  # type: ignore[arg-type]
    (row,) = ledger.audit.rows()
    assert before <= datetime.fromisoformat(row.at) <= datetime.now(UTC)
    assert row == AuditRow(
        1, row.at, "r1", "user:张三", "api", "人口呢？", "全县人口是多少", ("面积？",), ("甲",), "g3", ANSWER,
        False, "", 41.5,
    )  # fmt: skip
    assert row.citations == (Marked("甲", 3, 9),)
    assert ledger.audit.find("r1") == row
    assert ledger.audit.find("r2") is None


def test_failures_and_the_askers_own_time(ledger: Ledger) -> None:
    assert ledger.audit.record("r1", "问题", None, error="TimeoutError", latency_ms=7.25)
    (row,) = ledger.audit.rows()
    assert (row.answer, row.refused, row.error, row.latency_ms) == ({}, False, "TimeoutError", 7.25)
    assert row.to_json()["answer"] is None


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(question=TEXTS, who=TEXTS, history=st.lists(TEXTS, max_size=3), text=TEXTS)
def test_any_text_is_kept(ledger: Ledger, question: str, who: str, history: list[str], text: str) -> None:
    answer = {"refused": True, "answer": text, "citations": []}
    assert ledger.audit.record("r", question, answer, history=history, who=who)
    row = ledger.audit.find("r")
    assert row is not None
    assert (row.history, row.answer["answer"]) == (tuple(history), text)
    assert (row.question, row.who) == tuple(t.encode("utf-8", "backslashreplace").decode() for t in (question, who))
    name = ledger.conversations.add_turn("", question, answer, owner="甲", history=history)
    (turn,) = ledger.conversations.turns(name)
    assert (turn.history, turn.answer) == (tuple(history), answer)
    ledger.conversations.delete(name)


def test_nothing_that_is_given_to_the_audit_breaks_an_answer(ledger: Ledger) -> None:
    assert not ledger.audit.record("r", "问题", {"latency_ms": "soon"})
    assert not ledger.audit.record("r", "问题", {"answer": object()})
    assert not ledger.audit.record("r", None, ANSWER)  # type: ignore[arg-type]
    assert ledger.audit.record("r", "问题", ANSWER)
    ledger.close()
    assert not ledger.audit.record("r", "问题", ANSWER)
    assert (ledger.audit.counts.written, ledger.audit.counts.lost) == (1, 4)
    with pytest.raises(Unwritten):
        ledger.feedback.give("r", True)


def test_export_by_time(ledger: Ledger, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for name, day in (("r1", "2026-05-01"), ("r2", "2026-05-02"), ("r3", "2026-05-03")):
        ledger.audit.record(name, "问题", ANSWER)
        sql(ledger, "UPDATE audit SET at = ? WHERE request_id = ?", f"{day}T00:00:00.000Z", name)
    rows = list(ledger.audit.rows())
    out = io.StringIO()
    assert ledger.audit.export(out) == 3
    assert [json.loads(line) for line in out.getvalue().splitlines()] == [row.to_json() for row in rows]
    assert [row.request_id for row in ledger.audit.rows("2026-05-02", "2026-05-03")] == ["r2"]
    file, path = tmp_path / "audit.jsonl", str(ledger.path)
    assert main(["audit", "export", "--ledger", path, "--since", "2026-05-02", "--out", str(file)]) == 0
    assert [json.loads(line)["request_id"] for line in file.read_text(encoding="utf-8").splitlines()] == ["r2", "r3"]
    assert capsys.readouterr() == ("", "2 rows\n")
    assert main(["audit", "export", "--ledger", path, "--out", str(file)]) == 2  # nothing is written over
    assert main(["audit", "export", "--ledger", str(tmp_path / "none.sqlite")]) == 2
    lines = capsys.readouterr().err.splitlines()
    assert len(lines) == 2
    assert lines[1].startswith(f"qa: no ledger at {tmp_path / 'none.sqlite'}; wanted ")


def test_more_rows_than_a_page_are_exported_in_order(ledger: Ledger) -> None:
    threads = [
        threading.Thread(target=lambda n=n: [ledger.audit.record(f"{n}-{k}", "问题", None) for k in range(60)])
        for n in range(20)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    numbers = [row.number for row in ledger.audit.rows()]
    assert numbers == list(range(1, 1201))


def test_only_digests(ledger: Ledger) -> None:
    ledger.set_policy(Policy(texts=False))
    for name, question in (("r1", "全县人口是多少？"), ("r2", "全縣人口是多少"), ("r3", "面积多大？")):
        assert ledger.audit.record(
            name, question, {**ANSWER, "resolved_question": question}, history=["秘密"], who="甲"
        )
    assert ledger.conversations.add_turn("", "全县人口是多少？", ANSWER, owner="甲")
    first, second, third = ledger.audit.rows()
    key = ledger.path.with_suffix(".key")
    assert first.wording == hmac.new(key.read_bytes(), "全县人口是多少".encode(), hashlib.sha256).hexdigest()
    assert (first.wording == second.wording, first.wording == third.wording) == (True, False)
    assert (first.question, first.history, first.who) == ("", (), "甲")
    assert first.answer == {
        "refused": False, "confidence": 0.9, "latency_ms": 41.5, "related": [],
        "citations": [{"n": 1, "document": "甲", "start": 3, "end": 9}],
    }  # fmt: skip
    assert ledger.conversations.recent("甲") == ()
    ledger.close()
    for file in ledger.path.parent.iterdir():
        for secret in ("秘密", "人口", "面积", "45万"):
            assert secret.encode() not in file.read_bytes(), file.name
        assert stat.S_IMODE(file.stat().st_mode) == 0o600, file.name


def test_a_key_that_is_none_loses_the_row_and_not_the_answer(ledger: Ledger) -> None:
    ledger.set_policy(Policy(texts=False))
    ledger.path.with_suffix(".key").write_bytes(b"short")
    assert not ledger.audit.record("r", "问题", ANSWER)
    assert list(ledger.audit.rows()) == []


def test_rotation_by_age_and_by_rows(ledger: Ledger, tmp_path: Path) -> None:
    for n in range(10):
        ledger.audit.record(f"r{n}", "问题", ANSWER)
    for n in range(4):
        _age(ledger, f"r{n}", 31)
    assert ledger.audit.rotate() == 0  # no policy, no removal
    gone = [row.to_json() for row in ledger.audit.rows()][:7]
    archive = tmp_path / "archive"
    archive.mkdir()
    ledger.set_policy(Policy(days=30, archive=str(archive)))
    assert ledger.audit.rotate() == 4
    assert _requests(ledger) == [f"r{n}" for n in range(4, 10)]
    ledger.set_policy(Policy(days=30, rows=3, archive=str(archive)))
    assert (ledger.audit.rotate(), ledger.audit.rotate()) == (3, 0)
    assert _requests(ledger) == ["r7", "r8", "r9"]
    files = sorted(archive.iterdir())
    kept = [json.loads(line) for file in files for line in file.read_text(encoding="utf-8").splitlines()]
    assert kept == gone
    assert {file.name for file in files} == {f"audit-{row['at'][:7]}.jsonl" for row in gone}


def test_rotation_waits_for_the_keeper(ledger: Ledger) -> None:
    for name, question in (("r1", "甲？"), ("r2", "乙？"), ("r3", "丙？")):
        ledger.audit.record(name, question, None)
        _age(ledger, name, 400)
    ledger.feedback.give("r1", False, reason="错误")
    ledger.feedback.give("r2", True)
    ledger.set_policy(Policy(days=30))
    assert ledger.audit.rotate() == 2
    assert _requests(ledger) == ["r1"]
    ledger.review.mark_done("甲")
    assert ledger.audit.rotate() == 1
    assert [sql(ledger, f"SELECT count(*) FROM {table}") for table in ("audit", "feedback", "done")] == [[(0,)]] * 3


def test_rotation_happens_by_itself_and_the_file_shrinks(ledger: Ledger, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("qa.ledger.audit.ROTATE_EVERY", 50)
    big = {**ANSWER, "answer": "长" * 10_000}
    for n in range(50):
        ledger.audit.record(f"r{n}", "问题", big)
    sql(ledger, "PRAGMA wal_checkpoint(TRUNCATE)")
    full = ledger.path.stat().st_size
    ledger.set_policy(Policy(rows=5))
    for n in range(50, 100):
        ledger.audit.record(f"r{n}", "问题", None)
    ledger.audit.record("last", "问题", None)  # behind the rotation in the writer's queue
    assert _requests(ledger) == ["r95", "r96", "r97", "r98", "r99", "last"]
    sql(ledger, "PRAGMA wal_checkpoint(TRUNCATE)")
    assert full > 1_000_000
    assert ledger.path.stat().st_size < full / 5


def test_the_policy_is_set_by_the_command_and_shared(ledger: Ledger, capsys: pytest.CaptureFixture[str]) -> None:
    other = open_ledger(ledger.path)
    path = str(ledger.path)
    assert main(["audit", "policy", "--ledger", path, "--digest", "--days", "30", "--conversation-days", "7"]) == 0
    assert other.policy == ledger.policy == Policy(texts=False, days=30, conversation_days=7)
    assert capsys.readouterr().out == (
        "texts: not kept, only a keyed digest of each question; no conversations\n"
        "audit rows: no limit, 30 days long\nconversations: 7 days after their last turn\narchive: none\n"
    )
    assert main(["audit", "policy", "--ledger", path, "--texts", "--rows", "9"]) == 0
    assert other.policy == Policy(days=30, rows=9, conversation_days=7)
    assert main(["audit", "policy", "--ledger", path, "--days", "-1"]) == 2
    assert main(["audit", "policy", "--ledger", path, "--archive", str(ledger.path / "x")]) == 2
    assert other.policy == Policy(days=30, rows=9, conversation_days=7)
    for n in range(12):
        ledger.audit.record(f"r{n}", "问题", None)
    capsys.readouterr()
    assert main(["audit", "rotate", "--ledger", path]) == 0
    assert capsys.readouterr().out == "3 rows removed\n"
    other.close()


def test_a_copy_is_whole_while_others_write(ledger: Ledger, tmp_path: Path) -> None:
    ledger.audit.record("r1", "问题", ANSWER)
    assert main(["audit", "copy", "--ledger", str(ledger.path), str(tmp_path / "copy.sqlite")]) == 0
    ledger.audit.record("r2", "问题", ANSWER)
    assert [file.name for file in tmp_path.glob("copy*")] == ["copy.sqlite"]
    copy = open_ledger(tmp_path / "copy.sqlite")
    assert _requests(copy) == ["r1"]
    copy.close()
    with pytest.raises(FileExistsError):
        ledger.copy_to(tmp_path / "copy.sqlite")
