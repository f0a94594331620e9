"""Trains the reader: listwise relevance with a null, and the answer's span, jointly.

`python -m qa.train` needs the extra `[train]`; it knows examples and the network, not the assistant.
"""

from __future__ import annotations

import argparse
import logging
import random
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import Any

import torch
from tokenizers import Tokenizer
from torch.nn.functional import cross_entropy

from index.convert import load_source_model
from index.export import export_int8
from index.fold import fold
from qa.batch import Batch, encode, hidden
from qa.examples import Example, batches, comprehension_examples, read_rows
from qa.mine import sample
from qa.network import ReaderNetwork, shallow

State = dict[str, torch.Tensor]
log = logging.getLogger("qa.train")
MAX_TOKENS = 224
SAMPLES = 75  # questions by whose pairs the inputs of the 8-bit form are evened out
SECOND = 0.6  # of a later stage in the mean of it and what was there before
HIDDEN = 0.06  # share of the pieces hidden, in every other pair of the third and fourth stage
AGAIN = ((2400, 5000), (1200, 2500))  # reading examples and known questions in a pass of these stages
NULL_LOGIT = 0.0  # relevance competes with this: a question whose passages all stay below it is refused


def loss_of(network: ReaderNetwork, batch: Batch) -> tuple[torch.Tensor, float, float]:
    """The joint loss of a batch, and its parts as numbers: listwise relevance, span."""
    with torch.autocast("cpu", dtype=torch.bfloat16):
        relevance, start, end = network(batch.ids, batch.mask)
    relevance, start, end = relevance.float(), start.float(), end.float()
    start, end = start.masked_fill(~batch.allowed, -1e4), end.masked_fill(~batch.allowed, -1e4)
    terms = []
    for group in batch.groups:
        scores = torch.cat([torch.full((1,), NULL_LOGIT), relevance[group]])
        gold = torch.cat([torch.tensor([not batch.gold[group].any()]), batch.gold[group]])
        terms.append(torch.logsumexp(scores, 0) - torch.logsumexp(scores[gold], 0))
    listwise = torch.stack(terms).mean()
    weight = torch.where(batch.gold, 1.0, 0.3)
    spans = cross_entropy(start, batch.start, reduction="none") + cross_entropy(end, batch.end, reduction="none")
    span = (spans * weight).sum() / weight.sum() / 2
    return listwise + span, listwise.item(), span.item()


