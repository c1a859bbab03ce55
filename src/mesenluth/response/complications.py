"""Complications: adverse events of the study's kinds around its treatment, graded by CTCAE v5.0."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd

from ..reuse import reusable
from ..tables.io import conform, empty
from ..tables.results import COMPLICATIONS
from .arrays import position, sorted_unique, strings
from .origins import given
from .rules import COMPLICATION_RULES
from .settings import choice

GRADING = "CTCAE v5.0"
"""Version of the grading that the registry's grades are of."""


@reusable
def complications(
    adverse_events: pd.DataFrame,
    administrations: pd.DataFrame,
    included: pd.DataFrame,
    treatment_condition: Mapping[str, Any],
    settings: Mapping[str, Any],
) -> pd.DataFrame:
    """Return the adverse events that are complications by the study's definition.

    An event counts if its term and CTCAE grade are asked for, if it is attributed as asked (``mesenteric``: the
    registry says so; ``any``: no matter), and if it begins on the day of an administration of the study treatment or
    within `days_after_administration` after it, that last day included. What begins before the first administration is
    none, even if it lasts or grows worse: a registry dates an event by its first day.

    Parameters
    ----------
    adverse_events, administrations : DataFrame
        Registry tables.
    included : DataFrame
        Patients analysed: patient_id, origin_date.
    treatment_condition : mapping
        Which administrations are the study treatment.
    settings : mapping
        The study's section `complications`.

    Returns
    -------
    DataFrame
        Contract COMPLICATIONS, one row an event.
    """
    attributed = choice(settings, "attributed", "complications", ("mesenteric", "any"))
    wanted = adverse_events["term"].isin(list(settings["terms"]))
    wanted &= adverse_events["ctcae_grade"] >= settings["min_grade"]
    if attributed == "mesenteric":
        wanted &= adverse_events["mesenteric"].fillna(False).astype(bool)
    rows = adverse_events[wanted].merge(included[["patient_id", "origin_date"]], on="patient_id")
    doses = given(administrations, treatment_condition)
    doses = doses[doses["patient_id"].isin(rows["patient_id"])]
    if rows.empty or doses.empty:
        return empty(COMPLICATIONS)
    doses = doses.sort_values(["administration_date", "administration_id"], kind="stable")
    doses = doses[["patient_id", "administration_date", "administration_id", "cycle_number", "record_id"]]
    doses = doses.rename(columns={"record_id": "dose_record_id"})
    # Patients by number: the join asks for equal types, and text has several.
    known = sorted_unique(strings(rows["patient_id"]))
    rows, doses = (t.assign(patient=position(strings(t["patient_id"]), known)) for t in (rows, doses))
    rows = pd.merge_asof(
        rows.sort_values(["start_date", "adverse_event_id"], kind="stable"),
        doses.drop(columns="patient_id"),
        left_on="start_date",
        right_on="administration_date",
        by="patient",
    )
    rows["days_since_administration"] = (rows["start_date"] - rows["administration_date"]).dt.days
    rows = rows[rows["days_since_administration"] <= settings["days_after_administration"]]
    rows = rows.assign(
        day=(rows["start_date"] - rows["origin_date"]).dt.days,
        grading=GRADING,
        rule=COMPLICATION_RULES[0].id,
        record_ids=rows["record_id"] + " " + rows["dose_record_id"],
    )
    return conform(rows.sort_values(["patient_id", "adverse_event_id"], kind="stable"), COMPLICATIONS)
