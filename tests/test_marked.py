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
