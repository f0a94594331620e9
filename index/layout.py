"""Runs of characters on pages become paragraphs: columns in order, page furniture dropped, wrapped lines joined.

Pure geometry: knows no file format. Lengths are in points, y grows upward.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from index.content import Content

_FOLIO = re.compile(
    r"[-—―–~·• ]*(?:第 ?)?\d{1,4}(?: ?[页頁])?(?: ?[/,，] ?| ?共 ?\d{1,4} ?[页頁]| ?of ?\d{1,4})?[-—―–~·• ]*"
    r"|[-— ]*[ivxlcIVXLC]{1,7}[-— ]*|\d{1,4} ?/ ?\d{1,4}"
)
_EDGE_LINES = 3  # how many lines at the top and the bottom of a page may be its furniture
_OFTEN = 3  # pages on which a line has to recur to be a running head
_COLUMN_LINES = 6  # lines that each of two columns has to have
_NARROWEST = 10  # characters of a column whose lines are wrapped
_NEVER_FIRST = "，。；：、！？）》”’」』】,.;:!?)]%％‰"
_NUMBERED = re.compile(r"[（(]?[一二三四五六七八九十\d]{1,3}[）)、．.](?!\d)|第[一二三四五六七八九十]{1,3}[章节部]")


@dataclass(frozen=True, slots=True)
class Run:
    """Characters on one base line without a wide gap; `size` is the height of their font."""

    text: str
    left: float
    right: float
    bottom: float
    top: float
    size: float


@dataclass(frozen=True, slots=True)
class PageRuns:
    """The runs of one page in the order in which the file draws them."""

    width: float
    height: float
    runs: tuple[Run, ...]


@dataclass(frozen=True, slots=True)
class _Row:
    """A line of a page in reading order. `frame` names the column: rows of one frame share their margins.

    `aside` is what stands beside a line of prose and is none of it, such as the words under a picture.
    """

    run: Run
    page: int
    frame: tuple[int, int]
    aside: bool = False


def flow(pages: Sequence[PageRuns]) -> Content:
    """The text of the pages: one line a paragraph, with the offsets at which pages begin.

    A page that begins inside a paragraph begins inside its line; a page without text begins where the next one does.
    """
    rows: list[_Row] = []
    for number, page in enumerate(_without_furniture(pages)):
        rows += [_Row(run, number, (round(page.width), column), aside) for run, column, aside in _ordered(page)]
    margins = _margins([row for row in rows if not row.aside])
    rows = _set_aside(rows, margins)
    out: list[str] = []
    size, reached, starts = 0, 0, [0] * len(pages)
    for at, row in enumerate(rows):
        words = row.run.text.strip()
        if at:
            glue = _glue(out[-1], words) if _goes_on(rows[at - 1], row, margins) else "\n"
            out.append(glue)
            size += len(glue)
        while reached < row.page:
            reached += 1
            starts[reached] = size
        out.append(words)
        size += len(words)
    starts[reached + 1 :] = [size] * (len(pages) - reached - 1)
    return Content("".join(out) + ("\n" if out else ""), pages=tuple(starts))


def _set_aside(rows: Sequence[_Row], margins: dict[tuple[int, int], tuple[float, float, float]]) -> list[_Row]:
    """The rows with what stands beside a paragraph behind its last line."""
    ordered: list[_Row] = []
    waiting: list[_Row] = []
    for row in rows:
        if row.aside:
            waiting.append(row)
            continue
        if waiting and not (ordered and _goes_on(ordered[-1], row, margins)):
            ordered += waiting
            waiting = []
        ordered.append(row)
    return ordered + waiting


def _without_furniture(pages: Sequence[PageRuns]) -> list[PageRuns]:
    """The pages without running heads, running feet and page numbers."""
    edges = [_edges(page) for page in pages]
    often: Counter[tuple[str, int]] = Counter()
    for rows in edges:
        often.update({(_shape(text), _height(row)) for text, row in rows})
    freed = []
    for page, rows in zip(pages, edges, strict=True):
        dropped: set[int] = set()
        outermost = [min(rows, key=lambda r: r[1][0].bottom), max(rows, key=lambda r: r[1][0].bottom)] if rows else []
        for text, row in rows:
            near = sum(often[(_shape(text), _height(row) + step)] for step in (-1, 0, 1))
            folio = any(row is other for _, other in outermost) and _FOLIO.fullmatch(text.strip())
            if near >= _OFTEN or (folio and len(rows) > 1):
                dropped |= {id(run) for run in row}
        freed.append(replace(page, runs=tuple(run for run in page.runs if id(run) not in dropped)))
    return freed


def _edges(page: PageRuns) -> list[tuple[str, list[Run]]]:
    """The first and last lines of a page with their runs, where they lie in its outer fifths."""
    rows = _rows(page.runs)
    at_edge = []
    for at, row in enumerate(rows):
        outer = row[0].bottom > 0.8 * page.height if at < _EDGE_LINES else row[0].top < 0.2 * page.height
        if outer and (at < _EDGE_LINES or at >= len(rows) - _EDGE_LINES):
            at_edge.append((" ".join(run.text.strip() for run in row), row))
    return at_edge


def _shape(text: str) -> str:
    """A line with its figures made alike, so that page numbers inside a running head do not tell heads apart."""
    return re.sub(r"\d+", "#", "".join(text.split()))


def _height(row: Sequence[Run]) -> int:
    return round(row[0].bottom / 6)


def _rows(runs: Sequence[Run]) -> list[list[Run]]:
    """Runs that share a base line, from top to bottom, each row from left to right."""
    rows: list[list[Run]] = []
    for run in sorted(runs, key=lambda r: (-(r.bottom + r.top), r.left)):
        if rows and _level(rows[-1][0], run):
            rows[-1].append(run)
        else:
            rows.append([run])
    return [sorted(row, key=lambda r: r.left) for row in rows]


def _level(a: Run, b: Run) -> bool:
    """Whether two runs stand side by side: they share more than half of the lower one's height."""
    shared = min(a.top, b.top) - max(a.bottom, b.bottom)
    return shared > 0.5 * min(a.top - a.bottom, b.top - b.bottom)


