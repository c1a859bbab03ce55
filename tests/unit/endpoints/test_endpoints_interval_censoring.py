"""Times that are known to lie between two visits: published values, known cases, and what the study makes of them."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from test_endpoints_cohorts import default_study, news, patient, scan, series, tables
from test_endpoints_time_to_event import PFS

from mesenluth.endpoints.estimate import estimate
from mesenluth.endpoints.interval_censoring import intervals
from mesenluth.endpoints.survival import kaplan_meier
from mesenluth.endpoints.time_to_event import time_to_event
from mesenluth.endpoints.turnbull import median, survival_at, turnbull

OPEN = np.inf
# Months to cosmetic deterioration after radiotherapy alone, 46 patients: Finkelstein and Wolfe, Biometrics
# 1985;41:933-945, table 1, as R's package interval holds them (bcos).
BREAST = [
    (45, OPEN), (6, 10), (0, 7), (46, OPEN), (46, OPEN), (7, 16), (17, OPEN), (7, 14), (37, 44), (0, 8), (4, 11),
    (15, OPEN), (11, 15), (22, OPEN), (46, OPEN), (46, OPEN), (25, 37), (46, OPEN), (26, 40), (46, OPEN), (27, 34),
    (36, 44), (46, OPEN), (36, 48), (37, OPEN), (40, OPEN), (17, 25), (46, OPEN), (11, 18), (38, OPEN), (5, 12),
    (37, OPEN), (0, 5), (18, OPEN), (24, OPEN), (36, OPEN), (5, 11), (19, 35), (17, 25), (24, OPEN), (32, OPEN),
    (33, OPEN), (19, 26), (37, OPEN), (34, OPEN), (36, OPEN),
]  # fmt: skip
# Its estimate, to the four digits published: Klein and Moeschberger, Survival Analysis, 2nd edition, section 5.2, and
# the vignette of R's package interval.
MASS = {(4, 5): 0.0463, (6, 7): 0.0334, (7, 8): 0.0887, (11, 12): 0.0708, (24, 25): 0.0926, (33, 34): 0.0818,
        (38, 40): 0.1209, (46, 48): 0.4656}  # fmt: skip


def test_the_breast_cosmesis_data_give_the_published_estimate():
    found = turnbull(*zip(*BREAST, strict=True))
    assert found.converged
    assert found.n == 46
    got = {(left, right): m for left, right, m in zip(found.left, found.right, found.mass, strict=True)}
    assert set(got) == set(MASS)
    for place, mass in MASS.items():
        assert got[place] == pytest.approx(mass, abs=5.1e-5)
    middle, left, right = median(found)
    assert (middle, left, right) == (39, 38, 40)


def log_likelihood(found, rows):
    """Return the log likelihood of an estimate: an interval has the mass that lies within it."""
    total = 0.0
    for left, right in rows:
        # A known time at its very left limit does not lie in an interval, which is open there.
        known = found.left == found.right
        inside = (
            (found.left >= left) & (found.right <= right) & (known if left == right else ~known | (found.left > left))
        )
        total += np.log(found.mass[inside].sum())
    return total


@given(
    st.lists(
        st.tuples(st.integers(0, 8), st.one_of(st.none(), st.integers(0, 4))), min_size=1, max_size=12
    )  # a left limit, and the width of the interval: nothing for one that is open
)
def test_no_other_masses_are_more_likely(rows):
    limits = [(a, OPEN if w is None else a + w) for a, w in rows]
    found = turnbull(*zip(*limits, strict=True))
    assert found.mass.sum() == pytest.approx(1, abs=1e-12)
    best = log_likelihood(found, limits)
    rng = np.random.default_rng(1)
    for _ in range(20):
        other = found.mass * 0.9 + 0.1 * rng.dirichlet(np.ones(len(found.mass)))
        moved = type(found)(found.left, found.right, other, found.n, 0.0, True)
        assert log_likelihood(moved, limits) <= best + 1e-7


@given(st.lists(st.tuples(st.integers(1, 20), st.booleans()), min_size=1, max_size=30))
def test_where_every_time_is_known_it_is_the_curve_of_kaplan_and_meier(rows):
    """To 1e-6 in probability: the steps end when the likelihood can grow by less than 1e-9 a patient."""
    times, events = (np.array(v) for v in zip(*rows, strict=True))
    curve = kaplan_meier(times, events)
    found = turnbull(times, np.where(events, times, OPEN))
    at = curve.time[curve.n_event > 0]
    if len(at):
        assert survival_at(found, at) == pytest.approx(curve.survival[curve.n_event > 0], abs=1e-6)


def test_limits_that_are_none_are_refused():
    for left, right in (([1], [0]), ([-1], [2]), ([np.nan], [2]), ([1, 2], [3])):
        with pytest.raises(ValueError, match="left and right|no limits"):
            turnbull(left, right)
    assert turnbull([], []).n == 0


def seen():
    """A progresses on day 200, free on 100; B on day 100, never seen before; C dies on day 150; D is free to 300."""
    return tables(
        cohort=[patient(p) for p in "ABCD"],
        best_responses=[series(p) for p in "ABCD"],
        timepoint_responses=[
            scan("A", 100, "SD"), scan("A", 200, "PD"), scan("B", 50, "NE"), scan("B", 100, "PD"), scan("C", 100, "SD"),
            scan("D", 300, "SD"),
        ],
        follow_up=[news("C", 150, "dead")],
    )  # fmt: skip


def of_study(times):
    return times[(times["endpoint"] == PFS) & (times["compartment"] == "mesenteric") & (times["rule_set"] == "study")]


@pytest.mark.parametrize("plus", [False, True])
def test_a_progression_lies_between_the_last_scan_without_it_and_its_own(plus):
    study = default_study()
    study["time"] = {**study["time"], "add_one_day": plus}
    times = of_study(time_to_event(seen(), study))
    left, right = intervals(times, study)
    day = [(v * 30.4375 - plus).round(9).tolist() for v in (left, right)]
    assert day == [[100, 0, 150, 300], [200, 100, 150, OPEN]]


def test_calendar_months_bound_the_interval_too():
    study = default_study()
    study["time"] = {**study["time"], "month_days": "calendar"}
    left, right = intervals(of_study(time_to_event(seen(), study)), study)
    # 2015-01-01 to 11 April: three months and 10 of April's 30 days; to 20 July: six and 19 of 31.
    assert (left[0], right[0]) == (pytest.approx(3 + 10 / 30), pytest.approx(6 + 19 / 31))


def test_both_readings_stand_beside_the_study_s():
    """The mass lies in (0, 100], (100, 200] around the death on day 150, and beyond 300: 1/4 each way."""
    out = estimate(seen(), default_study())["estimates"]
    out = out[(out["endpoint"] == PFS) & (out["compartment"] == "mesenteric")]
    middle = out[(out["definition"] == "midpoint") & (out["statistic"] == "median")].iloc[0]
    # 50, 150 (A) and 150 (C): S is 3/4, then 1/4.
    assert middle["estimate"] == pytest.approx(150 / 30.4375)
    assert middle["method"] == "Kaplan-Meier of midpoints, log-log"
    found = out[(out["definition"] == "turnbull") & (out["statistic"] == "median")].iloc[0]
    assert found["method"] == "Turnbull (NPMLE)"
    assert found["estimate"] == pytest.approx(150 / 30.4375)
    assert pd.isna(found["ci_low"])
    assert (found["numerator"], found["denominator"]) == (3, 4)
    marks = out[(out["definition"] == "turnbull") & (out["statistic"] == "landmark")]
    assert marks["reason"].iloc[-1] == "not estimable: nobody was followed so long"


def test_where_others_compete_there_is_no_such_estimate():
    study = default_study()
    study["survival"] = {**study["survival"], "death": "competing"}
    out = estimate(seen(), study)["estimates"]
    found = out[out["definition"].isin(["turnbull", "midpoint"]) & (out["endpoint"] == PFS)]
    assert set(found["text"]) == {"not estimable"}
    assert found["reason"].str.contains("other events compete").all()
    assert found[["numerator", "denominator"]].notna().all(axis=None)
