"""Agreement statistics: published examples, and references coded here from the papers' formulas."""

import math
from itertools import product

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import integrate, stats

from mesenluth.endpoints.agreement_statistics import (
    ONE_CATEGORY,
    concordance,
    intraclass,
    jackknifed,
    kappa,
    limits,
    repeated_limits,
    weights,
)

CLOSE = 1e-8
# Bland & Altman, Lancet 1986;1:307-310, table 1: peak expiratory flow, first readings of both meters, l/min.
WRIGHT = np.array([494, 395, 516, 434, 476, 557, 413, 442, 650, 433, 417, 656, 267, 478, 178, 423, 427.0])
MINI = np.array([512, 430, 520, 428, 500, 600, 364, 380, 658, 445, 432, 626, 260, 477, 259, 350, 451.0])
# Shrout & Fleiss, Psychol Bull 1979;86:420-428, table 2: six targets, four judges.
JUDGES = np.array([[9, 2, 5, 8], [6, 1, 3, 2], [8, 4, 6, 8], [7, 1, 2, 6], [10, 5, 6, 9], [6, 2, 4, 7.0]])


def pairs_of(table):
    """Return the categories of both readers from a table of counts."""
    table = np.asarray(table)
    cells = [(i, j) for i, j in product(range(len(table)), repeat=2) for _ in range(table[i, j])]
    return np.array([c[0] for c in cells]), np.array([c[1] for c in cells])


def kappa_by_the_paper(table, weight):
    """Fleiss, Cohen & Everitt 1969, formulas 1 to 4, 12 and 13, cell by cell."""
    n, size = sum(map(sum, table)), len(table)
    p = [[table[i][j] / n for j in range(size)] for i in range(size)]
    row = [sum(p[i]) for i in range(size)]
    column = [sum(p[i][j] for i in range(size)) for j in range(size)]
    po = sum(weight[i][j] * p[i][j] for i in range(size) for j in range(size))
    pe = sum(weight[i][j] * row[i] * column[j] for i in range(size) for j in range(size))
    wi = [sum(column[j] * weight[i][j] for j in range(size)) for i in range(size)]
    wj = [sum(row[i] * weight[i][j] for i in range(size)) for j in range(size)]
    total = sum(
        p[i][j] * (weight[i][j] * (1 - pe) - (wi[i] + wj[j]) * (1 - po)) ** 2 for i in range(size) for j in range(size)
    )
    variance = (total - (po * pe - 2 * pe + po) ** 2) / (n * (1 - pe) ** 4)
    return (po - pe) / (1 - pe), math.sqrt(variance)


def test_kappa_of_fleiss_textbook():
    """Fleiss, Statistical methods for rates and proportions: psychotic, neurotic, organic, 100 patients."""
    a, b = pairs_of([[75, 1, 4], [5, 4, 1], [0, 0, 10]])
    found = kappa(a, b, weights(3, "none"), 0.95)
    assert round(found.value, 2) == 0.68
    assert round(found.se, 3) == 0.088
    assert (round(found.low, 2), round(found.high, 2)) == (0.50, 0.85)


def test_kappas_of_cohen_1968():
    """Cohen, Psychol Bull 1968;70:213-220: kappa .492, and .348 with his weights of disagreement 0 1 3, 1 0 6, 3 6 0."""
    a, b = pairs_of([[88, 14, 18], [10, 40, 10], [2, 6, 12]])
    assert round(kappa(a, b, weights(3, "none"), 0.95).value, 3) == 0.492
    disagreement = np.array([[0, 1, 3], [1, 0, 6], [3, 6, 0]])
    assert round(kappa(a, b, 1 - disagreement / 6, 0.95).value, 3) == 0.348


@pytest.mark.parametrize("kind", ["none", "linear", "quadratic"])
@pytest.mark.parametrize(
    "table", [[[88, 14, 18], [10, 40, 10], [2, 6, 12]], [[5, 1, 0, 0], [2, 9, 3, 0], [0, 4, 30, 2], [1, 0, 6, 11]]]
)
def test_standard_error_by_the_formula_of_the_paper(table, kind):
    weight = weights(len(table), kind)
    value, se = kappa_by_the_paper(table, weight)
    found = kappa(*pairs_of(table), weight, 0.9)
    assert found.value == pytest.approx(value, rel=CLOSE)
    assert found.se == pytest.approx(se, rel=CLOSE)
    assert found.low == pytest.approx(value - 1.6448536269514722 * se, rel=CLOSE)


