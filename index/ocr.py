"""Pictures of pages become the runs of characters on them, where the extra `[ocr]` is installed. Knows no file format.

The only importer of rapidocr, whose models come inside its wheel; without it `available` is false and nothing works.
"""

from __future__ import annotations

from functools import cache
from importlib.util import find_spec
from statistics import median
from typing import Any

from index.layout import PageRuns, Run

SCALE = 150 / 72  # pixels a point: finer pictures were not read better
MOST_PAGES = 20  # of a file; a page takes about seven seconds of one core
_SURE = 0.5  # lines read with less confidence are specks and seals
_ALIKE = 0.3  # heights of lines this near to each other are those of one font
Picture = Any  # rows of pixels as a numpy array, which the recogniser takes as it comes


def available() -> bool:
    """Whether the recogniser is installed."""
    return find_spec("rapidocr") is not None


def recognise(picture: Picture, width: float, height: float) -> PageRuns:
    """The lines of a picture of a page that is `width` by `height` points, drawn with SCALE pixels a point."""
    found = _engine()(picture)
    if found.boxes is None:
        return PageRuns(width, height, ())
    lines = [
        (box, text)
        for box, text, score in zip(found.boxes, found.txts, found.scores, strict=True)
        if score >= _SURE and text.strip()
    ]
    usual = median((_height(box) for box, _ in lines)) if lines else 0.0
    return PageRuns(width, height, tuple(_run(box, text, height, usual) for box, text in lines))


def _run(box: Any, text: str, height: float, usual: float) -> Run:
    left, right = (box[0][0] + box[3][0]) / 2, (box[1][0] + box[2][0]) / 2
    middle = height - float(sum(corner[1] for corner in box)) / 4 / SCALE
    own = _height(box)
    size = usual if abs(own - usual) < _ALIKE * usual else own
    return Run(text, float(left) / SCALE, float(right) / SCALE, middle - size / 2, middle + size / 2, size)


def _height(box: Any) -> float:
    """The height of a line's box in points, at its middle: a page that lies askew makes its corners reach higher."""
    return float(box[2][1] + box[3][1] - box[0][1] - box[1][1]) / 2 / SCALE


@cache
def _engine() -> Any:
    from rapidocr import RapidOCR

    return RapidOCR(params={"Global.log_level": "error", "Global.use_cls": False})
