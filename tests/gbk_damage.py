"""What a byte-blind web site does to a text, for tests of its repair. Knows the two slips, no repair."""

from __future__ import annotations

import re
from collections.abc import Mapping

import opencc

MARKS = "！？，：；（）"
NARROW = str.maketrans({mark: chr(ord(mark) - 0xFEE0) for mark in MARKS})


def noted_readings(raw: str) -> dict[str, str]:
    """The readings that a site's page notes behind its characters, the table the site replaces by."""
    return dict(re.findall(r"([\u4e00-\u9fff])\(([a-zà-ǜ]{1,6})\)", raw))


def only_gbk(text: str) -> str:
    return "".join(c for c in text if c < "\x80" or len(c.encode("gbk", "ignore")) == 2)


def damaged(text: str, readings: Mapping[str, str]) -> str:
    """The page that the site shows for `text`."""
    data = only_gbk(opencc.OpenCC("s2t").convert(text)).encode("gbk")
    for character, reading in readings.items():
        data = data.replace(character.encode("gbk"), f"{character}({reading})".encode("gbk"))
    for mark in MARKS:
        code = mark.encode("gbk")
        data = data.replace(code, bytes([code[1] - 0x80]))
    return _displayed(data)


def _displayed(data: bytes) -> str:
    """How the site's decoder shows bytes: `?` for what is cut short, nothing for no character."""
    out = []
    at = 0
    while at < len(data):
        pair = data[at : at + 2]
        if pair[0] < 0x80:
            out.append(chr(pair[0]))
            at += 1
        elif pair[0] == 0x80:
            at += 1
        elif len(pair) < 2 or pair[1] < 0x40:
            out.append("?")
            at += 2 if pair[1:] == b"(" else 1
        else:
            out.append(pair.decode("gbk", "ignore"))
            at += 2
    return "".join(out)
