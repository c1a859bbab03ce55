"""Statistics of agreement between two readers, as functions of arrays.

Sources: Fleiss, Cohen & Everitt, Psychol Bull 1969;72:323-327 (kappa); Bland & Altman, Lancet 1986;1:307-310 and
J Biopharm Stat 2007;17:571-582 (limits of agreement); Carkeet, Optom Vis Sci 2015;92:e71-e80 and Zou, Stat Methods Med
Res 2013;22:630-642 (their intervals); Lin, Biometrics 1989;45:255-268 with the correction of 2000;56:324-325
(concordance); Shrout & Fleiss, Psychol Bull 1979;86:420-428 (intraclass correlation).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy import stats

Floats = np.ndarray
Ints = np.ndarray
NAN = float("nan")


@dataclass(frozen=True)
class Estimate:
    """A value, its standard error and limits; NaN where there is none, and then `reason` says why."""

    value: float
    se: float = NAN
    low: float = NAN
    high: float = NAN
    reason: str = ""


FEW_PAIRS = "fewer than two pairs"
FEW_PATIENTS = "fewer than two patients"
ONE_CATEGORY = "both readers gave one and the same category throughout: agreement by chance is 1"
COMPLETE = "complete agreement: the standard error is 0, so there is no interval"
NO_VARIANCE = "no variation between the readings"
IDENTICAL = "the readings are identical: the interval has no width"


def weights(size: int, kind: str) -> Floats:
    """Return agreement weights of `size` ordered categories: ``none``, ``linear`` or ``quadratic``."""
    apart = np.abs(np.subtract.outer(np.arange(size), np.arange(size))).astype(float)
    if kind == "none":
        return (apart == 0).astype(float)
    return 1 - (apart / max(size - 1, 1)) ** {"linear": 1, "quadratic": 2}[kind]


def kappa(a: Ints, b: Ints, weight: Floats, confidence: float, cluster: Ints | None = None) -> Estimate:
    """Return Cohen's (weighted) kappa with the standard error of Fleiss, Cohen and Everitt.

    With `cluster` (whose pairs belong together), the same linearisation is summed over each cluster before it is
    squared, so that pairs of one patient need not be independent; with one pair a cluster both are the same.

    Parameters
    ----------
    a, b : arrays of int
        Category of each pair, 0 to ``len(weight) - 1``.
    weight : array
        Weight of agreement of each pair of categories: 1 on the diagonal.
    cluster : array of int, optional
        Cluster of each pair.
    """
    n = len(a)
    if not n:
        return Estimate(NAN, reason="no pairs")
    size = len(weight)
    table = np.bincount(a * size + b, minlength=size * size).reshape(size, size) / n
    rows, columns = table.sum(1), table.sum(0)
    observed, expected = float((weight * table).sum()), float(rows @ weight @ columns)
    # Chance agreement of exactly 1 leaves nothing to be agreed on; rounding must not hide it.
    if 1 - expected < 1e-12:
        return Estimate(NAN, reason=ONE_CATEGORY)
    if 1 - observed < 1e-12:
        return Estimate(1.0, 0.0, reason=COMPLETE)
    value = (observed - expected) / (1 - expected)
    mean_row, mean_column = weight @ columns, weight.T @ rows
    influence = weight - (mean_row[:, None] + mean_column[None, :]) * (1 - value)
    influence = (influence - (value - expected * (1 - value))) / (1 - expected)
    each = influence[a, b]
    if cluster is not None:
        each = np.bincount(np.unique(cluster, return_inverse=True)[1], weights=each)
    se = float(np.sqrt((each**2).sum()) / n)
    z = float(stats.norm.ppf(0.5 + confidence / 2))
    return Estimate(value, se, value - z * se, min(value + z * se, 1.0))


@dataclass(frozen=True)
class Limits:
    """Bland and Altman's analysis: bias, standard deviation of the differences, limits of agreement."""

    bias: Estimate
    sd: Estimate
    low: Estimate
    high: Estimate


