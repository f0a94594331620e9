"""From what was read to one number: which span answers a part of a question, and how likely it is right.

The only place with weights and the threshold; they lie in `qa/model/calibration.json`, fitted by `eval.calibrate`.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Sequence, Set
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from index.fold import fold
from index.records import Document, Passage
from index.split import clauses
from index.store import Index
from qa.finish import plain
from qa.glossary import asked_entry, definition
from qa.own_place import own_places
from qa.question import Part, years_named
from qa.reader import BUNDLED, Reading, Span
from qa.synonyms import expanded
from qa.typed import contradicts, tells_number, tells_time, unit_fit
from qa.whose import asks_growth, of_other_name, pace_told
from qa.wording import whole_figure

FEATURES = ("relevance", "span", "gap", "period", "search", "figure", "unit", "own_place", "mass")
OWN_PLACE = 6.0  # what the report's own place for what is asked gains over any other: the glossary's entry, say
NO_FIGURE = 10.0  # what a span without a figure loses where one is asked for: any with one goes before it
LONGEST_NUMBER = 40  # characters of a span that tells a number with the words around it
OTHER_YEAR = 1.0  # what a span loses whose clause names years of which none is asked
GAP = 5.0  # the lead over the next passage counts up to this, and is this where there is no next

Curve = tuple[tuple[float, float], ...]
FLAT: Curve = ((0.0, 0.0),)


@dataclass(frozen=True, slots=True)
class Candidate:
    """A span that may answer, the reading it comes from, and its signs, in the order of FEATURES."""

    document: str
    span: Span
    reading: Reading
    signs: tuple[float, ...]
    score: float


@dataclass(frozen=True)
class Calibration:
    """How candidates are ranked, how sure one is, and from where on it is given.

    A candidate's score is relevance + `span` * span score + `search` * the hit's score + `period` * period fit +
    `unit` * the unit's fit + `figure` where a figure is asked for and told (less NO_FIGURE where it is not told).
    The confidence is a logistic function of `intercept` and of what each sign adds by its curve, in the order of
    FEATURES: a line through points (sign, logit), level beyond the first and the last.
    """

    span: float
    search: float
    period: float
    figure: float
    unit: float
    curves: tuple[Curve, ...]
    intercept: float
    threshold: float

    def confidence(self, candidate: Candidate) -> float:
        """The chance that the candidate's answer is right, in [0, 1]."""
        sum_ = self.intercept + sum(
            float(np.interp(sign, [x for x, _ in curve], [y for _, y in curve]))
            for curve, sign in zip(self.curves, candidate.signs, strict=True)
        )
        return round(1 / (1 + math.exp(-max(min(sum_, 30.0), -30.0))), 4)


def load_calibration(folder: Path = BUNDLED) -> Calibration:
    """The calibration that lies beside the reader's weights."""
    value = json.loads((folder / "calibration.json").read_text(encoding="utf-8"))
    value["curves"] = tuple(tuple(map(tuple, value["curves"][name])) for name in FEATURES)
    return Calibration(**value)


def candidates(part: Part, readings: Sequence[Reading], index: Index, calibration: Calibration) -> list[Candidate]:
    """All spans that may answer `part`, best first; the first one's signs hold its lead over the next passage."""
    found: list[Candidate] = []
    mass = math.log(sum(math.exp(min(reading.relevance, 30.0)) for reading in readings)) if readings else 0.0
    named = dict.fromkeys(reading.hit.passage.document for reading in readings)
    names = expanded(part.asked) if part.kind == "number" else ""
    places = own_places((index.documents[name] for name in named), part)
    for reading in readings:
        document = index.documents[reading.hit.passage.document]
        period = period_fit(part, document, reading.hit.passage.start)
        passage = reading.hit.passage
        start, end = places.get(document.id, (0, 0))
        own = start < passage.end and passage.start < end
        text = plain(document, (passage.start, passage.end))
        spans = _bounded(part, text, _with_pace(part, names, document, passage, text, reading.spans))
        asked = part.years_in(document.year)
        entry = asked_entry(document, part.asked) if own and part.kind == "meaning" else None
        if entry:
            spans = (Span(*definition(document, entry, part.asked), spans[0].score),)
        for span in spans:
            figure, unit = _typed(part, names, text, span)
            score = (
                reading.relevance
                + calibration.span * span.score
                + calibration.search * reading.hit.score
                + calibration.period * period
                + (calibration.figure if figure >= 0 else NO_FIGURE) * figure
                + calibration.unit * unit
                + OWN_PLACE * own
                - OTHER_YEAR * _other_year(asked, document, passage, span)
            )
            signs = (reading.relevance, span.score, 0.0, period, reading.hit.score, figure, unit, float(own), mass)
            found.append(Candidate(document.id, span, reading, signs, score))
    found.sort(key=lambda c: (-c.score, c.document, c.span.start, c.span.end))
    rivals = [c.score for c in found if c.reading is not found[0].reading]
    for at, best in enumerate(found[:1]):
        lead = min(best.score - rivals[0], GAP) if rivals else GAP
        found[at] = replace(best, signs=(*best.signs[:2], lead, *best.signs[3:]))
    return found


