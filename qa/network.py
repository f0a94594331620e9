"""The reader's network: a BERT encoder with a span head and a relevance head. Used for training and export only."""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import nn
from transformers import BertConfig, BertModel

FITS = 64  # numbers by which a start tells which ends fit it
OUTPUTS = ("relevance", "start", "end", "opens", "closes")
Made = tuple[torch.Tensor, torch.Tensor, torch.Tensor, torch.Tensor, torch.Tensor]


class Heads(nn.Module):
    """Token vectors (n, length, hidden) → OUTPUTS: relevance (n,), start and end (n, length), two of (n, length, FITS).

    Relevance reads `<s>`. The logit of the span from token i to token j is start[i] + end[j] + opens[i] · closes[j]:
    which end is likely depends on the start, else the two ends of different answers go together (a biaffine score, as
    Dozat and Manning, "Deep biaffine attention for neural dependency parsing", 2017). Position 0 of both stands for
    "no answer here".
    """

    def __init__(self, hidden: int) -> None:
        super().__init__()
        self.relevance = nn.Linear(hidden, 1)
        self.span = nn.Linear(hidden, 2)
        self.opens = nn.Linear(hidden, FITS)
        self.closes = nn.Linear(hidden, FITS)
        for layer in (self.relevance, self.span, self.opens, self.closes):
            nn.init.normal_(layer.weight, std=0.02)

    def forward(self, states: torch.Tensor) -> Made:
        span = self.span(states)
        opens, closes = self.opens(states) / FITS**0.5, self.closes(states)
        return self.relevance(states[:, 0]).squeeze(-1), span[..., 0], span[..., 1], opens, closes


class ReaderNetwork(nn.Module):
    """(input_ids, attention_mask), each (n, length) → what `Heads` gives.

    The pair is `<s> question </s></s> heading, passage </s>`.
    """

    def __init__(self, encoder: BertModel) -> None:
        super().__init__()
        self.encoder = encoder
        self.heads = Heads(encoder.config.hidden_size)

    def forward(self, input_ids: torch.Tensor, attention_mask: torch.Tensor) -> Made:
        states = self.encoder(input_ids=input_ids, attention_mask=attention_mask).last_hidden_state
        outputs: Made = self.heads(states)
        return outputs


def shallow(encoder: BertModel, layers: Sequence[int]) -> BertModel:
    """A copy of `encoder` that keeps only the named layers, in this order."""
    out = plain(encoder.config, len(layers), encoder.config.intermediate_size)
    out.embeddings.load_state_dict(encoder.embeddings.state_dict())
    for new, old in enumerate(layers):
        out.encoder.layer[new].load_state_dict(encoder.encoder.layer[old].state_dict())
    return out


def plain(config: BertConfig, layers: int, width: int) -> BertModel:
    """An encoder like `config` of so many layers, `width` units in the middle of each; no dropout; not yet trained."""
    values = {**config.to_dict(), "num_hidden_layers": layers, "intermediate_size": width}
    # The fused attention is slower backwards on a CPU in bfloat16: an update takes a fifth longer.
    config = BertConfig(**values, attn_implementation="eager")
    config.hidden_dropout_prob = config.attention_probs_dropout_prob = 0.0
    return BertModel(config, add_pooling_layer=False)


def drop(network: ReaderNetwork, share: float) -> None:
    """Let `share` of the numbers that go from layer to layer be dropped while the network trains.

    Those of attention stay: on a CPU they would make an update a third longer.
    """
    encoder = network.encoder
    for layer in encoder.encoder.layer:
        layer.attention.output.dropout.p = layer.output.dropout.p = share
    encoder.embeddings.dropout.p = share
