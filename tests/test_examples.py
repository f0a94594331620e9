"""How a paragraph of a reading set is shown to the reader in training."""

from __future__ import annotations

import json
import random
from pathlib import Path

import pytest

from qa.examples import Candidate, Example, Shown, comprehension_examples

TEXT = "甲年大水。乙年大旱，民饥。丙年丰收。丁年大水。"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    answers = [("哪一年大旱?", "乙年"), ("哪一年丰收?", "丙年")]
    rows = [
        {"question": asked, "context_id": 1, "answers": [{"text": words, "start": TEXT.index(words)}]}
        for asked, words in answers
    ]
    (tmp_path / "contexts.jsonl").write_text(json.dumps({"context_id": 1, "text": TEXT}), encoding="utf-8")
    (tmp_path / "questions.jsonl").write_text("\n\n".join(map(json.dumps, rows)), encoding="utf-8")
    return tmp_path


def test_a_question_meets_its_window_and_no_other_where_none_is_asked(folder: Path) -> None:
    shown = Shown(negatives=0, refuse=0, sizes=(13,), mark="整句：")
    assert list(comprehension_examples(folder, shown, random.Random(1), taught=False)) == [
        Example("哪一年大旱?", (Candidate("整句：", "甲年大水。乙年大旱，民饥。", True, (5, 7)),), taught=False),
        Example("哪一年丰收?", (Candidate("整句：", "丙年丰收。丁年大水。", True, (0, 2)),), taught=False),
    ]


def test_a_short_answer_stands_unmarked(folder: Path) -> None:
    shown = Shown(negatives=0, refuse=0, sizes=(13,), mark="整句：", unmarked=2)
    assert [e.candidates[0].heading for e in comprehension_examples(folder, shown, random.Random(1))] == ["", ""]
    longer = Shown(negatives=0, refuse=0, sizes=(13,), mark="整句：", unmarked=1)
    assert [e.candidates[0].heading for e in comprehension_examples(folder, longer, random.Random(1))] == ["整句："] * 2


def test_who_must_refuse_meets_windows_without_the_answer(folder: Path) -> None:
    shown = Shown(negatives=1, refuse=1, sizes=(5,))
    for example in comprehension_examples(folder, shown, random.Random(1)):
        assert len(example.candidates) == 2
        assert not any(c.gold for c in example.candidates)
        assert not any(example.question[3:5] in c.text for c in example.candidates)


def test_an_answer_that_no_window_holds_is_left_out() -> None:
    assert Shown().candidates(TEXT, [(0, 5), (5, 13)], (3, 7), random.Random(1)) == ()
