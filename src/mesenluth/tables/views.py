"""Views: registry tables joined for conditions of the study file to look at."""

from __future__ import annotations

import pandas as pd

from .model import Table
from .registry import LESIONS, MEASUREMENTS, REGISTRY, SCANS

BASELINE_LESIONS = Table(
    "baseline_lesions",
    "one lesion at baseline",
    "Lesions joined to their measurement on the last scan on or before day 0.",
    (
        *LESIONS.columns,
        *(c for c in MEASUREMENTS.columns if c.name in ("status", "longest_diameter_um", "short_axis_um")),
        *(c for c in SCANS.columns if c.name in ("scan_date", "modality", "slice_thickness_mm", "contrast")),
    ),
    key=("lesion_id",),
)  # fmt: skip

QUERYABLE: dict[str, Table] = {**REGISTRY, BASELINE_LESIONS.name: BASELINE_LESIONS}
"""Tables an eligibility criterion of the study file may be about."""


def baseline_lesions(
    lesions: pd.DataFrame,
    measurements: pd.DataFrame,
    scans: pd.DataFrame,
    origins: pd.DataFrame,
) -> pd.DataFrame:
    """Join each lesion to its last measurement on or before day 0.

    Parameters
    ----------
    lesions, measurements, scans : DataFrame
        Registry tables.
    origins : DataFrame
        patient_id, origin_date.

    Returns
    -------
    DataFrame
        One row a lesion that was read at or before day 0 and was not new; columns of `BASELINE_LESIONS`.
    """
    read = measurements.merge(
        scans[["scan_id", "scan_date", "modality", "slice_thickness_mm", "contrast"]], on="scan_id"
    ).merge(origins[["patient_id", "origin_date"]], on="patient_id")
    read = read[read["scan_date"] <= read["origin_date"]]
    read = read.sort_values(["lesion_id", "scan_date", "measurement_id"]).drop_duplicates("lesion_id", keep="last")
    known = lesions[lesions["role"] != "new"]
    extra = [c for c in BASELINE_LESIONS.column_names if c not in LESIONS.column_names]
    return known.merge(read[["lesion_id", *extra]], on="lesion_id")[BASELINE_LESIONS.column_names]
