"""The page's three languages say the same things, and the reader's language is found."""

from __future__ import annotations

import re

import pytest

from qa.messages import CHINESE, LANGUAGES, messages, table


@pytest.mark.parametrize("name", table())
def test_every_language_has_the_message_with_the_same_fields(name: str) -> None:
    row = table()[name]
    assert len(row) == len(LANGUAGES)
    assert all(text.strip() for text in row)
    assert len({frozenset(re.findall(r"\{(\w+)\}", text)) for text in row}) == 1
    # Messages go into HTML as they are.
    assert not any(re.search(r"[<>&]", text) for text in row)
    assert not re.search(r"[\u4e00-\u9fff]", row[2])


@pytest.mark.parametrize(
    ("chosen", "accepted", "language"),
    [
        ("", "", "zh-CN"),
        ("en", "zh-CN", "en"),
        ("", "en-GB,en;q=0.9", "en"),
        ("", "fr,zh-Hant-HK;q=0.8,en;q=0.9", "en"),
        ("", "fr;q=1,zh-TW;q=0.8,en;q=0.7", "zh-TW"),
        ("zh", "en", "zh-CN"),
        ("zh-HK", "", "zh-TW"),
        ("xx", "de", "zh-CN"),
        ("../../etc", "q=;;,,en;q=x" * 90, "en"),
    ],
)
def test_the_readers_language(chosen: str, accepted: str, language: str) -> None:
    assert messages(chosen, accepted).language == language


def test_a_message_is_filled_in() -> None:
    assert CHINESE("page_n", n=3) == "第3页"
    assert messages("en")("page_n", n=3) == "page 3"
