"""The recipe of the reader: one of all layers, then the smaller one that ships, which the first teaches.

The teacher: two cycles over reading comprehension and report questions, their ends' mean. The reader: the teacher with
fewer layers and narrower ones, a third cycle down the teacher's word, and five that are mostly reading, while its own
word of before holds it at what it knows of reports. With `--onward` only these five, from a reader as shipped.
`python -m qa.train` needs the extra `[train]`; it knows examples and the network, not the assistant. Stopped, it goes
on where it was last saved.
"""

from __future__ import annotations

import argparse
import logging
import random
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any

import torch
from tokenizers import Tokenizer
from transformers import BertConfig

from index.convert import load_source_model
from index.export import export_int8
from index.fold import fold
from index.restore import restored
from index.runtime import Runtime
from qa.batch import encode
from qa.cycle import Cycle, Draw, Loss, label_loss, outputs_of, run, span_targets
from qa.distil import Distilled
from qa.draws import Draws, draws_of, sampled
from qa.examples import Example, batches, read_rows
from qa.mine import sample
from qa.narrow import narrowed, weighed
from qa.network import OUTPUTS, ReaderNetwork, shallow
from qa.pieces import across, apart, joining

State = dict[str, torch.Tensor]
log = logging.getLogger("qa.train")
MAX_TOKENS = 224
SAMPLES = 75  # questions by whose pairs the inputs of the 8-bit form are evened out
# The first cycle begins from the encoder, the second from the end of the first.
FIRST, SECOND = Cycle(6050, 1.5e-4), Cycle(5200, 1.2e-4, hide=0.06)
SHARE = 0.6  # of the second cycle's end in the mean with the first's

# Of the teacher's layers the two go without which the others say nearly the same, and half of every layer's units.
LAYERS, WIDTH = (0, 2, 3, 4, 5, 6, 7, 8, 10, 11), 768
WEIGHED = 40  # batches over which units are weighed
TAUGHT = Cycle(4000, 7e-5, hide=0.06)

# Each with the share of its end in the mean with what there was before.
READ = ((Cycle(6000, 1e-4, hide=0.06), 0.7), (Cycle(8000, 1.2e-4, hide=0.07), 0.6))
APART = Cycle(5700, 1.2e-4, hide=0.1, dropout=0.1), 0.6
SHORT = Cycle(5600, 1.2e-4, hide=0.1, dropout=0.1), 0.5
MORE = Cycle(5200, 1.2e-4, hide=0.1, dropout=0.1), 0.4

# Documents whose questions are never trained on: the first four are for reporting, the last two for watching.
KEPT_ASIDE = ("江西省", "海拉尔区2018", "国务院2024", "2025年湖南省政府工作报告")
WATCHED = ("青海省", "海拉尔区2019")
DEVELOPMENT = ("sanmen-2023", "山东省", "四川省", "上海市", "西藏自治区", "河北省")


def averaged(first: State, second: State, share: float) -> State:
    """The mean of two states of one network, `share` of it the second's: surer on unseen documents than either.

    Wortsman and others, "Model soups", 2022.
    """
    return {
        name: torch.lerp(first[name], value, share) if value.is_floating_point() else value
        for name, value in second.items()
    }


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
            said, targets = outputs_of(network, batch), span_targets(batch)
            for group in batch.groups:
                best = int(said.relevance[group].argmax()) + group.start
                (known if batch.gold[group].any() else unknown).append(float(said.relevance[best]))
                if not batch.gold[group].any():
                    continue
                answerable += 1
                if batch.gold[best]:
                    first += 1
                    exact += int(said.spans[best, 1:].argmax() + 1 == targets[best])
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
    export_int8(network.encoder, folder / "model.onnx", tokens, network.heads, OUTPUTS)


