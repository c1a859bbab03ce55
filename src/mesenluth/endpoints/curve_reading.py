"""What is read off a Kaplan-Meier curve: quantiles, landmarks, the restricted mean.

lifelines differs from R in all three: quantiles take the left end where the curve is flat exactly at the level (or, by
a rounding error, one step later), R the midpoint; the variance it gives for the restricted mean is that of the times.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from .kaplan_meier import Curve
from .limits import TOLERANCE, Floats, Ints


@dataclass(frozen=True)
class Quantile:
    """A quantile of time with its limits.

    Attributes
    ----------
    estimate, low, high : float
        Missing where the curve or the band does not come down to the level.
    reason : str
        Why the estimate is missing; empty where it is not.
    """

    estimate: float
    low: float
    high: float
    reason: str


@dataclass(frozen=True)
class Landmarks:
    """The curve read off at given times.

    Attributes
    ----------
    time : array of float
        Where the curve was read.
    n_at_risk : array of int
        Patients whose time is at least that.
    survival, std_err, low, high : array of float
        The last step on or before the time; 1 before the first observed time.
    observed : array of bool
        False after the last observed time, if somebody was censored then: nobody was seen later.
    """

    time: Floats
    n_at_risk: Ints
    survival: Floats
    std_err: Floats
    low: Floats
    high: Floats
    observed: NDArray[np.bool_]


def _first_at(curve: Curve, values: Floats, level: float) -> float:
    """Return when the step function `values` comes down to `level`: the midpoint of a flat stretch at it."""
    reached = np.flatnonzero(values <= level + TOLERANCE)
    if not len(reached):
        return np.nan
    start = reached[0]
    if values[start] < level - TOLERANCE:
        return float(curve.time[start])
    below = np.flatnonzero(values < level - TOLERANCE)
    end = curve.time[below[0]] if len(below) else curve.time[-1]
    return float((curve.time[start] + end) / 2)


def quantile(curve: Curve, share: float = 0.5) -> Quantile:
    """Return the time by which `share` of the patients have had the event, with limits.

    Parameters
    ----------
    curve : Curve
        From `kaplan_meier`.
    share : float
        0.5 for the median.

    Notes
    -----
    Limits are where the pointwise band crosses the level (Brookmeyer and Crowley, Biometrics 1982;38:29-41). Where
    the curve or a limit is flat at the level, within `TOLERANCE`, the midpoint of the flat stretch is taken, up
    to the last time if it does not come down again, as R's ``quantile.survfit`` does.

    >>> quantile(kaplan_meier([1, 2, 3, 4], [1, 1, 1, 1])).estimate
    2.5
    """
    level = 1 - share
    estimate = _first_at(curve, curve.survival, level)
    if curve.n == 0:
        reason = "not estimable: no patients"
    elif curve.events == 0:
        reason = "not reached: no events"
    elif np.isnan(estimate):
        reason = f"not reached: the curve stays above {level:.4g}"
    else:
        reason = ""
    return Quantile(estimate, _first_at(curve, curve.low, level), _first_at(curve, curve.high, level), reason)


def landmarks(curve: Curve, times: ArrayLike) -> Landmarks:
    """Read the curve off at `times`, with the number of patients still at risk there.

    At risk are those whose time is at least the landmark. Nothing is estimated beyond the last observed time: the
    value there is that of the last step, and `observed` says so.
    """
    times = np.atleast_1d(np.asarray(times, dtype=float))
    if not curve.n:
        gap, nobody = np.full(times.shape, np.nan), np.zeros(times.shape, dtype=np.int64)
        return Landmarks(times, nobody, gap, gap, gap, gap, nobody > 0)
    near = TOLERANCE * np.maximum(1.0, np.abs(times))
    at_risk = np.append(curve.n_at_risk, 0)[np.searchsorted(curve.time, times - near, side="left")]
    step = np.searchsorted(curve.time, times + near, side="right") - 1
    before = step < 0

    def read(values: Floats, at_start: float) -> Floats:
        return np.where(before, at_start, values[np.maximum(step, 0)])

    survival = read(curve.survival, 1.0)
    return Landmarks(
        times,
        at_risk,
        survival,
        read(curve.std_err, 0.0),
        read(curve.low, 1.0),
        read(curve.high, 1.0),
        (times - near <= curve.longest) | curve.complete,
    )


def restricted_mean(curve: Curve, until: float) -> tuple[float, float]:
    """Return the mean time free of the event up to `until`, and its standard error.

    The mean is the area under the curve; where follow-up ends before `until`, the last step is carried on. Both
    are missing without patients.

    Notes
    -----
    The variance adds up, over the event times, the square of the area still to come times d / (n (n - d)), as R's
    ``print.survfit(rmean=)`` does; a time at which all at risk fail adds nothing.
    """
    if not curve.n:
        return np.nan, np.nan
    inside = curve.time < until
    edges = np.concatenate([[0.0], curve.time[inside], [until]])
    heights = np.concatenate([[1.0], curve.survival[inside]])
    areas = np.diff(edges) * heights
    to_come = np.cumsum(areas[::-1])[::-1][1:]
    d, n = curve.n_event[inside], curve.n_at_risk[inside]
    weight = np.where(n > d, d / (n * np.maximum(n - d, 1)), 0.0)
    return float(areas.sum()), float(np.sqrt(np.sum(to_come**2 * weight)))
