"""Limits of the gate on findings: by severity, and by centre."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd

from ..tables.results import SEVERITY
from .profile import UNASSIGNED

COLUMNS = ("condition", "table", "centre", "observed", "limit", "comparison", "message")
Condition = tuple[str, None, str | None, float, float, str, str]


def rows_by_centre(profile: pd.DataFrame) -> pd.Series:
    """Return how many rows each centre delivered, of all tables; rows of no known patient count to none."""
    rows = profile[(profile["measure"] == "rows") & (profile["centre"] != UNASSIGNED)]
    return rows.groupby("centre")["n"].sum()


def limit_conditions(
    row_counts: pd.DataFrame, findings: pd.DataFrame, centre_rows: pd.Series, study: Mapping[str, Any]
) -> pd.DataFrame:
    """Return the conditions of the gate on findings, with what was seen and what is allowed, before judgement.

    Parameters
    ----------
    row_counts : DataFrame
        By the contract ROW_COUNTS.
    findings : DataFrame
        By the contract FINDINGS, of validation in all partitions.
    centre_rows : Series
        Rows delivered, by centre (`rows_by_centre`). A centre with fewer than `quality.centre_min_values` is not judged
        by a percentage.
    study : mapping
        Section quality of the study file: `max_findings`, `max_findings_percent`, `max_centre_quarantined_percent`,
        `max_centre_errors`, `centre_min_values`. A limit that is null asks nothing.

    Returns
    -------
    DataFrame
        condition, table (missing), centre, observed, limit, comparison, message.
    """
    quality = study["quality"]
    judged = int(row_counts["accepted"].sum() + row_counts["quarantined"].sum())
    found: list[Condition] = []
    for severity in SEVERITY.allowed:
        mine = findings[findings["severity"] == severity]
        limit = quality["max_findings"][severity]
        if limit is not None:
            text = f"{len(mine)} findings of severity {severity}, at most {limit} are allowed"
            found.append((f"severity.{severity}.findings", None, None, len(mine), limit, "at_most", text))
        limit = quality["max_findings_percent"][severity]
        if limit is not None:
            rows = len(mine[["table", "record_id"]].drop_duplicates())
            percent = 100 * rows / judged if judged else 0.0
            text = (
                f"{percent:.3g} % of the rows have a finding of severity {severity} ({rows} of {judged}),"
                f" at most {limit:g} % are allowed"
            )
            found.append((f"severity.{severity}.percent", None, None, percent, limit, "at_most", text))
    found += _of_centres(findings, centre_rows, quality)
    frame = pd.DataFrame(found, columns=list(COLUMNS))
    return frame.astype({"observed": "float64", "limit": "float64", "table": object, "centre": object})


def _of_centres(findings: pd.DataFrame, centre_rows: pd.Series, quality: Mapping[str, Any]) -> list[Condition]:
    """Return the conditions on each centre."""
    out = findings[findings["disposition"] == "quarantined"][["table", "record_id", "centre"]].drop_duplicates()
    kept_out = out.groupby("centre").size()
    errors = findings[findings["severity"] == "error"].groupby("centre").size()
    limits = quality["max_centre_quarantined_percent"]
    found: list[Condition] = []
    for centre, rows in centre_rows.sort_index().items():
        name = str(centre)
        limit, mine = limits.get(name, limits["default"]), int(kept_out.get(centre, 0))
        if limit is not None and rows >= quality["centre_min_values"]:
            percent = 100 * mine / rows
            text = (
                f"centre {name}: {percent:.3g} % of the rows are in quarantine ({mine} of {rows}),"
                f" at most {limit:g} % are allowed"
            )
            found.append((f"centre.{name}.quarantined_percent", None, name, percent, limit, "at_most", text))
        limit, mine = quality["max_centre_errors"], int(errors.get(centre, 0))
        if limit is not None:
            text = f"centre {name}: {mine} findings of severity error, at most {limit} are allowed"
            found.append((f"centre.{name}.errors", None, name, mine, limit, "at_most", text))
    return found
