"""Which of a passage's spans is meant: the one whose clause speaks of the year that is asked about."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any, cast

import pytest

from index.records import Document, Hit, Passage, Section
from index.textmap import identity
from qa.confidence import FEATURES, FLAT, Calibration, candidates
from qa.question import understand
from qa.reader import Reading, Span

PLAIN = Calibration(0.1, 0.4, 1.4, 1.0, 0.0, (FLAT,) * len(FEATURES), 0.0, 0.5)
TEXT = "抓好续建高铁，今年建成甲乙、丙丁高铁，里程突破3400公里，2027年、2028年分别建成戊己、庚辛高铁，比2020年翻番。"


def ordered(question: str, spans: list[str]) -> list[str]:
    """The spans, which the reader scored ever lower, in the order in which they may answer."""
    section = Section((), 0, len(TEXT), "body", "2026 plan")
    report = Document("x", "x", TEXT, 2026, "", "", "", (section,), (), (), identity(TEXT), "x", "utf-8", "0" * 64)
    places = [(TEXT.index(span), TEXT.index(span) + len(span)) for span in spans]
    scored = tuple(Span(start, end, 9.0 - rank) for rank, (start, end) in enumerate(places))
    reading = Reading(Hit(Passage("x", 0, len(TEXT)), 1.0), 5.0, scored)
    index = cast(Any, SimpleNamespace(documents={"x": report}))
    found = candidates(understand(question).parts[0], [reading], index, PLAIN)
    return [TEXT[c.span.start : c.span.end] for c in found]


@pytest.mark.parametrize(
    ("question", "spans", "first"),
    [
        ("今年能建成哪两条高铁", ["戊己、庚辛", "甲乙、丙丁"], "甲乙、丙丁"),
        ("2026年建成哪两条高铁", ["戊己、庚辛", "甲乙、丙丁"], "甲乙、丙丁"),
        ("2027年建成哪条高铁", ["戊己、庚辛", "甲乙、丙丁"], "戊己、庚辛"),
        # A span over clauses of several years is as wrong; one of no year is not; nor is one only compared with a year.
        ("今年能建成哪两条高铁", ["甲乙、丙丁高铁，里程突破3400公里，2027年", "甲乙、丙丁"], "甲乙、丙丁"),
        ("今年里程多长", ["3400公里", "甲乙、丙丁"], "3400公里"),
        ("今年怎么样", ["翻番", "甲乙、丙丁"], "翻番"),
        ("能建成哪两条高铁", ["戊己、庚辛", "甲乙、丙丁"], "戊己、庚辛"),
    ],
)
def test_a_span_of_another_year_goes_behind(question: str, spans: list[str], first: str) -> None:
    assert ordered(question, spans)[0] == first
