"""Estimates of the response by size and CT density (Choi), off label for neuroendocrine tumours."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ..response.density import LABEL
from . import cohorts
from .cohorts import Study, Tables
from .rows import EVALUABLE, Row, not_judged, proportion_rows, row
from .words import NOT_ESTIMABLE

NO_METHOD = "the study sets density.method to none"


def density_rows(endpoint: Mapping[str, Any], tables: Tables, study: Study) -> list[Row]:
    """Return the proportions of the categories asked for: of all included, and of those who could be judged."""
    patients, found = cohorts.included(tables["cohort"]), tables["best_density_responses"]
    categories, out = list(endpoint["categories"]), []
    for evaluator in cohorts.evaluators(tables["best_responses"], study):
        for compartment in endpoint["compartments"]:
            about = {"compartment": compartment, "evaluator": evaluator}
            if study["density"]["method"] == "none":
                reason = f"{NOT_ESTIMABLE}: {NO_METHOD}"
                out.append(row(endpoint["id"], "proportion", NOT_ESTIMABLE, unit="proportion", reason=reason, **about))
                continue
            best = cohorts.responses_of(found, patients, compartment, evaluator, "best_response")
            responded, judged = best.isin(categories), ~best.isin(cohorts.NOT_EVALUABLE)
            n, evaluable = len(best), int(judged.sum())
            left = not_judged(n - evaluable, n, "no density, or not evaluable")
            reason = "; ".join(part for part in (LABEL, left) if part)
            out += proportion_rows(endpoint["id"], int(responded.sum()), n, study, reason, **about)
            out += proportion_rows(
                endpoint["id"], int((responded & judged).sum()), evaluable, study, LABEL, population=EVALUABLE, **about
            )
    return out
