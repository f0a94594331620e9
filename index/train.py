"""Fine-tunes the encoder on question→passage pairs with hard negatives, and English→Chinese pairs; exports it.

`python -m index.train` needs the extra `[train]`; it knows the files that `qa.mine` writes, not how they came about.
"""

from __future__ import annotations

import argparse
import json
import random
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import torch
from datasets import Dataset
from sentence_transformers import SentenceTransformer, SentenceTransformerTrainer, SentenceTransformerTrainingArguments
from sentence_transformers.losses import MultipleNegativesRankingLoss
from sentence_transformers.models import Normalize, Pooling, Transformer
from tokenizers import Tokenizer
from transformers import BertModel, PreTrainedTokenizerFast

from index.convert import load_source_model, save_model
from index.fold import fold

Triple = tuple[str, str, str]
SCALE = 50.0  # of the cosines in the softmax; the published encoder was trained with 100
FROZEN = 6  # lower layers that stay as published, beside the token rows
MAX_TOKENS = 160
SAMPLES = 150  # pairs by which the inputs of the 8-bit form are evened out


def mined_triples(path: Path, unseen: set[str], rng: random.Random) -> Iterator[Triple]:
    """Question, a passage that answers, one of the six hardest that do not; documents in `unseen` are left out."""
    for row in _rows(path):
        if row["doc"] in unseen or not row["gold"] or not row["negatives"]:
            continue
        gold, negative = rng.choice(row["gold"]), rng.choice(row["negatives"][:6])
        yield row["words"], _shown(gold[0], gold[1]), _shown(negative[0], negative[1])


def pair_triples(path: Path, rng: random.Random) -> Iterator[Triple]:
    """English sentence, its Chinese counterpart, and the counterpart of a neighbouring sentence."""
    rows = [row for row in _rows(path) if len(row["zh"]) >= 12]
    for at, row in enumerate(rows):
        other = rows[at + rng.choice((-2, -1, 1, 2))] if 2 <= at < len(rows) - 2 else rows[at - 1]
        yield fold(row["en"]), row["zh"], other["zh"]


def triples(mined: Sequence[Path], pairs: Sequence[Path], unseen: set[str], rng: random.Random) -> list[Triple]:
    """All of them, shuffled; of the same question-passage file each question comes once."""
    found = [t for path in mined for t in mined_triples(path, unseen, rng)]
    found += [t for path in pairs for t in pair_triples(path, rng)]
    rng.shuffle(found)
    return found


def trainable(encoder: BertModel, tokenizer: Tokenizer, folder: Path) -> SentenceTransformer:
    """The encoder as a sentence-transformers model with mean pooling; its token rows and lower layers frozen."""
    encoder.save_pretrained(folder)
    special = {"bos_token": "<s>", "eos_token": "</s>", "pad_token": "<pad>", "unk_token": "<unk>"}
    PreTrainedTokenizerFast(tokenizer_object=tokenizer, **special).save_pretrained(folder)
    module = Transformer(str(folder), max_seq_length=MAX_TOKENS)
    model = SentenceTransformer(modules=[module, Pooling(384, "mean"), Normalize()], device="cpu")
    module.auto_model.embeddings.requires_grad_(False)
    for layer in module.auto_model.encoder.layer[:FROZEN]:
        layer.requires_grad_(False)
    return model


def train(model: SentenceTransformer, data: Sequence[Triple], *, steps: int, batch: int, rate: float) -> None:
    """`steps` updates: each question against every passage of its batch (Henderson et al. 2017, InfoNCE)."""
    columns = {
        "anchor": [f"query: {question}" for question, _, _ in data],
        "positive": [f"passage: {positive}" for _, positive, _ in data],
        "negative": [f"passage: {negative}" for _, _, negative in data],
    }
    with tempfile.TemporaryDirectory() as folder:
        settings = SentenceTransformerTrainingArguments(
            output_dir=folder,
            max_steps=steps,
            per_device_train_batch_size=batch,
            learning_rate=rate,
            warmup_steps=max(steps // 10, 1),
            bf16=True,
            use_cpu=True,
            seed=2,
            logging_steps=20,
            save_strategy="no",
            report_to="none",
        )
        loss = MultipleNegativesRankingLoss(model, scale=SCALE)
        SentenceTransformerTrainer(model, settings, train_dataset=Dataset.from_dict(columns), loss=loss).train()


def _shown(heading: str, text: str) -> str:
    """A passage as the index embeds it: the innermost heading in front, unless it begins the passage."""
    parts = heading.split("|")
    section = parts[2] if len(parts) > 2 else ""
    return text if not section or text.startswith(section) else f"{section}\n{text}"


def _rows(path: Path) -> Iterator[dict[str, Any]]:
    with path.open(encoding="utf-8") as lines:
        for line in lines:
            if line.strip():
                yield json.loads(line)


def main(arguments: Sequence[str] | None = None) -> int:
    """The recipe of the shipped encoder."""
    parser = argparse.ArgumentParser(prog="python -m index.train", description=__doc__)
    parser.add_argument("--mined", type=Path, nargs="+", required=True, help="what `python -m qa.mine` wrote")
    parser.add_argument("--pairs", type=Path, nargs="*", default=(), help="English-Chinese pairs, JSON Lines (en, zh)")
    parser.add_argument("--unseen", nargs="*", default=(), help="documents to leave out")
    parser.add_argument("--out", type=Path, default=Path(__file__).parent / "model")
    parser.add_argument("--steps", type=int, default=300)
    parser.add_argument("--threads", type=int, default=2)
    options = parser.parse_args(arguments)
    torch.set_num_threads(options.threads)
    torch.set_flush_denormal(True)
    torch.manual_seed(2)
    data = triples(options.mined, options.pairs, set(options.unseen), random.Random(2))
    encoder, tokenizer = load_source_model()
    with tempfile.TemporaryDirectory() as folder:
        model = trainable(encoder, tokenizer, Path(folder))
        train(model, data, steps=options.steps, batch=24, rate=3e-5)
        samples = [
            text for question, passage, _ in data[:SAMPLES] for text in (f"query: {question}", f"passage: {passage}")
        ]
        save_model(model[0].auto_model, tokenizer, options.out, samples)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
