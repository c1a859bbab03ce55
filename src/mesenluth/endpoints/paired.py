"""Two proportions: of the same patients (two compartments), or of different ones.

Two compartments of one patient are a pair. Tests that take them for independent groups (chi-square, Fisher) do
not belong here.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import stats

from .proportions import binomial_test, clopper_pearson, wilson


@dataclass(frozen=True)
class PairedTable:
    """Counts of pairs.

    Attributes
    ----------
    both, first_only, second_only, neither : int
        Pairs in which both, the first alone, the second alone, or none responded.
    """

    both: int
    first_only: int
    second_only: int
    neither: int

    @property
    def n(self) -> int:
        """Number of pairs."""
        return self.both + self.first_only + self.second_only + self.neither


def paired_table(first: ArrayLike, second: ArrayLike) -> PairedTable:
    """Count pairs from two arrays of bool of one length."""
    a, b = np.asarray(first, dtype=bool), np.asarray(second, dtype=bool)
    return PairedTable(int((a & b).sum()), int((a & ~b).sum()), int((~a & b).sum()), int((~a & ~b).sum()))


def mcnemar_exact(first_only: ArrayLike, second_only: ArrayLike) -> NDArray[np.float64]:
    """Two-sided exact p value of McNemar's test: a binomial test of the discordant pairs against one half.

    It is 1 where no pair is discordant.

    >>> round(float(mcnemar_exact(0, 6)), 6)
    0.03125
    """
    b, c = np.broadcast_arrays(np.asarray(first_only), np.asarray(second_only))
    return np.where(b + c > 0, binomial_test(b, b + c, 0.5), 1.0)


def mcnemar_mid_p(first_only: ArrayLike, second_only: ArrayLike) -> NDArray[np.float64]:
    """Two-sided p value of McNemar's test in which the observed result counts half.

    Twice the tail below the smaller count, plus the probability of that count; at most 1, and 1 where no pair
    is discordant.

    Notes
    -----
    Fagerland, Lydersen and Laake, BMC Med Res Methodol 2013;13:91.
    """
    b, c = np.broadcast_arrays(np.asarray(first_only), np.asarray(second_only))
    fewer, n = np.minimum(b, c), b + c
    p = 2 * stats.binom.cdf(fewer - 1, n, 0.5) + stats.binom.pmf(fewer, n, 0.5)
    return np.where(n > 0, np.minimum(p, 1.0), 1.0)


def discordant_odds_ratio(first_only: int, second_only: int, confidence: float = 0.95) -> tuple[float, float, float]:
    """Return the odds ratio of discordant pairs with its exact interval.

    The interval is that of Clopper and Pearson for the share of discordant pairs, as odds. All three are missing
    where no pair is discordant; infinite where only the first responded.
    """
    n = first_only + second_only
    if n == 0:
        return np.nan, np.nan, np.nan
    low, high = (float(v) for v in clopper_pearson(first_only, n, confidence))
    return (
        first_only / second_only if second_only else np.inf,
        low / (1 - low),
        high / (1 - high) if high < 1 else np.inf,
    )


def newcombe_difference(
    x1: ArrayLike, n1: ArrayLike, x2: ArrayLike, n2: ArrayLike, confidence: float = 0.95
) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]:
    """Difference of two independent proportions with its interval.

    Parameters
    ----------
    x1, n1, x2, n2 : int or array of int
        Events and patients of the two groups.

    Returns
    -------
    difference, lower, upper : array of float
        First minus second; missing where a group is empty.

    Notes
    -----
    Newcombe, Stat Med 1998;17:873-890, method 10: the distances from each proportion to its Wilson limits,
    squared and added.
    """
    p1, p2 = _share(x1, n1), _share(x2, n2)
    low1, high1 = wilson(x1, n1, confidence)
    low2, high2 = wilson(x2, n2, confidence)
    difference = p1 - p2
    return (
        difference,
        difference - np.hypot(p1 - low1, high2 - p2),
        difference + np.hypot(high1 - p1, p2 - low2),
    )


def _share(x: ArrayLike, n: ArrayLike) -> NDArray[np.float64]:
    size = np.asarray(n, dtype=float)
    return np.where(size > 0, np.asarray(x, dtype=float) / np.where(size > 0, size, 1), np.nan)


def newcombe_paired_difference(table: PairedTable, confidence: float = 0.95) -> tuple[float, float, float]:
    """Difference of two proportions of the same patients with its interval.

    Returns
    -------
    difference, lower, upper : float
        First minus second; missing where there are no pairs.

    Notes
    -----
    Newcombe, Stat Med 1998;17:2635-2650, method 10: as for independent proportions, with a correlation that is
    corrected for continuity where it is positive.
    """
    n = table.n
    if n == 0:
        return np.nan, np.nan, np.nan
    x1, x2 = table.both + table.first_only, table.both + table.second_only
    p1, p2 = x1 / n, x2 / n
    low1, high1 = (float(v) for v in wilson(x1, n, confidence))
    low2, high2 = (float(v) for v in wilson(x2, n, confidence))
    margins = float(x1) * (n - x1) * x2 * (n - x2)
    cross = table.both * table.neither - table.first_only * table.second_only
    corrected = max(cross - n / 2, 0.0) if cross > 0 else float(cross)
    phi = corrected / np.sqrt(margins) if margins > 0 else 0.0

    def width(a: float, b: float) -> float:
        # Rounding can take the square just below 0 where the two distances are equal and fully correlated.
        return float(np.sqrt(max(a * a - 2 * phi * a * b + b * b, 0.0)))

    difference = p1 - p2
    return difference, difference - width(p1 - low1, high2 - p2), difference + width(high1 - p1, p2 - low2)
