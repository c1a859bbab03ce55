"""Proportions: intervals, exact tests, and what a number of patients can show at all.

Everything here is exact or closed-form and takes arrays as well as numbers. The interval of Wald is left out on
purpose: for 2 of 52 it reaches below zero.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import special, stats

from ..errors import ConfigurationError

Limits = tuple[NDArray[np.float64], NDArray[np.float64]]

ALTERNATIVES = ("less", "greater", "two-sided")
LARGEST_N = 1_000_000
"""Beyond this many patients a search for a sample size gives up."""

# Two results count as equally likely if their probabilities differ by less than this, as in R's binom.test.
EQUALLY_LIKELY = 1 + 1e-7


def _counts(x: ArrayLike, n: ArrayLike) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return counts as broadcast floats; ValueError unless 0 <= x <= n, all whole."""
    some, all_ = np.broadcast_arrays(np.asarray(x, dtype=float), np.asarray(n, dtype=float))
    if np.any((some < 0) | (some > all_) | (some % 1 != 0) | (all_ % 1 != 0)):
        raise ValueError("counts must be whole numbers with 0 <= x <= n")
    return some.copy(), all_.copy()


def _two_tails(confidence: float) -> float:
    """Return the normal quantile that leaves (1 - confidence) / 2 above it."""
    if not 0 < confidence < 1:
        raise ValueError(f"confidence must lie between 0 and 1, not {confidence}")
    return float(stats.norm.ppf((1 + confidence) / 2))


def _blank(lower: NDArray, upper: NDArray, n: NDArray) -> Limits:
    """Return the limits, missing where nobody was counted."""
    return np.where(n > 0, lower, np.nan), np.where(n > 0, upper, np.nan)


def clopper_pearson(x: ArrayLike, n: ArrayLike, confidence: float = 0.95, alternative: str = "two-sided") -> Limits:
    """Exact interval of a proportion from the two binomial tails.

    Parameters
    ----------
    x, n : int or array of int
        Patients with the event and patients counted; broadcast against each other.
    confidence : float
        Between 0 and 1.
    alternative : {"two-sided", "less", "greater"}
        "less" gives an upper limit alone (the lower one is 0), "greater" a lower limit alone.

    Returns
    -------
    lower, upper : array of float
        Limits as fractions; missing where n is 0.

    Raises
    ------
    ValueError
        If a count is not a whole number between 0 and n.

    Notes
    -----
    Clopper and Pearson, Biometrika 1934;26:404-413.

    >>> [round(float(v), 6) for v in clopper_pearson(2, 52)]
    [0.004692, 0.132128]
    """
    x, n = _counts(x, n)
    _two_tails(confidence)
    outside = 1 - confidence if alternative != "two-sided" else (1 - confidence) / 2
    at_least_one, not_all = np.maximum(x, 1), np.minimum(x, np.maximum(n - 1, 0))
    lower = np.where(x > 0, special.betaincinv(at_least_one, n - at_least_one + 1, outside), 0.0)
    upper = np.where(x < n, special.betaincinv(not_all + 1, np.maximum(n - not_all, 1), 1 - outside), 1.0)
    if alternative == "less":
        lower = np.zeros_like(lower)
    elif alternative == "greater":
        upper = np.ones_like(upper)
    return _blank(lower, upper, n)


def wilson(x: ArrayLike, n: ArrayLike, confidence: float = 0.95, correction: bool = False) -> Limits:
    """Interval of a proportion from the score test.

    With `correction`, half a patient is added on either side as R's ``prop.test`` does it, which leaves the
    correction out where exactly half of the patients have the event.

    Parameters, returns and errors are those of `clopper_pearson`.

    Notes
    -----
    Wilson, J Am Stat Assoc 1927;22:209-212; with correction: Newcombe, Stat Med 1998;17:857-872, method 4.
    """
    x, n = _counts(x, n)
    z = _two_tails(confidence)
    size = np.maximum(n, 1)
    half = np.where(correction & (x != n / 2), 0.5, 0.0)

    def solve(count: NDArray, sign: int) -> NDArray:
        p = np.clip(count / size, 0, 1)
        middle = p + z**2 / (2 * size)
        width = z * np.sqrt(p * (1 - p) / size + z**2 / (4 * size**2))
        return (middle + sign * width) / (1 + z**2 / size)

    lower = np.where(x - half <= 0, 0.0, solve(x - half, -1))
    upper = np.where(x + half >= n, 1.0, solve(x + half, 1))
    return _blank(np.clip(lower, 0, 1), np.clip(upper, 0, 1), n)


