"""Kaplan-Meier: the curve, its limits, quantiles, landmarks, follow-up and restricted mean.

The estimate and its log-log band come from lifelines. What lifelines does differently from R's survival package,
or does not do, is done here:

- times that differ only by rounding are one time (`fix_times`); lifelines takes 0.1 + 0.2 and 0.3 for two;
- numbers at risk count who is still there at a time, T >= t; lifelines' tables below plots count T > t;
- limits are missing where the curve is 0, and for log-log, logit and arcsine where it is still 1; lifelines
  writes 0 and 1 there, which makes upper limits of quantiles finite that nobody can estimate;
- limits other than log-log; lifelines has no other;
- quantiles take the midpoint where the curve is flat exactly at the level; lifelines takes the left end, or, by a
  rounding error, one step later;
- the standard error of the restricted mean; the variance lifelines gives is that of the times, not of the mean.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import stats

from ..errors import ConfigurationError

TOLERANCE = float(np.sqrt(np.finfo(float).eps))
"""Times, and probabilities, closer than this are the same (R's `timefix` and `quantile.survfit`)."""

METHODS = ("log-log", "log", "plain", "logit", "arcsine")

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


@dataclass(frozen=True)
class Curve:
    """A Kaplan-Meier curve: one element for each distinct time of an event or a censoring.

    Attributes
    ----------
    time : array of float
        Ascending, in the unit of the times given.
    n_at_risk, n_event, n_censored : array of int
        At risk just before, events and censored at each time.
    survival, std_err : array of float
        Estimate, and Greenwood's standard error of it (missing where the estimate is 0).
    cumulative_hazard : array of float
        Nelson's and Aalen's estimate.
    low, high : array of float
        Pointwise limits; missing where the method gives none.
    method : str
        One of `METHODS`.
    confidence : float
        Confidence of the limits.
    """

    time: Floats
    n_at_risk: Ints
    n_event: Ints
    n_censored: Ints
    survival: Floats
    std_err: Floats
    cumulative_hazard: Floats
    low: Floats
    high: Floats
    method: str
    confidence: float

    @property
    def n(self) -> int:
        """Number of patients."""
        return int(self.n_event.sum() + self.n_censored.sum())

    @property
    def events(self) -> int:
        """Number of events."""
        return int(self.n_event.sum())

    @property
    def longest(self) -> float:
        """Longest time; missing without patients."""
        return float(self.time[-1]) if len(self.time) else np.nan


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
        False after the last observed time, if the curve has not come down to 0 by then: nobody was seen there.
    """

    time: Floats
    n_at_risk: Ints
    survival: Floats
    std_err: Floats
    low: Floats
    high: Floats
    observed: NDArray[np.bool_]


def fix_times(times: ArrayLike) -> Floats:
    """Return the times with those that differ only by rounding made equal.

    Two neighbours are one time if they differ by at most `TOLERANCE`, or by at most that share of the mean size of
    the distinct times; each run of neighbours takes its smallest value. This is what R's ``timefix`` does.
    """
    values = np.asarray(times, dtype=float)
    distinct = np.unique(values)
    if len(distinct) < 2:
        return values.copy()
    allowed = TOLERANCE * max(1.0, float(np.abs(distinct).mean()))
    first = np.concatenate([[True], np.diff(distinct) > allowed])
    representative = distinct[first][np.cumsum(first) - 1]
    return representative[np.searchsorted(distinct, values)]


def kaplan_meier(times: ArrayLike, events: ArrayLike, method: str = "log-log", confidence: float = 0.95) -> Curve:
    """Estimate the Kaplan-Meier curve with pointwise limits.

    Parameters
    ----------
    times : array of float
        Time of each patient, not negative, not missing. May be empty.
    events : array of bool
        True where the time ends with the event, False where it is censored. A patient censored at the time of an
        event is still at risk there.
    method : str
        Transformation on which the limits are symmetric, one of `METHODS`.
    confidence : float
        Between 0 and 1.

    Raises
    ------
    ConfigurationError
        If there is no such method.
    ValueError
        If a time is negative or missing, or the lengths differ.

    Notes
    -----
    Kaplan and Meier, J Am Stat Assoc 1958;53:457-481; limits: Kalbfleisch and Prentice, The Statistical Analysis
    of Failure Time Data, 2nd edition, 1.4.

    >>> kaplan_meier([1, 2, 3, 4], [1, 1, 1, 1]).survival.round(6).tolist()
    [0.75, 0.5, 0.25, 0.0]
    """
    if method not in METHODS:
        raise ConfigurationError(
            f"statistics.km_interval: {method!r} is not an interval", f"one of {', '.join(METHODS)}"
        )
    times, happened = np.asarray(times, dtype=float), np.asarray(events, dtype=bool)
    if times.shape != happened.shape or times.ndim != 1:
        raise ValueError("times and events must be two lists of one length")
    if not len(times):
        none, nobody = np.empty(0), np.empty(0, dtype=np.int64)
        return Curve(none, nobody, nobody, nobody, none, none, none, none, none, method, confidence)
    if not np.all(np.isfinite(times) & (times >= 0)):
        raise ValueError("a time is negative or missing")
    # Loaded here: it takes a second, and planning a workflow needs none of it.
    from lifelines import KaplanMeierFitter

    fitted = KaplanMeierFitter(alpha=1 - confidence).fit(fix_times(times), happened.astype(int))
    table = fitted.event_table
    seen = (table["observed"] + table["censored"]).to_numpy() > 0
    at_risk, event = (table[c].to_numpy()[seen].astype(np.int64) for c in ("at_risk", "observed"))
    censored = table["censored"].to_numpy()[seen].astype(np.int64)
    survival = fitted.survival_function_.iloc[:, 0].to_numpy(dtype=float)[seen]
    gone = np.cumsum(event == at_risk) > 0
    survival = np.where(gone, 0.0, survival)
    untouched = np.cumsum(event) == 0
    # Greenwood: the variance of log S is the sum of d / (n (n - d)); it has no value once everybody has failed.
    steps = np.where(gone, 0.0, event / (at_risk * np.maximum(at_risk - event, 1)))
    log_se = np.where(gone, np.nan, np.sqrt(np.cumsum(steps)))
    if method == "log-log":
        band = fitted.confidence_interval_survival_function_.to_numpy(dtype=float)[seen]
        low, high = (np.where(gone | untouched, np.nan, band[:, i]) for i in (0, 1))
    else:
        low, high = _limits(survival, log_se, gone, untouched, method, confidence)
    return Curve(
        table.index.to_numpy(dtype=float)[seen],
        at_risk,
        event,
        censored,
        survival,
        survival * log_se,
        np.cumsum(event / at_risk),
        low,
        high,
        method,
        confidence,
    )


def _limits(
    survival: Floats,
    log_se: Floats,
    gone: NDArray[np.bool_],
    untouched: NDArray[np.bool_],
    method: str,
    confidence: float,
) -> tuple[Floats, Floats]:
    """Return limits that are symmetric after `method`, from S and the standard error of log S."""
    z = float(stats.norm.ppf((1 + confidence) / 2))
    # Where a transformation has no value at 0 or 1 the arithmetic runs on 1/2 and is blanked below.
    p = np.where(gone | untouched, 0.5, survival)
    by = z * np.where(gone, 0.0, log_se)
    if method == "plain":
        low, high = np.maximum(survival - by * survival, 0), np.minimum(survival + by * survival, 1)
        return np.where(gone, np.nan, low), np.where(gone, np.nan, high)
    if method == "log":
        size = np.where(gone, 1.0, survival)
        low, high = size * np.exp(-by), np.minimum(size * np.exp(by), 1)
        return np.where(gone, np.nan, low), np.where(gone, np.nan, high)
    if method == "logit":
        middle, by = np.log(p / (1 - p)), by / (1 - p)
        low, high = 1 / (1 + np.exp(by - middle)), 1 / (1 + np.exp(-by - middle))
    else:
        middle, by = np.arcsin(np.sqrt(p)), by * np.sqrt(p / (1 - p)) / 2
        low = np.sin(np.maximum(middle - by, 0)) ** 2
        high = np.sin(np.minimum(middle + by, np.pi / 2)) ** 2
    blank = gone | untouched
    return np.where(blank, np.nan, low), np.where(blank, np.nan, high)


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
        (times - near <= curve.longest) | (survival == 0),
    )


def with_start(curve: Curve) -> Curve:
    """Return the curve with a first element at time 0, where everybody is at risk, unless it has one."""
    if not curve.n or curve.time[0] == 0:
        return curve

    def led(first: float, values: Any) -> Any:
        return np.concatenate([np.array([first], dtype=values.dtype), values])

    return replace(
        curve,
        time=led(0, curve.time),
        n_at_risk=led(curve.n, curve.n_at_risk),
        n_event=led(0, curve.n_event),
        n_censored=led(0, curve.n_censored),
        survival=led(1, curve.survival),
        std_err=led(0, curve.std_err),
        cumulative_hazard=led(0, curve.cumulative_hazard),
        low=led(1, curve.low),
        high=led(1, curve.high),
    )


def reverse(times: ArrayLike, events: ArrayLike, method: str = "log-log", confidence: float = 0.95) -> Curve:
    """Estimate the curve of follow-up: being censored is the event, and the event censors.

    Parameters are those of `kaplan_meier`. Where an event and a censoring share a time, the patient with the event
    counts as followed at that time, as when R is given 1 minus the event.

    Notes
    -----
    Schemper and Smith, Control Clin Trials 1996;17:343-346.
    """
    return kaplan_meier(times, ~np.asarray(events, dtype=bool), method, confidence)


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