def limits(difference: Floats, confidence: float, agreement: float = 0.95, exact: bool = True) -> Limits:
    """Return bias and limits of agreement of independent differences (Bland and Altman 1986).

    Limits are bias +- z SD with z the normal quantile of `agreement` (1.96; Bland and Altman 1986 print 2). Their
    intervals are those of a normal quantile: ``exact`` by the noncentral t distribution (Carkeet 2015), else the
    approximation of Bland and Altman (1999) with variance ``SD^2 (1/n + z^2 / (2 (n - 1)))`` and Student's t.
    """
    n = len(difference)
    if n < 2:
        nothing = Estimate(NAN, reason=FEW_PAIRS)
        bias = Estimate(float(difference[0]), reason=FEW_PAIRS) if n else nothing
        return Limits(bias, nothing, nothing, nothing)
    mean, sd = float(difference.mean()), float(difference.std(ddof=1))
    z, alpha = float(stats.norm.ppf(0.5 + agreement / 2)), 1 - confidence
    t = float(stats.t.ppf(1 - alpha / 2, n - 1))
    se = sd / np.sqrt(n)
    bias = Estimate(mean, float(se), float(mean - t * se), float(mean + t * se))
    chi = stats.chi2.ppf([1 - alpha / 2, alpha / 2], n - 1)
    spread = Estimate(sd, NAN, float(sd * np.sqrt((n - 1) / chi[0])), float(sd * np.sqrt((n - 1) / chi[1])))
    se_limit = float(sd * np.sqrt(1 / n + z**2 / (2 * (n - 1))))
    if exact:
        inner, outer = (float(stats.nct.ppf(p, n - 1, z * np.sqrt(n)) * se) for p in (alpha / 2, 1 - alpha / 2))
    else:
        inner, outer = z * sd - t * se_limit, z * sd + t * se_limit
    if sd == 0:
        inner = outer = 0.0
    return Limits(
        bias,
        spread,
        Estimate(mean - z * sd, se_limit, mean - outer, mean - inner),
        Estimate(mean + z * sd, se_limit, mean + inner, mean + outer),
    )


def repeated_limits(difference: Floats, patient: Ints, confidence: float, agreement: float = 0.95) -> Limits:
    """Return bias and limits of agreement of several pairs a patient, whose true value varies.

    Bland and Altman (2007), section 3: the variance of a difference is that between patients plus that within, by a
    one-way analysis of variance; the variance between may come out negative and is used as it is. Intervals of the
    limits are by MOVER (Zou 2013), of the bias by Student's t with one degree of freedom less than patients. Where
    nobody has two pairs, the pairs are independent: use `limits`.
    """
    _, who, m = np.unique(patient, return_inverse=True, return_counts=True)
    pairs, n = len(difference), len(m)
    if n < 2:
        nothing = Estimate(NAN, reason=FEW_PATIENTS)
        bias = Estimate(float(difference.mean()), reason=FEW_PATIENTS) if pairs else nothing
        return Limits(bias, nothing, nothing, nothing)
    mean = float(difference.mean())
    means = np.bincount(who, weights=difference) / m
    within = float(((difference - means[who]) ** 2).sum() / (pairs - n))
    between_square = float((m * (means - mean) ** 2).sum() / (n - 1))
    divisor = (pairs**2 - float((m**2).sum())) / ((n - 1) * pairs)
    between = (between_square - within) / divisor
    sd = float(np.sqrt(between + within))
    alpha = 1 - confidence
    z, z_ci = (float(stats.norm.ppf(0.5 + p / 2)) for p in (agreement, confidence))
    t = float(stats.t.ppf(1 - alpha / 2, n - 1))
    se = float(np.sqrt(max(between * (m**2).sum() / pairs**2 + within / pairs, 0.0)))
    bias = Estimate(mean, se, mean - t * se, mean + t * se)
    # Zou: the variance of patients' means, and the share of the variance within that it does not hold.
    of_means, rest = float(means.var(ddof=1)), (1 - float((1 / m).mean())) * within
    total = of_means + rest
    chi = [stats.chi2.ppf([1 - alpha / 2, alpha / 2], df) for df in (n - 1, pairs - n)]
    low, high = (
        float(np.hypot(of_means * (1 - (n - 1) / chi[0][i]), rest * (1 - (pairs - n) / chi[1][i]))) for i in (0, 1)
    )
    root = np.sqrt(total)
    down, up = root - np.sqrt(max(total - low, 0.0)), np.sqrt(total + high) - root
    inner, outer = (float(np.hypot(z_ci * np.sqrt(of_means / n), z * d)) for d in (down, up))
    return Limits(
        bias,
        Estimate(sd, NAN, float(np.sqrt(max(total - low, 0.0))), float(np.sqrt(total + high))),
        Estimate(mean - z * sd, NAN, mean - z * sd - outer, mean - z * sd + inner),
        Estimate(mean + z * sd, NAN, mean + z * sd - inner, mean + z * sd + outer),
    )


def concordance(a: Floats, b: Floats, confidence: float) -> Estimate:
    """Return Lin's concordance correlation coefficient with its interval by Fisher's z (Lin 1989, 2000).

    Variances are those of Lin: sums of squares divided by n.
    """
    n = len(a)
    if n < 3:
        return Estimate(NAN, reason="fewer than three pairs")
    sa, sb = float(a.std()), float(b.std())
    shift = float(a.mean() - b.mean())
    if sa == 0 or sb == 0:
        return Estimate(NAN, reason=NO_VARIANCE)
    covariance = float(((a - a.mean()) * (b - b.mean())).mean())
    value = 2 * covariance / (sa**2 + sb**2 + shift**2)
    r = covariance / (sa * sb)
    if 1 - abs(value) < 1e-12:
        return Estimate(value, 0.0, value, value, IDENTICAL)
    if value == 0:
        return Estimate(0.0, reason="no correlation: the variance of the estimate is not defined")
    u = shift**2 / (sa * sb)
    variance = (
        (1 - r**2) * value**2 * (1 - value**2) / r**2
        + 2 * value**3 * (1 - value) * u / r
        - value**4 * u**2 / (2 * r**2)
    ) / (n - 2)
    se = float(np.sqrt(max(variance, 0.0)))
    z = float(stats.norm.ppf(0.5 + confidence / 2)) * se / (1 - value**2)
    return Estimate(value, se, float(np.tanh(np.arctanh(value) - z)), float(np.tanh(np.arctanh(value) + z)))


