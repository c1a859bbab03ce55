"""Two proportions of the same patients, and of different ones."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mesenluth.endpoints import paired

# Only first, only second: exact and mid-p values, computed with scipy 1.17.1.
DISCORDANT = [
    (0, 6, 0.03125, 0.015625),
    (0, 2, 0.5, 0.25),
    (1, 3, 0.625, 0.375),
    (2, 4, 0.6875, 0.453125),
    (0, 4, 0.125, 0.0625),
    (1, 5, 0.21875, 0.125),
]


def test_mcnemar():
    b, c, exact, mid = (np.array(v) for v in zip(*DISCORDANT, strict=True))
    np.testing.assert_allclose(paired.mcnemar_exact(b, c), exact, rtol=1e-12)
    np.testing.assert_allclose(paired.mcnemar_mid_p(b, c), mid, rtol=1e-12)


def test_no_discordant_pair_is_no_evidence():
    assert paired.mcnemar_exact(0, 0) == 1
    assert paired.mcnemar_mid_p(0, 0) == 1
    assert np.isnan(paired.discordant_odds_ratio(0, 0)).all()


def test_odds_ratio_when_one_side_is_empty():
    ratio, low, high = paired.discordant_odds_ratio(6, 0)
    assert (ratio, high) == (np.inf, np.inf)
    assert low > 1


def test_pairs_are_counted():
    table = paired.paired_table([True, True, False, False, False], [True, False, True, False, False])
    assert table == paired.PairedTable(1, 1, 1, 2)
    assert table.n == 5


@pytest.mark.parametrize(
    ("table", "expected"),
    [
        # Airway hyper-responsiveness before and after transplantation (Bentur 2009), as worked out in
        # Fagerland, Lydersen and Laake, Stat Med 2014;33:2850-2875: -0.286 (-0.507 to -0.026).
        (paired.PairedTable(1, 1, 7, 12), (-0.286, -0.507, -0.026)),
        # Altman, Machin, Bryant, Gardner, Statistics with Confidence, 2nd edition, table 6.2: 0.122 (0.011 to 0.226).
        (paired.PairedTable(14, 5, 0, 22), (0.122, 0.011, 0.226)),
    ],
)
def test_newcombe_for_pairs(table, expected):
    assert np.round(paired.newcombe_paired_difference(table), 3).tolist() == list(expected)


def test_no_pairs_give_no_difference():
    assert np.isnan(paired.newcombe_paired_difference(paired.PairedTable(0, 0, 0, 0))).all()
    assert np.isnan([float(v) for v in paired.newcombe_difference(0, 0, 1, 2)]).all()


def test_one_margin_full_has_no_correlation():
    """Where everybody responded in both nothing can correlate: the difference is 0 with a symmetric band."""
    difference, low, high = paired.newcombe_paired_difference(paired.PairedTable(10, 0, 0, 0))
    assert difference == 0
    assert low == pytest.approx(-high)


cells = st.tuples(*[st.integers(0, 60)] * 4).filter(lambda t: sum(t) > 0).map(lambda t: paired.PairedTable(*t))


@given(cells)
def test_the_difference_lies_in_its_interval_and_changes_sign_with_the_order(table):
    difference, low, high = paired.newcombe_paired_difference(table)
    assert -1 - 1e-12 <= low <= difference <= high <= 1 + 1e-12
    swapped = paired.PairedTable(table.both, table.second_only, table.first_only, table.neither)
    assert paired.newcombe_paired_difference(swapped) == pytest.approx((-difference, -high, -low), abs=1e-12)


@given(st.integers(0, 80), st.integers(0, 80))
def test_mid_p_is_smaller_and_both_are_symmetric(b, c):
    exact, mid = paired.mcnemar_exact(b, c), paired.mcnemar_mid_p(b, c)
    assert 0 < mid <= exact * (1 + 1e-12)
    assert exact <= 1
    assert (exact, mid) == (paired.mcnemar_exact(c, b), paired.mcnemar_mid_p(c, b))
