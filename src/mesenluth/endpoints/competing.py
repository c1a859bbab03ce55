"""Cumulative incidence where several causes compete: the estimator of Aalen and Johansen.

Written here because lifelines breaks ties by adding random numbers to the times, so that its result differs from run to
run and from R's; with the counts of each time no tie has to be broken.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from ..errors import ConfigurationError
from .kaplan_meier import Curve, fix_times
from .limits import METHODS, TOLERANCE, Floats, Ints, limits


@dataclass(frozen=True)
class Incidence:
    """Cumulative incidence of each cause: one row for each distinct time of an event or a censoring.

    Attributes
    ----------
    time : array of float, (times,)
        Ascending.
    n_at_risk, n_censored : array of int, (times,)
        At risk just before, those who fail or are censored then included; censored at each time.
    n_event : array of int, (times, causes)
    survival, survival_std_err : array of float, (times,)
        Probability that nothing has happened, and its standard error.
    incidence, std_err, low, high : array of float, (times, causes)
        Probability that the cause has come first, its standard error, and pointwise limits; these are missing where
        the method gives none.
    method : str
        One of `limits.METHODS`.
    confidence : float
    """

    time: Floats
    n_at_risk: Ints
    n_censored: Ints
    n_event: Ints
    survival: Floats
    survival_std_err: Floats
    incidence: Floats
    std_err: Floats
    low: Floats
    high: Floats
    method: str
    confidence: float

    @property
    def n(self) -> int:
        """Number of patients."""
        return int(self.n_event.sum() + self.n_censored.sum())

    @property
    def longest(self) -> float:
        """Longest time; missing without patients."""
        return float(self.time[-1]) if len(self.time) else np.nan


@dataclass(frozen=True)
class IncidenceAt:
    """Cumulative incidence read off at given times; missing after the last observed time, unless nobody is left.

    Attributes
    ----------
    time : array of float, (landmarks,)
    n_at_risk : array of int, (landmarks,)
        Patients whose time is at least that.
    survival : array of float, (landmarks,)
    incidence, std_err, low, high : array of float, (landmarks, causes)
    observed : array of bool, (landmarks,)
    """

    time: Floats
    n_at_risk: Ints
    survival: Floats
    incidence: Floats
    std_err: Floats
    low: Floats
    high: Floats
    observed: np.ndarray


def aalen_johansen(
    times: ArrayLike, causes: ArrayLike, n_causes: int, method: str = "log-log", confidence: float = 0.95
) -> Incidence:
    """Estimate the cumulative incidence of competing causes.

    Parameters
    ----------
    times : array of float
        Time of each patient, not negative, not missing. May be empty.
    causes : array of int
        0 where the time is censored, else the cause that ended it, 1 to `n_causes`. A patient censored at the time of
        an event is still at risk there.
    n_causes : int
        Number of causes; one nobody has has incidence 0.
    method : str
        Transformation on which the limits are symmetric, one of `limits.METHODS`.
    confidence : float
        Between 0 and 1.

    Raises
    ------
    ConfigurationError
        If there is no such method.
    ValueError
        If a time is negative or missing, a cause is none, or the lengths differ.

    Notes
    -----
    Aalen and Johansen, Scand J Stat 1978;5:141-150. The incidences and the survival add up to 1. The variance is that
    of the multinomial counts of each time, carried on (Greenwood's where there is one cause), which is R's
    infinitesimal jackknife without weights.

    >>> found = aalen_johansen([1, 2, 3, 4, 5], [1, 2, 0, 1, 0], 2)
    >>> found.incidence[-1].round(6).tolist(), round(float(found.survival[-1]), 6)
    ([0.5, 0.2], 0.3)
    """
    if method not in METHODS:
        raise ConfigurationError(
            f"statistics.km_interval: {method!r} is not an interval", f"one of {', '.join(METHODS)}"
        )
    times, cause = np.asarray(times, dtype=float), np.asarray(causes, dtype=np.int64)
    if times.shape != cause.shape or times.ndim != 1:
        raise ValueError("times and causes must be two lists of one length")
    if not np.all(np.isfinite(times) & (times >= 0)):
        raise ValueError("a time is negative or missing")
    if np.any((cause < 0) | (cause > n_causes)):
        raise ValueError(f"a cause is not between 0 and {n_causes}")
    time, at = np.unique(fix_times(times), return_inverse=True)
    counts = np.bincount(at * (n_causes + 1) + cause, minlength=len(time) * (n_causes + 1))
    counts = counts.reshape(-1, n_causes + 1).astype(np.int64)
    at_risk = counts.sum(axis=1)[::-1].cumsum()[::-1]
    failing = counts[:, 1:]
    n, d = at_risk.astype(float), failing.sum(axis=1)
    survival = np.cumprod((n - d) / n)
    before = np.concatenate([[1.0], survival[:-1]]) if len(time) else survival
    incidence = np.cumsum(before[:, None] * failing / n[:, None], axis=0)
    # What an incidence at t owes to the counts of an earlier time: those who fail of the cause then (`before`), less
    # what all who fail then would have added later, their share (`ratio`) of the incidence still to come.
    ratio = np.divide(n, n - d, out=np.zeros_like(n), where=n > d)
    share = failing / n[:, None]
    total = share.sum(axis=1, keepdims=True)
    # Effect of one failure of cause j on the incidence of k: before 1{j = k} + ratio I(u) - ratio I(t). The variance
    # is a polynomial of degree 2 in I(t), whose coefficients add up over the times before.
    fixed = ratio[:, None] * incidence
    scale = (1 / n)[:, None]
    both = total * (1 - total)
    own = share * (1 - share)
    mixed = share * (1 - total)
    square = np.cumsum(scale * both * ratio[:, None] ** 2, axis=0)
    linear = np.cumsum(-2 * scale * ratio[:, None] * (both * fixed + before[:, None] * mixed), axis=0)
    constant = np.cumsum(
        scale * (both * fixed**2 + 2 * before[:, None] * mixed * fixed + before[:, None] ** 2 * own), axis=0
    )
    variance = np.maximum((square * incidence + linear) * incidence + constant, 0.0)
    std_err = np.sqrt(variance)
    greenwood = np.cumsum(np.divide(d, n * (n - d), out=np.zeros_like(n), where=n > d))
    log_se = np.divide(std_err, incidence, out=np.zeros_like(std_err), where=incidence > 0)
    low, high = limits(incidence, log_se, method, confidence)
    return Incidence(
        time, at_risk, counts[:, 0], failing, survival, survival * np.sqrt(greenwood), incidence, std_err, low, high,
        method, confidence,
    )  # fmt: skip


def incidence_at(found: Incidence, times: ArrayLike) -> IncidenceAt:
    """Read cumulative incidences off at `times`, with the number of patients still at risk there.

    Before the first event an incidence is 0, with the standard error 0 and no limits. After the last observed time
    the last step is carried on, and `observed` says so, unless nobody is left who could fail.
    """
    times = np.atleast_1d(np.asarray(times, dtype=float))
    shape = (len(times), found.n_event.shape[1])
    if not found.n:
        gap, nobody = np.full(shape, np.nan), np.zeros(len(times), dtype=np.int64)
        return IncidenceAt(times, nobody, gap[:, 0], gap, gap, gap, gap, nobody > 0)
    near = TOLERANCE * np.maximum(1.0, np.abs(times))
    at_risk = np.append(found.n_at_risk, 0)[np.searchsorted(found.time, times - near, side="left")]
    step = np.searchsorted(found.time, times + near, side="right") - 1
    before = step < 0

    def read(values: Floats, at_start: float) -> Floats:
        late = values[np.maximum(step, 0)]
        return np.where(before[:, None] if values.ndim == 2 else before, at_start, late)

    survival = read(found.survival, 1.0)
    return IncidenceAt(
        times,
        at_risk,
        survival,
        read(found.incidence, 0.0),
        read(found.std_err, 0.0),
        read(found.low, np.nan),
        read(found.high, np.nan),
        (times - near <= found.longest) | (survival == 0),
    )


def freedom(found: Incidence, cause: int = 1) -> Curve:
    """Return 1 minus the incidence of a cause as a curve, to be read as one of Kaplan's and Meier's.

    It is the probability that the cause has not come (first) by a time, whatever else has; its standard error is that
    of the incidence, and its limits are those of the incidence, turned round.

    >>> curve = freedom(aalen_johansen([1, 2, 3, 4], [1, 2, 1, 0], 2))
    >>> curve.survival.round(6).tolist(), curve.n_competing.tolist(), curve.n
    ([0.75, 0.75, 0.5, 0.5], [0, 1, 0, 0], 4)
    """
    own = found.n_event[:, cause - 1]
    return Curve(
        found.time,
        found.n_at_risk,
        own,
        found.n_censored,
        1 - found.incidence[:, cause - 1],
        found.std_err[:, cause - 1],
        np.cumsum(own / found.n_at_risk),
        1 - found.high[:, cause - 1],
        1 - found.low[:, cause - 1],
        f"Aalen-Johansen, {found.method}",
        found.confidence,
        found.n_event.sum(axis=1) - own,
    )
