"""A tokenizer whose pieces do not run across an answer's ends: 年的 and 年开始 become 年 | 的 and 年 | 开始.

An answer begins and ends between pieces; one that joins its last word to a particle makes it too long by that. Which
do is told by examples, and by their own words: 市场的 ends with a particle, 在上海 begins with a preposition. Knows
examples, words and the tokenizer's file form.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterable, Sequence

from tokenizers import Tokenizer

from index.fold import fold
from qa.examples import Example
from qa.words import tagged

UNLIKELY = -100.0  # log probability of a piece that any others of the same letters are preferred to
OFTEN = 0.2  # of the answers' ends that touch a piece, the share inside it from which on it is taken apart
# Parts of speech, as jieba names them, that no answer begins or ends with: particles, prepositions, conjunctions.
JOINING = {"uj", "ul", "ud", "uv", "uz", "u", "p", "c"}
_WORDS = re.compile("[\u4e00-\u9fff]{2,}")


def across(examples: Iterable[Example], tokenizer: Tokenizer) -> set[str]:
    """The pieces of Chinese characters inside which answers of `examples` begin or end, not only now and then.

    Once is chance in a piece of two characters, which may be a word; one of three is a phrase.
    """
    inside, beside = Counter[str](), Counter[str]()
    answers = [(fold(c.text), c.span) for e in examples for c in e.candidates if c.span]
    encodings = tokenizer.encode_batch([text for text, _ in answers], add_special_tokens=False)
    for encoding, (_, span) in zip(encodings, answers, strict=True):
        for piece, (start, end) in zip(encoding.tokens, encoding.offsets, strict=True):
            if _WORDS.fullmatch(piece):
                within = any(start < place < end for place in span)
                inside[piece] += within
                beside[piece] += not within and (start == span[0] or end == span[1])
    return {
        piece for piece, count in inside.items() if count >= max(1 + (len(piece) < 3), OFTEN * (count + beside[piece]))
    }


def joining(tokenizer: Tokenizer) -> set[str]:
    """The pieces of several Chinese words whose first or last only joins others."""
    pieces = {piece: tagged(piece) for piece in tokenizer.get_vocab() if _WORDS.fullmatch(piece)}
    return {p for p, words in pieces.items() if len(words) > 1 and {words[0][2], words[-1][2]} & JOINING}


def apart(tokenizer: Tokenizer, pieces: Iterable[str]) -> Tokenizer:
    """The tokenizer without the use of `pieces`; the ids of all others stay."""
    unused = set(pieces)
    form = json.loads(tokenizer.to_str())
    vocabulary: Sequence[tuple[str, float]] = form["model"]["vocab"]
    form["model"]["vocab"] = [[piece, UNLIKELY if piece in unused else score] for piece, score in vocabulary]
    return Tokenizer.from_str(json.dumps(form))
