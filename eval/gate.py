"""Bounds on a run's figures, for a script to stop at. Knows the objects of metrics.json.

A gate file is JSON: `{"gates": [{"measure": "answer_right", "at_least": 0.8, "margin": 0.02}, ...]}`. `measure` is a
key of `figures`, or a path such as `latency_ms.total.p95` or `slices.type.number.answer_right`. Each gate has one bound
or more: `at_least`, `at_most` (on run B alone) and `margin` (how far B may be worse than A). Quotes are gated always:
`quote_integrity` and `citation_contains_answer` must be 1.0, named in the file or not.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from eval.measures import BY_KEY
from index.errors import UserError

_BOUNDS = ("at_least", "at_most", "margin")
_SLACK = 1e-9  # figures are stored rounded


class Measured(Protocol):
    """A run whose `metrics` is the object of metrics.json."""

    @property
    def metrics(self) -> Mapping[str, Any]: ...


@dataclass(frozen=True, slots=True)
class Gate:
    """Bounds on one figure; None where there is no such bound."""

    measure: str
    at_least: float | None = None
    at_most: float | None = None
    margin: float | None = None


ALWAYS = (Gate("quote_integrity", at_least=1.0), Gate("citation_contains_answer", at_least=1.0))


def read_gates(path: Path) -> tuple[Gate, ...]:
    """The gates of a file, after those that hold always. UserError when it is not a gate file."""
    wanted = '{"gates": [{"measure": NAME, "at_least" | "at_most" | "margin": NUMBER}]}'
    try:
        data = json.loads(path.read_text(encoding="utf-8"))
        return ALWAYS + tuple(_gate(row) for row in data["gates"])
    except OSError as error:
        raise UserError(f"no gate file at {path} ({error.strerror})", wanted, "Check the path.") from None
    except (ValueError, KeyError, TypeError) as error:
        raise UserError(f"{path} is not a gate file ({error})", wanted, "Mend the file.") from None


def broken(gates: Sequence[Gate], before: Measured, after: Measured) -> list[str]:
    """One line for each bound that run `after` breaks, in the gates' order; so does a figure that it lacks."""
    out = []
    for gate in gates:
        value, old = figure(after.metrics, gate.measure), figure(before.metrics, gate.measure)
        if value is None:
            # Of no answers at all nothing can be quoted wrongly; only a gate that the file names must be measured.
            out += [] if gate in ALWAYS else [f"{gate.measure} was not measured"]
            continue
        if gate.at_least is not None and value < gate.at_least - _SLACK:
            out.append(f"{gate.measure} is {value:.4g}, wanted at least {gate.at_least:.4g}")
        if gate.at_most is not None and value > gate.at_most + _SLACK:
            out.append(f"{gate.measure} is {value:.4g}, wanted at most {gate.at_most:.4g}")
        if gate.margin is not None and old is not None:
            worse = (old - value) if _more_is_better(gate.measure) else (value - old)
            if worse > gate.margin + _SLACK:
                out.append(f"{gate.measure} went from {old:.4g} to {value:.4g}, beyond its margin of {gate.margin:.4g}")
    return out


def figure(metrics: Mapping[str, Any], measure: str) -> float | None:
    """The value of a figure by key or path, None when the run did not measure it."""
    found: Any = metrics.get("figures", {}).get(measure)
    if found is None:
        found = metrics
        for part in measure.split("."):
            found = found.get(part) if isinstance(found, Mapping) else None
    value = found.get("value") if isinstance(found, Mapping) else found
    return float(value) if isinstance(value, (int, float)) and not isinstance(value, bool) else None


def _gate(row: Mapping[str, Any]) -> Gate:
    unknown = set(row) - {"measure", *_BOUNDS}
    bounds = {name: float(row[name]) for name in _BOUNDS if name in row}
    if unknown or not bounds:
        raise ValueError(f"gate {dict(row)} has {'unknown keys' if unknown else 'no bound'}")
    return Gate(str(row["measure"]), **bounds)


def _more_is_better(measure: str) -> bool:
    # Of a path the last name decides; a latency or a size, which is no measure of ours, is better when less.
    known = BY_KEY.get(measure.split(".")[-1])
    return known.up if known else False
