"""Pieces that run across an answer's ends are taken apart, and only these."""

from __future__ import annotations

import pytest
from tokenizers import Tokenizer, models

from qa.examples import Candidate, Example
from qa.pieces import across, apart, joining

WORDS = {"年": -4.0, "的": -3.0, "年的": -5.0, "开": -6.0, "始": -6.0, "年开始": -6.5, "目": -7.0, "目的": -6.0}
SCORES = {**WORDS, "、": -3.0, "1": -3.0, "12": -4.0, "2": -3.0}


@pytest.fixture
def tokenizer() -> Tokenizer:
    return Tokenizer(models.Unigram([("<unk>", -20.0), *SCORES.items()], 0))


def _asked(text: str, answer: str) -> Example:
    start = text.index(answer)
    return Example("?", (Candidate("", text, True, (start, start + len(answer))), Candidate("", text, False)))


def test_what_joins_an_answer_to_the_next_word_is_taken_apart(tokenizer: Tokenizer) -> None:
    examples = [_asked("12年的", "12年"), _asked("、12年的", "12年"), _asked("1年开始", "1年")]
    pieces = across(examples, tokenizer)
    assert pieces == {"年的", "年开始"}
    cut = apart(tokenizer, pieces)
    for text, expected in (("12年的目的", ["12", "年", "的", "目的"]), ("年开始", ["年", "开", "始"])):
        assert cut.encode(text).tokens == expected
    assert tokenizer.encode("12年的").tokens == ["12", "年的"]


def test_once_is_chance_in_a_word_of_two(tokenizer: Tokenizer) -> None:
    assert across([_asked("12年的", "12年")], tokenizer) == set()


def test_a_word_that_answers_mostly_end_with_stays_whole(tokenizer: Tokenizer) -> None:
    inside = [_asked("1目的", "1目")] * 2
    assert across(inside, tokenizer) == {"目的"}
    assert across(inside + [_asked("1目的", "目的")] * 9, tokenizer) == set()


def test_numbers_are_never_taken_apart(tokenizer: Tokenizer) -> None:
    assert across([_asked("12年", "1")] * 5, tokenizer) == set()


def test_the_ids_of_all_pieces_stay(tokenizer: Tokenizer) -> None:
    cut = apart(tokenizer, {"年的"})
    assert cut.get_vocab() == tokenizer.get_vocab()
    assert apart(cut, {"年的"}).to_str() == cut.to_str()


def test_pieces_of_several_words_that_end_or_begin_with_a_joining_one_are_told() -> None:
    pieces = ["市场的", "在上海", "得到了", "最大的", "目的", "上海", "市场经济", "在", "的", "12的", "，的"]
    tokenizer = Tokenizer(models.Unigram([("<unk>", -20.0), *((piece, -5.0) for piece in pieces)], 0))
    assert joining(tokenizer) == {"市场的", "在上海", "得到了", "最大的"}
