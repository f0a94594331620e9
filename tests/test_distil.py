"""The teacher's word: least loss where the pupil says the same; labels count only where there are some."""

from __future__ import annotations

import random
from dataclasses import replace

import pytest
import torch
from tiny_reader import examples, letters, network
from tokenizers import Tokenizer
from transformers import BertConfig, BertModel

from index.runtime import Runtime
from qa.batch import Batch, encode
from qa.cycle import Outputs, Terms, by_labels, label_loss, outputs_of, span_targets
from qa.distil import Distilled, by_teacher
from qa.examples import Candidate, Example
from qa.network import ReaderNetwork
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


def _losses(terms: Terms) -> tuple[torch.Tensor, torch.Tensor]:
    return terms.listwise.mean(), (terms.span * terms.weight).sum() / terms.weight.sum()


def _number(value: torch.Tensor | float) -> float:
    return value.item() if isinstance(value, torch.Tensor) else value


def test_the_loss_is_least_where_the_pupil_says_what_the_teacher_told(batch: Batch) -> None:
    told = outputs_of(network(), batch)
    told = Outputs(told.relevance.detach(), told.spans.detach())
    said = Outputs(told.relevance.clone().requires_grad_(), told.spans.clone().requires_grad_())
    listwise, span = _losses(by_teacher(batch, said, told))
    (listwise + span).backward()
    for value in (said.relevance, said.spans):
        torch.testing.assert_close(value.grad, torch.zeros_like(value), atol=1e-6, rtol=0)
    moved = _losses(by_teacher(batch, Outputs(told.relevance + 0.5, told.spans.flip(0)), told))
    assert moved[0] > listwise
    assert moved[1] > span


def test_a_sure_teacher_is_a_label(batch: Batch) -> None:
    """With all weight on the gold passage and its span, both losses of the rows that answer are the labels'."""
    rows = batch.gold
    sure = Outputs(
        torch.where(rows, 200.0, -200.0),
        torch.nn.functional.one_hot(span_targets(batch), batch.ids.shape[1] ** 2) * 400.0 - 200.0,
    )
    said = outputs_of(network(), batch)
    (listwise, span), (_, soft_span) = _losses(by_labels(batch, said)), _losses(by_teacher(batch, said, sure))
    torch.testing.assert_close(soft_span, span)
    halved = Outputs(said.relevance / 2, said.spans)
    expected = listwise / 2 + _losses(by_labels(batch, halved))[0]
    torch.testing.assert_close(_losses(by_teacher(batch, said, sure))[0], expected)


def test_where_nothing_is_labelled_the_labels_say_nothing(batch: Batch) -> None:
    none = replace(batch, labelled=torch.zeros_like(batch.labelled))
    assert [_number(value) for value in label_loss(network(), none, none)] == [0.0, 0.0, 0.0]


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
        relevance, start, end, opens, closes = teacher.run(ids)
        assert told.relevance[row].item() == relevance.item()
        spans = told.spans[row].reshape(batch.ids.shape[1], -1)
        allowed = [at for at in batch.allowed[row].nonzero().ravel().tolist() if at]
        expected = torch.full_like(spans, -1e4)
        for i, j in [(0, 0), *((i, j) for i in allowed for j in allowed if i <= j)]:
            expected[i, j] = float(start[i] + end[j] + opens[i] @ closes[j])
        torch.testing.assert_close(spans, expected)


def test_without_a_share_of_the_teacher_only_labels_count(teacher: Runtime, batch: Batch) -> None:
    reader = network()
    taught, labelled = Distilled(teacher, share=0.0)(reader, batch, batch), label_loss(reader, batch, batch)
    assert [*map(_number, taught)] == pytest.approx([*map(_number, labelled)])


def test_of_what_is_not_taught_only_the_labels_count(teacher: Runtime) -> None:
    alone = [replace(example, taught=False) for example in examples(random.Random(2))]
    reader, batch = network(), encode(alone, letters())
    taught, labelled = Distilled(teacher)(reader, batch, batch), label_loss(reader, batch, batch)
    assert [*map(_number, taught)] == pytest.approx([*map(_number, labelled)])


def test_the_teacher_is_asked_only_what_is_taught(teacher: Runtime) -> None:
    reading = replace(PAIRS, question="谁修了路?", taught=False)
    tokenizer = Tokenizer.from_file(str(BUNDLED / "tokenizer.json"))
    both, alone = encode([reading, PAIRS], tokenizer), encode([PAIRS], tokenizer)
    of_both, of_one = Distilled(teacher).told(both), Distilled(teacher).told(alone)
    torch.testing.assert_close(of_both.relevance, torch.cat([torch.zeros(2), of_one.relevance]))
    assert of_both.spans[:2].unique().tolist() == [-1e4, 0.0]
    length, own = both.ids.shape[1], alone.ids.shape[1]
    spans = of_both.spans[2:].reshape(2, length, length)[:, :own, :own].flatten(1)
    torch.testing.assert_close(spans, of_one.spans)


def test_each_question_counts_once_whoever_says_what_it_should_be(teacher: Runtime) -> None:
    """Half labels alone, half nothing but the teacher's word: the mean of what each half costs by itself."""
    tokenizer = Tokenizer.from_file(str(BUNDLED / "tokenizer.json"))
    reading = Example("谁修了路?", (Candidate("", "我们修了三条路。", True, (0, 2)),), taught=False)
    elsewhere = replace(PAIRS, labelled=False)
    torch.manual_seed(5)
    reader = ReaderNetwork(BertModel(BertConfig(hidden_size=16, num_hidden_layers=1, num_attention_heads=2,
        intermediate_size=32, vocab_size=tokenizer.get_vocab_size()), add_pooling_layer=False)).eval()  # fmt: skip
    whole, first, second = (encode(part, tokenizer) for part in ([reading, elsewhere], [reading], [elsewhere]))
    listwise = [Distilled(teacher, share=1.0)(reader, batch, batch)[1] for batch in (whole, first, second)]
    assert listwise[0] == pytest.approx((listwise[1] + listwise[2]) / 2, rel=1e-2)