def intraclass(readings: Floats, confidence: float) -> Estimate:
    """Return ICC(2,1) of Shrout and Fleiss (1979): two-way random effects, absolute agreement, one reader.

    Parameters
    ----------
    readings : array, one row a target and one column a reader
    """
    n, k = readings.shape
    if n < 2:
        return Estimate(NAN, reason=FEW_PAIRS)
    mean = readings.mean()
    of_rows, of_columns = readings.mean(1), readings.mean(0)
    bms = float(k * ((of_rows - mean) ** 2).sum() / (n - 1))
    jms = float(n * ((of_columns - mean) ** 2).sum() / (k - 1))
    residual = readings - of_rows[:, None] - of_columns[None, :] + mean
    ems = float((residual**2).sum() / ((n - 1) * (k - 1)))
    # Sums of squares of one size leave rounding where there is nothing.
    tiny = 1e-24 * max(float((readings**2).sum()), 1e-300)
    below = bms + (k - 1) * ems + k * (jms - ems) / n
    if max(bms, jms, ems) <= tiny or below <= 0:
        return Estimate(NAN, reason=NO_VARIANCE)
    value = (bms - ems) / below
    if ems <= tiny and jms <= tiny:
        return Estimate(value, NAN, value, value, IDENTICAL)
    alpha = 1 - confidence
    fj = jms / max(ems, tiny)
    top = (k - 1) * (n - 1) * (k * value * fj + n * (1 + (k - 1) * value) - k * value) ** 2
    bottom = (n - 1) * (k * value * fj) ** 2 + (n * (1 + (k - 1) * value) - k * value) ** 2
    df = max(top / bottom, 1e-9) if bottom > 0 else 1e-9
    upper, lower = stats.f.ppf(1 - alpha / 2, n - 1, df), stats.f.ppf(1 - alpha / 2, df, n - 1)
    base = k * jms + (k * n - k - n) * ems
    low = n * (bms - upper * ems) / (upper * base + n * bms)
    high = n * (lower * bms - ems) / (base + n * lower * bms)
    return Estimate(value, NAN, float(low), float(high))


def jackknifed(a: Floats, b: Floats, patient: Ints, kind: str, confidence: float) -> tuple[float, float, float]:
    """Return standard error and limits of a correlation of repeated pairs, by leaving out one patient at a time.

    On the scale of Fisher's z, on which a correlation is nearly normal, with Student's t over the patients. Both
    correlations are functions of sums over patients, so every one is left out at once.

    Parameters
    ----------
    patient : array of int
        Patient of each pair.
    kind : str
        ``concordance`` (Lin) or ``intraclass`` (ICC(2,1) of two readers).
    """
    who = np.unique(patient, return_inverse=True)[1]
    n = int(who.max()) + 1 if len(who) else 0
    if n < 3:
        return NAN, NAN, NAN
    middle = (a.mean() + b.mean()) / 2
    x, y = a - middle, b - middle
    parts = np.stack([np.bincount(who, weights=v, minlength=n) for v in (np.ones(len(x)), x, y, x * x, y * y, x * y)])
    whole = parts.sum(1)
    function = {"concordance": _concordance_of, "intraclass": _intraclass_of}[kind]
    with np.errstate(divide="ignore", invalid="ignore"):
        value = np.arctanh(function(whole[:, None]))[0]
        left_out = np.arctanh(function(whole[:, None] - parts))
    if not np.isfinite(value) or not np.isfinite(left_out).all():
        return NAN, NAN, NAN
    se = float(np.sqrt((n - 1) / n * ((left_out - left_out.mean()) ** 2).sum()))
    t = float(stats.t.ppf(0.5 + confidence / 2, n - 1))
    return se, float(np.tanh(value - t * se)), float(np.tanh(value + t * se))


def _concordance_of(sums: Floats) -> Floats:
    n, x, y, xx, yy, xy = sums
    covariance = xy / n - x * y / n**2
    return 2 * covariance / (xx / n - (x / n) ** 2 + yy / n - (y / n) ** 2 + ((x - y) / n) ** 2)


def _intraclass_of(sums: Floats) -> Floats:
    n, x, y, xx, yy, xy = sums
    mean = (x + y) / (2 * n)
    rows = ((xx + 2 * xy + yy) / 2 - 2 * n * mean**2) / (n - 1)
    columns = (x**2 + y**2) / n - 2 * n * mean**2
    error = (xx + yy - 2 * n * mean**2 - rows * (n - 1) - columns) / (n - 1)
    return (rows - error) / (rows + error + 2 * (columns - error) / n)
