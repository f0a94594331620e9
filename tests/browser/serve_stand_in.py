"""Serves the chat page over the stand-in: `serve_stand_in.py PORT NAME`, NAME one of `one` and `hostile`."""

from __future__ import annotations

import sys

import stand_in

import ui

HOSTILE = (
    "一、2022年工作<img src=x onerror=document.title='hit'>回顾\n"
    "恶意指标增长3%<script>document.title='hit'</script>${document.title='hit'}{{7*7}}![图](http://outside.test/a.png),完。\n"
)


def assistant(name: str) -> stand_in.StandIn:
    if name == "one":
        return stand_in.StandIn()
    title = "<img src=x onerror=document.title='hit'>${document.title='hit'}报告"
    return stand_in.StandIn(stand_in.document(), stand_in.document("恶意<i>&?#", HOSTILE, title))


if __name__ == "__main__":
    ui.serve(assistant(sys.argv[2]), "127.0.0.1", int(sys.argv[1]))  # type: ignore[arg-type]
