"""Drawn survival times: the Kaplan-Meier curve of the generator, and that its draws give the published interval."""

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from lifelines import KaplanMeierFitter
from lifelines.utils import median_survival_times

from mesenluth.errors import ConfigurationError
from mesenluth.simulate import plan
from mesenluth.simulate.survival import draw, kaplan_meier, quantiles
from mesenluth.simulate.targets import Median, settings, targets
from mesenluth.study import load

STUDY = load(Path(__file__).resolve().parents[3])
WANTED, CHOSEN = targets(STUDY), settings(STUDY)

# Freireich et al., Blood 1963;21:699-716: weeks of remission under 6-mercaptopurine, and who relapsed.
WEEKS = np.array([6, 6, 6, 6, 7, 9, 10, 10, 11, 13, 16, 17, 19, 20, 22, 23, 25, 32, 32, 34, 35])
RELAPSED = np.isin(np.arange(21), [0, 1, 2, 4, 6, 9, 10, 14, 15])


@pytest.mark.parametrize(
    ("interval", "at_10", "low"),
    [("plain", (0.5641, 0.9418), 13), ("log", (0.5859, 0.9676), 16), ("log-log", (0.5032, 0.8894), 13)],
)
def test_curve_is_that_of_the_textbook(interval, at_10, low):
    # Survival of 75.29 % at 10 weeks and a median of 23 weeks (Klein and Moeschberger 2003, example 4.1 and 4.2).
    curve = kaplan_meier(WEEKS, RELAPSED, 0.95, interval)
    at = np.searchsorted(curve.times, 10)
    assert curve.survival[at] == pytest.approx(0.7529, abs=5e-5)
    assert (curve.low[at], curve.high[at]) == pytest.approx(at_10, abs=5e-5)
    assert quantiles(curve) == (low, 23, None)


def test_unknown_interval_is_refused():
    with pytest.raises(ConfigurationError, match="arcsine"):
        kaplan_meier(WEEKS, RELAPSED, 0.95, "wald")


@given(seed=st.integers(0, 10_000))
def test_drawn_times_give_the_published_median_and_limits(seed):
    # lifelines has log-log limits only, which are those of the default study.
    days, events = draw(np.random.default_rng(seed), WANTED.included, WANTED.other_median, CHOSEN)
    fitted = KaplanMeierFitter().fit(days, events)
    limits = median_survival_times(fitted.confidence_interval_).to_numpy()[0]
    months = [f"{d / CHOSEN.month_days:.1f}" for d in (limits[0], fitted.median_survival_time_, limits[1])]
    asked = WANTED.other_median
    assert months == [f"{m:.1f}" for m in (asked.low, asked.months, asked.high)]
    assert len(days) == WANTED.included


@given(seed=st.integers(0, 10_000))
def test_without_a_published_median_half_of_the_patients_stay_free(seed):
    days, events = draw(np.random.default_rng(seed), 40, None, CHOSEN)
    assert KaplanMeierFitter().fit(days, events).survival_function_["KM_estimate"].min() > 0.5


def test_an_interval_that_so_few_patients_cannot_give_is_refused():
    with pytest.raises(ConfigurationError, match="cannot be drawn with 4 patients"):
        draw(np.random.default_rng(1), 4, Median(50.0, 49.8, 50.2), CHOSEN)


@given(seed=st.integers(0, 10_000))
def test_courses_leave_no_year_without_a_scan_and_end_with_life(seed):
    for course in plan.others(np.random.default_rng(seed), 40, CHOSEN):
        gaps = np.diff([0, *course.scans])
        assert gaps.min() > 0 and gaps.max() <= CHOSEN.max_gap
        assert course.death is None or course.death > course.scans[-1]
        # What counts lies before the cut.
        assert course.scans[course.counted - 1] <= course.cut_day
        assert course.origin + course.cut_day == CHOSEN.cut.toordinal()
        assert all(49 <= b - a <= 84 for a, b in zip(course.cycles, course.cycles[1:], strict=False))
        assert -CHOSEN.baseline_before <= course.baseline < 0


def test_median_of_the_mass_is_not_reached():
    # Deaths count as events in both compartments, and yet more than half of the patients stay free of progression.
    plans = plan.eligible(np.random.default_rng(3), WANTED, CHOSEN)
    fitted = KaplanMeierFitter().fit([p.mass_day for p in plans], [p.mass_event for p in plans])
    assert np.isinf(fitted.median_survival_time_)
    assert any(p.mass_event for p in plans)
