"""A BERT encoder as it runs in 8 bits: the same function, in fewer products and with its inputs evened out.

Queries, keys and values come of one product. What a linear layer is given varies from channel to channel by a hundred
times; with one 8-bit scale for all of them the small ones drown. Each channel is divided by a factor of its own, and
the weights are multiplied by it (SmoothQuant: Xiao and others, 2023, equation 4).

Used for export only; `index.export` writes it to a file.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import torch
from torch import nn
from torch.nn.functional import gelu
from transformers import BertModel

MIGRATION = 0.7  # alpha: how much of a channel's spread goes from the input into the weights
PARTS = 2  # the second feed-forward product is summed from so many, each with its own 8-bit scale for the input
SMALLEST = 1e-5


class RowQuantized(nn.Module):
    """An embedding table as int8 rows, each with its own scale: a quarter of the bytes, error below half a step."""

    def __init__(self, table: nn.Embedding) -> None:
        super().__init__()
        weight = table.weight.detach()
        scale = weight.abs().amax(dim=1, keepdim=True).clamp_min(1e-8) / 127
        self.register_buffer("rows", (weight / scale).round().clamp(-127, 127).to(torch.int8))
        self.register_buffer("scale", scale.float())

    def forward(self, ids: torch.Tensor) -> torch.Tensor:
        rows, scale = self.get_buffer("rows"), self.get_buffer("scale")
        return rows[ids].float() * scale[ids]


class Smooth(nn.Module):
    """Linear layers over one input, side by side, as the sum of products over `parts` slices of that input.

    Until `settle` is called it watches the largest absolute value of every input channel.
    """

    def __init__(self, layers: Sequence[nn.Linear], parts: int = 1) -> None:
        super().__init__()
        self.weight = torch.cat([layer.weight.detach() for layer in layers])
        self.inverse: nn.Parameter | None = nn.Parameter(torch.ones(self.weight.shape[1]))
        self.bias = nn.Parameter(torch.cat([layer.bias.detach() for layer in layers]))
        self.peak = torch.zeros(self.weight.shape[1])
        self.parts = parts
        self.slices = nn.ParameterList()

    def settle(self) -> None:
        """Even out: divide each input channel by peak^alpha / weight^(1 - alpha), scaled to a mean of one."""
        weight = self.weight.abs().amax(0).clamp_min(SMALLEST)
        factor = self.peak.clamp_min(SMALLEST) ** MIGRATION / weight ** (1 - MIGRATION)
        factor = factor / factor.mean()
        self.inverse = nn.Parameter(1 / factor)
        self.slices.extend(part.T.contiguous() for part in (self.weight * factor).chunk(self.parts, dim=1))

    def forward(self, inputs: torch.Tensor) -> torch.Tensor:
        if not self.slices:
            self.peak = torch.maximum(self.peak, inputs.detach().abs().amax((0, 1)))
            return inputs @ self.weight.T + self.bias
        outputs: torch.Tensor = self.bias
        evened = inputs * self.inverse if self.inverse is not None else inputs
        parts = torch.split(evened, [len(part) for part in self.slices], -1) if len(self.slices) > 1 else [evened]
        for part, weight in zip(parts, self.slices, strict=True):
            outputs = outputs + part @ weight
        return outputs


class Attention(torch.autograd.Function):
    """Queries, keys and values (n, length, hidden) → (n, length, hidden).

    In a file it is one step of onnxruntime's, in the place of some thirty that cut, turn and measure. It takes no mask:
    inputs run one at a time, without padding, and without a mask that step is a fifth faster.
    """

    @staticmethod
    def forward(_: Any, query: torch.Tensor, key: torch.Tensor, value: torch.Tensor, heads: int) -> torch.Tensor:
        batch, length, _ = query.shape
        query, key, value = (part.view(batch, length, heads, -1).transpose(1, 2) for part in (query, key, value))
        shares = torch.softmax(query @ key.transpose(-1, -2), -1)
        return (shares @ value).transpose(1, 2).flatten(2)

    @staticmethod
    def symbolic(graph: Any, query: Any, key: Any, value: Any, heads: int) -> Any:
        attended = graph.op("com.microsoft::MultiHeadAttention", query, key, value, num_heads_i=heads, scale_f=1.0)
        attended.setType(query.type())
        return attended


class Layer(nn.Module):
    """One layer of BERT; the queries' weights hold the division by the root of a head's width."""

    def __init__(self, layer: Any, heads: int) -> None:
        super().__init__()
        attention = layer.attention.self
        query = nn.Linear(attention.query.in_features, attention.query.out_features)
        root = (query.out_features // heads) ** 0.5
        query.weight.data, query.bias.data = attention.query.weight / root, attention.query.bias / root
        self.heads, self.width = heads, query.out_features
        self.qkv = Smooth([query, attention.key, attention.value])
        self.out = Smooth([layer.attention.output.dense])
        self.up = Smooth([layer.intermediate.dense])
        self.down = Smooth([layer.output.dense], PARTS)
        self.attended, self.fed = layer.attention.output.LayerNorm, layer.output.LayerNorm

    def settle(self) -> None:
        """Even out all inputs; what attention gives is a mean of values, so theirs is done where they are made."""
        for part in (self.qkv, self.out, self.up, self.down):
            part.settle()
        if self.out.inverse is not None:
            self.qkv.slices[0].data[:, 2 * self.width :] *= self.out.inverse
            self.qkv.bias.data[2 * self.width :] *= self.out.inverse
            self.out.inverse = None

    def forward(self, states: torch.Tensor) -> torch.Tensor:
        query, key, value = torch.split(self.qkv(states), self.width, -1)
        mixed: torch.Tensor = Attention.apply(query, key, value, self.heads)  # type: ignore[no-untyped-call]
        states = self.attended(states + self.out(mixed))
        fed: torch.Tensor = self.fed(states + self.down(gelu(self.up(states))))
        return fed


class Lean(nn.Module):
    """Token ids (n, length) of texts of one length → the last layer's token vectors (n, length, hidden).

    `samples` are the token ids of some hundred texts of the kind that it will be given.
    """

    def __init__(self, encoder: BertModel, samples: Sequence[Sequence[int]]) -> None:
        super().__init__()
        embeddings = encoder.embeddings
        self.words: nn.Module = embeddings.word_embeddings
        self.places = nn.Parameter(embeddings.position_embeddings.weight + embeddings.token_type_embeddings.weight[0])
        self.norm = embeddings.LayerNorm
        layers = [Layer(layer, encoder.config.num_attention_heads) for layer in encoder.encoder.layer]
        self.layers = nn.ModuleList(layers)
        with torch.no_grad():
            for sample in samples:
                self(torch.tensor([sample]))
            for layer in layers:
                layer.settle()
        self.words = RowQuantized(embeddings.word_embeddings)

    def forward(self, input_ids: torch.Tensor) -> torch.Tensor:
        states: torch.Tensor = self.norm(self.words(input_ids) + self.places[: input_ids.shape[1]])
        for layer in self.layers:
            states = layer(states)
        return states
