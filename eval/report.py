"""The page of a run that one forwards: figures, plots, slices, what went wrong.

Knows outcomes and the object of metrics.json. Everything shown passes through the template's escaping.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from eval import plots
from eval.judge import wrong_values
from eval.measures import BY_KEY, GROUPS, MEASURES
from eval.metrics import Outcome
from eval.ranking import CUTS
from eval.slicing import DIMENSIONS, TYPES, label_of

TEMPLATE = "report.html.j2"
GATES = ("quote_integrity", "citation_contains_answer")
CARDS = ("answer_right", "citation_right", "right_and_cited", "noans", "false_refusal", "false_answer")
DISTURBANCES = {"traditional": "改用繁体", "full_width": "改用全角数字", "typo": "一个错别字"}
KINDS = {
    "crashed": ("出错未答", "crashed"),
    "false_answer": ("误答：文件没有答案却作答", "answered, should have refused"),
    "wrong_answer": ("答案不对", "wrong answer"),
    "wrong_citation": ("答案对，引文不对", "right answer, wrong citation"),
    "false_refusal": ("误拒：文件有答案却拒答", "refused, should have answered"),
}


@dataclass(frozen=True, slots=True)
class Quote:
    """A citation as shown: where it stands, and its text in stretches of which those marked are the answer's words."""

    n: int
    place: str
    pieces: tuple[tuple[str, bool], ...]


@dataclass(frozen=True, slots=True)
class Miss:
    """A question that went wrong: what was asked, said, quoted, and what was wanted."""

    outcome: Outcome
    kind: str
    answer: str
    quotes: tuple[Quote, ...]
    traps: tuple[str, ...]
    rank: str


def page(outcomes: Sequence[Outcome], metrics: Mapping[str, Any]) -> str:
    """The whole of report.html, self-contained: no script, no font, no picture from elsewhere."""
    folder = Path(__file__).parent
    environment = Environment(
        loader=FileSystemLoader(folder),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= {"percent": _percent, "decimal": _decimal, "figure": _figure}
    environment.policies["json.dumps_kwargs"] = {"ensure_ascii": False}
    figures = metrics["figures"]
    misses = [miss for row in outcomes if (miss := _miss(row))]
    return environment.get_template(TEMPLATE).render(
        m=metrics,
        figures=figures,
        by_key=BY_KEY,
        cards=[key for key in CARDS if key in figures],
        gates=[(key, figures[key]["value"] >= 1.0 - 1e-9) for key in GATES if key in figures],
        groups=_groups(figures),
        cuts=CUTS,
        plots=_plots(metrics),
        dimensions=DIMENSIONS,
        types=TYPES,
        label_of=label_of,
        disturbances=DISTURBANCES,
        misses={kind: [miss for miss in misses if miss.kind == kind] for kind in KINDS},
        kinds=KINDS,
        missed=len(misses),
    )


def _groups(figures: Mapping[str, Any]) -> list[tuple[tuple[str, str], list[Any]]]:
    out = []
    for group, names in GROUPS.items():
        measures = [m for m in MEASURES if m.group == group and m.key in figures and not _is_cut(m.key)]
        if measures:
            out.append((names, measures))
    return out


def _is_cut(key: str) -> bool:
    return key.split("@")[0] in {"recall", "success", "answer"}


def _plots(metrics: Mapping[str, Any]) -> list[plots.Plot]:
    out = []
    if metrics["risk_coverage"]:
        out += [plots.risk_coverage(metrics["risk_coverage"]), plots.reliability(metrics["reliability"])]
    if any(_is_cut(key) for key in metrics["figures"]):
        out.append(plots.by_cut(metrics["figures"], CUTS))
    if metrics["latency_ms"]:
        out.append(plots.latency(metrics["latency_ms"]))
    return out


def _miss(row: Outcome) -> Miss | None:
    if row.verdict.both:
        return None
    given = row.prediction or {}
    if row.values["crashed"]:
        kind = "crashed"
    elif row.verdict.refused:
        kind = "false_refusal"
    elif not row.question.answerable:
        kind = "false_answer"
    else:
        kind = "wrong_citation" if row.verdict.answer else "wrong_answer"
    shown = given.get("related" if kind == "false_refusal" else "citations") or []
    traps = tuple(wrong_values(row.question, given.get("answer") or ""))
    return Miss(row, kind, given.get("answer") or "", tuple(map(_quote, shown)), traps, _rank(row))


def _quote(citation: Mapping[str, Any]) -> Quote:
    text, start = citation.get("quote") or "", citation.get("start") or 0
    pieces, at = [], 0
    for a, b in sorted(citation.get("marks") or ()):
        a, b = max(a - start, at), min(b - start, len(text))
        if a < b:
            pieces += [(text[at:a], False), (text[a:b], True)]
            at = b
    pieces.append((text[at:], False))
    path = [citation.get("title") or citation.get("document") or "", *(citation.get("section") or ())]
    place = " \u203a ".join(part for part in path if part)
    return Quote(citation.get("n") or 0, place, tuple(piece for piece in pieces if piece[0]))


def _rank(row: Outcome) -> str:
    """Where the evidence first stood among the passages, in words; it tells a failure to find from one to read."""
    if "mrr@10" not in row.values:
        return ""
    reciprocal = row.values["mrr@10"]
    return f"依据排在检索结果第 {round(1 / reciprocal)} 位" if reciprocal else "依据不在检索结果前 10 位"


def _percent(value: float | None, digits: int = 1) -> str:
    if value is None:
        return "–"
    return f"{100 * value:.0f}%" if value in (0.0, 1.0) else f"{100 * value:.{digits}f}%"


def _figure(value: float | None, key: str) -> str:
    return _percent(value) if key not in BY_KEY or BY_KEY[key].share else _decimal(value)


def _decimal(value: float | None, digits: int = 3) -> str:
    return "–" if value is None else f"{value:.{digits}f}"
