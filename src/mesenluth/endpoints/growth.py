"""Estimates of tumour growth rates: before the treatment, under it, and how they changed in the same patients.

Statistics. ``growth_before`` and ``growth_early``: median and quartiles of the rates of these periods
(`response.growth`); ``growth_change``: of early minus before, in patients with both; ``growth_test``: whether growth
changed, by the exact sign test and by Wilcoxon's signed ranks. Under ``growth.targets: all`` a rate counts where all
targets of the compartment were measured at both times.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy import stats

from ..tables.results_beyond import GROWTH_PERIODS
from . import cohorts, paired
from .cohorts import Study, Tables
from .rows import EVALUABLE, PAIRED, Row, row
from .words import NOT_ESTIMABLE, SIGN, WILCOXON, fixed, p_equals, plural

UNIT = "percent/month"
QUANTILES = {"median": 0.5, "lower quartile": 0.25, "upper quartile": 0.75}
EXACT_BELOW = 50
"""R's wilcox.test is exact for fewer pairs than this, where none is 0 and no two are equal."""


def growth_rows(endpoint: Mapping[str, Any], tables: Tables, study: Study) -> list[Row]:
    """Return medians, quartiles and tests of the growth rates of each compartment and evaluator."""
    patients = cohorts.included(tables["cohort"])["patient_id"]
    found = cohorts.counting_rates(tables["growth_rates"], study)
    out = []
    for evaluator in cohorts.evaluators(tables["best_responses"], study):
        for compartment in endpoint["compartments"]:
            mine = found[(found["compartment"] == compartment) & (found["evaluator"] == evaluator)]
            about = {"compartment": compartment, "evaluator": evaluator}
            rates = {
                p: mine[mine["period"] == p].set_index("patient_id")["growth_percent_per_month"].reindex(patients)
                for p in GROWTH_PERIODS
            }
            for period, values in rates.items():
                out += _summary(endpoint["id"], f"growth_{period}", values, {**about, "population": EVALUABLE})
            change = rates["early"] - rates["before"]
            out += _summary(endpoint["id"], "growth_change", change, {**about, "population": PAIRED})
            out += _tests(endpoint["id"], change.dropna().to_numpy(dtype=float), about)
    return out


def _summary(endpoint: str, statistic: str, values: pd.Series, about: Mapping[str, Any]) -> list[Row]:
    """Return median and quartiles (R's type 7) of those who have a value."""
    known = values.dropna().to_numpy(dtype=float)
    common = {**about, "numerator": len(known), "denominator": len(values), "unit": UNIT}
    if not len(known):
        why = f"{NOT_ESTIMABLE}: nobody has a rate that counts"
        return [row(endpoint, statistic, NOT_ESTIMABLE, method="median", reason=why, **common)]
    middle, low, high = (float(np.quantile(known, q)) for q in (0.5, 0.25, 0.75))
    text = f"{fixed(middle, 2)} (quartiles {fixed(low, 2)} to {fixed(high, 2)}) % a month"
    left = len(values) - len(known)
    reason = f"{plural(left, 'patient')} of {len(values)} without a rate that counts" if left else None
    texts = {"median": text, "lower quartile": fixed(low, 2), "upper quartile": fixed(high, 2)}
    estimates = dict(zip(QUANTILES, (middle, low, high), strict=True))
    return [
        row(endpoint, statistic, texts[m], method=m, estimate=estimates[m], reason=reason, **common) for m in QUANTILES
    ]


def signed_ranks(change: NDArray[np.float64]) -> tuple[float, str]:
    """Return the two-sided p value of Wilcoxon's signed rank test as R's wilcox.test computes it, and how.

    Exact for fewer than 50 changes without zeros and ties; else by the normal approximation with a correction for
    continuity, zeros left out. 1 where nothing changed.
    """
    some = change[change != 0]
    if not len(some):
        return 1.0, "nothing changed"
    exact = len(some) == len(change) < EXACT_BELOW and len(np.unique(np.abs(some))) == len(some)
    method = "exact" if exact else "approx"
    found = stats.wilcoxon(some, zero_method="wilcox", correction=not exact, method=method)
    return min(float(found.pvalue), 1.0), "exact" if exact else "normal approximation"


def _tests(endpoint: str, change: NDArray[np.float64], about: Mapping[str, Any]) -> list[Row]:
    n, slower, faster = len(change), int((change < 0).sum()), int((change > 0).sum())
    common = {
        **about, "population": PAIRED, "denominator": n, "unit": "p value",
        "hypothesis": "growth under treatment differs from growth before it in the same patients",
    }  # fmt: skip
    if not n:
        why = f"{NOT_ESTIMABLE}: nobody has a rate that counts both before and under treatment"
        return [
            row(endpoint, "growth_test", NOT_ESTIMABLE, method=m, test=m, reason=why, **common)
            for m in (SIGN, WILCOXON)
        ]
    sign = float(paired.mcnemar_exact(slower, faster))
    ranks, how = signed_ranks(change)
    said = f"slower in {slower}, faster in {faster} of {n}"
    return [
        row(endpoint, "growth_test", f"{said}: {p_equals(sign)}", method=SIGN, test=SIGN, numerator=slower,
            estimate=slower / n, p_value=sign, **common),
        row(endpoint, "growth_test", p_equals(ranks), method=WILCOXON, test=f"{WILCOXON} ({how})",
            p_value=ranks, **common),
    ]  # fmt: skip
