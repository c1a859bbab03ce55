"""Who was counted where: shared by figures and report, without anything that draws."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pandas as pd

from ..errors import TableError
from .language import label


@dataclass(frozen=True)
class EligibilityStep:
    """What one criterion does to the patients who met all criteria before it.

    Attributes
    ----------
    criterion : str
        Id of the criterion in the study file.
    label : object
        Its label there.
    not_met, unknown : int
        Patients left out because the criterion is not met, or because the data needed are missing.
    kept : int
        Patients who go on.
    """

    criterion: str
    label: Any
    not_met: int
    unknown: int
    kept: int


def steps_of(cohort: pd.DataFrame, study: Mapping[str, Any]) -> list[EligibilityStep]:
    """Return the steps from the registry to the included patients, in the order of the study file.

    Raises
    ------
    TableError
        If the patients are not those included and those excluded by a criterion of the study with a reason.
    """
    left_out = cohort[~cohort["included"]]
    counts = left_out.groupby(["excluded_by", "excluded_because"], observed=True).size().to_dict()
    steps, kept = [], len(cohort)
    for criterion in (study.get("population") or {}).get("eligibility") or []:
        not_met, unknown = (int(counts.get((criterion["id"], why), 0)) for why in ("not_met", "unknown"))
        kept -= not_met + unknown
        steps.append(EligibilityStep(criterion["id"], criterion.get("label"), not_met, unknown, kept))
    included = int(cohort["included"].sum())
    if included != kept:
        raise TableError(
            f"table cohort: of {len(cohort)} patients {included} are included and {len(cohort) - kept} are excluded"
            " by a criterion of the study",
            "both add up: who is not included has excluded_by, a criterion of population.eligibility, and"
            " excluded_because",
            "run the workflow again",
        )
    return steps


def published_item(position: int, item: str, study: Mapping[str, Any], lang: str) -> str:
    """Return the name of a published figure in `lang`, if the study file has it; else as the table has it."""
    items = (study.get("published") or {}).get("items") or []
    if 1 <= position <= len(items) and label(items[position - 1].get("label"), "en") == item:
        return label(items[position - 1]["label"], lang)
    return item


def response_column(study: Mapping[str, Any]) -> str:
    """Return the column of `best_responses` that the study's endpoints use."""
    confirmed = study["response"].get("primary_confirmation") == "confirmed"
    return "confirmed_response" if confirmed else "best_response"


def primary_readings(tables: Mapping[str, pd.DataFrame], study: Mapping[str, Any]) -> pd.DataFrame:
    """Return the rows of `best_responses` of included patients, as the primary evaluator read them."""
    cohort, best = tables["cohort"], tables["best_responses"]
    included = cohort.loc[cohort["included"], "patient_id"]
    return best[best["patient_id"].isin(included) & (best["evaluator"] == study["primary_evaluator"])]
