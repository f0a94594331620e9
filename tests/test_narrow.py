"""A narrowed reader says what the whole one says, as far as what went did not matter."""

from __future__ import annotations

import random

import pytest
import torch
from tiny_reader import examples, letters, network
from torch.nn.functional import cross_entropy, gelu

from qa.batch import Batch, encode
from qa.narrow import Units, narrowed, weighed
from qa.network import ReaderNetwork


@pytest.fixture
def batches() -> list[Batch]:
    rng = random.Random(4)
    return [encode(examples(rng)[:8], letters()) for _ in range(3)]


def _says(reader: ReaderNetwork, batch: Batch) -> tuple[torch.Tensor, ...]:
    with torch.no_grad():
        said: tuple[torch.Tensor, ...] = reader(batch.ids, batch.mask)
    return said


def _without(reader: ReaderNetwork, layer: int, units: torch.Tensor) -> None:
    """Nothing of what these units of the layer say is heard."""
    with torch.no_grad():
        reader.encoder.encoder.layer[layer].output.dense.weight[:, units] = 0


def test_all_layers_and_all_units_say_the_same(batches: list[Batch]) -> None:
    whole = network()
    same = narrowed(whole, weighed(whole, batches, torch.Generator().manual_seed(1)), (0, 1), 32)
    for name, value in whole.state_dict().items():
        torch.testing.assert_close(same.state_dict()[name], value, msg=name)


def test_units_that_are_not_heard_go_first(batches: list[Batch]) -> None:
    whole, silent = network(), torch.arange(0, 32, 2)
    for layer in (0, 1):
        _without(whole, layer, silent)
    units = weighed(whole, batches, torch.Generator().manual_seed(1))
    assert all(bool((one.matter[silent] == 0).all()) and bool((one.matter[1::2] > 0).all()) for one in units)
    half = narrowed(whole, units, (0, 1), 16)
    assert half.encoder.encoder.layer[0].intermediate.dense.weight.shape == (16, 16)
    for value, expected in zip(_says(half, batches[0]), _says(whole, batches[0]), strict=True):
        torch.testing.assert_close(value, expected)


def test_what_goes_is_replaced_by_its_mean(batches: list[Batch]) -> None:
    whole, steady = network(), torch.arange(8)
    with torch.no_grad():  # units that say the same whatever they are given
        dense = whole.encoder.encoder.layer[0].intermediate.dense
        dense.weight[steady] = 0
        dense.bias[steady] = 2.0
    units = weighed(whole, batches, torch.Generator().manual_seed(1))
    torch.testing.assert_close(units[0].mean[steady], gelu(torch.full((8,), 2.0)), rtol=0.01, atol=0)
    matter = torch.ones(32)
    matter[steady] = 0
    less = narrowed(whole, [Units(matter, one.mean) for one in units], (0, 1), 24)
    whole_without_eight_of_the_second = network()
    whole_without_eight_of_the_second.load_state_dict(whole.state_dict())
    _without(whole_without_eight_of_the_second, 1, steady)
    with torch.no_grad():
        second = whole.encoder.encoder.layer[1].output.dense
        whole_without_eight_of_the_second.encoder.encoder.layer[1].output.dense.bias += (
            second.weight[:, steady] @ units[1].mean[steady]
        )
    said = _says(whole_without_eight_of_the_second, batches[0])
    for value, expected in zip(_says(less, batches[0]), said, strict=True):
        torch.testing.assert_close(value, expected, rtol=0.01, atol=0.01)


def test_the_named_layers_stay_in_their_order() -> None:
    whole = network()
    units = [Units(torch.ones(32), torch.zeros(32)) for _ in range(2)]
    one = narrowed(whole, units, (1,), 32)
    assert len(one.encoder.encoder.layer) == 1
    for name, value in whole.encoder.encoder.layer[1].state_dict().items():
        torch.testing.assert_close(one.encoder.encoder.layer[0].state_dict()[name], value, msg=name)


def test_units_matter_by_their_squared_share_in_the_loss() -> None:
    """Against the sum over pairs, one by one, of (value times gradient) squared; relevance alone, its label known."""
    whole = network()
    with torch.no_grad():  # surer than the drawing can change: passages are always irrelevant, spans never found
        whole.heads.relevance.bias.fill_(-60.0)
        for layer in (whole.heads.span, whole.heads.opens, whole.heads.closes):
            layer.weight.zero_()
            layer.bias.zero_()
    batch = encode(examples(random.Random(4))[:2], letters())
    units = weighed(whole, [batch], torch.Generator().manual_seed(1))
    expected = torch.zeros(32)
    layer = whole.encoder.encoder.layer[1].intermediate
    for group in batch.groups:
        kept: list[torch.Tensor] = []
        hook = layer.register_forward_hook(lambda _, __, value, kept=kept: (value.retain_grad(), kept.append(value))[1])
        with torch.autocast("cpu", dtype=torch.bfloat16):
            relevance, *_ = whole(batch.ids[group], batch.mask[group])
        scores = torch.cat([torch.zeros(1), relevance.float()])[None]
        cross_entropy(scores, torch.tensor([0])).backward()
        hook.remove()
        expected += (kept[0].detach() * kept[0].grad).float().sum(1).square().sum(0)
    torch.testing.assert_close(units[1].matter, expected)
