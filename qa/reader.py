"""Query + hits → readings: for each passage whether it answers, and where. The only file that knows the reader's model.

One pass of a small cross-encoder over question and passage gives relevance, the span's two ends and "no answer here".
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from tokenizers import Encoding

from index.fold import fold
from index.records import Hit
from index.runtime import Runtime
from index.store import Index
from qa.inputs import asked_before, heading

BUNDLED = Path(__file__).parent / "model"
MAX_TOKENS = 224  # of a pair; the longest passages with heading and question stay below
SPAN_TOKENS = 80  # of an answer


@dataclass(frozen=True, slots=True)
class Span:
    """Words that may answer: a span of the document. `score` is its logit less that of "no answer here"."""

    start: int
    end: int
    score: float


@dataclass(frozen=True, slots=True)
class Reading:
    """What the reader makes of one hit.

    `relevance` is the logit against the null of 0 that the passage answers; `spans` are the likeliest answers in it,
    best first, never empty.
    """

    hit: Hit
    relevance: float
    spans: tuple[Span, ...]


class Reader:
    """The trained reader of a folder (`tokenizer.json`, `model.onnx`)."""

    def __init__(self, folder: Path = BUNDLED) -> None:
        self._runtime = Runtime(folder, MAX_TOKENS)

    def read(self, words: str, hits: Sequence[Hit], index: Index) -> tuple[Reading, ...]:
        """A reading of every hit for the folded question `words`, in the order of the hits."""
        shown = []
        for hit in hits:
            document = index.documents[hit.passage.document]
            asked = asked_before(words, document, hit.passage)
            shown.append((asked, heading(document, hit.passage), document.text[hit.passage.start : hit.passage.end]))
        readings = []
        for hit, (relevance, spans) in zip(hits, self.read_texts(shown), strict=True):
            base = hit.passage.start
            moved = tuple(Span(base + span.start, base + span.end, span.score) for span in spans)
            readings.append(Reading(hit, relevance, moved))
        return tuple(readings)

    def read_texts(self, shown: Sequence[tuple[str, str, str]]) -> list[tuple[float, tuple[Span, ...]]]:
        """For folded question, heading and text: relevance, and the likeliest spans as positions in the text."""
        encodings = self._runtime.encode([(words, fold(head + text)) for words, head, text in shown])
        outputs = self._runtime.map(self._outputs, encodings)
        return [
            (float(relevance), _spans(encoding, ends, len(head), len(text)))
            for (_, head, text), encoding, (relevance, *ends) in zip(shown, encodings, outputs, strict=True)
        ]

    def _outputs(self, encoding: Encoding) -> tuple[NDArray[np.float32], ...]:
        return tuple(self._runtime.run(encoding.ids))


def _spans(
    encoding: Encoding, ends: Sequence[NDArray[np.float32]], shift: int, length: int, best: int = 5
) -> tuple[Span, ...]:
    """The `best` spans of the passage's own tokens with start <= end, best first; the whole passage where none fits.

    `ends` is what `qa.network.Heads` makes of the tokens, behind the relevance.
    """
    own = np.array(
        [
            part == 1 and b > shift and b > a
            for (a, b), part in zip(encoding.offsets, encoding.sequence_ids, strict=True)
        ]
    )
    places = np.flatnonzero(own)
    fits = np.triu(np.ones((len(places), len(places)), bool))
    fits &= ~np.triu(fits, SPAN_TOKENS)
    start, end, opens, closes = ends
    null = float(start[0] + end[0] + opens[0] @ closes[0])
    scores = start[places][:, None] + end[places][None, :] + opens[places] @ closes[places].T - null
    scores = np.where(fits, scores, -np.inf).ravel()
    found = []
    # Sorting all of some ten thousand for five took a third of the time that is spent here.
    first = np.argpartition(-scores, best)[:best] if len(scores) > best else np.arange(len(scores))
    for at in first[np.lexsort((first, -scores[first]))]:
        if np.isfinite(scores[at]):
            i, j = (places[place] for place in divmod(int(at), len(places)))
            low = max(encoding.offsets[i][0] - shift, 0)
            high = min(encoding.offsets[j][1] - shift, length)
            found.append(Span(low, high, float(scores[at])))
    return tuple(found) or (Span(0, length, -1e3),)
