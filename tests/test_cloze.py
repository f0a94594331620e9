"""Questions made by rule: a phrase of the paragraph asked for where it stands, and marked where it stands."""

from __future__ import annotations

import random
from itertools import pairwise

import pytest

from qa.cloze import Phrase, cloze_examples, how_asked, phrases, question
from qa.examples import Shown
from qa.words import tagged

TEXT = (
    "忽必烈于1271年改国号为元，定都大都。奥图·普莱明杰导演了《桃色血案》，全片长160分钟。"
    "台北市立动物园占地165公顷，是第3届亚洲动物园年会的主办单位，共有“熊猫馆”等12座展馆。"
)
KNOWN = {"奥图·普莱明杰": ["谁", "哪一个人"]}


def _found(text: str) -> dict[str, tuple[str, ...]]:
    return {text[p.start : p.end]: p.asked for p in phrases(text, tagged(text), KNOWN, random.Random(1))}


def test_a_name_of_several_parts_is_one_word() -> None:
    assert tagged("奥图·普莱明杰导演了它")[0] == (0, 7, "nr")


def test_dates_amounts_titles_and_quoted_words_are_asked_for() -> None:
    found = _found(TEXT)
    expected = {
        "1271年": ("哪一年", "哪一年", "何年"),
        "160分钟": ("多少分钟", "几分钟", "多少"),
        "165公顷": ("多少公顷", "几公顷", "多少"),
        "《桃色血案》": ("哪一部作品", "什么作品", "哪一本书", "哪一部"),
        "第3届": ("第几届",),
        "熊猫馆": ("什么", "什么", "何"),
        "12座": ("多少座", "几座", "多少"),
    }
    assert {phrase: found.get(phrase) for phrase in expected} == expected


def test_an_answer_that_is_known_is_asked_for_as_it_was() -> None:
    rows = [
        {"question": "《桃色血案》是由哪一个人拍的?", "answers": [{"text": "奥图·普莱明杰"}]},
        {"question": "它的导演是谁?", "answers": [{"text": "奥图·普莱明杰"}]},
        {"question": "它好看吗?", "answers": [{"text": "非常好看"}]},
        {"question": "首都是什么?", "answers": [{"text": "元"}]},
    ]
    assert how_asked(rows) == {"奥图·普莱明杰": ["哪一个人", "谁"]}
    assert _found(TEXT)["奥图·普莱明杰"] == ("谁", "哪一个人")


def test_phrases_do_not_overlap() -> None:
    found = phrases(TEXT, tagged(TEXT), KNOWN, random.Random(1))
    assert len(found) > 6
    assert all(one.end <= other.start for one, other in pairwise(found))


def test_the_question_word_stands_where_the_answer_stood(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("qa.cloze.DROPPED", (0.0,))
    monkeypatch.setattr("qa.cloze.BESIDE", 0.0)
    sentence, year = (0, TEXT.index("。") + 1), TEXT.index("1271年")
    asked = question(TEXT, sentence, Phrase(year, year + 5, ("哪一年",)), tagged(TEXT), random.Random(1))
    assert asked.rstrip("?？") == "忽必烈于哪一年改国号为元"


def test_a_phrase_that_stands_twice_in_the_question_is_not_asked_for() -> None:
    text = "一九年大都改称大都路，大都属中书省管。"
    asked = question(text, (0, len(text)), Phrase(3, 5, ("哪里",)), tagged(text), random.Random(1))
    assert asked == ""


def test_made_examples_mark_the_phrase_and_never_tell_it() -> None:
    made = cloze_examples([TEXT] * 3, KNOWN, 40, Shown(negatives=1, refuse=0.2, sizes=(40,)), random.Random(2))
    assert 8 < len(made) <= 40
    golden = 0
    for example in made:
        assert example.question[-1] in "?？"
        assert not example.taught
        for candidate in example.candidates:
            assert candidate.gold == (candidate.span is not None)
            assert candidate.text in TEXT
            if candidate.span:
                golden += 1
                answer = candidate.text[slice(*candidate.span)]
                assert answer not in example.question
                assert all(answer not in other.text for other in example.candidates if not other.gold)
    assert 0 < golden < len(made)


def test_the_same_seed_makes_the_same_questions() -> None:
    one, same, other = (cloze_examples([TEXT], KNOWN, 20, Shown(), random.Random(seed)) for seed in (1, 1, 2))
    assert one == same != other