def jeffreys(x: ArrayLike, n: ArrayLike, confidence: float = 0.95) -> Limits:
    """Equal-tailed interval of the posterior under Jeffreys' prior, Beta(1/2, 1/2).

    The lower limit is 0 where nobody has the event and the upper one 1 where everybody has.
    Parameters, returns and errors are those of `clopper_pearson`.

    Notes
    -----
    Brown, Cai and DasGupta, Statist Sci 2001;16:101-133.
    """
    x, n = _counts(x, n)
    _two_tails(confidence)
    outside = (1 - confidence) / 2
    lower = np.where(x > 0, special.betaincinv(x + 0.5, n - x + 0.5, outside), 0.0)
    upper = np.where(x < n, special.betaincinv(x + 0.5, n - x + 0.5, 1 - outside), 1.0)
    return _blank(lower, upper, n)


def agresti_coull(x: ArrayLike, n: ArrayLike, confidence: float = 0.95) -> Limits:
    """Wald interval around Wilson's midpoint, cut off at 0 and 1.

    Parameters, returns and errors are those of `clopper_pearson`.

    Notes
    -----
    Agresti and Coull, Am Stat 1998;52:119-126.
    """
    x, n = _counts(x, n)
    z = _two_tails(confidence)
    size = n + z**2
    p = (x + z**2 / 2) / size
    width = z * np.sqrt(p * (1 - p) / size)
    return _blank(np.clip(p - width, 0, 1), np.clip(p + width, 0, 1), n)


def _mid_tail(x: NDArray, n: NDArray, p: NDArray) -> NDArray:
    """Return P(X < x) + P(X = x) / 2."""
    return stats.binom.cdf(x - 1, n, p) + stats.binom.pmf(x, n, p) / 2


def mid_p(x: ArrayLike, n: ArrayLike, confidence: float = 0.95) -> Limits:
    """Interval from the binomial tails in which the observed result counts half.

    Parameters, returns and errors are those of `clopper_pearson`.

    Notes
    -----
    Lancaster, J Am Stat Assoc 1961;56:223-234. Both limits are found by bisection to the last bit, since the
    tail falls steadily with the probability.
    """
    x, n = _counts(x, n)
    _two_tails(confidence)
    outside = (1 - confidence) / 2

    def bisect(target: float) -> NDArray:
        low, high = np.zeros_like(x), np.ones_like(x)
        for _ in range(60):
            middle = (low + high) / 2
            above = _mid_tail(x, n, middle) > target
            low, high = np.where(above, middle, low), np.where(above, high, middle)
        return (low + high) / 2

    lower = np.where(x > 0, bisect(1 - outside), 0.0)
    upper = np.where(x < n, bisect(outside), 1.0)
    return _blank(lower, upper, n)


INTERVALS: dict[str, Callable[..., Limits]] = {
    "clopper-pearson": clopper_pearson,
    "wilson": wilson,
    "wilson-cc": lambda x, n, confidence=0.95: wilson(x, n, confidence, correction=True),
    "jeffreys": jeffreys,
    "mid-p": mid_p,
    "agresti-coull": agresti_coull,
}
"""Intervals by the name the study file gives them."""


def interval(method: str, x: ArrayLike, n: ArrayLike, confidence: float = 0.95) -> Limits:
    """Return the interval called `method`; ConfigurationError if there is none of that name."""
    if method not in INTERVALS:
        raise ConfigurationError(
            f"statistics.proportion_interval: {method!r} is not an interval", f"one of {', '.join(INTERVALS)}"
        )
    return INTERVALS[method](x, n, confidence)


def _check_alternative(alternative: str) -> None:
    if alternative not in ALTERNATIVES:
        raise ConfigurationError(
            f"primary.hypothesis.alternative: {alternative!r} is not built",
            f"one of {', '.join(ALTERNATIVES)}",
        )


def binomial_test(x: ArrayLike, n: ArrayLike, p0: float, alternative: str = "two-sided") -> NDArray[np.float64]:
    """Exact p value of `x` events in `n` patients if the rate were `p0`.

    Parameters
    ----------
    x, n : int or array of int
        Broadcast against each other.
    p0 : float
        Rate under the null hypothesis, a fraction.
    alternative : {"two-sided", "less", "greater"}
        "less": the rate is smaller than p0. The two-sided value adds up all results that are not likelier than
        the observed one, as R's ``binom.test`` does.

    Returns
    -------
    array of float
        Missing where n is 0.

    >>> round(float(binomial_test(2, 52, 0.05, "less")), 6)
    0.51457
    """
    _check_alternative(alternative)
    x, n = _counts(x, n)
    if alternative == "less":
        p = stats.binom.cdf(x, n, p0)
    elif alternative == "greater":
        p = stats.binom.sf(x - 1, n, p0)
    else:
        p = np.empty_like(x)
        for i in np.ndindex(x.shape):
            every = stats.binom.pmf(np.arange(int(n[i]) + 1), n[i], p0)
            p[i] = every[every <= every[int(x[i])] * EQUALLY_LIKELY].sum()
    return np.where(n > 0, np.minimum(p, 1.0), np.nan)


