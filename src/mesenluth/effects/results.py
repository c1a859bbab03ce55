"""What each patient counts as in each endpoint: the result behind the headline, in words."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from ..endpoints import cohorts, verdicts
from ..endpoints.cohorts import Study, Tables
from ..endpoints.response_rates import chosen_column
from ..endpoints.time_to_event import FROM_RESPONSE
from ..tables.results_beyond import GROWTH_PERIODS


def has_time_points(endpoint: Mapping[str, Any]) -> bool:
    """Return whether an endpoint is read from time points of RECIST 1.1."""
    if endpoint["kind"] == "time_to_event":
        return set(endpoint["events"]) != {"death"}
    return bool(endpoint["kind"] == "response")


def some_only(endpoint: Mapping[str, Any]) -> bool:
    """Return whether not all included patients are in the denominator: those with symptoms, or who respond, alone."""
    return bool(endpoint["kind"] == "clinical" or endpoint.get("origin") == FROM_RESPONSE)


def compartments_of(endpoint: Mapping[str, Any], study: Study) -> list[str]:
    """Return the compartments an endpoint is reported in."""
    if endpoint["kind"] in ("clinical", "complications"):
        return [cohorts.compartment_of(study[endpoint["kind"]], study)]
    return list(endpoint["compartments"])


def results(tables: Tables, study: Study) -> pd.DataFrame:
    """Return who counts in each endpoint of the study, and as what, by the primary evaluator and the study's rules.

    Parameters
    ----------
    tables : mapping of DataFrame
        cohort and the tables of responses, and `time_to_event`.

    Returns
    -------
    DataFrame
        patient_id, endpoint, compartment, result. One row a patient of the denominator of the headline: the included
        patients; of clinical response those with symptoms at baseline; of duration of response those who respond.
    """
    patients = cohorts.included(tables["cohort"])["patient_id"].to_numpy(dtype=object)
    parts = [pd.DataFrame({"patient_id": [], "endpoint": [], "compartment": [], "result": []}, dtype=object)]
    for endpoint in study["endpoints"]:
        for compartment in compartments_of(endpoint, study):
            if endpoint["kind"] == "time_to_event":
                who, what = _times(endpoint, compartment, tables, study)
            else:
                what = _words(endpoint, compartment, patients, tables, study)
                counted = np.array([w is not None for w in what], dtype=bool)
                who, what = patients[counted], what[counted]
            found = {"patient_id": who, "endpoint": endpoint["id"], "compartment": compartment, "result": what}
            parts.append(pd.DataFrame(found, dtype=object))
    return pd.concat(parts, ignore_index=True)


def assessments(tables: Tables, study: Study) -> pd.Series:
    """Return how many time points after baseline show more than NE, by patient_id and compartment."""
    points = tables["timepoint_responses"]
    seen = (points["evaluator"] == study["primary_evaluator"]) & (points["overall_response"] != "NE")
    points = points[seen.to_numpy(dtype=bool)].astype({"patient_id": object, "compartment": object})
    return points.groupby(["patient_id", "compartment"]).size()


def _times(
    endpoint: Mapping[str, Any], compartment: str, tables: Tables, study: Study
) -> tuple[np.ndarray, np.ndarray]:
    rows = tables["time_to_event"]
    mine = (rows["endpoint"] == endpoint["id"]) & (rows["compartment"] == compartment)
    mine &= (rows["rule_set"] == "study") & (rows["evaluator"] == study["primary_evaluator"])
    rows = rows[mine.to_numpy(dtype=bool)]
    said = rows["status"].astype(object) + " at " + rows["time_days"].astype(str).astype(object) + " days"
    return rows["patient_id"].to_numpy(dtype=object), said.to_numpy(dtype=object)


def _words(
    endpoint: Mapping[str, Any], compartment: str, patients: np.ndarray, tables: Tables, study: Study
) -> np.ndarray:
    """Return the result of each patient; None for one who is not in the denominator."""
    kind, reader = endpoint["kind"], study["primary_evaluator"]
    if kind == "growth":
        return _rates(compartment, patients, tables, study)
    if kind == "density" and study["density"]["method"] == "none":
        return np.full(len(patients), None, dtype=object)
    if kind in ("response", "density"):
        table, column = ("best_responses", chosen_column(study)) if kind == "response" else (
            "best_density_responses", "best_response")  # fmt: skip
        unseen = kind == "response" and study["response"]["missing_as_ne"]
        who = cohorts.included(tables["cohort"])
        best = cohorts.responses_of(tables[table], who, compartment, reader, column, unseen)
        return best.to_numpy(dtype=object)
    found = verdicts.headline(endpoint, "", tables, study)[compartment]
    said = np.where(found.event, "event", np.where(found.judged, "no event", "not evaluable")).astype(object)
    return pd.Series(said, dtype=object).where(found.counted, None).to_numpy()


def _rates(compartment: str, patients: np.ndarray, tables: Tables, study: Study) -> np.ndarray:
    rates = cohorts.counting_rates(tables["growth_rates"], study)
    mine = (rates["compartment"] == compartment) & (rates["evaluator"] == study["primary_evaluator"])
    said = []
    for period in GROWTH_PERIODS:
        of = rates[(mine & (rates["period"] == period)).to_numpy(dtype=bool)]
        known = of.set_index("patient_id")["growth_percent_per_month"].astype("float64").reindex(patients)
        said.append([f"{period} unknown" if np.isnan(v) else f"{period} {v:.2f} % a month" for v in known])
    return np.array([", ".join(parts) for parts in zip(*said, strict=True)], dtype=object)