def test_weights():
    assert weights(4, "linear")[0].tolist() == pytest.approx([1, 2 / 3, 1 / 3, 0])
    assert weights(4, "quadratic")[0].tolist() == pytest.approx([1, 8 / 9, 5 / 9, 0])


def test_kappa_where_chance_alone_explains_all():
    """Everybody stable for both: observed and expected agreement are 1, and kappa is not 1, nor 0, but undefined."""
    same = np.full(20, 2)
    found = kappa(same, same, weights(4, "none"), 0.95)
    assert math.isnan(found.value)
    assert found.reason == ONE_CATEGORY
    # One reader all stable, the other not: kappa is 0, and defined.
    assert kappa(same, np.array([2] * 19 + [3]), weights(4, "none"), 0.95).value == 0


def test_kappa_of_no_pair_and_of_one():
    none = np.zeros(0, int)
    assert kappa(none, none, weights(4, "none"), 0.95).reason == "no pairs"
    one, other = np.array([1]), np.array([2])
    assert math.isnan(kappa(one, one, weights(4, "none"), 0.95).value)
    assert kappa(one, other, weights(4, "none"), 0.95).value == 0


@given(st.lists(st.tuples(st.integers(0, 3), st.integers(0, 3)), min_size=4, max_size=60))
def test_kappa_properties(cells):
    a, b = (np.array(c) for c in zip(*cells, strict=True))
    for kind in ("none", "linear", "quadratic"):
        one, other = (kappa(x, y, weights(4, kind), 0.95) for x, y in ((a, b), (b, a)))
        if math.isnan(one.value):
            assert math.isnan(other.value)
            continue
        assert other.value == pytest.approx(one.value, abs=1e-12)
        assert other.se == pytest.approx(one.se, abs=1e-9)
        assert one.value <= 1 + 1e-12
        # A cluster of one pair each is no cluster.
        assert kappa(a, b, weights(4, kind), 0.95, np.arange(len(a))).se == pytest.approx(one.se, abs=1e-12)
        # Doubling every pair within its patient adds no information.
        twice = kappa(np.tile(a, 2), np.tile(b, 2), weights(4, kind), 0.95, np.tile(np.arange(len(a)), 2))
        assert twice.se == pytest.approx(one.se, abs=1e-12)


def test_quadratic_kappa_is_lins_concordance_of_the_ranks():
    """Both are 1 - E(a - b)^2 / (the same under independence), exactly."""
    a, b = pairs_of([[5, 1, 0, 0], [2, 9, 3, 0], [0, 4, 30, 2], [1, 0, 6, 11]])
    assert kappa(a, b, weights(4, "quadratic"), 0.95).value == pytest.approx(
        concordance(a.astype(float), b.astype(float), 0.95).value, rel=1e-12
    )


def test_limits_of_bland_and_altman_1986():
    """Bias -2.1, SD 38.8, interval of the bias -22.0 to 17.8; with 2 SD, as printed there, -79.7 to 75.5."""
    found = limits(WRIGHT - MINI, 0.95)
    assert round(found.bias.value, 1) == -2.1
    assert round(found.sd.value, 1) == 38.8
    assert (round(found.bias.low, 1), round(found.bias.high, 1)) == (-22.0, 17.8)
    two = limits(WRIGHT - MINI, 0.95, agreement=2 * stats.norm.cdf(2) - 1)
    # The paper works with rounded values.
    assert two.low.value == pytest.approx(-79.7, abs=0.1)
    assert two.high.value == pytest.approx(75.5, abs=0.1)


def test_exact_interval_of_a_limit_is_that_of_the_noncentral_t():
    """Carkeet 2015: the quantile solves P(T <= q) = p, here by integrating over the chi-square of the variance."""
    difference = WRIGHT - MINI
    n = len(difference)
    found = limits(difference, 0.95)
    mean, se = difference.mean(), difference.std(ddof=1) / math.sqrt(n)
    shift = 1.959963984540054 * math.sqrt(n)
    for limit, p in ((found.high.low, 0.025), (found.high.high, 0.975)):
        q = (limit - mean) / se

        def density(v, q=q):
            return stats.norm.cdf(q * math.sqrt(v / (n - 1)) - shift) * stats.chi2.pdf(v, n - 1)

        assert integrate.quad(density, 0, 200, epsabs=1e-13, limit=400)[0] == pytest.approx(p, rel=CLOSE)
    assert found.low.low - mean == pytest.approx(mean - found.high.high, rel=1e-12)


