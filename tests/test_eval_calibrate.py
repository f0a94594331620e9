"""The confidence fitted once more to the answers that are given: another number for each, the same answers."""

from __future__ import annotations

import math
from typing import Any, cast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from eval.calibrate import logit, stretched
from qa.confidence import FEATURES, FLAT, Calibration, Candidate

CURVES = (((-5.0, -2.0), (0.0, 0.3), (5.0, 2.5)), *(FLAT,) * (len(FEATURES) - 1))
OLD = Calibration(0.1, 0.4, 0.7, 1.0, 0.0, CURVES, -0.2, 0.4)


def sure_of(calibration: Calibration, relevance: float) -> float:
    signs = (relevance, *(0.0,) * (len(FEATURES) - 1))
    return calibration.confidence(Candidate("", cast(Any, None), cast(Any, None), signs, 0.0))


@given(st.floats(-9, 9), st.floats(0.5, 2), st.floats(-1, 1))
def test_slope_and_shift_of_the_logit(relevance: float, slope: float, shift: float) -> None:
    told = sure_of(stretched(OLD, slope, shift), relevance)
    # Confidences are rounded to four digits, and so are the curves.
    assert told == pytest.approx(1 / (1 + math.exp(-slope * logit(sure_of(OLD, relevance)) - shift)), abs=1e-3)


@given(st.floats(-9, 9), st.floats(0.5, 2), st.floats(-1, 1))
def test_what_was_given_is_given_still(relevance: float, slope: float, shift: float) -> None:
    new = stretched(OLD, slope, shift)
    if abs(sure_of(OLD, relevance) - OLD.threshold) > 1e-3:
        assert (sure_of(new, relevance) >= new.threshold) is (sure_of(OLD, relevance) >= OLD.threshold)


def test_a_logit_stays_finite() -> None:
    assert logit(0.5) == 0.0
    assert -logit(0.0) == pytest.approx(logit(1.0)) == pytest.approx(math.log(9999))
