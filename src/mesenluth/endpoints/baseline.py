"""Table 1: who the included patients were, with what is missing counted."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd

from ..tables.io import conform, empty
from ..tables.model import Column
from ..tables.registry import PATIENTS
from ..tables.results import BASELINE, COHORT
from . import cohorts
from .cohorts import Study, Tables
from .words import fixed, label, percent

NOT_RECORDED = "not recorded"
MEDIAN = "median (quartiles)"
CATEGORICAL = ("sex", "primary_site", "stage", "grade", "ecog")
YES_NO = ("functioning", "carcinoid_syndrome", "primary_resected")
NUMBERS = {"ki67_percent": 1, "prior_lines": 0, "cga_xuln": 1, "hiaa_xuln": 1}
TREATMENT = {"administrations": 0, "activity_gbq": 1}
"""Columns by the decimals with which they are printed."""


def _name(column: Column) -> str:
    """Return what a column is called in print: its description without its remarks, and its unit."""
    words = column.description.split(";")[0]
    return f"{words} ({column.unit})" if column.unit else words


def _summary(variable: str, values: pd.Series, decimals: int) -> list[dict[str, Any]]:
    """Return the line of a number: median and quartiles (R's type 7), and how many have none."""
    known = values.dropna().astype("float64")
    counts = {"variable": variable, "n": len(known), "missing": len(values) - len(known)}
    if not len(known):
        return [{**counts, "level": NOT_RECORDED, "text": NOT_RECORDED}]
    q1, middle, q3 = (float(known.quantile(q)) for q in (0.25, 0.5, 0.75))
    text = f"{fixed(middle, decimals)} ({fixed(q1, decimals)}-{fixed(q3, decimals)})"
    return [{**counts, "level": MEDIAN, "value": middle, "q1": q1, "q3": q3, "text": text}]


def _categories(variable: str, values: pd.Series, levels: Mapping[Any, str]) -> list[dict[str, Any]]:
    """Return one line a level that occurs, in the order given, as a share of the patients with a value.

    `levels` gives the words for each value.
    """
    known = values.dropna()
    counts = {"variable": variable, "n": len(known), "missing": len(values) - len(known)}
    out = []
    for level, words in levels.items():
        k = int((known == level).sum())
        if k:
            share = {"value": float(k), "percent": 100 * k / len(known)}
            out.append({**counts, "level": words, **share, "text": f"{k} ({percent(k, len(known))} %)"})
    return out or [{**counts, "level": NOT_RECORDED, "text": NOT_RECORDED}]


def baseline(tables: Tables, study: Study) -> pd.DataFrame:
    """Return the table of baseline characteristics of the included patients.

    Parameters
    ----------
    tables : mapping of DataFrame
        patients, cohort, best_responses.
    study : mapping
        The resolved study file.

    Returns
    -------
    DataFrame
        `results.BASELINE`: number of patients; age, disease and biology from the registry; treatment; and, as the
        primary evaluator read it, the sum of diameters of each compartment at baseline. Percentages are of the
        patients with a value; empty without included patients.
    """
    kept = cohorts.included(tables["cohort"])
    if not len(kept):
        return empty(BASELINE)
    known = kept[["patient_id"]].merge(tables["patients"], on="patient_id", how="left", validate="1:1")
    rows: list[dict[str, Any]] = [
        {"variable": "patients", "level": "included", "n": len(kept), "missing": 0, "value": float(len(kept)),
         "text": str(len(kept))}
    ]  # fmt: skip
    age = kept["origin_date"].dt.year - known["birth_year"]
    rows += _summary("age at the start of treatment (years, from the year of birth)", age, 0)
    for name in CATEGORICAL:
        column = PATIENTS.column(name)
        order = list(column.allowed) or sorted(known[name].dropna().unique().tolist())
        rows += _categories(_name(column), known[name], {v: str(v).replace("_", " ") for v in order})
    for name in YES_NO:
        rows += _categories(_name(PATIENTS.column(name)), known[name], {True: "yes", False: "no"})
    for name, decimals in NUMBERS.items():
        rows += _summary(_name(PATIENTS.column(name)), known[name], decimals)
    for name, decimals in TREATMENT.items():
        rows += _summary(_name(COHORT.column(name)), kept[name], decimals)
    for compartment in study["compartments"]:
        sums = _baseline_sums(tables["best_responses"], kept, compartment["id"], study["primary_evaluator"])
        rows += _summary(f"sum of diameters at baseline, {label(compartment, compartment['id'])} (mm)", sums, 1)
    frame = pd.DataFrame(rows, columns=BASELINE.column_names)
    frame["position"] = range(1, len(frame) + 1)
    return conform(frame, BASELINE)


def _baseline_sums(best_responses: pd.DataFrame, patients: pd.DataFrame, compartment: str, evaluator: str) -> pd.Series:
    """Return each patient's sum of diameters at baseline, missing where there is none."""
    mine = best_responses[(best_responses["compartment"] == compartment) & (best_responses["evaluator"] == evaluator)]
    return mine.set_index("patient_id")["baseline_mm"].reindex(patients["patient_id"]).reset_index(drop=True)
