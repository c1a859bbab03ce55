"""Times of the same patients in two compartments: differences whose errors know that they are pairs.

Both curves come from the same patients, so that the variance of a difference is not the sum of two variances. It is
taken from what each patient adds to the difference (the infinitesimal jackknife), or from drawing patients, with both
their times, again and again (bootstrap). A log-rank test takes its groups for independent and has no place here.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import stats

from .curve_reading import landmarks, restricted_mean
from .kaplan_meier import Curve, fix_times, kaplan_meier
from .limits import Floats
from .proportions import binomial_test
from .words import NOT_ESTIMABLE, fixed, plain

DRAWN_AT_ONCE = 2_000_000
"""Patients drawn in one go: bounds the memory of the bootstrap."""
NOTHING_APART = "no interval: no events tell the compartments apart"


@dataclass(frozen=True)
class Times:
    """Times of the patients in one compartment, in one order of the patients for all compartments.

    Attributes
    ----------
    time : array of float, (patients,)
    event : array of bool, (patients,)
    """

    time: Floats
    event: NDArray[np.bool_]

    @classmethod
    def of(cls, time: ArrayLike, event: ArrayLike) -> Times:
        """Return the times with those that differ only by rounding made equal."""
        return cls(fix_times(time), np.asarray(event, dtype=bool))

    @property
    def curve(self) -> Curve:
        """Kaplan-Meier's estimate."""
        return kaplan_meier(self.time, self.event)


@dataclass(frozen=True)
class Difference:
    """A difference of two restricted means, first minus second; what is missing is NaN, and `reason` says why.

    Attributes
    ----------
    first, second, estimate, std_err, low, high, p_value : float
    reason : str
    carried : float
        Of a bootstrap, the share of the resamples in which a curve ended before its time was up.
    """

    first: float
    second: float
    estimate: float
    std_err: float
    low: float
    high: float
    p_value: float
    reason: str = ""
    carried: float = 0.0


def influence(times: Times, until: float) -> Floats:
    """Return what each patient adds to the restricted mean up to `until`, (patients,).

    The squares add up to the variance of `curve_reading.restricted_mean`.
    """
    distinct, at = np.unique(times.time, return_inverse=True)
    d = np.bincount(at[times.event], minlength=len(distinct)).astype(float)
    n = np.bincount(at, minlength=len(distinct))[::-1].cumsum()[::-1].astype(float)
    areas = np.diff(np.append(np.minimum(distinct, until), until)) * np.cumprod((n - d) / n)
    to_come = areas[::-1].cumsum()[::-1]
    weight = np.where((distinct < until) & (n > d), to_come, 0.0)
    left = np.where(n > d, n - d, 1.0)
    at_risk = np.cumsum(weight * d / (n * left))
    return at_risk[at] - np.where(times.event, (weight / left)[at], 0.0)


def _means(first: Times, second: Times, until: float) -> tuple[float, float, str]:
    """Return both restricted means, or why there are none."""
    if not len(first.time):
        return np.nan, np.nan, f"{NOT_ESTIMABLE}: no patients"
    curves = (first.curve, second.curve)
    for curve in curves:
        if not landmarks(curve, until).observed[0]:
            why = f"longest follow-up {fixed(curve.longest, 1)} months, short of {plain(until)}"
            return np.nan, np.nan, f"{NOT_ESTIMABLE}: {why}"
    one, two = (restricted_mean(c, until)[0] for c in curves)
    return one, two, ""


def _nothing(reason: str) -> Difference:
    gap = np.nan
    return Difference(gap, gap, gap, gap, gap, gap, gap, reason)


def jackknife_difference(first: Times, second: Times, until: float, confidence: float = 0.95) -> Difference:
    """Return the difference of two restricted means of the same patients by the infinitesimal jackknife.

    Parameters
    ----------
    first, second : Times
        Of the same patients in the same order, in months.
    until : float
        End of the restricted means; both curves must reach it.
    confidence : float
        Between 0 and 1.

    Notes
    -----
    With pseudo-values of each patient and compartment this is the contrast of Andersen, Klein and Rosthoj (Biometrika
    2003;90:15-27) with the sandwich variance over patients, in the limit of many patients.
    """
    one, two, reason = _means(first, second, until)
    if reason:
        return _nothing(reason)
    error = float(np.sqrt(np.sum((influence(first, until) - influence(second, until)) ** 2)))
    if error == 0:
        return Difference(one, two, one - two, 0.0, np.nan, np.nan, np.nan, NOTHING_APART)
    by = float(stats.norm.ppf((1 + confidence) / 2)) * error
    p = float(2 * stats.norm.sf(abs(one - two) / error))
    return Difference(one, two, one - two, error, one - two - by, one - two + by, p)


