"""Serves the chat page over the stand-in with two documents, one of which tries to be markup."""

from __future__ import annotations

import sys

import stand_in

import ui
from qa.site import Site

HOSTILE = (
    "一、去年工作<img src=x onerror=document.title='hit'>回顾\n"
    "恶意指标增长3%<script>document.title='hit'</script>${document.title='hit'}{{7*7}}![图](http://outside.test/a.png),完。\n"
)


TITLE = "<img src=x onerror=document.title='hit'>${document.title='hit'}报告"

if __name__ == "__main__":
    two = stand_in.StandIn(stand_in.document(), stand_in.document("恶意<i>&?#", HOSTILE, TITLE))
    ui.serve(Site.of(two), "127.0.0.1", int(sys.argv[1]))  # type: ignore[arg-type]
