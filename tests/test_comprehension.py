"""Reading with the paragraph given: windows of whole sentences, and what they say of one span added up."""

from __future__ import annotations

import math
from collections.abc import Sequence

import pytest

from eval.comprehension import SIZES, answer, windows
from qa.reader import Reader, Span

SENTENCE = "第{:02d}句话说的是这一件事情，它一共有三十个字，正好不多也不少了。"
TEXT = "".join(SENTENCE.format(at) for at in range(12))
LENGTH = len(SENTENCE.format(0))
OF_120 = [(0, 3), (3, 6), (6, 9), (9, 12), (2, 5), (5, 8), (8, 11), (11, 12)]  # first and last sentence of each window
OF_160 = [(0, 5), (5, 10), (10, 12), (3, 8), (8, 12)]
OF_240 = [(0, 7), (7, 12), (4, 11)]


class Told(Reader):
    """Says of every text what it was told to say of the words in it: the relevance, and each answer with its score."""

    def __init__(self, told: dict[str, tuple[float, dict[str, float]]]) -> None:
        self.told = told

    def read_texts(self, shown: Sequence[tuple[str, str, str]]) -> list[tuple[float, tuple[Span, ...]]]:
        out = []
        for _, _, text in shown:
            relevance, answers = next(
                (said for words, said in self.told.items() if words in text), (-9.0, {text[:1]: -9.0})
            )
            spans = [Span(text.index(one), text.index(one) + len(one), score) for one, score in answers.items()]
            out.append((relevance, tuple(spans)))
        return out


def test_windows_are_whole_sentences_and_cover_the_text() -> None:
    found = windows(TEXT)
    assert [TEXT[a:b] for a, b in found if a % LENGTH or b % LENGTH or b - a > max(SIZES)] == []
    assert [(a // LENGTH, b // LENGTH) for a, b in found] == OF_120 + OF_160 + OF_240


def test_a_short_text_is_one_window() -> None:
    assert windows("第一句。第二句。") == [(0, 8)]
    assert windows("一") == [(0, 1)]


def test_what_several_windows_say_of_one_span_is_added_up(monkeypatch: pytest.MonkeyPatch) -> None:
    """第04句 is seen by two windows, 第00句 by one that is a little surer of it."""
    monkeypatch.setattr("eval.comprehension.SIZES", (160,))
    told = {
        "第00句": (0.0, {"第00句": 0.2, "第04句": 0.0}),
        "第04句": (0.0, {"第04句": 0.1}),
    }
    assert answer(Told(told), "哪一句？", TEXT) == "第04句"
    told["第04句"] = (math.log(0.05), {"第04句": 0.1})
    assert answer(Told(told), "哪一句？", TEXT) == "第00句"
