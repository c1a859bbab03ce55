"""Who had the event of an endpoint that is a proportion, patient by patient, under the study's own definition."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from . import cohorts
from .cohorts import Study, Tables

Bools = NDArray[np.bool_]


@dataclass(frozen=True)
class Verdicts:
    """Verdicts on each included patient, in the order of `cohorts.included`.

    Attributes
    ----------
    counted, event, judged : array of bool, (patients,)
        In the denominator of the headline; with the event; one who could be judged.
    """

    counted: Bools
    event: Bools
    judged: Bools


def responses(best: pd.Series, categories: list[str]) -> Verdicts:
    """Return verdicts of best responses, one a patient."""
    judged = ~best.isin(cohorts.NOT_EVALUABLE).to_numpy(dtype=bool)
    return Verdicts(np.ones(len(best), dtype=bool), best.isin(categories).to_numpy(dtype=bool), judged)


def metabolic(compartment: str, tables: Tables) -> Verdicts:
    """Return verdicts of metabolic response in a compartment."""
    patients = cohorts.included(tables["cohort"])["patient_id"]
    table = tables["metabolic_responses"]
    mine = table[table["compartment"] == compartment].set_index("patient_id")
    found = mine["response"].reindex(patients).fillna("not_evaluable")
    event, judged = (v.to_numpy(dtype=bool) for v in (found == "response", found != "not_evaluable"))
    return Verdicts(np.ones(len(found), dtype=bool), event, judged)


def clinical(tables: Tables) -> Verdicts:
    """Return verdicts of clinical response; those with symptoms at baseline are counted."""
    patients = cohorts.included(tables["cohort"])["patient_id"]
    found = tables["clinical_responses"].set_index("patient_id").reindex(patients)
    symptoms = found["symptoms_at_baseline"].astype("Int64").fillna(0).to_numpy(dtype="int64") > 0
    event = symptoms & (found["response"] == "response").to_numpy(dtype=bool)
    return Verdicts(
        symptoms, event, symptoms & found["response"].isin(["response", "no_response"]).to_numpy(dtype=bool)
    )


def complications(tables: Tables) -> Verdicts:
    """Return who had a complication."""
    patients = cohorts.included(tables["cohort"])["patient_id"]
    event = patients.isin(tables["complications"]["patient_id"]).to_numpy(dtype=bool)
    return Verdicts(np.ones(len(event), dtype=bool), event, np.ones(len(event), dtype=bool))


def headline(endpoint: Mapping[str, Any], column: str, tables: Tables, study: Study) -> dict[str, Verdicts]:
    """Return the verdicts behind the headline proportion of an endpoint, by compartment.

    Parameters
    ----------
    endpoint : mapping
        An entry of the study's endpoints, of kind response, density, metabolic, clinical or
        complications; nothing for others.
    column : str
        Column of best responses that the study chooses.
    """
    kind = endpoint["kind"]
    if kind == "response":
        patients, reader = cohorts.included(tables["cohort"]), study["primary_evaluator"]
        unseen = study["response"]["missing_as_ne"]
        return {
            c: responses(
                cohorts.responses_of(tables["best_responses"], patients, c, reader, column, unseen),
                list(endpoint["categories"]),
            )
            for c in endpoint["compartments"]
        }
    if kind == "density" and study["density"]["method"] != "none":
        patients, reader, table = (
            cohorts.included(tables["cohort"]),
            study["primary_evaluator"],
            "best_density_responses",
        )
        return {
            c: responses(
                cohorts.responses_of(tables[table], patients, c, reader, "best_response"), list(endpoint["categories"])
            )
            for c in endpoint["compartments"]
        }
    if kind == "metabolic":
        return {c: metabolic(c, tables) for c in endpoint["compartments"]}
    if kind == "clinical":
        return {cohorts.compartment_of(study["clinical"], study): clinical(tables)}
    if kind == "complications":
        return {cohorts.compartment_of(study["complications"], study): complications(tables)}
    return {}
