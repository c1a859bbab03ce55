"""Whether groups differ in a proportion: against scipy, and against every table counted out."""

from itertools import product
from math import comb

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from mesenluth.endpoints.heterogeneity import EXACT, PEARSON, homogeneity

groups = st.lists(st.integers(1, 6).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))), min_size=2, max_size=4)


@given(groups)
def test_the_exact_test_adds_up_the_tables_that_are_not_likelier(of):
    """Freeman and Halton: all tables with as many events, each as likely as the product of its binomials."""
    x, n = [a for a, _ in of], [b for _, b in of]
    found = homogeneity(x, n)
    if sum(x) in (0, sum(n)):
        assert "has the event" in found.reason
        return

    def weight(table):
        out = 1
        for a, b in zip(table, n, strict=True):
            out *= comb(b, a)
        return out

    tables = [t for t in product(*(range(b + 1) for b in n)) if sum(t) == sum(x)]
    extreme = sum(w for w in map(weight, tables) if w <= weight(x))
    assert found.method == EXACT
    assert found.p_value == pytest.approx(extreme / comb(sum(n), sum(x)), rel=1e-12)


@given(st.integers(0, 30), st.integers(0, 40))
def test_of_two_groups_it_is_fishers_test(a, b):
    found = homogeneity([a, b], [30, 40])
    if 0 < a + b < 70:
        assert found.p_value == pytest.approx(stats.fisher_exact([[a, b], [30 - a, 40 - b]])[1], rel=1e-9)


def test_many_events_are_left_to_the_approximation_and_few_in_many_patients_are_not():
    """2,001 events of 100,000 would take whole numbers of thousands of digits; 3 of 100,000 are counted out."""
    many = homogeneity([1000, 1001], [50_000, 50_000])
    assert many.method == PEARSON
    chi = stats.chi2_contingency([[1000, 1001], [49_000, 48_999]], correction=False)
    assert many.p_value == pytest.approx(chi[1], rel=1e-9)
    assert many.chi_squared == pytest.approx(chi[0], rel=1e-9)
    few = homogeneity([0, 3], [50_000, 50_000])
    assert few.method == EXACT
    assert few.p_value == pytest.approx(stats.fisher_exact([[0, 3], [50_000, 49_997]])[1], rel=1e-9)


def test_too_many_tables_are_left_to_the_approximation_which_says_how_far_it_can_be_trusted():
    x, n = list(range(1, 13)), [20 + 3 * i for i in range(12)]
    found = homogeneity(x, n, most_states=50)
    assert found.method == PEARSON
    assert found.reason == "3 of 12 centres have fewer than 5 expected, so that p is approximate"
    assert homogeneity(x, n, most_states=50, of="levels").reason.startswith("3 of 12 levels")


def test_counts_that_cannot_be():
    for x, n in (([3], [2]), ([-1, 0], [2, 2]), ([0.5, 0], [2, 2])):
        with pytest.raises(ValueError, match="whole numbers"):
            homogeneity(x, n)
