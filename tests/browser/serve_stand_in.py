"""Serves the product over the stand-in with two small documents and a ledger of its own.

`python serve_stand_in.py FOLDER`; the port is a free one. A question that begins with 慢 takes two seconds.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Sequence
from pathlib import Path

import stand_in

import ui
from qa.answer import Answer
from qa.ledger import open_ledger
from qa.site import LEDGER, Site

OTHER = "一、2023年工作回顾\n恶意指标增长3%,完。\n"


class SometimesSlow(stand_in.StandIn):
    """The stand-in, which can be kept waiting for."""

    def ask(self, question: str, history: Sequence[str] = (), documents: Sequence[str] = ()) -> Answer:
        if question.startswith("慢"):
            time.sleep(2)
        return super().ask(question, history, documents)


if __name__ == "__main__":
    two = SometimesSlow(stand_in.document(), stand_in.document("另一份", OTHER, "另一份报告"))
    ledger = open_ledger(Path(sys.argv[1]) / LEDGER)
    ui.serve(Site.of(two, ledger=ledger), "127.0.0.1", 0)  # type: ignore[arg-type]
