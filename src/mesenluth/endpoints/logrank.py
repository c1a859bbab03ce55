"""Log-rank tests of independent groups.

Written here, and not taken from lifelines, for the strata, the weights of Harrington and Fleming under strata, and
times that differ only by rounding. Two compartments of the same patients are not independent groups: no function of
this module may be given them.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import stats

from .kaplan_meier import fix_times
from .limits import Floats, Ints


@dataclass(frozen=True)
class LogRank:
    """Result of a log-rank test.

    Attributes
    ----------
    groups : tuple
        Values of the group, ascending.
    n : array of int
        Patients of each group.
    observed, expected : array of float
        Events of each group, and those expected if all groups had one hazard in each stratum; weighted.
    chi_squared, p_value : float
        Missing where there is nothing to test.
    df : int
        Groups with events expected, less one.
    reason : str
        Why there is no test; empty where there is one.
    """

    groups: tuple[object, ...]
    n: Ints
    observed: Floats
    expected: Floats
    chi_squared: float
    df: int
    p_value: float
    reason: str


def logrank(
    times: ArrayLike, events: ArrayLike, groups: ArrayLike, strata: ArrayLike | None = None, rho: float = 0.0
) -> LogRank:
    """Test whether independent groups have the same hazard.

    Parameters
    ----------
    times : array of float
        Time of each patient.
    events : array of bool
        True where it ends with the event.
    groups : array
        Group of each patient.
    strata : array, optional
        Stratum of each patient; groups are compared within strata.
    rho : float
        Weight of an event: the survival of its stratum just before, to this power. 0 is the log-rank test, 1 that of
        Peto and Peto.

    Notes
    -----
    Harrington and Fleming, Biometrika 1982;69:553-566. Events that share a time have the hypergeometric variance, as
    in R's ``survdiff``.

    >>> found = logrank([1, 2, 3, 4], [1, 1, 1, 1], ["a", "a", "b", "b"])
    >>> round(found.chi_squared, 6), found.df
    (2.882353, 1)
    """
    time, event = fix_times(times), np.asarray(events, dtype=bool)
    names, group = np.unique(np.asarray(groups), return_inverse=True)
    stratum = np.zeros(len(time), dtype=np.int64)
    if strata is not None:
        stratum = np.unique(np.asarray(strata), return_inverse=True)[1]
    k = len(names)
    observed, expected, variance = np.zeros(k), np.zeros(k), np.zeros((k, k))
    for rows in _rows_by(stratum) if len(time) else []:
        o, e, v = _stratum(time[rows], event[rows], group[rows], k, rho)
        observed, expected, variance = observed + o, expected + e, variance + v
    n = np.bincount(group, minlength=k).astype(np.int64)
    reason = _reason(len(time), k, int(event.sum()))
    counted = np.flatnonzero(expected > 0)
    if not reason and len(counted) < 2:
        reason = "not estimable: nobody of another group was at risk at an event"
    chi, df = np.nan, max(len(counted) - 1, 0)
    if not reason:
        # One group follows from the others.
        some = counted[:-1]
        differences = (observed - expected)[some]
        if np.linalg.matrix_rank(variance[np.ix_(some, some)], hermitian=True) < df:
            reason = "not estimable: the groups were never at risk together"
        else:
            chi = float(differences @ np.linalg.solve(variance[np.ix_(some, some)], differences))
    p = float(stats.chi2.sf(chi, df)) if not reason else np.nan
    return LogRank(tuple(names.tolist()), n, observed, expected, chi, df, p, reason)


def _reason(n: int, groups: int, events: int) -> str:
    if not n:
        return "not estimable: no patients"
    if groups < 2:
        return "not estimable: one group"
    return "" if events else "not estimable: no events"


def _rows_by(codes: NDArray[np.int64]) -> list[NDArray[np.int64]]:
    """Return the positions of each code, ascending by code."""
    order = np.argsort(codes, kind="stable")
    return np.split(order, np.flatnonzero(np.diff(codes[order])) + 1)


def _stratum(
    time: Floats, event: NDArray[np.bool_], group: NDArray[np.int64], k: int, rho: float
) -> tuple[Floats, Floats, NDArray[np.float64]]:
    """Return weighted events observed and expected by group, and the variance of their difference."""
    distinct, at = np.unique(time, return_inverse=True)
    cells = len(distinct) * k
    leaving = np.bincount(at * k + group, minlength=cells).reshape(-1, k)
    failing = np.bincount(at[event] * k + group[event], minlength=cells).reshape(-1, k)
    at_risk = leaving[::-1].cumsum(axis=0)[::-1]
    d, n = failing.sum(axis=1), at_risk.sum(axis=1)
    kept = d > 0
    failing, at_risk, d, n = failing[kept], at_risk[kept], d[kept], n[kept]
    before = np.concatenate([[1.0], np.cumprod(1 - d / n)[:-1]]) if len(d) else np.empty(0)
    weight = before**rho
    share = at_risk / n[:, None]
    spread = weight**2 * d * (n - d) / np.maximum(n - 1, 1)
    variance = np.diag(spread @ share) - (share * spread[:, None]).T @ share
    return weight @ failing, (weight * d) @ share, variance