def test_approximate_interval_of_a_limit():
    found = limits(WRIGHT - MINI, 0.95, exact=False)
    sd, n = (WRIGHT - MINI).std(ddof=1), 17
    se = sd * math.sqrt(1 / n + 1.959963984540054**2 / (2 * (n - 1)))
    assert found.high.low == pytest.approx(found.high.value - 2.1199052992210112 * se, rel=CLOSE)
    # Their own rounding, variance 3 SD^2 / n, gives -114.3 to -45.1 around -79.7.
    assert found.low.high - found.low.low == pytest.approx(114.3 - 45.1, abs=1.0)


def test_limits_of_too_few_and_of_equal_differences():
    assert math.isnan(limits(np.array([]), 0.95).bias.value)
    one = limits(np.array([3.0]), 0.95)
    assert one.bias.value == 3 and math.isnan(one.bias.low) and math.isnan(one.high.value)
    assert one.high.reason == "fewer than two pairs"
    same = limits(np.full(5, 2.0), 0.95)
    assert (same.low.low, same.high.high, same.sd.value) == (2, 2, 0)


def repeated_by_hand(difference, patient, confidence):
    """Bland & Altman 2007 and Zou 2013, patient by patient."""
    groups = [np.asarray(g) for _, g in pd.Series(difference).groupby(patient)]
    n, total = len(groups), sum(map(len, groups))
    grand = sum(g.sum() for g in groups) / total
    msw = sum(((g - g.mean()) ** 2).sum() for g in groups) / (total - n)
    msb = sum(len(g) * (g.mean() - grand) ** 2 for g in groups) / (n - 1)
    divisor = (total**2 - sum(len(g) ** 2 for g in groups)) / ((n - 1) * total)
    sd = math.sqrt((msb - msw) / divisor + msw)
    means = [g.mean() for g in groups]
    s2 = np.var(means, ddof=1)
    rest = (1 - sum(1 / len(g) for g in groups) / n) * msw
    a = 1 - confidence
    z = stats.norm.ppf(1 - a / 2)
    lower = math.sqrt(
        (s2 * (1 - (n - 1) / stats.chi2.ppf(1 - a / 2, n - 1))) ** 2
        + (rest * (1 - (total - n) / stats.chi2.ppf(1 - a / 2, total - n))) ** 2
    )
    upper = math.sqrt(
        (s2 * ((n - 1) / stats.chi2.ppf(a / 2, n - 1) - 1)) ** 2
        + (rest * ((total - n) / stats.chi2.ppf(a / 2, total - n) - 1)) ** 2
    )
    root, of_mean = math.sqrt(s2 + rest), z**2 * s2 / n
    near = math.sqrt(of_mean + 1.959963984540054**2 * (root - math.sqrt(s2 + rest - lower)) ** 2)
    far = math.sqrt(of_mean + 1.959963984540054**2 * (math.sqrt(s2 + rest + upper) - root) ** 2)
    high = grand + 1.959963984540054 * sd
    return grand, sd, high, high - near, high + far


@pytest.mark.parametrize("sizes", [[3] * 8, [1, 4, 2, 7, 1, 3, 5]])
def test_limits_of_repeated_pairs(sizes):
    rng = np.random.default_rng(4)
    patient = np.repeat(np.arange(len(sizes)), sizes)
    difference = rng.normal(0, 3, len(sizes))[patient] + rng.normal(1, 2, len(patient))
    found = repeated_limits(difference, patient, 0.95)
    expected = repeated_by_hand(difference, patient, 0.95)
    values = (found.bias.value, found.sd.value, found.high.value, found.high.low, found.high.high)
    assert values == pytest.approx(expected, rel=CLOSE)
    # Taken as independent, the differences between patients are counted again and again: too narrow an interval.
    assert found.high.high - found.high.low > (lambda x: x.high - x.low)(limits(difference, 0.95).high)


def test_repeated_pairs_in_another_order_give_the_same():
    rng = np.random.default_rng(5)
    patient, difference = np.repeat(np.arange(6), 4), rng.normal(0, 1, 24)
    mixed = rng.permutation(24)
    one, other = repeated_limits(difference, patient, 0.95), repeated_limits(difference[mixed], patient[mixed], 0.95)
    assert other.high.high == pytest.approx(one.high.high, rel=1e-12)
    assert repeated_limits(difference, np.zeros(24), 0.95).sd.reason == "fewer than two patients"