def _ordered(page: PageRuns) -> list[tuple[Run, int, bool]]:
    """The lines of a page in reading order with their column, and whether they stand beside a line of prose.

    The column is 0 for the full width, 1 and 2 for left and right.
    """
    gutter = _gutter(page.runs)
    if gutter:
        return [(run, column, False) for run, column in _in_columns(page.runs, gutter)]
    rows = _rows(page.runs)
    width = max((r.right for r in page.runs), default=0) - min((r.left for r in page.runs), default=0)
    prose = sum(1 for row in rows if row[-1].right - row[0].left > 0.5 * width)
    if 2 * prose >= len(rows) or 2 * sum(1 for row in rows if len(row) > 1) < len(rows):
        return [line for row in rows for line in _with_asides(row)]
    # Boxes side by side, charts and loose tables: the file's own order keeps the lines of a box together.
    return [(run, 0, False) for run in _stacked(page.runs)]


def _with_asides(row: Sequence[Run]) -> Iterator[tuple[Run, int, bool]]:
    """The line of a row, then the runs that stand far from its widest one in another size."""
    widest = max(row, key=lambda r: r.right - r.left)
    far = [
        run
        for run in row
        if max(run.left - widest.right, widest.left - run.right) > 2 * widest.size
        and abs(run.size - widest.size) > 0.12 * widest.size
    ]
    yield _merged([run for run in row if run not in far]), 0, False
    for run in far:
        yield run, 0, True


def _gutter(runs: Sequence[Run]) -> float:
    """Where the right one of two columns of prose begins, or 0 where there are not two."""
    if len(runs) < 2 * _COLUMN_LINES:
        return 0
    first, last = min(r.left for r in runs), max(r.right for r in runs)
    middle = [round(r.left / 3) for r in runs if 0.4 < (r.left - first) / (last - first) < 0.65]
    if not middle:
        return 0
    gutter = Counter(middle).most_common(1)[0][0] * 3 - 3.0
    left = [r for r in runs if r.right <= gutter]
    right = [r for r in runs if r.left >= gutter]
    if min(len(left), len(right)) < _COLUMN_LINES or len(left) + len(right) < 0.85 * len(runs):
        return 0
    # Lines of prose fill their column; cells of a table seldom do.
    full = sum(1 for side in (left, right) for r in side if r.right > max(o.right for o in side) - 2 * r.size)
    return gutter if full > 0.5 * (len(left) + len(right)) else 0


