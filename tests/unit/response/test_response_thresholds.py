"""Thresholds of RECIST 1.1, 4.3.1: met exactly is met, on every tenth of a millimetre."""

from fractions import Fraction

import numpy as np
import pytest

from acceptance.recist_harness import default_study
from mesenluth.errors import ConfigurationError
from mesenluth.response.recist import is_partial_response, is_progression
from mesenluth.response.rules import CODE, IDS, RULES
from mesenluth.response.settings import Criteria

TENTHS = np.arange(100, 1501)  # 10.0 to 150.0 mm
SUMS = TENTHS * 100  # micrometres


def test_pr_at_exactly_30_percent_of_every_baseline():
    limit = TENTHS * 70
    assert (limit * 10 == SUMS * 7).all()
    assert is_partial_response(limit, SUMS, Fraction(30)).all()
    assert not is_partial_response(limit + 1, SUMS, Fraction(30)).any()


def test_pd_at_exactly_20_percent_and_5_mm_over_every_nadir():
    limit = np.maximum(TENTHS * 120, SUMS + 5000)
    assert is_progression(limit, SUMS, Fraction(20), 5000).all()
    assert not is_progression(limit - 1, SUMS, Fraction(20), 5000).any()


def test_the_grid_holds_values_that_binary_floating_point_gets_wrong():
    """The same comparisons in floating point miss some of these boundaries: that is why lengths are whole numbers."""
    baseline, mm = SUMS / 1000, TENTHS * 70 / 1000
    assert ((mm - baseline) / baseline > -0.3).any()
    nadir = SUMS[TENTHS >= 250] / 1000
    assert ((TENTHS[TENTHS >= 250] * 120 / 1000 - nadir) / nadir < 0.2).any()


def test_every_tenth_against_every_tenth():
    """All pairs of a baseline or nadir and a sum, against the same rule in rational numbers of tenths."""
    before, after = np.meshgrid(TENTHS, TENTHS)
    assert (is_partial_response(after * 100, before * 100, Fraction(30)) == (10 * after <= 7 * before)).all()
    more = (5 * after >= 6 * before) & (after - before >= 50)
    assert (is_progression(after * 100, before * 100, Fraction(20), 5000) == more).all()


def test_over_a_nadir_of_0_the_absolute_increase_decides():
    sums = np.array([0, 4999, 5000])
    assert is_progression(sums, np.zeros(3, np.int64), Fraction(20), 5000).tolist() == [False, False, True]


def test_criteria_are_exact():
    criteria = Criteria.of(default_study()["response"] | {"pd_increase_percent": 12.5, "pd_increase_mm": 2.25})
    assert criteria.pd_increase == Fraction(25, 2)
    assert criteria.pd_increase_um == 2250


@pytest.mark.parametrize(
    ("change", "named"),
    [
        ({"timing": "landmark"}, "timing"),
        ({"cr_then_pr": "ask"}, "cr_then_pr"),
        ({"new_lesion_rule": "none"}, "new_lesion_rule"),
        ({"progression_date": "middle"}, "progression_date"),
        ({"response_date": "middle"}, "response_date"),
        ({"too_small_mm": 5.00001}, "too_small_mm"),
    ],
)
def test_what_is_not_built_is_refused_by_name(change, named):
    with pytest.raises(ConfigurationError, match=f"response.{named}"):
        Criteria.of(default_study()["response"] | change)


def test_a_missing_key_is_named():
    settings = default_study()["response"]
    del settings["min_sd_days"]
    with pytest.raises(ConfigurationError, match="min_sd_days"):
        Criteria.of(settings)


def test_every_rule_says_what_it_is_and_where_it_comes_from():
    assert [CODE[rule] for rule in IDS] == list(range(len(IDS)))
    assert [r.id for r in RULES.values() if not (r.text and r.section)] == []