def test_lins_concordance_by_its_formulas():
    found = concordance(WRIGHT, MINI, 0.95)
    n = len(WRIGHT)
    mx, my = sum(WRIGHT) / n, sum(MINI) / n
    vx, vy = sum((WRIGHT - mx) ** 2) / n, sum((MINI - my) ** 2) / n
    cov = sum((WRIGHT - mx) * (MINI - my)) / n
    p, r, u = 2 * cov / (vx + vy + (mx - my) ** 2), cov / math.sqrt(vx * vy), (mx - my) / (vx * vy) ** 0.25
    # Lin 2000, the corrected variance: the one printed in 1989 has 4 and 2 in place of 2 and 1/2.
    variance = ((1 - r**2) * p**2 * (1 - p**2) / r**2 + 2 * p**3 * (1 - p) * u**2 / r - 0.5 * p**4 * u**4 / r**2) / (
        n - 2
    )
    se = math.sqrt(variance)
    half = 1.959963984540054 * se / (1 - p**2)
    assert found.value == pytest.approx(p, rel=CLOSE)
    assert found.se == pytest.approx(se, rel=CLOSE)
    assert found.low == pytest.approx(math.tanh(math.atanh(p) - half), rel=CLOSE)
    assert found.high == pytest.approx(math.tanh(math.atanh(p) + half), rel=CLOSE)
    # A shift lowers concordance, and not the correlation.
    assert concordance(WRIGHT, MINI + 100, 0.95).value < 0.8


def test_icc_of_shrout_and_fleiss():
    """ICC(2,1) = .29; the interval that their formulas give is .02 to .76."""
    found = intraclass(JUDGES, 0.95)
    assert round(found.value, 2) == 0.29
    assert (round(found.low, 3), round(found.high, 3)) == (0.019, 0.761)


def test_icc_of_two_readers_by_mean_squares():
    readings = np.column_stack([WRIGHT, MINI])
    n, mean = len(readings), readings.mean()
    bms = 2 * sum((r.mean() - mean) ** 2 for r in readings) / (n - 1)
    jms = n * sum((readings[:, j].mean() - mean) ** 2 for j in (0, 1))
    total = sum((x - mean) ** 2 for r in readings for x in r)
    ems = (total - bms * (n - 1) - jms) / (n - 1)
    assert intraclass(readings, 0.95).value == pytest.approx((bms - ems) / (bms + ems + 2 * (jms - ems) / n), rel=CLOSE)


def test_correlations_without_variation():
    flat = np.full(6, 4.0)
    assert concordance(flat, flat, 0.95).reason.startswith("no variation")
    assert intraclass(np.column_stack([flat, flat]), 0.95).reason.startswith("no variation")
    same = intraclass(np.column_stack([WRIGHT, WRIGHT]), 0.95)
    assert (same.value, same.low, same.high) == (1, 1, 1)
    assert concordance(WRIGHT, WRIGHT, 0.95).value == pytest.approx(1, abs=1e-12)
    assert concordance(WRIGHT[:2], MINI[:2], 0.95).reason == "fewer than three pairs"


@pytest.mark.parametrize("kind", ["concordance", "intraclass"])
def test_jackknife_leaves_out_whole_patients(kind):
    patient = np.array([0, 0, 1, 2, 2, 2, 3, 4, 4, 5, 6, 6, 7, 8, 8, 8, 9])

    def value(keep):
        if kind == "concordance":
            return concordance(WRIGHT[keep], MINI[keep], 0.95).value
        return intraclass(np.column_stack([WRIGHT[keep], MINI[keep]]), 0.95).value

    left = np.array([math.atanh(value(patient != p)) for p in range(10)])
    se = math.sqrt(9 / 10 * ((left - left.mean()) ** 2).sum())
    whole = math.atanh(value(patient >= 0))
    found = jackknifed(WRIGHT, MINI, patient, kind, 0.95)
    t = 2.2621571627409915
    assert found == pytest.approx((se, math.tanh(whole - t * se), math.tanh(whole + t * se)), rel=CLOSE)
    assert all(math.isnan(v) for v in jackknifed(WRIGHT[:2], MINI[:2], patient[:2], kind, 0.95))
