"""From figures to the coordinates of plots. Knows numbers and labels; the template draws, and escapes.

Drawn by hand as SVG through Jinja's template rather than by a plotting library: four small plots need no 40 MB, their
text stays text in the reader's own Chinese font, and they follow the page's colours and width.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import ceil, log10, sqrt
from typing import Any

WIDTH, HEIGHT = 440, 290
LEFT, RIGHT, TOP, BOTTOM = 48, 16, 16, 44


@dataclass(frozen=True, slots=True)
class Mark:
    """A dot of radius `size`, a bar of height `size` from `x` to `x2`, or a text (size 0), with its hover text."""

    x: float
    y: float
    size: float
    label: str
    style: str
    x2: float = 0.0


@dataclass(frozen=True, slots=True)
class Line:
    """A polyline in SVG's `points`, with its name in the legend ("" for a guide)."""

    points: str
    name: str
    style: str


@dataclass(frozen=True, slots=True)
class Plot:
    """All that is drawn, in pixels of the view box `WIDTH` x `HEIGHT` (y grows downwards)."""

    title: str
    subtitle: str
    x_label: str
    y_label: str
    x_ticks: tuple[tuple[float, str], ...]
    y_ticks: tuple[tuple[float, str], ...]
    lines: tuple[Line, ...] = ()
    dots: tuple[Mark, ...] = ()
    bars: tuple[Mark, ...] = ()
    texts: tuple[Mark, ...] = ()
    width: int = WIDTH
    height: int = HEIGHT
    left: int = LEFT


def risk_coverage(curve: Sequence[Sequence[float]]) -> Plot:
    """Risk against coverage, surest answers first; `curve` holds `(threshold, coverage, risk)`."""
    top = _ceiling(max((point[2] for point in curve), default=0.1))
    points = [(_x(coverage), _y(risk / top)) for _, coverage, risk in curve]
    dots = tuple(
        Mark(x, y, 2.2, f"可信度 ≥ {t:.2f}：作答 {c:.0%}，错误率 {r:.1%}", "a")
        for (x, y), (t, c, r) in zip(points, curve, strict=True)
    )
    last = dots[-1:] and (Mark(dots[-1].x, dots[-1].y, 6, dots[-1].label, "now"),)
    return Plot(
        "风险-作答率曲线",
        "Risk-coverage：只答最有把握的那部分问题时，其中有多少答错；大圆点为当前阈值",
        "作答率 coverage",
        "错误率 risk",
        _ticks([i / 4 for i in range(5)], _x),
        tuple((_y(i / 4), _percent(top * i / 4)) for i in range(5)),
        (
            Line(_points([(_x(0), _y(0.05 / top)), (_x(1), _y(0.05 / top))]), "", "guide"),
            Line(_points(points), "", "a"),
        ),
        dots + last,
        texts=(Mark(_x(1), _y(0.05 / top) - 4, 0, "5%", "end"),),
    )


def reliability(table: Sequence[Mapping[str, float]]) -> Plot:
    """Share right against mean confidence, one dot a bin, its area by the number of answers."""
    most = max((row["n"] for row in table), default=1)
    dots = tuple(
        Mark(
            _x(row["confidence"]),
            _y(row["right"]),
            4 + 10 * sqrt(row["n"] / most),
            f"可信度 {row['from']:.2f}–{row['to']:.2f}：{row['n']:.0f} 条，"
            f"平均 {row['confidence']:.2f}，答对 {row['right']:.0%}",
            "bubble",
        )
        for row in table
    )
    ticks = [i / 4 for i in range(5)]
    return Plot(
        "可信度校准",
        "Reliability：说“八成把握”的答案，是否真有八成答对；越近虚线越准，圆越大答案越多",
        "可信度 confidence",
        "实际答对 right",
        _ticks(ticks, _x),
        _ticks(ticks, _y),
        (Line(_points([(_x(0), _y(0)), (_x(1), _y(1))]), "", "guide"),),
        dots,
    )


