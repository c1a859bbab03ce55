"""Kaplan-Meier: reference vectors, edge cases and laws.

The comparison with R, curve by curve, is tests/acceptance/test_r_reference.py.
"""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mesenluth.endpoints import survival
from mesenluth.errors import ConfigurationError

# 52 synthetic patients with 30 events; "+" is censored.
SYNTHETIC = """1.7 5.7 9.7 10.1 11.5 13.9+ 14.3+ 14.6 16.9 17.4 19.9 22.7 23.6+ 24.3 24.6 27.0+ 27.5 28.2 30.5+ 30.9
34.2 34.7 38.2 38.2+ 38.4 38.5+ 38.8+ 38.9+ 39.0 40.6 41.0 43.3+ 43.3 50.3 51.0+ 51.2 56.1+ 56.8+ 57.0+ 57.5+ 59.0
59.8 61.4+ 61.7 63.3+ 67.7+ 77.5+ 82.3 82.7 89.4+ 92.8+ 94.2+"""
# Freireich 1963: remissions under 6-mercaptopurine.
FREIREICH = "6 6 6 6+ 7 9+ 10 10+ 11+ 13 16 17+ 19+ 20+ 22 23 25+ 32+ 32+ 34+ 35+"


def times(text):
    parts = text.split()
    return [float(t.rstrip("+")) for t in parts], [not t.endswith("+") for t in parts]


def curve(text, method="log-log"):
    return survival.kaplan_meier(*times(text), method)


def triple(found):
    return [None if np.isnan(v) else v for v in (found.estimate, found.low, found.high)]


@pytest.mark.parametrize(
    ("method", "expected"),
    [("log-log", [50.3, 38.2, 61.7]), ("plain", [50.3, 38.2, 61.7]), ("log", [50.3, 38.4, 82.7])],
)
def test_median_of_the_synthetic_set_depends_on_the_interval(method, expected):
    of = curve(SYNTHETIC, method)
    assert (of.n, of.events) == (52, 30)
    assert triple(survival.quantile(of)) == expected


@pytest.mark.parametrize(
    ("method", "median", "at_10"),
    [
        ("plain", [23, 13, None], (0.5641, 0.9418)),
        ("log", [23, 16, None], (0.5859, 0.9676)),
        ("log-log", [23, 13, None], (0.5032, 0.8894)),
    ],
)
def test_freireich(method, median, at_10):
    of = curve(FREIREICH, method)
    assert triple(survival.quantile(of)) == median
    read = survival.landmarks(of, 10)
    assert np.round([read.survival[0], read.low[0], read.high[0]], 4).tolist() == [0.7529, *at_10]
    assert read.n_at_risk[0] == 15  # R: n.risk 15 at time 10


def test_follow_up_of_freireich():
    """Reverse Kaplan-Meier, limits on the log scale, which is R's default: 25 (17 to not reached)."""
    assert triple(survival.quantile(survival.reverse(*times(FREIREICH), "log"))) == [25, 17, None]


def test_flat_stretch_up_to_the_end():
    """R's own test of quantile.survfit: S is 6/7, 18/35, 9/35 at 1, 6, 9, and 10 is censored."""
    of = survival.kaplan_meier([9, 1, 1, 6, 6, 8, 10], [1, 1, 0, 1, 1, 0, 0], "log")
    levels = [13 / 14, 6 / 7, 2 / 3, 0.5, 9 / 35, 0.1]
    found = [triple(survival.quantile(of, 1 - q)) for q in levels]
    assert [f[0] for f in found] == [1, 3.5, 6, 9, 9.5, None]
    assert [f[1] for f in found] == [1, 1, 1, 6, 6, 9]
    assert [f[2] for f in found] == [None] * 6


def test_times_that_differ_by_rounding_are_one():
    """0.1 + 0.2 is not 0.3 in binary; R's timefix makes them one time, and so the median is the midpoint 0.6."""
    of = survival.kaplan_meier([0.1 + 0.2, 0.3, 0.5, 0.7, 0.7, 1.1], [1, 1, 1, 1, 1, 0])
    assert of.time.tolist() == [0.3, 0.5, 0.7, 1.1]
    assert of.n_event.tolist() == [2, 1, 2, 0]
    assert survival.quantile(of).estimate == pytest.approx(0.6)


def test_rounding_is_judged_by_the_size_of_the_times():
    assert len(np.unique(survival.fix_times([1e9, 1e9 + 1, 2e9]))) == 2
    assert survival.fix_times([1, 2, 1]).tolist() == [1, 2, 1]
    assert survival.fix_times([]).tolist() == []


def test_at_risk_counts_who_is_still_there_at_that_time():
    """Events at 1, 2, 2, 4 and 6: at 2 four patients are at risk, not the two that remain after it."""
    of = survival.kaplan_meier([1, 2, 2, 4, 6], [1, 1, 1, 1, 1])
    read = survival.landmarks(of, [0, 2, 3, 6, 7])
    assert read.n_at_risk.tolist() == [5, 4, 2, 1, 0]
    assert read.observed.tolist() == [True] * 5  # the curve has reached 0, which holds for ever


def test_nothing_is_known_after_the_last_patient():
    read = survival.landmarks(survival.kaplan_meier([1, 5], [1, 0]), [5, 6])
    assert read.observed.tolist() == [True, False]


def test_no_events():
    of = survival.kaplan_meier([1, 2, 3], [0, 0, 0])
    found = survival.quantile(of)
    assert triple(found) == [None] * 3
    assert found.reason == "not reached: no events"
    assert of.survival.tolist() == [1, 1, 1]
    assert np.isnan(of.low).all()
    assert survival.restricted_mean(of, 3) == (3, 0)


