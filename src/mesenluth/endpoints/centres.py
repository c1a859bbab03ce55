"""How many patients and scans each centre gave, and how long it followed them; small centres together."""

from __future__ import annotations

import math
from typing import Any

import pandas as pd

from ..tables.io import conform, empty
from ..tables.results import FOLLOW_UP_BY_CENTRE
from . import cohorts, survival
from .cohorts import Study, Tables
from .time_to_event import follow_up_times


def small_centres(patients: pd.Series, below: int) -> list[str]:
    """Return the centres that are not shown on their own.

    Parameters
    ----------
    patients : Series of int
        Patients of each centre, indexed by its code.
    below : int
        Fewer patients than this are a small cell.

    Returns
    -------
    list of str
        The small centres and, where they are one, or have fewer patients together than a cell may have, the next
        smallest: with the number of all patients, one hidden cell is a subtraction. Of centres of one size the first
        by code.

    Examples
    --------
    >>> small_centres(pd.Series({"A": 20, "B": 3, "C": 7}), below=5)
    ['B', 'C']
    """
    ordered = patients.rename_axis("centre").rename("n").reset_index().sort_values(["n", "centre"], kind="stable")
    hidden = int((ordered["n"] < below).sum())
    if hidden:
        while hidden < len(ordered) and (hidden < 2 or ordered["n"].iloc[:hidden].sum() < below):
            hidden += 1
    return ordered["centre"].iloc[:hidden].tolist()


def _line(row: str, who: pd.DataFrame, study: Study, centre: str | None = None) -> dict[str, Any]:
    """Return one line: patients, scans and median follow-up of the patients `who`."""
    method, confidence = study["statistics"]["km_interval"], study["statistics"]["confidence"]
    line: dict[str, Any] = {
        "row": row, "centre": centre, "centres": who["centre"].nunique(), "confidence": confidence, "method": method,
    }  # fmt: skip
    if len(who) < study["statistics"]["small_cell_below"]:
        return {**line, "reason": "small_cell"}
    curve = survival.reverse(who["time_months"], who["status"] == "event", method, confidence)
    found = survival.quantile(curve, 0.5)
    limits = {"estimate": found.estimate, "ci_low": found.low, "ci_high": found.high}
    line |= {k: None if math.isnan(v) else v for k, v in limits.items()}
    reason = None if line["estimate"] is not None else "not_reached"
    return {**line, "patients": len(who), "scans": int(who["scans"].sum()), "reason": reason}


def follow_up_by_centre(tables: Tables, study: Study) -> pd.DataFrame:
    """Return the follow-up of the included patients by centre.

    Parameters
    ----------
    tables : mapping of DataFrame
        cohort, best_responses; of the registry scans, follow_up, therapies and any other dated table.
    study : mapping
        The resolved study file. Time runs from the origin of survival to death or the last day known alive; a death
        ends being followed as censoring ends a survival.

    Returns
    -------
    DataFrame
        `results.FOLLOW_UP_BY_CENTRE`: centres by code, the small ones together, all of them last. Empty without
        included patients.
    """
    kept = cohorts.included(tables["cohort"])
    if not len(kept):
        return empty(FOLLOW_UP_BY_CENTRE)
    scans = tables["scans"]["patient_id"].value_counts()
    who = kept[["patient_id", "centre"]].merge(
        follow_up_times(tables, study)[["patient_id", "time_months", "status"]], on="patient_id", validate="1:1"
    )
    who["scans"] = scans.reindex(who["patient_id"]).fillna(0).astype("int64").to_numpy()
    together = small_centres(who["centre"].value_counts(), study["statistics"]["small_cell_below"])
    small = who["centre"].isin(together)
    lines = [_line("centre", group, study, str(code)) for code, group in who[~small].groupby("centre", sort=True)]
    lines += [_line("small_centres", who[small], study)] if small.any() else []
    lines.append(_line("all_centres", who, study))
    frame = pd.DataFrame(lines, columns=FOLLOW_UP_BY_CENTRE.column_names)
    frame["position"] = range(1, len(frame) + 1)
    return conform(frame, FOLLOW_UP_BY_CENTRE)
