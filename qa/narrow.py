"""A trained reader → a smaller one to go on from: fewer layers, and in each the units that matter most.

A unit is one of those between the two feed-forward products of a layer. It matters by its Fisher information (Theis and
others, "Faster gaze prediction with dense networks and Fisher pruning", 2018, equation 10): the mean over inputs of the
squared product of its value with the loss's gradient there, summed over the tokens. What goes is replaced by its mean.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import partial

import torch
from torch import nn
from torch.nn.functional import cross_entropy, softmax

from qa.batch import Batch
from qa.cycle import NULL_LOGIT, outputs_of, with_null
from qa.network import ReaderNetwork, plain

# Labels are drawn from what the network says itself, flattened so: else what it is sure of would teach nothing.
RELEVANCE_TEMPERATURE, SPAN_TEMPERATURE = 2.0, 1.5
SPAN_SHARE = 0.5  # of a span beside a question's relevance


@dataclass(frozen=True)
class Units:
    """Of one layer, for each unit between its feed-forward products: how much it matters, its mean value."""

    matter: torch.Tensor
    mean: torch.Tensor


def weighed(network: ReaderNetwork, batches: Iterable[Batch], generator: torch.Generator) -> list[Units]:
    """The units of every layer, weighed over `batches`."""
    layers = network.encoder.encoder.layer
    values: list[torch.Tensor] = [torch.empty(0)] * len(layers)
    matter, total = ([torch.zeros(layer.intermediate.dense.out_features) for layer in layers] for _ in range(2))
    tokens = 0

    def keep(at: int, _: nn.Module, __: object, value: torch.Tensor) -> None:
        value.retain_grad()
        values[at] = value

    hooks = [layer.intermediate.register_forward_hook(partial(keep, at)) for at, layer in enumerate(layers)]
    for batch in batches:
        network.zero_grad()
        torch.autograd.backward(_drawn_loss(network, batch, generator))
        real = batch.mask[..., None].float()
        tokens += int(batch.mask.sum())
        for at, value in enumerate(values):
            if value.grad is None:
                raise RuntimeError("a value without a gradient: some layer does not take part in the loss")
            total[at] += (value.detach().float() * real).sum((0, 1))
            matter[at] += ((value.detach() * value.grad).float() * real).sum(1).square().sum(0)
    for hook in hooks:
        hook.remove()
    network.zero_grad()
    return [Units(one, known / tokens) for one, known in zip(matter, total, strict=True)]


def narrowed(network: ReaderNetwork, units: Sequence[Units], layers: Sequence[int], width: int) -> ReaderNetwork:
    """A reader of the named layers of `network`, with the `width` units of each that matter most."""
    encoder = network.encoder
    small = ReaderNetwork(plain(encoder.config, len(layers), width))
    small.heads.load_state_dict(network.heads.state_dict())
    small.encoder.embeddings.load_state_dict(encoder.embeddings.state_dict())
    for new, old in enumerate(layers):
        state = encoder.encoder.layer[old].state_dict()
        kept = units[old].matter.topk(width).indices.sort().values
        gone = torch.ones(len(units[old].matter), dtype=torch.bool)
        gone[kept] = False
        out = state["output.dense.weight"]
        state["output.dense.bias"] = state["output.dense.bias"] + out[:, gone] @ units[old].mean[gone]
        state["output.dense.weight"] = out[:, kept]
        for name in ("weight", "bias"):
            state[f"intermediate.dense.{name}"] = state[f"intermediate.dense.{name}"][kept]
        small.encoder.encoder.layer[new].load_state_dict(state)
    return small


def _drawn_loss(network: ReaderNetwork, batch: Batch, generator: torch.Generator) -> torch.Tensor:
    """The loss of a batch whose labels are drawn from what the network says of it."""
    said = outputs_of(network, batch)
    relevance = [with_null(said.relevance[group], NULL_LOGIT)[None] for group in batch.groups]
    loss = torch.stack([_one_drawn(scores, RELEVANCE_TEMPERATURE, generator) for scores in relevance]).sum()
    return loss + SPAN_SHARE * _one_drawn(said.spans, SPAN_TEMPERATURE, generator)


def _one_drawn(logits: torch.Tensor, temperature: float, generator: torch.Generator) -> torch.Tensor:
    """The cross entropy of every row with a label drawn for it, summed."""
    drawn = torch.multinomial(softmax(logits.detach() / temperature, -1), 1, generator=generator)[:, 0]
    return cross_entropy(logits, drawn, reduction="sum")
