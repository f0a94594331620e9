"""A reader of two small layers, its tokenizer of letters, and questions that it can learn."""

from __future__ import annotations

import random

import torch
from tokenizers import Tokenizer, models, pre_tokenizers, processors
from transformers import BertConfig, BertModel

from qa.examples import Candidate, Example
from qa.network import ReaderNetwork, shallow

LETTERS = "abcdefgh"


def letters() -> Tokenizer:
    vocabulary = {piece: at for at, piece in enumerate(["<s>", "<pad>", "</s>", "<unk>", *LETTERS])}
    made = Tokenizer(models.WordLevel(vocabulary, unk_token="<unk>"))
    made.pre_tokenizer = pre_tokenizers.Whitespace()
    ends = [("<s>", 0), ("</s>", 2)]
    made.post_processor = processors.TemplateProcessing(pair="<s> $A </s> $B:1 </s>:1", special_tokens=ends)
    return made


def network() -> ReaderNetwork:
    torch.manual_seed(3)
    config = BertConfig(
        vocab_size=12, hidden_size=16, num_hidden_layers=2, num_attention_heads=2, intermediate_size=32, pad_token_id=1
    )
    return ReaderNetwork(shallow(BertModel(config), (0, 1)))


def examples(rng: random.Random) -> list[Example]:
    """Sixteen questions; the passage that has an `a` answers, and that is its answer."""
    made = []
    for _ in range(16):
        asked, other = rng.sample(LETTERS[1:], 2)
        gold = Candidate("", f"{other} a {other}", True, (2, 3))
        made.append(Example(asked, (gold, Candidate("", f"{other} {asked} {other}", False))))
    return made
