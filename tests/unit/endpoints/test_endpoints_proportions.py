"""Intervals and exact tests of proportions.

Reference values computed with scipy 1.17.1 and, where R has them, equal to R's; the test against R's own numbers is
tests/acceptance/test_r_reference.py.
"""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from mesenluth.endpoints import proportions as p
from mesenluth.errors import ConfigurationError

# x, n, then lower and upper limits of Clopper-Pearson, Wilson, Jeffreys and mid-P at 95 %.
TABLE = [
    (0, 52, (0, 0.068482), (0, 0.068792), (0, 0.046937), (0, 0.055982)),
    (2, 52, (0.004692, 0.132128), (0.010612, 0.129812), (0.008077, 0.117701), (0.006499, 0.121305)),
    (4, 52, (0.021357, 0.185397), (0.030319, 0.181736), (0.026522, 0.172582), (0.024920, 0.175189)),
    (6, 52, (0.043541, 0.234408), (0.053970, 0.229717), (0.049625, 0.222441), (0.048117, 0.224590)),
    (12, 26, (0.265871, 0.666292), (0.287559, 0.645421), (0.282442, 0.648686), (0.279182, 0.652051)),
    (6, 50, (0.045335, 0.243101), (0.056176, 0.238048), (0.051674, 0.230711), (0.050101, 0.232946)),
]
COLUMNS = ("clopper-pearson", "wilson", "jeffreys", "mid-p")


@pytest.mark.parametrize("case", TABLE, ids=lambda c: f"{c[0]}/{c[1]}")
def test_intervals(case):
    for method, limits in zip(COLUMNS, case[2:], strict=True):
        assert np.round(p.interval(method, case[0], case[1]), 6).tolist() == list(limits), method


def test_one_sided_limits():
    """Upper and lower one-sided 95 % limits of Clopper and Pearson."""
    for x, n, upper, lower in [(0, 52, 0.055982, 0), (2, 52, 0.116167, 0.006877), (12, 26, 0.637911, 0.292082)]:
        assert np.round(p.clopper_pearson(x, n, 0.95, "less"), 6).tolist() == [0, upper]
        assert np.round(p.clopper_pearson(x, n, 0.95, "greater"), 6).tolist() == [lower, 1]


def test_wilson_with_continuity_correction():
    assert np.round(p.interval("wilson-cc", 2, 52), 6).tolist() == [0.006690, 0.143313]
    assert np.round(p.interval("wilson-cc", 12, 26), 6).tolist() == [0.271384, 0.662523]


def test_exact_tests_against_five_percent():
    x = [0, 2, 4, 6]
    assert np.round(p.binomial_test(x, 52, 0.05, "less"), 6).tolist() == [0.069443, 0.514570, 0.882576, 0.985515]
    assert np.round(p.binomial_test(x, 52, 0.05, "greater"), 6).tolist() == [1, 0.740503, 0.261683, 0.044536]
    assert np.round(p.binomial_test(x, 52, 0.05), 6).tolist() == [0.113978, 1, 0.331125, 0.044536]


def test_how_many_patients_a_low_rate_takes():
    assert [p.smallest_n(0.05, 0.05, misses=k) for k in range(5)] == [59, 93, 124, 153, 181]
    assert p.smallest_n(0.05, 0.025) == 72
    assert round(p.smallest_p(59, 0.05), 5) == 0.04849
    assert round(p.smallest_p(52, 0.05), 6) == 0.069443


def test_how_many_patients_a_high_rate_takes():
    """Against 50 % five of five are needed (1/32 = 0.03125); with one patient not responding seven of eight."""
    assert p.smallest_n(0.5, 0.05, "greater") == 5
    assert p.smallest_n(0.5, 0.05, "greater", misses=1) == 8
    with pytest.raises(ConfigurationError, match="two-sided"):
        p.smallest_n(0.5, 0.05, "two-sided")


def test_power():
    assert [round(p.power(n, 0.05, 0.01, 0.05), 2) for n in (52, 93, 124, 181)] == [0, 0.76, 0.87, 0.96]
    assert [round(p.power(n, 0.05, 0.02, 0.05), 2) for n in (93, 124, 181)] == [0.44, 0.55, 0.70]
    n = p.n_for_power(0.05, 0.01, 0.05)
    assert p.power(n, 0.05, 0.01, 0.05) >= 0.8 > max(p.power(k, 0.05, 0.01, 0.05) for k in range(1, n))
    assert p.n_for_power(0.05, 0.049, 0.05, largest=50) is None


