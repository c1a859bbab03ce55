"""Rows of the table of estimates, built the same way everywhere."""

from __future__ import annotations

from typing import Any

import numpy as np

from ..tables.results import ESTIMATES
from . import proportions
from .cohorts import WHOLE_PATIENT, Study
from .words import NOT_ESTIMABLE, plural, share_text

Row = dict[str, Any]

STUDY = "study"
"""Definition of the headline rows: the one the study file chooses."""
CAUSE_SPECIFIC = "cause_specific"
"""The study's times, with deaths ending a time without the event."""
INCLUDED, EVALUABLE, SYMPTOMATIC, PAIRED = "included", "evaluable", "symptomatic", "evaluable_in_both"
IN_BOTH, SUBGROUP = "disease_in_both", "subgroup"
RESPONDERS = "responders"
COUNT = "count"


def row(endpoint: str, statistic: str, text: str, **values: Any) -> Row:
    """Return one row of `results.ESTIMATES`: what is not given is missing, or the whole patient and the study's own.

    A missing number may be given as NaN. KeyError for a column that the contract does not have.
    """
    out: Row = dict.fromkeys(ESTIMATES.column_names)
    out.update(
        endpoint=endpoint, statistic=statistic, text=text, population=INCLUDED, compartment=WHOLE_PATIENT,
        definition=STUDY, method=COUNT, unit="patients",
    )  # fmt: skip
    unknown = set(values) - set(out)
    if unknown:
        raise KeyError(f"estimates has no column {', '.join(sorted(unknown))}")
    out.update({k: None if isinstance(v, float) and np.isnan(v) else v for k, v in values.items()})
    return out


def proportion_rows(
    endpoint: str, numerator: int, denominator: int, study: Study, reason: str = "", **values: Any
) -> list[Row]:
    """Return one proportion with each interval the study prints: its own first, then Clopper-Pearson and Wilson."""
    confidence = study["statistics"]["confidence"]
    methods = dict.fromkeys([study["statistics"]["proportion_interval"], "clopper-pearson", "wilson"])
    out = []
    for method in methods:
        low, high = (float(v) for v in proportions.interval(method, numerator, denominator, confidence))
        why = reason or None
        if not denominator:
            why = f"{NOT_ESTIMABLE}: no patients in this population"
        out.append(
            row(
                endpoint,
                "proportion",
                share_text(numerator, denominator, low, high, confidence),
                method=method,
                numerator=numerator,
                denominator=denominator,
                estimate=numerator / denominator if denominator else None,
                ci_low=low,
                ci_high=high,
                confidence=confidence,
                unit="proportion",
                reason=why,
                **values,
            )
        )
    return out


def not_judged(n: int, of: int, kinds: str) -> str:
    """Return the sentence that says how many of those counted could not be judged; empty where nobody."""
    if not n:
        return ""
    verb = "counts" if n == 1 else "count"
    return f"{n} of {plural(of, 'patient')} could not be judged ({kinds}) and {verb} as without the event"