def _in_columns(runs: Sequence[Run], gutter: float) -> Iterator[tuple[Run, int]]:
    """Left column, then right; a line across both ends them."""
    left: list[list[Run]] = []
    right: list[list[Run]] = []
    for row in _rows(runs):
        if any(r.left < gutter < r.right for r in row):
            yield from [(_merged(r), 1) for r in left] + [(_merged(r), 2) for r in right] + [(_merged(row), 0)]
            left, right = [], []
            continue
        for side, part in (
            (left, [r for r in row if r.right <= gutter]),
            (right, [r for r in row if r.left >= gutter]),
        ):
            if part:
                side.append(part)
    yield from [(_merged(r), 1) for r in left] + [(_merged(r), 2) for r in right]


def _stacked(runs: Sequence[Run]) -> Iterator[Run]:
    """Runs in the file's order, neighbours on one base line made one."""
    row: list[Run] = []
    for run in runs:
        if row and not (_level(row[-1], run) and run.left >= row[-1].right):
            yield _merged(row)
            row = []
        row.append(run)
    if row:
        yield _merged(row)


def _merged(row: Sequence[Run]) -> Run:
    return Run(
        " ".join(run.text.strip() for run in row),
        min(run.left for run in row),
        max(run.right for run in row),
        min(run.bottom for run in row),
        max(run.top for run in row),
        max(run.size for run in row),
    )


def _margins(rows: Sequence[_Row]) -> dict[tuple[int, int], tuple[float, float, float]]:
    """Of each frame: the left margin of most of its lines, the right end of its full lines, the usual line pitch."""
    frames: dict[tuple[int, int], list[_Row]] = defaultdict(list)
    for row in rows:
        frames[row.frame].append(row)
    margins = {}
    for frame, own in frames.items():
        rights = sorted(row.run.right for row in own)
        right = rights[min(len(rights) * 19 // 20, len(rights) - 1)]
        long = [row.run for row in own if row.run.right > right - 2 * row.run.size] or [row.run for row in own]
        left = Counter(round(run.left / 2) for run in long).most_common(1)[0][0] * 2.0
        below = [(a.run.bottom, b.run.bottom) for a, b in pairwise(own) if a.page == b.page]
        steps = [round(a - b, 1) for a, b in below if a > b]
        margins[frame] = (left, right, Counter(steps).most_common(1)[0][0] if steps else 0.0)
    return margins


def _goes_on(row: _Row, follower: _Row, margins: dict[tuple[int, int], tuple[float, float, float]]) -> bool:
    """Whether `follower` goes on with the paragraph of `row`: `row` fills its line and `follower` is not set apart."""
    a, b = row.run, follower.run
    if row.aside or follower.aside or abs(a.size - b.size) > 0.12 * max(a.size, b.size):
        return False
    left, right, pitch = margins[row.frame]
    own_left = margins[follower.frame][0]
    if a.right < right - 2.2 * a.size or right - left < _NARROWEST * a.size:
        return False
    step = max(min(pitch, 2.2 * a.size), a.size)
    if row.page == follower.page and row.frame == follower.frame and a.bottom - b.bottom > 1.35 * step:
        return False
    if b.text[0] in _NEVER_FIRST:
        return True
    if b.left < a.left - 3 * a.size and a.left > left + 0.9 * a.size:
        return False
    if b.left <= own_left + 0.9 * b.size:
        # A list under a hanging indent, or paragraphs without indent: a numbered line begins anew after a full stop.
        return not (a.text.rstrip()[-1:] in "。；;！？" and _NUMBERED.match(b.text.strip()))
    indented = abs(a.left - b.left) < 0.5 * a.size and a.left > left + 0.9 * a.size  # a block set in from the margin
    centred = abs((a.left + a.right) - (b.left + b.right)) < 2 * a.size
    return (indented and a.text.rstrip()[-1:] not in "。；;：:") or (centred and a.right - a.left > b.right - b.left)


def _glue(before: str, after: str) -> str:
    """A space where a line of Latin words was broken; nothing between Chinese characters and figures."""
    return " " if _latin(before[-1:]) and _latin(after[:1]) else ""


def _latin(character: str) -> bool:
    return character.isascii() and character.isalpha()
