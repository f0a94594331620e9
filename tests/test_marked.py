"""Twelve real reports marked by hand: their sections are found, and the period of nearly every sentence is right."""

from __future__ import annotations

import pytest
from marked import NAMES, Measured, load, marks, measure


def measured(name: str) -> Measured:
    document = load(name)
    return measure(document, marks(name, document.text))


@pytest.fixture(scope="module")
def all_measured() -> dict[str, Measured]:
    return {name: measured(name) for name in NAMES}


def test_twelve_reports_of_four_families_are_marked() -> None:
    assert [name.split("-")[0] for name in NAMES].count("hailar") == 3
    assert [name.split("-")[0] for name in NAMES].count("national") == 3
    assert len(NAMES) == 12


def test_sections_begin_where_a_reader_sees_them(all_measured: dict[str, Measured]) -> None:
    found = sum(m.found for m in all_measured.values())
    off = sum(len(m.missed) + len(m.spare) for m in all_measured.values())
    assert 2 * found / (2 * found + off) >= 0.985
    assert {name: m.f1 for name, m in all_measured.items() if m.f1 < 0.94} == {}


def test_headings_have_their_words_and_their_level(all_measured: dict[str, Measured]) -> None:
    assert sum(m.titled for m in all_measured.values()) >= 0.99 * sum(m.headings for m in all_measured.values())


def test_sentences_are_of_the_period_they_speak_of(all_measured: dict[str, Measured]) -> None:
    told = sum(m.told for m in all_measured.values())
    assert told / sum(m.sentences for m in all_measured.values()) >= 0.99
    assert {name: m.wrong for name, m in all_measured.items() if m.told < 0.96 * m.sentences} == {}


def test_year_place_and_speaker_of_the_marked_reports() -> None:
    told = {name: load(name) for name in NAMES}
    assert {name: (d.year, d.place, d.speaker) for name, d in told.items()} == {
        "anhui-2025": (2025, "安徽省", "王清宪"),
        "hailar-2015": (2015, "海拉尔区", "杜联合"),
        "hailar-2017": (2017, "海拉尔区", "杨国宏"),
        "hailar-2018": (2018, "海拉尔区", "杨国宏"),
        "hunan-2026": (2026, "湖南省", "毛伟明"),
        "national-1954": (1954, "全国", ""),
        "national-2013": (2013, "全国", ""),
        "national-2024": (2024, "全国", "李强"),
        "qinghai-2025": (2025, "青海省", "罗东川"),
        "qinghai-2026": (2026, "青海省", "罗东川"),
        "yunnan-2025": (2025, "云南省", "王予波"),
        "yunnan-2026": (2026, "云南省", "王予波"),
    }
