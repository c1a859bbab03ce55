"""Cox's proportional hazards model, with the sandwich variance for patients who stand more than once.

Written here because lifelines leaves two things that a statistician would find beside R: it stops Newton's steps early
(coefficients differ in the 6th digit), and its sandwich leaves ties out of the score residuals (standard errors differ
in the 4th digit). Few covariates, any number of patients.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike
from scipy import stats

from .cox_likelihood import Data, Likelihood, prepare
from .limits import Floats

LARGEST_LOG_RATIO = 25.0
"""A hazard ratio beyond exp of this between two patients of the data is taken for one without limit."""
STEPS = 60
SMALLEST_DECREMENT = 1e-20
"""Newton's steps end where half of this is all that the log likelihood could still gain."""


@dataclass(frozen=True)
class ChiSquared:
    """A chi-squared test: statistic, degrees of freedom, p value; missing where there is none."""

    chi_squared: float
    df: int
    p_value: float


_NOTHING = ChiSquared(np.nan, 0, np.nan)


@dataclass(frozen=True)
class Cox:
    """A fitted model.

    Attributes
    ----------
    coefficients, std_err : array of float, (covariates,)
        Log hazard ratios and the standard errors of the information.
    robust_std_err : array of float, (covariates,)
        Of the sandwich over clusters; missing where none was asked for.
    hazard_ratio, low, high, z, p_value : array of float, (covariates,)
        By the robust standard errors where there are some.
    covariance : array of float, (covariates, covariates)
        The one that the limits rest on.
    loglik_null, loglik : float
    likelihood_ratio, wald, score : ChiSquared
        Wald's by `covariance`; the score test and the likelihood ratio take all rows for independent.
    n, events, clusters : int
    reason : str
        Why there is no fit; empty where there is one.
    """

    coefficients: Floats
    std_err: Floats
    robust_std_err: Floats
    hazard_ratio: Floats
    low: Floats
    high: Floats
    z: Floats
    p_value: Floats
    covariance: Floats
    loglik_null: float
    loglik: float
    likelihood_ratio: ChiSquared
    wald: ChiSquared
    score: ChiSquared
    n: int
    events: int
    clusters: int
    reason: str


def cox(
    times: ArrayLike,
    events: ArrayLike,
    covariates: ArrayLike,
    strata: ArrayLike | None = None,
    cluster: ArrayLike | None = None,
    ties: str = "efron",
    confidence: float = 0.95,
    gain: float = 0.0,
) -> Cox:
    """Fit Cox's model by Newton's method.

    Parameters
    ----------
    times : array of float
        Time of each row.
    events : array of bool
        True where it ends with the event.
    covariates : array of float, (rows,) or (rows, covariates)
        Without missing values.
    strata : array, optional
        Rows of one value share a baseline hazard.
    cluster : array, optional
        Rows of one value belong together (one patient): the variance is then the sandwich of Lin and Wei, over
        clusters. With a value of its own for each row it is their robust variance.
    ties : {"efron", "breslow"}
        How events that share a time are taken.
    confidence : float
        Between 0 and 1.
    gain : float
        Newton's steps end where the log likelihood gains no more than this share of itself; 0: at the maximum. R's
        ``coxph`` stops at 1e-9, which leaves its coefficients up to 1e-7 of themselves away from the maximum.

    Raises
    ------
    ValueError
        If lengths differ, a value is missing or `ties` is none of these.

    Notes
    -----
    Efron, J Am Stat Assoc 1977;72:557-565; Lin and Wei, J Am Stat Assoc 1989;84:1074-1078; for several times of
    one patient Wei, Lin and Weissfeld, J Am Stat Assoc 1989;84:1065-1073.
    """
    data = prepare(times, events, covariates, strata, ties)
    n, p = data.x.shape
    codes = None if cluster is None else np.unique(np.asarray(cluster), return_inverse=True)[1]
    size = 0 if codes is None else int(codes.max(initial=-1)) + 1
    null = data.likelihood(np.zeros(p))
    reason = _reason(data, null)
    if reason:
        return _no_fit(data, size, reason)
    beta, last = _newton(data, null, gain)
    if _without_limit(data, beta) or not _regular(last.information):
        return _no_fit(
            data, size, "not estimable: events come on one side alone, so that the hazard ratio has no limit"
        )
    naive = np.linalg.inv(last.information)
    covariance: Floats = np.asarray(naive, dtype=np.float64)
    robust = np.full(p, np.nan)
    if codes is not None:
        by_cluster = np.zeros((size, p))
        np.add.at(by_cluster, codes, data.score_residuals(beta) @ naive)
        covariance = by_cluster.T @ by_cluster
        robust = np.sqrt(np.diag(covariance))
    error = np.sqrt(np.diag(covariance))
    if not np.all(error > 0):
        return _no_fit(data, size, "not estimable: the clusters do not vary")
    by = float(stats.norm.ppf((1 + confidence) / 2)) * error
    z = beta / error
    return Cox(
        beta, np.sqrt(np.diag(naive)), robust, np.exp(beta), np.exp(beta - by), np.exp(beta + by), z,
        2 * stats.norm.sf(np.abs(z)), covariance, null.value, last.value,
        _test(2 * (last.value - null.value), p),
        _test(float(beta @ np.linalg.solve(covariance, beta)), p) if _regular(covariance) else _NOTHING,
        _test(float(null.score @ np.linalg.solve(null.information, null.score)), p),
        n, int(data.events.sum()), size, "",
    )  # fmt: skip


