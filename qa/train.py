"""The recipe of a reader of all layers: two cycles over reading comprehension and report questions, their ends' mean.

`python -m qa.train` needs the extra `[train]`; it knows examples and the network, not the assistant. Stopped, it goes
on where it was last saved.
"""

from __future__ import annotations

import argparse
import logging
import random
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from tokenizers import Tokenizer

from index.convert import load_source_model
from index.export import export_int8
from index.fold import fold
from qa.batch import encode
from qa.cycle import Cycle, run
from qa.examples import Example, comprehension_examples, read_rows
from qa.mine import sample
from qa.network import ReaderNetwork, shallow

State = dict[str, torch.Tensor]
log = logging.getLogger("qa.train")
MAX_TOKENS = 224
CANDIDATES = 4  # of a question, in training
SAMPLES = 75  # questions by whose pairs the inputs of the 8-bit form are evened out
# The first cycle begins from the encoder, the second from the end of the first.
CYCLES = (Cycle(6050, 1.5e-4), Cycle(5200, 1.2e-4, hide=0.06))
SECOND = 0.6  # of the second cycle's end in the mean with the first's
READING = 4000  # reading examples in a pass
AGAIN = 9000  # questions of the first cycle in a pass of the second

# Documents whose questions are never trained on: the first four are for reporting, the last two for watching.
KEPT_ASIDE = ("江西省", "海拉尔区2018", "国务院2024", "2025年湖南省政府工作报告")
WATCHED = ("青海省", "海拉尔区2019")
DEVELOPMENT = ("sanmen-2023", "山东省", "四川省", "上海市", "西藏自治区", "河北省")
COMPREHENSION = ("cmrc2018-train", "drcd-train-sub-s", "drcd-dev-s", "xquad-zh", "xquad-en-zh")


@dataclass(frozen=True)
class Draws:
    """What the passes of both cycles are drawn from: mined questions, later ones, reading examples."""

    known: Sequence[dict[str, Any]]
    newest: Sequence[dict[str, Any]]
    reading: Sequence[Example]

    def first(self, rng: random.Random) -> list[Example]:
        """All known questions, their candidates drawn anew, and some reading."""
        return self._with_reading(self.known, rng)

    def second(self, rng: random.Random) -> list[Example]:
        """All of the newest questions, some known ones and some reading."""
        again = rng.sample(self.known, min(AGAIN, len(self.known)))
        return self._with_reading([*self.newest, *again], rng)

    def _with_reading(self, rows: Sequence[dict[str, Any]], rng: random.Random) -> list[Example]:
        reading = rng.sample(self.reading, min(READING, len(self.reading)))
        return [sample(row, CANDIDATES, rng) for row in rows] + reading


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


def _seen(rows: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """The mined questions of the documents that may be trained on."""
    unseen = {*KEPT_ASIDE, *WATCHED, *DEVELOPMENT}
    return [row for row in rows if row["doc"] not in unseen]


def _trained(network: ReaderNetwork, tokenizer: Tokenizer, draws: Draws, states: Path, seed: int) -> list[State]:
    """The network's state at the end of each cycle; those that `states` holds are not trained again."""
    states.mkdir(parents=True, exist_ok=True)
    ends: list[State] = []
    for number, (cycle, draw) in enumerate(zip(CYCLES, (draws.first, draws.second), strict=True), 1):
        end = states / f"cycle-{number}.pt"
        if not end.exists():
            saved = states / f"cycle-{number}.saved"
            run(network, tokenizer, cycle, draw, seed=f"{seed} {number}", saved=saved, end=end)
        ends.append(torch.load(end))
        network.load_state_dict(ends[-1])
    return ends


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m qa.train", description=__doc__)
    parser.add_argument("--mined", type=Path, nargs="+", required=True, help="what `python -m qa.mine` wrote")
    parser.add_argument("--newest", type=Path, nargs="+", required=True, help="the same, new in the second cycle")
    parser.add_argument("--comprehension", type=Path, required=True, help="the folder of the reading sets")
    parser.add_argument("--states", type=Path, required=True, help="a folder for what is needed to go on when stopped")
    parser.add_argument("--out", type=Path, default=Path(__file__).parent / "model")
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--seed", type=int, default=2)
    options = parser.parse_args(arguments)
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(message)s")
    torch.set_num_threads(options.threads)
    torch.set_flush_denormal(True)
    torch.manual_seed(options.seed)
    rng = random.Random(options.seed)
    encoder, tokenizer = load_source_model()
    tokenizer.enable_truncation(MAX_TOKENS, strategy="only_second")
    network = ReaderNetwork(shallow(encoder, tuple(range(encoder.config.num_hidden_layers))))
    reading = [e for n in COMPREHENSION for e in comprehension_examples(options.comprehension / n, 1, rng, 0.12)]
    mined, newest = ([row for path in paths for row in read_rows(path)] for paths in (options.mined, options.newest))
    draws = Draws(_seen(mined), _seen(newest), reading)
    watched = [row for row in mined if row["doc"] in WATCHED]
    first, second = _trained(network, tokenizer, draws, options.states, options.seed)
    network.load_state_dict(averaged(first, second, SECOND))
    log.info("watched documents: %s", validate(network, tokenizer, [sample(row, 12, rng) for row in watched]))
    export(network.eval(), tokenizer, [sample(row, CANDIDATES, rng) for row in draws.known[:SAMPLES]], options.out)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
