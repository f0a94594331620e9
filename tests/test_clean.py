"""Cleaning: the bundled page against a hand-made reference, and all other texts left as they are."""

from __future__ import annotations

from difflib import SequenceMatcher
from pathlib import Path

import pytest
from gbk_damage import damaged, noted_readings
from hypothesis import given
from hypothesis import strategies as st

from index.clean import byte_span, clean
from index.fold import fold
from index.records import Spot
from index.textmap import identity

_DATA = Path(__file__).parent / "data"
_RAW = (Path(__file__).parents[1] / "index" / "reports" / "sanmen-2023.txt").read_text("utf-8")
_CLEAN = clean(_RAW)


def test_the_bundled_page_is_restored() -> None:
    """The blocks that differ, an upper bound of the edit distance; it was 178 of 13,600 before the repair."""
    reference = (_DATA / "sanmen-2023.reference.txt").read_text("utf-8")
    codes = SequenceMatcher(None, _CLEAN.text, reference, autojunk=False).get_opcodes()
    assert sum(max(end - start, high - low) for tag, start, end, low, high in codes if tag != "equal") <= 8


def test_each_position_leads_back_to_the_character_it_was_made_from() -> None:
    damage = [range(spot.start, spot.end) for spot in _CLEAN.spots]
    whole = [at for at in range(len(_CLEAN.text)) if not any(at in span for span in damage)]
    back = [_RAW[slice(*_CLEAN.map.source_span(at, at + 1))] for at in whole]
    # 著 is 著 or 着, by the word: the one character that the word decides here.
    assert fold("".join(back)).replace("著", "着") == fold("".join(_CLEAN.text[at] for at in whole)).replace("著", "着")


def test_spots_hold_what_was_damaged_and_what_stands_there_now() -> None:
    assert Spot(*_span("等项"), raw="?shù)软?xiàng)", repaired="等项") in _CLEAN.spots
    for spot in _CLEAN.spots:
        now = _CLEAN.text[spot.start : spot.end]
        assert spot.raw.startswith("?")
        assert spot.raw == _RAW[slice(*_CLEAN.map.source_span(spot.start, spot.end))]
        assert now == spot.repaired or ("■" in now and not spot.repaired)
    assert _CLEAN.text.count("?") == 0
    assert [spot.start for spot in _CLEAN.spots] == sorted(spot.start for spot in _CLEAN.spots)


def _span(text: str) -> tuple[int, int]:
    start = _CLEAN.text.index("铆钉" + text) + 2
    return start, start + len(text)


_KEPT = [
    "三門縣人民政府工作報告?怎麼辦?(問)",
    "何谓高质量发展?就是体现新发展理念(new development philosophy)的发展。",
    "重(zhòng)要的事重复三遍;长(cháng)江长(zhǎng)大。",
    "彧(yù)、骉(biāo)、犇(bēn)、猋(biāo)、麤(cū)、鱻(xiān)、羴(shān)、毳(cuì)、淼(miǎo)、焱(yàn)、垚(yáo)、晶(jīng)",
    "\t一、\u3000回顾\n\n二、展望\f三、",
]


@pytest.mark.parametrize("text", _KEPT)
def test_a_text_without_a_scrapers_notes_stays(text: str) -> None:
    assert clean(text).text == text
    assert clean(text).map == identity(text)
    assert clean(text).spots == ()


@given(st.text(alphabet=st.sampled_from("三門县发(zhòng)?？!,。 \n\tàxyz“”重長"), max_size=80))
def test_any_short_text_stays(text: str) -> None:
    assert clean(text).text == text


@given(st.text(alphabet=st.sampled_from("门a\r\n\ufeff\x00\x07\t?")))
def test_line_ends_and_control_characters(raw: str) -> None:
    cleaned = clean(raw)
    expected = raw.replace("\r\n", "\n").replace("\r", "\n")
    assert cleaned.text == "".join(c for c in expected if c not in "\ufeff\x00\x07")
    for at, character in enumerate(cleaned.text):
        start, end = cleaned.map.source_span(at, at + 1)
        assert raw[start:end] in {character, "\r\n", "\r"}


def test_genuine_question_marks_in_an_annotated_text_stay() -> None:
    text = (_DATA / "report-yunnan-2026.txt").read_text("utf-8")
    question = "发展为了谁？发展依靠谁？"
    page = damaged(question + "\n" + text, noted_readings(_RAW))
    assert clean(page).text.startswith(question.replace("？", "?") + "\n")


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "big5", "utf-16", "utf-16-le"])
@given(text=st.text(alphabet=st.sampled_from("工作報告ab 1\n")), data=st.data())
def test_byte_span_leads_to_the_bytes_of_the_characters(encoding: str, text: str, data: st.DataObject) -> None:
    start = data.draw(st.integers(0, len(text)))
    end = data.draw(st.integers(start, len(text)))
    raw = text.encode(encoding)
    low, high = byte_span(raw, encoding, start, end)
    plain = {"utf-8-sig": "utf-8", "utf-16": "utf-16-le"}.get(encoding, encoding)
    mark = raw[: len(raw) - len(text.encode(plain))] if start == 0 < end else b""
    assert raw[low:high] == mark + text[start:end].encode(plain)


def test_byte_span_of_bytes_that_do_not_decode() -> None:
    assert byte_span(b"a\xff\xe5\xb7\xa5b", "utf-8", 2, 3) == (2, 5)
