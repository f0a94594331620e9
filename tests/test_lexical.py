"""BM25 over terms, against the formula written out in plain Python."""

from __future__ import annotations

import math
from collections import Counter
from dataclasses import fields
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from index.errors import UserError
from index.lexical import Lexical, terms

TEXTS = [
    "全县生产总值达到332.63亿元，同比增长2.6%",
    "城乡居民人均可支配收入增长5%，城镇新增就业1.2万人",
    "生产总值增长6%左右，生产总值突破四百亿",
    "新建幼儿园三所，增加学位900个",
    "LNG接收站开工，5G基站建成600个",
    "就业",
    "",
]
QUERIES = ["生产总值增长多少", "幼儿园学位", "LNG 接收站", "增长增长5%", "就业", "2.6"]


@pytest.fixture(scope="module")
def lexical() -> Lexical:
    return Lexical.build(TEXTS)


def _bm25(query: str, among: set[int] | None = None) -> dict[int, float]:
    """Robertson's BM25 with k1 = 1.2, b = 0.75 and ln(1 + (N - n + 0.5) / (n + 0.5)), over all of TEXTS."""
    k1, b = 1.2, 0.75
    bags = [Counter(terms(text)) for text in TEXTS]
    average = sum(bag.total() for bag in bags) / len(bags)
    scores: dict[int, float] = {}
    for number, bag in enumerate(bags):
        for term, weight in Counter(terms(query)).items():
            if term in bag and (among is None or number in among):
                holders = sum(1 for other in bags if term in other)
                idf = math.log(1 + (len(bags) - holders + 0.5) / (holders + 0.5))
                part = bag[term] * (k1 + 1) / (bag[term] + k1 * (1 - b + b * bag.total() / average))
                scores[number] = scores.get(number, 0.0) + weight * idf * part
    return scores


@pytest.mark.parametrize("query", QUERIES)
def test_scores_and_order_are_those_of_the_formula(lexical: Lexical, query: str) -> None:
    found, wanted = lexical.search(query, 10), _bm25(query)
    assert wanted
    assert dict(found) == pytest.approx(wanted, rel=1e-12)
    assert [n for n, _ in found] == sorted(wanted, key=lambda n: (-wanted[n], n))


@pytest.mark.parametrize("query", QUERIES)
def test_a_search_among_some_numbers_keeps_their_scores(lexical: Lexical, query: str) -> None:
    among = np.array([1, 2, 4, 999], dtype=np.int64)
    assert dict(lexical.search(query, 10, among)) == pytest.approx(_bm25(query, {1, 2, 4}), rel=1e-12)


def test_k_cuts_the_list(lexical: Lexical) -> None:
    assert lexical.search("生产总值增长", 2) == lexical.search("生产总值增长", 10)[:2]
    assert len(lexical.search("生产总值增长", 2)) == 2


@pytest.mark.parametrize("query", ["", "，。！", "🙂🙂", "没有这些词语", 'AND OR NOT "body:', "\ud83d"])
def test_a_query_without_a_known_term_finds_nothing(lexical: Lexical, query: str) -> None:
    assert lexical.search(query, 10) == []


def test_of_equal_scores_the_smaller_numbers_come_first_and_stay() -> None:
    same = Lexical.build(["就业"] * 9)
    assert [number for number, _ in same.search("就业", 4)] == [0, 1, 2, 3]
    assert [number for number, _ in same.search("就业", 2, np.array([3, 5, 8]))] == [3, 5]


def test_nothing_among_nothing_and_in_nothing(lexical: Lexical) -> None:
    nothing = np.array([], dtype=np.int64)
    assert lexical.search("就业", 10, nothing) == []
    assert lexical.search("就业", 0) == []
    assert Lexical.build([]).search("就业", 10) == []
    assert Lexical.build(["", "，。"]).search("就业", 10) == []


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("全县生产总值达到332.63亿元", ["全县", "县生", "生产", "产总", "总值", "值达", "达到", "332.63", "亿元"]),
        ("城，乡", ["城", "乡"]),
        ("The LNG2024 plan", ["the", "lng", "2024", "plan"]),
        ("1.2.3 万", ["1.2", "3", "万"]),
        ("２０２２年ＧＤＰ", ["2022", "年", "gdp"]),
        ("𠮷田村", ["𠮷田", "田村"]),
        ("", []),
        ("，。 \n", []),
    ],
)
def test_terms(text: str, wanted: list[str]) -> None:
    assert terms(text) == wanted


@pytest.mark.parametrize(
    ("one", "other"),
    [("全縣生產總值達到", "全县生产总值达到"), ("ＬＮＧ接收站", "lng接收站"), ("５Ｇ基站", "5g基站"), ("GDP", "gdp")],
)
def test_script_width_and_case_do_not_count(lexical: Lexical, one: str, other: str) -> None:
    assert terms(one) == terms(other)
    assert lexical.search(one, 10) == lexical.search(other, 10)


def _equal(one: Lexical, other: Lexical) -> bool:
    parts = [(getattr(one, f.name), getattr(other, f.name)) for f in fields(Lexical)]
    return all(a.dtype == b.dtype and a.tobytes() == b.tobytes() for a, b in parts)


WORDS = st.lists(st.sampled_from(["生产", "总值", "增长5%", "就业", "，", "LNG", "县", "全县"]), max_size=6).map(
    "".join
)


@settings(max_examples=150, deadline=None)
@given(st.lists(st.tuples(WORDS, st.booleans(), st.booleans())))
def test_changed_by_parts_is_built_at_once(told: list[tuple[str, bool, bool]]) -> None:
    """Each text was there before, or comes new, or both: kept, dropped and added ones in any order."""
    before = [text for text, was, _ in told if was]
    after = [(text, was) for text, was, stays in told if stays or not was]
    moved, fresh, new = [], {}, 0
    for text, was, stays in told:
        if was:
            moved.append(new if stays else -1)
        else:
            fresh[new] = text
        new += stays or not was
    changed = Lexical.build(before).changed(np.array(moved, dtype=np.int64), fresh)
    assert _equal(changed, Lexical.build([text for text, _ in after]))


def test_a_saved_index_is_the_same_when_loaded(lexical: Lexical, tmp_path: Path) -> None:
    lexical.save(tmp_path / "lexical")
    loaded = Lexical.load(tmp_path / "lexical")
    assert loaded.count == 7
    assert _equal(loaded, lexical)
    assert [loaded.search(query, 10) for query in QUERIES] == [lexical.search(query, 10) for query in QUERIES]


def test_a_missing_or_damaged_folder_is_a_users_error(lexical: Lexical, tmp_path: Path) -> None:
    line = r"^the lexical index {} cannot be read; wanted whole arrays\. Build the index again\.$"
    with pytest.raises(UserError, match=line.format("nowhere")):
        Lexical.load(tmp_path / "nowhere")
    lexical.save(tmp_path / "lexical")
    for name, bad in [("keys", b""), ("counts", b"\x93NUMPY"), ("numbers", b"{"), ("starts", None)]:
        file = tmp_path / "lexical" / f"{name}.npy"
        whole = file.read_bytes()
        file.write_bytes(bad) if bad is not None else file.unlink()
        with pytest.raises(UserError, match=line.format("lexical")):
            Lexical.load(tmp_path / "lexical")
        file.write_bytes(whole)
    np.save(tmp_path / "lexical" / "numbers.npy", np.zeros(3, dtype=np.int32))
    with pytest.raises(UserError, match=line.format("lexical")):
        Lexical.load(tmp_path / "lexical")
