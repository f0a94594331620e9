"""BM25 over terms, against the formula written out in plain Python."""

from __future__ import annotations

import math
import os
import subprocess
import sys
import tempfile
from collections import Counter
from pathlib import Path

import numpy as np
import pytest

from index.errors import UserError
from index.lexical import Lexical, terms

ROOT = Path(__file__).parents[1]

# At most 40 terms each: up to there tantivy stores lengths exactly.
TEXTS = [
    "全县生产总值达到332.63亿元，同比增长2.6%",
    "城乡居民人均可支配收入增长5%，城镇新增就业1.2万人",
    "生产总值增长6%左右，生产总值突破四百亿",
    "新建幼儿园三所，增加学位900个",
    "LNG接收站开工，5G基站建成600个",
    "就业",
    "",
]
NUMBERS = np.array([10, 20, 30, 40, 50, 60, 70], dtype=np.int64)
QUERIES = ["生产总值增长多少", "幼儿园学位", "LNG 接收站", "增长增长5%", "就业", "2.6"]


@pytest.fixture
def lexical(tmp_path: Path) -> Lexical:
    return Lexical.build(tmp_path / "lexical", TEXTS, NUMBERS)


def _bm25(query: str, among: set[int] | None = None) -> dict[int, float]:
    """Robertson's BM25 with k1 = 1.2, b = 0.75 and ln(1 + (N - n + 0.5) / (n + 0.5)), over all of TEXTS."""
    k1, b = 1.2, 0.75
    bags = [Counter(terms(text)) for text in TEXTS]
    average = sum(bag.total() for bag in bags) / len(bags)
    scores: dict[int, float] = {}
    for number, bag in zip(NUMBERS.tolist(), bags, strict=True):
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
    assert dict(found) == pytest.approx(wanted, rel=1e-5)
    assert [n for n, _ in found] == sorted(wanted, key=lambda n: (-wanted[n], n))


@pytest.mark.parametrize("query", QUERIES)
def test_a_search_among_some_numbers_keeps_their_scores(lexical: Lexical, query: str) -> None:
    among = np.array([20, 30, 50, 999], dtype=np.int64)
    assert dict(lexical.search(query, 10, among)) == pytest.approx(_bm25(query, {20, 30, 50}), rel=1e-5)


def test_k_cuts_the_list(lexical: Lexical) -> None:
    assert lexical.search("生产总值增长", 2) == lexical.search("生产总值增长", 10)[:2]
    assert len(lexical.search("生产总值增长", 2)) == 2


@pytest.mark.parametrize("query", ["", "，。！", "🙂🙂", "没有这些词语", 'AND OR NOT "body:', "\ud83d"])
def test_a_query_without_a_known_term_finds_nothing(lexical: Lexical, query: str) -> None:
    assert lexical.search(query, 10) == []


def test_nothing_among_nothing_and_in_nothing(lexical: Lexical, tmp_path: Path) -> None:
    nothing = np.array([], dtype=np.int64)
    assert lexical.search("就业", 10, nothing) == []
    assert lexical.search("就业", 0) == []
    assert Lexical.build(tmp_path / "empty", [], nothing).search("就业", 10) == []


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


def test_a_saved_index_is_the_same_when_loaded(lexical: Lexical, tmp_path: Path) -> None:
    loaded = Lexical.load(tmp_path / "lexical")
    assert loaded.count == 7
    assert [loaded.search(query, 10) for query in QUERIES] == [lexical.search(query, 10) for query in QUERIES]


def test_a_missing_or_damaged_folder_is_a_users_error(lexical: Lexical, tmp_path: Path) -> None:
    line = r"^the lexical index {} cannot be read; wanted a whole tantivy folder\. Build the index again\.$"
    with pytest.raises(UserError, match=line.format("nowhere")):
        Lexical.load(tmp_path / "nowhere")
    assert not (tmp_path / "nowhere").exists()
    (tmp_path / "empty").mkdir()
    with pytest.raises(UserError, match=line.format("empty")):
        Lexical.load(tmp_path / "empty")
    (tmp_path / "lexical" / "meta.json").write_text("{")
    with pytest.raises(UserError, match=line.format("lexical")):
        Lexical.load(tmp_path / "lexical")


READ_ONLY = """
import os, sys
from pathlib import Path
from index.lexical import Lexical, terms
terms("載入")  # opencc reads its tables now
if os.geteuid() == 0:  # rights do not bind root
    os.setgroups([]), os.setgid(65534), os.setuid(65534)
assert not os.access(sys.argv[1], os.W_OK)
print(Lexical.load(Path(sys.argv[1])).search("就业", 9))
"""


def test_a_folder_that_may_only_be_read_is_searched(lexical: Lexical) -> None:
    with tempfile.TemporaryDirectory() as place:  # pytest's own folder lets no other user in
        os.chmod(place, 0o755)
        folder = Path(place, "lexical")
        Lexical.build(folder, TEXTS, NUMBERS)
        for path, mode in [(folder, 0o555), *((file, 0o444) for file in folder.iterdir())]:
            path.chmod(mode)
        done = subprocess.run(
            [sys.executable, "-c", READ_ONLY, folder], cwd=ROOT, capture_output=True, text=True, check=False
        )
        folder.chmod(0o755)
    assert (done.stderr, done.stdout) == ("", f"{lexical.search('就业', 9)}\n")
