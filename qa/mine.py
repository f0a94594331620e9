"""Question rows + an index → training examples with hard negatives: the passages that our own search puts on top.

`python -m qa.mine` writes them as JSON Lines for `qa.train`; with `--elsewhere` each question is put to another report,
where nobody knows what answers it. Knows the index and the question files, no network.
"""

from __future__ import annotations

import argparse
import json
import random
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from index.fold import fold
from index.records import Document, Passage
from index.store import Index, open_index
from qa.each import without_place
from qa.examples import Candidate, Example, read_rows
from qa.inputs import asked_of, heading
from qa.question import understand

NEGATIVES = 12  # of the search's best passages that do not answer, kept for sampling
CONTEXT = 20  # hits looked at
SEED = 5
ELSEWHERE = 8  # the search's best passages of another report


def mine(rows: Sequence[dict[str, Any]], index: Index) -> Iterator[dict[str, Any]]:
    """For every row whose document is indexed: words, gold candidates and negatives, hardest first."""
    for row in rows:
        document = index.documents.get(row["doc"])
        if document is None:
            continue
        words = _words(row)
        hits = [hit.passage for hit in index.search(words, CONTEXT, (document.id,))]
        own = [p for p in index.passages if p.document == document.id]
        gold, near = _gold(row, document, own), _touching(row.get("near", ()), document, own)
        if row["evidence"] and not gold:
            continue
        touched = {*gold, *_touching(row["evidence"], document, own)}
        # A passage that repeats the answer's evidence elsewhere is no negative; neither is the other half of a cut one.
        negatives = [p for p in dict.fromkeys([*near, *hits]) if p not in touched and not _repeats(row, document, p)]
        yield {
            "id": row["id"],
            "doc": document.id,
            "type": row["type"],
            "words": asked_of(words, document.year),
            "gold": [[heading(document, p), document.text[p.start : p.end], span] for p, span in gold.items()],
            "negatives": [[heading(document, p), document.text[p.start : p.end]] for p in negatives[:NEGATIVES]],
        }


def mine_elsewhere(rows: Sequence[dict[str, Any]], index: Index, rng: random.Random) -> Iterator[dict[str, Any]]:
    """Every row's question put to another of the documents that `rows` are about, without labels.

    Places and years are told as that report tells them. `of` names the document that the question was written for.
    """
    asked = [row for row in rows if row["doc"] in index.documents]
    among = sorted({row["doc"] for row in asked})
    for row in asked:
        place = index.documents[row["doc"]].place
        document = index.documents[rng.choice([one for one in among if one != row["doc"]])]
        words = without_place(_words(row), [place] if place else [])
        hits = [hit.passage for hit in index.search(words, ELSEWHERE, (document.id,))]
        yield {
            "id": row["id"],
            "doc": document.id,
            "of": row["doc"],
            "type": row["type"],
            "words": asked_of(words, document.year),
            "gold": [],
            "negatives": [[heading(document, p), document.text[p.start : p.end]] for p in hits],
            "labelled": False,
        }


def sample(mined: dict[str, Any], size: int, rng: random.Random) -> Example:
    """An example of at most `size` candidates: the gold ones, and negatives of which the hardest come most often."""
    gold = [Candidate(h, text, True, tuple(span) if span else None) for h, text, span in mined["gold"]]
    rng.shuffle(gold)
    gold = gold[: size - 1]
    pool = [Candidate(h, text, False) for h, text in mined["negatives"]]
    # The weight of rank r is 1 / (r + 2): the first is four times as frequent as the seventh.
    keyed = sorted(range(len(pool)), key=lambda r: rng.random() ** (r + 2.0), reverse=True)
    candidates = (*gold, *(pool[r] for r in keyed[: size - len(gold)]))
    return Example(mined["words"], candidates, mined.get("labelled", True))


def _words(row: dict[str, Any]) -> str:
    """The question as the reader sees it; one of several parts stays whole here, since its evidence is for all."""
    parts = understand(row["question"], row.get("history", ())).parts
    return parts[0].words if len(parts) == 1 else fold(row["question"]).strip()


def _gold(row: dict[str, Any], document: Document, own: Sequence[Passage]) -> dict[Passage, tuple[int, int] | None]:
    """The passages that answer, with the answer's span in each."""
    answers = sorted({*row.get("answers", ()), *row.get("answers_all", ())}, key=lambda a: -len(a))
    found: dict[Passage, tuple[int, int] | None] = {}
    for evidence in row["evidence"]:
        at = document.text.find(evidence)
        if at < 0:
            continue
        end = at + len(evidence)
        spans = [(at + i, at + i + len(a)) for a in answers if (i := evidence.find(a)) >= 0]
        if len(row.get("answers_all", ())) > 1 and len(spans) > 1 and row["type"] == "list":
            spans = [(min(a for a, _ in spans), max(b for _, b in spans))]
        if not spans:
            continue
        start, stop = spans[0]
        for passage in own:
            if passage.start <= start and stop <= passage.end:
                found[passage] = (start - passage.start, stop - passage.start)
            elif passage.start <= start < passage.end and end > passage.start:
                found[passage] = (start - passage.start, passage.end - passage.start)
    return found


def _touching(texts: Sequence[str], document: Document, own: Sequence[Passage]) -> list[Passage]:
    out = []
    for text in texts:
        at = document.text.find(text)
        if at >= 0:
            out += [p for p in own if p.start < at + len(text) and p.end > at]
    return out


def _repeats(row: dict[str, Any], document: Document, passage: Passage) -> bool:
    words = document.text[passage.start : passage.end]
    return any(evidence[:24] in words or evidence[-24:] in words for evidence in row["evidence"])


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m qa.mine", description=__doc__)
    parser.add_argument("questions", type=Path, nargs="+")
    parser.add_argument("--index", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--elsewhere", action="store_true", help="put each question to another report instead")
    options = parser.parse_args(arguments)
    rows = [row for path in options.questions for row in read_rows(path)]
    index = open_index(options.index)
    found = mine_elsewhere(rows, index, random.Random(SEED)) if options.elsewhere else mine(rows, index)
    count = 0
    with options.out.open("w", encoding="utf-8") as out:
        for mined in found:
            out.write(json.dumps(mined, ensure_ascii=False) + "\n")
            count += 1
    print(f"{count} of {len(rows)} questions", file=sys.stderr)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
