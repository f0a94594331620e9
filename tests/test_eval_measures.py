"""Each measure against a value worked out by hand, and against a slow oracle where there is one."""

from __future__ import annotations

import math
from decimal import Decimal
from itertools import product

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from eval import bootstrap, risk
from eval.numbers import Quantity, quantities, same_quantity
from eval.reading import character_f1, cmrc_f1, exact_match, tokens

# ---- reading ----


def test_exact_match_ignores_marks_and_width_but_not_the_percent_sign() -> None:
    assert exact_match("\uff1332.63亿元。", ["332.63亿元"]) == 1.0
    assert exact_match("332.63亿", ["332.63亿元", "33亿元"]) == 0.0
    assert exact_match("5", ["5%"]) == 0.0


def test_cmrc_f1_wants_one_run_and_character_f1_any_order() -> None:
    # Tokens: 增长 2.6 % -> 增,长,2.6,% (4); gold 同比增长2.6% -> 同,比,增,长,2.6,% (6); run 4: F1 = 2*4/(4+6).
    assert tokens("增长2.6%") == ["增", "长", "2.6", "%"]
    assert cmrc_f1("增长2.6%", ["同比增长2.6%"]) == pytest.approx(0.8)
    # 乙甲丙 against 甲乙丙: the longest run is one character of three, but all three characters are shared.
    assert cmrc_f1("乙甲丙", ["甲乙丙"]) == pytest.approx(2 * 1 / 6)
    assert character_f1("乙甲丙", ["甲乙丙"]) == 1.0
    # 12.6 and 2.6 are two different tokens, so no part of a number counts.
    assert cmrc_f1("12.6", ["2.6"]) == 0.0
    assert cmrc_f1("甲乙", ["丙", "甲乙丁丁"]) == pytest.approx(2 * 2 / 6)
    assert cmrc_f1("", ["甲"]) == character_f1("", ["甲"]) == 0.0


# ---- numbers ----


@pytest.mark.parametrize(
    ("text", "want"),
    [
        ("332.63亿元", [("33263000000", "元")]),
        ("3.27万元", [("32700", "元")]),
        ("32,700元", [("32700", "元")]),
        ("10.3万亿元", [("10300000000000", "元")]),
        ("百分之五", [("5", "%")]),
        ("百分之五点二", [("5.2", "%")]),
        ("5％", [("5", "%")]),
        ("0.35个百分点", [("0.35", "个百分点")]),
        ("三百二十户", [("320", "户")]),
        ("两千一百名", [("2100", "人")]),
        ("50余家", [("50", "家")]),
        ("3000多亿元", [("300000000000", "元")]),
        ("-2.6%", [("-2.6", "%")]),
        ("5.71万元、3.27万元", [("57100", "元"), ("32700", "元")]),
        ("统一标准，一批项目", [("1", "批")]),
        ("没有数", []),
    ],
)
def test_quantities(text: str, want: list[tuple[str, str]]) -> None:
    assert quantities(text) == [Quantity(Decimal(value).normalize(), unit) for value, unit in want]


def test_number_accuracy_normalises_value_and_unit() -> None:
    assert same_quantity("约3326300万元", ["332.63亿元"]) == 1.0
    assert same_quantity("增长百分之五", ["5%"]) == 1.0
    assert same_quantity("5个百分点", ["5%"]) == 0.0
    assert same_quantity("332.63万元", ["332.63亿元"]) == 0.0
    assert same_quantity("200名", ["200人"]) == 1.0
    assert same_quantity("332.63", ["332.63亿元"]) == 0.0
    assert same_quantity("甲", ["甲"]) == 0.0  # no quantity in the gold: nothing that could be equal


# ---- refusal and confidence ----


def _ones(n: int) -> np.ndarray:
    return np.ones((1, n))


CONFIDENCE = np.array([0.9, 0.8, 0.7, 0.6])
LOSS = np.array([0.0, 1.0, 0.0, 1.0])


def test_aurc_by_hand() -> None:
    # Risks among the 1, 2, 3, 4 surest: 0, 1/2, 1/3, 2/4. The best order (right ones first): 0, 0, 1/3, 2/4.
    assert risk.aurc(CONFIDENCE, LOSS, _ones(4))[0] == pytest.approx((0 + 1 / 2 + 1 / 3 + 1 / 2) / 4)
    assert risk.excess_aurc(CONFIDENCE, LOSS, _ones(4))[0] == pytest.approx((1 / 2) / 4)


@given(st.lists(st.tuples(st.integers(0, 3), st.booleans(), st.integers(0, 3)), min_size=1, max_size=9))
def test_weights_mean_copies_and_ties_have_no_order(rows: list[tuple[int, bool, int]]) -> None:
    weights = np.array([[row[2] for row in rows]], dtype=float)
    if not weights.sum():
        return
    confidence, loss = np.array([r[0] / 4 for r in rows]), np.array([float(r[1]) for r in rows])
    drawn = np.repeat(np.arange(len(rows)), weights[0].astype(int))
    # The slow way: each copy carries its ties' mean loss, then the mean of all risks.
    copies, losses = confidence[drawn], loss[drawn]
    shared = np.array([losses[copies == c].mean() for c in copies])[np.argsort(-copies, kind="stable")]
    want = np.mean(np.cumsum(shared) / np.arange(1, len(shared) + 1))
    assert risk.aurc(confidence, loss, weights)[0] == pytest.approx(want)
    positive, negative = copies[losses == 0], copies[losses == 1]
    pairs = [(p > q) + (p == q) / 2 for p, q in product(positive, negative)]
    found = risk.auroc(confidence, 1 - loss, weights)[0]
    assert found == pytest.approx(np.mean(pairs)) if pairs else math.isnan(found)


