"""Times of two compartments of the same patients: exact values, laws, and the cases at the edges."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from test_endpoints_cohorts import default_study, news, patient, scan, series, tables

from mesenluth.endpoints.curve_reading import restricted_mean
from mesenluth.endpoints.estimate import estimate
from mesenluth.endpoints.kaplan_meier import kaplan_meier
from mesenluth.endpoints.paired_survival import (
    NOTHING_APART,
    Times,
    bootstrap_difference,
    influence,
    jackknife_difference,
    progressed_first,
)

MASS, OTHERS = "mesenteric", "non_mesenteric"
CURVES = st.lists(st.tuples(st.integers(1, 60), st.booleans()), min_size=2, max_size=30)


def of(pairs):
    return Times.of([t for t, _ in pairs], [e for _, e in pairs])


@given(CURVES, st.integers(1, 60))
def test_what_patients_add_squared_is_the_variance_of_the_restricted_mean(pairs, until):
    times = of(pairs)
    _, error = restricted_mean(kaplan_meier(times.time, times.event), until)
    found = influence(times, until)
    assert np.sum(found**2) == pytest.approx(error**2, rel=1e-9, abs=1e-12)
    assert found.sum() == pytest.approx(0, abs=1e-9)


def test_without_censoring_the_difference_is_that_of_the_means_and_its_error_that_of_pairs():
    """Means up to 10 of 2, 4, 6, 20 and 1, 3, 9, 9: 5.5 and 5.5; differences 1, 1, -3, 1, variance 12 / 4 over 4."""
    first, second = Times.of([2, 4, 6, 20], [1, 1, 1, 1]), Times.of([1, 3, 9, 9], [1, 1, 1, 1])
    found = jackknife_difference(first, second, 10)
    assert (found.first, found.second, found.estimate) == (5.5, 5.5, 0)
    assert found.std_err == pytest.approx(np.sqrt(12 / 16))
    assert (found.low, found.high) == pytest.approx((-1.959964 * np.sqrt(0.75), 1.959964 * np.sqrt(0.75)), rel=1e-6)
    assert found.p_value == pytest.approx(1)


def slow_bootstrap(first, second, until, resamples, seed):
    """Return every resampled difference by the plain way: one curve of lifelines a resample and compartment."""
    rng = np.random.Generator(np.random.PCG64(seed))
    drawn = rng.integers(0, len(first.time), size=(resamples, len(first.time)))
    return np.array(
        [
            restricted_mean(kaplan_meier(first.time[d], first.event[d]), until)[0]
            - restricted_mean(kaplan_meier(second.time[d], second.event[d]), until)[0]
            for d in drawn
        ]
    )


@settings(max_examples=10, deadline=None)
@given(
    st.lists(st.tuples(st.integers(1, 30), st.booleans(), st.integers(1, 30), st.booleans()), min_size=3, max_size=9)
)
def test_the_bootstrap_is_that_of_whole_curves_drawn_one_by_one(patients):
    first = Times.of([*(p[0] for p in patients), 40], [*(p[1] for p in patients), False])
    second = Times.of([*(p[2] for p in patients), 40], [*(p[3] for p in patients), False])
    found = bootstrap_difference(first, second, 24, 40, 7)
    plain = slow_bootstrap(first, second, 24, 40, 7)
    if found.reason:
        assert found.reason == NOTHING_APART
        assert np.ptp(plain) < 1e-9
    else:
        assert (found.low, found.high) == pytest.approx(tuple(np.quantile(plain, [0.025, 0.975])), abs=1e-9)
        assert found.std_err == pytest.approx(plain.std(ddof=1))


def many(n=400, seed=3):
    rng = np.random.default_rng(seed)
    frailty = rng.gamma(2, 0.5, n)
    ends = rng.uniform(20, 90, n)
    one, two = rng.exponential(60 / frailty), rng.exponential(40 / frailty)
    return Times.of(np.minimum(one, ends), one < ends), Times.of(np.minimum(two, ends), two < ends)


def test_bootstrap_and_jackknife_agree_where_patients_are_many():
    first, second = many()
    drawn, exact = bootstrap_difference(first, second, 48, 2000, 1), jackknife_difference(first, second, 48)
    assert drawn.estimate == exact.estimate > 0
    assert drawn.std_err == pytest.approx(exact.std_err, rel=0.05)
    assert (drawn.low, drawn.high) == pytest.approx((exact.low, exact.high), abs=0.1 * exact.std_err)
    unpaired = np.hypot(*(restricted_mean(t.curve, 48)[1] for t in (first, second)))
    assert exact.std_err < unpaired  # the patients' frailty is shared


def test_the_same_seed_gives_the_same_interval_however_patients_are_drawn_at_once(monkeypatch):
    first, second = many(100)
    one = bootstrap_difference(first, second, 48, 300, 11)
    monkeypatch.setattr("mesenluth.endpoints.paired_survival.DRAWN_AT_ONCE", 700)
    assert bootstrap_difference(first, second, 48, 300, 11) == one
    assert bootstrap_difference(first, second, 48, 300, 12) != one


def test_a_curve_that_ends_early_has_no_restricted_mean_and_a_resample_that_does_is_carried_on():
    short, long = Times.of([5, 10], [1, 0]), Times.of([5, 30], [0, 0])
    assert jackknife_difference(short, long, 24).reason == ("not estimable: longest follow-up 10.0 months, short of 24")
    # Only the second patient is seen at 24: drawn without it, in a quarter of the resamples, the curves end early.
    found = bootstrap_difference(Times.of([5, 30], [1, 0]), long, 24, 4000, 5)
    assert found.carried == pytest.approx(0.25, abs=0.03)


@pytest.mark.parametrize("function", [jackknife_difference, lambda a, b, u: bootstrap_difference(a, b, u, 100, 1)])
def test_edges_are_values_with_reasons(function):
    nobody = Times.of([], [])
    assert function(nobody, nobody, 12).reason == "not estimable: no patients"
    one = Times.of([30], [0])
    found = function(one, one, 12)
    assert (found.estimate, found.reason) == (0, NOTHING_APART)
    assert np.isnan([found.low, found.high, found.p_value]).all()


def test_which_progressed_first():
    """One by one: first; second; same day; neither; first while the other was last seen before; both, second first."""
    first = Times(np.array([10.0, 50, 30, 90, 60, 80]), np.array([1, 0, 1, 0, 1, 1], dtype=bool))
    second = Times(np.array([40.0, 20, 30, 90, 40, 70]), np.array([0, 1, 1, 0, 0, 1], dtype=bool))
    found = progressed_first(first, second)
    assert (found.first, found.second, found.together, found.neither, found.unknown) == (1, 2, 1, 1, 1)
    assert found.p_value == 1  # 1 of 3


def test_the_sign_test_is_exact():
    """4 against 19: twice the binomial tail up to 4 of 23."""
    n = 23
    first = Times(np.full(n, 10.0), np.arange(n) < 4)
    second = Times(np.full(n, 10.0), np.arange(n) >= 4)
    tail = sum(math.comb(n, k) for k in range(5)) / 2**n
    assert progressed_first(first, second).p_value == pytest.approx(2 * tail, rel=1e-12)


def study_of(**ends):
    """Return the estimates of patients with (mass, others, death) days; None: no event up to day 1800."""
    best, scans, news_of = [], [], []
    for p, (mass, others, death) in ends.items():
        best += [series(p, c) for c in (MASS, OTHERS, "whole_patient")]
        last = death - 1 if death else 1800
        for c, at in ((MASS, mass), (OTHERS, others)):
            scans += [scan(p, at, "PD", c)] if at else [scan(p, last, "SD", c)]
        news_of.append(news(p, death, "dead") if death else news(p, 1800))
    given_ = tables(
        cohort=[patient(p) for p in ends], best_responses=best, timepoint_responses=scans, follow_up=news_of
    )
    return estimate(given_, default_study())["estimates"]


def paired(frame, statistic, definition="study", method=None):
    found = frame[(frame["statistic"] == statistic) & (frame["definition"] == definition)]
    found = found[found["population"] == "disease_in_both"]
    return found[found["method"] == method].iloc[0] if method else found.iloc[0]


def test_deaths_are_events_of_both_and_the_cause_specific_rows_leave_them_out():
    frame = study_of(A=(None, 300, None), B=(None, 400, None), C=(600, None, None), D=(None, None, 700), E=(None,) * 3)
    both = paired(frame, "hazard_ratio")
    assert both["numerator"] == 5  # three progressions, one death in each compartment
    assert both["reason"].startswith("1 death is an event of both compartments, which dilutes the contrast")
    alone = paired(frame, "hazard_ratio", "cause_specific")
    assert alone["numerator"] == 3
    # Only progressions tell the compartments apart, so that without deaths the ratio lies further from 1.
    assert alone["estimate"] < both["estimate"] < 1
    assert paired(frame, "progressed_first")["text"] == (
        "mesenteric first in 1, non_mesenteric first in 2, on the same day 0, neither 2; p = 1.000"
    )
    assert not frame.loc[frame["subgroup"].isna(), "test"].str.contains("log-rank", na=False).any()


def test_patients_with_disease_in_one_compartment_alone_are_left_out_and_counted():
    ends = {"A": (None, 300), "B": (300, None), "C": (None, None), "D": (None, None)}
    best = [series(p, c) for p in "AB" for c in (MASS, OTHERS)]
    best += [series("C", MASS), series("C", OTHERS, "NED"), series("D", MASS), series("D", OTHERS, has_baseline=False)]
    scans = [
        scan(p, at or 1800, "PD" if at else "SD", c)
        for p, d in ends.items()
        for c, at in zip((MASS, OTHERS), d, strict=True)
    ]
    given_ = tables(cohort=[patient(p) for p in ends], best_responses=best, timepoint_responses=scans)
    found = paired(estimate(given_, default_study())["estimates"], "paired_patients")
    assert (found["numerator"], found["denominator"]) == (2, 4)
    assert found["reason"] == (
        "left out at baseline: 1 only mesenteric disease, 1 no baseline assessment of one of them"
    )


def test_nobody_progressed_and_one_patient_and_nobody_are_values():
    for frame in (study_of(A=(None,) * 3, B=(None,) * 3), study_of(A=(None,) * 3)):
        assert paired(frame, "hazard_ratio")["reason"] == "not estimable: no events"
        assert paired(frame, "progressed_first")["reason"].startswith("not estimable: in no patient did one")
        difference = paired(frame, "restricted_mean_difference")
        assert difference["text"] == "0.0 months up to 48 months: mesenteric 48.0, non_mesenteric 48.0"
        assert difference["reason"] == NOTHING_APART
        assert not (frame["definition"] == "cause_specific").any()
    empty = study_of()
    assert paired(empty, "hazard_ratio")["reason"] == "not estimable: no patients"
    assert paired(empty, "progressed_first")["reason"] == "not estimable: no patients"
    assert paired(empty, "paired_patients")["text"] == "0 of 0 patients have disease in both compartments at baseline"


def test_progression_in_one_compartment_alone_has_no_hazard_ratio():
    found = paired(study_of(A=(None, 300, None), B=(None, 400, None), C=(None, None, None)), "hazard_ratio")
    assert found["text"] == "not estimable"
    assert found["reason"] == ("not estimable: events come on one side alone, so that the hazard ratio has no limit")


def test_no_tau_no_restricted_means():
    study = default_study()
    study["statistics"]["rmst_months"] = None
    given_ = tables(cohort=[patient("A")], best_responses=[series("A", c) for c in (MASS, OTHERS)])
    frame = estimate(given_, study)["estimates"]
    assert not frame["statistic"].str.startswith("restricted_mean").any()
