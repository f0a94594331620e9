"""English questions bring the reports' own words to the lexical search."""

import pytest

from qa.english import in_chinese, is_english
from qa.synonyms import expanded


@pytest.mark.parametrize(
    ("words", "told"),
    [
        ("how many reservoirs will be reinforced in 2023?", ["水库"]),
        ("how many new urban jobs were created?", ["就业", "城镇"]),
        ("which university launched the satellite?", ["大学", "高校", "卫星"]),
        ("who is the magistrate?", []),
    ],
)
def test_words_of_the_genre(words: str, told: list[str]) -> None:
    assert in_chinese(words) == told


@pytest.mark.parametrize(
    ("words", "english"),
    [("how fast did gdp grow?", True), ("gdp 2022", False), ("2022年gdp是多少 in total", False), ("今年的目标", False)],
)
def test_only_english_questions_are_helped(words: str, english: bool) -> None:
    assert is_english(words) is english


def test_expansion_keeps_the_question_in_front() -> None:
    assert expanded("how many reservoirs will be reinforced?") == "how many reservoirs will be reinforced? 水库"
    assert expanded("加固多少座水库") == "加固多少座水库"
