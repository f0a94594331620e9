"""What readers leave in the ledger: their conversations, and their feedback on answers."""

from __future__ import annotations

import io
import json
from typing import Any

import pytest
from ledger_told import ANSWER, sql

from index.errors import UserError
from qa.ledger import Conversation, Ledger, Marked, Policy, Turn, open_ledger


def test_conversations(ledger: Ledger) -> None:
    talk = ledger.conversations
    first = talk.add_turn("", "人口？", ANSWER, owner="甲", documents=["d"], request_id="r1")
    assert talk.add_turn(first, "那面积呢？", ANSWER, owner="甲", history=["人口？"], request_id="r2") == first
    second = talk.add_turn("made-up-id", "别的", ANSWER, owner="甲")
    assert second not in ("", "made-up-id", first)
    foreign = talk.add_turn(first, "闯入", ANSWER, owner="乙")
    assert foreign != first
    assert min(len(name) for name in (first, second, foreign)) == 22
    turns = talk.turns(first)
    assert turns == (
        Turn(1, turns[0].at, "人口？", (), ("d",), ANSWER, "r1"),
        Turn(2, turns[1].at, "那面积呢？", ("人口？",), (), ANSWER, "r2"),
    )
    assert talk.recent("甲") == (
        Conversation(second, "甲", "别的", 1, talk.turns(second)[0].at),
        Conversation(first, "甲", "人口？", 2, turns[1].at),
    )
    assert [item.id for item in talk.recent("甲", 1)] == [second]
    assert (talk.turns(first, "乙"), talk.turns(first, "甲"), talk.turns("none")) == ((), turns, ())
    assert (talk.delete(first, "乙"), talk.delete(first, "甲"), talk.delete(first)) == (False, True, False)
    assert (talk.turns(first), sql(ledger, "SELECT count(*) FROM turn")) == ((), [(2,)])
    anonymous = talk.add_turn("", "谁", ANSWER)
    assert (len(talk.turns(anonymous)), talk.recent("")) == (1, ())


def test_conversations_survive_the_server_and_end_by_policy(ledger: Ledger) -> None:
    name = ledger.conversations.add_turn("", "人口？", ANSWER, owner="甲")
    ledger.close()
    again = open_ledger(ledger.path)
    assert [turn.question for turn in again.conversations.turns(name)] == ["人口？"]
    again.conversations.add_turn("", "新的？", ANSWER, owner="甲")
    sql(again, "UPDATE conversation SET at = '2020-01-01T00:00:00.000Z' WHERE id = ?", name)
    again.set_policy(Policy(conversation_days=30))
    again.audit.rotate()
    assert [item.title for item in again.conversations.recent("甲")] == ["新的？"]
    again.close()


def test_feedback(ledger: Ledger) -> None:
    ledger.audit.record("r1", "人口？", ANSWER)
    assert ledger.feedback.give("r1", True, who="甲") == 1
    number = ledger.feedback.give("r1", False, reason="不全", comment=" 少了一项 ", marked=Marked("甲", 3, 9), who="甲")
    ledger.feedback.give("r1", True, who="乙")
    row = ledger.audit.find("r1")
    mine = next(ledger.feedback.words())
    assert (mine.number, mine.helpful, mine.reason, mine.comment, mine.marked, mine.row) == (
        number, False, "不全", "少了一项", Marked("甲", 3, 9), row
    )  # fmt: skip
    assert [(word.who, word.helpful) for word in ledger.feedback.words()] == [("甲", False), ("乙", True)]
    out = io.StringIO()
    assert ledger.feedback.export(out) == 2
    assert [json.loads(line) for line in out.getvalue().splitlines()] == [w.to_json() for w in ledger.feedback.words()]


@pytest.mark.parametrize(
    ("helpful", "more"),
    [
        (False, {"reason": "不好"}),
        (True, {"reason": "错误"}),
        (False, {"comment": "长" * 2001}),
        (False, {"marked": Marked("甲", 9, 3)}),
        (False, {"marked": Marked("", 3, 9)}),
        (False, {"marked": Marked("甲", -1, 9)}),
    ],
)
def test_feedback_that_is_none(ledger: Ledger, helpful: bool, more: dict[str, Any]) -> None:
    ledger.audit.record("r1", "人口？", ANSWER)
    with pytest.raises(UserError):
        ledger.feedback.give("r1", helpful, **more)
    with pytest.raises(UserError, match="no answer with the request id 'r2'"):
        ledger.feedback.give("r2", True)
    assert list(ledger.feedback.words()) == []


def test_the_newest_answer_of_a_request_id_is_meant(ledger: Ledger) -> None:
    ledger.audit.record("r1", "早的？", ANSWER)
    ledger.audit.record("r1", "晚的？", ANSWER)
    ledger.feedback.give("r1", True)
    assert [word.row.question for word in ledger.feedback.words()] == ["晚的？"]
