"""What the variants of the sensitivity table moved: shared by the figure and the report."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd

EFFECTS = ("primary", "other", "detail", "nothing")
"""The primary estimate; another estimate but not that one; only counts or limits beside an estimate; nothing."""
PLACE = ["endpoint", "compartment", "statistic"]


def with_change(sensitivity: pd.DataFrame) -> pd.DataFrame:
    """Return the table with a column `change`: what of each estimate is not the study's.

    ``estimate``: the value itself as it is printed, or whether there is one; ``detail``: counts or limits alone;
    ``none``: nothing that is printed.
    """
    known, own = sensitivity["estimate"].notna(), sensitivity["study_estimate"].notna()
    # Half of the last digit of an exact fraction: what differs by less is the same number computed twice.
    apart = (sensitivity["difference"].abs() > 1e-12).fillna(False).astype(bool)
    change = pd.Series("none", index=sensitivity.index).mask(sensitivity["moved"].astype(bool), "detail")
    value = (known != own) | (known & own & apart)
    return sensitivity.assign(change=change.mask(value & sensitivity["moved"].astype(bool), "estimate"))


def is_primary(sensitivity: pd.DataFrame, study: Mapping[str, Any]) -> pd.Series:
    """Return which rows are about the primary endpoint."""
    primary = study["primary"]
    return (sensitivity["endpoint"] == primary["endpoint"]) & (sensitivity["compartment"] == primary["compartment"])


def effects(sensitivity: pd.DataFrame, study: Mapping[str, Any]) -> pd.DataFrame:
    """Return what each variant moved, one row a variant in its order, the study itself left out.

    Parameters
    ----------
    sensitivity : DataFrame
        `tables.results.SENSITIVITY`.
    study : mapping
        Section `primary`.

    Returns
    -------
    DataFrame
        position, key, value, study_value, `effect` (one of `EFFECTS`) and `estimates` (how many estimates have another
        value).
    """
    rows = with_change(sensitivity)
    rows = rows[rows["position"] > 0].assign(primary=is_primary(rows, study))
    found = rows.groupby("position", sort=True).first()[["key", "value", "study_value"]].reset_index()
    new = rows[rows["change"] == "estimate"]
    counted = new.groupby("position").size().reindex(found["position"], fill_value=0).to_numpy()
    detail = set(rows.loc[rows["change"] == "detail", "position"])
    first = set(new.loc[new["primary"], "position"])
    effect = [
        "primary" if p in first else "other" if n else "detail" if p in detail else "nothing"
        for p, n in zip(found["position"], counted, strict=True)
    ]
    return found.assign(effect=effect, estimates=counted)


def distinct_places(sensitivity: pd.DataFrame, study: Mapping[str, Any]) -> pd.DataFrame:
    """Return the estimates that are followed, the primary one first, then as the study file lists them."""
    endpoints = [e["id"] for e in study["endpoints"]]
    compartments = [*(c["id"] for c in study["compartments"]), "whole_patient"]
    own = sensitivity[sensitivity["position"] == 0]
    found = sensitivity.drop_duplicates(PLACE)[[*PLACE]].merge(
        own[[*PLACE, "estimate", "ci_low", "ci_high", "text", "numerator", "denominator"]], on=PLACE, how="left"
    )
    order = found.assign(
        first=~is_primary(found, study),
        e=[endpoints.index(v) if v in endpoints else len(endpoints) for v in found["endpoint"]],
        c=[compartments.index(v) if v in compartments else len(compartments) for v in found["compartment"]],
    )
    return found.loc[order.sort_values(["first", "e", "c", "statistic"], kind="stable").index].reset_index(drop=True)
