"""Who is analysed, and why the others are not."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from ..errors import ConfigurationError
from ..reuse import reusable
from ..tables.conditions import check, evaluate
from ..tables.io import conform
from ..tables.results import COHORT, ELIGIBILITY
from ..tables.views import BASELINE_LESIONS, QUERYABLE, baseline_lesions
from .arrays import counts, position, strings
from .origins import origins


@reusable
def judge(tables: Mapping[str, pd.DataFrame], study: Mapping[str, Any]) -> pd.DataFrame:
    """Judge each eligibility criterion of the study for each patient.

    A criterion is met if at least `at_least` (1 unless said) of the patient's rows of its table are meant by its
    condition; it is unknown if they are fewer but the rows that may be meant could make up for it.

    Parameters
    ----------
    tables : mapping of str to DataFrame
        Registry tables by name.
    study : mapping
        Sections `treatment` and `population`.

    Returns
    -------
    DataFrame
        Contract ELIGIBILITY, one row a patient and criterion.
    """
    patients = tables["patients"]["patient_id"].sort_values(kind="stable", ignore_index=True)
    known = strings(patients)
    parts = []
    for i, criterion in enumerate(study["population"]["eligibility"]):
        where = f"population.eligibility[{i}]"
        name = criterion["table"]
        if name not in QUERYABLE:
            raise ConfigurationError(f"{where}.table: {name!r}", f"one of {', '.join(QUERYABLE)}")
        check(criterion["where"], QUERYABLE[name], f"{where}.where")
        rows = _rows(tables, study, name)
        verdict = evaluate(criterion["where"], rows, QUERYABLE[name])
        who = position(strings(rows["patient_id"]), known)
        yes = verdict.fillna(False).to_numpy(dtype=bool) & (who >= 0)
        maybe = verdict.isna().to_numpy() & (who >= 0)
        certain, possible = counts(who[yes], len(patients)), counts(who[maybe], len(patients))
        needed = criterion.get("at_least", 1)
        status = np.where(certain >= needed, "met", np.where(certain + possible >= needed, "unknown", "not_met"))
        parts.append(
            pd.DataFrame({"patient_id": patients, "criterion": criterion["id"], "position": i + 1, "status": status})
        )
    if not parts:
        parts = [pd.DataFrame({c: [] for c in ELIGIBILITY.column_names})]
    frame = pd.concat(parts, ignore_index=True)
    return conform(frame.sort_values(["patient_id", "position"], kind="stable"), ELIGIBILITY)


def _rows(tables: Mapping[str, pd.DataFrame], study: Mapping[str, Any], name: str) -> pd.DataFrame:
    if name != BASELINE_LESIONS.name:
        return tables[name]
    day0 = origins(tables["administrations"], study["treatment"]["administrations"])
    return baseline_lesions(tables["lesions"], tables["measurements"], tables["scans"], day0)


DOUBTFUL = "patients.day_0_doubtful"
"""Rule of the quality catalogue: an administration in quarantine may have been the first."""


@reusable
def cohort(
    eligibility: pd.DataFrame, patients: pd.DataFrame, origin: pd.DataFrame, findings: pd.DataFrame | None = None
) -> pd.DataFrame:
    """Return who is included, and the first criterion that each other patient does not meet.

    Parameters
    ----------
    eligibility : DataFrame
        As `judge` returns it.
    patients : DataFrame
        Registry table.
    origin : DataFrame
        As `origins` returns it.
    findings : DataFrame, optional
        Contract FINDINGS, what validation found: whose day 0 is doubtful is marked. Without findings nobody is.

    Returns
    -------
    DataFrame
        Contract COHORT, one row a patient; a patient is included who meets every criterion.
    """
    failed = eligibility[eligibility["status"] != "met"].sort_values(["patient_id", "position"], kind="stable")
    first = failed.drop_duplicates("patient_id")[["patient_id", "criterion", "status"]]
    first = first.rename(columns={"criterion": "excluded_by", "status": "excluded_because"})
    frame = patients[["patient_id", "centre"]].merge(first, on="patient_id", how="left")
    frame["included"] = frame["excluded_by"].isna()
    frame = frame.merge(origin, on="patient_id", how="left")
    found = frame["patient_id"].iloc[:0] if findings is None else findings["patient_id"][findings["rule"] == DOUBTFUL]
    frame["origin_doubtful"] = frame["patient_id"].isin(found.dropna())
    return conform(frame.sort_values("patient_id", kind="stable"), COHORT)
