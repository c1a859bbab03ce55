"""Whether hazards are proportional: the score test of coefficients that change with time."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike
from scipy import stats

from .cox import ChiSquared
from .cox_likelihood import prepare
from .kaplan_meier import kaplan_meier
from .limits import Floats


def proportional_hazards(
    times: ArrayLike,
    events: ArrayLike,
    covariates: ArrayLike,
    coefficients: Floats,
    strata: ArrayLike | None = None,
    ties: str = "efron",
    terms: Sequence[Sequence[int]] | None = None,
) -> tuple[list[ChiSquared], ChiSquared]:
    """Test whether log hazard ratios change with time.

    Parameters
    ----------
    times, events, covariates, strata, ties
        As for `cox.cox`.
    coefficients : array of float, (covariates,)
        Those fitted to the same rows.
    terms : list of list of int, optional
        Covariates that are tested together, such as the columns of one factor; each on its own if not given.

    Returns
    -------
    each : list of ChiSquared
        One test a term.
    together : ChiSquared
        All covariates at once.

    Notes
    -----
    Grambsch and Therneau, Biometrika 1994;81:515-526, in its exact form: the score test of a further covariate x g(t),
    g being 1 minus Kaplan-Meier's estimate of all rows just before t, as R's ``cox.zph`` computes it (survival 3).
    Rows count as independent: with several rows a patient the p value is a guide, no more.
    """
    data = prepare(times, events, covariates, strata, ties)
    beta = np.asarray(coefficients, dtype=float)
    p = len(beta)
    curve = kaplan_meier(times, events)
    when = np.asarray(times, dtype=float)[data.order][data.failing]
    # Just before: the first time of the curve that is not earlier than t, allowing for rounding, and the step before.
    here = np.searchsorted(curve.time, when - 1e-9 * np.maximum(1.0, np.abs(when)), side="left")
    g = 1 - np.concatenate([[1.0], curve.survival])[here]
    _, mean, variance = data.moments(beta)
    gain = g @ (data.x[data.failing] - mean)
    plain, once, twice = (np.tensordot(w, variance, axes=1) for w in (np.ones_like(g), g, g**2))

    def test(some: list[int]) -> ChiSquared:
        left = twice[np.ix_(some, some)] - once[some] @ np.linalg.solve(plain, once[:, some])
        if np.linalg.matrix_rank(left, hermitian=True) < len(some):
            return ChiSquared(np.nan, len(some), np.nan)
        value = float(gain[some] @ np.linalg.solve(left, gain[some]))
        return ChiSquared(value, len(some), float(stats.chi2.sf(value, len(some))))

    return [test(list(t)) for t in terms or [[j] for j in range(p)]], test(list(range(p)))
