"""Run and qrels files as trec_eval reads them. Knows rankings; writes text."""

from __future__ import annotations

import re
from collections.abc import Iterable

from eval.ranking import Ranked


def run_lines(rankings: Iterable[Ranked], tag: str = "wenbao") -> str:
    """`qid Q0 docno rank score tag`, best first; the score is the number of items from this one to the last.

    A name's blanks become `_`, since the format's fields are parted by blanks.
    """
    return "".join(
        f"{_name(r.id)} Q0 {_name(item)} {rank} {len(r.items) - rank + 1} {tag}\n"
        for r in rankings
        for rank, item in enumerate(r.items, 1)
    )


def qrels_lines(rankings: Iterable[Ranked]) -> str:
    """`qid 0 docno 1` for each evidence string."""
    return "".join(f"{_name(r.id)} 0 {_name(item)} 1\n" for r in rankings for item in r.relevant)


def _name(text: str) -> str:
    return re.sub(r"\s", "_", text)
