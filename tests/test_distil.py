"""The teacher's word: least loss where the pupil says the same; labels count only where there are some."""

from __future__ import annotations

import random
from dataclasses import replace

import pytest
import torch
from tiny_reader import examples, letters, network
from tokenizers import Tokenizer

from index.runtime import Runtime
from qa.batch import Batch, encode
from qa.cycle import Outputs, by_labels, label_loss, outputs_of
from qa.distil import Distilled, by_teacher
from qa.examples import Candidate, Example
from qa.reader import BUNDLED, MAX_TOKENS

PAIRS = Example(
    "今年的经济增长目标是多少?",
    (
        Candidate("今年2023年目标。", "地区生产总值增长6%以上,城镇新增就业1万人。", False),
        Candidate("", "我们修了三条路。", False),
    ),
)


@pytest.fixture
def batch() -> Batch:
    return encode(examples(random.Random(2)), letters())


@pytest.fixture(scope="module")
def teacher() -> Runtime:
    return Runtime(BUNDLED, MAX_TOKENS)


def _number(value: torch.Tensor | float) -> float:
    return value.item() if isinstance(value, torch.Tensor) else value


def test_the_loss_is_least_where_the_pupil_says_what_the_teacher_told(batch: Batch) -> None:
    told = outputs_of(network(), batch)
    told = Outputs(*(value.detach() for value in (told.relevance, told.start, told.end)))
    said = Outputs(*(value.clone().requires_grad_() for value in (told.relevance, told.start, told.end)))
    listwise, span = by_teacher(batch, said, told)
    (listwise + span).backward()
    for value in (said.relevance, said.start, said.end):
        torch.testing.assert_close(value.grad, torch.zeros_like(value), atol=1e-6, rtol=0)
    moved = by_teacher(batch, Outputs(told.relevance + 0.5, told.start, told.end.flip(0)), told)
    assert moved[0] > listwise
    assert moved[1] > span


def test_a_sure_teacher_is_a_label(batch: Batch) -> None:
    """With all weight on the gold passage and its span, both losses of the rows that answer are the labels'."""
    rows = batch.gold
    sure = Outputs(
        torch.where(rows, 200.0, -200.0),
        torch.nn.functional.one_hot(batch.start, batch.ids.shape[1]) * 400.0 - 200.0,
        torch.nn.functional.one_hot(batch.end, batch.ids.shape[1]) * 400.0 - 200.0,
    )
    said = outputs_of(network(), batch)
    (listwise, span), (_, soft_span) = by_labels(batch, said), by_teacher(batch, said, sure)
    torch.testing.assert_close(soft_span, span)
    halved = Outputs(said.relevance / 2, said.start, said.end)
    expected = listwise / 2 + by_labels(batch, halved)[0]
    torch.testing.assert_close(by_teacher(batch, said, sure)[0], expected)


def test_where_nothing_is_labelled_the_labels_say_nothing(batch: Batch) -> None:
    none = replace(batch, labelled=torch.zeros_like(batch.labelled))
    assert [value.item() for value in by_labels(none, outputs_of(network(), none))] == [0.0, 0.0]


def test_rows_without_labels_do_not_change_the_loss_of_the_others() -> None:
    made = examples(random.Random(2))
    reader, rest = network(), [replace(example, labelled=False) for example in made[8:]]
    whole, part = encode([*made[:8], *rest], letters()), encode(made[:8], letters())
    for value, expected in zip(label_loss(reader, whole, whole), label_loss(reader, part, part), strict=True):
        assert _number(value) == pytest.approx(_number(expected), rel=1e-3)


def test_the_teacher_is_run_as_the_product_runs_it(teacher: Runtime) -> None:
    """Every pair alone: a row's outputs do not depend on the rows beside it, and nothing is said of the padding."""
    batch = encode([PAIRS], Tokenizer.from_file(str(BUNDLED / "tokenizer.json")))
    told = Distilled(teacher).told(batch)
    for row in range(2):
        ids = batch.ids[row][batch.mask[row].bool()].tolist()
        relevance, start, end = teacher.run(ids)
        assert told.relevance[row].item() == relevance.item()
        for given, found in ((told.start[row], start), (told.end[row], end)):
            allowed = batch.allowed[row]
            torch.testing.assert_close(given[allowed], torch.from_numpy(found)[allowed[: len(ids)]])
            assert bool((given[~allowed] == -1e4).all())


def test_without_a_share_of_the_teacher_only_labels_count(teacher: Runtime, batch: Batch) -> None:
    reader = network()
    taught, labelled = Distilled(teacher, share=0.0)(reader, batch, batch), label_loss(reader, batch, batch)
    assert [*map(_number, taught)] == pytest.approx([*map(_number, labelled)])
