"""What the page says, in Simplified Chinese, Traditional Chinese and English: one table, one language at a time.

Knows the table's file only; words of a report or a question are never translated and never pass through here.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

LANGUAGES = ("zh-CN", "zh-TW", "en")
_TRADITIONAL = re.compile(r"zh-(?:hant|tw|hk|mo)\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Messages:
    """The table in one language: `say("page_n", n=3)`. KeyError for a name that the table does not have."""

    language: str

    def __call__(self, name: str, **fields: object) -> str:
        text = table()[name][LANGUAGES.index(self.language)]
        return text.format(**fields) if fields else text


CHINESE = Messages("zh-CN")


@cache
def table() -> dict[str, list[str]]:
    """Every message by name, in the order of LANGUAGES."""
    loaded: dict[str, list[str]] = json.loads((files("qa") / "page" / "messages.json").read_text(encoding="utf-8"))
    return loaded


def messages(chosen: str = "", accepted: str = "") -> Messages:
    """In the language `chosen` by the reader, else in the first of ours that Accept-Language names, else in Chinese."""
    for asked in (chosen, *_by_weight(accepted)):
        found = _language(asked)
        if found:
            return Messages(found)
    return CHINESE


def _language(tag: str) -> str:
    tag = tag.strip()
    if _TRADITIONAL.match(tag):
        return "zh-TW"
    primary = tag.split("-")[0].lower()
    return {"zh": "zh-CN", "en": "en"}.get(primary, "")


def _by_weight(header: str) -> Iterable[str]:
    weighed = []
    for part in header[:500].split(","):
        tag, _, weight = part.partition(";")
        found = re.fullmatch(r"\s*q=(\d(?:\.\d{1,3})?)\s*", weight)
        weighed.append((-(float(found[1]) if found else 1.0), tag))
    return [tag for _, tag in sorted(weighed, key=lambda pair: pair[0])]