def most_extreme(n: int, p0: float, alternative: str) -> int:
    """Return the result of `n` patients that speaks most against a rate of `p0`."""
    _check_alternative(alternative)
    if alternative == "less" or n == 0:
        return 0
    if alternative == "greater":
        return n
    return 0 if binomial_test(0, n, p0) <= binomial_test(n, n, p0) else n


def smallest_p(n: int, p0: float, alternative: str = "less") -> float:
    """Return the smallest p value that any result of `n` patients could give."""
    return float(binomial_test(most_extreme(n, p0, alternative), n, p0, alternative))


def _first_n(start: int, reached: Callable[[int], bool]) -> int | None:
    """Return the smallest n >= start with `reached`, which must stay true once it is; None beyond `LARGEST_N`."""
    high = max(start, 1)
    low = high - 1
    while not reached(high):
        low, high = high, high * 2
        if high > LARGEST_N:
            return None
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if reached(middle) else (middle, high)
    return high


def smallest_n(p0: float, alpha: float, alternative: str = "less", misses: int = 0) -> int | None:
    """Return the smallest number of patients with which a result can reject the rate `p0`.

    Parameters
    ----------
    p0, alpha : float
        Rate under the null hypothesis and level of the test, fractions.
    alternative : {"less", "greater"}
    misses : int
        How far the result stays from the extreme: responders for "less", patients without response for
        "greater".

    Returns
    -------
    int or None
        None where more than `LARGEST_N` patients would be needed.

    >>> [smallest_n(0.05, 0.05, misses=k) for k in range(5)]
    [59, 93, 124, 153, 181]
    """
    if alternative not in ("less", "greater"):
        raise ConfigurationError(f"a smallest number for a {alternative} test is not built", "less or greater")
    return _first_n(
        misses,
        lambda n: bool(binomial_test(misses if alternative == "less" else n - misses, n, p0, alternative) <= alpha),
    )


def critical_value(n: int, p0: float, alpha: float, alternative: str = "less") -> int | None:
    """Return the result of `n` patients next to the null hypothesis that still rejects it, or None.

    For "less" the largest number of events, for "greater" the smallest one. ConfigurationError for
    "two-sided", which has two of them.
    """
    if alternative not in ("less", "greater"):
        raise ConfigurationError(f"a {alternative} test has no single critical value", "less or greater")
    every = np.arange(n + 1)
    rejects = every[binomial_test(every, n, p0, alternative) <= alpha] if n else every[:0]
    if not len(rejects):
        return None
    return int(rejects.max() if alternative == "less" else rejects.min())


def power(n: int, p0: float, p1: float, alpha: float, alternative: str = "less") -> float:
    """Return the probability that `n` patients reject the rate `p0` if the true rate is `p1`.

    It is 0 where no result can reject (no critical region exists).

    >>> [round(power(n, 0.05, 0.01, 0.05), 2) for n in (52, 93, 124, 181)]
    [0.0, 0.76, 0.87, 0.96]
    """
    limit = critical_value(n, p0, alpha, alternative)
    if limit is None:
        return 0.0
    return float(stats.binom.cdf(limit, n, p1) if alternative == "less" else stats.binom.sf(limit - 1, n, p1))


def n_for_power(
    p0: float, p1: float, alpha: float, wanted: float = 0.8, alternative: str = "less", largest: int = 2000
) -> int | None:
    """Return the smallest number of patients with at least the power `wanted`, or None up to `largest`.

    Power rises and falls in teeth with n, so every n is looked at.
    """
    for n in range(1, largest + 1):
        if power(n, p0, p1, alpha, alternative) >= wanted:
            return n
    return None


def posterior_below(x: ArrayLike, n: ArrayLike, p0: float) -> NDArray[np.float64]:
    """Return the probability that the rate is below `p0`, given the data and Jeffreys' prior Beta(1/2, 1/2)."""
    x, n = _counts(x, n)
    return special.betainc(x + 0.5, n - x + 0.5, p0)