def _seen(rows: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """The mined questions of the documents that may be trained on."""
    unseen = {*KEPT_ASIDE, *WATCHED, *DEVELOPMENT}
    return [row for row in rows if not unseen & {row["doc"], row.get("of")}]


@dataclass(frozen=True)
class Bench:
    """Where it is trained: the tokenizer, the examples, a folder of states, the seed."""

    tokenizer: Tokenizer
    draws: Draws
    states: Path
    seed: int

    def trained(self, network: ReaderNetwork, cycle: Cycle, name: str, draw: Draw, loss_of: Loss = label_loss) -> State:
        """The state of `network` at the end of `cycle`; one that stands in the folder is not trained again."""
        end = self.states / f"{name}.pt"
        if not end.exists():
            saved = self.states / f"{name}.saved"
            run(network, self.tokenizer, cycle, draw, seed=f"{self.seed} {name}", saved=saved, end=end, loss_of=loss_of)
        state: State = torch.load(end)
        network.load_state_dict(state)
        return state

    def export(self, network: ReaderNetwork, folder: Path) -> None:
        """As `export`, by pairs of the first of the known questions."""
        rng = random.Random(self.seed)
        export(network.eval(), self.tokenizer, sampled(self.draws.known[:SAMPLES], rng), folder)
        self.tokenizer.enable_truncation(MAX_TOKENS, strategy="only_second")


def teach(network: ReaderNetwork, bench: Bench) -> None:
    """Make `network`, whose encoder is the source's, the reader that teaches."""
    first = bench.trained(network, FIRST, "first", bench.draws.first)
    second = bench.trained(network, SECOND, "second", bench.draws.second)
    network.load_state_dict(averaged(first, second, SHARE))


def taught_by(network: ReaderNetwork, bench: Bench) -> ReaderNetwork:
    """The smaller reader that `network` becomes and teaches; its 8-bit form, which does, lies among the states."""
    folder = bench.states / "teacher"
    bench.export(network, folder)
    rng, generator = random.Random(bench.seed), torch.Generator().manual_seed(bench.seed)
    groups = islice(batches(bench.draws.taught(rng), TAUGHT.pairs, rng), WEIGHED)
    units = weighed(network, (encode(group, bench.tokenizer) for group in groups), generator)
    small = narrowed(network, units, LAYERS, WIDTH)
    bench.trained(small, TAUGHT, "taught", bench.draws.taught, Distilled(Runtime(folder, MAX_TOKENS)))
    return small


def read_on(network: ReaderNetwork, folder: Path, bench: Bench) -> None:
    """Train `network` on by the cycles `READ`; `folder` is its own 8-bit form of before, which tells it of reports.

    It ends as the mean of what it was and what it became: as good a reader as the last, and surer on reports.
    """
    loss_of = Distilled(Runtime(folder, MAX_TOKENS))
    mean = {name: value.clone() for name, value in network.state_dict().items()}
    for at, (cycle, share) in enumerate(READ):
        mean = averaged(mean, bench.trained(network, cycle, f"read-{at}", bench.draws.read, loss_of), share)
    network.load_state_dict(mean)


def read_apart(network: ReaderNetwork, bench: Bench) -> None:
    """As `read_on` by the cycles that tell clauses from short answers; each is taught by the reader before it."""
    for name, (cycle, share), draw in (
        ("apart", APART, bench.draws.read_apart),
        ("short", SHORT, bench.draws.read_short),
        ("more", MORE, bench.draws.read_short),
    ):
        folder = bench.states / f"before-{name}"
        bench.export(network, folder)
        before = {key: value.clone() for key, value in network.state_dict().items()}
        end = bench.trained(network, cycle, name, draw, Distilled(Runtime(folder, MAX_TOKENS)))
        network.load_state_dict(averaged(before, end, share))


def shipped(folder: Path, config: BertConfig) -> ReaderNetwork:
    """The reader of a model folder, in float32; `config` is that of the encoder it was made from."""
    encoder, heads = restored(folder / "model.onnx", config)
    network = ReaderNetwork(shallow(encoder, tuple(range(encoder.config.num_hidden_layers))))
    network.heads.load_state_dict(heads)
    return network


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m qa.train", description=__doc__)
    parser.add_argument("--mined", type=Path, nargs="+", required=True, help="what `python -m qa.mine` wrote")
    parser.add_argument("--newest", type=Path, nargs="+", required=True, help="the same, new in the second cycle")
    parser.add_argument("--elsewhere", type=Path, nargs="+", required=True, help="what it wrote with --elsewhere")
    parser.add_argument("--comprehension", type=Path, required=True, help="the folder of the reading sets")
    parser.add_argument("--states", type=Path, required=True, help="a folder for what is needed to go on when stopped")
    parser.add_argument("--onward", type=Path, help="a reader as shipped: only the last cycles, from there")
    parser.add_argument("--out", type=Path, default=Path(__file__).parent / "model")
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--seed", type=int, default=2)
    options = parser.parse_args(arguments)
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(message)s")
    torch.set_num_threads(options.threads)
    torch.set_flush_denormal(True)
    torch.manual_seed(options.seed)
    options.states.mkdir(parents=True, exist_ok=True)
    rng = random.Random(options.seed)
    encoder, tokenizer = load_source_model()
    mined, newest, elsewhere = (
        [row for path in paths for row in read_rows(path)]
        for paths in (options.mined, options.newest, options.elsewhere)
    )
    draws = draws_of(_seen(mined), _seen(newest), _seen(elsewhere), options.comprehension, rng)
    tokenizer = apart(tokenizer, across(draws.reading, tokenizer) | joining(tokenizer))
    tokenizer.enable_truncation(MAX_TOKENS, strategy="only_second")
    bench = Bench(tokenizer, draws, options.states, options.seed)
    watched = [sample(row, 12, rng) for row in mined if row["doc"] in WATCHED]
    if options.onward:
        small, folder = shipped(options.onward, encoder.config), options.onward
    else:
        network = ReaderNetwork(shallow(encoder, tuple(range(encoder.config.num_hidden_layers))))
        teach(network, bench)
        log.info("watched documents, all layers: %s", validate(network, tokenizer, watched))
        small, folder = taught_by(network, bench), options.states / "taught"
        bench.export(small, folder)
    log.info("watched documents, before the last cycles: %s", validate(small, tokenizer, watched))
    read_on(small, folder, bench)
    read_apart(small, bench)
    log.info("watched documents, as shipped: %s", validate(small, tokenizer, watched))
    bench.export(small, options.out)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
