"""The few lines that a run prints. Knows the object of metrics.json."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from eval.measures import BY_KEY

_SHOWN = (
    *("overall_right", "right_and_cited", "answer_right", "citation_right", "noans", "false_refusal", "false_answer"),
    *("crashed", "cmrc_f1", "number_accuracy", "quote_integrity", "citation_contains_answer", "coverage"),
    *("selective_risk", "coverage_at_5_risk", "ece", "recall@5", "mrr@10"),
)


def summary(metrics: Mapping[str, Any]) -> str:
    """One line a figure: its name, value, 95 % interval and N; then latency."""
    figures = metrics["figures"]
    out = [_line(key, figures[key]) for key in _SHOWN if key in figures]
    total = metrics["latency_ms"].get("total")
    if total:
        p50, p95, p99 = (total[p]["value"] for p in ("p50", "p95", "p99"))
        out.append(f"latency ms: p50 {p50:.0f}, p95 {p95:.0f}, p99 {p99:.0f}")
    return "\n".join(out)


def _line(key: str, figure: Mapping[str, Any]) -> str:
    span = "" if figure["low"] is None else f"[{figure['low']:.3f}, {figure['high']:.3f}]"
    return f"{key:25s} {figure['value']:6.3f}  {span:16s} N={figure['n']:<4d} {BY_KEY[key].en}"
