"""Writes to a ledger from many threads until it is killed, and tells of every write once it was acknowledged.

`python ledger_writer.py FILE RUN`: lines "audit ID", "feedback ID", "turn ID N" on standard output.
"""

from __future__ import annotations

import os
import sys
import threading
from pathlib import Path

from qa.ledger import Ledger, open_ledger

ANSWER = {
    "resolved_question": "全县人口是多少",
    "refused": False,
    "answer": "45万人",
    "citations": [],
    "latency_ms": 3.5,
}


def _tell(line: str) -> None:
    os.write(1, f"{line}\n".encode())  # one call, so that lines of several threads do not mix


def _work(ledger: Ledger, name: str) -> None:
    conversation = ""
    for n in range(1_000_000):
        request = f"{name}-{n}"
        if ledger.audit.record(request, f"第{n}个问题", ANSWER, who=name):
            _tell(f"audit {request}")
        ledger.feedback.give(request, False, reason="错误", comment="x" * 200, who=name)
        _tell(f"feedback {request}")
        conversation = ledger.conversations.add_turn(conversation, f"第{n}个问题", ANSWER, owner=name)
        _tell(f"turn {conversation} {n + 1}")


if __name__ == "__main__":
    book = open_ledger(Path(sys.argv[1]))
    for number in range(8):
        threading.Thread(target=_work, args=(book, f"run{sys.argv[2]}-{number}")).start()