def test_critical_values():
    assert p.critical_value(52, 0.05, 0.05) is None
    assert p.critical_value(59, 0.05, 0.05) == 0
    assert p.critical_value(52, 0.05, 0.05, "greater") == 6  # P(X >= 6) = 0.0445, P(X >= 5) > 0.05
    assert p.critical_value(0, 0.05, 0.05) is None
    with pytest.raises(ConfigurationError, match="two-sided"):
        p.critical_value(52, 0.05, 0.05, "two-sided")


def test_posterior_below():
    """Beta(2.5, 50.5) below 0.05."""
    assert p.posterior_below(2, 52, 0.05) == pytest.approx(stats.beta.cdf(0.05, 2.5, 50.5), rel=1e-12)


@pytest.mark.parametrize("method", p.INTERVALS)
def test_nobody_counted_gives_no_limits(method):
    low, high = p.interval(method, [0, 1], [0, 2])
    assert np.isnan([low[0], high[0]]).all()
    assert np.isfinite([low[1], high[1]]).all()
    assert np.isnan(p.binomial_test(0, 0, 0.05))


def test_what_is_no_count_is_refused():
    for x, n in [(3, 2), (-1, 2), (0.5, 2)]:
        with pytest.raises(ValueError, match="0 <= x <= n"):
            p.clopper_pearson(x, n)
    with pytest.raises(ValueError, match="confidence"):
        p.wilson(1, 2, 95)


def test_an_unknown_method_is_refused_by_name():
    with pytest.raises(ConfigurationError, match="'wald'.*\n.*clopper-pearson"):
        p.interval("wald", 1, 2)
    with pytest.raises(ConfigurationError, match="equal"):
        p.binomial_test(1, 2, 0.5, "equal")


counts = st.integers(1, 300).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n)))


@given(counts, st.sampled_from(sorted(p.INTERVALS)), st.sampled_from([0.8, 0.9, 0.95, 0.99]))
def test_an_interval_contains_the_estimate_and_is_mirrored(count, method, confidence):
    x, n = count
    low, high = (float(v) for v in p.interval(method, x, n, confidence))
    assert 0 <= low <= x / n <= high <= 1
    mirrored = [1 - float(v) for v in p.interval(method, n - x, n, confidence)]
    assert mirrored[::-1] == pytest.approx([low, high], abs=1e-9)


@given(counts, st.floats(0.01, 0.99))
def test_the_exact_interval_is_what_the_exact_tests_do_not_reject(count, share):
    """At a limit of Clopper and Pearson the one-sided test has exactly half the level left."""
    x, n = count
    low, high = (float(v) for v in p.clopper_pearson(x, n, share))
    if x > 0:
        assert float(p.binomial_test(x, n, low, "greater")) == pytest.approx((1 - share) / 2, rel=1e-6)
    if x < n:
        assert float(p.binomial_test(x, n, high, "less")) == pytest.approx((1 - share) / 2, rel=1e-6)


@given(counts, st.floats(0.02, 0.98), st.sampled_from(p.ALTERNATIVES))
def test_p_values_agree_with_scipy(count, p0, alternative):
    x, n = count
    expected = stats.binomtest(x, n, p0, alternative=alternative).pvalue
    assert float(p.binomial_test(x, n, p0, alternative)) == pytest.approx(expected, rel=1e-9)


@given(st.floats(0.02, 0.5), st.integers(0, 4), st.sampled_from(["less", "greater"]))
def test_the_smallest_n_is_the_first_that_rejects(p0, misses, alternative):
    n = p.smallest_n(p0, 0.05, alternative, misses)
    x = (lambda m: misses) if alternative == "less" else (lambda m: m - misses)
    assert p.binomial_test(x(n), n, p0, alternative) <= 0.05
    if n - 1 >= max(misses, 1):
        assert p.binomial_test(x(n - 1), n - 1, p0, alternative) > 0.05


def test_a_search_that_finds_nothing_says_so():
    """Against a rate of one in a billion no study is large enough."""
    assert p.smallest_n(1e-9, 0.05) is None


def test_the_most_extreme_result():
    """Against 30 % everybody speaks more than nobody, with few patients (0.3**3 < 0.7**3)."""
    assert [p.most_extreme(3, 0.3, a) for a in p.ALTERNATIVES] == [0, 3, 3]
    assert p.most_extreme(3, 0.7, "two-sided") == 0
    assert p.smallest_p(3, 0.3, "greater") == pytest.approx(0.027)
