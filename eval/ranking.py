"""Ranking measures over the passages that the answer was read from. Only importer of ir_measures.

What is retrieved is evidence, not passages: each evidence string of a question is one relevant item, and a passage that
covers it stands for it. So the figures survive another way of cutting passages, and a second passage over the same
evidence gains nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import ir_measures
from ir_measures import AP, RR, R, Success, nDCG

from eval.judge import LISTED
from eval.matching import contains
from eval.places import Atlas
from eval.questions import Question

CUTS = (1, 3, 5, 10, 20)
MEASURES = {
    **{f"recall@{k}": R @ k for k in CUTS},
    **{f"success@{k}": Success @ k for k in CUTS},
    "mrr@10": RR @ 10,
    "ndcg@10": nDCG @ 10,
    "map": AP,
}


@dataclass(frozen=True, slots=True)
class Ranked:
    """One question's ranking in TREC's terms: `items` best first, of which `relevant` are wanted."""

    id: str
    items: tuple[str, ...]
    relevant: tuple[str, ...]


def ranked(question: Question, hits: Sequence[tuple[str, int, int]], atlas: Atlas) -> Ranked:
    """The ranking of `hits` `(document, start, end)`, best first, with evidence in the place of the passages over it.

    A hit that covers several strings of evidence stands for each, in their order; a hit that covers none, or none that
    was not covered before, keeps its own name `document:start-end`.
    """
    names = [f"{question.id}#e{number}" for number in range(1, len(question.evidence) + 1)]
    items: list[str] = []
    for document, start, end in hits:
        covered = [
            name
            for name, text in zip(names, question.evidence, strict=True)
            if name not in items and atlas.covers(document, start, end, text, question.documents)
        ]
        own = f"{document}:{start}-{end}"
        items += covered or ([own] if own not in items else [])
    return Ranked(question.id, tuple(items), tuple(names))


def ranking_values(rankings: Iterable[Ranked]) -> dict[str, dict[str, float]]:
    """For each question id, the value of every measure in `MEASURES`, as trec_eval and ir-measures define them.

    Recall@k: share of the relevant items among the first k. Success@k: 1 when any is. MRR@10: one over the rank of the
    first, 0 beyond ten. nDCG@10: gain 1, discount log2(rank + 1), over the ideal order (Järvelin and Kekäläinen 2002).
    MAP: mean of the precisions at the relevant items' ranks. A question without hits scores 0 in all of them.
    """
    rankings = list(rankings)
    values = {ranking.id: dict.fromkeys(MEASURES, 0.0) for ranking in rankings}
    names = {measure: name for name, measure in MEASURES.items()}
    qrels = [ir_measures.Qrel(r.id, item, 1) for r in rankings for item in r.relevant]
    run = [
        ir_measures.ScoredDoc(r.id, item, float(len(r.items) - rank))
        for r in rankings
        for rank, item in enumerate(r.items)
    ]
    if qrels:
        for metric in ir_measures.iter_calc(list(MEASURES.values()), qrels, run):
            values[metric.query_id][names[metric.measure]] = float(metric.value)
    return values


def answer_at(question: Question, passages: Sequence[str]) -> Mapping[str, float]:
    """answer@k for each k of `CUTS`: 1.0 when the first k passages' texts contain an accepted answer.

    Top-k accuracy of DPR (Karpukhin et al. 2020); of a question that wants all of a list, 80 % of it over the k texts.
    """
    out = {}
    for k in CUTS:
        texts = passages[:k]
        if question.answers_all:
            found = sum(any(contains(text, item) for text in texts) for item in question.answers_all)
            out[f"answer@{k}"] = float(found / len(question.answers_all) >= LISTED)
        else:
            out[f"answer@{k}"] = float(any(contains(text, gold) for text in texts for gold in question.answers))
    return out
