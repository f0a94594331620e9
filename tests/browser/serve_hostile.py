"""Serves the product over documents and a ledger in which titles, texts, questions and names try to be markup.

`python serve_hostile.py FOLDER`; the port is a free one. The first document is an ordinary report.
"""

from __future__ import annotations

import sys
from pathlib import Path

import stand_in
from payloads import PAYLOADS, visible

import ui
from index.records import Document
from qa.ledger import Marked, open_ledger
from qa.site import LEDGER, Site


def hostile(number: int, payload: str) -> Document:
    """A report that holds the payload in its id, title, a heading, its body and its glossary."""
    text = (
        f"各位代表:{payload}\n一、2023年工作回顾{payload}\n恶意指标增长3%{payload},完。\n"
        f"《名词解释》{payload}\n1.术语{payload}:{payload}。\n"
    )
    return stand_in.document(f"恶意{number}<i a=\"'&?#", text, f"{payload}报告")


if __name__ == "__main__":
    documents = [hostile(number, visible(payload)) for number, payload in enumerate(PAYLOADS)]
    all_of_them = stand_in.StandIn(stand_in.document(), *documents)
    ledger = open_ledger(Path(sys.argv[1]) / LEDGER)
    for number, (payload, document) in enumerate(zip(PAYLOADS, documents, strict=True)):
        question = f"恶意指标增长{payload}"
        answer = all_of_them.ask(question, documents=[document.id])
        ledger.audit.record(f"r{number}", question, answer.to_json(), who=payload)
        ledger.feedback.give(
            f"r{number}", False, reason="错误", comment=payload, marked=Marked(document.id, 0, 20), who=payload
        )
    ledger.audit.record("refused", "有没有地铁？", all_of_them.ask("有没有地铁？").to_json())
    ui.serve(Site.of(all_of_them, ledger=ledger), "127.0.0.1", 0)  # type: ignore[arg-type]