def by_cut(figures: Mapping[str, Mapping[str, Any]], cuts: Sequence[int]) -> Plot:
    """Recall@k, Success@k and answer@k against k, on a row of equal steps."""
    lines, dots = [], []
    for prefix, name, style in (
        ("recall", "召回率 Recall", "a"),
        ("success", "命中率 Success", "b"),
        ("answer", "含答案 answer", "c"),
    ):
        found = [(i, k, figures[f"{prefix}@{k}"]["value"]) for i, k in enumerate(cuts) if f"{prefix}@{k}" in figures]
        points = [(_step(i, len(cuts)), _y(value)) for i, _, value in found]
        lines.append(Line(_points(points), name, style))
        dots += [
            Mark(x, y, 3.5, f"{name}@{k}：{v:.1%}", style) for (x, y), (_, k, v) in zip(points, found, strict=True)
        ]
    return Plot(
        "前 k 段检索结果",
        "Retrieval by k：前 k 段原文里有没有依据、有没有答案",
        "k",
        "",
        tuple((_step(i, len(cuts)), str(k)) for i, k in enumerate(cuts)),
        _ticks([i / 4 for i in range(5)], _y),
        tuple(lines),
        tuple(dots),
    )


def latency(stages: Mapping[str, Mapping[str, Mapping[str, Any]]]) -> Plot:
    """p50, p95 and p99 of each stage as one bar in three shades, milliseconds."""
    rows = [(stage, *_three(found)) for stage, found in stages.items()]
    top = _ceiling(max((row[3] for row in rows), default=1.0))
    left, step = 84, 34
    height = TOP + BOTTOM + step * max(len(rows), 2)

    def x(ms: float) -> float:
        return left + (WIDTH - left - RIGHT) * ms / top

    bars, texts = [], []
    for i, (stage, p50, p95, p99) in enumerate(rows):
        y = TOP + step * i + 7
        label = f"{stage}：p50 {p50:.1f}，p95 {p95:.1f}，p99 {p99:.1f} 毫秒"
        for value, style in ((p99, "p99"), (p95, "p95"), (p50, "p50")):
            bars.append(Mark(left, y, step - 14, label, style, x(value)))
        texts.append(Mark(left - 8, y + (step - 14) / 2 + 4, 0, "全程" if stage == "total" else stage, "end"))
    return Plot(
        "用时（毫秒）",
        "Latency by stage：深色 p50（一半问题快于此），中 p95，浅 p99",
        "毫秒 ms",
        "",
        tuple((x(top * i / 4), f"{top * i / 4:g}") for i in range(5)),
        (),
        bars=tuple(bars),
        texts=tuple(texts),
        height=height,
        left=left,
    )


def _three(found: Mapping[str, Mapping[str, Any]]) -> tuple[float, float, float]:
    return float(found["p50"]["value"]), float(found["p95"]["value"]), float(found["p99"]["value"])


def _x(share: float) -> float:
    return round(LEFT + (WIDTH - LEFT - RIGHT) * share, 2)


def _y(share: float) -> float:
    return round(TOP + (HEIGHT - TOP - BOTTOM) * (1 - share), 2)


def _step(i: int, n: int) -> float:
    return _x((i + 0.5) / n)


def _points(points: Sequence[tuple[float, float]]) -> str:
    return " ".join(f"{x:g},{y:g}" for x, y in points)


def _ticks(shares: Sequence[float], place: Any) -> tuple[tuple[float, str], ...]:
    return tuple((place(share), _percent(share)) for share in shares)


def _percent(share: float) -> str:
    return f"{100 * share:.3g}%"


def _ceiling(value: float) -> float:
    """The next of 1, 2, 4, 8 or 10 times a power of ten at or above `value`, so that quarters are round."""
    if value <= 0:
        return 1.0
    power = 10.0 ** ceil(log10(value) - 1)
    return next(round(step * power, 10) for step in (1, 2, 4, 8, 10, 20) if step * power >= value * (1 - 1e-9))