def _test(chi_squared: float, df: int) -> ChiSquared:
    return ChiSquared(chi_squared, df, float(stats.chi2.sf(chi_squared, df)))


def _regular(matrix: Floats) -> bool:
    return int(np.linalg.matrix_rank(matrix, hermitian=True)) == len(matrix)


def _reason(data: Data, null: Likelihood) -> str:
    """Return why nothing can be fitted; empty where something can."""
    if not len(data.x):
        return "not estimable: no patients"
    if not data.events.any():
        return "not estimable: no events"
    return "" if _regular(null.information) else "not estimable: at no event did the patients at risk differ"


def _without_limit(data: Data, beta: Floats) -> bool:
    return float(np.ptp(data.x @ beta)) > LARGEST_LOG_RATIO


def _newton(data: Data, null: Likelihood, gain: float) -> tuple[Floats, Likelihood]:
    """Return the coefficients that maximise the partial likelihood, and the likelihood there."""
    beta, here = np.zeros(data.x.shape[1]), null
    for _ in range(STEPS):
        step = np.linalg.solve(here.information, here.score)
        # Where a ratio has no limit a step can be so long that no float holds the risks there; this far is enough.
        step /= max(1.0, float(np.ptp(data.x @ step)) / (2 * LARGEST_LOG_RATIO))
        if float(step @ here.score) < SMALLEST_DECREMENT or _without_limit(data, beta):
            break
        share, there = 1.0, data.likelihood(beta + step)
        # The likelihood is concave: a step that loses more than rounding does is too long.
        least = here.value - 1e-12 * abs(here.value)
        while there.value < least and share > 1e-3:
            share /= 2
            there = data.likelihood(beta + share * step)
        gained = abs(1 - here.value / there.value) if there.value else 0.0
        beta, here = beta + share * step, there
        if 0 < gained <= gain or not _regular(there.information):
            break
    return beta, here


def _no_fit(data: Data, clusters: int, reason: str) -> Cox:
    """Return a fit of which everything is missing, and why."""
    n, p = data.x.shape
    gap = np.full(p, np.nan)
    return Cox(
        gap, gap, gap, gap, gap, gap, gap, gap, np.full((p, p), np.nan), np.nan, np.nan, _NOTHING, _NOTHING, _NOTHING,
        n, int(data.events.sum()), clusters, reason,
    )  # fmt: skip
