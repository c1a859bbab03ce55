"""Whom another set of censoring rules gives another time or status, and why."""

from __future__ import annotations

import pandas as pd

from ..tables.io import STRING, conform
from ..tables.results_survival import STATUS_CHANGES
from .censoring import REASONS
from .rows import STUDY

KEYS = ["endpoint", "compartment", "evaluator", "patient_id"]


def status_changes(times: pd.DataFrame) -> pd.DataFrame:
    """Return every patient whose time or status differs between the study's censoring rules and another set.

    Parameters
    ----------
    times : DataFrame
        `results.TIME_TO_EVENT`.

    Returns
    -------
    DataFrame
        `results_survival.STATUS_CHANGES`. A time that ends on the same day with the same status, for another reason, is
        no change.
    """
    values = ["end_date", "time_days", "status", "reason_code"]
    own = times.loc[times["rule_set"] == STUDY, [*KEYS, *values]]
    own = own.rename(columns={v: f"study_{v}" for v in values})
    both = times[times["rule_set"] != STUDY].merge(own, on=KEYS, validate="m:1")
    other = (both["time_days"] != both["study_time_days"]) | (both["status"] != both["study_status"])
    both = both[other.to_numpy(dtype=bool)]
    both = both.assign(why=_said(both, "study_", "study") + "; " + _said(both, "", both["rule_set"]))
    out = conform(both[list(STATUS_CHANGES.column_names)], STATUS_CHANGES)
    return out.sort_values(list(STATUS_CHANGES.key), kind="stable", ignore_index=True)


def _said(rows: pd.DataFrame, prefix: str, rules: pd.Series | str) -> pd.Series:
    """Return who says what: ``fda: censored on 2021-03-01, day 120 (no event up to ...)``."""
    status = rows[f"{prefix}status"].map({"event": "event", "censored": "censored", "competing": "competing event"})
    day = rows[f"{prefix}end_date"].dt.strftime("%Y-%m-%d").astype(STRING)
    reason = rows[f"{prefix}reason_code"]
    words = reason.map(REASONS).astype(STRING)
    return rules + ": " + status.astype(STRING) + " on " + day + " (" + words + ")"
