"""Survival when an event is known only to lie between two visits: Turnbull's estimator.

lifelines has it too, stopping early by a fixed number of steps; here the steps go on until the conditions of a maximum
hold, and the limit that remains is given back.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from .limits import TOLERANCE, Floats

GAP = 1e-9
"""The log likelihood is at most this, times the number of patients, below its maximum."""
STEPS = 20_000
NOTHING = 1e-3
"""A mass below this share of a patient, which the likelihood would have smaller, is none."""


@dataclass(frozen=True)
class Turnbull:
    """The estimate: probability of the event within each of the intervals that have some.

    Attributes
    ----------
    left, right : array of float, (intervals,)
        (left, right], ascending; a single time where both are equal; right is infinite for events never seen.
    mass : array of float, (intervals,)
        Adds up to 1.
    n : int
        Patients.
    gap : float
        How much the log likelihood could still grow, at most, for each patient.
    converged : bool
        Whether that is at most `GAP`.
    """

    left: Floats
    right: Floats
    mass: Floats
    n: int
    gap: float
    converged: bool

    @property
    def survival(self) -> Floats:
        """Probability of being free of the event after each interval."""
        return np.clip(1 - np.cumsum(self.mass), 0.0, 1.0)


def turnbull(left: ArrayLike, right: ArrayLike) -> Turnbull:
    """Estimate the distribution of times that are known to lie in (left, right].

    Parameters
    ----------
    left : array of float
        Last time at which the patient was known to be free of the event; not negative.
    right : array of float
        First time at which the event was known; equal to `left` where the time itself is known; infinite where no
        event was seen.

    Raises
    ------
    ValueError
        If a limit is missing or negative, or right lies before left.

    Notes
    -----
    Turnbull, J R Stat Soc B 1976;38:290-295. Self-consistent (EM) steps, made longer by squared extrapolation
    (Varadhan and Roland, Scand J Stat 2008;35:335-353), until no interval's gradient exceeds the number of patients by
    more than `GAP` (Gentleman and Geyer, Biometrika 1994;81:618-623). The answer does not depend on a starting point.

    >>> found = turnbull([0, 1, 2], [1, 2, np.inf])
    >>> found.mass.round(6).tolist()
    [0.333333, 0.333333, 0.333333]
    """
    low, high = np.asarray(left, dtype=float), np.asarray(right, dtype=float)
    if low.shape != high.shape or low.ndim != 1:
        raise ValueError("left and right must be two lists of one length")
    if np.isnan(low).any() or np.isnan(high).any() or (low < 0).any() or (high < low).any():
        raise ValueError("an interval has no limits, or its right one before its left one")
    n = len(low)
    if not n:
        none = np.empty(0)
        return Turnbull(none, none, none, 0, 0.0, True)
    ends, start, stop = _innermost(low, high)
    ranges, weight = np.unique(np.column_stack([start, stop]), axis=0, return_counts=True)
    mass, gap = _maximise(ranges[:, 0], ranges[:, 1], weight.astype(float), len(ends))
    kept = mass > 0
    mass = mass[kept] / mass[kept].sum()
    return Turnbull(ends[kept, 0], ends[kept, 1], mass, n, gap, gap <= GAP)


def _innermost(low: Floats, high: Floats) -> tuple[Floats, NDArray[np.int64], NDArray[np.int64]]:
    """Return the intervals that can have mass, and for each patient the first of them and the one after the last.

    At one value the limits stand in this order: left of a known time, right, left of an interval, which is open.
    """
    values = np.unique(np.concatenate([low, high]))
    exact = low == high
    begin = 3 * np.searchsorted(values, low) + np.where(exact, 0, 2)
    end = 3 * np.searchsorted(values, high) + 1
    limits = np.concatenate([begin, end])
    is_left = np.repeat([True, False], len(low))
    order = np.argsort(limits, kind="stable")
    limits, is_left = limits[order], is_left[order]
    pair = np.flatnonzero(is_left[:-1] & ~is_left[1:])
    first, last = limits[pair], limits[pair + 1]
    start = np.searchsorted(first, begin, side="left")
    stop = np.searchsorted(last, end, side="right")
    return np.column_stack([values[first // 3], values[last // 3]]), start, stop


def _maximise(start: NDArray[np.int64], stop: NDArray[np.int64], weight: Floats, size: int) -> tuple[Floats, float]:
    """Return the masses that maximise the likelihood, and how much its logarithm could still grow a patient."""
    n = weight.sum()

    def gradient(mass: Floats) -> Floats:
        """Return the derivative of the log likelihood by each mass, over the number of patients."""
        total = np.concatenate([[0.0], mass.cumsum()])
        ratio = weight / np.maximum(total[stop] - total[start], 1e-300)
        change = np.zeros(size + 1)
        np.add.at(change, start, ratio)
        np.subtract.at(change, stop, ratio)
        return change.cumsum()[:-1] / n

    def log_likelihood(mass: Floats) -> float:
        total = np.concatenate([[0.0], mass.cumsum()])
        return float(weight @ np.log(np.maximum(total[stop] - total[start], 1e-300)))

    mass = np.full(size, 1 / size)
    best, gap, pruned = mass, np.inf, False
    for _ in range(STEPS):
        slope = gradient(mass)
        here = float(slope.max()) - 1
        if here < gap:
            best, gap = mass, here
        if gap <= GAP:
            if pruned:
                break
            # What is on its way to nothing goes there, and the conditions are looked at once more.
            pruned, gap = True, np.inf
            mass = np.where((mass < NOTHING / n) & (slope < 1), 0.0, mass)
            mass = mass / mass.sum()
            continue
        once = mass * slope
        twice = once * gradient(once)
        r, v = once - mass, (twice - once) - (once - mass)
        long = float(np.sqrt((r @ r) / max(v @ v, 1e-300)))
        ahead = np.maximum(mass + 2 * long * r + long**2 * v, 0.0)
        # A mass that is nothing must be able to come back; one that is too far away is not taken.
        ahead = np.where((ahead == 0) & (slope > 1), 1e-9, ahead)
        ahead = ahead / ahead.sum()
        mass = ahead if log_likelihood(ahead) >= log_likelihood(twice) else twice
        mass = mass * gradient(mass)
    return best / best.sum(), max(gap, 0.0)


def median(found: Turnbull) -> tuple[float, float, float]:
    """Return the median, the middle of the interval in which survival falls to one half, and that interval.

    All missing where it does not fall so far; where it stays at one half, the time to the next interval counts too.
    """
    after = found.survival
    reached = np.flatnonzero(after <= 0.5 + TOLERANCE)
    if not len(reached) or not np.isfinite(found.right[reached[0]]):
        return np.nan, np.nan, np.nan
    j = int(reached[0])
    left, right = float(found.left[j]), float(found.right[j])
    if after[j] >= 0.5 - TOLERANCE and j + 1 < len(after) and np.isfinite(found.right[j + 1]):
        right = float(found.right[j + 1])
    return (left + right) / 2, left, right


def survival_at(found: Turnbull, times: ArrayLike) -> Floats:
    """Return survival at `times`; within an interval that has mass, on the straight line between its ends.

    Missing within the interval that has no right end: nothing is known there.
    """
    at = np.atleast_1d(np.asarray(times, dtype=float))
    width = np.where(np.isfinite(found.right), found.right - found.left, np.inf)
    into = at[:, None] - found.left[None, :]
    share = np.where(width > 0, np.clip(into / np.where(width > 0, width, 1.0), 0, 1), into >= 0)
    survival = 1 - share @ found.mass
    beyond = (at[:, None] > found.left[None, :]) & np.isinf(found.right)[None, :]
    return np.where(beyond.any(axis=1), np.nan, np.clip(survival, 0, 1))
