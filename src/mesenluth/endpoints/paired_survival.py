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
from .kaplan_meier import fix_times, kaplan_meier
from .limits import TOLERANCE, Floats
from .proportions import binomial_test

DRAWN_AT_ONCE = 2_000_000
"""Patients drawn in one go: bounds the memory of the bootstrap."""


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


@dataclass(frozen=True)
class Difference:
    """A difference, first minus second, with its error and limits; missing where `reason` says why.

    Attributes
    ----------
    first, second, estimate, std_err, low, high, p_value : float
    reason : str
    carried : float
        Of a bootstrap, the share of the replicates in which a curve ended before its time was up.
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


def _nothing(reason: str) -> Difference:
    gap = np.nan
    return Difference(gap, gap, gap, gap, gap, gap, gap, reason)


def influence(times: Times, until: float, mean: bool) -> Floats:
    """Return what each patient adds to the estimate of a curve, (patients,).

    Parameters
    ----------
    times : Times
    until : float
        Landmark, or the end of the restricted mean.
    mean : bool
        True for the restricted mean up to `until`, False for survival at `until`.

    Notes
    -----
    The squares add up to the variance of Greenwood, and of the restricted mean (`restricted_mean`).
    """
    distinct, at = np.unique(times.time, return_inverse=True)
    d = np.bincount(at[times.event], minlength=len(distinct)).astype(float)
    n = np.bincount(at, minlength=len(distinct))[::-1].cumsum()[::-1].astype(float)
    curve = np.cumprod((n - d) / n)
    near = TOLERANCE * max(1.0, abs(until))
    if mean:
        inside = distinct < until
        edges = np.append(np.minimum(distinct, until), until)
        areas = np.diff(edges) * curve
        weight = areas[::-1].cumsum()[::-1]
    else:
        inside = distinct <= until + near
        weight = np.full(len(distinct), curve[inside][-1] if inside.any() else 1.0)
    weight = np.where(inside & (n > d), weight, 0.0)
    left = np.where(n > d, n - d, 1.0)
    at_risk = np.cumsum(weight * d / (n * left))
    return at_risk[at] - np.where(times.event, (weight / left)[at], 0.0)


def _reason(first: Times, second: Times, until: float) -> str:
    """Return why nothing can be compared up to a time; empty where something can."""
    if not len(first.time):
        return "not estimable: no patients"
    for times in (first, second):
        curve = kaplan_meier(times.time, times.event)
        if not landmarks(curve, until).observed[0]:
            return f"not estimable: a curve ends at {curve.longest:.1f}, before {until:g}"
    return ""


def _estimates(first: Times, second: Times, until: float, mean: bool) -> tuple[float, float]:
    curves = [kaplan_meier(t.time, t.event) for t in (first, second)]
    if mean:
        one, two = (restricted_mean(c, until)[0] for c in curves)
    else:
        one, two = (float(landmarks(c, until).survival[0]) for c in curves)
    return one, two


def difference(first: Times, second: Times, until: float, mean: bool, confidence: float = 0.95) -> Difference:
    """Return the difference of two restricted means, or of survival at a landmark, of the same patients.

    Parameters
    ----------
    first, second : Times
        Of the same patients in the same order.
    until : float
        Landmark, or the end of the restricted mean; both curves must reach it.
    mean : bool
        True for restricted means, False for survival.
    confidence : float
        Between 0 and 1.

    Notes
    -----
    With pseudo-values of each patient and compartment this is the contrast of Andersen, Klein and Rosthoj (Biometrika
    2003;90:15-27) with the sandwich variance over patients, in the limit of many patients.
    """
    reason = _reason(first, second, until)
    if reason:
        return _nothing(reason)
    one, two = _estimates(first, second, until, mean)
    error = float(np.sqrt(np.sum((influence(first, until, mean) - influence(second, until, mean)) ** 2)))
    if error == 0:
        return Difference(one, two, one - two, 0.0, np.nan, np.nan, np.nan, "no interval: no events tell the two apart")
    by = float(stats.norm.ppf((1 + confidence) / 2)) * error
    p = float(2 * stats.norm.sf(abs(one - two) / error))
    return Difference(one, two, one - two, error, one - two - by, one - two + by, p)


def bootstrap_restricted_mean(
    first: Times, second: Times, until: float, replicates: int, seed: int, confidence: float = 0.95
) -> Difference:
    """Return the difference of two restricted means with the percentile interval of patients drawn again.

    Parameters
    ----------
    first, second, until, confidence
        As for `difference`.
    replicates : int
        How often as many patients as there are are drawn, with replacement; each brings both times.
    seed : int
        Of the random numbers: the same seed gives the same interval.

    Returns
    -------
    Difference
        `std_err` is the standard deviation of the replicates; no p value. In a replicate a curve that ends before
        `until` keeps its last value, as R does; `carried` says how often.

    Notes
    -----
    Efron, J Am Stat Assoc 1981;76:312-319. Quantiles interpolate linearly (R's type 7).
    """
    reason = _reason(first, second, until)
    if reason:
        return _nothing(reason)
    one, two = _estimates(first, second, until, True)
    rng = np.random.Generator(np.random.PCG64(seed))
    n = len(first.time)
    resampled = [_Resampled(times, until) for times in (first, second)]
    found, carried = np.empty(replicates), 0
    chunk = max(1, DRAWN_AT_ONCE // n)
    for start in range(0, replicates, chunk):
        drawn = rng.integers(0, n, size=(min(chunk, replicates - start), n))
        (a, a_ends), (b, b_ends) = (r.means(drawn) for r in resampled)
        found[start : start + len(drawn)] = a - b
        carried += int((a_ends | b_ends).sum())
    outside = (1 - confidence) / 2
    low, high = (float(v) for v in np.quantile(found, [outside, 1 - outside]))
    error = float(np.std(found, ddof=1)) if replicates > 1 else np.nan
    share = carried / replicates
    if low == high == one - two:
        why = "no interval: no events tell the two apart"
        return Difference(one, two, one - two, error, np.nan, np.nan, np.nan, why, share)
    return Difference(one, two, one - two, error, low, high, np.nan, carried=share)


class _Resampled:
    """One compartment's patients as counts of each time, which is all that a replicate needs."""

    def __init__(self, times: Times, until: float) -> None:
        # Nothing after the end counts but that a patient was still there.
        time = np.minimum(times.time, until)
        event = times.event & (times.time < until)
        self.distinct, at = np.unique(time, return_inverse=True)
        self.cell = (2 * at + event).astype(np.int64)
        self.width = np.diff(np.append(self.distinct, until))
        self.until = until

    def means(self, drawn: NDArray[np.int64]) -> tuple[Floats, NDArray[np.bool_]]:
        """Return the restricted mean of each replicate, and whether its curve ended before the time was up."""
        rows, cells = len(drawn), 2 * len(self.distinct)
        places = self.cell[drawn] + cells * np.arange(rows)[:, None]
        counts = np.bincount(places.ravel(), minlength=rows * cells).reshape(rows, -1, 2)
        failing = counts[:, :, 1]
        at_risk = counts.sum(axis=2)[:, ::-1].cumsum(axis=1)[:, ::-1]
        steps = 1 - failing / np.maximum(at_risk, 1)
        curve = steps.cumprod(axis=1)
        last = curve[:, -1] > 0
        ended = last & (at_risk[:, -1] == 0) if self.distinct[-1] >= self.until else last
        return self.distinct[0] + curve @ self.width, ended


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
        No progression in either, those who died without included.
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
        Of the same patients; the event is the progression of the compartment, not a death: deaths end a time without.

    Notes
    -----
    A compartment was first if it progressed and the other was free of progression up to that day. Ties tell nothing
    and are left out (Dixon and Mood, J Am Stat Assoc 1946;41:557-566).
    """
    a, b = first.event, second.event
    earlier, later = first.time < second.time, first.time > second.time
    together = a & b & ~earlier & ~later
    one = a & ~together & ~later
    two = b & ~together & ~earlier
    unknown = (a | b) & ~together & ~one & ~two
    x, y = int(one.sum()), int(two.sum())
    p = float(binomial_test(x, x + y, 0.5))
    return First(x, y, int(together.sum()), int((~a & ~b).sum()), int(unknown.sum()), p)
