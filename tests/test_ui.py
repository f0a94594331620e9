"""What the chat page's command does with a user's mistakes, and what is and is not a question."""

from __future__ import annotations

import socket
from pathlib import Path

import pytest
from stand_in import StandIn

import ui
from index.errors import UserError
from qa.chat.desk import Sent
from qa.limits import MAX_QUESTION, complaint
from qa.site import Site


def test_a_missing_index_is_one_line_and_2(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert ui.main(["--index", str(tmp_path / "none")]) == 2
    shown = capsys.readouterr()
    assert shown.out == ""
    assert shown.err.count("\n") == 1
    assert str(tmp_path / "none") in shown.err
    assert "python -m index build" in shown.err


def test_a_taken_port_and_a_port_that_is_none_are_mistakes() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(UserError, match=f"^127.0.0.1:{port} cannot be opened .*--port"):
            ui.serve(Site.of(StandIn()), "127.0.0.1", port)  # type: ignore[arg-type]
    with pytest.raises(UserError, match=r"^127\.0\.0\.1:99999 cannot be opened"):
        ui.serve(Site.of(StandIn()), "127.0.0.1", 99999)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("question", "line"),
    [
        ("", "请先输入一个问题。"),
        (" \n\t\u3000", "请先输入一个问题。"),
        ("😀🎉👍🏽", "没有看懂：问题里没有文字或数字。请用一句话提问。"),
        ("？！……", "没有看懂：问题里没有文字或数字。请用一句话提问。"),
        (
            "问" * (MAX_QUESTION + 1),
            f"问题太长：共{MAX_QUESTION + 1}个字，最多{MAX_QUESTION}个字。请把问题缩短后再问。",
        ),
        ("问" * MAX_QUESTION, ""),
        ("GDP?", ""),
        ("2022", ""),
        ("👍好不好", ""),
    ],
)
def test_complaints(question: str, line: str) -> None:
    assert complaint(question) == line


@pytest.mark.parametrize("told", [None, 3, "", "x", "[]", "null", "[" * 100_000, '"' + "问" * 600_000 + '"'])
def test_what_a_step_is_sent_that_the_page_does_not_send_is_an_empty_question(told: object) -> None:
    assert ui._read(told) == Sent()


def test_what_the_page_sends_is_read() -> None:
    assert ui._read('{"question": "问", "documents": ["甲", 3], "language": "zh-CN"}').question == "问"
