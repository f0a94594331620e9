"""The keeper's counts against a plain model, whatever is asked, voted, done and reopened in any order."""

from __future__ import annotations

import shutil
import tempfile
from collections import Counter
from datetime import date, datetime, timedelta, timezone
from pathlib import Path

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from qa.ledger import open_ledger
from qa.ledger.review import _percentile

WORDINGS = ("甲", "乙", "丙")
REASONS = ("", "错误", "不全")


class Keeping(RuleBasedStateMachine):
    """The model: rows (wording, refused) by number, votes (row, helpful, reason) by number, what was done."""

    def __init__(self) -> None:
        super().__init__()
        self.folder = Path(tempfile.mkdtemp())
        self.ledger = open_ledger(self.folder / "l.sqlite")
        self.rows: dict[int, tuple[str, bool]] = {}
        self.votes: dict[int, tuple[int, str, bool, str]] = {}
        self.done: dict[str, tuple[int, int]] = {}

    def teardown(self) -> None:
        self.ledger.close()
        shutil.rmtree(self.folder)

    @rule(wording=st.sampled_from(WORDINGS), refused=st.booleans())
    def ask(self, wording: str, refused: bool) -> None:
        number = len(self.rows) + 1
        assert self.ledger.audit.record(f"r{number}", f" {wording}？", {"refused": refused})
        self.rows[number] = (wording, refused)

    @rule(data=st.data(), who=st.sampled_from("xy"), helpful=st.booleans(), reason=st.sampled_from(REASONS))
    def vote(self, data: st.DataObject, who: str, helpful: bool, reason: str) -> None:
        if self.rows:
            row = data.draw(st.sampled_from(sorted(self.rows)))
            reason = "" if helpful else reason
            number = self.ledger.feedback.give(f"r{row}", helpful, reason=reason, who=who)
            self.votes = {n: v for n, v in self.votes.items() if v[:2] != (row, who)}
            self.votes[number] = (row, who, helpful, reason)

    @rule(wording=st.sampled_from(WORDINGS))
    def finish(self, wording: str) -> None:
        asked = [number for number, row in self.rows.items() if row[0] == wording]
        assert self.ledger.review.mark_done(wording, "k") == bool(asked)
        if asked:
            self.done[wording] = (max(asked), max(self.votes, default=0))

    @rule(wording=st.sampled_from(WORDINGS))
    def reopen(self, wording: str) -> None:
        assert self.ledger.review.reopen(wording) == (self.done.pop(wording, None) is not None)

    @invariant()
    def the_counts_are_the_models(self) -> None:
        want = {}
        for wording in WORDINGS:
            last_row, last_vote = self.done.get(wording, (0, 0))
            rows = [row for n, row in self.rows.items() if row[0] == wording and n > last_row]
            votes = [v for n, v in self.votes.items() if self.rows[v[0]][0] == wording and n > last_vote]
            reasons = Counter(reason for _, _, helpful, reason in votes if not helpful and reason)
            down = sum(not v[2] for v in votes)
            want[wording] = (len(rows), sum(row[1] for row in rows), down, len(votes) - down, dict(reasons))
        for kind, at in (("unanswered", 1), ("disputed", 2)):
            groups = self.ledger.review.groups(kind)
            got = {g.wording: (g.asked, g.refused, g.down, g.up, dict(g.reasons)) for g in groups}
            assert got == {wording: told for wording, told in want.items() if told[at]}
            sizes = [(g.refused, g.down)[at - 1] for g in groups]
            assert sizes == sorted(sizes, reverse=True)
            assert self.ledger.review.counts()[kind] == len(groups)
            assert all(g.row.wording == g.wording for g in groups)
        assert {item.wording for item in self.ledger.review.done()} == set(self.done)


TestKeeping = Keeping.TestCase
TestKeeping.settings = settings(
    max_examples=15, stateful_step_count=20, deadline=None, suppress_health_check=[HealthCheck.too_slow]
)


@given(st.lists(st.integers(0, 50), min_size=1), st.sampled_from((0.5, 0.95, 1.0)))
def test_a_percentile_is_the_least_value_that_the_share_stays_within(values: list[int], share: float) -> None:
    got = _percentile(sorted(map(float, values)), share)
    assert got == min(v for v in values if sum(w <= v for w in values) >= share * len(values))


def test_a_day_is_the_zones_own(tmp_path: Path) -> None:
    ledger = open_ledger(tmp_path / "l.sqlite")
    china = timezone(timedelta(hours=8))
    for number, (ms, refused, error) in enumerate(((10, True, ""), (30, False, ""), (20, False, ""), (0, False, "X"))):
        answer = None if error else {"refused": refused}
        ledger.audit.record(f"r{number}", "问题", answer, latency_ms=ms, error=error)
    today = datetime.now(china).date()
    first, second = ledger.review.use(today, 2, china)
    assert (first.questions + second.questions, second.day) == (4, (today - timedelta(1)).isoformat())
    if first.questions == 4:  # unless midnight fell between
        assert (first.refused, first.failed, first.p50, first.p95) == (1, 1, 20.0, 30.0)
    assert [use.questions for use in ledger.review.use(date(2000, 1, 2), 2, china)] == [0, 0]
    ledger.close()
