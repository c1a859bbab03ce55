"""Clinical response: how the symptoms of the compartment of interest changed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from ..reuse import reusable
from ..tables.io import conform
from ..tables.results import CLINICAL_RESPONSES
from .arrays import text
from .sentences import join, numbers
from .settings import choice

RULES = ("improved_none_worse", "any_improvement")


@reusable
def clinical_responses(symptoms: pd.DataFrame, included: pd.DataFrame, settings: Mapping[str, Any]) -> pd.DataFrame:
    """Compare each patient's symptoms at baseline with those at the best later visit.

    The baseline of a symptom is its last record on or before day 0. Under ``attributed: mesenteric`` a symptom counts
    where the registry attributes it to the mesenteric mass; a grade 0 always counts, and so does a later record of a
    symptom of the mass whose attribution is not stated. Within `window_days` the visit counts that has a response,
    else the one with most symptoms improved and fewest worse, else the first.

    Parameters
    ----------
    symptoms : DataFrame
        Registry table; grades of CTCAE v5.
    included : DataFrame
        Patients analysed: patient_id, origin_date.
    settings : mapping
        The study's section `clinical`. ``improved_none_worse``: at least one symptom improved and none worse;
        ``any_improvement``: at least one improved.

    Returns
    -------
    DataFrame
        Contract CLINICAL_RESPONSES, one row an included patient. A patient without any record of a symptom on or
        before day 0 is not evaluable, one with only grades 0 is not symptomatic.
    """
    rule = choice(settings, "rule", "clinical", RULES)
    attributed = choice(settings, "attributed", "clinical", ("mesenteric", "any"))
    rows = symptoms[symptoms["term"].isin(list(settings["terms"]))]
    rows = rows.merge(included[["patient_id", "origin_date"]], on="patient_id")
    rows["day"] = (rows["symptom_date"] - rows["origin_date"]).dt.days
    rows = rows[rows["day"].notna()]
    none = rows["ctcae_grade"] == 0
    ours = rows["mesenteric"].fillna(False).astype(bool) if attributed == "mesenteric" else pd.Series(True, rows.index)

    before = rows["day"] <= 0
    base = rows[before & (none | ours)].sort_values(["patient_id", "term", "day", "ctcae_grade"], kind="stable")
    base = base.drop_duplicates(["patient_id", "term"], keep="last")[["patient_id", "term", "ctcae_grade"]]
    base = base.rename(columns={"ctcae_grade": "grade_before"})
    low, high = settings["window_days"]
    later = rows[rows["day"].between(max(low, 1), high)].merge(base, on=["patient_id", "term"], how="left")
    later["grade_before"] = later["grade_before"].fillna(0).astype("int64")
    if attributed == "mesenteric":
        stated = later["mesenteric"].fillna(False).astype(bool)
        silent = later["mesenteric"].isna() & (later["grade_before"] > 0)
        later = later[(later["ctcae_grade"] == 0) | stated | silent]
    later = later.groupby(["patient_id", "day", "term"], sort=True).agg(
        grade=("ctcae_grade", "max"), grade_before=("grade_before", "max")
    )
    fall = later["grade_before"] - later["grade"]
    better = (later["grade_before"] > 0) & ((later["grade"] == 0) | (fall >= settings["improvement_grades"]))
    visit = pd.DataFrame({"improved": better, "worsened": fall < 0}).groupby(level=["patient_id", "day"]).sum()
    visit = visit.astype("int64").reset_index()
    good = visit["improved"] > 0
    if rule == "improved_none_worse":
        good &= visit["worsened"] == 0
    visit = visit.assign(good=good.astype("boolean")).sort_values(
        ["patient_id", "good", "improved", "worsened", "day"], ascending=[True, False, False, True, True], kind="stable"
    )
    visit = visit.drop_duplicates("patient_id")

    burden = base[base["grade_before"] > 0].groupby("patient_id").size().rename("symptoms_at_baseline")
    frame = included[["patient_id"]].merge(burden.reset_index(), on="patient_id", how="left")
    frame = frame.merge(visit, on="patient_id", how="left")
    visited = frame["day"].notna()
    for column in ("symptoms_at_baseline", "improved", "worsened"):
        frame[column] = frame[column].fillna(0).astype("int64")
    asked = frame["patient_id"].isin(rows.loc[before, "patient_id"])
    some = frame["symptoms_at_baseline"] > 0
    tests = [~asked, ~some, ~visited, frame["good"].fillna(False).astype(bool)]
    frame["response"] = np.select(
        tests, ["not_evaluable", "not_symptomatic", "not_evaluable", "response"], "no_response"
    )
    day, better, symptomatic, worse = (
        numbers(frame[c].fillna(0).to_numpy(dtype=np.int64))
        for c in ("day", "improved", "symptoms_at_baseline", "worsened")
    )
    counted = join("day ", day, ": ", better, " of ", symptomatic, " improved, ", worse, " worse")
    frame["reason"] = np.select(
        tests[:3],
        [
            "no record of a symptom on or before day 0",
            "no symptom at baseline",
            f"no visit from day {max(low, 1)} to {high}",
        ],
        text(counted).to_numpy(dtype=object),
    )
    return conform(frame.sort_values("patient_id", kind="stable"), CLINICAL_RESPONSES)