def test_everybody_censored_at_once():
    of = survival.kaplan_meier([0, 0, 0], [0, 0, 0])
    assert survival.quantile(of).reason == "not reached: no events"
    assert (of.time.tolist(), of.n_at_risk.tolist(), of.n_censored.tolist()) == ([0], [3], [3])
    assert survival.with_start(of) is of


def test_one_patient():
    event = survival.kaplan_meier([3], [1])
    assert triple(survival.quantile(event)) == [3, None, None]
    assert (event.survival[0], np.isnan(event.std_err[0])) == (0, True)
    assert triple(survival.quantile(survival.kaplan_meier([3], [0]))) == [None] * 3


def test_nobody():
    of = survival.kaplan_meier([], [])
    assert (of.n, of.events, np.isnan(of.longest)) == (0, 0, True)
    assert survival.quantile(of).reason == "not estimable: no patients"
    read = survival.landmarks(of, [12])
    assert (read.n_at_risk[0], np.isnan(read.survival[0]), read.observed[0]) == (0, True, False)
    assert np.isnan(survival.restricted_mean(of, 12)).all()


def test_an_event_on_day_0_is_an_event():
    of = survival.kaplan_meier([0, 2], [1, 1])
    assert (of.time.tolist(), of.survival.tolist()) == ([0, 2], [0.5, 0])


def test_a_curve_starts_with_everybody():
    start = survival.with_start(survival.kaplan_meier([2, 3], [1, 0]))
    assert start.time.tolist() == [0, 2, 3]
    assert start.n_at_risk.tolist() == [2, 2, 1]
    assert start.n_at_risk.dtype == np.int64
    assert start.survival.tolist() == [1, 0.5, 0.5]


def test_not_reached_says_where_the_curve_stays():
    found = survival.quantile(survival.kaplan_meier([1, 2, 3, 4], [1, 0, 0, 0]))
    assert found.reason == "not reached: the curve stays above 0.5"
    assert found.low == 1


def test_what_is_no_time_is_refused():
    for bad in ([-1.0, 2.0], [np.nan, 2.0]):
        with pytest.raises(ValueError, match="negative or missing"):
            survival.kaplan_meier(bad, [1, 0])
    with pytest.raises(ValueError, match="one length"):
        survival.kaplan_meier([1, 2], [1])
    with pytest.raises(ConfigurationError, match="'greenwood'"):
        survival.kaplan_meier([1], [1], "greenwood")


def test_restricted_mean_of_a_curve_without_censoring_is_the_mean():
    """Without censoring the mean up to a late time is the arithmetic mean, and its variance (n-1)/n**2 times s**2."""
    t = np.array([1.0, 4.0, 5.0, 9.0, 11.0])
    mean, error = survival.restricted_mean(survival.kaplan_meier(t, [1] * 5), 20)
    assert mean == pytest.approx(t.mean())
    assert error == pytest.approx(np.sqrt(t.var(ddof=0) / len(t)))


patients = st.lists(st.tuples(st.integers(0, 30), st.booleans()), min_size=1, max_size=40)


@settings(max_examples=40)
@given(patients, st.sampled_from(survival.METHODS))
def test_laws_of_a_curve(data, method):
    t, e = zip(*data, strict=True)
    of = survival.kaplan_meier(t, e, method)
    assert (np.diff(of.survival) <= 1e-15).all()
    assert ((of.survival >= 0) & (of.survival <= 1)).all()
    assert (np.diff(of.time) > 0).all()
    assert of.n == len(t) and of.events == sum(e)
    assert (of.n_at_risk == [sum(x >= u for x in t) for u in of.time]).all()
    known = ~np.isnan(of.low)
    assert (of.low[known] <= of.survival[known] + 1e-12).all()
    assert (of.high[known] >= of.survival[known] - 1e-12).all()
    assert ((of.low[known] >= 0) & (of.high[known] <= 1)).all()


@settings(max_examples=40)
@given(patients, st.floats(0.5, 100))
def test_quantiles_move_with_the_unit_of_time(data, factor):
    t, e = (np.array(v, dtype=float) for v in zip(*data, strict=True))
    here, there = (triple(survival.quantile(survival.kaplan_meier(t * f, e))) for f in (1, factor))
    assert there == [None if v is None else pytest.approx(v * factor, abs=1e-9) for v in here]


@settings(max_examples=40)
@given(patients)
def test_the_median_lies_in_its_interval(data):
    found = survival.quantile(survival.kaplan_meier(*zip(*data, strict=True)))
    if not np.isnan(found.estimate):
        assert np.isnan(found.low) or found.low <= found.estimate
        assert np.isnan(found.high) or found.estimate <= found.high


@settings(max_examples=40)
@given(st.lists(st.integers(1, 50), min_size=1, max_size=30))
def test_without_censoring_the_median_is_the_ordinary_one(t):
    """Both take the midpoint of two middle values."""
    found = survival.quantile(survival.kaplan_meier(t, [True] * len(t)))
    assert found.estimate == pytest.approx(float(pd.Series(t).median()))


@settings(max_examples=40)
@given(patients)
def test_a_curve_and_its_reverse_share_everybody(data):
    t, e = zip(*data, strict=True)
    forward, backward = survival.kaplan_meier(t, e), survival.reverse(t, e)
    assert forward.n_event.tolist() == backward.n_censored.tolist()
    assert forward.n_censored.tolist() == backward.n_event.tolist()
