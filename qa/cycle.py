"""One cycle of the reader's training: updates under one rise and fall of the learning rate; stopped, it can go on.

Knows the network and batches of examples; neither files of questions nor the recipe.
"""

from __future__ import annotations

import logging
import os
import random
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from tokenizers import Tokenizer
from torch.nn.functional import cross_entropy

from qa.batch import Batch, encode, hidden
from qa.examples import Example, batches
from qa.network import ReaderNetwork, drop
from qa.reader import SPAN_TOKENS

log = logging.getLogger("qa.train")
NULL_LOGIT = 0.0  # relevance competes with this: a question whose passages all stay below it is refused
NOWHERE = -1e4  # the logit of a place that no span may take
ELSEWHERE = 0.3  # weight of a passage's span loss where it has no answer
SAVED = 200  # updates from one saving to the next
TOLD = 50  # updates from one line of the log to the next


@dataclass(frozen=True, slots=True)
class Cycle:
    """`updates` of batches of about `pairs`; the rate rises to `rate` over a twentieth of them and falls to nearly 0.

    `hide` is the share of the pieces hidden, as `qa.batch.hidden` has it; `dropout` that of the numbers which go from
    layer to layer.
    """

    updates: int
    rate: float
    hide: float = 0.0
    pairs: int = 16
    dropout: float = 0.0

    def rate_at(self, done: int) -> float:
        """The learning rate of the update after `done` others."""
        rise = max(self.updates // 20, 20)
        return self.rate * min((done + 1) / rise, max((self.updates - done) / (self.updates - rise), 0.02))


@dataclass(frozen=True)
class Outputs:
    """What a reader makes of a batch: relevance (n,), and the logit of every span (n, length · length).

    The span from token i to token j stands at i · length + j, "no answer here" at 0; -1e4 where no span may be.
    """

    relevance: torch.Tensor
    spans: torch.Tensor


Draw = Callable[[random.Random], Sequence[Example]]  # the examples of a pass
# Of the network, a batch, and it with some pieces hidden: the loss, and its parts as numbers (listwise, span)
Loss = Callable[[ReaderNetwork, Batch, Batch], tuple[torch.Tensor, float, float]]


def outputs_of(network: ReaderNetwork, batch: Batch) -> Outputs:
    with torch.autocast("cpu", dtype=torch.bfloat16):
        made = network(batch.ids, batch.mask)
    relevance, *spans = (value.float() for value in made)
    return Outputs(relevance, span_logits(batch, *spans))


def span_logits(
    batch: Batch, start: torch.Tensor, end: torch.Tensor, opens: torch.Tensor, closes: torch.Tensor
) -> torch.Tensor:
    """The `Outputs.spans` of what the heads make of the batch's tokens."""
    logits = start[:, :, None] + end[:, None, :] + opens @ closes.transpose(1, 2)
    places = torch.arange(batch.ids.shape[1])
    length = places[None, :] - places[:, None]
    fits = (length >= 0) & (length < SPAN_TOKENS) & (places > 0)[:, None]
    allowed = batch.allowed[:, :, None] & batch.allowed[:, None, :] & fits
    allowed[:, 0, 0] = True
    return logits.masked_fill(~allowed, NOWHERE).flatten(1)


def span_targets(batch: Batch) -> torch.Tensor:
    """Where in `Outputs.spans` the answer of every row stands; -100 where that is not known, or is no span there."""
    known = (batch.start >= 0) & (batch.end - batch.start < SPAN_TOKENS)
    return torch.where(known, batch.start * batch.ids.shape[1] + batch.end, -100)


@dataclass(frozen=True)
class Terms:
    """Of a batch: the listwise loss of every question, the span loss of every row, and the rows' weights."""

    listwise: torch.Tensor
    span: torch.Tensor
    weight: torch.Tensor


def with_null(values: torch.Tensor, null: float | bool) -> torch.Tensor:
    """The values of one question's passages behind that of the null, "none of them"."""
    return torch.cat([values.new_tensor([null]), values])


def by_labels(batch: Batch, said: Outputs) -> Terms:
    """Cross entropy of relevance against the null, and of the span, with the labels; 0 where there are none."""
    listwise = []
    for group in batch.groups:
        scores = with_null(said.relevance[group], NULL_LOGIT)
        gold = with_null(batch.gold[group], not batch.gold[group].any())
        known = batch.labelled[group].all()
        listwise.append((torch.logsumexp(scores, 0) - torch.logsumexp(scores[gold], 0)) * known)
    spans = cross_entropy(said.spans, span_targets(batch), reduction="none") / 2
    return Terms(torch.stack(listwise), spans, torch.where(batch.gold, 1.0, ELSEWHERE) * batch.labelled)


def label_loss(network: ReaderNetwork, _: Batch, seen: Batch) -> tuple[torch.Tensor, float, float]:
    """The joint loss of what the network makes of the batch as it sees it, pieces hidden."""
    terms = by_labels(seen, outputs_of(network, seen))
    known = sum(bool(seen.labelled[group].all()) for group in seen.groups)
    listwise = terms.listwise.sum() / max(known, 1)
    span = (terms.span * terms.weight).sum() / terms.weight.sum().clamp_min(1e-6)
    return listwise + span, listwise.item(), span.item()


def run(
    network: ReaderNetwork,
    tokenizer: Tokenizer,
    cycle: Cycle,
    draw: Draw,
    *,
    seed: str,
    saved: Path,
    every: int = SAVED,
    end: Path | None = None,
    loss_of: Loss = label_loss,
) -> None:
    """Train `network` by `cycle`, down `loss_of`; each pass over the examples is drawn anew by `draw`.

    The state goes to `saved` after every `every` updates; where it is there already, the cycle goes on from it. Passes,
    order, what is hidden and what is dropped follow from `seed` and the place in the cycle alone, so that a cycle that
    was stopped ends as one that was not. `saved` is removed at the end, once the network's state stands in `end`.
    """
    network.train()
    drop(network, cycle.dropout)
    network.encoder.embeddings.requires_grad_(False)
    parameters = [p for p in network.parameters() if p.requires_grad]
    optimizer = torch.optim.AdamW(parameters, cycle.rate, weight_decay=0.01, fused=True)
    done, passes, skip = _restored(saved, network, optimizer) if saved.exists() else (0, 0, 0)
    sums, begun, first = [0.0, 0.0], time.monotonic(), done
    while done < cycle.updates:
        order = random.Random(f"{seed} {passes}")
        for at, group in enumerate(batches(draw(order), cycle.pairs, order)):
            if at < skip:
                continue
            for parameter_group in optimizer.param_groups:
                parameter_group["lr"] = cycle.rate_at(done)
            of_update = random.Random(f"{seed} {passes} {at}").randrange(1 << 30)
            torch.manual_seed(of_update)  # of what is dropped
            generator = torch.Generator().manual_seed(of_update)
            batch = encode(group, tokenizer)
            loss, *parts = loss_of(network, batch, hidden(batch, cycle.hide, generator))
            optimizer.zero_grad()
            torch.autograd.backward(loss)
            torch.nn.utils.clip_grad_norm_(parameters, 1.0)
            optimizer.step()
            done += 1
            sums = [known + part for known, part in zip(sums, parts, strict=True)]
            if done % TOLD == 0:
                pace = (time.monotonic() - begun) / (done - first)
                means = [part / min(TOLD, done - first) for part in sums]
                log.info("update %d/%d listwise %.3f span %.3f, %.2f s each", done, cycle.updates, *means, pace)
                sums = [0.0, 0.0]
            if done % every == 0:
                place = (done, passes, at + 1)
                _write({"network": network.state_dict(), "optimizer": optimizer.state_dict(), "place": place}, saved)
            if done == cycle.updates:
                break
        passes, skip = passes + 1, 0
    if end:
        _write(network.state_dict(), end)
    saved.unlink(missing_ok=True)


def _write(state: dict[str, Any], path: Path) -> None:
    """Whole or not at all: a stop while writing leaves what was there before."""
    beside = path.with_name(path.name + ".new")
    torch.save(state, beside)
    os.replace(beside, path)


def _restored(path: Path, network: ReaderNetwork, optimizer: torch.optim.Optimizer) -> tuple[int, int, int]:
    """Network and optimizer as they were saved; the updates done, the passes ended, and the batches of the next one."""
    state = torch.load(path)
    network.load_state_dict(state["network"])
    optimizer.load_state_dict(state["optimizer"])
    done, passes, skip = state["place"]
    log.info("goes on after %d updates", done)
    return done, passes, skip
