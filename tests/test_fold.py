"""Folding keeps positions and makes variants equal."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.fold import fold, simplified_only, simplify


@given(st.text())
def test_positions_stay_and_folding_again_changes_nothing(text: str) -> None:
    assert len(fold(text)) == len(text)
    assert fold(fold(text)) == fold(text)


@given(st.text(), st.text())
def test_characters_are_folded_by_themselves(first: str, second: str) -> None:
    assert fold(first + second) == fold(first) + fold(second)


def test_every_character_folds_to_one_that_stays() -> None:
    every = "".join(map(chr, range(0x110000)))
    folded = fold(every)
    assert len(folded) == len(every)
    assert fold(folded) == folded


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("三門縣\uff27\uff24\uff30增長2．0％", "三门县gdp增长2.0%"),
        ("三门县GDP增长2.6%", "三门县gdp增长2.6%"),
        ("㎡ ½ ﬁ İ", "㎡ ½ ﬁ İ"),
        ("薴", "苎"),
    ],
)
def test_variants_become_equal(text: str, folded: str) -> None:
    assert fold(text) == folded


def test_words_decide_the_script() -> None:
    assert simplify("沿著顯著的標誌，乾坤朗朗，乾淨") == "沿着显著的标志，乾坤朗朗，干净"
    assert simplified_only("门門国國一") == {"门", "国"}
