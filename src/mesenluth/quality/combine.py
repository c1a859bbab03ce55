"""From the partitions of a cut to the whole of it."""

from __future__ import annotations

import hashlib

import pandas as pd

from ..tables.io import conform
from ..tables.results import FINDINGS, ROW_COUNTS, RULE_COUNTS
from .judged import look_up

CONTRADICTION = "responses.contradicts_measurements"


def row_counts(parts: pd.DataFrame) -> pd.DataFrame:
    """Add up the row counts of all partitions; one row a registry table."""
    counts = ["read", "after_cut", "accepted", "quarantined"]
    return conform(parts.groupby("table", as_index=False, sort=True)[counts].sum(), ROW_COUNTS)


def rule_counts(parts: pd.DataFrame) -> pd.DataFrame:
    """Add up what each rule looked at and found; one row a rule and table."""
    about = ["rule", "table", "severity", "description"]
    added = parts.groupby(about, as_index=False, sort=True)[["checked", "failed"]].sum()
    return conform(added, RULE_COUNTS)


def findings(parts: pd.DataFrame, disagreements: pd.DataFrame, patients: pd.DataFrame) -> pd.DataFrame:
    """Return all findings of a cut, contradicted recorded responses among them.

    A recorded response is never used to compute anything, so a contradiction flags it and keeps nothing out.

    Parameters
    ----------
    parts : DataFrame
        FINDINGS of all partitions.
    disagreements : DataFrame
        Recorded responses beside the computed ones.
    patients : DataFrame
        Accepted patients, for their centres.
    """
    # An investigator's global assessment weighs what grades do not: it may differ from them without being wrong.
    against = disagreements[~disagreements["agrees"] & (disagreements["kind"] != "clinical")]
    flagged = pd.DataFrame(
        {
            "finding_id": [
                hashlib.sha256(f"{CONTRADICTION}|responses|{r}".encode()).hexdigest()[:16] for r in against["record_id"]
            ],
            "table": "responses",
            "record_id": against["record_id"],
            "patient_id": against["patient_id"],
            "centre": look_up(against["patient_id"], patients.set_index("patient_id")["centre"]),
            "rule": CONTRADICTION,
            "severity": "warning",
            "columns": "kind, response",
            "observed": "kind=" + against["kind"] + ", response=" + against["recorded"].fillna("(missing)"),
            "message": against["sentence"],
            "disposition": "flagged",
        }
    )
    return conform(pd.concat([parts, conform(flagged, FINDINGS)], ignore_index=True), FINDINGS)