def _other_year(asked: Set[int], document: Document, passage: Passage, span: Span) -> bool:
    """Whether a clause that the span touches names years, and none of those `asked`.

    雄商、济滨 of 今年建成雄商、济滨高铁，2027年建成津潍高铁 suits this year, 津潍 does not.
    A year that something is compared with does not count.
    """
    if not asked:
        return False
    told = clauses(document.text, passage.start, passage.end)
    touched = [fold(document.text[a:b]) for a, b in told if a < span.end and b > span.start]
    named = [years_named(_COMPARED.sub("", words), document.year) for words in touched]
    return any(years and not years & asked for years in named)


def _bounded(part: Part, text: str, spans: Sequence[Span]) -> Sequence[Span]:
    """The spans that stay within a sentence, and a number's within LONGEST_NUMBER; the first where none does."""
    if part.kind in ("why_how", "meaning"):
        return spans
    short = [span for span in spans if not _SENTENCE_END.search(text, span.start, span.end - 1)]
    if part.kind == "number":
        short = [span for span in short if span.end - span.start <= LONGEST_NUMBER]
    return short or spans[:1]


def _with_pace(
    part: Part, names: str, document: Document, passage: Passage, text: str, spans: Sequence[Span]
) -> Sequence[Span]:
    """The spans, and where a growth is told by 与经济增长基本同步 these words, for a reader that looks for figures.

    They take the place of the spans that touch them. What is told of another period than is asked for is not added.
    """
    pace = pace_told(names, text) if asks_growth(part.measured) else None
    if pace is None or period_fit(part, document, passage.start + pace[0]) < 0:
        return spans
    apart = [span for span in spans if span.end <= pace[0] or pace[1] <= span.start]
    return (Span(*pace, spans[0].score), *apart)


def _typed(part: Part, names: str, text: str, span: Span) -> tuple[float, float]:
    """1 where a span tells the type of value that is asked, -1 where not, 0 where any will do; and the unit's fit."""
    if part.kind == "when":
        return (1.0 if tells_time(text, span.start, span.end) else -1.0), 0.0
    if part.kind != "number":
        return 0.0, 0.0
    low, high = whole_figure(text, span.start, span.end)
    told = tells_number(text, span.start, span.end)
    told = told and not contradicts(part.measured, text[low:high], text[max(low - 12, 0) : low])
    told = told and not of_other_name(names, text, low, high)
    return (1.0 if told else -1.0), unit_fit(part.measured, text[low : high + 3])


def other_period(part: Part, found: Sequence[Candidate], index: Index, calibration: Calibration) -> Candidate | None:
    """The likeliest of `found` of the other tense than the first, for a number asked without year or tense; or None.

    Both must be of one document, and the other sure enough to be given alone.
    """
    if part.kind != "number" or part.tense or not found:
        return None
    document = index.documents[found[0].document]
    period = document.section_at(found[0].span.start).period
    if part.years_in(document.year) or not period:
        return None
    for candidate in found[1:]:
        other = document.section_at(candidate.span.start).period if candidate.document == document.id else ""
        if other and other.split()[-1] != period.split()[-1] and candidate.reading.relevance > 0:
            return candidate if calibration.confidence(candidate) >= calibration.threshold else None
    return None


def wants_figure(part: Part, best: Candidate) -> bool:
    """Whether `part` asks for a number or a time that its best candidate does not tell: nothing is then answered."""
    return best.signs[FEATURES.index("figure")] < 0


def period_fit(part: Part, document: Document, position: int) -> float:
    """How the period at `position` suits the part's years and tense: from -1 (contradicts) to 1; 0 without a sign.

    A sentence that names the year itself suits it whatever its section says.
    """
    asked = part.years_in(document.year)
    period = document.section_at(position).period
    if not period:
        return 0.0
    years, tense = period.rsplit(" ", 1)
    first, last = int(years[:4]), int(years[-4:])
    fit = 0.0
    if asked:
        named = any(str(year) in document.text[max(position - 40, 0) : position + 120] for year in asked)
        fit += 0.5 if named or any(first <= year <= last for year in asked) else -0.5
    if part.tense:
        fit += 0.5 if tense == part.tense else -0.5
    return fit


_SENTENCE_END = re.compile(r"[。！？\n]")
_COMPARED = re.compile(r"[比较从由自](?:(?:19|20)\d\d年|去年|上年|前年)")
_FLOW = re.compile(r"新增|新建|建成|改造|完成|增长|增速|下降|减少|投资")


def in_tense(part: Part, document: Document, position: int) -> bool:
    """False where `part` asks for what was reached and `position` lies in a plan, or for a past plan and it does not.

    A sentence that names a target is a plan's wherever it stands. What came about over several years is not what came
    about in one of them, unless the words say so.
    """
    period = document.section_at(position).period
    asked = part.years_in(document.year)
    around = document.text[max(position - 60, document.text.rfind("\n", 0, position) + 1) : position + 30]
    years = re.fullmatch(r"\d{4}-\d{4} result", period)
    one_year = part.kind == "number" and len(asked) == 1 and _FLOW.search(part.asked)
    named = any(str(year) in around for year in asked) or re.search("[去上今本]年|一年来", around)
    if years and one_year and not named:
        return False
    if not period or not part.tense or period.endswith(part.tense):
        return True
    if part.tense == "result":
        return part.kind != "number"
    return not asked or max(asked) >= document.year or bool(re.search("目标|预期|计划", around[-60:]))