def train(
    network: ReaderNetwork,
    tokenizer: Tokenizer,
    examples: Iterable[Example],
    *,
    steps: int,
    rate: float,
    pairs: int,
    out: Path,
    rng: random.Random,
    hide: float = 0.0,
    check: Callable[[], None] | None = None,
) -> None:
    """`steps` updates over `examples` (iterated anew, and shuffled, when used up), with `hide` as `hidden` has it.

    The network's state goes to `out` every 500 steps and at the end; `check` is called then.
    """
    network.encoder.embeddings.requires_grad_(False)
    parameters = [p for p in network.parameters() if p.requires_grad]
    optimizer = torch.optim.AdamW(parameters, rate, weight_decay=0.01, fused=True)
    warm = max(steps // 20, 20)
    schedule = torch.optim.lr_scheduler.LambdaLR(
        optimizer, lambda step: min((step + 1) / warm, max((steps - step) / (steps - warm), 0.02))
    )
    generator = torch.Generator().manual_seed(rng.randrange(1 << 30))
    done, begun, sums = 0, time.monotonic(), [0.0, 0.0]
    while done < steps:
        for group in batches(examples, pairs, rng):
            batch = hidden(encode(group, tokenizer), hide, generator)
            loss, listwise, span = loss_of(network, batch)
            torch.autograd.backward(loss)
            torch.nn.utils.clip_grad_norm_(parameters, 1.0)
            optimizer.step()
            schedule.step()
            optimizer.zero_grad()
            done += 1
            sums = [sums[0] + listwise, sums[1] + span]
            if done % 50 == 0:
                pace = (time.monotonic() - begun) / done
                means = [part / 50 for part in sums]
                log.info("step %d/%d listwise %.3f span %.3f, %.2f s each", done, steps, *means, pace)
                sums = [0.0, 0.0]
            if done % 500 == 0 or done == steps:
                torch.save(network.state_dict(), out)
                if check:
                    check()
            if done == steps:
                break


def validate(network: ReaderNetwork, tokenizer: Tokenizer, examples: Sequence[Example]) -> dict[str, float]:
    """On held-out examples: share with a gold passage first, answer words exact in it, and AUROC of answerability.

    AUROC as the share of (answerable, unanswerable) pairs whose best relevance is in the right order.
    """
    first = exact = answerable = 0
    known: list[float] = []
    unknown: list[float] = []
    network.eval()
    with torch.no_grad():
        for at in range(0, len(examples), 4):
            batch = encode(examples[at : at + 4], tokenizer)
            relevance, start, end = network(batch.ids, batch.mask)
            start = start.masked_fill(~batch.allowed, -1e4)
            end = end.masked_fill(~batch.allowed, -1e4)
            for group in batch.groups:
                best = int(relevance[group].argmax()) + group.start
                (known if batch.gold[group].any() else unknown).append(float(relevance[best]))
                if not batch.gold[group].any():
                    continue
                answerable += 1
                if batch.gold[best]:
                    first += 1
                    exact += int(start[best, 1:].argmax() + 1 == batch.start[best]) and int(
                        end[best, 1:].argmax() + 1 == batch.end[best]
                    )
    network.train()
    ordered = sum(k > u for k in known for u in unknown) / max(len(known) * len(unknown), 1)
    count = max(answerable, 1)
    return {"first": first / count, "exact": exact / count, "auroc": ordered}


def export(network: ReaderNetwork, tokenizer: Tokenizer, samples: Sequence[Example], folder: Path) -> None:
    """Write the network as 8-bit ONNX, and its tokenizer, to `folder`: what `qa.reader` runs.

    By the pairs of `samples` the inputs of its layers are evened out.
    """
    folder.mkdir(parents=True, exist_ok=True)
    pairs = [(fold(e.question), fold(c.heading + c.text)) for e in samples for c in e.candidates]
    tokens = [encoding.ids for encoding in tokenizer.encode_batch(pairs)]
    tokenizer.no_truncation()
    tokenizer.save(str(folder / "tokenizer.json"))
    export_int8(network.encoder, folder / "model.onnx", tokens, network.heads, ("relevance", "start", "end"))


# Documents whose questions are never trained on: the first four are for reporting, the last two for watching.
KEPT_ASIDE = ("江西省", "海拉尔区2018", "国务院2024", "2025年湖南省政府工作报告")
WATCHED = ("青海省", "海拉尔区2019")
DEVELOPMENT = ("sanmen-2023", "山东省", "四川省", "上海市", "西藏自治区", "河北省")
LAYERS = (0, 2, 4, 6, 8, 10)  # of the encoder's twelve; better than the lower six after 100 steps (loss 3.9 / 4.1)
COMPREHENSION = ("cmrc2018-train", "drcd-train-sub-s", "drcd-dev-s", "xquad-zh", "xquad-en-zh")


class Mixture:
    """One pass over the report questions, candidates drawn anew, with a share of reading comprehension among them.

    Of `known` questions, those of the stages before, `again` come once more.
    """

    def __init__(
        self,
        mined: Sequence[dict[str, Any]],
        others: list[Example],
        share: int,
        rng: random.Random,
        known: Sequence[dict[str, Any]] = (),
        again: int = 0,
    ) -> None:
        self.mined, self.others, self.share, self.rng = mined, others, share, rng
        self.known, self.again = known, again

    def __iter__(self) -> Iterator[Example]:
        self.rng.shuffle(self.others)
        rows = [*self.mined, *self.rng.sample(self.known, min(self.again, len(self.known)))]
        return iter([sample(row, 4, self.rng) for row in rows] + self.others[: self.share])


def averaged(first: State, second: State, share: float) -> State:
    """The mean of two states of one network, `share` of it the second's: surer on unseen documents than either.

    Wortsman and others, "Model soups", 2022.
    """
    return {
        name: torch.lerp(first[name], value, share) if value.is_floating_point() else value
        for name, value in second.items()
    }


def main(arguments: Sequence[str] | None = None) -> int:
    """The recipe of the shipped weights: reading comprehension, then report questions with hard negatives, in four
    stages that each know more questions; each stage's mean with what was there before goes on."""
    parser = argparse.ArgumentParser(prog="python -m qa.train", description=__doc__)
    parser.add_argument("--mined", type=Path, required=True, help="what `python -m qa.mine` wrote")
    parser.add_argument("--more", type=Path, required=True, help="the same of the questions for the second stage")
    parser.add_argument("--newest", type=Path, nargs=2, required=True, help="the same for the third and fourth stage")
    parser.add_argument("--comprehension", type=Path, required=True, help="the folder of the reading sets")
    parser.add_argument("--out", type=Path, default=Path(__file__).parent / "model")
    parser.add_argument("--first-steps", type=int, default=500)
    parser.add_argument("--steps", type=int, default=4926)
    parser.add_argument("--more-steps", type=int, default=4824)
    parser.add_argument("--newest-steps", type=int, nargs=2, default=(4200, 4800))
    parser.add_argument("--threads", type=int, default=2)
    options = parser.parse_args(arguments)
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(message)s")
    torch.set_num_threads(options.threads)
    torch.set_flush_denormal(True)
    torch.manual_seed(2)
    rng = random.Random(2)
    encoder, tokenizer = load_source_model()
    tokenizer.enable_truncation(MAX_TOKENS, strategy="only_second")
    network = ReaderNetwork(shallow(encoder, LAYERS))
    others = [
        example
        for name in COMPREHENSION
        for example in comprehension_examples(options.comprehension / name, 1, rng, 0.12)
    ]
    rows = read_rows(options.mined)
    unseen = {*KEPT_ASIDE, *WATCHED, *DEVELOPMENT}
    watched = [sample(row, 12, random.Random(7)) for row in rows if row["doc"] in WATCHED]
    seen = [row for row in rows if row["doc"] not in unseen]
    more = seen + [row for row in read_rows(options.more) if row["doc"] not in unseen]
    shared = {"pairs": 16, "out": options.out.with_suffix(".pt"), "rng": rng}
    train(network, tokenizer, others, steps=options.first_steps, rate=1.5e-4, **shared)
    shared["check"] = partial(_log_check, network, tokenizer, watched)
    train(network, tokenizer, Mixture(seen, others, 5000, rng), steps=options.steps, rate=1.5e-4, **shared)
    first = {name: value.clone() for name, value in network.state_dict().items()}
    train(network, tokenizer, Mixture(more, others, 4000, rng), steps=options.more_steps, rate=1.2e-4, **shared)
    mean = averaged(first, network.state_dict(), SECOND)
    for path, steps, (comprehension, again) in zip(options.newest, options.newest_steps, AGAIN, strict=True):
        network.load_state_dict(mean)
        newest = [row for row in read_rows(path) if row["doc"] not in unseen]
        mixture = Mixture(newest, others, comprehension, rng, more, again)
        train(network, tokenizer, mixture, steps=steps, rate=1.2e-4, hide=HIDDEN, **shared)
        mean = averaged(mean, network.state_dict(), SECOND)
        more += newest
    network.load_state_dict(mean)
    export(network.eval(), tokenizer, [sample(row, 4, rng) for row in seen[:SAMPLES]], options.out)
    return 0


def _log_check(network: ReaderNetwork, tokenizer: Tokenizer, watched: Sequence[Example]) -> None:
    log.info("watched documents: %s", validate(network, tokenizer, watched))


if __name__ == "__main__":
    raise SystemExit(main())
