"""Serves the product over the stand-in with a ledger in which questions, comments and names try to be markup.

`python serve_keeper.py FOLDER PORT`.
"""

from __future__ import annotations

import sys
from pathlib import Path

import stand_in

import ui
from qa.ledger import Marked, open_ledger
from qa.site import Site

HOSTILE = (
    "<script>document.title='hit'</script>",
    "<img src=x onerror=document.title='hit'>",
    "${document.title='hit'}",
    "{{7*7}}{% raw %}",
    "</style><script>document.title='hit'</script>",
    '" autofocus onfocus=document.title="hit" x="',
    "![图](http://outside.test/a.png)",
    "javascript:document.title='hit'",
)

if __name__ == "__main__":
    ledger = open_ledger(Path(sys.argv[1]) / "wenbao.sqlite")
    text = f"一、去年{HOSTILE[1]}\n恶意指标增长3%{HOSTILE[0]},完。\n"
    two = stand_in.StandIn(stand_in.document(), stand_in.document("恶意<i>&?#", text, HOSTILE[1]))
    for number, payload in enumerate(HOSTILE):
        question = f"恶意指标增长{payload}"
        ledger.audit.record(f"r{number}", question, two.ask(question).to_json(), who=payload)
        marked = Marked("恶意<i>&?#", 0, 20)
        ledger.feedback.give(f"r{number}", False, reason="错误", comment=payload, marked=marked, who=payload)
    ledger.audit.record("refused", "有没有地铁？", two.ask("有没有地铁？").to_json())
    ui.serve(Site.of(two, ledger=ledger), "127.0.0.1", int(sys.argv[2]))  # type: ignore[arg-type]
