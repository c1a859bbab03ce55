"""Whether centres differ: in a proportion, by an exact test where it can be had.

Registries have many centres with few patients each, where the chi-squared approximation does not hold. Given all
responders, the counts of the centres follow the multivariate hypergeometric distribution, and the test of Freeman and
Halton adds up the tables that are not likelier than the one seen. It is counted out in full, with whole numbers; no
random tables are drawn. Where there are too many tables for that, Pearson's chi-squared test takes its place and says
how far it can be trusted. The share of the spread beyond chance, I squared, stands beside.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import comb

import numpy as np
from numpy.typing import ArrayLike
from scipy import stats

MOST_STATES = 100_000
"""Different partial tables that are kept at a time before the exact test is given up."""
MOST_EVENTS = 2_000
"""Patients with the event, or without it where those are fewer, above which the exact test is not tried: its whole
numbers would have tens of thousands of digits, and the approximation is good unless a centre is tiny."""
SMALLEST_EXPECTED = 5
"""Cochran's rule: expected counts from which on the chi-squared approximation holds."""
EXACT, PEARSON = "Freeman-Halton, exact", "Pearson chi-squared"


@dataclass(frozen=True)
class Homogeneity:
    """Test of one proportion in all centres.

    Attributes
    ----------
    centres : int
        With at least one patient.
    chi_squared : float
        Pearson's, without correction.
    df : int
    p_value : float
        Of the test that `method` names.
    i_squared : float
        Higgins': (chi squared - df) / chi squared, at least 0.
    method : str
        `EXACT` or `PEARSON`.
    reason : str
        Why there is no test, or how far it can be trusted; empty where nothing is to be said.
    """

    centres: int
    chi_squared: float
    df: int
    p_value: float
    i_squared: float
    method: str
    reason: str


def homogeneity(x: ArrayLike, n: ArrayLike, most_states: int = MOST_STATES, of: str = "centres") -> Homogeneity:
    """Test whether all centres, or other groups of patients, have one proportion.

    Parameters
    ----------
    x, n : array of int, (centres,)
        Patients with the event, and patients, of each centre. A centre without patients says nothing.
    most_states : int
        When to give up counting tables.
    of : str
        What the groups are called in `reason`.

    Raises
    ------
    ValueError
        If counts are not whole numbers with 0 <= x <= n.

    Notes
    -----
    Freeman and Halton, Biometrika 1951;38:141-149; Higgins and Thompson, Stat Med 2002;21:1539-1558. Of two centres
    this is Fisher's exact test.

    >>> round(homogeneity([12, 20], [40, 42]).p_value, 6)
    0.117956
    """
    some, all_ = np.asarray(x), np.asarray(n)
    if some.shape != all_.shape or np.any((some < 0) | (some > all_) | (some % 1 != 0) | (all_ % 1 != 0)):
        raise ValueError("counts must be whole numbers with 0 <= x <= n")
    some, all_ = some[all_ > 0].astype(np.int64), all_[all_ > 0].astype(np.int64)
    k, total, c = int(some.sum()), int(all_.sum()), len(all_)
    df = max(c - 1, 0)
    if c < 2:
        return Homogeneity(c, np.nan, df, np.nan, np.nan, EXACT, f"not estimable: fewer than two {of}")
    if k in (0, total):
        whole = "nobody" if k == 0 else "everybody"
        return Homogeneity(c, np.nan, df, np.nan, np.nan, EXACT, f"not estimable: {whole} has the event")
    share = k / total
    chi = float(np.sum((some - all_ * share) ** 2 / (all_ * share * (1 - share))))
    spread = max(0.0, (chi - df) / chi) if chi > 0 else 0.0
    p = _freeman_halton(some.tolist(), all_.tolist(), most_states)
    if p is not None:
        return Homogeneity(c, chi, df, p, spread, EXACT, "")
    low = int((all_ * min(share, 1 - share) < SMALLEST_EXPECTED).sum())
    doubt = f"{low} of {c} {of} have fewer than {SMALLEST_EXPECTED} expected, so that p is approximate" if low else ""
    return Homogeneity(c, chi, df, float(stats.chi2.sf(chi, df)), spread, PEARSON, doubt)


def _freeman_halton(x: list[int], n: list[int], most_states: int) -> float | None:
    """Return the exact p value, None where more than `most_states` partial tables differ.

    A table's probability is the product of its binomial coefficients over that of the totals. Centres are added one by
    one; partial tables with one sum and one product are one state, of which the number is kept.
    """
    k, total = sum(x), sum(n)
    if 2 * k > total:
        x, k = [b - a for a, b in zip(x, n, strict=True)], total - k
    if k > MOST_EVENTS:
        return None
    seen = 1
    for a, b in zip(x, n, strict=True):
        seen *= comb(b, a)
    states = {(0, 1): 1}
    left = total
    # Centres of one size follow each other, so that equal products meet early.
    for size in sorted(n, reverse=True):
        left -= size
        grown: dict[tuple[int, int], int] = {}
        coefficients = _coefficients(size, min(size, k))
        for (so_far, product), number in states.items():
            for a in range(max(0, k - so_far - left), min(size, k - so_far) + 1):
                key = (so_far + a, product * coefficients[a])
                grown[key] = grown.get(key, 0) + number
            if len(grown) > most_states:
                return None
        states = grown
    extreme = sum(product * number for (_, product), number in states.items() if product <= seen)
    every = comb(total, k)
    return extreme / every


def _coefficients(size: int, most: int) -> list[int]:
    """Return the binomial coefficients of `size` over 0 to `most`, each from the one before."""
    found = [1]
    for a in range(most):
        found.append(found[-1] * (size - a) // (a + 1))
    return found
