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


AIMS = "今年目标是：生产总值增长6%，居民收入增长与经济增长基本同步，投资增长12%。"


def ordered(question: str, spans: list[str], text: str = TEXT) -> list[str]:
    """The spans, which the reader scored ever lower, in the order in which they may answer."""
    section = Section((), 0, len(text), "body", "2026 plan")
    report = Document("x", "x", text, 2026, "", "", "", (section,), (), (), identity(text), "x", "utf-8", "0" * 64)
    places = [(text.index(span), text.index(span) + len(span)) for span in spans]
    scored = tuple(Span(start, end, 9.0 - rank) for rank, (start, end) in enumerate(places))
    reading = Reading(Hit(Passage("x", 0, len(text)), 1.0), 5.0, scored)
    index = cast(Any, SimpleNamespace(documents={"x": report}))
    found = candidates(understand(question).parts[0], [reading], index, PLAIN)
    return [text[c.span.start : c.span.end] for c in found]


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


def test_a_growth_told_without_a_figure_goes_before_those_of_others() -> None:
    found = ordered("今年居民收入增长目标是多少", ["6%", "12%"], AIMS)
    assert found == ["与经济增长基本同步", "6%", "12%"]


def test_what_keeps_pace_this_year_is_no_result_of_last_year() -> None:
    assert ordered("去年居民收入增长多少", ["6%"], AIMS) == ["6%"]