def bootstrap_difference(
    first: Times, second: Times, until: float, resamples: int, seed: int, confidence: float = 0.95
) -> Difference:
    """Return the difference of two restricted means with the percentile interval of patients drawn again.

    Parameters
    ----------
    first, second, until, confidence
        As for `jackknife_difference`.
    resamples : int
        How often as many patients as there are are drawn, with replacement; each brings both times.
    seed : int
        Of the random numbers: the same seed gives the same interval, on any number of cores.

    Returns
    -------
    Difference
        `std_err` is the standard deviation of the resamples; no p value. In a resample a curve that ends before
        `until` keeps its last value, as R does; `carried` says how often.

    Notes
    -----
    Efron, J Am Stat Assoc 1981;76:312-319. Quantiles interpolate linearly (R's type 7).
    """
    one, two, reason = _means(first, second, until)
    if reason:
        return _nothing(reason)
    rng = np.random.Generator(np.random.PCG64(seed))
    n = len(first.time)
    compartments = [_Resampled(times, until) for times in (first, second)]
    found, carried = np.empty(resamples), 0
    chunk = max(1, DRAWN_AT_ONCE // n)
    for start in range(0, resamples, chunk):
        drawn = rng.integers(0, n, size=(min(chunk, resamples - start), n))
        (a, a_ends), (b, b_ends) = (r.means(drawn) for r in compartments)
        found[start : start + len(drawn)] = a - b
        carried += int((a_ends | b_ends).sum())
    outside = (1 - confidence) / 2
    low, high = (float(v) for v in np.quantile(found, [outside, 1 - outside]))
    error = float(np.std(found, ddof=1))
    share = carried / resamples
    if np.ptp(found) < 1e-9:  # the same difference in every resample, but for rounding
        return Difference(one, two, one - two, error, np.nan, np.nan, np.nan, NOTHING_APART, share)
    return Difference(one, two, one - two, error, low, high, np.nan, carried=share)


class _Resampled:
    """One compartment's patients as counts of each time, which is all that a resample needs."""

    def __init__(self, times: Times, until: float) -> None:
        # Of what comes after the end it only counts that a patient was still there.
        time = np.minimum(times.time, until)
        event = times.event & (times.time < until)
        self.distinct, at = np.unique(time, return_inverse=True)
        self.cell = (2 * at + event).astype(np.int64)
        self.width = np.diff(np.append(self.distinct, until))
        self.until = until

    def means(self, drawn: NDArray[np.int64]) -> tuple[Floats, NDArray[np.bool_]]:
        """Return the restricted mean of each resample, and whether its curve ended before the time was up."""
        rows, cells = len(drawn), 2 * len(self.distinct)
        places = self.cell[drawn] + cells * np.arange(rows)[:, None]
        counts = np.bincount(places.ravel(), minlength=rows * cells).reshape(rows, -1, 2)
        at_risk = counts.sum(axis=2)[:, ::-1].cumsum(axis=1)[:, ::-1]
        curve = (1 - counts[:, :, 1] / np.maximum(at_risk, 1)).cumprod(axis=1)
        ended = curve[:, -1] > 0
        if self.distinct[-1] >= self.until:
            ended &= at_risk[:, -1] == 0
        # Not a matrix product: how its sums are split depends on the number of cores.
        return self.distinct[0] + (curve * self.width).sum(axis=1), ended


@dataclass(frozen=True)
class First:
    """Patients by which compartment progressed first.

    Attributes
    ----------
    first, second : int
        Patients in whom the one compartment progressed before the other.
    together : int
        Both progressed on the same day: a tie.
    neither : int
        No progression in either; those who died without are among them.
    unknown : int
        One compartment progressed after the other was last looked at.
    p_value : float
        Exact two-sided sign test of first against second; missing where both are 0.
    """

    first: int
    second: int
    together: int
    neither: int
    unknown: int
    p_value: float


def progressed_first(first: Times, second: Times) -> First:
    """Count which compartment progressed first, and test it.

    Parameters
    ----------
    first, second : Times
        Of the same patients, in days; the event is the progression of the compartment, not a death: deaths end a time
        without it.

    Notes
    -----
    A compartment was first if it progressed and the other was free of progression up to that day. Ties tell nothing
    about the order and are left out of the test (Dixon and Mood, J Am Stat Assoc 1946;41:557-566).
    """
    a, b = first.event, second.event
    together = a & b & (first.time == second.time)
    one = a & ~together & (first.time <= second.time)
    two = b & ~together & (second.time <= first.time)
    unknown = (a | b) & ~together & ~one & ~two
    x, y = int(one.sum()), int(two.sum())
    p = float(binomial_test(x, x + y, 0.5)) if x + y else np.nan
    return First(x, y, int(together.sum()), int((~a & ~b).sum()), int(unknown.sum()), p)
