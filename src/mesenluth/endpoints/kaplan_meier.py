"""The Kaplan-Meier curve with its limits.

The counts and the estimate come from lifelines. What lifelines does differently from R's survival package, or does not
do, is done here:

- times that differ only by rounding are one time (`fix_times`); lifelines takes 0.1 + 0.2 and 0.3 for two;
- numbers at risk count who is still there at a time, T >= t; lifelines' tables below plots count T > t;
- limits are missing where the curve is 0, and for log-log, logit and arcsine where it is still 1; lifelines
  writes 0 and 1 there, which makes upper limits of quantiles finite that nobody can estimate;
- limits (`limits`), of which lifelines has log-log alone.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from ..errors import ConfigurationError
from ..reuse import reusable
from .limits import METHODS, TOLERANCE, Floats, Ints, limits


@dataclass(frozen=True)
class Curve:
    """A curve of freedom from an event: one element for each distinct time of an event or a censoring.

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
        One of `METHODS`; led by the name of the estimator where that is not Kaplan's and Meier's.
    confidence : float
        Confidence of the limits.
    n_competing : array of int, optional
        Ended at each time by an event that competes; not given where none does (`competing.freedom`).
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
    n_competing: Ints | None = None

    @property
    def n(self) -> int:
        """Number of patients."""
        others = 0 if self.n_competing is None else self.n_competing.sum()
        return int(self.n_event.sum() + self.n_censored.sum() + others)

    @property
    def events(self) -> int:
        """Number of events."""
        return int(self.n_event.sum())

    @property
    def longest(self) -> float:
        """Longest time; missing without patients."""
        return float(self.time[-1]) if len(self.time) else np.nan

    @property
    def complete(self) -> bool:
        """Whether nobody is left after the last time, so that the curve is known for ever."""
        return bool(len(self.time)) and int(self.n_censored[-1]) == 0


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


@reusable
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
    # Greenwood: the variance of log S is the sum of d / (n (n - d)); it has no value once everybody has failed.
    steps = np.where(gone, 0.0, event / (at_risk * np.maximum(at_risk - event, 1)))
    log_se = np.where(gone, np.nan, np.sqrt(np.cumsum(steps)))
    low, high = limits(survival, log_se, method, confidence)
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
        n_competing=None if curve.n_competing is None else led(0, curve.n_competing),
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
