"""Day 0 of each patient, and when another treatment begins."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd

from ..reuse import reusable
from ..tables.conditions import check, evaluate
from ..tables.io import STRING
from ..tables.registry import ADMINISTRATIONS


def given(administrations: pd.DataFrame, treatment_condition: Mapping[str, Any]) -> pd.DataFrame:
    """Return the administrations that are the study treatment; one that may be another is left out."""
    check(treatment_condition, ADMINISTRATIONS, "treatment.administrations")
    wanted = evaluate(treatment_condition, administrations, ADMINISTRATIONS).fillna(False).astype(bool)
    return administrations[wanted]


def _exact_sum(rows: pd.DataFrame) -> pd.Series:
    """Return the activity each patient was given, summed in whole kBq: the order leaves no trace."""
    kilo = (rows["activity_gbq"] * 1e6).round()
    return kilo.groupby(rows["patient_id"]).sum().astype("float64") / 1e6


@reusable
def origins(administrations: pd.DataFrame, treatment_condition: Mapping[str, Any]) -> pd.DataFrame:
    """Return day 0 of every patient who had the study treatment.

    Parameters
    ----------
    administrations : DataFrame
        Registry table.
    treatment_condition : mapping
        Condition over that table: which rows are the study treatment.

    Returns
    -------
    DataFrame
        patient_id, origin_date (first administration), last_administration_date, administrations (how many) and
        activity_gbq (their sum; missing where one activity is unknown, as a part of a sum is no sum), one row a
        patient, sorted by patient_id.
    """
    # Sorted, so that the sum of the activities is the same whatever the order of the rows.
    rows = given(administrations, treatment_condition).sort_values(["patient_id", "administration_id"])
    groups = rows.groupby("patient_id", sort=True)
    result = pd.DataFrame(
        {
            "origin_date": groups["administration_date"].min(),
            "last_administration_date": groups["administration_date"].max(),
            "administrations": groups.size().astype("int64"),
            "activity_gbq": _exact_sum(rows),
        }
    )
    unknown = rows["activity_gbq"].isna().groupby(rows["patient_id"]).any().reindex(result.index)
    result["activity_gbq"] = result["activity_gbq"].mask(unknown.astype(bool))
    result = result.reset_index()
    return result.astype(
        {
            "patient_id": STRING,
            "origin_date": "datetime64[us]",
            "last_administration_date": "datetime64[us]",
            "administrations": "int64",
        }
    )


@reusable
def new_therapy_dates(therapies: pd.DataFrame, origin: pd.DataFrame, types: Sequence[str]) -> pd.DataFrame:
    """Return when each patient first began another anticancer therapy after day 0.

    Parameters
    ----------
    therapies : DataFrame
        Registry table.
    origin : DataFrame
        patient_id, origin_date.
    types : sequence of str
        Therapies that count, the study's `response.new_therapies`.

    Returns
    -------
    DataFrame
        patient_id, new_therapy_date; only patients who have one, sorted by patient_id.
    """
    rows = therapies.loc[therapies["type"].isin(list(types)), ["patient_id", "start_date"]]
    rows = rows.merge(origin[["patient_id", "origin_date"]], on="patient_id")
    rows = rows[rows["start_date"] > rows["origin_date"]]
    first = rows.groupby("patient_id", sort=True)["start_date"].min().rename("new_therapy_date").reset_index()
    return first.astype({"patient_id": STRING, "new_therapy_date": "datetime64[us]"})


def with_new_therapy(
    included: pd.DataFrame, therapies: pd.DataFrame, response_settings: Mapping[str, Any]
) -> pd.DataFrame:
    """Return the patients with `new_therapy_date`, missing where none of `response.new_therapies` began after day 0."""
    dates = new_therapy_dates(therapies, included, response_settings["new_therapies"])
    return included.merge(dates, on="patient_id", how="left")
