"""Pointwise limits of a probability that is estimated over time: survival, or incidence."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy import stats

TOLERANCE = float(np.sqrt(np.finfo(float).eps))
"""Times, and probabilities, closer than this are the same (R's `timefix` and `quantile.survfit`)."""

METHODS = ("log-log", "log", "plain", "logit", "arcsine")

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


def limits(p: Floats, log_se: Floats, method: str, confidence: float) -> tuple[Floats, Floats]:
    """Return limits of probabilities that are symmetric after a transformation.

    Parameters
    ----------
    p : array of float
        Estimates, 0 to 1.
    log_se : array of float
        Standard error of their logarithms: the standard error over the estimate. Ignored where the estimate is 0.
    method : str
        One of `METHODS`.
    confidence : float
        Between 0 and 1.

    Returns
    -------
    low, high : array of float
        Missing where the transformation has no value: ``log`` at 0; ``log-log``, ``logit`` and ``arcsine`` at 0 and
        1; and ``plain`` at 0 of a survival curve, whose standard error has no value there (`log_se` missing).

    Notes
    -----
    Kalbfleisch and Prentice, The Statistical Analysis of Failure Time Data, 2nd edition, 1.4.
    """
    z = float(stats.norm.ppf((1 + confidence) / 2))
    # A sum of fractions that makes 1 may stop one rounding short of it.
    none, all_ = p <= 0, p >= 1 - TOLERANCE
    blank = none | (all_ if method in ("log-log", "logit", "arcsine") else False)
    if method == "plain":
        blank = none & np.isnan(log_se)
    # Where a transformation has no value the arithmetic runs on 1/2, without a warning, and is blanked below.
    inner = np.where(blank | none, 0.5, p)
    by = z * np.where(blank | none, 0.0, log_se)
    if method == "plain":
        low, high = np.maximum(p - by * p, 0), np.minimum(p + by * p, 1)
    elif method == "log":
        low, high = inner * np.exp(-by), np.minimum(inner * np.exp(by), 1)
    elif method == "log-log":
        middle, by = np.log(-np.log(inner)), by / np.log(inner)
        low, high = np.exp(-np.exp(middle - by)), np.exp(-np.exp(middle + by))
    elif method == "logit":
        middle, by = np.log(inner / (1 - inner)), by / (1 - inner)
        low, high = 1 / (1 + np.exp(by - middle)), 1 / (1 + np.exp(-by - middle))
    else:
        middle, by = np.arcsin(np.sqrt(inner)), by * np.sqrt(inner / (1 - inner)) / 2
        low = np.sin(np.maximum(middle - by, 0)) ** 2
        high = np.sin(np.minimum(middle + by, np.pi / 2)) ** 2
    return np.where(blank, np.nan, low), np.where(blank, np.nan, high)