def test_coverage_at_risk_by_hand() -> None:
    confidence = np.array([0.9, 0.9, 0.8, 0.7, 0.2])
    loss, answered = np.array([0.0, 0.0, 1.0, 0.0, 1.0]), np.array([1.0, 1.0, 1.0, 1.0, 0.0])
    # Thresholds: 0.9 answers 2 of 5 with none wrong; 0.8 three with 1/3 wrong; 0.7 four with 1/4 wrong.
    for wanted, coverage in ((0.05, 0.4), (0.25, 0.8), (0.0, 0.4), (1.0, 0.8)):
        assert risk.coverage_at_risk(confidence, loss, answered, _ones(5), wanted)[0] == pytest.approx(coverage)
    # A threshold cannot part the two at 0.9: with one of them wrong nothing can be answered at 5 %.
    assert risk.coverage_at_risk(confidence, np.array([0, 1, 0, 0, 1.0]), answered, _ones(5))[0] == 0.0


def test_auroc_by_hand() -> None:
    score, positive = np.array([0.9, 0.5, 0.5, 0.1]), np.array([1.0, 1.0, 0.0, 0.0])
    # Pairs: 0.9>0.5, 0.9>0.1, 0.5=0.5, 0.5>0.1: (1 + 1 + 1/2 + 1) / 4.
    assert risk.auroc(score, positive, _ones(4))[0] == pytest.approx(3.5 / 4)


def test_ece_and_reliability_by_hand() -> None:
    confidence, right = np.array([0.95, 0.99, 0.5, 0.0, 1.0]), np.array([1.0, 0.0, 1.0, 0.0, 1.0])
    # Bins of 1/15: {0.95, 0.99, 1.0} in (14/15, 1], {0.5} in (7/15, 8/15], {0.0} in the first.
    gaps = abs(2 - 2.94), abs(1 - 0.5), abs(0 - 0.0)
    assert risk.ece(confidence, right, _ones(5))[0] == pytest.approx(sum(gaps) / 5)
    assert risk.bins(np.array([0.0, 1 / 15, 2 / 15, 0.2, 1.0])).tolist() == [0, 0, 1, 2, 14]
    table = risk.reliability(confidence, right)
    assert [row["n"] for row in table] == [1, 1, 3]
    assert table[2] == pytest.approx({"from": 14 / 15, "to": 1.0, "n": 3, "confidence": 0.98, "right": 2 / 3})


def test_the_curve_has_one_point_a_threshold() -> None:
    curve = risk.curve(np.array([0.9, 0.9, 0.7]), np.array([0.0, 1.0, 1.0]), 6)
    assert curve == [(0.9, pytest.approx(2 / 6), 0.5), (0.7, 0.5, pytest.approx(2 / 3))]
    assert risk.curve(np.array([]), np.array([]), 6) == []


# ---- statistics ----


def test_means_leave_out_what_does_not_apply_and_weigh_copies() -> None:
    values = np.array([[1.0, np.nan], [0.0, np.nan], [np.nan, 0.5]])
    weights = np.array([[1.0, 1.0, 1.0], [2.0, 1.0, 0.0]])
    found = bootstrap.mean_samples(values, weights)
    assert found[0].tolist() == [0.5, 0.5]
    assert found[1][0] == pytest.approx(2 / 3)
    assert math.isnan(found[1][1])


def test_the_interval_of_a_share_is_the_binomials() -> None:
    # 80 of 100: the percentile interval is close to the normal one, 0.8 +- 1.96 * sqrt(0.8 * 0.2 / 100) = 0.8 +- 0.078.
    values = np.array([[1.0]] * 80 + [[0.0]] * 20)
    draws = bootstrap.draws(100)
    assert draws.shape == (bootstrap.RESAMPLES, 100)
    assert set(draws.sum(axis=1)) == {100.0}
    low, high = bootstrap.interval(bootstrap.mean_samples(values, draws)[:, 0])
    assert low == pytest.approx(0.722, abs=0.02)
    assert high == pytest.approx(0.878, abs=0.02)
    assert np.array_equal(draws, bootstrap.draws(100))


def test_randomisation_approaches_the_exact_sign_test() -> None:
    # B is better on 5 questions and worse on none; all 2^5 swaps are equally likely, two of them as extreme: p = 1/16.
    a, b = np.zeros((8, 2)), np.zeros((8, 2))
    b[:5, 0] = 1.0
    p = bootstrap.randomisation(a, b)
    assert p[0] == pytest.approx(1 / 16, abs=0.01)
    assert p[1] == 1.0


def test_mcnemar_is_the_exact_binomial() -> None:
    assert bootstrap.mcnemar(0, 0) == 1.0
    assert bootstrap.mcnemar(5, 0) == pytest.approx(2 / 32)
    assert bootstrap.mcnemar(1, 4) == pytest.approx(2 * (1 + 5) / 32)
    assert bootstrap.mcnemar(3, 3) == 1.0
